/* Good ELF files: segments, symbols, the two ways in. */
#include <criterion/criterion.h>
#include <string.h>

#include "build_elf.h"
#include "xe/image.h"

static struct xe_image *parse(enum build_elf_kind kind)
{
    struct xe_error err = XE_ERROR_INIT;
    uint8_t file[BUILD_ELF_SIZE];
    struct xe_image *image;

    build_elf(kind, file);
    image = xe_image_parse(file, sizeof(file), &err);
    cr_assert_not_null(image, "%s", err.text);
    return image;
}

Test(loader_elf, both_classes_give_the_same_sections)
{
    static const enum build_elf_kind kinds[] = {BUILD_ELF32, BUILD_ELF64_V1, BUILD_ELF64_V2};

    for (int i = 0; i < 3; i++) {
        struct xe_image *image = parse(kinds[i]);

        cr_expect_eq(image->kind, i ? XE_IMAGE_ELF64 : XE_IMAGE_ELF32);
        cr_expect_eq(image->base, 0x82000000u);
        cr_expect_eq(image->size, 0x20000u);
        cr_expect_eq(image->entry, 0x82000204u);
        cr_assert_eq(image->section_count, 2);
        cr_expect_str_eq(image->section[0].kind, "code");
        cr_expect_eq(image->section[0].protect, 0x20u);
        cr_expect_eq(image->section[1].address, 0x82010300u);
        cr_expect_eq(image->section[1].size, 0x1000u);
        cr_expect_eq(image->section[1].protect, 0x04u);
        cr_expect_eq(xe_load_be32(image->bytes + 0x204), 0x4E800020u);
        cr_expect_eq(image->check.page_hashes, XE_IMAGE_ABSENT);
        xe_image_destroy(image);
    }
}

Test(loader_elf, first_abi_enters_by_a_descriptor)
{
    struct xe_image *image = parse(BUILD_ELF64_V1);

    cr_expect_eq(image->entry, 0x82000204u);
    cr_expect_eq(image->toc, 0x82018000u);
    xe_image_destroy(image);
}

Test(loader_elf, second_abi_enters_directly)
{
    struct xe_image *image = parse(BUILD_ELF64_V2);

    cr_expect_eq(image->toc, 0);
    xe_image_destroy(image);
}

Test(loader_elf, symbols_ascend_and_lie_inside)
{
    struct xe_image *image = parse(BUILD_ELF32);

    cr_assert_eq(image->symbol_count, 2);
    cr_expect_str_eq(image->symbol[0].name, "start");
    cr_expect_eq(image->symbol[0].address, 0x82000204u);
    cr_expect_eq(image->symbol[0].size, 8);
    cr_expect_str_eq(image->symbol[1].name, "counter");
    xe_image_destroy(image);
}

/* Let the section names' section be called .xe.import too, and say it is the names' own. */
static struct xe_image *parse_with_stubs(uint32_t name, uint16_t names, uint32_t size)
{
    struct xe_error err = XE_ERROR_INIT;
    uint8_t file[BUILD_ELF_SIZE];
    struct xe_image *image;

    build_elf(BUILD_ELF32, file);
    xe_store_be16(file + 50, names);
    memcpy(file + BUILD_ELF_NAMES + 0x14, ".xe.import", 11);
    xe_store_be32(file + BUILD_ELF_SECTIONS + 40, name); /* the symbols */
    xe_store_be32(file + BUILD_ELF_SECTIONS + 80 + 20, size);
    image = xe_image_parse(file, sizeof(file), &err);
    cr_assert_not_null(image, "%s", err.text);
    return image;
}

Test(loader_elf, import_stubs_are_counted)
{
    static const struct {
        uint32_t name;
        uint16_t names;
        uint32_t size, count;
        const char *what;
    } rows[] = {
        {0x14, 2, 0x20, 4, "64 bytes of records"},
        {0x15, 2, 0x20, 0, "another name"},
        {0x14, 2, 0x1E, 0, "a name that the table of names cuts off"},
        {0xFFFFFFFF, 2, 0x20, 0, "a name outside"},
        {0x14, 3, 0x20, 0, "names in a section that is not there"},
        {0x14, 0xFFFF, 0x20, 0, "names in no section"},
        {0x14, 0, 0x20, 0, "names in an empty section"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_image *image = parse_with_stubs(rows[i].name, rows[i].names, rows[i].size);

        cr_expect_eq(image->unpacked_imports, rows[i].count, "%s: %u", rows[i].what,
                     image->unpacked_imports);
        xe_image_destroy(image);
    }
}
