/* XeCrypt calls, by published vectors: FIPS 180-4, RFC 1321, RFC 2202, RFC 6229, FIPS 197, SP
 * 800-38A and what other rows name. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"

#define STATE (SCRATCH + 0x40)
#define KEY   (SCRATCH + 0x400)
#define TEXT  (SCRATCH + 0x800)
#define ROOM  (SCRATCH + 0x1800)
#define END   (SCRATCH + SCRATCH_SIZE)

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_crypt, .init = setup, .fini = teardown);

static void expect_bytes(xe_gva at, const char *hex, const char *what)
{
    const uint8_t *p = xe_mem_view(h.bench.mem, at, (uint32_t)strlen(hex) / 2);
    char got[1024] = "";

    for (size_t i = 0; i < strlen(hex) / 2; i++)
        snprintf(got + 2 * i, 3, "%02x", p[i]);
    cr_expect_str_eq(got, hex, "%s", what);
}

/* ---- hashes in pieces ----------------------------------------------------------------------- */

#define FIPS_TEXT "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define LONG_TEXT                                                                                  \
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"     \
    "lmnopqrsmnopqrstnopqrstu"

#define HASH(name)                                                                                 \
    XE_ORD_XBOXKRNL_##name##Init, XE_ORD_XBOXKRNL_##name##Update, XE_ORD_XBOXKRNL_##name##Final

