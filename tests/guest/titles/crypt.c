/* XeCrypt as a title has it: states in its own memory, pieces, keys, numbers. */
#include <xe360/test.h>

#include "check.h"

struct sha {
    u32 count, word[5];
    u8 block[64];
};
struct rsa {
    u32 quads, exponent;
    u64 reserved, modulus[2];
};

void XeCryptSha(const void *a, u32 na, const void *b, u32 nb, const void *c, u32 nc, void *out,
                u32 size);
void XeCryptShaInit(struct sha *state);
void XeCryptShaUpdate(struct sha *state, const void *bytes, u32 size);
void XeCryptShaFinal(struct sha *state, void *digest, u32 size);
void XeCryptAesKey(u32 *state, const void *key);
void XeCryptAesCbc(const u32 *state, const void *in, u32 size, void *out, u8 *feed, u32 encrypt);
void XeCryptRc4(const void *key, u32 key_size, void *data, u32 size);
u32 XeCryptBnQwNeRsaPubCrypt(const u64 *in, u64 *out, const struct rsa *key);
u32 XeCryptBnQwNeModExp(u64 *out, const u64 *base, const u64 *exponent, const u64 *modulus,
                        u32 quads);
void XeCryptRandom(void *bytes, u32 size);
NTSTATUS XeKeysObscureKey(const void *key, void *obscured);
NTSTATUS XeKeysAesCbcUsingKey(const void *obscured, const void *in, u32 size, void *out, u8 *feed,
                              u32 encrypt);
NTSTATUS XeKeysGetConsoleType(u32 *type);

static u8 text[200];

static void fill(void)
{
    for (u32 i = 0; i < sizeof(text); i++)
        text[i] = (u8)(i * 7);
}

/* The state goes on wherever it lies: it is copied between the pieces. */
static void pieces_are_the_whole(void)
{
    struct sha here, there;
    u8 whole[20], pieces[20];

    fill();
    XeCryptSha(text, 60, text + 60, 0, text + 60, 140, whole, 20);
    XeCryptShaInit(&here);
    for (u32 i = 0; i < 200; i += 25) {
        XeCryptShaUpdate(&here, text + i, 25);
        there = here;
        here = there;
    }
    XeCryptShaFinal(&there, pieces, 20);
    TEST_MEMORY(pieces, whole, 20);
    TEST_MEMORY(there.word, whole, 20);
    TEST_EQUAL(there.count, 200);
}

static void blocks_go_and_come_back(void)
{
    static const u8 key[16] = "sixteen letters";
    u32 state[88];
    u8 secret[64], feed[16] = {0}, back[64];

    fill();
    XeCryptAesKey(state, key);
    XeCryptAesCbc(state, text, 64, secret, feed, 1);
    TEST_MEMORY(feed, secret + 48, 16);
    TEST_TRUE(secret[0] != text[0] || secret[1] != text[1]);
    for (u32 i = 0; i < 16; i++)
        feed[i] = 0;
    XeCryptAesCbc(state, secret, 32, back, feed, 0);
    XeCryptAesCbc(state, secret + 32, 32, back + 32, feed, 0);
    TEST_MEMORY(back, text, 64);
    XeCryptRc4(key, 16, secret, 64);
    XeCryptRc4(key, 16, secret, 64);
    TEST_MEMORY(secret + 48, feed, 16);
}

/* Textbooks' key: 3233 is 61 by 53, 17 the public exponent, 2753 the private one. */
static void numbers_are_raised(void)
{
    struct rsa key = {2, 17, 0, {3233, 0}};
    u64 plain[2] = {65, 0}, secret[2], private[2] = {2753, 0}, back[2];

    TEST_TRUE(XeCryptBnQwNeRsaPubCrypt(plain, secret, &key));
    TEST_EQUAL(secret[0], 2790);
    TEST_TRUE(XeCryptBnQwNeModExp(back, secret, private, key.modulus, 2));
    TEST_EQUAL(back[0], 65);
    TEST_EQUAL(back[1], 0);
    TEST_TRUE(!XeCryptBnQwNeRsaPubCrypt(key.modulus, back, &key));
}

static void random_bytes_go_on(void)
{
    u64 first = 0, second = 0;

    XeCryptRandom(&first, 8);
    XeCryptRandom(&second, 8);
    TEST_TRUE(first && second && first != second);
}

/* What is done with an obscured key is what the key does. */
static void keys_can_be_hidden(void)
{
    static const u8 key[16] = "sixteen letters";
    u32 state[88], type = 0;
    u8 obscured[16], secret[32], back[32], feed[16] = {0};

    fill();
    TEST_STATUS(XeKeysObscureKey(key, obscured), STATUS_SUCCESS);
    TEST_TRUE(obscured[0] != key[0] || obscured[1] != key[1] || obscured[2] != key[2]);
    TEST_STATUS(XeKeysAesCbcUsingKey(obscured, text, 32, secret, feed, 1), STATUS_SUCCESS);
    for (u32 i = 0; i < 16; i++)
        feed[i] = 0;
    XeCryptAesKey(state, key);
    XeCryptAesCbc(state, secret, 32, back, feed, 0);
    TEST_MEMORY(back, text, 32);
    TEST_STATUS(XeKeysGetConsoleType(&type), STATUS_SUCCESS);
    TEST_TRUE(type);
    TEST_STATUS(XeKeysGetConsoleType(NULL), STATUS_INVALID_PARAMETER);
}

static const struct test tests[] = {
    TEST(pieces_are_the_whole), TEST(blocks_go_and_come_back), TEST(numbers_are_raised),
    TEST(random_bytes_go_on),   TEST(keys_can_be_hidden),
};
static const struct test_suite suites[] = {TEST_SUITE("crypt", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
