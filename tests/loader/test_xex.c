/* Good XEX files, each of them built by build_xex.c: what the loader makes of them. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "build_xex.h"
#include "xe/image.h"

static struct xe_image *parse_edited(const char *name, const struct edit *edits, size_t n)
{
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *file = build_xex(build_xex_find(name), edits, n, &size);
    struct xe_image *image = xe_image_parse(file, size, &err);

    free(file);
    cr_assert_not_null(image, "%s: %s", name, err.text);
    return image;
}

static struct xe_image *parse(const char *name)
{
    return parse_edited(name, NULL, 0);
}

static bool has_unknown_key(const struct build_xex *kind)
{
    return kind->key == KEY_UNKNOWN;
}

Test(loader_xex, every_kind_gives_the_same_image)
{
    static const char *const keys[] = {"none", "retail", "devkit", "xex1-retail", "xex1-devkit"};
    static const char *const compressions[] = {"none", "basic", "lzx"};

    for (size_t i = 0; i < build_xex_kind_count; i++) {
        const struct build_xex *kind = &build_xex_kinds[i];
        struct xe_image *image;

        if (has_unknown_key(kind))
            continue;
        image = parse(kind->name);
        cr_expect_str_eq(image->encryption, keys[kind->key], "%s", kind->name);
        cr_expect_str_eq(image->compression, compressions[kind->compression], "%s", kind->name);
        cr_expect_eq(image->base, kind->base);
        cr_expect_eq(image->size, BUILD_PAGES * kind->page_size);
        cr_expect_eq(image->bytes[3 * kind->page_size], 0x5A, "%s", kind->name);
        cr_expect_eq(image->bytes[2 * kind->page_size + 3], 21, "%s", kind->name);
        cr_expect_eq(image->check.page_hashes, XE_IMAGE_GOOD);
        cr_expect_eq(image->check.header_hash, XE_IMAGE_GOOD);
        cr_expect_eq(image->check.import_digests, XE_IMAGE_GOOD);
        cr_expect_eq(image->check.block_hashes,
                     kind->compression == BUILD_LZX ? XE_IMAGE_GOOD : XE_IMAGE_ABSENT);
        xe_image_destroy(image);
    }
}

Test(loader_xex, no_known_key_says_so)
{
    for (size_t i = 0; i < build_xex_kind_count; i++) {
        const struct build_xex *kind = &build_xex_kinds[i];
        struct xe_error err = XE_ERROR_INIT;
        struct xe_image *image;
        uint8_t *file;
        size_t size;

        if (!has_unknown_key(kind))
            continue;
        file = build_xex(kind, NULL, 0, &size);
        image = xe_image_parse(file, size, &err);
        cr_expect_null(image);
        cr_expect_eq(err.code, XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH, "%s: %s", kind->name, err.text);
        free(file);
    }
}

Test(loader_xex, optional_headers)
{
    struct xe_image *image = parse("basic");

    cr_expect_eq(image->entry, 0x92001040u);
    cr_expect_eq(image->stack_size, 0x40000u);
    cr_expect_eq(image->heap_size, 0x100000u);
    cr_expect_eq(image->privileges[0], 0x41u);
    cr_expect_eq(image->privileges[1], 0x2u);
    cr_expect_eq(image->game_region, 0xFFFFFFFFu);
    cr_expect_eq(image->allowed_media, 0x405u);
    cr_expect_str_eq(image->pe_name, "builder.exe");
    cr_expect_eq(image->header_count, 14);
    cr_expect_str_eq(image->header[0].name, "resources");
    cr_expect_str_eq(image->header[12].name, "title workspace size");
    xe_image_destroy(image);
}

Test(loader_xex, execution_info)
{
    struct xe_image *image = parse("basic");

    cr_expect(image->has_execution_info);
    cr_expect_eq(image->media_id, 0x11111111u);
    cr_expect_eq(image->version, 0x20000100u);
    cr_expect_eq(image->base_version, 0x20000000u);
    cr_expect_eq(image->title_id, 0x58450001u);
    cr_expect_eq(image->platform, 2);
    cr_expect_eq(image->executable_type, 0);
    cr_expect_eq(image->disc_number, 1);
    cr_expect_eq(image->disc_count, 1);
    cr_expect_eq(image->savegame_id, 0x22222222u);
    xe_image_destroy(image);
}

Test(loader_xex, tls_and_resources)
{
    struct xe_image *image = parse("basic");

    cr_expect(image->has_tls);
    cr_expect_eq(image->tls_slots, 0x40);
    cr_expect_eq(image->tls_raw_address, 0x92002000u);
    cr_expect_eq(image->tls_data_size, 0x80);
    cr_expect_eq(image->tls_raw_size, 0x40);
    cr_assert_eq(image->resource_count, 1);
    cr_expect_str_eq(image->resource[0].name, "RES1");
    cr_expect_eq(image->resource[0].address, 0x92003000u);
    cr_expect_eq(image->resource[0].size, 0x100u);
    xe_image_destroy(image);
}

Test(loader_xex, sections_follow_page_descriptors)
{
    static const struct xe_image_section expected[] = {
        {".rdata", 0x82000000, 0x10000, 0x02, "rodata"},
        {".text", 0x82010000, 0x10000, 0x20, "code"},
        {".data", 0x82020000, 0x10000, 0x04, "data"},
        {".rsrc", 0x82030000, 0x10000, 0x02, "rodata"},
    };
    struct xe_image *image = parse("large-lzx");

    cr_assert_eq(image->section_count, 4);
    cr_expect_eq(image->page_size, 0x10000);
    for (int i = 0; i < 4; i++) {
        cr_expect_str_eq(image->section[i].name, expected[i].name);
        cr_expect_str_eq(image->section[i].kind, expected[i].kind);
        cr_expect_eq(image->section[i].address, expected[i].address);
        cr_expect_eq(image->section[i].size, expected[i].size);
        cr_expect_eq(image->section[i].protect, expected[i].protect);
    }
    xe_image_destroy(image);
}

Test(loader_xex, imports_pair_slots_with_thunks)
{
    static const struct xe_image_import expected[] = {
        {"xboxkrnl.exe", 0, 0x00D, true, 0x92000400, 0x92001000},
        {"xboxkrnl.exe", 0, 0x1AE, false, 0x92000404, 0},
        {"xam.xex", 1, 0x3D1, true, 0x92000408, 0x92001010},
        {"xam.xex", 1, 0x005, true, 0, 0x92001020},
    };
    struct xe_image *image = parse("retail-basic");

    cr_assert_eq(image->import_count, 4);
    for (int i = 0; i < 4; i++) {
        cr_expect_str_eq(image->import[i].library, expected[i].library);
        cr_expect_eq(image->import[i].library_index, expected[i].library_index);
        cr_expect_eq(image->import[i].ordinal, expected[i].ordinal);
        cr_expect_eq(image->import[i].function, expected[i].function);
        cr_expect_eq(image->import[i].slot, expected[i].slot);
        cr_expect_eq(image->import[i].thunk, expected[i].thunk);
    }
    cr_assert_eq(image->library_count, 2);
    cr_expect_eq(image->library[1].version, 0x20530800u);
    cr_expect_eq(image->library[1].min_version, 0x20074500u);
    cr_expect_eq(image->library[1].imports, 2);
    cr_expect_eq(image->library[1].digest, XE_IMAGE_GOOD);
    xe_image_destroy(image);
}

Test(loader_xex, exports_by_ordinal_and_name)
{
    static const struct xe_image_export expected[] = {
        {1, 0x92001040, ""}, {3, 0x92001048, "third"}, {4, 0x9200104C, "fourth"}};
    struct xe_image *image = parse("plain");

    cr_assert_eq(image->export_count, 3);
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(image->exports[i].ordinal, expected[i].ordinal);
        cr_expect_eq(image->exports[i].address, expected[i].address);
        cr_expect_str_eq(image->exports[i].name, expected[i].name);
    }
    xe_image_destroy(image);
}

/* Headers edited on purpose: the file still loads and the report says what does not hold. */
Test(loader_xex, wrong_header_hash_is_reported)
{
    const struct edit privileges = {EDIT_FILE, 0x18 + 9 * 8 + 4, {0xFF, 0, 0, 0}, 4};
    struct xe_image *image = parse_edited("basic", &privileges, 1);

    cr_expect_eq(image->check.header_hash, XE_IMAGE_BAD);
    cr_expect_eq(image->check.import_digests, XE_IMAGE_GOOD);
    cr_expect_eq(image->privileges[0], 0xFF000000u);
    xe_image_destroy(image);
}

