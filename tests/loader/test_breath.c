/* Loading takes breaths: about one a mebibyte for each pass over the file. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "build_elf.h"
#include "build_xex.h"
#include "xe/image.h"
#include "xe/symbols.h"
#include "xe/types.h"

#define MEBIBYTES 6u

static void count(void *ctx)
{
    ++*(uint32_t *)ctx;
}

/* A good file of this kind with zeros behind it, which belong to the body. */
static uint8_t *long_file(const struct build_xex *kind, size_t *ret_size)
{
    size_t size;
    uint8_t *file = build_xex(kind, NULL, 0, &size);

    *ret_size = MEBIBYTES << 20;
    file = realloc(file, *ret_size);
    memset(file + size, 0, *ret_size - size);
    return file;
}

Test(loader_breath, is_taken_while_a_file_is_hashed_and_decrypted)
{
    for (size_t i = 0; i < build_xex_kind_count; i++) {
        const struct build_xex *kind = &build_xex_kinds[i];
        uint32_t heard = 0, passes = kind->key == KEY_NONE ? 1 : 2;
        struct xe_breath breath = {count, &heard};
        struct xe_image *image, *silent;
        size_t size;
        uint8_t *file = long_file(kind, &size);

        image = xe_image_parse_breathing(file, size, &breath, NULL);
        silent = xe_image_parse(file, size, NULL);
        cr_expect_eq(!image, !silent, "%s", kind->name);
        cr_expect_geq(heard, passes * (MEBIBYTES - 1), "%s: heard of %u times", kind->name, heard);
        if (image && silent) {
            cr_expect_arr_eq(image->sha256, silent->sha256, 32, "%s", kind->name);
            cr_expect_arr_eq(image->bytes, silent->bytes, image->size, "%s", kind->name);
        }
        xe_image_destroy(image);
        xe_image_destroy(silent);
        free(file);
    }
}

/* Calls in 1 MiB of code. */
Test(loader_breath, is_taken_while_names_are_sought)
{
    static uint8_t code[1 << 20];
    struct xe_image_section section = {.address = 0x82000000, .size = sizeof(code), .kind = "code"};
    struct xe_image image = {.base = 0x82000000,
                             .entry = 0x82000000,
                             .bytes = code,
                             .size = sizeof(code),
                             .section = &section,
                             .section_count = 1};
    uint32_t heard = 0;
    struct xe_breath breath = {count, &heard};

    xe_symbols_destroy(xe_symbols_create(&image, NULL, &breath, NULL));
    cr_expect_geq(heard, 8, "heard of %u times", heard);
}

/* Segments that lie over each other are refused before any of them is copied: 60000 headers that
 * name the same bytes would take hours. */
Test(loader_breath, an_elf_of_overlapping_segments_is_refused_unread)
{
    const uint32_t segments = 60000, at = BUILD_ELF_SIZE;
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *file = calloc(1, at + 32 * segments);
    uint32_t heard = 0;
    struct xe_breath breath = {count, &heard};

    build_elf(BUILD_ELF32, file);
    for (uint32_t i = 0; i < segments; i++)
        memcpy(file + at + 32 * i, file + BUILD_ELF_SEGMENTS, 32);
    xe_store_be32(file + 28, at);
    xe_store_be16(file + 44, (uint16_t)segments);
    cr_expect_null(xe_image_parse_breathing(file, at + 32 * segments, &breath, &err));
    cr_expect(strstr(err.text, "expected at least"), "%s", err.text);
    cr_expect_lt(heard, 16, "heard of %u times", heard);
    free(file);
}
