/* Delta patches: what they make of a file is what the file of the next version is, and what is
 * wrong with one is told by name and offset. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "build_patch.h"
#include "xe/image.h"

/* Code, data, a resource; what the next version has there. */
static const struct edit changes[] = {
    {EDIT_IMAGE, 0x1044, {0x38, 0x60, 0x00, 0x07, 0x4E, 0x80, 0x00, 0x20}, 8},
    {EDIT_IMAGE, 0x2080, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 12},
    {EDIT_IMAGE, 0x30F0, {0xFF}, 1},
};
#define CHANGES (sizeof(changes) / sizeof(changes[0]))

static struct xe_image *parse(const struct built *of, const void *patch, size_t patch_size,
                              struct xe_error *err)
{
    const struct xe_image_options options = {.patch = patch, .patch_size = patch_size};

    return xe_image_parse_as(of->file, of->size, &options, NULL, err);
}

/* The patched image is that of the next version in all but the file that it came from. */
static void equal(const char *what, const struct xe_image *image, const struct built *fresh)
{
    struct xe_image *expected = parse(fresh, NULL, 0, NULL);

    cr_assert(expected && image->size == expected->size, "%s: size 0x%x", what, image->size);
    cr_expect_eq(image->base, expected->base, "%s", what);
    cr_expect_eq(image->entry, expected->entry, "%s", what);
    cr_expect_eq(image->import_count, expected->import_count, "%s", what);
    cr_expect_eq(image->export_count, expected->export_count, "%s", what);
    cr_expect_eq(image->check.page_hashes, XE_IMAGE_GOOD, "%s", what);
    cr_expect_eq(image->check.header_hash, XE_IMAGE_GOOD, "%s", what);
    cr_expect_eq(memcmp(image->bytes, expected->bytes, image->size), 0, "%s: bytes", what);
    cr_expect_eq(image->headers_size, expected->headers_size, "%s", what);
    cr_expect_eq(memcmp(image->headers, expected->headers, image->headers_size), 0, "%s", what);
    cr_expect(image->patched && !expected->patched, "%s", what);
    cr_expect(image->patch_source == 0x20000100 && image->patch_target == 0x20000200, "%s", what);
    xe_image_destroy(expected);
}

static void leads(const char *what, const struct built *old, const struct built *fresh,
                  const struct build_patch *patch)
{
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *file = build_patch(patch, NULL, 0, &size);
    struct xe_image *image = parse(old, file, size, &err);

    cr_assert(image, "%s: %s", what, err.text);
    equal(what, image, fresh);
    xe_image_destroy(image);
    free(file);
}

static void leads_between(const char *from, const char *to, enum build_key key)
{
    struct built old = build_pair(build_xex_find(from), NULL, 0);
    struct built fresh = build_pair(build_xex_find(to), changes, CHANGES);

    leads(from, &old, &fresh, &(struct build_patch){old.side, fresh.side, key, {0}, {0}});
    build_pair_free(&old);
    build_pair_free(&fresh);
}

Test(loader_patch, leads_from_every_kind_to_the_next_version)
{
    for (size_t i = 0; i < build_xex_kind_count; i++)
        if (build_xex_kinds[i].key != KEY_UNKNOWN)
            leads_between(build_xex_kinds[i].name, build_xex_kinds[i].name, build_xex_kinds[i].key);
}

Test(loader_patch, of_a_plain_file_has_any_of_the_keys)
{
    leads_between("plain", "plain", KEY_RETAIL);
    leads_between("basic", "basic", KEY_XEX1_DEVKIT);
}

Test(loader_patch, changes_base_and_size)
{
    leads_between("plain", "large-plain", KEY_NONE);
    leads_between("large-lzx", "lzx", KEY_NONE);
    leads_between("retail-lzx", "retail-basic", KEY_RETAIL);
}

Test(loader_patch, moves_headers_and_image_first)
{
    struct built old = build_pair(build_xex_find("basic"), NULL, 0);
    struct built fresh = build_pair(build_xex_find("basic"), changes, CHANGES);

    leads("moved up", &old, &fresh,
          &(struct build_patch){
              old.side, fresh.side, KEY_NONE, {0x100, 0x500, 0x180}, {0x1000, 0x2000, 0x1800}});
    leads("moved down", &old, &fresh,
          &(struct build_patch){
              old.side, fresh.side, KEY_NONE, {0x400, 0x400, 0x10}, {0x2000, 0x1000, 0x40}});
    leads("kept in part", &old, &fresh,
          &(struct build_patch){old.side, fresh.side, KEY_NONE, {0}, {0, 0x1000, 0}});
    build_pair_free(&old);
    build_pair_free(&fresh);
}

