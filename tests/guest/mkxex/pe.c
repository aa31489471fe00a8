/* The PE header page at the start of the image; resources and the export table behind its end.
 * Source: Microsoft's PE/COFF specification; machine 0x1F2 and subsystem 14 are the console's; the
 * export table as idaxex reads it. */
#include <stdlib.h>
#include <string.h>

#include "tests/guest/mkxex/mkxex.h"

#define PE_AT       0x80u
#define SECTIONS_AT (PE_AT + 4 + 20 + 224)
#define SECTION     40u
#define EXPORT_HEAD 0x2Cu
/* Of the directories, the fourth. */
#define EXCEPTION_TABLE (24 + 96 + 8 * 3)

static void le16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static void le32(uint8_t *p, uint32_t v)
{
    le16(p, v);
    le16(p + 2, v >> 16);
}

uint32_t mkxex_append(struct mkxex *x, uint32_t size)
{
    uint32_t pages = size / x->page_size + (size % x->page_size != 0), old = x->size;

    if (pages == 0)
        pages = 1;
    if (pages > (MKXEX_IMAGE_MAX - old) / x->page_size)
        mkxex_fail("the image would pass 256 MiB");
    x->size += pages * x->page_size;
    x->image = realloc(x->image, x->size);
    x->page_kind = realloc(x->page_kind, x->size / x->page_size);
    if (!x->image || !x->page_kind)
        mkxex_fail("out of memory");
    memset(x->image + old, 0, x->size - old);
    memset(x->page_kind + old / x->page_size, 3, pages);
    return x->base + old;
}

void mkxex_add_resources(struct mkxex *x)
{
    for (uint32_t i = 0; i < x->resources; i++) {
        struct mkxex_resource *resource = &x->resource[i];
        size_t size;
        uint8_t *bytes = mkxex_read_file(resource->path, &size);

        if (size > 0x4000000)
            mkxex_fail("resource '%s' has %zu bytes; 64 MiB is the limit", resource->name, size);
        resource->size = (uint32_t)size;
        resource->address = mkxex_append(x, resource->size);
        memcpy(x->image + (resource->address - x->base), bytes, size);
        free(bytes);
    }
}

static void ordinals_of(const struct mkxex *x, uint32_t *ret_first, uint32_t *ret_count)
{
    uint32_t last = 0;

    *ret_first = UINT32_MAX;
    for (uint32_t i = 0; i < x->export_count; i++) {
        *ret_first = x->exports[i].ordinal < *ret_first ? x->exports[i].ordinal : *ret_first;
        last = x->exports[i].ordinal > last ? x->exports[i].ordinal : last;
    }
    *ret_count = last - *ret_first + 1;
}

/* Ordinals from the lowest to the highest, a word each; 0 for those between that are not there. */
void mkxex_add_exports(struct mkxex *x)
{
    uint32_t first, count;
    uint8_t *table;

    if (!x->export_count)
        return;
    ordinals_of(x, &first, &count);
    x->export_table = mkxex_append(x, EXPORT_HEAD + 4 * count);
    table = x->image + (x->export_table - x->base);
    mkxex_set32(table, 0x48000000);
    mkxex_set32(table + 4, 0x00485645); /* "HVE" */
    mkxex_set32(table + 8, 0x48000000);
    mkxex_set32(table + 0x20, x->base >> 16);
    mkxex_set32(table + 0x24, count);
    mkxex_set32(table + 0x28, first);
    for (uint32_t i = 0; i < x->export_count; i++) {
        uint8_t *entry = table + EXPORT_HEAD + 4 * (x->exports[i].ordinal - first);

        if (memcmp(entry, "\0\0\0", 4) != 0)
            mkxex_fail("ordinal %u is exported twice", x->exports[i].ordinal);
        mkxex_set32(entry, x->exports[i].address - (x->base & 0xFFFF0000u));
    }
}

#define NAMES_HEAD 40u

