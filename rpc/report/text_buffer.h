/* Growing text for reports, and forgiving reads from their JSON: what is missing is empty or 0. */
#ifndef XE_RPC_REPORT_TEXT_BUFFER_H
#define XE_RPC_REPORT_TEXT_BUFFER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct xe__text {
    char *bytes; /* owned; NUL-terminated once something was added */
    size_t used, room;
    bool failed; /* memory was out; bytes are not complete */
};

void xe__rpc_text_add(struct xe__text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "tid 4", or "a DPC" for a thread of the kernel's own. */
void xe__rpc_text_add_thread(struct xe__text *text, long long tid);
/* Break the lines so far that have more than 100 columns, at blanks, what follows further inside.
 */
void xe__rpc_text_wrap(struct xe__text *text);
/* The finished text, owned by the caller (free); NULL when memory was out. */
char *xe__rpc_text_take(struct xe__text *text);

/* Members of a reply; "", 0 and false where there is none of that type. */
const char *xe__rpc_get_string(const json_t *object, const char *name);
long long xe__rpc_get_int(const json_t *object, const char *name);
bool xe__rpc_get_bool(const json_t *object, const char *name);

/* " worker at parked.c:23" or " worker+0x10", if a symbol says that of a frame. */
void xe__rpc_text_add_call(struct xe__text *text, const json_t *frame);

#endif
