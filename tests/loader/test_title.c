/* A title we did not write: everything in it checks. Skipped where it is absent. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "xe/image.h"

static uint8_t *read_title(size_t *ret_size)
{
    const char *shared = getenv("XE_SHARED");
    char path[512];
    uint8_t *bytes;
    FILE *in;

    snprintf(path, sizeof(path), "%s/titles/xdon.xex", shared ? shared : "../shared");
    in = fopen(path, "rb");
    if (!in)
        return NULL;
    bytes = malloc(1 << 22);
    *ret_size = fread(bytes, 1, 1 << 22, in);
    fclose(in);
    return bytes;
}

Test(loader_title, xdon_checks_and_parses)
{
    struct xe_error err = XE_ERROR_INIT;
    size_t size = 0;
    uint8_t *file = read_title(&size);
    struct xe_image *image;

    if (!file)
        cr_skip_test("titles/xdon.xex is not here");
    image = xe_image_parse(file, size, &err);
    cr_assert_not_null(image, "%s", err.text);
    cr_expect_eq(image->base, 0x82000000u);
    cr_expect_eq(image->entry, 0x82173620u);
    cr_expect_eq(image->size, 0x2E0000u);
    cr_expect_str_eq(image->compression, "lzx");
    cr_expect_eq(image->check.header_hash, XE_IMAGE_GOOD);
    cr_expect_eq(image->check.import_digests, XE_IMAGE_GOOD);
    cr_expect_eq(image->check.block_hashes, XE_IMAGE_GOOD);
    cr_expect_eq(image->check.page_hashes, XE_IMAGE_GOOD);
    cr_assert_eq(image->library_count, 2);
    cr_expect_eq(image->library[0].imports, 34);
    cr_expect_eq(image->library[1].imports, 126);
    xe_image_destroy(image);
    free(file);
}
