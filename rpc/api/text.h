/* Texts in pieces, which are put together and passed on without being copied or read.
 *
 * What a worker answers is made into JSON once, by the worker. Who passes it on doesn't parse it,
 * since that costs more than all the rest, but looks once whether it is what it has to be in an
 * envelope: one JSON object, whole, and nothing behind it. So a worker that was taken over can say
 * what it likes in its own result, and nothing outside of it. */
#ifndef XE_RPC_API_TEXT_H
#define XE_RPC_API_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct xe_rpc_piece {
    const char *bytes;
    size_t size;
    bool owned; /* bytes are to be freed; else they last for ever */
};

struct xe_rpc_text {
    struct xe_rpc_piece *piece; /* owned */
    size_t count, room;
    size_t size; /* bytes of all pieces */
};

/* The last piece; bytes are given (from malloc, NULL: nothing is added), or static. */
void xe_rpc_text_give(struct xe_rpc_text *text, char *bytes, size_t size);
void xe_rpc_text_add(struct xe_rpc_text *text, const char *bytes);
/* All pieces of another, which is empty then. */
void xe_rpc_text_move(struct xe_rpc_text *text, struct xe_rpc_text *from);
/* The same in one piece with a NUL behind it. Owned by the caller; NULL: no memory. */
char *xe_rpc_text_join(const struct xe_rpc_text *text);
/* Empty again. */
void xe_rpc_text_fini(struct xe_rpc_text *text);

#define XE_RPC_REPLY_DEPTH_MAX 64u

/* Is this one JSON object, as json_dumps with JSON_COMPACT writes it? Strict: no blanks between
 * tokens, valid UTF-8, no NUL, whole pairs of surrogates, at most 18 digits before a point, 20
 * behind it and two of an exponent, XE_RPC_REPLY_DEPTH_MAX levels. What passes, Jansson reads,
 * unless a name comes twice, which is not looked at. */
bool xe_rpc_is_object(const char *bytes, size_t size);

#endif