/* ---- what is refused --------------------------------------------------------------------------
 */

static void refused(const struct build_xex *kind, const struct edit *edits, size_t n, size_t cut,
                    enum xe_err code, const char *text)
{
    struct built old = build_pair(kind, NULL, 0), fresh = build_pair(kind, changes, CHANGES);
    const struct build_patch patch = {old.side, fresh.side, kind->key, {0}, {0}};
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *file = build_patch(&patch, edits, n, &size), *exact = malloc(size);
    struct xe_image *image;

    size = size < cut ? size : cut;
    memcpy(exact, file, size); /* so that sanitizers see any read past it */
    image = parse(&old, exact, size, &err);
    cr_expect(!image && err.code == code && !strcmp(err.text, text),
              "%s:\n  is       %s\n  not      %s", kind->name, err.text, text);
    xe_image_destroy(image);
    free(file);
    free(exact);
    build_pair_free(&old);
    build_pair_free(&fresh);
}

#define WORD(where, at, w)                                                                         \
    {                                                                                              \
        where, at,                                                                                 \
            {(uint8_t)((w) >> 24), (uint8_t)((w) >> 16), (uint8_t)((w) >> 8), (uint8_t)(w)}, 4     \
    }
#define D BUILD_PATCH_DESCRIPTOR
#define R BUILD_PATCH_RECORDS

