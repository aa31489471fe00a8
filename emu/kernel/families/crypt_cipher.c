/* XeCrypt: AES, DES, triple DES and RC4. Keys are expanded into guest memory, and what is there is
 * what is used. Source: xkelib and xenia for the layouts (AES 0x160 bytes: round keys to encrypt,
 * then to decrypt; DES 32 words; three of them; RC4 256 bytes and two indices) and that feeds end
 * as the last ciphertext. Guess: how round keys to decrypt, and DES's words, are arranged: as the
 * library has them. A title that looks into them would settle that. */
#include <string.h>

#include <nettle/aes.h>
#include <nettle/arcfour.h>
#include <nettle/des.h>

#include "kernel/hle/hle_internal.h"

#define AES_KEYS  (4 * (_AES128_ROUNDS + 1)) /* words, each way */
#define DES_KEYS  _DES_KEY_LENGTH
#define BLOCK_MAX 16u
#define RC4_SIZE  0x102u
#define SLICE     0x8000u /* bytes, at ten nanoseconds and more */

/* One block, from where it may also go to. */
struct cipher {
    uint32_t block, state, ns; /* of a byte */
    void (*crypt)(const uint8_t *state, bool encrypt, const uint8_t *from, uint8_t *to);
};

static void refuse(const struct xe_call *call, const char *what)
{
    xe_kernel_call_guest_error(call, "%s is not mapped, or too long", what);
}

/* ---- AES ------------------------------------------------------------------------------------ */

/* The library's words hold bytes from the lowest on. */
static void store_aes(uint8_t *to, const struct aes128_ctx *ctx)
{
    for (uint32_t i = 0; i < AES_KEYS; i++)
        for (uint32_t b = 0; b < 4; b++)
            to[4 * i + b] = (uint8_t)(ctx->keys[i] >> 8 * b);
}

static void aes(const uint8_t *state, bool encrypt, const uint8_t *from, uint8_t *to)
{
    const uint8_t *key = state + (encrypt ? 0 : 4 * AES_KEYS);
    struct aes128_ctx ctx;

    for (uint32_t i = 0; i < AES_KEYS; i++)
        ctx.keys[i] = __builtin_bswap32(xe_load_be32(key + 4 * i));
    if (encrypt)
        aes128_encrypt(&ctx, AES_BLOCK_SIZE, to, from);
    else
        aes128_decrypt(&ctx, AES_BLOCK_SIZE, to, from);
}

static const struct cipher cipher_aes = {AES_BLOCK_SIZE, 8 * AES_KEYS, 8, aes};

static void aes_key(struct xe_call *call)
{
    uint8_t *state = xe_arg_view_rw(call, 0, 8 * AES_KEYS);
    const uint8_t *key = xe_arg_view(call, 1, AES128_KEY_SIZE);
    struct aes128_ctx encrypt, decrypt;

    if (!state || !key) {
        refuse(call, "state or key");
        return;
    }
    aes128_set_encrypt_key(&encrypt, key);
    aes128_invert_key(&decrypt, &encrypt);
    store_aes(state, &encrypt);
    store_aes(state + 4 * AES_KEYS, &decrypt);
}

/* ---- DES ------------------------------------------------------------------------------------ */

static void load_des(const uint8_t *state, struct des_ctx *ret)
{
    for (uint32_t i = 0; i < DES_KEYS; i++)
        ret->key[i] = xe_load_be32(state + 4 * i);
}

static void des(const uint8_t *state, bool encrypt, const uint8_t *from, uint8_t *to)
{
    struct des_ctx ctx;

    load_des(state, &ctx);
    (encrypt ? des_encrypt : des_decrypt)(&ctx, DES_BLOCK_SIZE, to, from);
}

/* Encrypt, decrypt, encrypt; and back in reverse. */
static void des3(const uint8_t *state, bool encrypt, const uint8_t *from, uint8_t *to)
{
    for (uint32_t i = 0; i < 3; i++) {
        des(state + (encrypt ? i : 2 - i) * 4 * DES_KEYS, encrypt == (i != 1), from, to);
        from = to;
    }
}

static const struct cipher cipher_des = {DES_BLOCK_SIZE, 4 * DES_KEYS, 30, des};
static const struct cipher cipher_des3 = {DES_BLOCK_SIZE, 3 * 4 * DES_KEYS, 90, des3};

