/* XeCrypt: one-shot hashes through libgcrypt, and words of large numbers.
 * Source: argument lists of xkelib, and xenia (xboxkrnl_crypt.cc) for what the swaps do; for what a
 * rotating sum is, emoose's ExCrypt and GoobyCorp's XeCrypt.py, which agree. */
#include "kernel/families/crypt.h"

#include <string.h>

#define SLICE 0x80000u /* bytes; MD5 takes two nanoseconds for one, SHA-1 less */

static void hash_piece(struct xe_call *call, gcry_md_hd_t md, const uint8_t *p, uint32_t n)
{
    for (uint32_t at = 0, size; at < n; at += size) {
        size = n - at < SLICE ? n - at : SLICE;
        gcry_md_write(md, p + at, size);
        xe_kernel_work(call->kernel, 2 * (uint64_t)size);
    }
}

void xe__crypt_hash_arguments(struct xe_call *call, gcry_md_hd_t md, unsigned first)
{
    for (unsigned i = first; i < first + 6; i += 2) {
        uint32_t n = xe_arg_u32(call, i + 1);
        const void *p = n && n <= XE__HLE_SPAN_MAX ? xe_arg_view(call, i, n) : NULL;

        if (n && !p)
            xe_kernel_call_guest_error(call, "%u bytes at 0x%08x are not readable or too many", n,
                                       xe_arg_gva(call, i));
        if (p)
            hash_piece(call, md, p, n);
    }
}

/* hash(a, na, b, nb, c, nc, out, out_size). */
static void hash_pieces(struct xe_call *call, int algorithm)
{
    uint32_t size = gcry_md_get_algo_dlen(algorithm), wanted = xe_arg_u32(call, 7);
    gcry_md_hd_t md;

    if (gcry_md_open(&md, algorithm, 0) != 0)
        return;
    xe__crypt_hash_arguments(call, md, 0);
    if (!xe_mem_write(call->mem, xe_arg_gva(call, 6), gcry_md_read(md, algorithm),
                      wanted < size ? wanted : size))
        xe_kernel_call_guest_error(call, "digest buffer 0x%08x is not writable",
                                   xe_arg_gva(call, 6));
    gcry_md_close(md);
}

#define HASH(fn, algorithm)                                                                        \
    static void fn(struct xe_call *call)                                                           \
    {                                                                                              \
        hash_pieces(call, algorithm);                                                              \
    }
HASH(xe_crypt_sha, GCRY_MD_SHA1)
HASH(xe_crypt_md5, GCRY_MD_MD5)
HASH(xe_crypt_sha256, GCRY_MD_SHA256)
HASH(xe_crypt_sha384, GCRY_MD_SHA384)
HASH(xe_crypt_sha512, GCRY_MD_SHA512)

/* ---- keyed hashes --------------------------------------------------------------------------- */

#define KEY_MAX    0x10000u
#define DIGEST_MAX 64u

/* hmac(key, size, a, na, b, nb, c, nc, out, out_size): the digest, and its size; 0 if there is
 * none. */
static uint32_t keyed_hash(struct xe_call *call, int algorithm, uint8_t digest[DIGEST_MAX])
{
    uint32_t key_size = xe_arg_u32(call, 1), size = gcry_md_get_algo_dlen(algorithm);
    const void *key = key_size <= KEY_MAX ? xe_arg_view(call, 0, key_size ? key_size : 1) : NULL;
    gcry_md_hd_t md;

    if (!key) {
        xe_kernel_call_guest_error(call, "a key of %u bytes at 0x%08x is not readable or too long",
                                   key_size, xe_arg_gva(call, 0));
        return 0;
    }
    if (gcry_md_open(&md, algorithm, GCRY_MD_FLAG_HMAC) != 0)
        return 0;
    if (gcry_md_setkey(md, key, key_size) != 0) {
        gcry_md_close(md);
        return 0;
    }
    xe__crypt_hash_arguments(call, md, 2);
    memcpy(digest, gcry_md_read(md, algorithm), size);
    gcry_md_close(md);
    return size;
}