Test(loader_xex, wrong_import_digest_is_reported_for_its_library)
{
    const struct edit version = {EDIT_FILE, BUILD_IMPORTS + 36 + 52 + 0x1C, {0x30}, 1};
    struct xe_image *image = parse_edited("basic", &version, 1);

    cr_expect_eq(image->check.import_digests, XE_IMAGE_BAD);
    cr_expect_eq(image->library[0].digest, XE_IMAGE_GOOD);
    cr_expect_eq(image->library[1].digest, XE_IMAGE_BAD);
    xe_image_destroy(image);
}

/* A library without an entry point is no error; a title without one is (bad/places.cases). */
Test(loader_xex, library_needs_no_entry)
{
    const struct edit edits[] = {
        {EDIT_FILE, 4, {0, 0, 0, 8}, 4},
        {EDIT_FILE, 0x18 + 2 * 8 + 4, {0, 0, 0, 0}, 4},
    };
    struct xe_image *image = parse_edited("basic", edits, 2);

    cr_expect_eq(image->entry, 0);
    xe_image_destroy(image);
}

Test(loader_image, names_of_enums)
{
    cr_expect_str_eq(xe_image_kind_name(XE_IMAGE_ELF64), "elf64");
    cr_expect_str_eq(xe_image_check_name(XE_IMAGE_BAD), "bad");
}

Test(loader_image, destroying_nothing_is_allowed)
{
    xe_image_destroy(NULL);
}
