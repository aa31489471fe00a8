/* What the files that make names share: the table, the code it is about, and readers of files that
 * lie beside a title. */
#ifndef XE_LOADER_SYMBOLS_INTERNAL_H
#define XE_LOADER_SYMBOLS_INTERNAL_H

#include "loader/lines.h"
#include "xe/symbols.h"

#define XE__BUILD_ID_MAX 64u
#define XE__THUNK_SIZE   16u /* of an import */

struct xe__build_id {
    uint8_t bytes[XE__BUILD_ID_MAX];
    uint32_t size;  /* 0: there is none                   */
    xe_gva address; /* in a title: of its first byte      */
};

/* A section of the title; of those with code also the bytes, as they were when it was loaded. */
struct xe__part {
    xe_gva address;
    uint32_t size;
    uint8_t *bytes; /* owned; NULL: no code */
};

struct xe_symbols {
    struct xe_symbol *symbol; /* owned: all there are; names are borrowed from below */
    size_t count;
    struct xe_symbol *own; /* owned, names too: what the title itself says */
    size_t owns;
    struct xe__part *part; /* owned, ascending, apart */
    uint32_t parts;
    struct xe__build_id build_id;
    struct xe_image_symbol *added; /* owned: what a file beside the title says */
    struct xe__lines lines;        /* of that file */
};

/* How many symbols lie below an address. */
size_t xe__loader_symbols_below(const struct xe_symbol *symbol, size_t count, uint64_t address);
/* Order, and a size for each symbol that has none: the largest known of its place, else up to the
 * end of the section. */
void xe__loader_symbols_order(struct xe_symbol *symbol, size_t count);
void xe__loader_symbols_sizes(const struct xe_symbols *symbols, struct xe_symbol *symbol,
                              size_t count);

/* The section that holds an address, and the one with code that does; NULL: none. */
const struct xe__part *xe__loader_symbols_part(const struct xe_symbols *symbols, xe_gva address);
const struct xe__part *xe__loader_symbols_code(const struct xe_symbols *symbols, xe_gva address);

/* Names of a file, before they are the title's. */
struct xe__names {
    struct xe_image_symbol *name; /* owned */
    size_t count, room;
};

/* Add a name if it has one, and names a place in the title; size 0: not known. */
bool xe__loader_names_add(struct xe__names *names, const struct xe_symbols *symbols,
                          uint64_t address, uint64_t size, const char *text, size_t length,
                          struct xe_error *err);

/* The names in a map, nm's output or a list; err has the first line that says none, if all do. */
bool xe__loader_map_read(const char *text, size_t size, const struct xe_symbols *symbols,
                         const struct xe_breath *breath, struct xe__names *ret,
                         struct xe_error *err);

/* Is this an ELF file for this console's processor? *ret_kind: "elf32" or "elf64". */
bool xe__loader_elf_debug_check(const uint8_t *file, size_t size, const char **ret_kind,
                                struct xe_error *err);
/* Its build id; size 0 if it has none that can be read. */
void xe__loader_elf_debug_build_id(const uint8_t *file, size_t size, struct xe__build_id *ret);
/* Is its code the title's? Imports aside, which are made of it by xe360-mkxex. */
bool xe__loader_elf_debug_same_code(const uint8_t *file, size_t size,
                                    const struct xe_symbols *symbols,
                                    const struct xe_breath *breath, struct xe_error *err);
bool xe__loader_elf_debug_names(const uint8_t *file, size_t size, const struct xe_symbols *symbols,
                                const struct xe_breath *breath, struct xe__names *ret,
                                struct xe_error *err);
/* The lines of its compile units, as far as they are of the title's code; none, and no error, if it
 * has no line tables. */
bool xe__loader_dwarf_lines(const uint8_t *file, size_t size, const struct xe_symbols *symbols,
                            const struct xe_breath *breath, struct xe__lines *ret,
                            struct xe_error *err);

#endif