static const struct {
    uint32_t init, update, final;
    const char *text, *digest;
} hashes[] = {
    {HASH(XeCryptMd5), "", "d41d8cd98f00b204e9800998ecf8427e"},
    {HASH(XeCryptMd5), "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
    {HASH(XeCryptMd5),
     "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
     "57edf4a22be3c955ac49da2e2107b67a"},
    {HASH(XeCryptSha), "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {HASH(XeCryptSha), FIPS_TEXT, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
    {HASH(XeCryptSha256), "abc",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {HASH(XeCryptSha256), FIPS_TEXT,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {HASH(XeCryptSha384), LONG_TEXT,
     "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa"
     "91746039"},
    {HASH(XeCryptSha512), "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23"
     "a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {HASH(XeCryptSha512), LONG_TEXT,
     "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99de"
     "c4b5433ac7d329eeb6dd26545e96e55b874be909"},
};

static void krnl(uint32_t ordinal, uint64_t a, uint64_t b, uint64_t c)
{
    hle_call(&h, XE_HLE_XBOXKRNL, ordinal, 3, (uint64_t[]){a, b, c});
}

Test(hle_crypt, hashes_in_pieces_of_every_size)
{
    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
        for (uint32_t piece = 1; piece <= 130; piece += piece < 8 ? 1 : 61) {
            uint32_t size = (uint32_t)strlen(hashes[i].text);
            char what[32];

            hle_put(&h, TEXT, hashes[i].text);
            krnl(hashes[i].init, STATE, 0, 0);
            for (uint32_t at = 0; at < size; at += piece)
                krnl(hashes[i].update, STATE, TEXT + at, size - at < piece ? size - at : piece);
            krnl(hashes[i].final, STATE, ROOM, 1000);
            snprintf(what, sizeof(what), "row %zu by %u", i, piece);
            expect_bytes(ROOM, hashes[i].digest, what);
        }
}

Test(hle_crypt, a_state_is_where_titles_look)
{
    CALL(&h, XBOXKRNL, XeCryptShaInit, STATE);
    expect_bytes(STATE, "0000000067452301efcdab8998badcfe10325476c3d2e1f0", "SHA");
    hle_put(&h, TEXT, "abc");
    CALL(&h, XBOXKRNL, XeCryptShaUpdate, STATE, TEXT, 3);
    expect_bytes(STATE, "00000003", "bytes");
    expect_bytes(STATE + 0x18, "61626300", "the unfinished block");
    CALL(&h, XBOXKRNL, XeCryptShaFinal, STATE, 0, 20);
    expect_bytes(STATE + 4, "a9993e364706816aba3e25717850c26c9cd0d89d", "no room is asked for");
    expect_bytes(STATE + 0x18, "61626380", "padded in place");
    expect_bytes(STATE + 0x50, "0000000000000018", "and how long it was");
    CALL(&h, XBOXKRNL, XeCryptMd5Init, STATE);
    CALL(&h, XBOXKRNL, XeCryptMd5Update, STATE, TEXT, 3);
    CALL(&h, XBOXKRNL, XeCryptMd5Final, STATE, ROOM, 4);
    expect_bytes(ROOM, "9001509800000000", "no more than is asked for");
    expect_bytes(STATE + 4, "98500190b04fd23c", "words of MD5 are big-endian here");
}

Test(hle_crypt, what_is_not_there_is_not_hashed)
{
    char text[512];

    CALL(&h, XBOXKRNL, XeCryptShaInit, STATE);
    CALL(&h, XBOXKRNL, XeCryptShaUpdate, STATE, UNREADABLE, 3);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
    CALL(&h, XBOXKRNL, XeCryptShaUpdate, STATE, TEXT, UINT32_MAX);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 2);
    CALL(&h, XBOXKRNL, XeCryptShaUpdate, STATE, 0, 0);
    expect_bytes(STATE, "00000000", "none");
    CALL(&h, XBOXKRNL, XeCryptShaFinal, STATE, UNREADABLE, 20);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 3);
    CALL(&h, XBOXKRNL, XeCryptSha512Init, END - 0xC4);
    CALL(&h, XBOXKRNL, XeCryptSha512Update, END - 0xC4, TEXT, 3);
    CALL(&h, XBOXKRNL, XeCryptSha512Final, END - 0xC4, ROOM, 64);
    CALL(&h, XBOXKRNL, XeCryptHmacShaInit, END - 0xAC, KEY, 20);
    CALL(&h, XBOXKRNL, XeCryptHmacShaInit, STATE, UNREADABLE, 20);
    CALL(&h, XBOXKRNL, XeCryptHmacShaInit, STATE, KEY, 0x20000);
    CALL(&h, XBOXKRNL, XeCryptHmacShaFinal, END - 0xAC, ROOM, 20);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 10);
}

/* A title can have a state hash itself, and its count be anything. */
Test(hle_crypt, states_may_say_anything)
{
    xe_mem_set_u32(h.bench.mem, STATE, UINT32_MAX);
    CALL(&h, XBOXKRNL, XeCryptShaUpdate, STATE, STATE, 0x58);
    expect_bytes(STATE, "00000057", "it wraps");
    xe_mem_set_u64(h.bench.mem, STATE, UINT64_MAX);
    CALL(&h, XBOXKRNL, XeCryptSha512Final, STATE, STATE, 64);
}

/* RFC 2202: cases 2 and 6, whose key is longer than a block. */
Test(hle_crypt, keyed_hashes_in_pieces)
{
    hle_put(&h, KEY, "Jefe");
    hle_put(&h, TEXT, "what do ya want for nothing?");
    CALL(&h, XBOXKRNL, XeCryptHmacShaInit, STATE, KEY, 4);
    CALL(&h, XBOXKRNL, XeCryptHmacShaUpdate, STATE, TEXT, 5);
    CALL(&h, XBOXKRNL, XeCryptHmacShaUpdate, STATE, TEXT + 5, 23);
    CALL(&h, XBOXKRNL, XeCryptHmacShaFinal, STATE, ROOM, 20);
    expect_bytes(ROOM, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", "SHA-1");
    CALL(&h, XBOXKRNL, XeCryptHmacMd5Init, STATE, KEY, 4);
    CALL(&h, XBOXKRNL, XeCryptHmacMd5Update, STATE, TEXT, 28);
    CALL(&h, XBOXKRNL, XeCryptHmacMd5Final, STATE, ROOM, 16);
    expect_bytes(ROOM, "750c783e6ab0b503eaa86e310a5db738", "MD5");
    memset(xe_mem_view_rw(h.bench.mem, KEY, 80), 0xAA, 80);
    hle_put(&h, TEXT, "Test Using Larger Than Block-Size Key - Hash Key First");
    CALL(&h, XBOXKRNL, XeCryptHmacShaInit, STATE, KEY, 80);
    CALL(&h, XBOXKRNL, XeCryptHmacShaUpdate, STATE, TEXT, 54);
    CALL(&h, XBOXKRNL, XeCryptHmacShaFinal, STATE, ROOM, 20);
    expect_bytes(ROOM, "aa4ae5e15272d00e95705637ce8a3b55ed402112", "a long key");
}

/* ---- ciphers -------------------------------------------------------------------------------- */

static void put_hex(xe_gva at, const char *hex)
{
    uint8_t *p = xe_mem_view_rw(h.bench.mem, at, (uint32_t)strlen(hex) / 2);

    for (size_t i = 0; i < strlen(hex) / 2; i++) {
        unsigned byte = 0;

        sscanf(hex + 2 * i, "%2x", &byte);
        p[i] = (uint8_t)byte;
    }
}

#define CIPHER(name)                                                                               \
    XE_ORD_XBOXKRNL_##name##Key, XE_ORD_XBOXKRNL_##name##Ecb, XE_ORD_XBOXKRNL_##name##Cbc

/* Source: FIPS 197 B, SP 800-38A F.2.1; FIPS 81 C; SP 800-67 B.1. */
static const struct {
    uint32_t key_call, ecb, cbc, block;
    const char *key, *feed; /* NULL: each block alone */
    const char *plain, *secret;
} ciphers[] = {
    {CIPHER(XeCryptAes), 16, "2b7e151628aed2a6abf7158809cf4f3c", NULL,
     "3243f6a8885a308d313198a2e0370734", "3925841d02dc09fbdc118597196a0b32"},
    {CIPHER(XeCryptAes), 16, "2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"},
    {CIPHER(XeCryptDes), 8, "0123456789abcdef", NULL,
     "4e6f77206973207468652074696d6520666f7220616c6c20",
     "3fa40e8a984d48156a271787ab8883f9893d51ec4b563b53"},
    {CIPHER(XeCryptDes), 8, "0123456789abcdef", "1234567890abcdef",
     "4e6f77206973207468652074696d6520666f7220616c6c20",
     "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6"},
    {CIPHER(XeCryptDes3), 8, "0123456789abcdef23456789abcdef01456789abcdef0123", NULL,
     "5468652071756663", "a826fd8ce53b855f"},
    /* What openssl des-ede3-cbc makes of it. */
    {CIPHER(XeCryptDes3), 8, "0123456789abcdef23456789abcdef01456789abcdef0123", "1234567890abcdef",
     "5468652071756663206b2062726f776e", "38413d4ba2325cf12ba4cb7d4bd8432e"},
};

/* One way, in place. */
static void crypt_row(size_t row, const char *from, bool encrypt)
{
    uint32_t size = (uint32_t)strlen(from) / 2;

    put_hex(TEXT, from);
    if (ciphers[row].feed) {
        put_hex(ROOM, ciphers[row].feed);
        hle_call(&h, XE_HLE_XBOXKRNL, ciphers[row].cbc, 6,
                 (uint64_t[]){STATE, TEXT, size + 3, TEXT, ROOM, encrypt});
        return;
    }
    for (uint32_t at = 0; at < size; at += ciphers[row].block)
        hle_call(&h, XE_HLE_XBOXKRNL, ciphers[row].ecb, 4,
                 (uint64_t[]){STATE, TEXT + at, TEXT + at, encrypt});
}

Test(hle_crypt, ciphers_both_ways)
{
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        const char *secret = ciphers[i].secret;
        char what[32];

        snprintf(what, sizeof(what), "row %zu", i);
        put_hex(KEY, ciphers[i].key);
        krnl(ciphers[i].key_call, STATE, KEY, 0);
        crypt_row(i, ciphers[i].plain, true);
        expect_bytes(TEXT, secret, what);
        if (ciphers[i].feed)
            expect_bytes(ROOM, secret + strlen(secret) - 2 * ciphers[i].block, "feed");
        crypt_row(i, secret, false);
        expect_bytes(TEXT, ciphers[i].plain, what);
        if (ciphers[i].feed)
            expect_bytes(ROOM, secret + strlen(secret) - 2 * ciphers[i].block, "feed");
    }
}

/* FIPS 197 A.1: what is used is what lies there, wherever it came from. */
Test(hle_crypt, keys_lie_in_the_state)
{
    put_hex(KEY, "2b7e151628aed2a6abf7158809cf4f3c");
    CALL(&h, XBOXKRNL, XeCryptAesKey, STATE, KEY);
    expect_bytes(STATE, "2b7e151628aed2a6abf7158809cf4f3ca0fafe1788542cb123a339392a6c7605", "AES");
    expect_bytes(STATE + 0xA0, "d014f9a8c9ee2589e13f0cc8b6630ca6", "the last round's");
    memcpy(xe_mem_view_rw(h.bench.mem, TEXT, 0x160), xe_mem_view(h.bench.mem, STATE, 0x160), 0x160);
    put_hex(ROOM, "3243f6a8885a308d313198a2e0370734");
    CALL(&h, XBOXKRNL, XeCryptAesEcb, TEXT, ROOM, ROOM, 1);
    expect_bytes(ROOM, "3925841d02dc09fbdc118597196a0b32", "a copy of a state");
    put_hex(TEXT, "00017f80ff");
    CALL(&h, XBOXKRNL, XeCryptDesParity, TEXT, 5, ROOM);
    expect_bytes(ROOM, "01017f80fe", "odd");
}

/* RFC 6229: the first bytes of the stream. */
Test(hle_crypt, rc4_goes_on_where_it_was)
{
    put_hex(KEY, "0102030405060708090a0b0c0d0e0f10");
    CALL(&h, XBOXKRNL, XeCryptRc4, KEY, 5, TEXT, 16);
    expect_bytes(TEXT, "b2396305f03dc027ccc3524a0a1118a8", "40 bits");
    memset(xe_mem_view_rw(h.bench.mem, TEXT, 16), 0, 16);
    CALL(&h, XBOXKRNL, XeCryptRc4Key, STATE, KEY, 16);
    expect_bytes(STATE + 0x100, "0000", "at its beginning");
    CALL(&h, XBOXKRNL, XeCryptRc4Ecb, STATE, TEXT, 5);
    CALL(&h, XBOXKRNL, XeCryptRc4Ecb, STATE, TEXT + 5, 11);
    expect_bytes(TEXT, "9ac7cc9a609d1ef7b2932899cde41b97", "128 bits, in two pieces");
    expect_bytes(STATE + 0x100, "10", "sixteen bytes on");
}

Test(hle_crypt, what_is_not_there_is_not_encrypted)
{
    char text[512];

    CALL(&h, XBOXKRNL, XeCryptAesKey, END - 0x15C, KEY);
    CALL(&h, XBOXKRNL, XeCryptAesKey, STATE, UNREADABLE);
    CALL(&h, XBOXKRNL, XeCryptAesEcb, STATE, END - 8, ROOM, 1);
    CALL(&h, XBOXKRNL, XeCryptAesCbc, STATE, TEXT, UINT32_MAX, TEXT, ROOM, 1);
    CALL(&h, XBOXKRNL, XeCryptAesCbc, STATE, TEXT, 16, TEXT, UNREADABLE, 0);
    CALL(&h, XBOXKRNL, XeCryptDes3Key, END - 0x17C, KEY);
    CALL(&h, XBOXKRNL, XeCryptDes3Cbc, END - 0x17C, TEXT, 8, TEXT, ROOM, 1);
    CALL(&h, XBOXKRNL, XeCryptDesParity, TEXT, UINT32_MAX, ROOM);
    CALL(&h, XBOXKRNL, XeCryptRc4Key, STATE, KEY, 0);
    CALL(&h, XBOXKRNL, XeCryptRc4Key, STATE, KEY, 257);
    CALL(&h, XBOXKRNL, XeCryptRc4Ecb, STATE, END - 4, 5);
    CALL(&h, XBOXKRNL, XeCryptRc4Ecb, END - 0x100, TEXT, 5);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 12);
}

