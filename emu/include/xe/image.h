/* Executable images: what a loader makes of bytes. Parsing resolves nothing and runs nothing.
 *
 * Every integrity field that the container carries is checked; the outcome of each is kept, so
 * that `inspect` can show it. A failed check that makes the image meaningless (sizes, bounds, LZX
 * block hashes, page hashes: memory would not hold what was built) fails the parse with offset,
 * field, found and expected. A wrong header hash or import digest is only reported in `check`:
 * every field they cover is checked by itself, and people edit headers on purpose. Signatures are
 * not checked (keys are not ours to judge). */
#ifndef XE_IMAGE_H
#define XE_IMAGE_H

#include "xe/breath.h"
#include "xe/error.h"
#include "xe/spa.h"
#include "xe/types.h"

enum xe_image_kind { XE_IMAGE_XEX2, XE_IMAGE_ELF32, XE_IMAGE_ELF64 };
#define XE_IMAGE_KIND_WORDS "xex2", "elf32", "elf64"

enum xe_image_check {
    XE_IMAGE_ABSENT, /* the container has no such field */
    XE_IMAGE_GOOD,
    XE_IMAGE_BAD
};
#define XE_IMAGE_CHECK_WORDS "absent", "good", "bad"

struct xe_image_section {
    char name[16];
    xe_gva address;
    uint32_t size;
    uint32_t protect; /* PAGE_* */
    const char *kind; /* "code", "data", "rodata", static */
};

struct xe_image_import {
    char library[32]; /* as named in the file, e.g. "xboxkrnl.exe" */
    uint32_t library_index;
    uint16_t ordinal;
    bool function; /* else a variable                                           */
    xe_gva slot;   /* address of the 4-byte slot; 0 if only a thunk             */
    xe_gva thunk;  /* address of the 16-byte thunk; 0 if only a slot            */
};

struct xe_image_library {
    char name[32];
    uint32_t version, min_version;
    uint32_t imports;
    enum xe_image_check digest;
};

struct xe_image_resource {
    char name[9];
    xe_gva address;
    uint32_t size;
};

struct xe_image_export {
    uint32_t ordinal;
    xe_gva address;
    char name[64]; /* empty: by ordinal only */
};

struct xe_image_function {
    xe_gva address;
    uint32_t size;
};

struct xe_image_header {
    uint32_t key, value;
    const char *name; /* static, "?" if unknown */
};

struct xe_image_symbol {
    char name[64];
    xe_gva address;
    uint32_t size;
};

struct xe_image {
    enum xe_image_kind kind;
    bool modified;      /* a page hash is bad, and that was allowed */
    uint8_t sha256[32]; /* of the whole file */
    bool patched;       /* by a delta patch (XEXP), whose file has this hash, */
    uint8_t patch_sha256[32];
    uint32_t patch_source, patch_target; /* and which leads from one version to the other */
    uint64_t file_size;
    uint32_t module_flags, image_flags;
    xe_gva base;         /* load address            */
    xe_gva entry;        /* first instruction; 0: a library without one */
    xe_gva export_table; /* of exports by ordinal; 0: none  */
    uint32_t time_stamp; /* Unix time, as the headers say   */
    xe_gva toc;          /* ELF64 entered by a function descriptor: first value of r2, else 0 */
    uint8_t *bytes;      /* owned: the image as it lies in memory from base on */
    uint32_t size;       /* of bytes                */
    uint32_t page_size;  /* 0x1000 or 0x10000       */
    uint8_t *headers;    /* owned: XEX headers as in the file; NULL for ELF */
    uint32_t headers_size;
    uint32_t stack_size, heap_size; /* defaults, 0 when not given */
    bool has_execution_info;
    uint32_t media_id, version, base_version, title_id, savegame_id;
    uint8_t platform, executable_type, disc_number, disc_count;
    uint32_t privileges[3];
    uint32_t game_region, allowed_media;
    bool has_tls;
    uint32_t tls_slots, tls_raw_size, tls_data_size;
    xe_gva tls_raw_address;
    uint32_t original_base;
    char pe_name[64];        /* original PE name, may be empty */
    const char *encryption;  /* "none", "retail", "devkit", ... static */
    const char *compression; /* "none", "basic", "lzx", static         */
    uint32_t lzx_window;
    struct {
        enum xe_image_check header_hash, import_digests, block_hashes, page_hashes;
    } check;
    struct xe_image_header *header; /* owned */
    uint32_t header_count;
    struct xe_image_section *section; /* owned, ascending, inside [base, base+size) */
    uint32_t section_count;
    struct xe_image_library *library; /* owned */
    uint32_t library_count;
    struct xe_image_import *import; /* owned */
    uint32_t import_count;
    uint32_t unpacked_imports;          /* ELF only: stubs that xe360-mkxex would make imports of */
    struct xe_image_resource *resource; /* owned */
    uint32_t resource_count;
    struct xe_spa *spa;              /* owned: its name and more; NULL: it says none */
    struct xe_image_export *exports; /* owned */
    uint32_t export_count;
    struct xe_image_symbol *symbol; /* owned; ELF only, ascending addresses */
    uint32_t symbol_count;
    struct xe_image_function
        *function; /* owned; XEX only: the PE's unwind table, ascending, apart */
    uint32_t function_count;
};

/* Parse a whole file in memory (borrowed for the call). NULL with err set when it can't be loaded;
 * memory use is bounded by file_size + 384 MiB whatever the bytes say. Thread-safe. */
struct xe_image *xe_image_parse(const void *file, size_t size, struct xe_error *err);
/* The same, with a breath (may be NULL) between slices: a gibibyte takes seconds. */
struct xe_image *xe_image_parse_breathing(const void *file, size_t size,
                                          const struct xe_breath *breath, struct xe_error *err);
struct xe_image_options {
    bool allow_modified; /* bad page hashes are kept in `check`, and no fault */
    const void *patch;   /* a XEXP file, which is applied to it; NULL: none   */
    size_t patch_size;
};
struct xe_image *xe_image_parse_as(const void *file, size_t size,
                                   const struct xe_image_options *options,
                                   const struct xe_breath *breath, struct xe_error *err);
void xe_image_destroy(struct xe_image *image);

/* Change a word of an image that is not loaded yet. *ret_old: what it was. false with err set: it
 * is no word of the image's, or one that importing changes. */
bool xe_image_patch(struct xe_image *image, xe_gva address, uint32_t value, uint32_t *ret_old,
                    struct xe_error *err);

const char *xe_image_kind_name(enum xe_image_kind kind);    /* "xex2", "elf32", "elf64" */
const char *xe_image_check_name(enum xe_image_check check); /* "absent", "good", "bad"  */

#endif
