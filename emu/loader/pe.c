/* The PE image inside a XEX: only section names are wanted from it. The page descriptors, not the
 * PE headers, say what the pages are; nothing here can fail a parse.
 * Source: the public PE/COFF specification; machine 0x1F2 is PowerPC big-endian. */
#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "loader/xex_internal.h"

#define MACHINE_POWERPC_BE 0x1F2
#define SECTION_SIZE       40
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

bool xe__pe_plausible(const uint8_t *bytes, size_t size)
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
        xe__image_copy_text(section->name, sizeof(section->name), pe_section, 8);
    return section;
}

void xe__pe_name_sections(struct xe_image *image)
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
