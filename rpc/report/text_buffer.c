#include "rpc/report/text_buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xe/types.h"

static bool reserve(struct xe__text *text, size_t more)
{
    size_t want = text->room ? text->room : 256;
    char *grown;

    while (want - text->used <= more)
        want *= 2;
    if (want == text->room)
        return true;
    grown = realloc(text->bytes, want);
    if (!grown) {
        text->failed = true;
        return false;
    }
    text->bytes = grown;
    text->room = want;
    return true;
}

void xe__rpc_text_add(struct xe__text *text, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || text->failed || !reserve(text, (size_t)n))
        return;
    va_start(args, format);
    vsnprintf(text->bytes + text->used, text->room - text->used, format, args);
    va_end(args);
    text->used += (size_t)n;
}

void xe__rpc_text_add_thread(struct xe__text *text, long long tid)
{
    if (tid == XE_TID_GPU)
        xe__rpc_text_add(text, "the GPU");
    else if (tid >= XE_TID_SYSTEM)
        xe__rpc_text_add(text, "a DPC");
    else
        xe__rpc_text_add(text, "tid %lld", tid);
}

char *xe__rpc_text_take(struct xe__text *text)
{
    xe__rpc_text_add(text, "%s", ""); /* an empty report is a text too */
    if (text->failed) {
        free(text->bytes);
        return NULL;
    }
    return text->bytes;
}

const char *xe__rpc_get_string(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value ? value : "";
}

long long xe__rpc_get_int(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

void xe__rpc_text_add_call(struct xe__text *text, const json_t *frame)
{
    const char *file = xe__rpc_get_string(frame, "file"), *slash = strrchr(file, '/');

    if (*file)
        xe__rpc_text_add(text, " %s at %s:%lld", xe__rpc_get_string(frame, "function"),
                         slash ? slash + 1 : file, xe__rpc_get_int(frame, "line"));
    else if (json_object_get(frame, "symbol"))
        xe__rpc_text_add(text, " %s+0x%llx", xe__rpc_get_string(frame, "symbol"),
                         (unsigned long long)xe__rpc_get_int(frame, "offset"));
}

bool xe__rpc_get_bool(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}
