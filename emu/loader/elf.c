/* ELF executables for big-endian PowerPC: segments become the image, .symtab the symbols.
 *
 * 32-bit and 64-bit files differ only in field widths, so both are read into one set of structs.
 * Under the first 64-bit ABI the entry is the address of a descriptor (code, TOC), not of code.
 * Source: the System V ABI, its PowerPC and 64-bit PowerPC supplements. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "loader/elf_internal.h"

enum { TYPE_EXEC = 2, MACHINE_PPC = 20, MACHINE_PPC64 = 21, SEGMENT_LOAD = 1 };
enum { SEGMENT_X = 1, SEGMENT_W = 2 };
enum { FLAGS_ABI = 3, ABI_V2 = 2 };

uint64_t xe__loader_elf_word(const struct xe__elf *elf, struct xe_reader *r)
{
    return elf->wide ? xe_reader_be64(r) : xe_reader_be32(r);
}

/* --- header --- */

static bool check_ident(struct xe__elf *elf)
{
    if (elf->size < 16)
        return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                            "file has 0x%zx bytes, expected at least 0x10 (an ELF header)",
                            elf->size);
    if (elf->file[4] != 1 && elf->file[4] != 2)
        return xe__loader_image_corrupt(elf->err, 4, "ELF class", elf->file[4],
                                        "1 (32-bit) or 2 (64-bit)");
    if (elf->file[5] != 2)
        return xe_error_set(elf->err, XE_ERR_IMAGE_UNSUPPORTED,
                            "offset 0x5: ELF byte order is 0x%x, expected 2 (big-endian)",
                            elf->file[5]);
    elf->wide = elf->file[4] == 2;
    elf->image->kind = elf->wide ? XE_IMAGE_ELF64 : XE_IMAGE_ELF32;
    return true;
}

static bool check_machine(struct xe__elf *elf, unsigned type, unsigned machine)
{
    unsigned expected = elf->wide ? MACHINE_PPC64 : MACHINE_PPC;

    if (machine != expected)
        return xe_error_set(elf->err, XE_ERR_IMAGE_UNSUPPORTED,
                            "offset 0x12: ELF machine is 0x%x, expected 0x%x (PowerPC)", machine,
                            expected);
    if (type != TYPE_EXEC)
        return xe_error_set(elf->err, XE_ERR_IMAGE_UNSUPPORTED,
                            "offset 0x10: ELF type is 0x%x, expected 2 (an executable, linked at "
                            "fixed addresses)",
                            type);
    return true;
}

/* Where the header says it: the table's offset, then the size of its entries (16 bits). */
static bool check_table(struct xe__elf *elf, const struct xe__elf_table *table, const char *what,
                        size_t offset_field, size_t size_field, unsigned entry_size)
{
    if (table->count == 0)
        return true;
    if (table->entry_size < entry_size)
        return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%zx: ELF %s header size is 0x%x, expected at least 0x%x",
                            size_field, what, table->entry_size, entry_size);
    if (table->at > elf->size || (uint64_t)table->count * table->entry_size > elf->size - table->at)
        return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%zx: ELF %s header offset is 0x%llx, expected 0x%x headers "
                            "of 0x%x bytes inside the file of 0x%zx",
                            offset_field, what, (unsigned long long)table->at, table->count,
                            table->entry_size, elf->size);
    return true;
}

static bool check_tables(struct xe__elf *elf)
{
    if (elf->wide)
        return check_table(elf, &elf->segments, "program", 0x20, 0x36, 56) &&
               check_table(elf, &elf->sections, "section", 0x28, 0x3A, 64);
    return check_table(elf, &elf->segments, "program", 0x1C, 0x2A, 32) &&
           check_table(elf, &elf->sections, "section", 0x20, 0x2E, 40);
}

