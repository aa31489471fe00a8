/* Names of places in a title: what its file says (symbols of an ELF, exports, import thunks, the
 * entry point, the functions of the unwind table), in one table that goes both ways. A function
 * that has no name is "sub_" and its address, as disassemblers for this console call it.
 *
 * A file beside the title can add names, and lines of sources: the ELF file that it was made of, or
 * a map. It is taken only if it belongs to this title. Nothing here is guest-visible. */
#ifndef XE_SYMBOLS_H
#define XE_SYMBOLS_H

#include "xe/error.h"
#include "xe/image.h"
#include "xe/nearest.h"
#include "xe/types.h"

/* In the order in which names of one place are preferred. */
enum xe_symbol_kind {
    XE_SYMBOL_NAMED,    /* a symbol of an ELF file or a map  */
    XE_SYMBOL_EXPORT,   /* "Name", or "export_3" without one */
    XE_SYMBOL_IMPORT,   /* "xboxkrnl.exe!NtClose": a thunk   */
    XE_SYMBOL_ENTRY,    /* "entry"                           */
    XE_SYMBOL_FUNCTION, /* "sub_82061840"                    */
    XE_SYMBOL_CALLED,   /* likewise: a direct call goes there, and nothing else says what it is */
};

#define XE_SYMBOL_KIND_WORDS "symbol", "export", "import", "entry", "function", "called"

struct xe_symbol {
    xe_gva address;
    uint32_t size; /* bytes; at least 1 */
    enum xe_symbol_kind kind;
    const char *name;
};

struct xe_symbols;

/* Of an image (borrowed for the call). export_name says what a library calls an ordinal, or NULL;
 * such an import is "xam.xex!#157". NULL with err set: no memory. */
struct xe_symbols *xe_symbols_create(const struct xe_image *image,
                                     const char *(*export_name)(const char *library,
                                                                uint32_t ordinal),
                                     const struct xe_breath *breath, struct xe_error *err);
void xe_symbols_destroy(struct xe_symbols *symbols);

/* The symbol that an address lies in, by the best of its names; NULL: none. Borrowed. */
const struct xe_symbol *xe_symbols_at(const struct xe_symbols *symbols, xe_gva address);

/* Where an address is, for people. */
struct xe_place {
    char name[128];  /* of what it lies in                                     */
    bool named;      /* by a symbol; else an export or import, or its address  */
    uint32_t offset; /* of the address from where that begins                  */
    char file[256];  /* of the source that it was made of; "": not known       */
    uint32_t line;   /* in it; 0 without file                                  */
};
bool xe_symbols_place(const struct xe_symbols *symbols, xe_gva address, struct xe_place *ret);
/* As all texts show it: "worker at parked.c:23", "worker+0x10", "worker". */
#define XE_PLACE_TEXT 288 /* longest name, last part of file, line */
void xe_place_text(const struct xe_place *place, char text[XE_PLACE_TEXT]);

/* The place that a text names: a symbol, or one and an offset ("main+0x10"); an import also without
 * its library. false: no such symbol; *ret is unchanged. */
bool xe_symbols_find(const struct xe_symbols *symbols, const char *text, xe_gva *ret);

/* ---- from a file beside the title ------------------------------------------------------------ */

/* What showed that a file belongs to the title. */
enum xe_symbols_proof {
    XE_SYMBOLS_BUILD_ID, /* both have the same                                        */
    XE_SYMBOLS_CODE,     /* the file's code is the title's                            */
    XE_SYMBOLS_STARTS,   /* of a map: its names are where functions of the title begin */
};
#define XE_SYMBOLS_PROOF_WORDS "build_id", "code", "starts"

struct xe_symbols_file {
    const char *kind; /* "elf32", "elf64", "map"; static */
    enum xe_symbols_proof proof;
    uint32_t names, lines, files;
};

/* Take names and lines from a file in memory (borrowed for the call), in place of those of an
 * earlier one. false: it is damaged, says nothing, or is another title's (err has the first address
 * that differs); what was there stays. */
bool xe_symbols_load(struct xe_symbols *symbols, const void *file, size_t size,
                     const struct xe_breath *breath, struct xe_symbols_file *ret,
                     struct xe_error *err);

/* A line of a source. */
struct xe_line {
    const char *file; /* borrowed; below the folder that it was compiled in without that */
    uint32_t line;
};

/* The line that an instruction was made of; false: not known. */
bool xe_symbols_line(const struct xe_symbols *symbols, xe_gva address, struct xe_line *ret);

/* All symbols, by address and in order of preference. */
size_t xe_symbols_count(const struct xe_symbols *symbols);
const struct xe_symbol *xe_symbols_get(const struct xe_symbols *symbols, size_t i);

/* ---- spelling mistakes ----------------------------------------------------------------------- */

/* Offer the names to one that was not found; not those that are made of addresses. */
void xe_symbols_offer(const struct xe_symbols *symbols, struct xe_nearest *nearest);

#endif
