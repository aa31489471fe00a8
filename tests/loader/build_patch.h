/* Writes delta patches (XEXP) for tests: from the headers and image of one file to those of
 * another, by LZX records that refer to the old bytes, moves, and fills. It shares nothing with
 * emu/loader. */
#ifndef TESTS_LOADER_BUILD_PATCH_H
#define TESTS_LOADER_BUILD_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "build_xex.h"

/* One side: a XEX2 file's headers, and the image as it lies in memory. */
struct build_side {
    const uint8_t *headers, *image;
    size_t headers_size, image_size;
};

struct build_move {
    uint32_t from, size, to;
};

struct build_patch {
    struct build_side old, fresh;
    enum build_key key; /* that the new file's is encrypted with; KEY_NONE: the patch is plain */
    struct build_move headers, image; /* before any record; size 0: nothing moves */
};

/* Offsets in the file. */
#define BUILD_PATCH_HEADERS    0x4000
#define BUILD_PATCH_SECURITY   0x100
#define BUILD_PATCH_FORMAT     0x300
#define BUILD_PATCH_DESCRIPTOR 0x340
#define BUILD_PATCH_RECORDS    (BUILD_PATCH_DESCRIPTOR + 0x4C)

/* The finished file, to be freed; edits of the file are applied to it, edits of the block to the
 * first one before it is hashed and encrypted. */
uint8_t *build_patch(const struct build_patch *wanted, const struct edit *edits, size_t edit_count,
                     size_t *ret_size);

/* A good file and the image in it, of a kind with these changes. To be freed. */
struct built {
    uint8_t *file, *plain; /* plain: the same without key and compression, for its image */
    size_t size;
    struct build_side side;
};
struct built build_pair(const struct build_xex *kind, const struct edit *edits, size_t edit_count);
void build_pair_free(struct built *built);

#endif
