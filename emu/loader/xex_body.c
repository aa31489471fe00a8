/* The body of a XEX file: decrypted, decompressed, laid out as in memory.
 *
 * Nothing in the file names the key, so the known ones are tried in order until what comes out
 * makes sense: the first LZX block has the right hash, or a program header or the first page hash
 * fits. An LZX body's chunks are joined in place before decoding, so memory never exceeds one copy
 * of the body and the image.
 * Source: Free60 wiki, Formats/XEX; xenia xex_module.cc; emoose/idaxex xex.cpp and xex_keys.hpp.
 * Measured: plain, basic and LZX bodies of real files. */
#include <string.h>

#include "base/alloc.h"
#include "loader/crypto.h"
#include "loader/lzx.h"
#include "loader/xex_internal.h"

#define FORMAT_SIZE      8u
#define BASIC_BLOCK_SIZE 8u
#define LZX_CHUNK_MAX    0x9800 /* sanity limit of emoose/idaxex */
#define COPY_SLICE       ((size_t)4 << 20)
#define BREATH_CHUNKS    256u /* joined between two breaths    */
#define NO_KEY_FITS      "none of the known keys (retail, devkit, XEX1 retail, XEX1 devkit) fits"

enum { ENCRYPTION_NONE, ENCRYPTION_AES };
enum { COMPRESSION_NONE, COMPRESSION_BASIC, COMPRESSION_LZX, COMPRESSION_DELTA };

struct body {
    struct xe__xex *xex;
    const uint8_t *format; /* the file format header; NULL when absent */
    size_t format_at;
    uint32_t format_size;
    unsigned encryption, compression;
    const uint8_t *bytes; /* plain: borrowed from the file, or `own` */
    uint8_t *own;         /* owned */
    size_t size;
};

static const struct key {
    const char *name;
    uint8_t key[XE__AES_SIZE];
} keys[] = {
    {"retail",
     {0x20, 0xB1, 0x85, 0xA5, 0x9D, 0x28, 0xFD, 0xC3, 0x40, 0x58, 0x3F, 0xBB, 0x08, 0x96, 0xBF,
      0x91}},
    {"devkit", {0}},
    {"xex1-retail",
     {0xA2, 0x6C, 0x10, 0xF7, 0x1F, 0xD9, 0x35, 0xE9, 0x8B, 0x99, 0x92, 0x2C, 0xE9, 0x32, 0x15,
      0x72}},
    {"xex1-devkit",
     {0xA8, 0xB0, 0x05, 0x12, 0xED, 0xE3, 0x63, 0x8D, 0xC6, 0x58, 0xB3, 0x10, 0x1F, 0x9F, 0x50,
      0xD1}},
};

const uint8_t *xe__loader_xex_master_key(size_t i)
{
    return i < sizeof(keys) / sizeof(keys[0]) ? keys[i].key : NULL;
}

/* --- the file format header --- */

static bool check_format(struct body *body)
{
    struct xe_error *err = body->xex->err;

    if (body->encryption > ENCRYPTION_AES)
        return xe__loader_image_corrupt(err, body->format_at + 4, "encryption type",
                                        body->encryption, "0 (none) or 1 (AES)");
    if (body->compression == COMPRESSION_DELTA)
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                            "offset 0x%zx: compression type is 3, a delta patch (XEXP): it "
                            "changes another file and can't be loaded by itself",
                            body->format_at + 6);
    if (body->compression > COMPRESSION_DELTA)
        return xe__loader_image_corrupt(err, body->format_at + 6, "compression type",
                                        body->compression, "0 (none), 1 (basic) or 2 (LZX)");
    if (body->compression == COMPRESSION_LZX && body->format_size < XE__XEX_LZX_FORMAT_SIZE)
        return xe__loader_image_corrupt(err, body->format_at, "file format header size",
                                        body->format_size, "at least 0x%x for LZX",
                                        XE__XEX_LZX_FORMAT_SIZE);
    return true;
}

