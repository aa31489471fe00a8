/* One ELF file being parsed: what elf.c and elf_symbols.c share. */
#ifndef XE_LOADER_ELF_INTERNAL_H
#define XE_LOADER_ELF_INTERNAL_H

#include "base/reader.h"
#include "loader/image_internal.h"

/* A table of headers; entries are known to lie inside the file. */
struct xe__elf_table {
    uint64_t at;
    uint32_t entry_size, count;
};

struct xe__elf {
    const uint8_t *file; /* borrowed */
    size_t size;
    struct xe_image *image;
    struct xe_error *err;
    const struct xe_breath *breath; /* may be NULL */
    bool wide;                      /* 64-bit fields */
    uint32_t flags;
    uint64_t entry;
    struct xe__elf_table segments, sections;
    uint32_t section_names; /* which section has the sections' names, unchecked */
};

struct xe__elf_section {
    uint32_t name, type, link; /* name: offset in the names */
    uint64_t at, size, entry_size;
};

/* Read a word of the file's class. */
uint64_t xe__loader_elf_word(const struct xe__elf *elf, struct xe_reader *r);

/* Header i < sections.count; what it says is not checked. */
struct xe__elf_section xe__loader_elf_section(const struct xe__elf *elf, unsigned i);

/* Count what the import stubs of the guest SDK left for xe360-mkxex (image->unpacked_imports). */
void xe__loader_elf_imports(struct xe__elf *elf);

/* Fill image->symbol from the symbol table, if there is one. */
bool xe__loader_elf_symbols(struct xe__elf *elf);

#endif