static void hmac(struct xe_call *call, int algorithm)
{
    uint8_t digest[DIGEST_MAX];
    uint32_t size = keyed_hash(call, algorithm, digest), wanted = xe_arg_u32(call, 9);

    if (size &&
        !xe_mem_write(call->mem, xe_arg_gva(call, 8), digest, wanted < size ? wanted : size))
        xe_kernel_call_guest_error(call, "digest buffer 0x%08x is not writable",
                                   xe_arg_gva(call, 8));
}

static void xe_crypt_hmac_sha(struct xe_call *call)
{
    hmac(call, GCRY_MD_SHA1);
}

static void xe_crypt_hmac_md5(struct xe_call *call)
{
    hmac(call, GCRY_MD_MD5);
}

static void xe_crypt_hmac_sha_verify(struct xe_call *call)
{
    uint8_t digest[DIGEST_MAX];
    uint32_t size = keyed_hash(call, GCRY_MD_SHA1, digest), wanted = xe_arg_u32(call, 9);
    const void *other = wanted && wanted <= size ? xe_arg_view(call, 8, wanted) : NULL;

    xe_ret_u32(call, other && memcmp(digest, other, wanted) == 0);
}

/* ---- rotating sums -------------------------------------------------------------------------- */

#define SUM_BYTES 32u

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

/* Quadwords are added to one rotating word and taken from another, whose carries are counted. The
 * second of these is not quite a borrow. */
static void rot_sum(uint64_t sum[4], const uint8_t *bytes, uint32_t size)
{
    for (uint32_t at = 0; size - at >= 8; at += 8) {
        uint64_t word = xe_load_be64(bytes + at);

        sum[1] += word;
        sum[3] -= word;
        sum[0] += sum[1] < word;
        sum[2] -= sum[3] > word;
        sum[1] = rotate(sum[1], 29);
        sum[3] = rotate(sum[3], 31);
    }
}

/* The sum twice, changed by a byte, go into the hash. */
static void hash_sum(gcry_md_hd_t md, const uint64_t sum[4], uint8_t change)
{
    uint8_t bytes[SUM_BYTES];

    for (unsigned i = 0; i < 4; i++)
        xe_store_be64(bytes + 8 * i, sum[i]);
    for (unsigned i = 0; i < SUM_BYTES; i++)
        bytes[i] ^= change;
    gcry_md_write(md, bytes, SUM_BYTES);
    gcry_md_write(md, bytes, SUM_BYTES);
}

/* (a, na, b, nb, out, size): the sums stand around what they are of. */
static void rot_sum_sha(struct xe_call *call)
{
    uint32_t size[2] = {xe_arg_u32(call, 1), xe_arg_u32(call, 3)}, wanted = xe_arg_u32(call, 5);
    const uint8_t *bytes[2] = {NULL, NULL};
    uint64_t sum[4] = {0};
    gcry_md_hd_t md;

    for (unsigned i = 0; i < 2; i++) {
        bytes[i] =
            size[i] && size[i] <= XE__HLE_SPAN_MAX ? xe_arg_view(call, 2 * i, size[i]) : NULL;
        if (size[i] && !bytes[i])
            xe_kernel_call_guest_error(call, "%u bytes at 0x%08x are not readable or too many",
                                       size[i], xe_arg_gva(call, 2 * i));
        if (!bytes[i])
            size[i] = 0;
        rot_sum(sum, bytes[i], size[i]);
    }
    if (gcry_md_open(&md, GCRY_MD_SHA1, 0) != 0)
        return;
    hash_sum(md, sum, 0);
    for (unsigned i = 0; i < 2; i++)
        hash_piece(call, md, bytes[i], size[i]);
    hash_sum(md, sum, 0xFF);
    if (!xe_mem_write(call->mem, xe_arg_gva(call, 4), gcry_md_read(md, GCRY_MD_SHA1),
                      wanted < 20 ? wanted : 20))
        xe_kernel_call_guest_error(call, "digest buffer 0x%08x is not writable",
                                   xe_arg_gva(call, 4));
    gcry_md_close(md);
}

