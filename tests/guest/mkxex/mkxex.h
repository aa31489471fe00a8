/* xe360-mkxex: an ELF made by clang or gcc becomes an XEX2. What its files share. */
#ifndef XE_MKXEX_H
#define XE_MKXEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mkxex_compression { MKXEX_NONE, MKXEX_BASIC, MKXEX_LZX };
enum mkxex_encryption { MKXEX_PLAIN, MKXEX_RETAIL, MKXEX_DEVKIT };

#define MKXEX_IMAGE_MAX 0x10000000u
#define MKXEX_IMPORTS   4096
#define MKXEX_RESOURCES 64
#define MKXEX_EXPORTS   256
#define MKXEX_UNWINDS   4096
#define MKXEX_OWN       3  /* xboxkrnl, xam, xbdm: numbers in lib/imports.S */
#define MKXEX_LIBRARIES 32 /* with those of --import-from, numbered behind */

struct mkxex_import {
    uint32_t library, ordinal, slot, thunk; /* thunk 0: a variable */
};

struct mkxex_resource {
    char name[9];
    const char *path;
    uint32_t address, size;
};

struct mkxex_export {
    uint32_t ordinal, address; /* address: once the ELF is read */
    const char *symbol;
};

struct mkxex_unwind {
    uint32_t address, word; /* as in the table */
};

/* Everything about the file to be written. */
struct mkxex {
    uint8_t *image; /* owned: as it lies in memory from base on */
    uint32_t base, size, page_size, entry;
    uint8_t *page_kind; /* owned: 1 code, 2 data, 3 read-only data, a page each */
    struct mkxex_import import[MKXEX_IMPORTS];
    uint32_t imports;
    struct mkxex_resource resource[MKXEX_RESOURCES];
    uint32_t resources;
    struct mkxex_export exports[MKXEX_EXPORTS];
    uint32_t export_count, export_table;    /* address of the table, 0: none */
    bool export_names;                      /* by name, too: */
    uint32_t names_offset, names_size;      /* their directory, from the image's start */
    bool library;                           /* not a title; an entry point is optional */
    bool of_title;                          /* a library of the title's own process    */
    char from[MKXEX_LIBRARIES][32];         /* other libraries that it imports from, ... */
    uint32_t from_version[MKXEX_LIBRARIES]; /* of at least this version; 0: of any      */
    uint32_t froms;
    struct mkxex_unwind unwind[MKXEX_UNWINDS];
    uint32_t unwinds, unwind_table; /* address of the table, 0: none */
    uint32_t tls_address, tls_size, tls_raw_size, tls_slots;
    enum mkxex_compression compression;
    enum mkxex_encryption encryption;
    uint32_t window_bits;
    int lzx_blocks; /* 1 verbatim, 2 aligned, 3 uncompressed, 0 mixed */
    uint32_t title_id, media_id, version, base_version, stack_size, heap_size;
    uint32_t privileges[3];
    uint8_t disc_number, disc_count;
    const char *pe_name;
};

/* A growing byte buffer; out of memory ends the program. */
struct mkxex_buffer {
    uint8_t *bytes; /* owned */
    size_t size, capacity;
};

void mkxex_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void *mkxex_alloc(size_t size); /* zeroed */
uint8_t *mkxex_read_file(const char *path, size_t *ret_size);
void mkxex_put(struct mkxex_buffer *buffer, const void *bytes, size_t size);
void mkxex_put16(struct mkxex_buffer *buffer, uint16_t value);
void mkxex_put32(struct mkxex_buffer *buffer, uint32_t value);
void mkxex_set32(uint8_t *at, uint32_t value);

/* Read a big-endian PowerPC ELF: image, pages, imports, entry, TLS. */
void mkxex_read_elf(struct mkxex *x, const char *path);

/* size zeroed bytes of read-only pages behind the image; returns their address. */
uint32_t mkxex_append(struct mkxex *x, uint32_t size);

/* Put resources and the export table behind the image, the PE header in front. */
void mkxex_add_resources(struct mkxex *x);
void mkxex_add_exports(struct mkxex *x);
void mkxex_add_export_names(struct mkxex *x);
void mkxex_write_pe_header(struct mkxex *x);

/* A row of the table of functions; one for a function that has none yet; the table behind the
 * image. */
void mkxex_unwind_row(struct mkxex *x, uint32_t address, uint32_t word);
void mkxex_unwind_function(struct mkxex *x, uint32_t address, uint32_t size);
void mkxex_add_unwinds(struct mkxex *x);

/* Names of imports, for people: "?" for an ordinal that no table has. */
const char *mkxex_library_name(const struct mkxex *x, uint32_t library);
const char *mkxex_import_name(const struct mkxex_import *import);

/* Write the container. */
void mkxex_build(struct mkxex *x, struct mkxex_buffer *out);

/* Compress image bytes to one LZX stream of 32 KiB frames: u16 length and data for each frame. */
void mkxex_lzx(const uint8_t *bytes, size_t size, uint32_t window_bits, int blocks,
               struct mkxex_buffer *out, size_t *frame_at, size_t *ret_frames);

#endif
