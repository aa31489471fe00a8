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

#define COLUMNS 100u
#define INSIDE  3u /* what follows a break is so much further inside than the line */

static bool is_column(char c)
{
    return (c & 0xC0) != 0x80; /* else it goes on with a character */
}

/* Blanks before the first word, behind a number or a title of its own ("going on: "). */
static size_t indentation(const char *line)
{
    static const char *const titles[] = {"going on: ", "healthy:  ", "waiting:  "};

    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        if (!strncmp(line, titles[i], strlen(titles[i])))
            return strlen(titles[i]);
    return strspn(line, "0123456789 ");
}

/* How many bytes of the line stand before the break; all of them where none is needed, or none is
 * possible. Not in its first `from` bytes. */
static size_t fitting(const char *line, size_t n, size_t columns, size_t from)
{
    size_t column = 0, at = 0, blank = 0;

    for (; at < n && (column <= columns || !blank); at++) {
        if (line[at] == ' ' && at > from)
            blank = at;
        column += is_column(line[at]);
    }
    return column > columns && blank ? blank : n;
}

static void add_wrapped(struct xe__text *text, const char *line, size_t n)
{
    size_t inside = indentation(line), part = fitting(line, n, COLUMNS, inside);

    inside = inside + INSIDE < COLUMNS / 2 ? inside + INSIDE : INSIDE;
    xe__rpc_text_add(text, "%.*s\n", (int)part, line);
    while (part < n) {
        line += part + 1;
        n -= part + 1;
        part = fitting(line, n, COLUMNS - inside, 0);
        xe__rpc_text_add(text, "%*s%.*s\n", (int)inside, "", (int)part, line);
    }
}

void xe__rpc_text_wrap(struct xe__text *text)
{
    struct xe__text wrapped = {.failed = text->failed};
    const char *line = text->used ? text->bytes : "";

    for (const char *end; (end = strchr(line, '\n')); line = end + 1)
        add_wrapped(&wrapped, line, (size_t)(end - line));
    xe__rpc_text_add(&wrapped, "%s", line);
    free(text->bytes);
    *text = wrapped;
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