static bool read_header(struct xe__elf *elf)
{
    struct xe_reader r = xe_reader_make(elf->file, elf->size);
    unsigned type, machine;

    if (!check_ident(elf))
        return false;
    xe_reader_seek(&r, 16);
    type = xe_reader_be16(&r);
    machine = xe_reader_be16(&r);
    xe_reader_be32(&r); /* version */
    elf->entry = xe__loader_elf_word(elf, &r);
    elf->segments.at = xe__loader_elf_word(elf, &r);
    elf->sections.at = xe__loader_elf_word(elf, &r);
    elf->flags = xe_reader_be32(&r);
    xe_reader_be16(&r); /* size of this header */
    elf->segments.entry_size = xe_reader_be16(&r);
    elf->segments.count = xe_reader_be16(&r);
    elf->sections.entry_size = xe_reader_be16(&r);
    elf->sections.count = xe_reader_be16(&r);
    if (!r.ok)
        return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                            "file has 0x%zx bytes, expected at least 0x%x (an ELF header)",
                            elf->size, elf->wide ? 64 : 52);
    elf->section_names = xe_reader_be16(&r);
    return check_machine(elf, type, machine) && check_tables(elf);
}

/* --- segments --- */

struct segment {
    uint32_t type, flags;
    uint64_t file_at, address, file_size, size;
    size_t header_at;
};

static struct segment read_segment(const struct xe__elf *elf, unsigned i)
{
    struct segment s = {.header_at = elf->segments.at + (size_t)i * elf->segments.entry_size};
    struct xe_reader r = xe_reader_make(elf->file, elf->size);

    xe_reader_seek(&r, s.header_at);
    s.type = xe_reader_be32(&r);
    if (elf->wide)
        s.flags = xe_reader_be32(&r);
    s.file_at = xe__loader_elf_word(elf, &r);
    s.address = xe__loader_elf_word(elf, &r);
    xe__loader_elf_word(elf, &r); /* physical address */
    s.file_size = xe__loader_elf_word(elf, &r);
    s.size = xe__loader_elf_word(elf, &r);
    if (!elf->wide)
        s.flags = xe_reader_be32(&r);
    return s;
}

static bool check_segment(struct xe__elf *elf, const struct segment *s)
{
    if (s->file_size > s->size)
        return xe__loader_image_corrupt(elf->err, s->header_at, "file size of a segment",
                                        s->file_size, "at most its memory size, 0x%llx",
                                        (unsigned long long)s->size);
    if (s->file_at > elf->size || s->file_size > elf->size - s->file_at)
        return xe__loader_image_corrupt(elf->err, s->header_at, "file offset of a segment",
                                        s->file_at, "0x%llx bytes inside the file of 0x%zx",
                                        (unsigned long long)s->file_size, elf->size);
    if (s->address > UINT32_MAX || s->size > XE__IMAGE_MAX ||
        s->size > UINT32_MAX - XE__IMAGE_LARGE_PAGE - s->address)
        return xe__loader_image_corrupt(elf->err, s->header_at, "address of a segment", s->address,
                                        "0x%llx bytes (at most 0x%x) below 4 GiB",
                                        (unsigned long long)s->size, XE__IMAGE_MAX);
    return true;
}

/* Find the range of all segments; an image starts and ends at a large page. */
static bool find_range(struct xe__elf *elf, unsigned *ret_loads)
{
    uint64_t low = UINT64_MAX, high = 0;
    unsigned loads = 0;

    for (unsigned i = 0; i < elf->segments.count; i++) {
        struct segment s = read_segment(elf, i);

        if (s.type != SEGMENT_LOAD || s.size == 0)
            continue;
        if (!check_segment(elf, &s))
            return false;
        loads++;
        low = s.address < low ? s.address : low;
        high = s.address + s.size > high ? s.address + s.size : high;
    }
    if (loads == 0)
        return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                            "ELF header: none of 0x%x program headers is loaded, expected one",
                            elf->segments.count);
    low &= ~(uint64_t)(XE__IMAGE_LARGE_PAGE - 1);
    high = (high + XE__IMAGE_LARGE_PAGE - 1) & ~(uint64_t)(XE__IMAGE_LARGE_PAGE - 1);
    if (high - low > XE__IMAGE_MAX)
        return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                            "ELF segments: span is 0x%llx bytes from 0x%08llx, expected at most "
                            "0x%x",
                            (unsigned long long)(high - low), (unsigned long long)low,
                            XE__IMAGE_MAX);
    elf->image->base = (xe_gva)low;
    elf->image->size = (uint32_t)(high - low);
    *ret_loads = loads;
    return true;
}

static int compare_sections(const void *a, const void *b)
{
    const struct xe_image_section *left = a, *right = b;

    return (left->address > right->address) - (left->address < right->address);
}

