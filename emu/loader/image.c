/* Images: tell the container by its first bytes, let its parser fill the image, free it again. */
#include "xe/image.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "loader/crypto.h"
#include "loader/image_internal.h"
#include "loader/spa.h"

bool xe__loader_image_corrupt(struct xe_error *err, size_t offset, const char *field,
                              uint64_t found, const char *expected, ...)
{
    char text[200];
    va_list args;

    va_start(args, expected);
    vsnprintf(text, sizeof(text), expected, args);
    va_end(args);
    return xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "offset 0x%zx: %s is 0x%llx, expected %s",
                        offset, field, (unsigned long long)found, text);
}

bool xe__loader_image_no_memory(struct xe_error *err, size_t wanted)
{
    return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for 0x%zx bytes", wanted);
}

bool xe__loader_image_has(const struct xe_image *image, xe_gva address, uint64_t size)
{
    return address >= image->base && address - image->base <= image->size &&
           size <= image->size - (address - image->base);
}

uint8_t *xe__loader_image_at(const struct xe_image *image, xe_gva address)
{
    return image->bytes + (address - image->base);
}

const struct xe_image_section *xe__loader_image_section(const struct xe_image *image,
                                                        xe_gva address)
{
    uint32_t low = 0, high = image->section_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct xe_image_section *section = &image->section[middle];

        if (address < section->address)
            high = middle;
        else if (address - section->address >= section->size)
            low = middle + 1;
        else
            return section;
    }
    return NULL;
}

void xe__loader_image_section_kind(struct xe_image_section *section, bool code, bool writable)
{
    section->kind = code ? "code" : writable ? "data" : "rodata";
    if (code)
        section->protect = writable ? XE__PROTECT_EXECUTE_READWRITE : XE__PROTECT_EXECUTE_READ;
    else
        section->protect = writable ? XE__PROTECT_READWRITE : XE__PROTECT_READONLY;
}

static bool unknown_container(const uint8_t *file, size_t size, struct xe_error *err)
{
    if (size < 4)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "file has 0x%zx bytes, expected at least 4 (a magic)", size);
    return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                        "offset 0x0: magic is 0x%08x, expected XEX2 (0x58455832) or ELF "
                        "(0x7f454c46)",
                        xe_load_be32(file));
}

struct xe_image *xe_image_parse(const void *file, size_t size, struct xe_error *err)
{
    return xe_image_parse_breathing(file, size, NULL, err);
}

struct xe_image *xe_image_parse_breathing(const void *file, size_t size,
                                          const struct xe_breath *breath, struct xe_error *err)
{
    return xe_image_parse_as(file, size, &(struct xe_image_options){0}, breath, err);
}

struct xe_image *xe_image_parse_as(const void *file, size_t size,
                                   const struct xe_image_options *options,
                                   const struct xe_breath *breath, struct xe_error *err)
{
    struct xe_image *image = xe_calloc(1, sizeof(*image));
    bool parsed;

    if (!image) {
        xe__loader_image_no_memory(err, sizeof(*image));
        return NULL;
    }
    image->file_size = size;
    if (!xe__loader_crypto_sha256(file, size, image->sha256, breath))
        parsed = xe__loader_image_no_memory(err, size);
    else if (size >= 4 && memcmp(file, "XEX", 3) == 0)
        parsed = xe__loader_xex_parse(file, size, image, options, breath, err);
    else if (size >= 4 && memcmp(file, "\177ELF", 4) == 0)
        parsed = options->patch ? xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                                               "an ELF file has no patches, they are for XEX files")
                                : xe__loader_elf_parse(file, size, image, breath, err);
    else
        parsed = unknown_container(file, size, err);
    if (parsed)
        return image;
    xe_image_destroy(image);
    return NULL;
}

void xe__loader_image_fini(struct xe_image *image)
{
    xe_free(image->bytes);
    xe_free(image->headers);
    xe_free(image->header);
    xe_free(image->section);
    xe_free(image->library);
    xe_free(image->import);
    xe_free(image->resource);
    xe__loader_spa_free(image->spa);
    xe_free(image->exports);
    xe_free(image->symbol);
    xe_free(image->function);
}

void xe_image_destroy(struct xe_image *image)
{
    if (!image)
        return;
    xe__loader_image_fini(image);
    xe_free(image);
}

/* Is it a word that linking writes? */
static bool is_import(const struct xe_image *image, xe_gva address)
{
    for (uint32_t i = 0; i < image->import_count; i++)
        if ((image->import[i].slot && image->import[i].slot == address) ||
            (image->import[i].thunk && address - image->import[i].thunk < 16))
            return true;
    return false;
}

bool xe_image_patch(struct xe_image *image, xe_gva address, uint32_t value, uint32_t *ret_old,
                    struct xe_error *err)
{
    if (address % 4 || !xe__loader_image_has(image, address, 4))
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                            "0x%08x is no multiple of 4 in the image, 0x%08x to 0x%08x", address,
                            image->base, image->base + image->size);
    if (is_import(image, address))
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "0x%08x is an import's, which is linked",
                            address);
    *ret_old = xe_load_be32(xe__loader_image_at(image, address));
    xe_store_be32(xe__loader_image_at(image, address), value);
    return true;
}

const char *xe_image_kind_name(enum xe_image_kind kind)
{
    static const char *const names[] = {XE_IMAGE_KIND_WORDS};

    return names[kind];
}

const char *xe_image_check_name(enum xe_image_check check)
{
    static const char *const names[] = {XE_IMAGE_CHECK_WORDS};

    return names[check];
}
