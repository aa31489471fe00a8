/* XeCrypt: hashes in pieces. What is kept between the pieces lies in guest memory, as on a console:
 * a count of bytes, the words of the hash, and the bytes of an unfinished block. Our library only
 * works through whole blocks.
 * Source: struct layouts of xkelib (XECRYPT_SHA_STATE, XECRYPT_MD5_STATE, and two of either for a
 * keyed hash, the inner one first); emoose's ExCrypt for those of SHA-2. Last blocks are padded in
 * place and stay there (xenia-canary), and the words stay the digest's.
 * Guess: a key longer than a block is hashed first, as RFC 2104 has it. */
#include <string.h>

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "kernel/hle/hle_internal.h"

#define SLICE     0x80000u /* bytes, at two nanoseconds */
#define BLOCK_MAX 128u
#define WORDS_MAX 8u
#define STATE_MAX 0xC8u
#define KEY_MAX   0x10000u

struct hash {
    uint32_t words, word; /* how many, and bytes of each; of the count, too */
    uint32_t block, digest, length;
    bool little; /* digest and length */
    uint64_t init[WORDS_MAX];
    void (*blocks)(uint64_t words[WORDS_MAX], uint32_t size, const uint8_t *bytes);
};

/* ---- whole blocks --------------------------------------------------------------------------- */

#define BLOCKS(name)                                                                               \
    static void name##_blocks(uint64_t words[WORDS_MAX], uint32_t size, const uint8_t *bytes)      \
    {                                                                                              \
        struct name##_ctx ctx = {.count = 0};                                                      \
                                                                                                   \
        for (size_t i = 0; i < sizeof(ctx.state) / sizeof(ctx.state[0]); i++)                      \
            ctx.state[i] = (uint32_t)words[i];                                                     \
        name##_update(&ctx, size, bytes);                                                          \
        for (size_t i = 0; i < sizeof(ctx.state) / sizeof(ctx.state[0]); i++)                      \
            words[i] = ctx.state[i];                                                               \
    }
BLOCKS(md5)
BLOCKS(sha1)
BLOCKS(sha256)

static void sha512_blocks(uint64_t words[WORDS_MAX], uint32_t size, const uint8_t *bytes)
{
    struct sha512_ctx ctx = {.index = 0};

    memcpy(ctx.state, words, sizeof(ctx.state));
    sha512_update(&ctx, size, bytes);
    memcpy(words, ctx.state, sizeof(ctx.state));
}

/* Source: RFC 1321 and FIPS 180-4. */
static const struct hash md5 = {
    4, 4, 64, 16, 8, true, {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476}, md5_blocks};
static const struct hash sha = {
    5,          4, 64, 20, 8, false, {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0},
    sha1_blocks};
static const struct hash sha256 = {8,
                                   4,
                                   64,
                                   32,
                                   8,
                                   false,
                                   {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F,
                                    0x9B05688C, 0x1F83D9AB, 0x5BE0CD19},
                                   sha256_blocks};
static const struct hash sha384 = {8,
                                   8,
                                   128,
                                   48,
                                   16,
                                   false,
                                   {0xCBBB9D5DC1059ED8, 0x629A292A367CD507, 0x9159015A3070DD17,
                                    0x152FECD8F70E5939, 0x67332667FFC00B31, 0x8EB44A8768581511,
                                    0xDB0C2E0D64F98FA7, 0x47B5481DBEFA4FA4},
                                   sha512_blocks};
static const struct hash sha512 = {8,
                                   8,
                                   128,
                                   64,
                                   16,
                                   false,
                                   {0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B,
                                    0xA54FF53A5F1D36F1, 0x510E527FADE682D1, 0x9B05688C2B3E6C1F,
                                    0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179},
                                   sha512_blocks};

/* ---- a context in guest memory -------------------------------------------------------------- */

static uint32_t state_size(const struct hash *hash)
{
    return hash->word * (1 + hash->words) + hash->block;
}

static void store_words(const struct hash *hash, uint8_t *state, const uint64_t words[WORDS_MAX])
{
    for (uint32_t i = 0; i < hash->words; i++)
        xe_store_be(state + hash->word * (1 + i), hash->word, words[i]);
}

static void init(const struct hash *hash, uint8_t *state)
{
    memset(state, 0, state_size(hash));
    store_words(hash, state, hash->init);
}

static void work_through(struct xe_call *call, const struct hash *hash, uint8_t *state,
                         const uint8_t *bytes, uint32_t size)
{
    uint64_t words[WORDS_MAX] = {0};

    for (uint32_t i = 0; i < hash->words; i++)
        words[i] = xe_load_be(state + hash->word * (1 + i), hash->word);
    for (uint32_t at = 0, n; at < size; at += n) {
        n = size - at < SLICE ? size - at : SLICE;
        hash->blocks(words, n, bytes + at);
        xe_kernel_work(call->kernel, 2 * (uint64_t)n);
    }
    store_words(hash, state, words);
}

