/* The modes of a codec meet in one place, transfer(); everything else is about types and bounds.
 *
 * Saved: for each section the length of its name, the name, the size of what follows, that; sizes
 * let a reader say which section is cut short or too long. */
#include "base/codec.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define SECTION_NAME_MAX 31u

void xe_codec_init_hash(struct xe_codec *c, xe_codec_put *put, void *ctx)
{
    *c = (struct xe_codec){.mode = XE_CODEC_HASH, .put = put, .put_ctx = ctx};
}

void xe_codec_init_save(struct xe_codec *c)
{
    *c = (struct xe_codec){.mode = XE_CODEC_SAVE};
}

void xe_codec_init_load(struct xe_codec *c, const void *bytes, size_t size)
{
    *c = (struct xe_codec){.mode = XE_CODEC_LOAD, .in = xe_reader_make(bytes, size)};
}

void xe_codec_init_compare(struct xe_codec *c, const void *bytes, size_t size)
{
    *c = (struct xe_codec){.mode = XE_CODEC_COMPARE, .in = xe_reader_make(bytes, size)};
}

void xe_codec_fini(struct xe_codec *c)
{
    xe_free(c->bytes);
    c->bytes = NULL;
}

uint8_t *xe_codec_take(struct xe_codec *c, size_t *ret_size)
{
    uint8_t *bytes = c->stopped ? NULL : c->bytes;

    if (bytes) {
        *ret_size = c->size;
        c->bytes = NULL;
    }
    return bytes;
}

/* ---- stopping ------------------------------------------------------------------------------- */

/* "thread 3: " and the like, from what is known of the place. */
static void stop(struct xe_codec *c, enum xe_err code, const char *format, va_list args)
{
    char text[256];

    if (c->stopped)
        return;
    c->stopped = true;
    vsnprintf(text, sizeof(text), format, args);
    xe_error_set(&c->error, code, "%s", text);
    if (c->item)
        xe_error_prefix(&c->error, "%s 0x%" PRIx64, c->item, c->item_id);
    if (c->section)
        xe_error_prefix(&c->error, "%s", c->section);
}

void xe_codec_fail(struct xe_codec *c, enum xe_err code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    stop(c, code, format, args);
    va_end(args);
}

bool xe_codec_want(struct xe_codec *c, bool holds, const char *format, ...)
{
    va_list args;

    if (c->mode != XE_CODEC_LOAD || holds)
        return !c->stopped;
    va_start(args, format);
    stop(c, XE_ERR_SNAPSHOT_INCOMPATIBLE, format, args);
    va_end(args);
    return false;
}

void xe_codec_differ(struct xe_codec *c, const char *format, ...)
{
    va_list args;

    c->differs |= !c->stopped;
    va_start(args, format);
    stop(c, XE_ERR_NONDETERMINISTIC, format, args);
    va_end(args);
}

/* A field's name without what leads to it. */
static const char *last_name(const char *name)
{
    const char *arrow = strrchr(name, '>');

    return arrow ? arrow + 1 : name;
}

/* xe_codec_want for a field, whose name is looked at only when it doesn't hold. */
static bool __attribute__((format(printf, 4, 5)))
want_of(struct xe_codec *c, bool holds, const char *name, const char *format, ...)
{
    char text[128];
    va_list args;

    if (holds || c->mode != XE_CODEC_LOAD)
        return !c->stopped;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return xe_codec_want(c, false, "%s: %s", last_name(name), text);
}

static void differ_at(struct xe_codec *c, const char *name, const uint8_t *here,
                      const uint8_t *there, size_t n)
{
    size_t at = 0;

    if (n <= 8) {
        xe_codec_differ(c, "%s: 0x%" PRIx64 " here, 0x%" PRIx64 " there", last_name(name),
                        xe_load_be(here, (uint32_t)n), xe_load_be(there, (uint32_t)n));
        return;
    }
    while (here[at] == there[at])
        at++;
    xe_codec_differ(c, "%s: byte 0x%zx is 0x%02x here, 0x%02x there", last_name(name), at, here[at],
                    there[at]);
}

/* ---- bytes ---------------------------------------------------------------------------------- */

static void flush(struct xe_codec *c)
{
    if (c->section)
        c->put(c->put_ctx, c->section, c->staged, c->staged_size);
    c->staged_size = 0;
}

static void stage(struct xe_codec *c, const void *bytes, size_t n)
{
    if (n > sizeof(c->staged) - c->staged_size)
        flush(c);
    if (n > sizeof(c->staged)) {
        c->put(c->put_ctx, c->section, bytes, n);
        return;
    }
    memcpy(c->staged + c->staged_size, bytes, n);
    c->staged_size += n;
}

