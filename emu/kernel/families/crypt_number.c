/* XeCrypt: large numbers, and what is made of them. A number is a row of quadwords, the least one
 * first, each big-endian ("QwNe").
 * Source: xkelib (argument lists, XECRYPT_RSA), xenia and emoose's ExCrypt (order of quadwords,
 * sizes that are taken, formats of PKCS #1 signatures). Guess: an exponent or modulus is as long as
 * the number; a number that is not below the modulus is refused, and so is modulus 0. */
#include <string.h>

#include <gcrypt.h>

#include "kernel/hle/hle_internal.h"

#define QUADS_MAX  0x40u /* 4,096 bits */
#define BYTES_MAX  (8 * QUADS_MAX)
#define RSA_HEAD   0x10u /* quadwords, public exponent, reserved; then the modulus */
#define HASH_SIZE  20u
#define SIG_MIN    39u
#define SIG_MAX    512u
#define SIG_FORMAT 0x16u /* a byte that tells the three formats apart */

/* ---- numbers -------------------------------------------------------------------------------- */

/* A view of a row at an argument; NULL: none, or too long. */
static const uint8_t *row_of(const struct xe_call *call, unsigned n, uint32_t quads)
{
    return quads && quads <= QUADS_MAX ? xe_arg_view(call, n, 8 * quads) : NULL;
}

/* NULL: out of memory. */
static gcry_mpi_t take_number(const uint8_t *row, uint32_t quads)
{
    uint8_t bytes[BYTES_MAX];
    gcry_mpi_t ret = NULL;

    for (uint32_t i = 0; i < quads; i++)
        memcpy(bytes + 8 * i, row + 8 * (quads - 1 - i), 8);
    return gcry_mpi_scan(&ret, GCRYMPI_FMT_USG, bytes, 8 * quads, NULL) ? NULL : ret;
}

/* It has room: it is below a modulus of that many. */
static void store_number(uint8_t *row, uint32_t quads, gcry_mpi_t number)
{
    uint8_t bytes[BYTES_MAX] = {0};
    size_t size = 0;

    gcry_mpi_print(GCRYMPI_FMT_USG, NULL, 0, &size, number);
    if (size > 8 * quads ||
        gcry_mpi_print(GCRYMPI_FMT_USG, bytes + 8 * quads - size, size, &size, number))
        return;
    for (uint32_t i = 0; i < quads; i++)
        memcpy(row + 8 * i, bytes + 8 * (quads - 1 - i), 8);
}

struct power {
    gcry_mpi_t base, exponent, modulus; /* owned */
};

/* base to the exponent, into a row. A bit of the exponent costs two products. */
static bool raise_to(struct xe_call *call, const struct power *p, uint8_t *out, uint32_t quads)
{
    gcry_mpi_t result;

    if (!p->base || !p->exponent || !p->modulus || gcry_mpi_cmp_ui(p->modulus, 0) == 0 ||
        gcry_mpi_cmp(p->base, p->modulus) >= 0)
        return false;
    result = gcry_mpi_new(64 * quads);
    if (!result)
        return false;
    xe_kernel_work(call->kernel, 4 * (uint64_t)gcry_mpi_get_nbits(p->exponent) * quads * quads);
    gcry_mpi_powm(result, p->base, p->exponent, p->modulus);
    store_number(out, quads, result);
    gcry_mpi_release(result);
    return true;
}

static bool raise_and_free(struct xe_call *call, struct power *p, uint8_t *out, uint32_t quads)
{
    bool ok = raise_to(call, p, out, quads);

    gcry_mpi_release(p->base);
    gcry_mpi_release(p->exponent);
    gcry_mpi_release(p->modulus);
    return ok;
}

static void refuse(struct xe_call *call, uint32_t quads)
{
    xe_kernel_call_guest_error(call, "numbers of %u quadwords are not mapped, or too long", quads);
    xe_ret_u32(call, 0);
}

/* (out, base, exponent, modulus, quadwords) */
static void mod_exp(struct xe_call *call)
{
    uint32_t quads = xe_arg_u32(call, 4);
    const uint8_t *row[3];
    uint8_t *out = quads && quads <= QUADS_MAX ? xe_arg_view_rw(call, 0, 8 * quads) : NULL;

    for (unsigned i = 0; i < 3; i++)
        row[i] = row_of(call, 1 + i, quads);
    if (!out || !row[0] || !row[1] || !row[2]) {
        refuse(call, quads);
        return;
    }
    xe_ret_u32(call, raise_and_free(call,
                                    &(struct power){.base = take_number(row[0], quads),
                                                    .exponent = take_number(row[1], quads),
                                                    .modulus = take_number(row[2], quads)},
                                    out, quads));
}

