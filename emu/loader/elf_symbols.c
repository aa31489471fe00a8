/* The symbols of an ELF file: named functions and objects inside the image, by address.
 * Source: the System V ABI, "Symbol Table". */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "loader/elf_internal.h"

enum { SECTION_SYMTAB = 2, SECTION_STRTAB = 3 };
enum { SYMBOL_NOTYPE, SYMBOL_OBJECT, SYMBOL_FUNC };

#define SYMBOLS_MAX 0x100000u /* ours: bounds memory at 72 MiB */

struct xe__elf_section xe__loader_elf_section(const struct xe__elf *elf, unsigned i)
{
    struct xe_reader r = xe_reader_make(elf->file, elf->size);
    struct xe__elf_section s;

    xe_reader_seek(&r, elf->sections.at + (size_t)i * elf->sections.entry_size);
    s.name = xe_reader_be32(&r);
    s.type = xe_reader_be32(&r);
    xe__loader_elf_word(elf, &r); /* flags */
    xe__loader_elf_word(elf, &r); /* address */
    s.at = xe__loader_elf_word(elf, &r);
    s.size = xe__loader_elf_word(elf, &r);
    s.link = xe_reader_be32(&r);
    xe_reader_be32(&r);           /* info */
    xe__loader_elf_word(elf, &r); /* alignment */
    s.entry_size = xe__loader_elf_word(elf, &r);
    return s;
}

struct symbol {
    uint32_t name;
    uint8_t type;
    uint64_t address, size;
};

static struct symbol read_symbol(const struct xe__elf *elf, struct xe_reader *r)
{
    struct symbol symbol;

    symbol.name = xe_reader_be32(r);
    if (elf->wide) {
        symbol.type = xe_reader_u8(r) & 15;
        xe_reader_u8(r);   /* visibility */
        xe_reader_be16(r); /* section    */
        symbol.address = xe_reader_be64(r);
        symbol.size = xe_reader_be64(r);
    } else {
        symbol.address = xe_reader_be32(r);
        symbol.size = xe_reader_be32(r);
        symbol.type = xe_reader_u8(r) & 15;
        xe_reader_u8(r);
        xe_reader_be16(r);
    }
    return symbol;
}

/* Keep a symbol if it has a name and names a place in the image. */
static void add_symbol(struct xe__elf *elf, const struct symbol *symbol, const uint8_t *names,
                       size_t names_size)
{
    struct xe_image *image = elf->image;
    struct xe_image_symbol *added = &image->symbol[image->symbol_count];

    if (symbol->type > SYMBOL_FUNC || symbol->name == 0 || symbol->name >= names_size ||
        symbol->address > UINT32_MAX || !xe__loader_image_has(image, (xe_gva)symbol->address, 1))
        return;
    xe__loader_image_copy_text(added->name, sizeof(added->name), names + symbol->name,
                               names_size - symbol->name);
    added->address = (xe_gva)symbol->address;
    added->size =
        xe__loader_image_has(image, added->address, symbol->size) ? (uint32_t)symbol->size : 0;
    image->symbol_count += added->name[0] != '\0';
}

static int compare_symbols(const void *a, const void *b)
{
    const struct xe_image_symbol *left = a, *right = b;

    if (left->address != right->address)
        return left->address > right->address ? 1 : -1;
    if (left->size != right->size)
        return left->size > right->size ? 1 : -1;
    return strcmp(left->name, right->name);
}

static bool inside_file(struct xe__elf *elf, const struct xe__elf_section *s, const char *name)
{
    if (s->at <= elf->size && s->size <= elf->size - s->at)
        return true;
    return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                        "ELF %s: offset is 0x%llx, expected 0x%llx bytes inside the file of 0x%zx",
                        name, (unsigned long long)s->at, (unsigned long long)s->size, elf->size);
}

static bool read_symbols(struct xe__elf *elf, const struct xe__elf_section *table,
                         const struct xe__elf_section *names)
{
    struct xe_reader r = xe_reader_make(elf->file, elf->size);
    uint64_t count = table->size / table->entry_size;

    if (count > SYMBOLS_MAX)
        return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                            "ELF symbol table: number of symbols is 0x%llx, expected at most 0x%x",
                            (unsigned long long)count, SYMBOLS_MAX);
    elf->image->symbol = xe_calloc(count, sizeof(*elf->image->symbol));
    if (!elf->image->symbol)
        return xe__loader_image_no_memory(elf->err, count * sizeof(*elf->image->symbol));
    for (uint64_t i = 0; i < count; i++) {
        struct symbol symbol;

        xe_reader_seek(&r, table->at + i * table->entry_size);
        symbol = read_symbol(elf, &r);
        add_symbol(elf, &symbol, elf->file + names->at, names->size);
        if (i % 0x10000 == 0xFFFF)
            xe_breathe(elf->breath);
    }
    qsort(elf->image->symbol, elf->image->symbol_count, sizeof(*elf->image->symbol),
          compare_symbols);
    return true;
}

bool xe__loader_elf_symbols(struct xe__elf *elf)
{
    struct xe__elf_section table = {0}, names;
    unsigned entry_size = elf->wide ? 24 : 16;

    for (unsigned i = 0; i < elf->sections.count && table.type != SECTION_SYMTAB; i++)
        table = xe__loader_elf_section(elf, i);
    if (table.type != SECTION_SYMTAB)
        return true;
    if (table.entry_size < entry_size || table.link >= elf->sections.count)
        return xe_error_set(elf->err, XE_ERR_IMAGE_CORRUPT,
                            "ELF symbol table: entry size is 0x%llx and names are in section 0x%x, "
                            "expected at least 0x%x and below 0x%x",
                            (unsigned long long)table.entry_size, table.link, entry_size,
                            elf->sections.count);
    names = xe__loader_elf_section(elf, table.link);
    return inside_file(elf, &table, "symbol table") && inside_file(elf, &names, "symbol names") &&
           read_symbols(elf, &table, &names);
}
