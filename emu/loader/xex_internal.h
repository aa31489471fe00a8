/* One XEX2 file being parsed, and the steps of the parse in the order they run. */
#ifndef XE_LOADER_XEX_INTERNAL_H
#define XE_LOADER_XEX_INTERNAL_H

#include "loader/image_internal.h"

/* Keys of optional headers that mean something to us; the low byte tells the storage. */
enum xe__xex_key {
    XE__XEX_RESOURCES = 0x000002FF,
    XE__XEX_FILE_FORMAT = 0x000003FF,
    XE__XEX_DELTA = 0x000005FF,
    XE__XEX_ORIGINAL_BASE = 0x00010001,
    XE__XEX_ENTRY = 0x00010100,
    XE__XEX_BASE = 0x00010201,
    XE__XEX_IMPORTS = 0x000103FF,
    XE__XEX_TIME_STAMP = 0x00018002,
    XE__XEX_PE_NAME = 0x000183FF,
    XE__XEX_TLS = 0x00020104,
    XE__XEX_STACK_SIZE = 0x00020200,
    XE__XEX_HEAP_SIZE = 0x00020401,
    XE__XEX_PRIVILEGES_0 = 0x00030000,
    XE__XEX_PRIVILEGES_32 = 0x00030100,
    XE__XEX_PRIVILEGES_64 = 0x00030200,
    XE__XEX_EXECUTION = 0x00040006,
    XE__XEX_EXPORTS_BY_NAME = 0x00E10402,
};

#define XE__XEX_FLAG_TITLE 0x00000001u
#define XE__XEX_FLAG_PATCH 0x00000070u /* module patch, full patch, delta patch */

#define XE__XEX_HEADERS_MAX     0x10000u
#define XE__XEX_SESSION_KEY     0x150u /* from the security info on */
#define XE__XEX_DESCRIPTORS     0x184u /* likewise                  */
#define XE__XEX_DESCRIPTOR_SIZE 24u

/* Of LZX and delta bodies, and of the file format header that names the first block. */
#define XE__XEX_LZX_FORMAT_SIZE  36u
#define XE__XEX_LZX_BLOCK_HEADER 24u /* next block's size and SHA-1 */
#define XE__XEX_DELTA_BODY       3u  /* compression type            */

struct xe__xex {
    const uint8_t *file; /* borrowed */
    size_t size;
    struct xe_image *image;
    const struct xe_image_options *options;
    struct xe_error *err;
    const struct xe_breath *breath; /* may be NULL */
    uint32_t security;    /* file offset of the security info, which lies inside the headers */
    uint32_t image_size;  /* as the file says; image->size is rounded up to pages            */
    uint32_t descriptors; /* page descriptors                                                */
    uint32_t import_tables;
    xe_gva export_table;
    const uint8_t *master; /* the key that the body's was encrypted with; NULL: it is plain */
    uint8_t *patched;      /* owned: `file`, when it is headers that a patch has made        */
    bool is_patch;         /* a patch is expected, else anything but that                    */
};

/* File header and optional header entries: image->headers, ->header, flags. */
bool xe__loader_xex_headers(struct xe__xex *xex);

/* Security info: sizes, load address, header hash. Needs the headers. */
bool xe__loader_xex_security(struct xe__xex *xex);

/* What the optional headers say outright: base, entry, sizes, execution info, privileges, name. */
bool xe__loader_xex_values(struct xe__xex *xex);

/* Decrypt and decompress the body into image->bytes. */
bool xe__loader_xex_body(struct xe__xex *xex);

/* The known keys, in the order in which they are tried; NULL: no more. */
const uint8_t *xe__loader_xex_master_key(size_t i);

/* The window that a file format header for LZX names, as bits. */
bool xe__loader_xex_window(const uint8_t *format, size_t format_at, unsigned *ret_bits,
                           struct xe_error *err);

/* Make of an image that is done up to its pages the one that a patch (a whole XEXP file) makes of
 * it, done up to its pages, too. */
bool xe__loader_xex_patch(struct xe__xex *xex, const uint8_t *patch, size_t size);

/* Verify the page hash chain; make image->section. Needs the body. */
bool xe__loader_xex_pages(struct xe__xex *xex);

/* Things that point into the image: entry, TLS, resources. Needs the sections. */
bool xe__loader_xex_places(struct xe__xex *xex);

/* Imports and exports of the image at hand; false with the error set. */
bool xe__loader_xex_imports(struct xe__xex *xex);
bool xe__loader_xex_exports(struct xe__xex *xex);

/* The optional header entry with a key, or NULL. */
const struct xe_image_header *xe__loader_xex_find(const struct xe__xex *xex, uint32_t key);

/* File offset of an entry's value, for errors; of the entry count when the key is absent. */
size_t xe__loader_xex_value_at(const struct xe__xex *xex, uint32_t key);

/* The bytes an optional header's data occupies in the headers. False if the key is absent;
 * otherwise at least 4 bytes, all inside the headers. */
bool xe__loader_xex_find_data(const struct xe__xex *xex, uint32_t key, uint32_t *ret_offset,
                              uint32_t *ret_size);

/* Do the first pages of image->bytes match the first hash of the page hash chain? */
bool xe__loader_xex_first_pages_match(const struct xe__xex *xex);

/* Name sections after the PE sections that start in them, where the PE header makes sense. */
void xe__loader_pe_name_sections(struct xe_image *image);

/* The functions that the PE's unwind table names, as far as they ascend and lie in code. False only
 * without memory. */
bool xe__loader_pe_functions(struct xe_image *image, struct xe_error *err);

/* Does a program image begin here? */
bool xe__loader_pe_plausible(const uint8_t *bytes, size_t size);

#endif
