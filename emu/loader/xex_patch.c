/* Patches of XEX files (XEXP), which title updates are: from one file's headers and image to those
 * of the next version.
 *
 * The patch says of which file it is by a hash of that file's signature. Headers go first, for they
 * tell the new size, base and key; the patch's own key is encrypted with the new one. What comes
 * out has to fit the page hashes of the new headers, as any other image.
 * Source: xenia xex_module.cc; doc/facts/modules.md, section 6. Guess: nothing that stays
 * is 0 behind the part that a patch moves, unless it moves none; a real patch that moves would
 * tell. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "loader/crypto.h"
#include "loader/delta.h"
#include "loader/xex_internal.h"

#define DESCRIPTOR_SIZE 0x4Cu
#define SIGNATURE_SIZE  0x100u
#define WRITES          8u /* ours: how often all bytes may be written, on average */
#define BREATH_BLOCKS   16u

/* Offsets in the descriptor. */
enum {
    AT_TARGET_VERSION = 0x04,
    AT_SOURCE_VERSION = 0x08,
    AT_DIGEST = 0x0C,
    AT_HEADERS_SIZE = 0x30,
    AT_HEADERS_MOVE = 0x34, /* source offset, size, target offset */
    AT_IMAGE_MOVE = 0x40,
};

struct patch {
    struct xe__xex *base; /* what is changed */
    struct xe__xex file;  /* the patch       */
    struct xe_image image;
    uint32_t at, size; /* of the descriptor */
    const uint8_t *descriptor, *format;
    uint32_t format_at;
    bool encrypted;
    unsigned window_bits;
    const uint8_t *body; /* plain: the file's, or `own` */
    uint8_t *own;        /* owned */
    size_t body_size;
    struct xe__delta delta;
};

/* ---- the file --------------------------------------------------------------------------------
 */

static bool find_descriptor(struct patch *patch)
{
    struct xe__xex *file = &patch->file;

    if (!xe__loader_xex_find_data(file, XE__XEX_DELTA, &patch->at, &patch->size))
        return xe_error_set(file->err, XE_ERR_IMAGE_UNSUPPORTED,
                            "offset 0x14: no delta patch descriptor (key 0x%08x): a patch that "
                            "holds a whole file can't be applied",
                            XE__XEX_DELTA);
    patch->descriptor = file->file + patch->at;
    return patch->size >= DESCRIPTOR_SIZE ||
           xe__loader_image_corrupt(file->err, patch->at, "delta patch descriptor size",
                                    patch->size, "at least 0x%x", DESCRIPTOR_SIZE);
}

static bool find_format(struct patch *patch)
{
    struct xe__xex *file = &patch->file;
    uint32_t size = 0;

    if (!xe__loader_xex_find_data(file, XE__XEX_FILE_FORMAT, &patch->format_at, &size) ||
        size < XE__XEX_LZX_FORMAT_SIZE)
        return xe__loader_image_corrupt(file->err, patch->format_at, "file format header size",
                                        size, "at least 0x%x for a delta", XE__XEX_LZX_FORMAT_SIZE);
    patch->format = file->file + patch->format_at;
    if (xe_load_be16(patch->format + 4) > 1)
        return xe__loader_image_corrupt(file->err, patch->format_at + 4, "encryption type",
                                        xe_load_be16(patch->format + 4), "0 (none) or 1 (AES)");
    if (xe_load_be16(patch->format + 6) != XE__XEX_DELTA_BODY)
        return xe__loader_image_corrupt(file->err, patch->format_at + 6, "compression type",
                                        xe_load_be16(patch->format + 6), "3 (delta)");
    patch->encrypted = xe_load_be16(patch->format + 4);
    return xe__loader_xex_window(patch->format, patch->format_at, &patch->window_bits, file->err);
}

