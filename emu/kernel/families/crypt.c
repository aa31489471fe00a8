/* XeCrypt: one-shot hashes through libgcrypt. */
#include <string.h>

#include <gcrypt.h>

#include "kernel/hle/hle_internal.h"

#define SLICE 0x80000u /* bytes; MD5 takes two nanoseconds for one, SHA-1 less */

static void hash_piece(struct xe_call *call, gcry_md_hd_t md, const uint8_t *p, uint32_t n)
{
    for (uint32_t at = 0, size; at < n; at += size) {
        size = n - at < SLICE ? n - at : SLICE;
        gcry_md_write(md, p + at, size);
        xe_kernel_work(call->kernel, 2 * (uint64_t)size);
    }
}

/* hash(a, na, b, nb, c, nc, out, out_size): three pieces, any of them empty. */
static void hash_pieces(struct xe_call *call, int algorithm)
{
    uint8_t digest[64];
    uint32_t size = gcry_md_get_algo_dlen(algorithm), wanted = xe_arg_u32(call, 7);
    gcry_md_hd_t md;

    if (gcry_md_open(&md, algorithm, 0) != 0)
        return;
    for (unsigned i = 0; i < 6; i += 2) {
        uint32_t n = xe_arg_u32(call, i + 1);
        const void *p = n && n <= XE__HLE_SPAN_MAX ? xe_arg_view(call, i, n) : NULL;

        if (n && !p)
            xe_call_guest_error(call, "%u bytes at 0x%08x are not readable or too many", n,
                                xe_arg_gva(call, i));
        if (p)
            hash_piece(call, md, p, n);
    }
    memcpy(digest, gcry_md_read(md, algorithm), size);
    gcry_md_close(md);
    if (!xe_mem_write(call->mem, xe_arg_gva(call, 6), digest, wanted < size ? wanted : size))
        xe_call_guest_error(call, "digest buffer 0x%08x is not writable", xe_arg_gva(call, 6));
}

static void xe_crypt_sha(struct xe_call *call)
{
    hash_pieces(call, GCRY_MD_SHA1);
}

static void xe_crypt_md5(struct xe_call *call)
{
    hash_pieces(call, GCRY_MD_MD5);
}

const struct xe_hle xe_hle_crypt[] = {
    XE_HLE(XBOXKRNL, XeCryptSha, xe_crypt_sha,
           "a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptMd5, xe_crypt_md5,
           "a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> void"),
    XE_HLE_END,
};