static void set_des_keys(struct xe_call *call, uint32_t keys)
{
    uint8_t *state = xe_arg_view_rw(call, 0, keys * 4 * DES_KEYS);
    const uint8_t *key = xe_arg_view(call, 1, keys * DES_KEY_SIZE);

    if (!state || !key) {
        refuse(call, "state or key");
        return;
    }
    for (uint32_t k = 0; k < keys; k++) {
        struct des_ctx ctx;

        des_set_key(&ctx, key + k * DES_KEY_SIZE); /* weak ones, too: it is the title's choice */
        for (uint32_t i = 0; i < DES_KEYS; i++)
            xe_store_be32(state + 4 * (k * DES_KEYS + i), ctx.key[i]);
    }
}

static void des_key(struct xe_call *call)
{
    set_des_keys(call, 1);
}

static void des3_key(struct xe_call *call)
{
    set_des_keys(call, 3);
}

/* (in, size, out) */
static void des_parity(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 1);
    const uint8_t *from = size && size <= XE__HLE_SPAN_MAX ? xe_arg_view(call, 0, size) : NULL;
    uint8_t *to = from ? xe_arg_view_rw(call, 2, size) : NULL;

    if (size && !to)
        refuse(call, "a key");
    for (uint32_t i = 0; to && i < size; i++)
        to[i] = (uint8_t)((from[i] & 0xFE) | !__builtin_parity(from[i] & 0xFE));
    xe_kernel_work(call->kernel, size);
}

/* ---- blocks --------------------------------------------------------------------------------- */

/* (state, in, out, encrypt) */
static void ecb(struct xe_call *call, const struct cipher *cipher)
{
    const uint8_t *state = xe_arg_view(call, 0, cipher->state);
    const uint8_t *from = xe_arg_view(call, 1, cipher->block);
    uint8_t *to = xe_arg_view_rw(call, 2, cipher->block), block[BLOCK_MAX];

    if (!state || !from || !to) {
        refuse(call, "state or block");
        return;
    }
    cipher->crypt(state, xe_arg_u32(call, 3) != 0, from, block);
    memcpy(to, block, cipher->block);
}

static void chain(const struct cipher *cipher, const uint8_t *state, bool encrypt,
                  uint8_t feed[BLOCK_MAX], const uint8_t *from, uint8_t *to)
{
    uint8_t in[BLOCK_MAX], out[BLOCK_MAX];

    for (uint32_t i = 0; i < cipher->block; i++)
        in[i] = (uint8_t)(encrypt ? from[i] ^ feed[i] : from[i]);
    cipher->crypt(state, encrypt, in, out);
    for (uint32_t i = 0; i < cipher->block; i++)
        to[i] = (uint8_t)(encrypt ? out[i] : out[i] ^ feed[i]);
    memcpy(feed, encrypt ? out : in, cipher->block);
}

/* (state, in, size, out, feed, encrypt). All of these may lie upon each other. What a size has
 * beyond whole blocks is left alone. */
static void cbc(struct xe_call *call, const struct cipher *cipher)
{
    uint32_t size = xe_arg_u32(call, 2) - xe_arg_u32(call, 2) % cipher->block;
    const uint8_t *state = xe_arg_view(call, 0, cipher->state);
    const uint8_t *from = size && size <= XE__HLE_SPAN_MAX ? xe_arg_view(call, 1, size) : NULL;
    uint8_t *to = from ? xe_arg_view_rw(call, 3, size) : NULL, feed[BLOCK_MAX];
    uint8_t *feeds = xe_arg_view_rw(call, 4, cipher->block);

    if (!state || !feeds || (size && !to)) {
        refuse(call, "state, feed or blocks");
        return;
    }
    memcpy(feed, feeds, cipher->block);
    for (uint32_t at = 0; at < size; at += cipher->block) {
        if (at % SLICE == 0)
            xe_kernel_work(call->kernel,
                           (uint64_t)cipher->ns * (size - at < SLICE ? size - at : SLICE));
        chain(cipher, state, xe_arg_u32(call, 5) != 0, feed, from + at, to + at);
    }
    memcpy(feeds, feed, cipher->block);
}

#define FORM(fn, form, cipher)                                                                     \
    static void fn(struct xe_call *call)                                                           \
    {                                                                                              \
        form(call, &(cipher));                                                                     \
    }
