/* The hashes and the cipher that XEX files use, over libgcrypt. No state is kept between calls.
 * What takes a breath (may be NULL) works in slices. */
#ifndef XE_LOADER_CRYPTO_H
#define XE_LOADER_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/breath.h"

#define XE__SHA1_SIZE   20
#define XE__SHA256_SIZE 32
#define XE__AES_SIZE    16 /* key and block */

/* SHA-1 over two pieces, one behind the other; the second may be empty. False: out of memory. */
bool xe__loader_crypto_sha1(const void *first, size_t first_size, const void *second,
                            size_t second_size, uint8_t ret_digest[XE__SHA1_SIZE],
                            const struct xe_breath *breath);

/* Does the SHA-1 of the two pieces equal the expected digest? False also when out of memory. */
bool xe__loader_crypto_sha1_is(const void *first, size_t first_size, const void *second,
                               size_t second_size, const uint8_t expected[XE__SHA1_SIZE],
                               const struct xe_breath *breath);

bool xe__loader_crypto_sha256(const void *bytes, size_t size, uint8_t ret_digest[XE__SHA256_SIZE],
                              const struct xe_breath *breath);

/* Decrypt one AES-128 block (ECB). False: libgcrypt refused. */
bool xe__loader_crypto_aes_block(const uint8_t key[XE__AES_SIZE], const uint8_t in[XE__AES_SIZE],
                                 uint8_t ret_out[XE__AES_SIZE]);

/* Decrypt AES-128-CBC with a zero IV; bytes past the last whole block are copied as they are. */
bool xe__loader_crypto_aes_cbc(const uint8_t key[XE__AES_SIZE], const uint8_t *in, uint8_t *out,
                               size_t size, const struct xe_breath *breath);

#endif
