/* Where requests begin and end; see head.h. Source: RFC 9112 sections 6 and 7. Chunk extensions and
 * trailers, which nothing here reads, are refused: they are places to hide bytes in. */
#include <string.h>

#include "daemon/head.h"

#define SIZE_DIGITS 8u /* of a chunk's size */

static size_t refuse(struct xe_head_defect *ret, unsigned status, const char *text)
{
    *ret = (struct xe_head_defect){.status = status, .text = text};
    return 0;
}

static size_t pass_head(struct xe_frame *frame, const char *bytes, size_t size,
                        struct xe_head_defect *ret_defect)
{
    struct xe_head head;

    if (!xe_head_read(bytes, size, &head, ret_defect) || !head.size)
        return 0;
    frame->left = head.length;
    if (head.chunked)
        frame->state = XE_FRAME_CHUNK_SIZE;
    else if (head.length)
        frame->state = XE_FRAME_BODY;
    return head.size;
}

/* left bytes of something, then the next state. */
static size_t pass_bytes(struct xe_frame *frame, size_t size, enum xe_frame_state next)
{
    size_t pass = size < frame->left ? size : (size_t)frame->left;

    frame->left -= pass;
    if (!frame->left)
        frame->state = next;
    return pass;
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static size_t pass_line_end(struct xe_frame *frame, const char *bytes, size_t size,
                            enum xe_frame_state next, struct xe_head_defect *ret_defect)
{
    if (memcmp(bytes, "\r\n", size < 2 ? size : 2))
        return refuse(ret_defect, 400,
                      next == XE_FRAME_HEAD
                          ? "something behind the last chunk: trailers are not read"
                          : "no line end behind a chunk");
    if (size < 2)
        return 0;
    frame->state = next;
    return 2;
}

static size_t pass_chunk_size(struct xe_frame *frame, const char *bytes, size_t size,
                              struct xe_head_defect *ret_defect)
{
    uint64_t value = 0;
    size_t digits = 0;

    while (digits < size && digits < SIZE_DIGITS && hex_of(bytes[digits]) >= 0)
        value = value << 4 | (uint64_t)hex_of(bytes[digits++]);
    if (digits == size)
        return 0;
    if (!digits || memcmp(bytes + digits, "\r\n", size - digits < 2 ? 1 : 2))
        return refuse(ret_defect, 400,
                      "a chunk's size is up to 8 hexadecimal digits and a line end");
    if (size - digits < 2)
        return 0;
    frame->left = value;
    frame->state = value ? XE_FRAME_CHUNK : XE_FRAME_LAST;
    return digits + 2;
}

size_t xe_frame_pass(struct xe_frame *frame, const char *bytes, size_t size,
                     struct xe_head_defect *ret_defect)
{
    *ret_defect = (struct xe_head_defect){0};
    if (!size)
        return 0;
    switch (frame->state) {
    case XE_FRAME_HEAD:
        return pass_head(frame, bytes, size, ret_defect);
    case XE_FRAME_BODY:
        return pass_bytes(frame, size, XE_FRAME_HEAD);
    case XE_FRAME_CHUNK_SIZE:
        return pass_chunk_size(frame, bytes, size, ret_defect);
    case XE_FRAME_CHUNK:
        return pass_bytes(frame, size, XE_FRAME_CHUNK_END);
    case XE_FRAME_CHUNK_END:
        return pass_line_end(frame, bytes, size, XE_FRAME_CHUNK_SIZE, ret_defect);
    case XE_FRAME_LAST:
        return pass_line_end(frame, bytes, size, XE_FRAME_HEAD, ret_defect);
    }
    return 0;
}
