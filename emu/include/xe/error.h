/* Errors: what went wrong, where, found and expected, as one value filled by the callee.
 *
 * A function that can fail returns bool (or a pointer) and takes struct xe_error * last; NULL is
 * allowed. The first error set wins; callers add where they were with xe_error_prefix. */
#ifndef XE_ERROR_H
#define XE_ERROR_H

#include <stdbool.h>

enum xe_err {
    XE_ERR_NONE = 0,
#define ERR(name, code, kind) XE_ERR_##name,
#include "xe/errors.def"
#undef ERR
    XE_ERR_COUNT
};

struct xe_error {
    enum xe_err code; /* XE_ERR_NONE while nothing failed */
    char text[512];   /* one line, no newline; empty while nothing failed */
};

#define XE_ERROR_INIT                                                                              \
    {                                                                                              \
        .code = XE_ERR_NONE                                                                        \
    }

/* Record an error unless one is recorded already. Always returns false, to be returned. */
bool xe_error_set(struct xe_error *err, enum xe_err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "prefix: " before the recorded text. Always returns false. */
bool xe_error_prefix(struct xe_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forget a recorded error. */
void xe_error_clear(struct xe_error *err);

/* The API's stable kind string and number of an error code (xe360-rpc(7)). */
const char *xe_err_kind(enum xe_err code);
int xe_err_rpc_code(enum xe_err code);

#endif
