/* Delta records of patches (XEXP): what of a buffer changes to what, in place. */
#ifndef XE_LOADER_DELTA_H
#define XE_LOADER_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/breath.h"
#include "xe/error.h"

struct xe__delta {
    unsigned window_bits;
    uint8_t *window; /* owned; with room for one record's output behind it         */
    size_t old;      /* bytes of the record before, at the window's end            */
    uint64_t left;   /* bytes that may still be written: a few bytes say 64 KiB    */
    const struct xe_breath *breath;
    struct xe_error *err;
};

/* limit: bytes that all records together may write. */
bool xe__loader_delta_init(struct xe__delta *delta, unsigned window_bits, uint64_t limit,
                           const struct xe_breath *breath, struct xe_error *err);
void xe__loader_delta_fini(struct xe__delta *delta);

/* Carry out the records up to an empty one, or to the end. file_at: where they are, for errors. */
bool xe__loader_delta_apply(struct xe__delta *delta, const uint8_t *records, size_t size,
                            size_t file_at, uint8_t *target, size_t target_size);

#endif
