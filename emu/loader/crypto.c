/* Hashes and AES by libgcrypt. Whoever embeds us may have set libgcrypt up already; when nobody
 * did, the first call here does, which libgcrypt allows any number of times. */
#include "loader/crypto.h"

#include <string.h>

#include <gcrypt.h>

static void ready(void)
{
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
        return;
    gcry_check_version(NULL);
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0); /* the keys are public knowledge */
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

#define SLICE ((size_t)1 << 20) /* a millisecond's work, or a few */

static void hash_slices(gcry_md_hd_t md, const uint8_t *bytes, size_t size,
                        const struct xe_breath *breath)
{
    for (size_t at = 0, n; at < size; at += n) {
        n = size - at < SLICE ? size - at : SLICE;
        gcry_md_write(md, bytes + at, n);
        if (n == SLICE)
            xe_breathe(breath);
    }
}

bool xe__loader_crypto_sha1(const void *first, size_t first_size, const void *second,
                            size_t second_size, uint8_t ret_digest[XE__SHA1_SIZE],
                            const struct xe_breath *breath)
{
    gcry_md_hd_t md;

    ready();
    if (gcry_md_open(&md, GCRY_MD_SHA1, 0))
        return false;
    hash_slices(md, first, first_size, breath);
    hash_slices(md, second, second_size, breath);
    memcpy(ret_digest, gcry_md_read(md, GCRY_MD_SHA1), XE__SHA1_SIZE);
    gcry_md_close(md);
    return true;
}

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
/* Fuzz targets only (tests/loader/fuzz.h): a fuzzer can't guess hashes, so all of them match. */
bool xe__loader_crypto_sha1_is(const void *first, size_t first_size, const void *second,
                               size_t second_size, const uint8_t expected[XE__SHA1_SIZE],
                               const struct xe_breath *breath)
{
    (void)breath;
    (void)first, (void)first_size, (void)second, (void)second_size, (void)expected;
    return true;
}
#else
bool xe__loader_crypto_sha1_is(const void *first, size_t first_size, const void *second,
                               size_t second_size, const uint8_t expected[XE__SHA1_SIZE],
                               const struct xe_breath *breath)
{
    uint8_t digest[XE__SHA1_SIZE];

    return xe__loader_crypto_sha1(first, first_size, second, second_size, digest, breath) &&
           memcmp(digest, expected, sizeof(digest)) == 0;
}
#endif

bool xe__loader_crypto_sha256(const void *bytes, size_t size, uint8_t ret_digest[XE__SHA256_SIZE],
                              const struct xe_breath *breath)
{
    gcry_md_hd_t md;

    ready();
    if (gcry_md_open(&md, GCRY_MD_SHA256, 0))
        return false;
    hash_slices(md, bytes, size, breath);
    memcpy(ret_digest, gcry_md_read(md, GCRY_MD_SHA256), XE__SHA256_SIZE);
    gcry_md_close(md);
    return true;
}

static bool decrypt_slices(gcry_cipher_hd_t cipher, const uint8_t *in, uint8_t *out, size_t size,
                           const struct xe_breath *breath)
{
    for (size_t at = 0, n; at < size; at += n) {
        n = size - at < SLICE ? size - at : SLICE;
        if (gcry_cipher_decrypt(cipher, out + at, n, in + at, n))
            return false;
        if (n == SLICE)
            xe_breathe(breath);
    }
    return true;
}

static bool decrypt(int mode, const uint8_t *key, const uint8_t *in, uint8_t *out, size_t size,
                    const struct xe_breath *breath)
{
    static const uint8_t zero_iv[XE__AES_SIZE];
    gcry_cipher_hd_t cipher;
    bool done;

    ready();
    if (gcry_cipher_open(&cipher, GCRY_CIPHER_AES128, mode, 0))
        return false;
    done = !gcry_cipher_setkey(cipher, key, XE__AES_SIZE) &&
           (mode == GCRY_CIPHER_MODE_ECB || !gcry_cipher_setiv(cipher, zero_iv, XE__AES_SIZE)) &&
           decrypt_slices(cipher, in, out, size, breath);
    gcry_cipher_close(cipher);
    return done;
}

bool xe__loader_crypto_aes_block(const uint8_t key[XE__AES_SIZE], const uint8_t in[XE__AES_SIZE],
                                 uint8_t ret_out[XE__AES_SIZE])
{
    return decrypt(GCRY_CIPHER_MODE_ECB, key, in, ret_out, XE__AES_SIZE, NULL);
}

bool xe__loader_crypto_aes_cbc(const uint8_t key[XE__AES_SIZE], const uint8_t *in, uint8_t *out,
                               size_t size, const struct xe_breath *breath)
{
    size_t whole = size & ~(size_t)(XE__AES_SIZE - 1);

    memmove(out + whole, in + whole, size - whole);
    return decrypt(GCRY_CIPHER_MODE_CBC, key, in, out, whole, breath);
}
