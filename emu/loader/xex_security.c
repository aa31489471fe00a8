/* The security info: sizes, addresses, and the hashes that everything else is checked against.
 *
 * A wrong header hash is kept in image->check and does not fail the parse: each field is checked
 * by itself, and people edit headers (privileges, region) on purpose; `inspect` shows it. A wrong
 * page hash does fail it, since then the code or data in memory is not what was built.
 * Source: emoose/idaxex xex_structs.hpp, xenia xex2_info.h. Measured: all of it on real files. */
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/crypto.h"
#include "loader/xex_internal.h"

#define AT_IMAGE_HASH    0x114
#define AT_HEADER_HASH   0x164
#define HASHED_FROM      0x17C /* the header hash covers the headers from here to their end, */
#define HASHED_TO        8     /* then from the file's start to here; not the info between   */
#define INFO_SIZE        0x174
#define FLAG_SMALL_PAGES 0x10000000u
#define TITLE_LOW        0x80000000u /* images load between these: 64 KiB pages below the middle */
#define TITLE_HIGH       0xA0000000u

enum page_info { PAGE_NO_WRITE = 1, PAGE_NO_EXECUTE = 2 };

static void check_header_hash(struct xe__xex *xex)
{
    const uint8_t *tail = xex->file + xex->security + HASHED_FROM;
    size_t tail_size = xex->image->headers_size - xex->security - HASHED_FROM;

    xex->image->check.header_hash =
        xe__loader_crypto_sha1_is(tail, tail_size, xex->file, xex->security + HASHED_TO,
                                  xex->file + xex->security + AT_HEADER_HASH, NULL)
            ? XE_IMAGE_GOOD
            : XE_IMAGE_BAD;
}

static bool check_sizes(struct xe__xex *xex, uint32_t size, uint32_t info_size)
{
    uint64_t needed = XE__XEX_DESCRIPTORS + XE__XEX_DESCRIPTOR_SIZE * (uint64_t)xex->descriptors;

    if (size < XE__XEX_DESCRIPTORS || size > xex->image->headers_size - xex->security)
        return xe__loader_image_corrupt(xex->err, xex->security, "security info size", size,
                                        "0x%x to 0x%x", XE__XEX_DESCRIPTORS,
                                        xex->image->headers_size - xex->security);
    if (info_size != INFO_SIZE)
        return xe__loader_image_corrupt(xex->err, xex->security + 0x108, "image info size",
                                        info_size, "0x%x", INFO_SIZE);
    if (needed > size)
        return xe__loader_image_corrupt(
            xex->err, xex->security + 0x180, "page descriptor count", xex->descriptors,
            "at most 0x%x in security info of 0x%x bytes",
            (size - XE__XEX_DESCRIPTORS) / XE__XEX_DESCRIPTOR_SIZE, size);
    if (xex->image_size == 0 || xex->image_size > XE__IMAGE_MAX)
        return xe__loader_image_corrupt(xex->err, xex->security + 4, "image size", xex->image_size,
                                        "1 to 0x%x", XE__IMAGE_MAX);
    return true;
}

static uint32_t descriptor(const struct xe__xex *xex, uint32_t i)
{
    return xe_load_be32(xex->file + xex->security + XE__XEX_DESCRIPTORS +
                        XE__XEX_DESCRIPTOR_SIZE * i);
}

/* The page runs must cover the image, each at least one page. Sets image->size. */
static bool check_runs(struct xe__xex *xex)
{
    struct xe_image *image = xex->image;
    uint32_t pages = (xex->image_size - 1) / image->page_size + 1;
    uint64_t sum = 0;

    for (uint32_t i = 0; i < xex->descriptors; i++) {
        if (descriptor(xex, i) >> 4 == 0)
            return xe__loader_image_corrupt(
                xex->err, xex->security + XE__XEX_DESCRIPTORS + (size_t)XE__XEX_DESCRIPTOR_SIZE * i,
                "page count of a descriptor", 0, "at least 1");
        sum += descriptor(xex, i) >> 4;
    }
    if (sum != pages)
        return xe__loader_image_corrupt(
            xex->err, xex->security + XE__XEX_DESCRIPTORS, "sum of page counts", sum,
            "0x%x (image size 0x%x in pages of 0x%x)", pages, xex->image_size, image->page_size);
    image->size = pages * image->page_size;
    return true;
}

static bool check_base(struct xe__xex *xex)
{
    const struct xe_image_header *base = xe__loader_xex_find(xex, XE__XEX_BASE);
    struct xe_image *image = xex->image;

    if (base)
        image->base = base->value;
    if (image->base % image->page_size || image->base < TITLE_LOW || image->base >= TITLE_HIGH ||
        image->size > TITLE_HIGH - image->base)
        return xe__loader_image_corrupt(
            xex->err, base ? xe__loader_xex_value_at(xex, XE__XEX_BASE) : xex->security + 0x110,
            "base address", image->base,
            "a multiple of 0x%x with 0x%x bytes inside 0x%08x to 0x%08x", image->page_size,
            image->size, TITLE_LOW, TITLE_HIGH);
    return true;
}

