/* XeKeys: what the hypervisor does with a console's keys. This console has none of its own: it has
 * no identity (its id is all zeros) and signs nothing.
 *
 * A key of the title's can be given in an obscured form, which only this console knows how to use;
 * a real one makes it by a key that is another after each start, so any will do.
 * Source: argument lists and results as xenia, xenia-canary and xkelib have them; types of consoles
 * in xkelib. */
#include <string.h>

#include <gcrypt.h>
#include <nettle/aes.h>

#include "kernel/families/crypt.h"
#include "kernel/families/shared.h"

#define RETAIL   2u
#define ID_BYTES 5u
#define ID_TEXT  13u /* twelve digits */
#define SLICE    0x8000u

/* What titles' keys are obscured by. */
static const uint8_t obscuring[AES128_KEY_SIZE] = "xe360d obscures";

static void get_console_type(struct xe_call *call)
{
    bool stored = xe_arg_gva(call, 0) && xe__kernel_store_u32(call, 0, RETAIL);

    xe_ret_status(call, stored ? XE_STATUS_SUCCESS : XE_STATUS_INVALID_PARAMETER);
}

/* (bytes, text), either of them optional. */
static void get_console_id(struct xe_call *call)
{
    static const uint8_t bytes[ID_BYTES];
    static const char text[ID_TEXT] = "000000000000";

    if (xe_arg_gva(call, 0))
        xe_mem_write(call->mem, xe_arg_gva(call, 0), bytes, sizeof(bytes));
    if (xe_arg_gva(call, 1))
        xe_mem_write(call->mem, xe_arg_gva(call, 1), text, sizeof(text));
    xe_ret_u32(call, 0);
}

/* By the number of a key, which isn't there. */
static void by_number(struct xe_call *call)
{
    xe_kernel_call_guest_error(call, "this console has no key 0x%x", xe_arg_u32(call, 0));
    xe_ret_status(call, XE_STATUS_UNSUCCESSFUL);
}

/* ---- keys of the title's -------------------------------------------------------------------- */

static void obscure_key(struct xe_call *call)
{
    const uint8_t *from = xe_arg_view(call, 0, AES128_KEY_SIZE);
    uint8_t *to = xe_arg_view_rw(call, 1, AES128_KEY_SIZE), key[AES128_KEY_SIZE];
    struct aes128_ctx ctx;

    if (!from || !to) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    memcpy(key, from, sizeof(key));
    aes128_set_encrypt_key(&ctx, obscuring);
    aes128_encrypt(&ctx, sizeof(key), to, key);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static bool take_key(const struct xe_call *call, uint8_t ret[AES128_KEY_SIZE])
{
    const uint8_t *from = xe_arg_view(call, 0, AES128_KEY_SIZE);
    struct aes128_ctx ctx;

    if (!from)
        return false;
    aes128_set_decrypt_key(&ctx, obscuring);
    aes128_decrypt(&ctx, AES128_KEY_SIZE, ret, from);
    return true;
}

/* (key, a, na, b, nb, c, nc, out, size) */
static void hmac_sha_using_key(struct xe_call *call)
{
    uint32_t size = gcry_md_get_algo_dlen(GCRY_MD_SHA1), wanted = xe_arg_u32(call, 8);
    uint8_t key[AES128_KEY_SIZE];
    gcry_md_hd_t md;
    bool done;

    if (!take_key(call, key)) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    if (gcry_md_open(&md, GCRY_MD_SHA1, GCRY_MD_FLAG_HMAC) != 0) {
        xe_ret_status(call, XE_STATUS_NO_MEMORY);
        return;
    }
    done = gcry_md_setkey(md, key, sizeof(key)) == 0;
    if (done) {
        xe__crypt_hash_arguments(call, md, 1);
        done = xe_mem_write(call->mem, xe_arg_gva(call, 7), gcry_md_read(md, GCRY_MD_SHA1),
                            wanted < size ? wanted : size);
    }
    gcry_md_close(md);
    xe_ret_status(call, done ? XE_STATUS_SUCCESS : XE_STATUS_INVALID_PARAMETER);
}

static void chain(const uint8_t key[AES128_KEY_SIZE], bool encrypt, uint8_t feed[AES_BLOCK_SIZE],
                  uint8_t *bytes, uint32_t blocks)
{
    struct aes128_ctx ctx;

    if (encrypt)
        aes128_set_encrypt_key(&ctx, key);
    else
        aes128_set_decrypt_key(&ctx, key);
    for (uint32_t n = 0; n < blocks; n++, bytes += AES_BLOCK_SIZE) {
        uint8_t block[AES_BLOCK_SIZE];

        memcpy(block, bytes, sizeof(block));
        for (unsigned i = 0; encrypt && i < AES_BLOCK_SIZE; i++)
            block[i] ^= feed[i];
        (encrypt ? aes128_encrypt : aes128_decrypt)(&ctx, AES_BLOCK_SIZE, bytes, block);
        for (unsigned i = 0; !encrypt && i < AES_BLOCK_SIZE; i++)
            bytes[i] ^= feed[i];
        memcpy(feed, encrypt ? bytes : block, AES_BLOCK_SIZE);
    }
}

/* (key, in, size, out, feed, encrypt): whole blocks; the feed is the last ciphertext. */
static void aes_cbc_using_key(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 2) & -AES_BLOCK_SIZE;
    uint8_t key[AES128_KEY_SIZE], *feed = xe_arg_view_rw(call, 4, AES_BLOCK_SIZE);
    const uint8_t *from = size && size <= XE__HLE_SPAN_MAX ? xe_arg_view(call, 1, size) : NULL;
    uint8_t *to = from ? xe_arg_view_rw(call, 3, size) : NULL;

    if (!take_key(call, key) || !feed || (size && !to)) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    if (size)
        memmove(to, from, size);
    for (uint32_t at = 0, part; at < size; at += part) {
        part = size - at < SLICE ? size - at : SLICE;
        chain(key, xe_arg_u32(call, 5) != 0, feed, to + at, part / AES_BLOCK_SIZE);
        xe_kernel_work(call->kernel, 10 * (uint64_t)part);
    }
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

const struct xe_hle xe_hle_keys[] = {
    XE_HLE(XBOXKRNL, XeKeysGetConsoleType, get_console_type, "type:ptr -> status"),
    XE_HLE(XBOXKRNL, XeKeysGetConsoleID, get_console_id, "bytes:ptr text:ptr -> u32"),
    XE_HLE(XBOXKRNL, XeKeysHmacSha, by_number,
           "number:u32 a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> status"),
    XE_HLE(XBOXKRNL, XeKeysObscureKey, obscure_key, "in:ptr out:ptr -> status"),
    XE_HLE(XBOXKRNL, XeKeysHmacShaUsingKey, hmac_sha_using_key,
           "key:ptr a:ptr na:u32 b:ptr nb:u32 c:ptr nc:u32 out:ptr size:u32 -> status"),
    XE_HLE(XBOXKRNL, XeKeysAesCbcUsingKey, aes_cbc_using_key,
           "key:ptr in:ptr size:u32 out:ptr feed:ptr encrypt:bool -> status"),
    XE_HLE_END,
};
