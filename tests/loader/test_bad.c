/* Every case under bad/ is refused with exactly the error it names. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "xe/image.h"

/* Parse from a heap block of the exact size, so that sanitizers see any read past it. */
static void check(const struct bad_case *bad)
{
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *built = bad_case_build(bad, &size), *file = malloc(size ? size : 1);
    struct xe_image *image;

    memcpy(file, built, size);
    image = xe_image_parse(file, size, &err);
    cr_expect_null(image, "%s: was accepted", bad->name);
    cr_expect_str_eq(xe_err_kind(err.code), bad->kind, "%s: kind %s, text: %s", bad->name,
                     xe_err_kind(err.code), err.text);
    cr_expect_str_eq(err.text, bad->text, "%s:\n  is       %s\n  expected %s", bad->name, err.text,
                     bad->text);
    xe_image_destroy(image);
    free(built);
    free(file);
}

static void check_file(const char *name, size_t at_least)
{
    const char *srcdir = getenv("XE_SRCDIR");
    struct bad_case bad;
    size_t cases = 0;
    char path[512];
    FILE *in;

    snprintf(path, sizeof(path), "%s/tests/loader/bad/%s.cases", srcdir ? srcdir : ".", name);
    in = fopen(path, "r");
    cr_assert_not_null(in, "%s is missing", path);
    for (; bad_case_next(in, &bad); cases++)
        check(&bad);
    fclose(in);
    cr_expect_geq(cases, at_least, "%s: only %zu cases", path, cases);
}

Test(loader_bad, headers)
{
    check_file("headers", 12);
}

Test(loader_bad, security)
{
    check_file("security", 8);
}

Test(loader_bad, body)
{
    check_file("body", 10);
}

Test(loader_bad, places)
{
    check_file("places", 6);
}

Test(loader_bad, imports)
{
    check_file("imports", 10);
}

Test(loader_bad, exports)
{
    check_file("exports", 5);
}

Test(loader_bad, elf)
{
    check_file("elf", 12);
}
