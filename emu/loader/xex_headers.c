/* The head of a XEX file: magic, sizes, and the optional header entries.
 *
 * Every entry's data is known to lie inside the headers once this is done, so later steps need
 * only ask for it. Entries ascend by key, which makes finding one a binary search and a repeated
 * key an error.
 * Source: Free60 wiki, Formats/XEX; emoose/idaxex xex_structs.hpp. Measured: real files. */
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/xex_internal.h"

#define HEADER_SIZE  0x18u
#define ENTRY_SIZE   8u
#define HEADERS_MIN  0x800u
#define HEADERS_UNIT 0x800u

static const char *key_name(uint32_t key)
{
    static const struct {
        uint32_t key;
        const char *name;
    } keys[] = {
#define KEY(key, name) {key, name},
#include "loader/xex_keys.def"
#undef KEY
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i].key == key)
            return keys[i].name;
    return "?";
}

const struct xe_image_header *xe__loader_xex_find(const struct xe__xex *xex, uint32_t key)
{
    uint32_t low = 0, high = xex->image->header_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (xex->image->header[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < xex->image->header_count && xex->image->header[low].key == key)
        return &xex->image->header[low];
    return NULL;
}

/* How many bytes of the headers an entry's data takes; 0 when the value is the data itself. */
static uint64_t data_size(const struct xe__xex *xex, const struct xe_image_header *entry)
{
    uint32_t kind = entry->key & 0xFF;

    if (kind < 2)
        return 0;
    if (kind < 0xFF)
        return kind * 4;
    if (entry->value > xex->image->headers_size - 4)
        return 4;
    return xe_load_be32(xex->file + entry->value);
}

size_t xe__loader_xex_value_at(const struct xe__xex *xex, uint32_t key)
{
    const struct xe_image_header *entry = xe__loader_xex_find(xex, key);

    return entry ? HEADER_SIZE + ENTRY_SIZE * (size_t)(entry - xex->image->header) + 4 : 0x14;
}

bool xe__loader_xex_find_data(const struct xe__xex *xex, uint32_t key, uint32_t *ret_offset,
                              uint32_t *ret_size)
{
    const struct xe_image_header *entry = xe__loader_xex_find(xex, key);

    if (!entry)
        return false;
    *ret_offset = entry->value;
    *ret_size = (uint32_t)data_size(xex, entry);
    return true;
}

/* The formats before XEX2, by the kernel that first loaded them (idaxex). */
static bool check_magic(struct xe__xex *xex)
{
    static const struct {
        char letter;
        const char *kernel;
    } older[] = {{'1', "1838"}, {'%', "1746"}, {'-', "1640"}, {'?', "1529"}, {'0', "1332"}};
    char letter = (char)xex->file[3];

    if (letter == '2')
        return true;
    for (size_t i = 0; i < sizeof(older) / sizeof(older[0]); i++)
        if (older[i].letter == letter)
            return xe_error_set(xex->err, XE_ERR_IMAGE_UNSUPPORTED,
                                "offset 0x0: magic is XEX%c (kernel %s and later), expected XEX2: "
                                "formats before retail can't be loaded",
                                letter, older[i].kernel);
    return xe__loader_image_corrupt(xex->err, 0, "magic", xe_load_be32(xex->file),
                                    "XEX2 (0x58455832)");
}

static bool check_patch(struct xe__xex *xex)
{
    bool is_patch = xex->image->module_flags & XE__XEX_FLAG_PATCH;

    if (is_patch == xex->is_patch)
        return true;
    if (is_patch)
        return xe_error_set(xex->err, XE_ERR_IMAGE_UNSUPPORTED,
                            "offset 0x4: module flags are 0x%08x, a patch (XEXP): it changes "
                            "another file and can't be loaded by itself",
                            xex->image->module_flags);
    return xe__loader_image_corrupt(xex->err, 4, "module flags", xex->image->module_flags,
                                    "one of 0x%x, as patches (XEXP) have", XE__XEX_FLAG_PATCH);
}

static bool check_sizes(struct xe__xex *xex, uint32_t entries)
{
    uint32_t size = xex->image->headers_size;

    if (size < HEADERS_MIN || size > XE__XEX_HEADERS_MAX || size % HEADERS_UNIT)
        return xe__loader_image_corrupt(xex->err, 8, "headers size", size,
                                        "a multiple of 0x%x from 0x%x to 0x%x", HEADERS_UNIT,
                                        HEADERS_MIN, XE__XEX_HEADERS_MAX);
    if (size > xex->size)
        return xe__loader_image_corrupt(xex->err, 8, "headers size", size,
                                        "at most the file's size, 0x%zx", xex->size);
    if (entries > (size - HEADER_SIZE) / ENTRY_SIZE)
        return xe__loader_image_corrupt(xex->err, 0x14, "optional header count", entries,
                                        "at most 0x%x in headers of 0x%x",
                                        (size - HEADER_SIZE) / ENTRY_SIZE, size);
    if (xex->security % 4 || xex->security < HEADER_SIZE + ENTRY_SIZE * entries ||
        xex->security > size - XE__XEX_DESCRIPTORS)
        return xe__loader_image_corrupt(xex->err, 0x10, "security info offset", xex->security,
                                        "a multiple of 4 from 0x%x to 0x%x",
                                        HEADER_SIZE + ENTRY_SIZE * entries,
                                        size - XE__XEX_DESCRIPTORS);
    return true;
}

static bool check_entry(struct xe__xex *xex, uint32_t i)
{
    const struct xe_image_header *entry = &xex->image->header[i];
    size_t at = HEADER_SIZE + ENTRY_SIZE * i;
    uint32_t headers = xex->image->headers_size;
    uint64_t size = data_size(xex, entry);

    if (i > 0 && entry->key <= entry[-1].key)
        return xe__loader_image_corrupt(xex->err, at, "optional header key", entry->key,
                                        "above the key before it, 0x%x", entry[-1].key);
    if (size == 0 && (entry->key & 0xFF) < 2)
        return true;
    if (size < 4)
        return xe__loader_image_corrupt(xex->err, entry->value, "optional header data size", size,
                                        "at least 4 (key 0x%08x)", entry->key);
    if (entry->value > headers || size > headers - entry->value)
        return xe__loader_image_corrupt(xex->err, at + 4, "optional header value", entry->value,
                                        "0x%llx bytes inside headers of 0x%x (key 0x%08x)",
                                        (unsigned long long)size, headers, entry->key);
    return true;
}

static bool read_entries(struct xe__xex *xex, uint32_t count)
{
    struct xe_image *image = xex->image;

    image->header = xe_calloc(count, sizeof(*image->header));
    if (!image->header)
        return xe__loader_image_no_memory(xex->err, count * sizeof(*image->header));
    image->header_count = count;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *entry = xex->file + HEADER_SIZE + ENTRY_SIZE * i;

        image->header[i].key = xe_load_be32(entry);
        image->header[i].value = xe_load_be32(entry + 4);
        image->header[i].name = key_name(image->header[i].key);
        if (!check_entry(xex, i))
            return false;
    }
    return true;
}

bool xe__loader_xex_headers(struct xe__xex *xex)
{
    struct xe_reader r = xe_reader_make(xex->file, xex->size);
    uint32_t entries;

    if (!check_magic(xex))
        return false;
    xe_reader_seek(&r, 4);
    xex->image->module_flags = xe_reader_be32(&r);
    xex->image->headers_size = xe_reader_be32(&r);
    xe_reader_be32(&r); /* discardable part: 0 in every file seen */
    xex->security = xe_reader_be32(&r);
    entries = xe_reader_be32(&r);
    if (!r.ok)
        return xe_error_set(xex->err, XE_ERR_IMAGE_CORRUPT,
                            "file has 0x%zx bytes, expected at least 0x%x (a XEX header)",
                            xex->size, HEADER_SIZE);
    if (!check_patch(xex) || !check_sizes(xex, entries))
        return false;
    xex->image->headers = (uint8_t *)xe_memdup(xex->file, xex->image->headers_size);
    if (!xex->image->headers)
        return xe__loader_image_no_memory(xex->err, xex->image->headers_size);
    return read_entries(xex, entries);
}
