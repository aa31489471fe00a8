/* A fuzz target: bytes in, no crash, hang or unbounded memory. libFuzzer calls it (make fuzz); so
 * does fuzz_replay.c, on seeds and on mutations that are the same in every run (make check).
 * Targets are built with FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION, which makes every hash match,
 * so that changed bytes reach the parsers behind the hashes. */
#ifndef TESTS_LOADER_FUZZ_H
#define TESTS_LOADER_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "xe/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The i-th seed of this target, to be freed; NULL behind the last. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size);

/* Name the places of an image (given, may be NULL) as a disassembly does. */
static inline void fuzz_image(struct xe_image *image)
{
    struct xe_symbols *symbols = image ? xe_symbols_create(image, NULL, NULL, NULL) : NULL;
    xe_gva address;

    if (symbols) {
        xe_symbols_at(symbols, image->entry);
        xe_symbols_find(symbols, "entry+4", &address);
    }
    xe_symbols_destroy(symbols);
    xe_image_destroy(image);
}

#endif