FORM(aes_ecb, ecb, cipher_aes)
FORM(aes_cbc, cbc, cipher_aes)
FORM(des_ecb, ecb, cipher_des)
FORM(des_cbc, cbc, cipher_des)
FORM(des3_ecb, ecb, cipher_des3)
FORM(des3_cbc, cbc, cipher_des3)

/* ---- RC4 ------------------------------------------------------------------------------------ */

static bool expand_rc4(struct xe_call *call, unsigned key, struct arcfour_ctx *ret)
{
    uint32_t size = xe_arg_u32(call, key + 1);
    const uint8_t *bytes = size >= ARCFOUR_MIN_KEY_SIZE && size <= ARCFOUR_MAX_KEY_SIZE
                               ? xe_arg_view(call, key, size)
                               : NULL;

    if (bytes)
        arcfour_set_key(ret, size, bytes);
    else
        refuse(call, "a key");
    return bytes;
}

/* In place: (data, size) from argument n on. */
static void run_rc4(struct xe_call *call, unsigned n, struct arcfour_ctx *ctx)
{
    uint32_t size = xe_arg_u32(call, n + 1);
    uint8_t *data = size && size <= XE__HLE_SPAN_MAX ? xe_arg_view_rw(call, n, size) : NULL;

    if (size && !data)
        refuse(call, "data");
    for (uint32_t at = 0, piece; data && at < size; at += piece) {
        piece = size - at < SLICE ? size - at : SLICE;
        arcfour_crypt(ctx, piece, data + at, data + at);
        xe_kernel_work(call->kernel, 5 * (uint64_t)piece);
    }
}

static void store_rc4(uint8_t *state, const struct arcfour_ctx *ctx)
{
    memcpy(state, ctx->S, sizeof(ctx->S));
    state[sizeof(ctx->S)] = ctx->i;
    state[sizeof(ctx->S) + 1] = ctx->j;
}

static void rc4_key(struct xe_call *call)
{
    uint8_t *state = xe_arg_view_rw(call, 0, RC4_SIZE);
    struct arcfour_ctx ctx;

    if (!state)
        refuse(call, "state");
    else if (expand_rc4(call, 1, &ctx))
        store_rc4(state, &ctx);
}

static void rc4_ecb(struct xe_call *call)
{
    uint8_t *state = xe_arg_view_rw(call, 0, RC4_SIZE);
    struct arcfour_ctx ctx;

    if (!state) {
        refuse(call, "state");
        return;
    }
    memcpy(ctx.S, state, sizeof(ctx.S));
    ctx.i = state[sizeof(ctx.S)];
    ctx.j = state[sizeof(ctx.S) + 1];
    run_rc4(call, 1, &ctx);
    store_rc4(state, &ctx);
}

static void rc4(struct xe_call *call)
{
    struct arcfour_ctx ctx;

    if (expand_rc4(call, 0, &ctx))
        run_rc4(call, 2, &ctx);
}

#define KEY(name, fn) XE_HLE(XBOXKRNL, name, fn, "state:ptr key:ptr -> void")
#define ECB(name, fn) XE_HLE(XBOXKRNL, name, fn, "state:ptr in:ptr out:ptr encrypt:bool -> void")
#define CBC(name, fn)                                                                              \
    XE_HLE(XBOXKRNL, name, fn, "state:ptr in:ptr size:u32 out:ptr feed:ptr encrypt:bool -> void")

const struct xe_hle xe_hle_crypt_cipher[] = {
    KEY(XeCryptAesKey, aes_key),
    ECB(XeCryptAesEcb, aes_ecb),
    CBC(XeCryptAesCbc, aes_cbc),
    XE_HLE(XBOXKRNL, XeCryptDesParity, des_parity, "in:ptr size:u32 out:ptr -> void"),
    KEY(XeCryptDesKey, des_key),
    ECB(XeCryptDesEcb, des_ecb),
    CBC(XeCryptDesCbc, des_cbc),
    KEY(XeCryptDes3Key, des3_key),
    ECB(XeCryptDes3Ecb, des3_ecb),
    CBC(XeCryptDes3Cbc, des3_cbc),
    XE_HLE(XBOXKRNL, XeCryptRc4Key, rc4_key, "state:ptr key:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptRc4Ecb, rc4_ecb, "state:ptr data:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptRc4, rc4, "key:ptr key_size:u32 data:ptr size:u32 -> void"),
    XE_HLE_END,
};