/* Is it of the file at hand? */
static bool check_source(struct patch *patch)
{
    const struct xe__xex *base = patch->base;
    const uint8_t *wanted = patch->descriptor + AT_DIGEST;

    if (xe__loader_crypto_sha1_is(base->file + base->security + 8, SIGNATURE_SIZE, NULL, 0, wanted,
                                  NULL))
        return true;
    return xe_error_set(base->err, XE_ERR_IMAGE_UNSUPPORTED,
                        "offset 0x%x: the patch is of another file: it wants one of version "
                        "0x%08x whose signature has SHA-1 %02x%02x%02x%02x..., this is of version "
                        "0x%08x",
                        patch->at + AT_DIGEST, xe_load_be32(patch->descriptor + AT_SOURCE_VERSION),
                        wanted[0], wanted[1], wanted[2], wanted[3], base->image->version);
}

/* ---- what moves before any record --------------------------------------------------------------
 */

struct move {
    uint32_t from, size, to;
};

static bool bad_move(const struct patch *patch, uint32_t at, const char *field, const char *of,
                     uint32_t found, size_t most)
{
    char name[40];

    snprintf(name, sizeof(name), "%s of %s", field, of);
    return xe__loader_image_corrupt(patch->base->err, (size_t)patch->at + at, name, found,
                                    "at most 0x%zx", most);
}

/* A part of what there was, and where it goes in what there is to be. */
static bool read_move(const struct patch *patch, uint32_t at, size_t old_size, size_t new_size,
                      const char *of, struct move *ret)
{
    const uint8_t *fields = patch->descriptor + at;

    *ret = (struct move){xe_load_be32(fields), xe_load_be32(fields + 4), xe_load_be32(fields + 8)};
    if (ret->from > old_size)
        return bad_move(patch, at, "source offset", of, ret->from, old_size);
    if (ret->size > old_size - ret->from)
        return bad_move(patch, at + 4, "source size", of, ret->size, old_size - ret->from);
    if (ret->to > new_size)
        return bad_move(patch, at + 8, "target offset", of, ret->to, new_size);
    if (ret->size > new_size - ret->to)
        return bad_move(patch, at + 4, "source size", of, ret->size, new_size - ret->to);
    return true;
}

/* ---- headers ---------------------------------------------------------------------------------
 */

/* The image is one of the new headers from here on; of the old one its bytes are left, and what is
 * known of the body that they came from. */
static bool take_headers(struct patch *patch, uint8_t *bytes, size_t *ret_size)
{
    struct xe__xex *xex = patch->base;
    struct xe_image *image = xex->image, was = *image;

    was.bytes = NULL;
    *image = (struct xe_image){.kind = was.kind,
                               .file_size = was.file_size,
                               .bytes = image->bytes,
                               .size = was.size,
                               .encryption = was.encryption,
                               .compression = was.compression,
                               .lzx_window = was.lzx_window,
                               .check = {.block_hashes = was.check.block_hashes},
                               .patched = true,
                               .patch_source = xe_load_be32(patch->descriptor + AT_SOURCE_VERSION),
                               .patch_target = xe_load_be32(patch->descriptor + AT_TARGET_VERSION)};
    memcpy(image->sha256, was.sha256, sizeof(was.sha256));
    xe__loader_image_fini(&was);
    xex->file = xex->patched = bytes;
    xex->size = XE__XEX_HEADERS_MAX;
    *ret_size = was.size;
    if (!xe__loader_xex_headers(xex) || !xe__loader_xex_security(xex) ||
        !xe__loader_xex_values(xex))
        return xe_error_prefix(xex->err, "headers that the patch makes");
    return true;
}

