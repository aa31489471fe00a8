/* Allocation failure: the n-th allocation fails, for every n; the parse says so and leaks nothing
 * (the sanitizer build looks for leaks). */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/fail.h"
#include "build_elf.h"
#include "build_patch.h"
#include "build_xex.h"
#include "xe/image.h"
#include "xe/symbols.h"

static unsigned calls_until_failure; /* 0: never fails */

bool xe_test_alloc_fails(void)
{
    return calls_until_failure && --calls_until_failure == 0;
}

static void fail_each(const uint8_t *file, size_t size)
{
    for (unsigned n = 1; n < 100; n++) {
        struct xe_error err = XE_ERROR_INIT;
        struct xe_image *image;

        calls_until_failure = n;
        image = xe_image_parse(file, size, &err);
        if (image) {
            xe_image_destroy(image);
            cr_expect_gt(n, 4);
            calls_until_failure = 0;
            return;
        }
        cr_expect_eq(err.code, XE_ERR_NO_MEMORY, "allocation %u: %s", n, err.text);
    }
    cr_expect_fail("never succeeded");
}

Test(loader_alloc, xex)
{
    size_t size;
    uint8_t *file = build_xex(build_xex_find("retail-lzx"), NULL, 0, &size);

    fail_each(file, size);
    free(file);
}

Test(loader_alloc, patch)
{
    const struct edit change = {EDIT_IMAGE, 0x1044, {1, 2, 3, 4}, 4};
    struct built old = build_pair(build_xex_find("devkit-basic"), NULL, 0);
    struct built fresh = build_pair(build_xex_find("devkit-basic"), &change, 1);
    struct xe_image_options options = {.allow_modified = false};
    struct xe_image *image = NULL;
    uint8_t *file = build_patch(&(struct build_patch){old.side, fresh.side, KEY_DEVKIT, {0}, {0}},
                                NULL, 0, &options.patch_size);
    unsigned n = 0;

    options.patch = file;
    while (!image && n++ < 100) {
        struct xe_error err = XE_ERROR_INIT;

        calls_until_failure = n;
        image = xe_image_parse_as(old.file, old.size, &options, NULL, &err);
        cr_expect(image || err.code == XE_ERR_NO_MEMORY, "allocation %u: %s", n, err.text);
    }
    calls_until_failure = 0;
    cr_expect(image && n > 15, "%u", n);
    xe_image_destroy(image);
    free(file);
    build_pair_free(&old);
    build_pair_free(&fresh);
}

Test(loader_alloc, elf)
{
    uint8_t file[BUILD_ELF_SIZE];

    build_elf(BUILD_ELF32, file);
    fail_each(file, sizeof(file));
}

Test(loader_alloc, symbols)
{
    size_t size;
    uint8_t *file = build_xex(build_xex_find("basic"), build_xex_functions, BUILD_FUNCTIONS, &size);
    struct xe_image *image = xe_image_parse(file, size, NULL);
    struct xe_symbols *symbols = NULL;
    unsigned n = 0;

    while (!symbols && n++ < 100) {
        struct xe_error err = XE_ERROR_INIT;

        calls_until_failure = n;
        symbols = xe_symbols_create(image, NULL, NULL, &err);
        cr_expect(symbols || err.code == XE_ERR_NO_MEMORY, "allocation %u: %s", n, err.text);
    }
    calls_until_failure = 0;
    cr_expect(symbols && n > 10, "%u", n);
    xe_symbols_destroy(symbols);
    xe_image_destroy(image);
    free(file);
}