bool xe__loader_xex_security(struct xe__xex *xex)
{
    struct xe_reader r = xe_reader_make(xex->file, xex->image->headers_size);
    struct xe_image *image = xex->image;
    uint32_t size, info_size;

    xe_reader_seek(&r, xex->security);
    size = xe_reader_be32(&r);
    xex->image_size = xe_reader_be32(&r);
    xe_reader_seek(&r, xex->security + 0x108);
    info_size = xe_reader_be32(&r);
    image->image_flags = xe_reader_be32(&r);
    image->base = xe_reader_be32(&r);
    xe_reader_seek(&r, xex->security + 0x128);
    xex->import_tables = xe_reader_be32(&r);
    xe_reader_seek(&r, xex->security + 0x160);
    xex->export_table = xe_reader_be32(&r);
    xe_reader_seek(&r, xex->security + 0x178);
    image->game_region = xe_reader_be32(&r);
    image->allowed_media = xe_reader_be32(&r);
    xex->descriptors = xe_reader_be32(&r);
    image->page_size =
        image->image_flags & FLAG_SMALL_PAGES ? XE__IMAGE_SMALL_PAGE : XE__IMAGE_LARGE_PAGE;
    check_header_hash(xex);
    return check_sizes(xex, size, info_size) && check_runs(xex) && check_base(xex);
}

/* One run: its pages, then its descriptor as in the file. */
static bool run_matches(const struct xe__xex *xex, uint32_t i, size_t at, size_t size,
                        const uint8_t *expected)
{
    const uint8_t *entry =
        xex->file + xex->security + XE__XEX_DESCRIPTORS + (size_t)XE__XEX_DESCRIPTOR_SIZE * i;

    return xe__loader_crypto_sha1_is(xex->image->bytes + at, size, entry, XE__XEX_DESCRIPTOR_SIZE,
                                     expected, xex->breath);
}

bool xe__loader_xex_first_pages_match(const struct xe__xex *xex)
{
    return run_matches(xex, 0, 0, (size_t)(descriptor(xex, 0) >> 4) * xex->image->page_size,
                       xex->file + xex->security + AT_IMAGE_HASH);
}

/* Each descriptor holds the hash of the next run; the security info holds the first. */
static bool check_page_hashes(struct xe__xex *xex)
{
    const uint8_t *expected = xex->file + xex->security + AT_IMAGE_HASH;
    struct xe_image *image = xex->image;
    size_t at = 0;

    for (uint32_t i = 0; i < xex->descriptors; i++) {
        size_t size = (size_t)(descriptor(xex, i) >> 4) * image->page_size;

        if (!run_matches(xex, i, at, size, expected)) {
            image->check.page_hashes = XE_IMAGE_BAD;
            image->modified = xex->options->allow_modified;
            if (image->modified)
                return true;
            return xe_error_set(xex->err, XE_ERR_IMAGE_CORRUPT,
                                "offset 0x%zx: page hash %u does not match the 0x%zx bytes at "
                                "0x%08zx, expected SHA-1 %02x%02x%02x%02x...",
                                (size_t)(expected - xex->file), i, size, image->base + at,
                                expected[0], expected[1], expected[2], expected[3]);
        }
        at += size;
        expected = xex->file + xex->security + XE__XEX_DESCRIPTORS +
                   (size_t)XE__XEX_DESCRIPTOR_SIZE * i + 4;
    }
    image->check.page_hashes = XE_IMAGE_GOOD;
    return true;
}

/* Runs of equal protection become one section. */
static bool make_sections(struct xe__xex *xex)
{
    struct xe_image *image = xex->image;
    struct xe_image_section *section = NULL;
    xe_gva address = image->base;

    image->section = xe_calloc(xex->descriptors, sizeof(*image->section));
    if (!image->section)
        return xe__loader_image_no_memory(xex->err, xex->descriptors * sizeof(*image->section));
    for (uint32_t i = 0; i < xex->descriptors; i++) {
        uint32_t word = descriptor(xex, i), size = (word >> 4) * image->page_size;
        uint32_t kind = word & (PAGE_NO_WRITE | PAGE_NO_EXECUTE);

        if (!section || kind != (descriptor(xex, i - 1) & (PAGE_NO_WRITE | PAGE_NO_EXECUTE))) {
            section = &image->section[image->section_count++];
            section->address = address;
            xe__loader_image_section_kind(section, !(kind & PAGE_NO_EXECUTE),
                                          !(kind & PAGE_NO_WRITE));
        }
        section->size += size;
        address += size;
    }
    return true;
}

bool xe__loader_xex_pages(struct xe__xex *xex)
{
    if (!check_page_hashes(xex) || !make_sections(xex))
        return false;
    xe__loader_pe_name_sections(xex->image);
    return xe__loader_pe_functions(xex->image, xex->err);
}
