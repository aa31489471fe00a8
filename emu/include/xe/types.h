/* Guest scalars and big-endian guest memory words.
 *
 * A guest structure is laid over guest memory with the xe_beN types: each is a wrapper struct of
 * bytes (alignment 1), so that reading one without its getter does not compile. */
#ifndef XE_TYPES_H
#define XE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t xe_gva;    /* guest virtual address  */
typedef uint32_t xe_gpa;    /* guest physical address */
typedef uint32_t xe_handle; /* guest kernel handle    */

/* Threads with ids from here on are the kernel's own: they run DPCs. */
#define XE_TID_SYSTEM 0xFFFF0000u
/* Who is no thread, but waits and acts as one. */
#define XE_TID_GPU UINT32_MAX

struct xe_be16 {
    uint8_t b[2];
};
struct xe_be32 {
    uint8_t b[4];
};
struct xe_be64 {
    uint8_t b[8];
};

/* Read or write a big-endian word at any alignment. */
static inline uint16_t xe_load_be16(const void *p)
{
    uint16_t v;

    __builtin_memcpy(&v, p, sizeof(v));
    return __builtin_bswap16(v);
}

static inline uint32_t xe_load_be32(const void *p)
{
    uint32_t v;

    __builtin_memcpy(&v, p, sizeof(v));
    return __builtin_bswap32(v);
}

static inline uint64_t xe_load_be64(const void *p)
{
    uint64_t v;

    __builtin_memcpy(&v, p, sizeof(v));
    return __builtin_bswap64(v);
}

static inline void xe_store_be16(void *p, uint16_t v)
{
    v = __builtin_bswap16(v);
    __builtin_memcpy(p, &v, sizeof(v));
}

static inline void xe_store_be32(void *p, uint32_t v)
{
    v = __builtin_bswap32(v);
    __builtin_memcpy(p, &v, sizeof(v));
}

static inline void xe_store_be64(void *p, uint64_t v)
{
    v = __builtin_bswap64(v);
    __builtin_memcpy(p, &v, sizeof(v));
}

/* The same for a size known at run time: 1, 2, 4 or 8 bytes. */
static inline uint64_t xe_load_be(const void *p, uint32_t size)
{
    switch (size) {
    case 1:
        return *(const uint8_t *)p;
    case 2:
        return xe_load_be16(p);
    case 4:
        return xe_load_be32(p);
    default:
        return xe_load_be64(p);
    }
}

static inline void xe_store_be(void *p, uint32_t size, uint64_t v)
{
    switch (size) {
    case 1:
        *(uint8_t *)p = (uint8_t)v;
        break;
    case 2:
        xe_store_be16(p, (uint16_t)v);
        break;
    case 4:
        xe_store_be32(p, (uint32_t)v);
        break;
    default:
        xe_store_be64(p, v);
        break;
    }
}

static inline uint16_t xe_be16_get(struct xe_be16 v)
{
    return xe_load_be16(v.b);
}

static inline uint32_t xe_be32_get(struct xe_be32 v)
{
    return xe_load_be32(v.b);
}

static inline uint64_t xe_be64_get(struct xe_be64 v)
{
    return xe_load_be64(v.b);
}

static inline void xe_be16_set(struct xe_be16 *p, uint16_t v)
{
    xe_store_be16(p->b, v);
}

static inline void xe_be32_set(struct xe_be32 *p, uint32_t v)
{
    xe_store_be32(p->b, v);
}

static inline void xe_be64_set(struct xe_be64 *p, uint64_t v)
{
    xe_store_be64(p->b, v);
}

#endif
