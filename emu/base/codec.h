/* One description of a state for all that is done with states: digest, save, load and compare.
 *
 * A part describes each of its structs by one function that names every field once:
 *
 *     void xe_thing_state(struct xe_codec *c, struct xe_thing *thing)
 *     {
 *         XE_CODEC(c, thing->size);
 *         thing->count = xe_codec_count(c, "count", thing->count, THINGS_MAX, 4);
 *         ...
 *     }
 *
 * What happens to a field is the codec's mode. Digesting, saving and comparing change nothing;
 * loading sets it. Words are big-endian and fixed in width, so no host order enters, and pointers
 * never do: a reference is told by an id, and found again when all that has ids is there.
 *
 * What is loaded is hostile: every function checks what it reads, and after the first fault or
 * difference nothing more is read (counts are 0), so a state function asks once, when it is done.
 *
 * Facts that a guest can't see, but reports show, go `beside`: saved and loaded, not digested, not
 * compared. */
#ifndef XE_BASE_CODEC_H
#define XE_BASE_CODEC_H

#include "base/reader.h"
#include "xe/error.h"

enum xe_codec_mode { XE_CODEC_HASH, XE_CODEC_SAVE, XE_CODEC_LOAD, XE_CODEC_COMPARE };

/* Where the bytes of a digest go; section as named by the parts (static). */
typedef void xe_codec_put(void *ctx, const char *section, const void *bytes, size_t n);

struct xe_codec {
    enum xe_codec_mode mode;
    bool stopped; /* failed, or a difference was found: nothing more happens */
    bool differs; /* comparing only                                          */
    bool beside;
    struct xe_error error; /* why it stopped: a fault, or the first difference */
    void *world;           /* the part's own: what its references are resolved against */

    /* Where it is, for messages; static. */
    const char *section, *item;
    uint64_t item_id;

    /* Hash: gathered bytes on their way out. */
    xe_codec_put *put;
    void *put_ctx;
    uint8_t staged[2048];
    size_t staged_size;

    /* Save. */
    uint8_t *bytes; /* owned */
    size_t size, capacity, section_at;

    /* Load, compare. */
    struct xe_reader in;
    size_t section_end;
};

/* Begin: bytes go to `put` as they come; or into the codec's own buffer, which xe_codec_take hands
 * over. */
void xe_codec_init_hash(struct xe_codec *c, xe_codec_put *put, void *ctx);
void xe_codec_init_save(struct xe_codec *c);
/* The bytes are borrowed. */
void xe_codec_init_load(struct xe_codec *c, const void *bytes, size_t size);
void xe_codec_init_compare(struct xe_codec *c, const void *bytes, size_t size);
void xe_codec_fini(struct xe_codec *c);

/* The end of the last section. false: c->error says what was wrong, or differs. */
bool xe_codec_end(struct xe_codec *c);
/* Take what was saved (owned, xe_free); NULL if something went wrong. */
uint8_t *xe_codec_take(struct xe_codec *c, size_t *ret_size);

/* What follows belongs to this component (static text). */
void xe_codec_section(struct xe_codec *c, const char *name);
/* The same for a component that is beside the state as a whole. true: go through it, then end with
 * xe_codec_beside(c, false); false: it is of no use here. */
bool xe_codec_section_beside(struct xe_codec *c, const char *name);
/* What follows is this one's, in messages: "thread", 3. */
void xe_codec_item(struct xe_codec *c, const char *what, uint64_t id);
/* From here on fields go beside, or no longer do. */
void xe_codec_beside(struct xe_codec *c, bool on);

static inline bool xe_codec_loading(const struct xe_codec *c)
{
    return c->mode == XE_CODEC_LOAD;
}

/* ---- fields --------------------------------------------------------------------------------- */

/* One field: hashed, written, read or compared, as the codec is. A bool must be 0 or 1 when read.
 */
void xe_codec_bool(struct xe_codec *c, const char *name, bool *field);
void xe_codec_u8(struct xe_codec *c, const char *name, uint8_t *field);
void xe_codec_u16(struct xe_codec *c, const char *name, uint16_t *field);
void xe_codec_u32(struct xe_codec *c, const char *name, uint32_t *field);
void xe_codec_u64(struct xe_codec *c, const char *name, uint64_t *field);
void xe_codec_s32(struct xe_codec *c, const char *name, int32_t *field);
void xe_codec_s64(struct xe_codec *c, const char *name, int64_t *field);

/* A field by its type and name. */
#define XE_CODEC(c, field)                                                                         \
    _Generic(&(field), bool *                                                                      \
             : xe_codec_bool, uint8_t *                                                            \
             : xe_codec_u8, uint16_t *                                                             \
             : xe_codec_u16, uint32_t *                                                            \
             : xe_codec_u32, uint64_t *                                                            \
             : xe_codec_u64, int32_t *                                                             \
             : xe_codec_s32, int64_t *                                                             \
             : xe_codec_s64)(c, #field, &(field))

/* A value of an enum with `limit` values from 0 on. An enum's address passes as a uint32_t *. */
void xe_codec_enum(struct xe_codec *c, const char *name, uint32_t *field, uint32_t limit);
/* As XE_CODEC for a bounded number: loading refuses more than max. */
void xe_codec_up_to(struct xe_codec *c, const char *name, uint32_t *field, uint32_t max);
void xe_codec_bytes(struct xe_codec *c, const char *name, void *bytes, size_t n);
/* A NUL-terminated text in a buffer of `size`; loading makes the rest of the buffer zero. */
void xe_codec_text(struct xe_codec *c, const char *name, char *text, size_t size);
/* What settings and title decide and no run changes: loading refuses another value. */
void xe_codec_fixed(struct xe_codec *c, const char *name, uint64_t value);
/* How many of something follow, of at least `least` bytes each; loading refuses more than max, and
 * more than there are bytes for. Returns how many to go through: what was read, when loading. */
size_t xe_codec_count(struct xe_codec *c, const char *name, size_t n, size_t max, size_t least);

/* Loading: stop unless this holds, saying what was found. true: go on. In other modes always true.
 */
bool xe_codec_want(struct xe_codec *c, bool holds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Stop in any mode (out of memory). */
void xe_codec_fail(struct xe_codec *c, enum xe_err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* For parts with an encoding of their own: n bytes out, or the next n in (NULL: none). */
void xe_codec_write(struct xe_codec *c, const void *bytes, size_t n);
const uint8_t *xe_codec_read(struct xe_codec *c, size_t n);
/* Comparing: say what is another. */
void xe_codec_differ(struct xe_codec *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
