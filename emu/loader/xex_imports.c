/* The imports of a XEX file: library names, then one table per library whose records point at
 * words in the image that say ordinal and kind.
 *
 * A slot (type 0) followed by a thunk (type 1) of the same ordinal is one imported function; a
 * slot alone is a variable. Each table carries the hash of the next; a wrong one is kept per
 * library and does not fail the parse, as with the header hash.
 * Source: xenia xex_module.cc; emoose/idaxex xex.cpp. Measured: real files. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/crypto.h"
#include "loader/xex_internal.h"

#define AT_DIGEST       0x12C /* of the first table, in the security info */
#define HEAD_SIZE       12u
#define TABLE_SIZE      0x28u
#define THUNK_SIZE      16u
#define WORD_MTCTR_R11  0x7D6903A6u
#define WORD_BCTR       0x4E800420u
#define NAME_MAX_LENGTH 31

enum record_type { RECORD_SLOT, RECORD_THUNK, RECORD_THUNK_SECOND };

struct imports {
    struct xe__xex *xex;
    uint32_t at, end; /* file offsets: next byte to read, end of the header's data */
    uint32_t names_at, names_size;
    uint32_t *name; /* owned: file offset of each name */
    uint32_t name_count;
    size_t capacity;       /* of image->import  */
    size_t libraries;      /* capacity of image->library */
    const uint8_t *digest; /* expected of the next table */
};

/* --- names --- */

/* Names are NUL-terminated and padded to 4 bytes; remember where each starts. */
static bool read_names(struct imports *in)
{
    const uint8_t *file = in->xex->file;
    uint32_t at = in->names_at, end = in->names_at + in->names_size;

    in->name = xe_calloc(in->name_count, sizeof(*in->name));
    if (!in->name)
        return xe__loader_image_no_memory(in->xex->err, in->name_count * sizeof(*in->name));
    for (uint32_t i = 0; i < in->name_count; i++) {
        const uint8_t *nul = at < end ? memchr(file + at, 0, end - at) : NULL;
        size_t length = nul ? (size_t)(nul - (file + at)) : 0;

        if (length == 0 || length > NAME_MAX_LENGTH)
            return xe__loader_image_corrupt(in->xex->err, at, "length of a library name", length,
                                            "1 to %d", NAME_MAX_LENGTH);
        in->name[i] = at;
        at += ((uint32_t)length + 4) & ~3u;
    }
    return true;
}

static bool read_head(struct imports *in)
{
    const uint8_t *head = in->xex->file + in->at;
    uint32_t size = in->end - in->at;

    if (size < HEAD_SIZE)
        return xe__loader_image_corrupt(in->xex->err, in->at, "imports size", size, "at least 0x%x",
                                        HEAD_SIZE);
    in->names_at = in->at + HEAD_SIZE;
    in->names_size = xe_load_be32(head + 4);
    in->name_count = xe_load_be32(head + 8);
    if (in->names_size > size - HEAD_SIZE || in->names_size % 4)
        return xe__loader_image_corrupt(in->xex->err, in->at + 4, "import name table size",
                                        in->names_size, "a multiple of 4 up to 0x%x",
                                        size - HEAD_SIZE);
    if (in->name_count > in->names_size / 4)
        return xe__loader_image_corrupt(
            in->xex->err, in->at + 8, "import name count", in->name_count,
            "at most 0x%x in a name table of 0x%x bytes", in->names_size / 4, in->names_size);
    in->at = in->names_at + in->names_size;
    return read_names(in);
}

/* --- records --- */

struct record {
    uint32_t at; /* file offset, for errors */
    xe_gva address;
    enum record_type type;
    uint16_t ordinal;
};

static bool bad_word(struct imports *in, const struct record *record, xe_gva address,
                     const char *field, uint32_t found, uint32_t expected)
{
    return xe_error_set(in->xex->err, XE_ERR_IMAGE_CORRUPT,
                        "offset 0x%x, address 0x%08x: %s is 0x%08x, expected 0x%08x", record->at,
                        address, field, found, expected);
}

static bool check_thunk(struct imports *in, const struct record *record)
{
    const uint8_t *at;
    uint32_t first, found;

    if (!xe__loader_image_has(in->xex->image, record->address, THUNK_SIZE))
        return xe__loader_image_corrupt(in->xex->err, record->at, "import thunk address",
                                        record->address, "0x%x bytes inside the image", THUNK_SIZE);
    at = xe__loader_image_at(in->xex->image, record->address);
    first = xe_load_be32(at);
    found = xe_load_be32(at + 4);
    if (found != (first & 0x00FFFFFFu) + ((uint32_t)RECORD_THUNK_SECOND << 24))
        return bad_word(in, record, record->address + 4, "second thunk word", found,
                        (first & 0x00FFFFFFu) + ((uint32_t)RECORD_THUNK_SECOND << 24));
    found = xe_load_be32(at + 8);
    if (found != WORD_MTCTR_R11)
        return bad_word(in, record, record->address + 8, "third thunk word", found, WORD_MTCTR_R11);
    found = xe_load_be32(at + 12);
    if (found != WORD_BCTR)
        return bad_word(in, record, record->address + 12, "fourth thunk word", found, WORD_BCTR);
    return true;
}