static bool read_format(struct body *body)
{
    struct xe__xex *xex = body->xex;
    uint32_t at;

    xex->image->encryption = "none";
    xex->image->compression = "none";
    if (!xe__loader_xex_find_data(xex, XE__XEX_FILE_FORMAT, &at, &body->format_size))
        return true;
    body->format_at = at;
    body->format = xex->file + at;
    if (body->format_size < FORMAT_SIZE)
        return xe__loader_image_corrupt(xex->err, at, "file format header size", body->format_size,
                                        "at least 0x%x", FORMAT_SIZE);
    body->encryption = xe_load_be16(body->format + 4);
    body->compression = xe_load_be16(body->format + 6);
    return check_format(body);
}

/* --- bodies without LZX --- */

/* Copy the body as it is; what the file does not have stays zero. */
static bool lay_out_plain(struct body *body)
{
    size_t image_size = body->xex->image_size;

    memcpy(body->xex->image->bytes, body->bytes, body->size < image_size ? body->size : image_size);
    return true;
}

static bool check_basic_block(struct body *body, size_t block_at, uint32_t data, uint32_t zeros,
                              size_t in_at, size_t out_at)
{
    struct xe__xex *xex = body->xex;

    if (data > body->size - in_at)
        return xe__loader_image_corrupt(xex->err, block_at, "data size of a basic block", data,
                                        "at most the 0x%zx bytes left of the body",
                                        body->size - in_at);
    if ((uint64_t)data + zeros > xex->image_size - out_at)
        return xe__loader_image_corrupt(
            xex->err, block_at, "data and zero size of a basic block", (uint64_t)data + zeros,
            "at most the 0x%zx bytes left of the image", xex->image_size - out_at);
    return true;
}

/* Pairs of sizes: that many bytes from the body, then that many zeros. */
static bool lay_out_basic(struct body *body)
{
    uint32_t blocks = (body->format_size - FORMAT_SIZE) / BASIC_BLOCK_SIZE;
    size_t in_at = 0, out_at = 0;

    for (uint32_t i = 0; i < blocks; i++) {
        size_t block_at = body->format_at + FORMAT_SIZE + (size_t)BASIC_BLOCK_SIZE * i;
        uint32_t data = xe_load_be32(body->xex->file + block_at);
        uint32_t zeros = xe_load_be32(body->xex->file + block_at + 4);

        if (!check_basic_block(body, block_at, data, zeros, in_at, out_at))
            return false;
        memcpy(body->xex->image->bytes + out_at, body->bytes + in_at, data);
        in_at += data;
        out_at += (size_t)data + zeros;
    }
    return true;
}

/* --- LZX bodies --- */

/* The stream being joined: bytes of chunks move down to the front of the body. */
struct join {
    struct body *body;
    size_t size;   /* of the joined stream so far */
    size_t chunks; /* one per 32 KiB of output    */
};

static size_t file_offset(const struct body *body, size_t at)
{
    return body->xex->image->headers_size + at;
}

static bool join_chunk(struct join *join, size_t at, size_t end, size_t *ret_next)
{
    struct body *body = join->body;
    size_t n;

    if (end - at < 2)
        return xe__loader_image_corrupt(body->xex->err, file_offset(body, at),
                                        "bytes left for a chunk", end - at, "at least 2");
    n = xe_load_be16(body->own + at);
    if (n > LZX_CHUNK_MAX || n > end - at - 2)
        return xe__loader_image_corrupt(
            body->xex->err, file_offset(body, at), "LZX chunk length", n, "at most 0x%zx",
            end - at - 2 < LZX_CHUNK_MAX ? end - at - 2 : LZX_CHUNK_MAX);
    memmove(body->own + join->size, body->own + at + 2, n);
    join->size += n;
    join->chunks += n != 0;
    if (join->chunks % BREATH_CHUNKS == 0)
        xe_breathe(body->xex->breath);
    *ret_next = n ? at + 2 + n : end;
    return true;
}

