#include "xe/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int code;
    const char *kind;
} err_rows[XE_ERR_COUNT] = {
    [XE_ERR_NONE] = {0, "none"},
#define ERR(name, number, text) [XE_ERR_##name] = {number, text},
#include "xe/errors.def"
#undef ERR
};

bool xe_error_set(struct xe_error *err, enum xe_err code, const char *format, ...)
{
    va_list args;

    if (!err || err->code != XE_ERR_NONE)
        return false;
    err->code = code;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    return false;
}

bool xe_error_prefix(struct xe_error *err, const char *format, ...)
{
    char old[sizeof(err->text)];
    va_list args;
    int n;

    if (!err)
        return false;
    memcpy(old, err->text, sizeof(old));
    va_start(args, format);
    n = vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof(err->text))
        snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %s", old);
    return false;
}

void xe_error_clear(struct xe_error *err)
{
    if (!err)
        return;
    err->code = XE_ERR_NONE;
    err->text[0] = '\0';
}

const char *xe_err_kind(enum xe_err code)
{
    return code < XE_ERR_COUNT ? err_rows[code].kind : "internal_error";
}

int xe_err_rpc_code(enum xe_err code)
{
    return code < XE_ERR_COUNT ? err_rows[code].code : -32603;
}
