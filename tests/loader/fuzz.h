/* The loader's fuzz targets. They are built with FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION, which
 * makes every hash match, so that changed bytes reach the parsers behind the hashes. */
#ifndef TESTS_LOADER_FUZZ_H
#define TESTS_LOADER_FUZZ_H

#include "tests/support/fuzz.h"
#include "xe/symbols.h"

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
