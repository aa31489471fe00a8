/* A XEX2 file from its first byte to its last: the steps, and the optional headers that say
 * something outright or point into the image.
 * Source: Free60 wiki, Formats/XEX; xenia xex2_info.h; emoose/idaxex xex_optheaders.hpp. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/spa.h"
#include "loader/xex_internal.h"

#define RESOURCE_SIZE 16u
#define TLS_SIZE_MAX  0x100000u /* ours: each thread gets a copy; titles use some KiB */
#define TLS_SLOTS_MAX 0x400u    /* ours: 0x40 in every file seen                     */

static uint32_t value_of(const struct xe__xex *xex, uint32_t key)
{
    const struct xe_image_header *entry = xe__loader_xex_find(xex, key);

    return entry ? entry->value : 0;
}

/* Place a reader on the data of a header whose key says its size. False if the key is absent. */
static bool reader_at(const struct xe__xex *xex, uint32_t key, struct xe_reader *ret_reader)
{
    uint32_t offset, size;

    if (!xe__loader_xex_find_data(xex, key, &offset, &size))
        return false;
    *ret_reader = xe_reader_make(xex->file + offset, size);
    return true;
}

static void read_execution_info(struct xe__xex *xex)
{
    struct xe_image *image = xex->image;
    struct xe_reader r;

    image->has_execution_info = reader_at(xex, XE__XEX_EXECUTION, &r);
    if (!image->has_execution_info)
        return;
    image->media_id = xe_reader_be32(&r);
    image->version = xe_reader_be32(&r);
    image->base_version = xe_reader_be32(&r);
    image->title_id = xe_reader_be32(&r);
    image->platform = xe_reader_u8(&r);
    image->executable_type = xe_reader_u8(&r);
    image->disc_number = xe_reader_u8(&r);
    image->disc_count = xe_reader_u8(&r);
    image->savegame_id = xe_reader_be32(&r);
}

bool xe__loader_xex_values(struct xe__xex *xex)
{
    struct xe_image *image = xex->image;
    struct xe_reader r;

    image->entry = value_of(xex, XE__XEX_ENTRY);
    image->original_base = value_of(xex, XE__XEX_ORIGINAL_BASE);
    image->stack_size = value_of(xex, XE__XEX_STACK_SIZE);
    image->heap_size = value_of(xex, XE__XEX_HEAP_SIZE);
    image->privileges[0] = value_of(xex, XE__XEX_PRIVILEGES_0);
    image->privileges[1] = value_of(xex, XE__XEX_PRIVILEGES_32);
    image->privileges[2] = value_of(xex, XE__XEX_PRIVILEGES_64);
    read_execution_info(xex);
    if (reader_at(xex, XE__XEX_TIME_STAMP, &r) && xe_reader_has(&r, 4, 4))
        image->time_stamp = xe_load_be32(r.data + 4);
    if (reader_at(xex, XE__XEX_PE_NAME, &r))
        xe__loader_image_copy_text(image->pe_name, sizeof(image->pe_name), r.data + 4, r.size - 4);
    return true;
}

/* A title starts somewhere; a library need not. Where it starts must be code. */
static bool check_entry(struct xe__xex *xex)
{
    const struct xe_image_section *section =
        xe__loader_image_section(xex->image, xex->image->entry);
    xe_gva entry = xex->image->entry;

    if (entry == 0 && !(xex->image->module_flags & XE__XEX_FLAG_TITLE))
        return true;
    if (entry % 4 || !section || strcmp(section->kind, "code") != 0)
        return xe__loader_image_corrupt(xex->err, xe__loader_xex_value_at(xex, XE__XEX_ENTRY),
                                        "entry point", entry,
                                        "a multiple of 4 in a code section of 0x%08x to 0x%08x",
                                        xex->image->base, xex->image->base + xex->image->size);
    return true;
}

/* Sources differ on which of the two sizes is the larger; memory for a thread takes the larger,
 * the copy from the image the smaller, so that is what must lie inside. */