/* bytes may lie in the context itself: a title can say so. */
static void update(struct xe_call *call, const struct hash *hash, uint8_t *state,
                   const uint8_t *bytes, uint32_t size)
{
    uint64_t count = xe_load_be(state, hash->word);
    uint32_t used = (uint32_t)count % hash->block, n;
    uint8_t *block = state + hash->word * (1 + hash->words);

    xe_store_be(state, hash->word, count + size);
    if (used) {
        n = size < hash->block - used ? size : hash->block - used;
        memmove(block + used, bytes, n);
        if (used + n < hash->block)
            return;
        work_through(call, hash, state, block, hash->block);
        bytes += n;
        size -= n;
    }
    n = size - size % hash->block;
    work_through(call, hash, state, bytes, n);
    memmove(block, bytes + n, size - n);
}

static void final(struct xe_call *call, const struct hash *hash, uint8_t *state,
                  uint8_t digest[BLOCK_MAX])
{
    uint64_t bits = xe_load_be(state, hash->word) * 8;
    uint32_t used = (uint32_t)xe_load_be(state, hash->word) % hash->block;
    uint8_t *block = state + hash->word * (1 + hash->words);

    block[used++] = 0x80;
    if (used > hash->block - hash->length) {
        memset(block + used, 0, hash->block - used);
        work_through(call, hash, state, block, hash->block);
        used = 0;
    }
    memset(block + used, 0, hash->block - used);
    for (uint32_t i = 0; i < 8; i++)
        block[hash->little ? hash->block - 8 + i : hash->block - 1 - i] = (uint8_t)(bits >> 8 * i);
    work_through(call, hash, state, block, hash->block);
    for (uint32_t i = 0; i < hash->digest; i++)
        digest[i] = state[hash->word + (hash->little ? i ^ 3 : i)];
}

/* ---- calls ---------------------------------------------------------------------------------- */

/* The context at argument 0, times of them; NULL, and told, where there is none. */
static uint8_t *state_of(struct xe_call *call, const struct hash *hash, uint32_t times)
{
    uint8_t *state = xe_arg_view_rw(call, 0, times * state_size(hash));

    if (!state)
        xe_kernel_call_guest_error(call, "the state at 0x%08x is not writable",
                                   xe_arg_gva(call, 0));
    return state;
}

static void call_init(struct xe_call *call, const struct hash *hash)
{
    uint8_t *state = state_of(call, hash, 1);

    if (state)
        init(hash, state);
}

/* (state, bytes, size); of a keyed hash the inner one goes on. */
static void call_update(struct xe_call *call, const struct hash *hash)
{
    uint32_t size = xe_arg_u32(call, 2);
    const uint8_t *bytes = size && size <= XE__HLE_SPAN_MAX ? xe_arg_view(call, 1, size) : NULL;
    uint8_t *state = state_of(call, hash, 1);

    if (size && !bytes)
        xe_kernel_call_guest_error(call, "%u bytes at 0x%08x are not readable or too many", size,
                                   xe_arg_gva(call, 1));
    else if (state && size)
        update(call, hash, state, bytes, size);
}

/* (state, digest, size). Without room for one it is left in the state alone. */
static void answer(struct xe_call *call, const uint8_t *digest, uint32_t size)
{
    uint32_t wanted = xe_arg_u32(call, 2);

    size = wanted < size ? wanted : size;
    if (xe_arg_gva(call, 1) && size && !xe_mem_write(call->mem, xe_arg_gva(call, 1), digest, size))
        xe_kernel_call_guest_error(call, "digest buffer 0x%08x is not writable",
                                   xe_arg_gva(call, 1));
}

static void call_final(struct xe_call *call, const struct hash *hash)
{
    uint8_t *state = state_of(call, hash, 1), digest[BLOCK_MAX];

    if (!state)
        return;
    final(call, hash, state, digest);
    answer(call, digest, hash->digest);
}

/* One block of the key, or of its digest where it is longer, changed by a byte. */
static void pad_key(struct xe_call *call, const struct hash *hash, uint8_t change,
                    uint8_t pad[BLOCK_MAX])
{
    uint32_t size = xe_arg_u32(call, 2);
    const uint8_t *key = size ? xe_arg_view(call, 1, size) : NULL;
    uint8_t state[STATE_MAX];

    memset(pad, 0, BLOCK_MAX);
    if (key && size <= hash->block) {
        memcpy(pad, key, size);
    } else if (key) {
        init(hash, state);
        update(call, hash, state, key, size);
        final(call, hash, state, pad);
    }
    for (uint32_t i = 0; i < hash->block; i++)
        pad[i] ^= change;
}

