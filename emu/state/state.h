/* The state of an instance as one: what a digest hashes, a save writes, a load takes, a comparison
 * compares, in the same order.
 *
 * Saved: "xe360 state", the digest's version and the title's hash, then sections (base/codec.h).
 * Only a fresh instance with the same title and settings takes it. */
#ifndef XE_STATE_STATE_H
#define XE_STATE_STATE_H

#include "base/codec.h"

struct xe_audit;
struct xe_inputs;
struct xe_kernel;
struct xe_mem;
struct xe_mem_frozen;

struct xe_state_parts {
    struct xe_kernel *kernel;
    struct xe_audit *audit;
    struct xe_mem *mem;
    const uint8_t *title;               /* its SHA-256, 32 bytes */
    bool frozen;                        /* the bytes of memory are not in the state, but */
    const struct xe_mem_frozen *memory; /* when loading, there */
    struct xe_inputs *inputs;           /* beside the state */
};

void xe_state_visit(struct xe_codec *c, const struct xe_state_parts *parts);

#endif