/* ---- numbers -------------------------------------------------------------------------------- */

/* Bytes from the highest on, as everybody else writes them, into quadwords from the least on. */
static void put_number(xe_gva at, const char *hex, uint32_t quads)
{
    for (uint32_t i = 0; i < quads; i++) {
        char quad[17] = "";

        memcpy(quad, hex + 16 * (quads - 1 - i), 16);
        put_hex(at + 8 * i, quad);
    }
}

/* 65 to the 17th is 2790 modulo 3233: the textbooks' key. */
Test(hle_crypt, powers)
{
    put_number(KEY, "00000000000000000000000000000041", 2);
    put_number(KEY + 0x10, "00000000000000000000000000000011", 2);
    put_number(KEY + 0x20, "00000000000000000000000000000ca1", 2);
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeModExp, ROOM, KEY, KEY + 0x10, KEY + 0x20, 2), 1);
    expect_bytes(ROOM, "0000000000000ae60000000000000000", "");
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeModExp, ROOM, KEY + 0x20, KEY, KEY + 0x10, 2), 0,
                 "not below the modulus");
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeModExp, ROOM, KEY, KEY, TEXT, 2), 0, "modulo 0");
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeModExp, ROOM, KEY, KEY, KEY, 0x41), 0, "too long");
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeModExp, ROOM, KEY, KEY, UNREADABLE, 2), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeCryptBnQwNeCompare, KEY, KEY + 0x10, 2), 1);
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeCompare, KEY + 0x10, KEY, 2), UINT64_MAX);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeCryptBnQwNeCompare, KEY, KEY, 2), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeCryptBnQwNeCompare, KEY, END, 2), 0);
}