static bool read_record(struct imports *in, uint32_t at, uint8_t name, struct record *ret_record)
{
    struct record record = {.at = at, .address = xe_load_be32(in->xex->file + at)};
    uint32_t word;

    if (record.address % 4 || !xe__loader_image_has(in->xex->image, record.address, 4))
        return xe__loader_image_corrupt(in->xex->err, at, "import address", record.address,
                                        "a multiple of 4 inside 0x%08x to 0x%08x",
                                        in->xex->image->base,
                                        in->xex->image->base + in->xex->image->size);
    word = xe_load_be32(xe__loader_image_at(in->xex->image, record.address));
    record.type = (enum record_type)(word >> 24);
    record.ordinal = (uint16_t)word;
    if (word >> 24 > RECORD_THUNK)
        return bad_word(in, &record, record.address, "import word", word, word & 0x00FFFFFFu);
    if ((word >> 16 & 0xFF) != name)
        return bad_word(in, &record, record.address, "import word", word,
                        (word & 0xFF00FFFFu) | (uint32_t)name << 16);
    *ret_record = record;
    return record.type == RECORD_SLOT || check_thunk(in, &record);
}

/* Add a record to the imports: a thunk joins the slot right before it. */
static bool add_record(struct imports *in, const struct record *record, uint32_t library,
                       bool after_slot)
{
    struct xe_image *image = in->xex->image;
    struct xe_image_import *import;

    if (record->type == RECORD_THUNK && after_slot &&
        image->import[image->import_count - 1].ordinal == record->ordinal) {
        image->import[image->import_count - 1].thunk = record->address;
        image->import[image->import_count - 1].function = true;
        return true;
    }
    if (!xe_grow(&image->import, &in->capacity, image->import_count, sizeof(*import)))
        return xe__loader_image_no_memory(in->xex->err, 2 * in->capacity * sizeof(*import));
    import = &image->import[image->import_count++];
    memset(import, 0, sizeof(*import));
    memcpy(import->library, image->library[library].name, sizeof(import->library));
    import->library_index = library;
    import->ordinal = record->ordinal;
    import->function = record->type == RECORD_THUNK;
    *(record->type == RECORD_THUNK ? &import->thunk : &import->slot) = record->address;
    image->library[library].imports++;
    return true;
}

/* --- tables --- */

static bool check_table(struct imports *in, uint32_t *ret_size, uint32_t *ret_records)
{
    const uint8_t *table = in->xex->file + in->at;
    uint32_t left = in->end - in->at, size, records;

    if (left < TABLE_SIZE)
        return xe__loader_image_corrupt(in->xex->err, in->at, "bytes left for an import table",
                                        left, "at least 0x%x", TABLE_SIZE);
    size = xe_load_be32(table);
    if (size < TABLE_SIZE || size > left || size % 4)
        return xe__loader_image_corrupt(in->xex->err, in->at, "import table size", size,
                                        "a multiple of 4 from 0x%x to 0x%x", TABLE_SIZE, left);
    records = xe_load_be16(table + 0x26);
    if (records > (size - TABLE_SIZE) / 4)
        return xe__loader_image_corrupt(in->xex->err, in->at + 0x26, "import record count", records,
                                        "at most 0x%x in a table of 0x%x bytes",
                                        (size - TABLE_SIZE) / 4, size);
    if (table[0x25] >= in->name_count)
        return xe__loader_image_corrupt(in->xex->err, in->at + 0x25, "import library name index",
                                        table[0x25], "below the name count, 0x%x", in->name_count);
    *ret_size = size;
    *ret_records = records;
    return true;
}

static bool add_library(struct imports *in, uint32_t size)
{
    struct xe_image *image = in->xex->image;
    const uint8_t *table = in->xex->file + in->at;
    struct xe_image_library *library;

    if (!xe_grow(&image->library, &in->libraries, image->library_count, sizeof(*library)))
        return xe__loader_image_no_memory(in->xex->err, 2 * in->libraries * sizeof(*library));
    library = &image->library[image->library_count++];
    memset(library, 0, sizeof(*library));
    xe__loader_image_copy_text(library->name, sizeof(library->name),
                               in->xex->file + in->name[table[0x25]], NAME_MAX_LENGTH);
    library->version = xe_load_be32(table + 0x1C);
    library->min_version = xe_load_be32(table + 0x20);
    library->digest = xe__loader_crypto_sha1_is(table + 4, size - 4, NULL, 0, in->digest, NULL)
                          ? XE_IMAGE_GOOD
                          : XE_IMAGE_BAD;
    if (library->digest == XE_IMAGE_BAD)
        image->check.import_digests = XE_IMAGE_BAD;
    in->digest = table + 4;
    return true;
}

static bool read_table(struct imports *in)
{
    uint32_t size = 0, records = 0, library = in->xex->image->library_count;
    uint8_t name;
    struct record record = {0}, before = {.type = RECORD_THUNK};

    if (!check_table(in, &size, &records) || !add_library(in, size))
        return false;
    name = in->xex->file[in->at + 0x25];
    for (uint32_t i = 0; i < records; i++) {
        if (!read_record(in, in->at + TABLE_SIZE + 4 * i, name, &record) ||
            !add_record(in, &record, library, before.type == RECORD_SLOT))
            return false;
        before = record;
    }
    in->at += size;
    return true;
}

static bool read_tables(struct imports *in)
{
    struct xe_image *image = in->xex->image;

    image->check.import_digests = XE_IMAGE_GOOD;
    while (in->at < in->end)
        if (!read_table(in))
            return false;
    if (image->library_count != in->xex->import_tables)
        return xe__loader_image_corrupt(in->xex->err, in->xex->security + 0x128,
                                        "import table count", in->xex->import_tables,
                                        "0x%x, the tables in the file", image->library_count);
    return true;
}

bool xe__loader_xex_imports(struct xe__xex *xex)
{
    struct imports in = {.xex = xex, .digest = xex->file + xex->security + AT_DIGEST};
    uint32_t size;
    bool done;

    if (!xe__loader_xex_find_data(xex, XE__XEX_IMPORTS, &in.at, &size))
        return true;
    in.end = in.at + size;
    done = read_head(&in) && read_tables(&in);
    xe_free(in.name);
    return done;
}