static bool patch_headers(struct patch *patch, size_t *ret_old_size)
{
    struct xe__xex *base = patch->base;
    uint32_t new_size = xe_load_be32(patch->descriptor + AT_HEADERS_SIZE);
    uint8_t *bytes;
    struct move move;

    if (new_size > XE__XEX_HEADERS_MAX)
        return xe__loader_image_corrupt(base->err, patch->at + AT_HEADERS_SIZE,
                                        "size of target headers", new_size, "at most 0x%x",
                                        XE__XEX_HEADERS_MAX);
    if (!read_move(patch, AT_HEADERS_MOVE, base->image->headers_size,
                   new_size ? new_size : XE__XEX_HEADERS_MAX, "the headers", &move))
        return false;
    bytes = xe_calloc(1, XE__XEX_HEADERS_MAX);
    if (!bytes)
        return xe__loader_image_no_memory(base->err, XE__XEX_HEADERS_MAX);
    memcpy(bytes, base->file, base->image->headers_size);
    if (move.from)
        memmove(bytes + move.to, bytes + move.from, move.size);
    if (!new_size)
        new_size = move.to + move.size;
    memset(bytes + new_size, 0, XE__XEX_HEADERS_MAX - new_size);
    if (xe__loader_delta_apply(&patch->delta, patch->descriptor + DESCRIPTOR_SIZE,
                               patch->size - DESCRIPTOR_SIZE, patch->at + DESCRIPTOR_SIZE, bytes,
                               XE__XEX_HEADERS_MAX))
        return take_headers(patch, bytes, ret_old_size);
    xe_free(bytes);
    return false;
}

/* ---- body ------------------------------------------------------------------------------------
 */

static bool first_block_fits(const struct patch *patch)
{
    uint32_t size = xe_load_be32(patch->format + 12);

    return size <= patch->body_size &&
           xe__loader_crypto_sha1_is(patch->body, size, NULL, 0, patch->format + 16,
                                     patch->base->breath);
}

/* The patch's key is encrypted with that of the new file, and that with one of the known ones. */
static bool decrypt_with(struct patch *patch, const uint8_t *master)
{
    const struct xe__xex *base = patch->base, *file = &patch->file;
    uint8_t fresh[XE__AES_SIZE], session[XE__AES_SIZE];

    return xe__loader_crypto_aes_block(master, base->file + base->security + XE__XEX_SESSION_KEY,
                                       fresh) &&
           xe__loader_crypto_aes_block(fresh, file->file + file->security + XE__XEX_SESSION_KEY,
                                       session) &&
           xe__loader_crypto_aes_cbc(session, file->file + file->image->headers_size, patch->own,
                                     patch->body_size, base->breath);
}

static bool decrypt(struct patch *patch)
{
    const uint8_t *master = patch->base->master;
    struct xe_error *err = patch->base->err;

    patch->own = xe_calloc(1, patch->body_size);
    if (!patch->own)
        return xe__loader_image_no_memory(err, patch->body_size);
    patch->body = patch->own;
    for (size_t i = 0; xe__loader_xex_master_key(i); i++) {
        if (master && master != xe__loader_xex_master_key(i))
            continue;
        if (!decrypt_with(patch, xe__loader_xex_master_key(i)))
            return xe_error_set(err, XE_ERR_INTERNAL, "libgcrypt can't decrypt AES-128");
        if (first_block_fits(patch))
            return true;
    }
    return xe_error_set(err, XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH,
                        "offset 0x%x: the patch's body is encrypted, and %s doesn't make sense of "
                        "it",
                        patch->file.security + XE__XEX_SESSION_KEY,
                        master ? "the key of the file" : "none of the known keys");
}

static bool apply_block(struct patch *patch, size_t at, size_t size, const uint8_t *digest)
{
    struct xe__xex *base = patch->base;
    size_t file_at = patch->file.image->headers_size + at;

    if (!xe__loader_crypto_sha1_is(patch->body + at, size, NULL, 0, digest, base->breath))
        return xe_error_set(base->err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%zx: hash of the delta block of 0x%zx bytes does not match, "
                            "expected SHA-1 %02x%02x%02x%02x...",
                            file_at, size, digest[0], digest[1], digest[2], digest[3]);
    return xe__loader_delta_apply(
        &patch->delta, patch->body + at + XE__XEX_LZX_BLOCK_HEADER, size - XE__XEX_LZX_BLOCK_HEADER,
        file_at + XE__XEX_LZX_BLOCK_HEADER, base->image->bytes, base->image->size);
}