static bool grow(struct xe_codec *c, size_t n)
{
    size_t capacity = c->capacity ? c->capacity : 4096;
    uint8_t *grown;

    while (capacity - c->size < n)
        capacity *= 2;
    grown = xe_reallocarray(c->bytes, capacity, 1);
    if (!grown) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for %zu bytes of state", capacity);
        return false;
    }
    c->bytes = grown;
    c->capacity = capacity;
    return true;
}

static inline void append(struct xe_codec *c, const void *bytes, size_t n)
{
    if (n > c->capacity - c->size && !grow(c, n))
        return;
    memcpy(c->bytes + c->size, bytes, n);
    c->size += n;
}

static inline const uint8_t *next_bytes(struct xe_codec *c, size_t n)
{
    if (c->stopped)
        return NULL;
    if (n > c->section_end - c->in.at) {
        xe_codec_fail(c, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                      "%zu more bytes are wanted, the section has %zu", n,
                      c->section_end - c->in.at);
        return NULL;
    }
    return xe_reader_bytes(&c->in, n);
}

const uint8_t *xe_codec_read(struct xe_codec *c, size_t n)
{
    return next_bytes(c, n);
}

void xe_codec_write(struct xe_codec *c, const void *bytes, size_t n)
{
    if (c->stopped)
        return;
    if (c->mode == XE_CODEC_SAVE)
        append(c, bytes, n);
    else if (c->mode == XE_CODEC_HASH && !c->beside)
        stage(c, bytes, n);
}

/* A field of n encoded bytes goes its way; loading, they are what was read. Inlined, since a fork
 * waits for hundreds of thousands of them, whose n is known. */
static inline __attribute__((always_inline)) bool transfer(struct xe_codec *c, const char *name,
                                                           uint8_t *bytes, size_t n)
{
    const uint8_t *there;

    if (c->mode == XE_CODEC_SAVE && !c->stopped) {
        append(c, bytes, n);
        return false;
    }
    if (c->mode == XE_CODEC_HASH || c->mode == XE_CODEC_SAVE) {
        xe_codec_write(c, bytes, n);
        return false;
    }
    there = next_bytes(c, n);
    if (!there)
        return false;
    if (c->mode == XE_CODEC_LOAD) {
        memcpy(bytes, there, n);
        return true;
    }
    if (!c->beside && memcmp(bytes, there, n) != 0)
        differ_at(c, name, bytes, there, n);
    return false;
}

/* ---- sections ------------------------------------------------------------------------------- */

static void end_section(struct xe_codec *c)
{
    if (!c->section || c->stopped)
        return;
    c->item = NULL;
    if (c->mode == XE_CODEC_HASH)
        flush(c);
    else if (c->mode == XE_CODEC_SAVE)
        xe_store_be64(c->bytes + c->section_at, c->size - c->section_at - 8);
    else if (c->in.at != c->section_end)
        xe_codec_fail(c, XE_ERR_SNAPSHOT_INCOMPATIBLE, "%zu bytes too many",
                      c->section_end - c->in.at);
}

static void read_section(struct xe_codec *c, const char *name)
{
    size_t n = strlen(name);
    const uint8_t *there;
    uint64_t size;

    there = xe_reader_bytes(&c->in, 1 + n);
    size = xe_reader_be64(&c->in);
    if (!c->in.ok || there[0] != n || memcmp(there + 1, name, n) != 0 ||
        size > c->in.size - c->in.at)
        xe_codec_fail(c, XE_ERR_SNAPSHOT_INCOMPATIBLE, "the section '%s' is not where it should be",
                      name);
    else
        c->section_end = c->in.at + (size_t)size;
}

void xe_codec_section(struct xe_codec *c, const char *name)
{
    uint8_t head[1 + SECTION_NAME_MAX] = {(uint8_t)strlen(name)};
    static const uint8_t size[8];

    end_section(c);
    c->section = NULL;
    c->item = NULL;
    if (c->stopped)
        return;
    if (c->mode == XE_CODEC_SAVE) {
        memcpy(head + 1, name, head[0]);
        append(c, head, 1u + head[0]);
        c->section_at = c->size;
        append(c, size, sizeof(size));
    } else if (c->mode != XE_CODEC_HASH) {
        read_section(c, name);
    }
    c->section = name;
}

bool xe_codec_section_beside(struct xe_codec *c, const char *name)
{
    if (c->mode == XE_CODEC_HASH)
        return false;
    xe_codec_section(c, name);
    if (c->mode == XE_CODEC_COMPARE && !c->stopped)
        xe_reader_seek(&c->in, c->section_end);
    c->beside = c->mode != XE_CODEC_COMPARE;
    return c->beside && !c->stopped;
}

