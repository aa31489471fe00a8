/* Texts in pieces; see text.h. */
#include "rpc/api/text.h"

#include <stdlib.h>
#include <string.h>

static void append(struct xe_rpc_text *text, struct xe_rpc_piece piece)
{
    if (text->count == text->room) {
        text->room = text->room ? 2 * text->room : 4;
        text->piece = realloc(text->piece, text->room * sizeof(*text->piece));
        if (!text->piece)
            abort(); /* a few bytes: nothing sensible can be said without them */
    }
    text->piece[text->count++] = piece;
    text->size += piece.size;
}

void xe_rpc_text_give(struct xe_rpc_text *text, char *bytes, size_t size)
{
    if (bytes)
        append(text, (struct xe_rpc_piece){bytes, size, true});
}

void xe_rpc_text_add(struct xe_rpc_text *text, const char *bytes)
{
    append(text, (struct xe_rpc_piece){bytes, strlen(bytes), false});
}

void xe_rpc_text_move(struct xe_rpc_text *text, struct xe_rpc_text *from)
{
    for (size_t i = 0; i < from->count; i++)
        append(text, from->piece[i]);
    free(from->piece);
    *from = (struct xe_rpc_text){0};
}

char *xe_rpc_text_join(const struct xe_rpc_text *text)
{
    char *joined = malloc(text->size + 1), *at = joined;

    for (size_t i = 0; joined && i < text->count; i++) {
        memcpy(at, text->piece[i].bytes, text->piece[i].size);
        at += text->piece[i].size;
    }
    if (joined)
        *at = '\0';
    return joined;
}

void xe_rpc_text_fini(struct xe_rpc_text *text)
{
    for (size_t i = 0; i < text->count; i++)
        if (text->piece[i].owned)
            free((char *)text->piece[i].bytes);
    free(text->piece);
    *text = (struct xe_rpc_text){0};
}
