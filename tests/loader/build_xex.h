/* Builds small XEX2 files in memory for tests: every compression and key, imports, exports, TLS, a
 * resource, all hashes right. Tests then change single bytes, before or after the hashing. */
#ifndef TESTS_LOADER_BUILD_XEX_H
#define TESTS_LOADER_BUILD_XEX_H

#include <stddef.h>
#include <stdint.h>

enum build_key { KEY_NONE, KEY_RETAIL, KEY_DEVKIT, KEY_XEX1_RETAIL, KEY_XEX1_DEVKIT, KEY_UNKNOWN };
enum build_compression { BUILD_PLAIN, BUILD_BASIC, BUILD_LZX };

struct build_xex {
    const char *name; /* what case files call it */
    enum build_key key;
    enum build_compression compression;
    uint32_t page_size;
    uint32_t base;
};

extern const struct build_xex build_xex_kinds[];
extern const size_t build_xex_kind_count;
const struct build_xex *build_xex_find(const char *name); /* NULL: no such kind */

const uint8_t *build_xex_key(enum build_key key); /* its 16 bytes        */

/* One change: these bytes at this offset of ... */
enum edit_where {
    EDIT_IMAGE, /* the image, before it is hashed and packed           */
    EDIT_BLOCK, /* the first LZX block, before it is hashed            */
    EDIT_FILE   /* the finished file: nothing is hashed again after it */
};

struct edit {
    enum edit_where where;
    size_t offset;
    uint8_t bytes[64];
    size_t size;
};

/* Offsets of parts in the file (edits of the file) and in the image. */
#define BUILD_HEADERS_SIZE 0x800
#define BUILD_SECURITY     0x100
#define BUILD_DESCRIPTORS  (BUILD_SECURITY + 0x184)
#define BUILD_PAGES        4
#define BUILD_FORMAT       0x300
#define BUILD_IMPORTS      0x340
#define BUILD_TLS          0x480
#define BUILD_RESOURCES    0x4A0
#define BUILD_EXECUTION    0x4C0
#define BUILD_NAME         0x4E0
#define BUILD_EXPORT_NAMES 0x500
#define BUILD_IMAGE_SLOTS  0x400
#define BUILD_IMAGE_TABLE  0x600 /* exports by ordinal */
#define BUILD_IMAGE_NAMES  0x700 /* exports by name    */
#define BUILD_IMAGE_UNWIND 0x800 /* functions          */
#define BUILD_IMAGE_PE     0x80  /* the PE signature   */

/* An unwind table for kinds with small pages: functions at 0x30, 0x40 (the entry) and 0x60 of the
 * code page. Between them what is to be passed over: one that overlaps, an empty one, one in data,
 * one that leaves its section. And three calls: of 0x100, into the middle of the entry, into data.
 */
#define BUILD_FUNCTIONS 5
extern const struct edit build_xex_functions[BUILD_FUNCTIONS];

/* The finished file, to be freed; edits are applied where they say. */
uint8_t *build_xex(const struct build_xex *kind, const struct edit *edits, size_t edit_count,
                   size_t *ret_size);

#endif