bool xe_codec_end(struct xe_codec *c)
{
    end_section(c);
    c->section = NULL;
    if ((c->mode == XE_CODEC_LOAD || c->mode == XE_CODEC_COMPARE) && !c->stopped &&
        c->in.at != c->in.size)
        xe_codec_fail(c, XE_ERR_SNAPSHOT_INCOMPATIBLE, "%zu bytes follow the last section",
                      c->in.size - c->in.at);
    return !c->stopped;
}

void xe_codec_item(struct xe_codec *c, const char *what, uint64_t id)
{
    c->item = what;
    c->item_id = id;
}

void xe_codec_beside(struct xe_codec *c, bool on)
{
    c->beside = on;
}

/* ---- fields --------------------------------------------------------------------------------- */

/* The byte itself, not what the compiler makes of a bool that is neither. */
void xe_codec_bool(struct xe_codec *c, const char *name, bool *field)
{
    uint8_t byte;

    memcpy(&byte, field, 1);
    if (transfer(c, name, &byte, 1) &&
        want_of(c, byte <= 1, name, "0x%02x is no truth value", byte))
        *field = byte;
}

#define WORD(kind, type, bits)                                                                     \
    void xe_codec_##kind(struct xe_codec *c, const char *name, type *field)                        \
    {                                                                                              \
        uint8_t bytes[bits / 8];                                                                   \
                                                                                                   \
        xe_store_be(bytes, bits / 8, (uint##bits##_t) * field);                                    \
        if (transfer(c, name, bytes, bits / 8))                                                    \
            *field = (type)xe_load_be(bytes, bits / 8);                                            \
    }
WORD(u8, uint8_t, 8)
WORD(u16, uint16_t, 16)
WORD(u32, uint32_t, 32)
WORD(u64, uint64_t, 64)
WORD(s32, int32_t, 32)
WORD(s64, int64_t, 64)

void xe_codec_enum(struct xe_codec *c, const char *name, uint32_t *field, uint32_t limit)
{
    uint32_t value = *field;

    xe_codec_u32(c, name, &value);
    if (want_of(c, value < limit, name, "%u is none of %u kinds", value, limit))
        *field = value;
}

void xe_codec_up_to(struct xe_codec *c, const char *name, uint32_t *field, uint32_t max)
{
    uint32_t value = *field;

    xe_codec_u32(c, name, &value);
    if (want_of(c, value <= max, name, "%u is above %u", value, max))
        *field = value;
}

void xe_codec_bytes(struct xe_codec *c, const char *name, void *bytes, size_t n)
{
    transfer(c, name, bytes, n);
}

void xe_codec_text(struct xe_codec *c, const char *name, char *text, size_t size)
{
    uint32_t here = (uint32_t)strnlen(text, size - 1), n = here;
    const uint8_t *there;

    xe_codec_u32(c, name, &n);
    if (c->mode == XE_CODEC_HASH || c->mode == XE_CODEC_SAVE) {
        xe_codec_write(c, text, n);
        return;
    }
    if (c->mode == XE_CODEC_COMPARE && c->beside)
        n = c->stopped ? 0 : xe_load_be32(c->in.data + c->in.at - 4);
    if (!want_of(c, n < size, name, "%u characters do not fit", n))
        return;
    there = xe_codec_read(c, n);
    if (!there)
        return;
    if (c->mode == XE_CODEC_LOAD) {
        if (want_of(c, !memchr(there, 0, n), name, "a NUL in a text")) {
            memcpy(text, there, n);
            memset(text + n, 0, size - n);
        }
    } else if (!c->beside && memcmp(text, there, n) != 0) {
        xe_codec_differ(c, "%s: '%s' here, '%.*s' there", last_name(name), text, (int)n, there);
    }
}

void xe_codec_fixed(struct xe_codec *c, const char *name, uint64_t value)
{
    uint64_t there = value;

    xe_codec_u64(c, name, &there);
    want_of(c, there == value, name, "0x%" PRIx64 " here, 0x%" PRIx64 " in what is loaded", value,
            there);
}

size_t xe_codec_count(struct xe_codec *c, const char *name, size_t n, size_t max, size_t least)
{
    uint64_t count = n;

    xe_codec_u64(c, name, &count);
    if (c->stopped)
        return 0;
    if (c->mode == XE_CODEC_LOAD && least && max > (c->section_end - c->in.at) / least)
        max = (c->section_end - c->in.at) / least;
    return want_of(c, count <= max, name, "%" PRIu64 " of them, where %zu is the most", count, max)
               ? (size_t)count
               : 0;
}
