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

bool xe__crypto_sha1(const void *first, size_t first_size, const void *second, size_t second_size,
                     uint8_t ret_digest[XE__SHA1_SIZE])
{
    const gcry_buffer_t pieces[2] = {
        {.len = first_size, .data = (void *)(uintptr_t)first},
        {.len = second_size, .data = (void *)(uintptr_t)second},
    };

    ready();
    return gcry_md_hash_buffers(GCRY_MD_SHA1, 0, ret_digest, pieces, second_size ? 2 : 1) == 0;
}

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
/* Fuzz targets only (tests/loader/fuzz.h): a fuzzer can't guess hashes, so all of them match. */
bool xe__crypto_sha1_is(const void *first, size_t first_size, const void *second,
                        size_t second_size, const uint8_t expected[XE__SHA1_SIZE])
{
    (void)first, (void)first_size, (void)second, (void)second_size, (void)expected;
    return true;
}
#else
bool xe__crypto_sha1_is(const void *first, size_t first_size, const void *second,
                        size_t second_size, const uint8_t expected[XE__SHA1_SIZE])
{
    uint8_t digest[XE__SHA1_SIZE];

    return xe__crypto_sha1(first, first_size, second, second_size, digest) &&
           memcmp(digest, expected, sizeof(digest)) == 0;
}
#endif

void xe__crypto_sha256(const void *bytes, size_t size, uint8_t ret_digest[XE__SHA256_SIZE])
{
    ready();
    gcry_md_hash_buffer(GCRY_MD_SHA256, ret_digest, bytes, size);
}

static bool decrypt(int mode, const uint8_t *key, const uint8_t *in, uint8_t *out, size_t size)
{
    static const uint8_t zero_iv[XE__AES_SIZE];
    gcry_cipher_hd_t cipher;
    bool done;

    ready();
    if (gcry_cipher_open(&cipher, GCRY_CIPHER_AES128, mode, 0))
        return false;
    done = !gcry_cipher_setkey(cipher, key, XE__AES_SIZE) &&
           (mode == GCRY_CIPHER_MODE_ECB || !gcry_cipher_setiv(cipher, zero_iv, XE__AES_SIZE)) &&
           (size == 0 || !gcry_cipher_decrypt(cipher, out, size, in, size));
    gcry_cipher_close(cipher);
    return done;
}

bool xe__crypto_aes_block(const uint8_t key[XE__AES_SIZE], const uint8_t in[XE__AES_SIZE],
                          uint8_t ret_out[XE__AES_SIZE])
{
    return decrypt(GCRY_CIPHER_MODE_ECB, key, in, ret_out, XE__AES_SIZE);
}

bool xe__crypto_aes_cbc(const uint8_t key[XE__AES_SIZE], const uint8_t *in, uint8_t *out,
                        size_t size)
{
    size_t whole = size & ~(size_t)(XE__AES_SIZE - 1);

    memmove(out + whole, in + whole, size - whole);
    return decrypt(GCRY_CIPHER_MODE_CBC, key, in, out, whole);
}