/* A signature that openssl made with a key of 1,024 bits, from it to the hash. */
Test(hle_crypt, a_signature_is_verified)
{
    static const char modulus[] =
        "c100de2c7ab5e3887267491e3411b269d253bafbd237b0dc8f48ccd77eaacf45"
        "12a05eaffb73d328bdd0e8e14660d0ede88e4583626f06a84328055b31d5e68c"
        "2724bde7a3169a2a5ddaee728d25b6bc804451591991ac48d2aa6933c2b6711e"
        "0c0cf9d69a5f39e9f4ef2ad7d64498f52bbf3caa5597ab1360e24593eb1cb167";
    static const char signature[] =
        "31a0d12635b172fa0b9d502995a1ca09f7a8a864021e27be5af77eb96cd24eae"
        "3f1a401af290dab02a81d6c7419b50f83b40923547da99da0552b84943628a9d"
        "b8cb46e6bb0df12a4bf1f8112738f7e5667b548a93d029ec0b1a8dd519f84c1f"
        "7e7adcd0305e5ee0734cfbd6618589990a61f2ce56dc4608a5d347c0361c3708";
    xe_gva hash = TEXT;

    xe_mem_set_u32(h.bench.mem, KEY, 16);
    xe_mem_set_u32(h.bench.mem, KEY + 4, 65537);
    put_number(KEY + 0x10, modulus, 16);
    put_number(ROOM, signature, 16);
    put_hex(hash, "e359eafad30a4e5c6190c3fd4f1753051c2c8ba6");
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeRsaPubCrypt, ROOM, ROOM, KEY), 1);
    CALL(&h, XBOXKRNL, XeCryptBnQw_SwapDwQwLeBe, ROOM, ROOM, 16);
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnDwLePkcs1Verify, hash, ROOM, 128), 1);
    CALL(&h, XBOXKRNL, XeCryptBnDwLePkcs1Format, hash, 0, ROOM + 0x100, 128);
    cr_expect_arr_eq(xe_mem_view(h.bench.mem, ROOM, 128),
                     xe_mem_view(h.bench.mem, ROOM + 0x100, 128), 128);
    put_hex(hash, "00");
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnDwLePkcs1Verify, hash, ROOM, 128), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeRsaPubCrypt, KEY + 0x10, ROOM, KEY), 0,
                 "the modulus itself");
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeRsaPubCrypt, ROOM, ROOM, END - 0x10), 0);
    xe_mem_set_u32(h.bench.mem, KEY, 0x41);
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnQwNeRsaPubCrypt, ROOM, ROOM, KEY), 0);
}