/* (in, out, key) */
static void rsa_public(struct xe_call *call)
{
    const uint8_t *key = xe_arg_view(call, 2, RSA_HEAD);
    uint32_t quads = key ? xe_load_be32(key) : 0;
    const uint8_t *in = row_of(call, 0, quads);
    uint8_t *out = in ? xe_arg_view_rw(call, 1, 8 * quads) : NULL;

    key = in ? xe_arg_view(call, 2, RSA_HEAD + 8 * quads) : NULL;
    if (!key || !out) {
        refuse(call, quads);
        return;
    }
    xe_ret_u32(call, raise_and_free(call,
                                    &(struct power){
                                        .base = take_number(in, quads),
                                        .exponent = gcry_mpi_set_ui(NULL, xe_load_be32(key + 4)),
                                        .modulus = take_number(key + RSA_HEAD, quads),
                                    },
                                    out, quads));
}

/* (a, b, quadwords): -1, 0 or 1 */
static void compare(struct xe_call *call)
{
    uint32_t quads = xe_arg_u32(call, 2);
    const uint8_t *a = row_of(call, 0, quads), *b = row_of(call, 1, quads);
    int order = 0;

    if (quads && (!a || !b)) {
        refuse(call, quads);
        return;
    }
    while (!order && quads--)
        order = memcmp(a + 8 * quads, b + 8 * quads, 8);
    xe_ret_s32(call, (order > 0) - (order < 0));
}

/* ---- signatures ----------------------------------------------------------------------------- */

/* What stands before the hash, in the order of PKCS #1; here everything is the other way round.
 * Source: RFC 8017, 9.2: that a SHA-1 hash follows, with and without parameters. */
static const struct {
    uint8_t size, bytes[16];
} formats[] = {
    {16, {0, 0x30, 0x21, 0x30, 9, 6, 5, 0x2B, 0x0E, 3, 2, 0x1A, 5, 0, 4, 0x14}},
    {14, {0, 0x30, 0x1F, 0x30, 7, 6, 5, 0x2B, 0x0E, 3, 2, 0x1A, 4, 0x14}},
    {1, {0}},
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* As far as the filling, which stands also for a format that there is not. */
static void format_signature(const uint8_t *hash, uint32_t format, uint8_t *to, uint32_t size)
{
    memset(to, 0xFF, size);
    to[size - 1] = 0;
    to[size - 2] = 1;
    for (uint32_t i = 0; i < HASH_SIZE; i++)
        to[i] = hash[HASH_SIZE - 1 - i];
    for (uint32_t i = 0; format < FORMATS && i < formats[format].size; i++)
        to[HASH_SIZE + i] = formats[format].bytes[formats[format].size - 1 - i];
}

static bool signature_size(uint32_t size)
{
    return size >= SIG_MIN && size <= SIG_MAX;
}

/* (hash, format, signature, size) */
static void pkcs1_format(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 3);
    const uint8_t *hash = xe_arg_view(call, 0, HASH_SIZE);
    uint8_t *to = signature_size(size) ? xe_arg_view_rw(call, 2, size) : NULL, copy[SIG_MAX];

    if (!hash || !to) {
        xe_kernel_call_guest_error(call, "hash or signature of %u bytes is not mapped, or too long",
                                   size);
        return;
    }
    format_signature(hash, xe_arg_u32(call, 1), copy, size);
    memcpy(to, copy, size);
}

/* (hash, signature, size) */
static void pkcs1_verify(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 2), format;
    const uint8_t *hash = xe_arg_view(call, 0, HASH_SIZE);
    const uint8_t *is = signature_size(size) ? xe_arg_view(call, 1, size) : NULL;
    uint8_t want[SIG_MAX];

    if (!hash || !is) {
        xe_ret_u32(call, 0);
        return;
    }
    format = is[SIG_FORMAT] == 0 ? 0 : is[SIG_FORMAT] == 0x1A ? 1 : 2;
    format_signature(hash, format, want, size);
    xe_ret_u32(call, memcmp(is, want, size) == 0);
}

const struct xe_hle xe_hle_crypt_number[] = {
    XE_HLE(XBOXKRNL, XeCryptBnQwNeModExp, mod_exp,
           "out:ptr base:ptr exponent:ptr modulus:ptr count:u32 -> bool"),
    XE_HLE(XBOXKRNL, XeCryptBnQwNeRsaPubCrypt, rsa_public, "in:ptr out:ptr key:ptr -> bool"),
    XE_HLE(XBOXKRNL, XeCryptBnQwNeCompare, compare, "a:ptr b:ptr count:u32 -> s32"),
    XE_HLE(XBOXKRNL, XeCryptBnDwLePkcs1Format, pkcs1_format,
           "hash:ptr format:u32 signature:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, XeCryptBnDwLePkcs1Verify, pkcs1_verify,
           "hash:ptr signature:ptr size:u32 -> bool"),
    XE_HLE_END,
};
