/* Names of places in a title: what its file says (symbols of an ELF, exports, import thunks, the
 * entry point, the functions of the unwind table), in one table that goes both ways. A function
 * that has no name is "sub_" and its address, as disassemblers for this console call it. */
#ifndef XE_SYMBOLS_H
#define XE_SYMBOLS_H

#include "xe/error.h"
#include "xe/image.h"
#include "xe/nearest.h"
#include "xe/types.h"

/* In the order in which names of one place are preferred. */
enum xe_symbol_kind {
    XE_SYMBOL_NAMED,    /* a symbol of an ELF file           */
    XE_SYMBOL_EXPORT,   /* "Name", or "export_3" without one */
    XE_SYMBOL_IMPORT,   /* "xboxkrnl.exe!NtClose": a thunk   */
    XE_SYMBOL_ENTRY,    /* "entry"                           */
    XE_SYMBOL_FUNCTION, /* "sub_82061840"                    */
    XE_SYMBOL_CALLED,   /* likewise: a direct call goes there, and nothing else says what it is */
};

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

/* The place that a text names: a symbol, or one and an offset ("main+0x10"); an import also without
 * its library. false: no such symbol; *ret is unchanged. */
bool xe_symbols_find(const struct xe_symbols *symbols, const char *text, xe_gva *ret);

/* Offer the names to one that was not found; not those that are made of addresses. */
void xe_symbols_offer(const struct xe_symbols *symbols, struct xe_nearest *nearest);

#endif