static bool read_tls(struct xe__xex *xex)
{
    struct xe_image *image = xex->image;
    uint32_t at, size, copied;
    struct xe_reader r;

    image->has_tls = xe__loader_xex_find_data(xex, XE__XEX_TLS, &at, &size);
    if (!image->has_tls)
        return true;
    r = xe_reader_make(xex->file + at, size);
    image->tls_slots = xe_reader_be32(&r);
    image->tls_raw_address = xe_reader_be32(&r);
    image->tls_data_size = xe_reader_be32(&r);
    image->tls_raw_size = xe_reader_be32(&r);
    if (image->tls_slots > TLS_SLOTS_MAX)
        return xe__loader_image_corrupt(xex->err, at, "TLS slot count", image->tls_slots,
                                        "at most 0x%x", TLS_SLOTS_MAX);
    if (image->tls_data_size > TLS_SIZE_MAX || image->tls_raw_size > TLS_SIZE_MAX)
        return xe__loader_image_corrupt(xex->err, at + 8, "TLS data size",
                                        image->tls_data_size > TLS_SIZE_MAX ? image->tls_data_size
                                                                            : image->tls_raw_size,
                                        "at most 0x%x", TLS_SIZE_MAX);
    copied =
        image->tls_data_size < image->tls_raw_size ? image->tls_data_size : image->tls_raw_size;
    if (copied && !xe__loader_image_has(image, image->tls_raw_address, copied))
        return xe__loader_image_corrupt(xex->err, at + 4, "TLS data address",
                                        image->tls_raw_address, "0x%x bytes inside the image",
                                        copied);
    return true;
}

static bool read_resource(struct xe__xex *xex, uint32_t at, struct xe_image_resource *resource)
{
    const uint8_t *entry = xex->file + at;

    xe__loader_image_copy_text(resource->name, sizeof(resource->name), entry, 8);
    resource->address = xe_load_be32(entry + 8);
    resource->size = xe_load_be32(entry + 12);
    if (!xe__loader_image_has(xex->image, resource->address, resource->size))
        return xe__loader_image_corrupt(xex->err, at + 8, "resource address", resource->address,
                                        "0x%x bytes inside the image", resource->size);
    return true;
}

static bool read_resources(struct xe__xex *xex)
{
    struct xe_image *image = xex->image;
    uint32_t at, size, count;

    if (!xe__loader_xex_find_data(xex, XE__XEX_RESOURCES, &at, &size))
        return true;
    if ((size - 4) % RESOURCE_SIZE)
        return xe__loader_image_corrupt(xex->err, at, "resource table size", size,
                                        "4 and a multiple of 0x%x", RESOURCE_SIZE);
    count = (size - 4) / RESOURCE_SIZE;
    image->resource = xe_calloc(count, sizeof(*image->resource));
    if (!image->resource)
        return xe__loader_image_no_memory(xex->err, count * sizeof(*image->resource));
    image->resource_count = count;
    for (uint32_t i = 0; i < count; i++)
        if (!read_resource(xex, at + 4 + RESOURCE_SIZE * i, &image->resource[i]))
            return false;
    return true;
}

/* The resource that is called as the title's id tells of the title. */
static bool read_spa(struct xe__xex *xex)
{
    struct xe_image *image = xex->image;
    const struct xe_image_resource *resource = image->resource;
    char name[9];

    snprintf(name, sizeof(name), "%08X", image->title_id);
    for (uint32_t i = 0; image->has_execution_info && i < image->resource_count; i++, resource++)
        if (!strcmp(resource->name, name))
            return xe__loader_spa_read(xe__loader_image_at(image, resource->address),
                                       resource->size, resource->address, &image->spa) ||
                   xe__loader_image_no_memory(xex->err, sizeof(*image->spa));
    return true;
}

bool xe__loader_xex_places(struct xe__xex *xex)
{
    return check_entry(xex) && read_tls(xex) && read_resources(xex) && read_spa(xex);
}

static bool parse(struct xe__xex *xex)
{
    const struct xe_image_options *options = xex->options;

    return xe__loader_xex_headers(xex) && xe__loader_xex_security(xex) &&
           xe__loader_xex_values(xex) && xe__loader_xex_body(xex) && xe__loader_xex_pages(xex) &&
           (!options->patch || xe__loader_xex_patch(xex, options->patch, options->patch_size)) &&
           xe__loader_xex_places(xex) && xe__loader_xex_imports(xex) && xe__loader_xex_exports(xex);
}

bool xe__loader_xex_parse(const uint8_t *file, size_t size, struct xe_image *image,
                          const struct xe_image_options *options, const struct xe_breath *breath,
                          struct xe_error *err)
{
    struct xe__xex xex = {.file = file,
                          .size = size,
                          .image = image,
                          .options = options,
                          .err = err,
                          .breath = breath};
    bool done;

    image->kind = XE_IMAGE_XEX2;
    done = parse(&xex);
    xe_free(xex.patched);
    return done;
}