static const struct {
    struct edit edit;
    enum xe_err code;
    const char *text;
} wrong[] = {
    {WORD(EDIT_FILE, 0, 0x4D5A9000), XE_ERR_IMAGE_UNSUPPORTED,
     "patch: offset 0x0: the file of 0x4560 bytes is no patch (XEXP), which begins with XEX2"},
    {WORD(EDIT_FILE, 4, 1), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x4: module flags is 0x1, expected one of 0x70, as patches (XEXP) have"},
    {WORD(EDIT_FILE, 0x20, 0x6FF), XE_ERR_IMAGE_UNSUPPORTED,
     "patch: offset 0x14: no delta patch descriptor (key 0x000005ff): a patch that holds a whole "
     "file can't be applied"},
    {WORD(EDIT_FILE, D, 0x40), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x340: delta patch descriptor size is 0x40, expected at least 0x4c"},
    {WORD(EDIT_FILE, D, 0x4000), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x24: optional header value is 0x340, expected 0x4000 bytes inside headers of "
     "0x4000 (key 0x000005ff)"},
    {WORD(EDIT_FILE, D + 0x0C, 0x12345678), XE_ERR_IMAGE_UNSUPPORTED,
     "patch: offset 0x34c: the patch is of another file: it wants one of version 0x20000100 whose "
     "signature has SHA-1 12345678..., this is of version 0x20000100"},
    {WORD(EDIT_FILE, D + 0x30, 0x10001), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x370: size of target headers is 0x10001, expected at most 0x10000"},
    {WORD(EDIT_FILE, D + 0x34, 0x801), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x374: source offset of the headers is 0x801, expected at most 0x800"},
    {WORD(EDIT_FILE, D + 0x38, 0x801), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x378: source size of the headers is 0x801, expected at most 0x800"},
    {WORD(EDIT_FILE, D + 0x3C, 0x801), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x37c: target offset of the headers is 0x801, expected at most 0x800"},
    {WORD(EDIT_FILE, D + 0x40, 0x4001), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x380: source offset of the image is 0x4001, expected at most 0x4000"},
    {WORD(EDIT_FILE, D + 0x44, 0xFFFFFFFF), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x384: source size of the image is 0xffffffff, expected at most 0x4000"},
    {WORD(EDIT_FILE, D + 0x48, 0x4001), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x388: target offset of the image is 0x4001, expected at most 0x4000"},
    {WORD(EDIT_FILE, R, 0x10000), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x38c: old address of a delta record is 0x10000, expected 0x200 bytes inside "
     "0x10000"},
    {WORD(EDIT_FILE, R + 4, 0xFFFFFFFF), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x390: new address of a delta record is 0xffffffff, expected 0x200 bytes "
     "inside 0x10000"},
    {WORD(EDIT_FILE, R + 8, 0x02007FFF), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x396: compressed length of a delta record is 0x7fff, expected at most the "
     "0x21a bytes left"},
    {WORD(EDIT_FILE, R + 8, 0x80020010), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x394: uncompressed length of a delta record is 0x8002, expected at most the "
     "window's 0x8000 bytes"},
    {WORD(EDIT_FILE, R + 12, 0xFFFFFFFF), XE_ERR_IMAGE_UNSUPPORTED,
     "patch: offset 0x38c: delta record: LZX stream: call translation is on; XEX files never use "
     "it"},
    {WORD(EDIT_FILE, BUILD_PATCH_FORMAT, 0x20), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x300: file format header size is 0x20, expected at least 0x24 for a delta"},
    {WORD(EDIT_FILE, BUILD_PATCH_FORMAT + 4, 0x00020003), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x304: encryption type is 0x2, expected 0 (none) or 1 (AES)"},
    {WORD(EDIT_FILE, BUILD_PATCH_FORMAT + 4, 0x00000002), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x306: compression type is 0x2, expected 3 (delta)"},
    {WORD(EDIT_FILE, BUILD_PATCH_FORMAT + 8, 0x9000), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x308: LZX window size is 0x9000, expected a power of two from 0x8000 to "
     "0x200000"},
    {WORD(EDIT_FILE, BUILD_PATCH_FORMAT + 12, 0x17), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x30c: delta block size is 0x17, expected 0x18 to 0x560"},
    {WORD(EDIT_BLOCK, 0x00, 0x11), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x4000: delta block size is 0x11, expected 0x18 to 0xc"},
    {WORD(EDIT_BLOCK, 0x18, 0x3FFF), XE_ERR_IMAGE_CORRUPT,
     "patch: offset 0x4018: old address of a delta record is 0x3fff, expected 0x400 bytes inside "
     "0x4000"},
};

Test(loader_patch, is_refused_by_name_and_offset)
{
    const struct build_xex *kind = build_xex_find("basic");

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        refused(kind, &wrong[i].edit, 1, SIZE_MAX, wrong[i].code, wrong[i].text);
    refused(kind, NULL, 0, 3, XE_ERR_IMAGE_UNSUPPORTED,
            "patch: offset 0x0: the file of 0x3 bytes is no patch (XEXP), which begins with XEX2");
    refused(kind, NULL, 0, 0x20, XE_ERR_IMAGE_CORRUPT,
            "patch: offset 0x8: headers size is 0x4000, expected at most the file's size, 0x20");
}

Test(loader_patch, with_a_wrong_key_or_hash_is_refused)
{
    const struct edit key = {EDIT_FILE, BUILD_PATCH_SECURITY + 0x150, {1}, 1};
    const struct edit digest = {EDIT_FILE, BUILD_PATCH_FORMAT + 16, {0x11, 0x22, 0x33, 0x44}, 4};

    refused(build_xex_find("retail-lzx"), &key, 1, SIZE_MAX, XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH,
            "patch: offset 0x250: the patch's body is encrypted, and the key of the file doesn't "
            "make sense of it");
    refused(build_xex_find("basic"), &digest, 1, SIZE_MAX, XE_ERR_IMAGE_CORRUPT,
            "patch: offset 0x4000: hash of the delta block of 0x554 bytes does not match, expected "
            "SHA-1 11223344...");
}

/* What it makes has the hashes of the next version, or it is none. */
Test(loader_patch, that_makes_another_image_is_refused)
{
    const struct edit byte = {EDIT_BLOCK, 0x18 + 12 + 0x40, {0x55, 0x55}, 2};
    struct built old = build_pair(build_xex_find("basic"), NULL, 0);
    struct built fresh = build_pair(build_xex_find("basic"), changes, CHANGES);
    const struct build_patch patch = {old.side, fresh.side, KEY_NONE, {0}, {0}};
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *file = build_patch(&patch, &byte, 1, &size);

    cr_expect_null(parse(&old, file, size, &err));
    cr_expect(strstr(err.text, "image that the patch makes: ") || strstr(err.text, "LZX"), "%s",
              err.text);
    free(file);
    build_pair_free(&old);
    build_pair_free(&fresh);
}

/* A few bytes that say "64 KiB" over and over are not obeyed for ever. */
Test(loader_patch, writes_no_more_than_makes_sense)
{
    const struct edit fill = {EDIT_FILE, R, {0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0}, 12};
    struct edit edits[10];

    for (uint32_t i = 0; i < 10; i++) {
        edits[i] = fill;
        edits[i].offset = R + 12 * i;
    }
    refused(
        build_xex_find("basic"), edits, 10, SIZE_MAX, XE_ERR_IMAGE_CORRUPT,
        "patch: offset 0x3f4: uncompressed length of a delta record is 0xffff, expected at most "
        "0x8: records write what they wrote before");
}
