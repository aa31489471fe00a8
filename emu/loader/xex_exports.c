/* The exports of a XEX file: a table of offsets by ordinal, and optionally a name directory.
 *
 * Ordinals first, then names joined to them by binary search; names of ordinals that the first
 * table lacks become exports of their own. The result ascends by ordinal.
 * Source: emoose/idaxex xex.cpp (table), xenia xex_module.cc (name directory; it takes the offsets
 * in there from the directory's own start). Guess: standard PE offsets, from the image's start,
 * are accepted as well when the others make no sense; a real library with names would settle it. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/xex_internal.h"

#define TABLE_SIZE     0x2Cu
#define MAGIC_0        0x48000000u
#define MAGIC_1        0x00485645u
#define ORDINALS_MAX   0x10000u
#define DIRECTORY_SIZE 40u
#define NAME_READ_MAX  64u

static bool check_table(struct xe__xex *xex, const uint8_t *table)
{
    static const uint32_t magic[3] = {MAGIC_0, MAGIC_1, MAGIC_0};

    for (uint32_t i = 0; i < 3; i++)
        if (xe_load_be32(table + 4 * i) != magic[i])
            return xe_error_set(xex->err, XE_ERR_IMAGE_CORRUPT,
                                "address 0x%08x: export table magic is 0x%08x, expected 0x%08x",
                                xex->export_table + 4 * i, xe_load_be32(table + 4 * i), magic[i]);
    return true;
}

static bool add_ordinals(struct xe__xex *xex, const uint8_t *table, uint32_t count)
{
    uint32_t high = xe_load_be32(table + 0x20) << 16, first = xe_load_be32(table + 0x28);
    struct xe_image *image = xex->image;

    image->exports = xe_calloc(count, sizeof(*image->exports));
    if (!image->exports)
        return xe__loader_image_no_memory(xex->err, count * sizeof(*image->exports));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t offset = xe_load_be32(table + TABLE_SIZE + 4 * i);
        struct xe_image_export *export = &image->exports[image->export_count];

        if (offset == 0)
            continue;
        export->ordinal = first + i;
        export->address = high + offset;
        if (!xe__loader_image_has(image, export->address, 1))
            return xe_error_set(xex->err, XE_ERR_IMAGE_CORRUPT,
                                "address 0x%08x: export %u is at 0x%08x, expected inside 0x%08x "
                                "to 0x%08x",
                                xex->export_table + TABLE_SIZE + 4 * i, export->ordinal,
                                export->address, image->base, image->base + image->size);
        image->export_count++;
    }
    return true;
}

static bool read_ordinals(struct xe__xex *xex)
{
    const uint8_t *table;
    uint32_t count, first;

    xex->image->export_table = xex->export_table;
    if (xex->export_table == 0)
        return true;
    if (!xe__loader_image_has(xex->image, xex->export_table, TABLE_SIZE))
        return xe__loader_image_corrupt(xex->err, xex->security + 0x160, "export table address",
                                        xex->export_table, "0x%x bytes inside the image",
                                        TABLE_SIZE);
    table = xe__loader_image_at(xex->image, xex->export_table);
    if (!check_table(xex, table))
        return false;
    count = xe_load_be32(table + 0x24);
    first = xe_load_be32(table + 0x28);
    if (count > ORDINALS_MAX || first > ORDINALS_MAX ||
        !xe__loader_image_has(xex->image, xex->export_table, TABLE_SIZE + 4 * (uint64_t)count))
        return xe_error_set(xex->err, XE_ERR_IMAGE_CORRUPT,
                            "address 0x%08x: export count is 0x%x from ordinal 0x%x, expected at "
                            "most 0x%x, inside the image",
                            xex->export_table + 0x24, count, first, ORDINALS_MAX);
    return add_ordinals(xex, table, count);
}

/* --- names --- */

/* The name directory with its three arrays, all bounds known to be good. */
struct directory {
    struct xe_reader image;
    size_t origin; /* what the offsets in it count from */
    uint32_t ordinal_base, functions, names;
    uint32_t functions_at, names_at, ordinals_at;
};

static uint16_t le16_at(const struct directory *dir, size_t at)
{
    struct xe_reader r = dir->image;

    xe_reader_seek(&r, at);
    return xe_reader_le16(&r);
}

static uint32_t le32_at(const struct directory *dir, size_t at)
{
    struct xe_reader r = dir->image;

    xe_reader_seek(&r, at);
    return xe_reader_le32(&r);
}

static bool arrays_fit(const struct directory *dir)
{
    const struct xe_reader *image = &dir->image;

    return xe_reader_has(image, dir->origin + dir->functions_at, 4 * (size_t)dir->functions) &&
           xe_reader_has(image, dir->origin + dir->names_at, 4 * (size_t)dir->names) &&
           xe_reader_has(image, dir->origin + dir->ordinals_at, 2 * (size_t)dir->names) &&
           dir->functions <= ORDINALS_MAX && dir->names <= ORDINALS_MAX;
}