static bool apply_blocks(struct patch *patch)
{
    size_t at = 0, size = xe_load_be32(patch->format + 12), field_at = patch->format_at + 12;
    const uint8_t *digest = patch->format + 16;

    for (uint32_t n = 1; size; n++) {
        if (size < XE__XEX_LZX_BLOCK_HEADER || size > patch->body_size - at)
            return xe__loader_image_corrupt(patch->base->err, field_at, "delta block size", size,
                                            "0x%x to 0x%zx", XE__XEX_LZX_BLOCK_HEADER,
                                            patch->body_size - at);
        if (!apply_block(patch, at, size, digest))
            return false;
        digest = patch->body + at + 4;
        field_at = patch->file.image->headers_size + at;
        at += size;
        size = xe_load_be32(digest - 4);
        if (n % BREATH_BLOCKS == 0)
            xe_breathe(patch->base->breath);
    }
    return true;
}

/* Room for the larger of the two images; what neither had is 0. */
static bool resize(struct xe_image *image, size_t old_size, size_t new_size, struct xe_error *err)
{
    uint8_t *bytes = xe_reallocarray(image->bytes, new_size, 1);

    if (!bytes)
        return xe__loader_image_no_memory(err, new_size);
    if (new_size > old_size)
        memset(bytes + old_size, 0, new_size - old_size);
    image->bytes = bytes;
    return true;
}

static bool patch_image(struct patch *patch, size_t old_size)
{
    struct xe_image *image = patch->base->image;
    size_t new_size = image->size, both = new_size > old_size ? new_size : old_size;
    struct move move;
    bool ok;

    if (!read_move(patch, AT_IMAGE_MOVE, old_size, both, "the image", &move) ||
        !resize(image, old_size, both, patch->base->err))
        return false;
    if (move.from)
        memmove(image->bytes + move.to, image->bytes + move.from, move.size);
    if (move.size)
        memset(image->bytes + move.to + move.size, 0, both - move.to - move.size);
    patch->delta.left = (uint64_t)WRITES * both;
    image->size = (uint32_t)both; /* records reach into what is cut off behind them */
    ok = apply_blocks(patch);
    image->size = (uint32_t)new_size;
    return ok && resize(image, both, new_size, patch->base->err);
}

/* ---- all -------------------------------------------------------------------------------------
 */

static bool open_patch(struct patch *patch)
{
    struct xe__xex *file = &patch->file;

    if (file->size < 4 || memcmp(file->file, "XEX2", 4) != 0)
        return xe_error_set(file->err, XE_ERR_IMAGE_UNSUPPORTED,
                            "offset 0x0: the file of 0x%zx bytes is no patch (XEXP), which begins "
                            "with XEX2",
                            file->size);
    if (!xe__loader_xex_headers(file) || !find_descriptor(patch) || !find_format(patch))
        return false;
    patch->body = file->file + file->image->headers_size;
    patch->body_size = file->size - file->image->headers_size;
    return true;
}

static bool apply(struct patch *patch)
{
    struct xe__xex *base = patch->base;
    size_t old_size = 0;

    if (!open_patch(patch) || !check_source(patch) ||
        !xe__loader_delta_init(&patch->delta, patch->window_bits,
                               (uint64_t)WRITES * XE__XEX_HEADERS_MAX, base->breath, base->err) ||
        !patch_headers(patch, &old_size))
        return false;
    if (patch->encrypted && xe_load_be32(patch->format + 12) && !decrypt(patch))
        return false;
    return patch_image(patch, old_size);
}

bool xe__loader_xex_patch(struct xe__xex *xex, const uint8_t *bytes, size_t size)
{
    struct patch patch = {
        .base = xex,
        .file = {
            .file = bytes, .size = size, .err = xex->err, .breath = xex->breath, .is_patch = true}};
    bool done;

    patch.file.image = &patch.image;
    done = apply(&patch);
    xe__loader_delta_fini(&patch.delta);
    xe__loader_image_fini(&patch.image);
    xe_free(patch.own);
    if (!done)
        return xe_error_prefix(xex->err, "patch");
    if (!xe__loader_crypto_sha256(bytes, size, xex->image->patch_sha256, xex->breath))
        return xe__loader_image_no_memory(xex->err, size);
    return xe__loader_xex_pages(xex) || xe_error_prefix(xex->err, "image that the patch makes");
}
