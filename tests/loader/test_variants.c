/* Every variant of file that xe360-mkxex writes, of one guest title: an implementation that shares
 * nothing with the loader or with build_xex.c. All of them hold the same image. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xe/image.h"

static const struct {
    const char *name, *encryption, *compression;
} variants[] = {
    {"none-none", "none", "none"},    {"basic-retail", "retail", "basic"},
    {"lzx-none", "none", "lzx"},      {"lzx-devkit", "devkit", "lzx"},
    {"lzx-aligned", "none", "lzx"},   {"lzx-uncompressed", "none", "lzx"},
    {"lzx-mixed", "retail", "lzx"},   {"lzx-window", "none", "lzx"},
    {"small-pages", "retail", "lzx"},
};

static struct xe_image *load(const char *name)
{
    const char *builddir = getenv("XE_BUILDDIR");
    struct xe_error err = XE_ERROR_INIT;
    size_t size, room = 1 << 22;
    uint8_t *bytes = malloc(room);
    struct xe_image *image;
    char path[512];
    FILE *in;

    snprintf(path, sizeof(path), "%s/tests/guest/variants/%s.xex", builddir ? builddir : ".", name);
    in = fopen(path, "rb");
    cr_assert_not_null(in, "%s is missing: make check builds it", path);
    size = fread(bytes, 1, room, in);
    fclose(in);
    image = xe_image_parse(bytes, size, &err);
    cr_assert_not_null(image, "%s: %s", name, err.text);
    free(bytes);
    return image;
}

Test(loader_variants, all_checks_hold)
{
    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
        struct xe_image *image = load(variants[i].name);

        cr_expect_str_eq(image->encryption, variants[i].encryption, "%s", variants[i].name);
        cr_expect_str_eq(image->compression, variants[i].compression, "%s", variants[i].name);
        cr_expect_eq(image->check.header_hash, XE_IMAGE_GOOD, "%s", variants[i].name);
        cr_expect_eq(image->check.import_digests, XE_IMAGE_GOOD, "%s", variants[i].name);
        cr_expect_eq(image->check.page_hashes, XE_IMAGE_GOOD, "%s", variants[i].name);
        cr_expect_eq(image->check.block_hashes == XE_IMAGE_GOOD,
                     strcmp(image->compression, "lzx") == 0, "%s", variants[i].name);
        xe_image_destroy(image);
    }
}

Test(loader_variants, packing_does_not_change_the_image)
{
    static const char *const same[] = {"basic-retail",     "lzx-none",  "lzx-aligned",
                                       "lzx-uncompressed", "lzx-mixed", "lzx-window"};
    struct xe_image *plain = load("none-none");

    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        struct xe_image *image = load(same[i]);

        cr_assert_eq(image->size, plain->size, "%s", same[i]);
        cr_expect_eq(memcmp(image->bytes, plain->bytes, plain->size), 0, "%s", same[i]);
        cr_expect_eq(image->entry, plain->entry, "%s", same[i]);
        xe_image_destroy(image);
    }
    xe_image_destroy(plain);
}