/* (states, key, size). */
static void keyed_init(struct xe_call *call, const struct hash *hash)
{
    uint32_t size = xe_arg_u32(call, 2);
    uint8_t *state = state_of(call, hash, 2), inner[BLOCK_MAX], outer[BLOCK_MAX];

    if (size && (size > KEY_MAX || !xe_arg_view(call, 1, size))) {
        xe_kernel_call_guest_error(call, "a key of %u bytes at 0x%08x is not readable or too long",
                                   size, xe_arg_gva(call, 1));
        return;
    }
    if (!state)
        return;
    pad_key(call, hash, 0x36, inner);
    pad_key(call, hash, 0x5C, outer);
    init(hash, state);
    init(hash, state + state_size(hash));
    update(call, hash, state, inner, hash->block);
    update(call, hash, state + state_size(hash), outer, hash->block);
}

static void keyed_final(struct xe_call *call, const struct hash *hash)
{
    uint8_t *state = state_of(call, hash, 2), digest[BLOCK_MAX];

    if (!state)
        return;
    final(call, hash, state, digest);
    update(call, hash, state + state_size(hash), digest, hash->digest);
    final(call, hash, state + state_size(hash), digest);
    answer(call, digest, hash->digest);
}

#define FORM(fn, form, hash)                                                                       \
    static void fn(struct xe_call *call)                                                           \
    {                                                                                              \
        form(call, &(hash));                                                                       \
    }
#define FORMS(name)                                                                                \
    FORM(xe_crypt_##name##_init, call_init, name)                                                  \
    FORM(xe_crypt_##name##_update, call_update, name)                                              \
    FORM(xe_crypt_##name##_final, call_final, name)
FORMS(md5)
FORMS(sha)
FORMS(sha256)
FORMS(sha384)
FORMS(sha512)
FORM(xe_crypt_hmac_md5_init, keyed_init, md5)
FORM(xe_crypt_hmac_md5_final, keyed_final, md5)
FORM(xe_crypt_hmac_sha_init, keyed_init, sha)
FORM(xe_crypt_hmac_sha_final, keyed_final, sha)

#define INIT(name, fn)   XE_HLE(XBOXKRNL, name, fn, "state:ptr -> void")
#define UPDATE(name, fn) XE_HLE(XBOXKRNL, name, fn, "state:ptr bytes:ptr size:u32 -> void")
#define FINAL(name, fn)  XE_HLE(XBOXKRNL, name, fn, "state:ptr digest:ptr size:u32 -> void")
#define KEY(name, fn)    XE_HLE(XBOXKRNL, name, fn, "state:ptr key:ptr size:u32 -> void")

const struct xe_hle xe_hle_crypt_hash[] = {
    INIT(XeCryptMd5Init, xe_crypt_md5_init),
    UPDATE(XeCryptMd5Update, xe_crypt_md5_update),
    FINAL(XeCryptMd5Final, xe_crypt_md5_final),
    INIT(XeCryptShaInit, xe_crypt_sha_init),
    UPDATE(XeCryptShaUpdate, xe_crypt_sha_update),
    FINAL(XeCryptShaFinal, xe_crypt_sha_final),
    INIT(XeCryptSha256Init, xe_crypt_sha256_init),
    UPDATE(XeCryptSha256Update, xe_crypt_sha256_update),
    FINAL(XeCryptSha256Final, xe_crypt_sha256_final),
    INIT(XeCryptSha384Init, xe_crypt_sha384_init),
    UPDATE(XeCryptSha384Update, xe_crypt_sha384_update),
    FINAL(XeCryptSha384Final, xe_crypt_sha384_final),
    INIT(XeCryptSha512Init, xe_crypt_sha512_init),
    UPDATE(XeCryptSha512Update, xe_crypt_sha512_update),
    FINAL(XeCryptSha512Final, xe_crypt_sha512_final),
    KEY(XeCryptHmacMd5Init, xe_crypt_hmac_md5_init),
    UPDATE(XeCryptHmacMd5Update, xe_crypt_md5_update),
    FINAL(XeCryptHmacMd5Final, xe_crypt_hmac_md5_final),
    KEY(XeCryptHmacShaInit, xe_crypt_hmac_sha_init),
    UPDATE(XeCryptHmacShaUpdate, xe_crypt_sha_update),
    FINAL(XeCryptHmacShaFinal, xe_crypt_hmac_sha_final),
    XE_HLE_END,
};