Test(hle_crypt, three_formats_of_signatures)
{
    for (uint32_t format = 0; format < 3; format++) {
        CALL(&h, XBOXKRNL, XeCryptBnDwLePkcs1Format, TEXT, format, ROOM, 40);
        cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnDwLePkcs1Verify, TEXT, ROOM, 40), 1, "%u", format);
    }
    CALL(&h, XBOXKRNL, XeCryptBnDwLePkcs1Format, TEXT, 1, ROOM, 40);
    expect_bytes(ROOM + 20, "14041a02030e2b050607301f3000ffffffff0100", "RFC 8017, reversed");
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnDwLePkcs1Verify, TEXT, ROOM, 38), 0, "too short");
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptBnDwLePkcs1Verify, TEXT, END - 40, 41), 0);
    CALL(&h, XBOXKRNL, XeCryptBnDwLePkcs1Format, TEXT, 0, ROOM, UINT32_MAX);
}

/* What the two published programs make of it. */
Test(hle_crypt, a_rotating_sum_around_a_hash)
{
    for (uint32_t i = 0; i < 40; i++)
        *(uint8_t *)xe_mem_view_rw(h.bench.mem, TEXT + i, 1) = (uint8_t)(i * 37 + 200);
    CALL(&h, XBOXKRNL, XeCryptRotSumSha, TEXT, 40, 0, 0, ROOM, 20);
    expect_bytes(ROOM, "6161242ae273fa0c8b5acf4ced613c783997a270", "one piece");
    CALL(&h, XBOXKRNL, XeCryptRotSumSha, TEXT, 16, TEXT + 16, 24, ROOM + 32, 64);
    expect_bytes(ROOM + 32, "6161242ae273fa0c8b5acf4ced613c783997a270", "two pieces");
    xe_mem_set_u64(h.bench.mem, TEXT, 0x0102030405060708u);
    CALL(&h, XBOXKRNL, XeCryptBnQw_SwapLeBe, TEXT, ROOM, 1);
    expect_bytes(ROOM, "0403020108070605", "each half");
}

Test(hle_crypt, random_bytes_are_those_of_the_seed)
{
    char text[512];

    CALL(&h, XBOXKRNL, XeCryptRandom, ROOM, 16);
    cr_expect_neq(xe_mem_u64(h.bench.mem, ROOM), xe_mem_u64(h.bench.mem, ROOM + 8));
    CALL(&h, XBOXKRNL, XeCryptRandom, END - 8, 9);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
}