/* ---- words ---------------------------------------------------------------------------------- */

/* What becomes of each of a row of words of `size` bytes. Source: emoose's ExCrypt for the halves.
 */
enum change { COPY, ZERO, SWAP_BYTES, SWAP_HALVES, SWAP_IN_HALVES };

static void change_word(const uint8_t *from, uint8_t *to, uint32_t size, enum change change)
{
    for (uint32_t i = 0; i < size; i++)
        to[i] = change == ZERO             ? 0
                : change == SWAP_BYTES     ? from[size - 1 - i]
                : change == SWAP_HALVES    ? from[i ^ size / 2]
                : change == SWAP_IN_HALVES ? from[i ^ (size / 2 - 1)]
                                           : from[i];
}

/* (in, out, count), or with ZERO (out, count). In and out may be the same. */
static void change_words(struct xe_call *call, uint32_t size, enum change change)
{
    unsigned out = change == ZERO ? 0 : 1;
    uint32_t count = xe_arg_u32(call, out + 1);
    uint32_t n = count <= XE__HLE_SPAN_MAX / size ? count * size : 0;
    const uint8_t *from = n ? xe_arg_view(call, 0, n) : NULL;
    uint8_t *to = n ? xe_arg_view_rw(call, out, n) : NULL;

    if (count && (!from || !to)) {
        xe_kernel_call_guest_error(call, "%u words of %u bytes are not mapped or too many", count,
                                   size);
        return;
    }
    for (uint32_t at = 0; at < n; at += size) {
        uint8_t word[8];

        change_word(from + at, word, size, change);
        memcpy(to + at, word, size);
    }
    xe_kernel_work(call->kernel, n);
}

#define WORDS(fn, size, change)                                                                    \
    static void fn(struct xe_call *call)                                                           \
    {                                                                                              \
        change_words(call, size, change);                                                          \
    }
WORDS(dw_copy, 4, COPY)
WORDS(dw_zero, 4, ZERO)
WORDS(dw_swap_bytes, 4, SWAP_BYTES)
WORDS(qw_copy, 8, COPY)
WORDS(qw_zero, 8, ZERO)
WORDS(qw_swap_bytes, 8, SWAP_BYTES)
WORDS(qw_swap_halves, 8, SWAP_HALVES)
WORDS(qw_swap_in_halves, 8, SWAP_IN_HALVES)

const struct xe_hle xe_hle_crypt[] = {
    XE_HLE(XBOXKRNL, XeCryptSha, xe_crypt_sha,
           "a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptMd5, xe_crypt_md5,
           "a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptSha256, xe_crypt_sha256,
           "a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptSha384, xe_crypt_sha384,
           "a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptSha512, xe_crypt_sha512,
           "a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptHmacSha, xe_crypt_hmac_sha,
           "key:ptr key_size:u32 a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptHmacMd5, xe_crypt_hmac_md5,
           "key:ptr key_size:u32 a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptHmacShaVerify, xe_crypt_hmac_sha_verify,
           "key:ptr key_size:u32 a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 digest:ptr size:u32 "
           "-> bool"),
    XE_HLE(XBOXKRNL, XeCryptRotSumSha, rot_sum_sha,
           "a:ptr na:u32 b:ptr nb:u32 out:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptBnDw_Copy, dw_copy, "in:ptr out:ptr count:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptBnDw_SwapLeBe, dw_swap_bytes, "in:ptr out:ptr count:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptBnDw_Zero, dw_zero, "out:ptr count:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptBnQw_Copy, qw_copy, "in:ptr out:ptr count:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptBnQw_SwapDwQw, qw_swap_halves, "in:ptr out:ptr count:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptBnQw_SwapDwQwLeBe, qw_swap_bytes, "in:ptr out:ptr count:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptBnQw_SwapLeBe, qw_swap_in_halves, "in:ptr out:ptr count:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptBnQw_Zero, qw_zero, "out:ptr count:u32 -> void"),
    XE_HLE_END,
};