/* One block: check it, then join its chunks; a length of 0, or the block's end, ends them. */
static bool join_block(struct join *join, size_t at, size_t size, const uint8_t *digest)
{
    struct body *body = join->body;
    size_t end = at + size;

    if (!xe__loader_crypto_sha1_is(body->own + at, size, NULL, 0, digest, body->xex->breath)) {
        body->xex->image->check.block_hashes = XE_IMAGE_BAD;
        return xe_error_set(body->xex->err, XE_ERR_IMAGE_CORRUPT,
                            "offset 0x%zx: hash of the LZX block of 0x%zx bytes does not match, "
                            "expected SHA-1 %02x%02x%02x%02x...",
                            file_offset(body, at), size, digest[0], digest[1], digest[2],
                            digest[3]);
    }
    for (size_t chunk = at + XE__XEX_LZX_BLOCK_HEADER; chunk < end;)
        if (!join_chunk(join, chunk, end, &chunk))
            return false;
    return true;
}

static bool check_block_size(struct body *body, size_t field_at, size_t size, size_t left)
{
    if (size >= XE__XEX_LZX_BLOCK_HEADER && size <= left)
        return true;
    return xe__loader_image_corrupt(body->xex->err, field_at, "LZX block size", size,
                                    "0x%x to 0x%zx", XE__XEX_LZX_BLOCK_HEADER, left);
}

/* Follow the chain of blocks; each names the size and hash of the next. */
static bool join_blocks(struct join *join)
{
    struct body *body = join->body;
    size_t at = 0, size = xe_load_be32(body->format + 12), field_at = body->format_at + 12;
    uint32_t blocks = 0;
    uint8_t digest[XE__SHA1_SIZE], next_digest[XE__SHA1_SIZE];

    memcpy(digest, body->format + 16, sizeof(digest));
    while (size) {
        size_t next;

        if (!check_block_size(body, field_at, size, body->size - at))
            return false;
        next = xe_load_be32(body->own + at);
        memcpy(next_digest, body->own + at + 4, sizeof(next_digest));
        if (!join_block(join, at, size, digest))
            return false;
        field_at = file_offset(body, at);
        at += size;
        size = next;
        memcpy(digest, next_digest, sizeof(digest));
        if (++blocks % BREATH_CHUNKS == 0)
            xe_breathe(body->xex->breath);
    }
    return true;
}

bool xe__loader_xex_window(const uint8_t *format, size_t format_at, unsigned *ret_bits,
                           struct xe_error *err)
{
    uint32_t window = xe_load_be32(format + 8);

    for (unsigned bits = XE__LZX_MIN_WINDOW_BITS; bits <= XE__LZX_MAX_WINDOW_BITS; bits++)
        if (window == 1u << bits) {
            *ret_bits = bits;
            return true;
        }
    return xe__loader_image_corrupt(err, format_at + 8, "LZX window size", window,
                                    "a power of two from 0x8000 to 0x200000");
}

static bool lay_out_lzx(struct body *body)
{
    struct join join = {.body = body};
    struct xe__xex *xex = body->xex;
    size_t frames = (xex->image_size - 1) / XE__LZX_FRAME_SIZE + 1;
    unsigned window_bits = 0;

    if (!xe__loader_xex_window(body->format, body->format_at, &window_bits, xex->err))
        return false;
    xex->image->lzx_window = 1u << window_bits;
    if (!join_blocks(&join))
        return false;
    xex->image->check.block_hashes = XE_IMAGE_GOOD;
    if (join.chunks != frames)
        return xe__loader_image_corrupt(
            xex->err, xex->image->headers_size, "number of LZX chunks", join.chunks,
            "0x%zx, one for each 32 KiB of image size 0x%x", frames, xex->image_size);
    return xe__loader_lzx_decode(body->own, join.size, window_bits, xex->image->bytes,
                                 xex->image_size, xex->breath, xex->err);
}

/* --- decryption --- */