static bool bad_name(struct xe__xex *xex, size_t at, const char *field, size_t found,
                     const char *expected, size_t limit)
{
    return xe_error_set(xex->err, XE_ERR_IMAGE_CORRUPT,
                        "address 0x%08zx: %s is 0x%zx, expected below 0x%zx, %s",
                        xex->image->base + at, field, found, limit, expected);
}

/* Read name i. */
static bool read_name(struct xe__xex *xex, const struct directory *dir, uint32_t i,
                      struct xe_image_export *ret_export)
{
    size_t pointer_at = dir->origin + dir->names_at + 4 * (size_t)i;
    size_t index_at = dir->origin + dir->ordinals_at + 2 * (size_t)i;
    size_t name_at = dir->origin + le32_at(dir, pointer_at), left;
    uint32_t index = le16_at(dir, index_at), offset;

    if (name_at >= dir->image.size)
        return bad_name(xex, pointer_at, "place of an exported name", name_at,
                        "the size of the image", dir->image.size);
    if (index >= dir->functions)
        return bad_name(xex, index_at, "index of an exported name", index,
                        "the number of functions", dir->functions);
    offset = le32_at(dir, dir->origin + dir->functions_at + 4 * (size_t)index);
    if (offset >= dir->image.size)
        return bad_name(xex, dir->origin + dir->functions_at + 4 * (size_t)index,
                        "image offset of a named export", offset, "the size of the image",
                        dir->image.size);
    memset(ret_export, 0, sizeof(*ret_export));
    ret_export->ordinal = dir->ordinal_base + index;
    ret_export->address = xex->image->base + offset;
    left = dir->image.size - name_at;
    xe__loader_image_copy_text(ret_export->name, sizeof(ret_export->name),
                               dir->image.data + name_at,
                               left < NAME_READ_MAX ? left : NAME_READ_MAX);
    return true;
}

static int compare_ordinals(const void *a, const void *b)
{
    const struct xe_image_export *left = a, *right = b;

    return (left->ordinal > right->ordinal) - (left->ordinal < right->ordinal);
}

/* Order of the final list: by ordinal, then by name, so that equal input gives equal output. */
static int compare_exports(const void *a, const void *b)
{
    const struct xe_image_export *left = a, *right = b;
    int order = compare_ordinals(a, b);

    return order ? order : strcmp(left->name, right->name);
}

/* Give the name to the export of its ordinal, or make a new one of it. */
static void join_name(struct xe_image *image, uint32_t by_ordinal,
                      const struct xe_image_export *named)
{
    struct xe_image_export *known =
        bsearch(named, image->exports, by_ordinal, sizeof(*known), compare_ordinals);

    if (known && known->name[0] == '\0')
        memcpy(known->name, named->name, sizeof(known->name));
    else
        image->exports[image->export_count++] = *named;
}

static bool add_names(struct xe__xex *xex, const struct directory *dir)
{
    struct xe_image *image = xex->image;
    uint32_t by_ordinal = image->export_count;
    struct xe_image_export *grown, named;

    grown = xe_reallocarray(image->exports, (size_t)by_ordinal + dir->names, sizeof(*grown));
    if (!grown)
        return xe__loader_image_no_memory(xex->err, dir->names * sizeof(*grown));
    image->exports = grown;
    for (uint32_t i = 0; i < dir->names; i++) {
        if (!read_name(xex, dir, i, &named))
            return false;
        join_name(image, by_ordinal, &named);
    }
    qsort(image->exports, image->export_count, sizeof(*image->exports), compare_exports);
    return true;
}

static bool read_names(struct xe__xex *xex)
{
    struct directory dir = {.image = xe_reader_make(xex->image->bytes, xex->image->size)};
    uint32_t at, size, where, wanted;

    if (!xe__loader_xex_find_data(xex, XE__XEX_EXPORTS_BY_NAME, &at, &size))
        return true;
    where = xe_load_be32(xex->file + at);
    wanted = xe_load_be32(xex->file + at + 4);
    if (wanted < DIRECTORY_SIZE || !xe_reader_has(&dir.image, where, wanted))
        return xe__loader_image_corrupt(xex->err, at, "export name directory offset", where,
                                        "at least 0x%x bytes (0x%x given) inside the image",
                                        DIRECTORY_SIZE, wanted);
    dir.ordinal_base = le32_at(&dir, (size_t)where + 0x10);
    dir.functions = le32_at(&dir, (size_t)where + 0x14);
    dir.names = le32_at(&dir, (size_t)where + 0x18);
    dir.functions_at = le32_at(&dir, (size_t)where + 0x1C);
    dir.names_at = le32_at(&dir, (size_t)where + 0x20);
    dir.ordinals_at = le32_at(&dir, (size_t)where + 0x24);
    dir.origin = where;
    if (!arrays_fit(&dir))
        dir.origin = 0;
    if (!arrays_fit(&dir))
        return xe__loader_image_corrupt(xex->err, at, "export name count", dir.names,
                                        "arrays inside the image (0x%x functions)", dir.functions);
    return add_names(xex, &dir);
}

bool xe__loader_xex_exports(struct xe__xex *xex)
{
    return read_ordinals(xex) && read_names(xex);
}
