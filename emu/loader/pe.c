/* The PE image inside a XEX: only section names and the unwind table are wanted from it. The page
 * descriptors, not the PE headers, say what the pages are; nothing that is wrong here fails a
 * parse. Source: the public PE/COFF specification; machine 0x1F2 is PowerPC big-endian. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/xex_internal.h"

#define MACHINE_POWERPC_BE 0x1F2
#define SECTION_SIZE       40
#define OPTIONAL_MAGIC     0x10B /* PE32 */
#define OPTIONAL_COUNT     92    /* number of directories, after it their places */
#define EXCEPTION_TABLE    3
#define FUNCTION_SIZE      8u
#define FUNCTIONS_MAX      0x80000u /* ours: bounds memory at 4 MiB */
#define SECTIONS_MAX       96

/* Offset of the PE signature, 0 if there is none. */
static size_t signature(const uint8_t *bytes, size_t size)
{
    struct xe_reader r = xe_reader_make(bytes, size);
    uint32_t at;

    if (size < 0x40 || memcmp(bytes, "MZ", 2) != 0)
        return 0;
    xe_reader_seek(&r, 0x3C);
    at = xe_reader_le32(&r);
    if (!xe_reader_has(&r, at, 24) || memcmp(bytes + at, "PE\0\0", 4) != 0)
        return 0;
    xe_reader_seek(&r, at + 4);
    return xe_reader_le16(&r) == MACHINE_POWERPC_BE ? at : 0;
}

bool xe__loader_pe_plausible(const uint8_t *bytes, size_t size)
{
    return signature(bytes, size) != 0 || (size >= 4 && memcmp(bytes, "XUIZ", 4) == 0);
}

/* Name the first section that a PE section starts in, unless it has a name. Both ascend, so
 * `section` only moves on. */
static struct xe_image_section *name_one(struct xe_image *image, struct xe_image_section *section,
                                         const uint8_t *pe_section)
{
    struct xe_reader r = xe_reader_make(pe_section, SECTION_SIZE);
    const struct xe_image_section *end = image->section + image->section_count;
    uint32_t rva;

    xe_reader_seek(&r, 12);
    rva = xe_reader_le32(&r);
    while (section < end && rva >= section->address - image->base + section->size)
        section++;
    if (section < end && rva >= section->address - image->base && !section->name[0])
        xe__loader_image_copy_text(section->name, sizeof(section->name), pe_section, 8);
    return section;
}

void xe__loader_pe_name_sections(struct xe_image *image)
{
    size_t at = signature(image->bytes, image->size);
    struct xe_reader r = xe_reader_make(image->bytes, image->size);
    struct xe_image_section *section = image->section;
    unsigned sections = 0;

    if (at) {
        xe_reader_seek(&r, at + 6);
        sections = xe_reader_le16(&r);
        xe_reader_seek(&r, at + 20);
        xe_reader_seek(&r, at + 24 + xe_reader_le16(&r));
    }
    for (unsigned i = 0; i < sections && i < SECTIONS_MAX; i++) {
        const uint8_t *pe_section = xe_reader_bytes(&r, SECTION_SIZE);

        if (!pe_section)
            break;
        section = name_one(image, section, pe_section);
    }
    for (uint32_t i = 0; i < image->section_count; i++)
        if (!image->section[i].name[0])
            snprintf(image->section[i].name, sizeof(image->section[i].name), "%s",
                     image->section[i].kind);
}

/* --- the unwind table --- */

/* The bytes of the directory of exception handlers, cut where the image ends. */
static bool find_table(const struct xe_image *image, uint32_t *ret_at, uint32_t *ret_size)
{
    struct xe_reader r = xe_reader_make(image->bytes, image->size);
    size_t at = signature(image->bytes, image->size), size;

    if (!at)
        return false;
    xe_reader_seek(&r, at + 20);
    size = xe_reader_le16(&r);
    at += 24;
    xe_reader_seek(&r, at);
    if (size < OPTIONAL_COUNT + 4 + 8 * (EXCEPTION_TABLE + 1) ||
        xe_reader_le16(&r) != OPTIONAL_MAGIC)
        return false;
    xe_reader_seek(&r, at + OPTIONAL_COUNT);
    if (xe_reader_le32(&r) <= EXCEPTION_TABLE)
        return false;
    xe_reader_seek(&r, at + OPTIONAL_COUNT + 4 + 8 * EXCEPTION_TABLE);
    *ret_at = xe_reader_le32(&r);
    *ret_size = xe_reader_le32(&r);
    if (*ret_at >= image->size)
        return false;
    if (*ret_size > image->size - *ret_at)
        *ret_size = image->size - *ret_at;
    return true;
}

/* An entry is the function's address and a word: bits 0 to 7 the length of the prologue, bits 8 to
 * 29 the length of the function, both in instructions, bit 30 set, bit 31 a handler's presence.
 * Source: Microsoft's description of PDATA for PowerPC (Windows CE). Measured: xdon.xex, 4120
 * entries that ascend, lie side by side in its code and don't overlap. False: it lies before
 * `from`, or not in code. */
static bool read_function(const struct xe_image *image, const uint8_t *entry, uint64_t from,
                          struct xe_image_function *ret)
{
    xe_gva address = xe_load_be32(entry);
    uint32_t size = 4 * (xe_load_be32(entry + 4) >> 8 & 0x3FFFFF);
    const struct xe_image_section *section = xe__loader_image_section(image, address);

    if (address < from || address % 4 || size == 0 || !section ||
        strcmp(section->kind, "code") != 0 || size > section->size - (address - section->address))
        return false;
    *ret = (struct xe_image_function){address, size};
    return true;
}

bool xe__loader_pe_functions(struct xe_image *image, struct xe_error *err)
{
    uint32_t at, size, count;
    uint64_t from = 0;

    if (!find_table(image, &at, &size))
        return true;
    count = size / FUNCTION_SIZE < FUNCTIONS_MAX ? size / FUNCTION_SIZE : FUNCTIONS_MAX;
    image->function = xe_calloc(count, sizeof(*image->function));
    if (count && !image->function)
        return xe__loader_image_no_memory(err, count * sizeof(*image->function));
    for (uint32_t i = 0; i < count; i++) {
        struct xe_image_function *function = &image->function[image->function_count];

        if (!read_function(image, image->bytes + at + (size_t)i * FUNCTION_SIZE, from, function))
            continue;
        from = (uint64_t)function->address + function->size;
        image->function_count++;
    }
    return true;
}