static bool lay_out(struct body *body)
{
    static bool (*const ways[])(struct body *) = {
        [COMPRESSION_NONE] = lay_out_plain,
        [COMPRESSION_BASIC] = lay_out_basic,
        [COMPRESSION_LZX] = lay_out_lzx,
    };
    static const char *const names[] = {
        [COMPRESSION_NONE] = "none",
        [COMPRESSION_BASIC] = "basic",
        [COMPRESSION_LZX] = "lzx",
    };

    body->xex->image->compression = names[body->compression];
    return ways[body->compression](body);
}

/* Does the decrypted body make sense? Sets *ret_fits; false on errors that no key can mend. */
static bool fits(struct body *body, bool *ret_fits)
{
    struct xe_image *image = body->xex->image;

    if (body->compression == COMPRESSION_LZX) {
        size_t size = xe_load_be32(body->format + 12);

        *ret_fits = xe__loader_crypto_sha1_is(body->own, size, NULL, 0, body->format + 16,
                                              body->xex->breath);
        return true;
    }
    if (!lay_out(body))
        return false;
    *ret_fits = xe__loader_pe_plausible(image->bytes, image->size) ||
                xe__loader_xex_first_pages_match(body->xex);
    return true;
}

static bool try_key(struct body *body, const struct key *key, bool *ret_fits)
{
    struct xe__xex *xex = body->xex;
    const uint8_t *in = xex->file + xex->image->headers_size;
    uint8_t session[XE__AES_SIZE];

    if (!xe__loader_crypto_aes_block(key->key, xex->file + xex->security + XE__XEX_SESSION_KEY,
                                     session) ||
        !xe__loader_crypto_aes_cbc(session, in, body->own, body->size, xex->breath))
        return xe_error_set(xex->err, XE_ERR_INTERNAL, "libgcrypt can't decrypt AES-128");
    return fits(body, ret_fits);
}

static bool decrypt(struct body *body)
{
    struct xe__xex *xex = body->xex;
    bool found = false;

    if (body->compression == COMPRESSION_LZX &&
        !check_block_size(body, body->format_at + 12, xe_load_be32(body->format + 12), body->size))
        return false;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !found; i++) {
        if (!try_key(body, &keys[i], &found))
            return false;
        xex->image->encryption = keys[i].name;
        xex->master = keys[i].key;
    }
    if (!found)
        return xe_error_set(xex->err, XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH,
                            "offset 0x%x: body is encrypted and " NO_KEY_FITS,
                            xex->security + XE__XEX_SESSION_KEY);
    return true;
}

static void copy(uint8_t *to, const uint8_t *from, size_t size, const struct xe_breath *breath)
{
    for (size_t at = 0, n; at < size; at += n) {
        n = size - at < COPY_SLICE ? size - at : COPY_SLICE;
        memcpy(to + at, from + at, n);
        xe_breathe(breath);
    }
}

/* A body that changes on its way (decrypted, or chunks joined) needs a copy of its own. */
static bool prepare(struct body *body)
{
    struct xe__xex *xex = body->xex;

    xex->image->bytes = xe_calloc(xex->image->size, 1);
    if (!xex->image->bytes)
        return xe__loader_image_no_memory(xex->err, xex->image->size);
    body->bytes = xex->file + xex->image->headers_size;
    body->size = xex->size - xex->image->headers_size;
    if (body->encryption == ENCRYPTION_NONE && body->compression != COMPRESSION_LZX)
        return true;
    body->own = xe_calloc(body->size, 1);
    if (!body->own)
        return xe__loader_image_no_memory(xex->err, body->size);
    if (body->encryption == ENCRYPTION_NONE) /* else it is decrypted to there */
        copy(body->own, body->bytes, body->size, xex->breath);
    body->bytes = body->own;
    return true;
}

bool xe__loader_xex_body(struct xe__xex *xex)
{
    struct body body = {.xex = xex};
    bool done = read_format(&body) && prepare(&body) &&
                (body.encryption == ENCRYPTION_NONE || decrypt(&body)) && lay_out(&body);

    xe_free(body.own);
    return done;
}
