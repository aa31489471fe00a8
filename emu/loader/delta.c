/* Each record names old bytes and new ones of the same number: 0s, the old ones moved, or an LZX
 * stream of its own whose window ends with the old ones. Records follow each other in place, so a
 * later one sees what those before it have made.
 * Source: xenia lzx.cc (records, the window). Guess: a record of more bytes
 * than the window has is refused; a patch of a console's that has one would say what it means. */
#include "loader/delta.h"

#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/image_internal.h"
#include "loader/lzx.h"

#define RECORD_SIZE    12u
#define OUTPUT_MAX     0x10000u
#define BREATH_RECORDS 64u

enum { DATA_NONE, DATA_MOVED }; /* compressed lengths that are none */

struct record {
    uint32_t from, to;
    size_t size, packed;
    size_t at; /* in the file, for errors */
};

bool xe__loader_delta_init(struct xe__delta *delta, unsigned window_bits, uint64_t limit,
                           const struct xe_breath *breath, struct xe_error *err)
{
    size_t size = ((size_t)1 << window_bits) + OUTPUT_MAX;

    *delta = (struct xe__delta){.window_bits = window_bits,
                                .window = xe_calloc(1, size),
                                .left = limit,
                                .breath = breath,
                                .err = err};
    return delta->window || xe__loader_image_no_memory(err, size);
}

void xe__loader_delta_fini(struct xe__delta *delta)
{
    xe_free(delta->window);
}

/* The old bytes stand right before the output, 0s before them. */
static bool unpack(struct xe__delta *delta, const struct record *record, const uint8_t *data,
                   uint8_t *target)
{
    size_t window = (size_t)1 << delta->window_bits;

    if (record->size > window)
        return xe__loader_image_corrupt(delta->err, record->at + 8,
                                        "uncompressed length of a delta record", record->size,
                                        "at most the window's 0x%zx bytes", window);
    if (delta->old > record->size)
        memset(delta->window + window - delta->old, 0, delta->old - record->size);
    delta->old = record->size;
    memcpy(delta->window + window - record->size, target + record->from, record->size);
    if (!xe__loader_lzx_delta(data, record->packed, delta->window_bits, delta->window, record->size,
                              delta->err))
        return xe_error_prefix(delta->err, "offset 0x%zx: delta record", record->at);
    memcpy(target + record->to, delta->window + window, record->size);
    return true;
}

static bool check(struct xe__delta *delta, const struct record *record, size_t data_left,
                  size_t target_size)
{
    if (record->from > target_size || record->size > target_size - record->from)
        return xe__loader_image_corrupt(delta->err, record->at, "old address of a delta record",
                                        record->from, "0x%zx bytes inside 0x%zx", record->size,
                                        target_size);
    if (record->to > target_size || record->size > target_size - record->to)
        return xe__loader_image_corrupt(delta->err, record->at + 4, "new address of a delta record",
                                        record->to, "0x%zx bytes inside 0x%zx", record->size,
                                        target_size);
    if (record->packed > DATA_MOVED && record->packed > data_left)
        return xe__loader_image_corrupt(delta->err, record->at + 10,
                                        "compressed length of a delta record", record->packed,
                                        "at most the 0x%zx bytes left", data_left);
    if (record->size > delta->left)
        return xe__loader_image_corrupt(delta->err, record->at + 8,
                                        "uncompressed length of a delta record", record->size,
                                        "at most 0x%llx: records write what they wrote before",
                                        (unsigned long long)delta->left);
    return true;
}

static bool apply(struct xe__delta *delta, const struct record *record, const uint8_t *data,
                  uint8_t *target)
{
    delta->left -= record->size;
    if (record->packed == DATA_NONE)
        memset(target + record->to, 0, record->size);
    else if (record->packed == DATA_MOVED)
        memmove(target + record->to, target + record->from, record->size);
    else
        return unpack(delta, record, data, target);
    return true;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
    while (size && !bytes[size - 1])
        size--;
    return !size;
}

bool xe__loader_delta_apply(struct xe__delta *delta, const uint8_t *records, size_t size,
                            size_t file_at, uint8_t *target, size_t target_size)
{
    size_t at = 0;

    for (uint32_t n = 1; size - at >= RECORD_SIZE; n++) {
        struct record record = {.from = xe_load_be32(records + at),
                                .to = xe_load_be32(records + at + 4),
                                .size = xe_load_be16(records + at + 8),
                                .packed = xe_load_be16(records + at + 10),
                                .at = file_at + at};

        if (is_zero(records + at, RECORD_SIZE))
            return true;
        at += RECORD_SIZE;
        if (!check(delta, &record, size - at, target_size) ||
            !apply(delta, &record, records + at, target))
            return false;
        at += record.packed > DATA_MOVED ? record.packed : 0;
        if (n % BREATH_RECORDS == 0)
            xe_breathe(delta->breath);
    }
    return is_zero(records + at, size - at) ||
           xe__loader_image_corrupt(delta->err, file_at + at, "bytes left for a delta record",
                                    size - at, "0 or at least 0x%x", RECORD_SIZE);
}
