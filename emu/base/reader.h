/* A bounded reader over bytes in memory: every access is checked, nothing is cast.
 *
 * Errors are sticky: after the first failed read all reads give 0 and `ok` is false, so a parser
 * may read a whole header and check once. */
#ifndef XE_BASE_READER_H
#define XE_BASE_READER_H

#include <string.h>

#include "xe/types.h"

struct xe_reader {
    const uint8_t *data;
    size_t size;
    size_t at; /* next byte */
    bool ok;   /* false after a read past the end */
};

static inline struct xe_reader xe_reader_make(const void *data, size_t size)
{
    return (struct xe_reader){.data = data, .size = size, .ok = true};
}

/* Does [at, at + n) lie inside? Never overflows. */
static inline bool xe_reader_has(const struct xe_reader *r, size_t at, size_t n)
{
    return at <= r->size && n <= r->size - at;
}

static inline void xe_reader_seek(struct xe_reader *r, size_t at)
{
    if (at > r->size)
        r->ok = false;
    else
        r->at = at;
}

/* Borrow the next n bytes, or NULL (and not ok). */
static inline const uint8_t *xe_reader_bytes(struct xe_reader *r, size_t n)
{
    const uint8_t *p;

    if (!r->ok || !xe_reader_has(r, r->at, n)) {
        r->ok = false;
        return NULL;
    }
    p = r->data + r->at;
    r->at += n;
    return p;
}

static inline uint8_t xe_reader_u8(struct xe_reader *r)
{
    const uint8_t *p = xe_reader_bytes(r, 1);

    return p ? *p : 0;
}

static inline uint16_t xe_reader_be16(struct xe_reader *r)
{
    const uint8_t *p = xe_reader_bytes(r, 2);

    return p ? xe_load_be16(p) : 0;
}

static inline uint32_t xe_reader_be32(struct xe_reader *r)
{
    const uint8_t *p = xe_reader_bytes(r, 4);

    return p ? xe_load_be32(p) : 0;
}

static inline uint64_t xe_reader_be64(struct xe_reader *r)
{
    const uint8_t *p = xe_reader_bytes(r, 8);

    return p ? xe_load_be64(p) : 0;
}

static inline uint16_t xe_reader_le16(struct xe_reader *r)
{
    const uint8_t *p = xe_reader_bytes(r, 2);

    return p ? (uint16_t)(p[0] | p[1] << 8) : 0;
}

static inline uint32_t xe_reader_le32(struct xe_reader *r)
{
    const uint8_t *p = xe_reader_bytes(r, 4);

    return p ? __builtin_bswap32(xe_load_be32(p)) : 0;
}

#endif