static int compare_names(const void *a, const void *b)
{
    const struct mkxex_export *one = a, *other = b;

    return strcmp(one->symbol, other->symbol);
}

/* A PE export directory by itself, whose offsets count from its own start but for those of the
 * functions: head, functions by ordinal, names in their order, which function each is, the names.
 * Source: Microsoft's PE/COFF specification; as emu/loader/xex_exports.c has it. */
void mkxex_add_export_names(struct mkxex *x)
{
    uint32_t names = x->export_count, first, functions, text, at;
    uint8_t *directory;

    if (!x->export_names || !names)
        return;
    ordinals_of(x, &first, &functions);
    text = NAMES_HEAD + 4 * functions + 6 * names;
    x->names_size = text;
    for (uint32_t i = 0; i < names; i++)
        x->names_size += (uint32_t)strlen(x->exports[i].symbol) + 1;
    qsort(x->exports, names, sizeof(x->exports[0]), compare_names);
    x->names_offset = mkxex_append(x, x->names_size) - x->base;
    directory = x->image + x->names_offset;
    at = NAMES_HEAD + 4 * functions;
    le32(directory + 0x10, first);
    le32(directory + 0x14, functions);
    le32(directory + 0x18, names);
    le32(directory + 0x1C, NAMES_HEAD);
    le32(directory + 0x20, at);
    le32(directory + 0x24, at + 4 * names);
    for (uint32_t i = 0; i < names; i++) {
        const struct mkxex_export *export = &x->exports[i];

        le32(directory + NAMES_HEAD + 4 * (export->ordinal - first), export->address - x->base);
        le32(directory + at + 4 * i, text);
        le16(directory + at + 4 * names + 2 * i, export->ordinal - first);
        strcpy((char *)directory + text, export->symbol);
        text += (uint32_t)strlen(export->symbol) + 1;
    }
}

static void put_section(uint8_t *p, uint8_t kind, uint32_t rva, uint32_t size)
{
    static const struct {
        const char *name;
        uint32_t flags;
    } rows[] = {{"", 0}, {".text", 0x60000020}, {".data", 0xC0000040}, {".rdata", 0x40000040}};

    memcpy(p, rows[kind].name, strlen(rows[kind].name));
    le32(p + 8, size);
    le32(p + 12, rva);
    le32(p + 16, size);
    le32(p + 20, rva);
    le32(p + 36, rows[kind].flags);
}

void mkxex_write_pe_header(struct mkxex *x)
{
    uint8_t *pe = x->image + PE_AT;
    uint8_t *section = x->image + SECTIONS_AT;
    uint32_t pages = x->size / x->page_size, sections = 0;

    memcpy(x->image, "MZ", 2);
    le32(x->image + 0x3C, PE_AT);
    memcpy(pe, "PE\0\0", 4);
    le16(pe + 4, 0x1F2);
    le16(pe + 20, 224);
    le16(pe + 22, 0x0102);
    le16(pe + 24, 0x10B);
    le32(pe + 40, x->entry ? x->entry - x->base : 0);
    le32(pe + 52, x->base);
    le32(pe + 56, x->page_size);
    le32(pe + 60, 0x200);
    le32(pe + 80, x->size);
    le32(pe + 84, 0x1000);
    le16(pe + 92, 14);
    le32(pe + 116, 16);
    le32(pe + EXCEPTION_TABLE, x->unwinds ? x->unwind_table - x->base : 0);
    le32(pe + EXCEPTION_TABLE + 4, 8 * x->unwinds);
    for (uint32_t first = 1, page = 1; page < pages; page++) {
        if (page + 1 < pages && x->page_kind[page + 1] == x->page_kind[first])
            continue;
        if (SECTIONS_AT + (sections + 1) * SECTION > 0x1000)
            mkxex_fail("too many sections for the PE header");
        put_section(section + SECTION * sections++, x->page_kind[first], first * x->page_size,
                    (page + 1 - first) * x->page_size);
        first = page + 1;
    }
    le16(pe + 6, sections);
}