static bool check_overlap(struct xe__elf *elf)
{
    const struct xe_image_section *section = elf->image->section;

    for (uint32_t i = 1; i < elf->image->section_count; i++)
        if (section[i].address - section[i - 1].address < section[i - 1].size)
            return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                                "ELF segments: address of one is 0x%08x, expected at least "
                                "0x%08x, where the one before it ends",
                                section[i].address, section[i - 1].address + section[i - 1].size);
    return true;
}

/* Sections are named for what they are: .text, .data, .rodata; a file's own names, if it has
 * section headers, are finer than segments and do not fit. */
static void add_section(struct xe__elf *elf, const struct segment *s)
{
    struct xe_image_section *section = &elf->image->section[elf->image->section_count++];
    bool code = s->flags & SEGMENT_X;

    xe__loader_image_section_kind(section, code, s->flags & SEGMENT_W);
    strcpy(section->name, code ? ".text" : s->flags & SEGMENT_W ? ".data" : ".rodata");
    section->address = (xe_gva)s->address;
    section->size = (uint32_t)s->size;
}

/* None overlaps another, so this is no more than the image. */
static void copy_segments(struct xe__elf *elf)
{
    for (unsigned i = 0; i < elf->segments.count; i++) {
        struct segment s = read_segment(elf, i);

        if (s.type != SEGMENT_LOAD || s.size == 0)
            continue;
        memcpy(xe__loader_image_at(elf->image, (xe_gva)s.address), elf->file + s.file_at,
               s.file_size);
        xe_breathe(elf->breath);
    }
}

static bool load_segments(struct xe__elf *elf)
{
    struct xe_image *image = elf->image;
    unsigned loads = 0;

    if (!find_range(elf, &loads))
        return false;
    image->page_size = XE__IMAGE_SMALL_PAGE;
    image->section = xe_calloc(loads, sizeof(*image->section));
    image->bytes = xe_calloc(image->size, 1);
    if (!image->section || !image->bytes)
        return xe__loader_image_no_memory(elf->err, image->size);
    for (unsigned i = 0; i < elf->segments.count; i++) {
        struct segment s = read_segment(elf, i);

        if (s.type == SEGMENT_LOAD && s.size != 0)
            add_section(elf, &s);
    }
    qsort(image->section, image->section_count, sizeof(*image->section), compare_sections);
    if (!check_overlap(elf))
        return false;
    copy_segments(elf);
    return true;
}

/* --- entry --- */

static bool is_code(const struct xe__elf *elf, uint64_t address)
{
    const struct xe_image_section *section =
        address <= UINT32_MAX ? xe__loader_image_section(elf->image, (xe_gva)address) : NULL;

    return section && strcmp(section->kind, "code") == 0;
}

/* An entry in data, before ABI version 2, is a descriptor: code address, TOC, environment. */
static void follow_descriptor(struct xe__elf *elf)
{
    const uint8_t *descriptor;

    if (!elf->wide || (elf->flags & FLAGS_ABI) == ABI_V2 || is_code(elf, elf->entry) ||
        elf->entry > UINT32_MAX || !xe__loader_image_has(elf->image, (xe_gva)elf->entry, 16))
        return;
    descriptor = xe__loader_image_at(elf->image, (xe_gva)elf->entry);
    elf->entry = xe_load_be64(descriptor);
    elf->image->toc = (xe_gva)xe_load_be64(descriptor + 8);
}

static bool find_entry(struct xe__elf *elf)
{
    follow_descriptor(elf);
    if (elf->entry % 4 || !is_code(elf, elf->entry))
        return xe__loader_image_corrupt(elf->err, 0x18, "entry point", elf->entry,
                                        "a multiple of 4 in an executable segment");
    elf->image->entry = (xe_gva)elf->entry;
    return true;
}

bool xe__loader_elf_parse(const uint8_t *file, size_t size, struct xe_image *image,
                          const struct xe_breath *breath, struct xe_error *err)
{
    struct xe__elf elf = {.file = file, .size = size, .image = image, .err = err, .breath = breath};

    image->encryption = "none";
    image->compression = "none";
    if (!read_header(&elf) || !load_segments(&elf) || !find_entry(&elf) ||
        !xe__loader_elf_symbols(&elf))
        return false;
    xe__loader_elf_imports(&elf);
    return true;
}
