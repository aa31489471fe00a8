/* The machine that a title runs on: its controller, its settings, chance, and a look at oneself. */
#include <xe360/test.h>

#include "check.h"

#define CLOCK   0x04
#define VERSION 0x12
#define TRAY    0x0A
#define ROOM    32u

struct hardware {
    u32 flags;
    u8 processors, bridge, reserved[6];
    u16 magic, boot_flags;
};

void HalSendSMCMessage(const u8 *message, u8 *answer);
u32 HalGetCurrentAVPack(void);
u32 XGetAVPack(void);
void XeCryptRandom(void *buffer, u32 size);
u32 NetDll_XNetRandom(u32 caller, void *buffer, u32 size);
u32 RtlCaptureStackBackTrace(u32 skip, u32 count, void **trace, u32 *hash);
void *MmDbgReadCheck(void *at);
void *MmDbgWriteCheck(void *at, u32 *token);
void MmDbgReleaseAddress(void *at, u32 *token);
u32 DbgPrompt(const char *text, char *answer, u32 room);
extern const struct hardware *const volatile __imp_XboxHardwareInfo;
extern const u16 *const volatile __imp_XboxKrnlVersion;

/* ---- the controller ------------------------------------------------------------------------- */

static u64 controller_ms(void)
{
    u8 message[16] = {CLOCK}, answer[16] = {0};
    u64 ms = 0;

    HalSendSMCMessage(message, answer);
    TEST_EQUAL(answer[0], CLOCK);
    for (u32 i = 5; i; i--)
        ms = ms << 8 | answer[i];
    return ms;
}

static void the_controller_answers(void)
{
    u8 message[16] = {VERSION}, answer[16] = {0};

    HalSendSMCMessage(message, answer);
    TEST_EQUAL(answer[0], VERSION);
    TEST_TRUE(answer[2] || answer[3]);
    message[0] = TRAY;
    HalSendSMCMessage(message, answer);
    TEST_EQUAL(answer[0], TRAY);
    TEST_EQUAL(answer[1] & 0xF0, 0x60);
}

static void its_clock_goes(void)
{
    u64 before = controller_ms();

    sleep_ms(30);
    TEST_WITHIN(controller_ms() - before, 30, 2);
}

static void it_has_six_processors(void)
{
    TEST_EQUAL(__imp_XboxHardwareInfo->processors, 6);
    TEST_EQUAL(__imp_XboxKrnlVersion[0], 2);
    TEST_TRUE(__imp_XboxKrnlVersion[2] >= 1888);
    TEST_TRUE(HalGetCurrentAVPack() <= 8);
    TEST_TRUE(XGetAVPack() <= 8);
    TEST_EQUAL(KeQueryPerformanceFrequency(), 50000000);
}

/* ---- chance --------------------------------------------------------------------------------- */

/* More than one value, and not the same twice in a row: that happens by chance once in 2^100. */
static u32 looks_random(const u8 *a, const u8 *b)
{
    u32 same = 0, alike = 0;

    for (u32 i = 0; i < ROOM; i++) {
        same += a[i] == b[i];
        alike += a[i] == a[0];
    }
    return same < ROOM / 2 && alike < ROOM / 2;
}

static void numbers_are_random(void)
{
    u8 a[ROOM] = {0}, b[ROOM] = {0};

    XeCryptRandom(a, ROOM);
    XeCryptRandom(b, ROOM);
    TEST_TRUE(looks_random(a, b));
    TEST_EQUAL(NetDll_XNetRandom(1, b, ROOM), 0);
    TEST_TRUE(looks_random(a, b));
    for (u32 i = 0; i < ROOM; i++)
        b[i] = 0x55;
    XeCryptRandom(b + 8, 0);
    XeCryptRandom(b, 8);
    for (u32 i = 8; i < ROOM; i++)
        TEST_EQUAL(b[i], 0x55);
}

/* ---- debugging ------------------------------------------------------------------------------ */

static void *called_from[8];
static u32 frames;

/* Callers are found by where compilers of the console keep return addresses; this title's own are
 * elsewhere, so the first alone is sure. */
__attribute__((noinline)) static void trace(void)
{
    frames = RtlCaptureStackBackTrace(0, 8, called_from, NULL);
    TEST_EQUAL(RtlCaptureStackBackTrace(0, 1, called_from, NULL), 1);
    TEST_EQUAL(RtlCaptureStackBackTrace(frames, 8, called_from + 1, NULL), 0);
}

static void a_stack_is_traced(void)
{
    trace();
    TEST_TRUE(frames >= 1 && frames <= 8);
    TEST_WITHIN((u8 *)called_from[0] - (u8 *)(void *)trace, 0x80, 0x80);
}

static void addresses_are_checked(void)
{
    static const u32 constant = 5;
    u32 word = 0, token = 0;

    TEST_EQUAL(MmDbgReadCheck(&word), &word);
    TEST_EQUAL(MmDbgReadCheck((void *)&constant), &constant);
    TEST_EQUAL(MmDbgReadCheck((void *)0x40), NULL);
    TEST_EQUAL(MmDbgWriteCheck(&word, &token), &word);
    MmDbgReleaseAddress(&word, &token);
    TEST_EQUAL(MmDbgWriteCheck(NULL, &token), NULL);
}

static void nobody_answers_a_prompt(void)
{
    char answer[4] = "???";

    TEST_EQUAL(DbgPrompt("Break, ignore? ", answer, sizeof(answer)), 0);
    TEST_STRING(answer, "");
}

static const struct test controller[] = {
    TEST(the_controller_answers),
    TEST(its_clock_goes),
    TEST(it_has_six_processors),
};
static const struct test chance[] = {TEST(numbers_are_random)};
static const struct test debugging[] = {
    TEST(a_stack_is_traced),
    TEST(addresses_are_checked),
    TEST(nobody_answers_a_prompt),
};
static const struct test_suite suites[] = {TEST_SUITE("controller", controller),
                                           TEST_SUITE("chance", chance),
                                           TEST_SUITE("debugging", debugging)};

int main(void)
{
    return TEST_RUN(suites);
}
