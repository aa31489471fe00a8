/* What a person would be asked, and services that need one: everything comes to an end by itself on
 * this console, which a title hears of. On one that somebody sits at, the first suite asks them. */
#include <xe360/test.h>

#include "check.h"

#define PENDING   0x3E5u
#define INVALID   0x57u
#define SCREEN    9u
#define SYSTEM    1ull
#define PARTY     0x807D0003u
#define NOT_FOUND 0x490u

HANDLE XamNotifyCreateListener(u64 areas, u32 version);
u32 XNotifyGetNext(HANDLE listener, u32 match, u32 *id, u32 *value);
u32 XamIsUIActive(void);
u32 XamShowSigninUI(u32 panes, u32 flags);
u32 XamShowKeyboardUI(u32 user, u32 flags, const u16 *proposed, const u16 *title, const u16 *text,
                      u16 *buffer, u32 room, void *overlapped);
u32 XamShowMessageBoxUI(u32 user, const u16 *title, const u16 *text, u32 count, const u16 **buttons,
                        u32 focus, u32 flags, u32 *chosen, void *overlapped);
u32 XamVoiceCreate(u32 user, u32 attributes, void **voice);
u32 XamVoiceHeadsetPresent(u32 user);
u32 XamPartyGetUserList(u32 count, void *list);
u32 XamParseGamerTileKey(const char *key, u32 *a, u32 *b, u32 *c);
u32 XamNuiGetDeviceStatus(u32 *status);
u32 XamFeatureEnabled(u32 feature);

/* A screen comes, and goes: whatever else is told meanwhile stays. */
static void hears_of_a_screen(HANDLE listener)
{
    u32 id = 0, value = 7;

    for (u32 shown = 2; shown--;) {
        TEST_STATUS(wait_ms(listener, 60000), STATUS_SUCCESS);
        TEST_TRUE(XNotifyGetNext(listener, SCREEN, &id, &value));
        TEST_EQUAL(id, SCREEN);
        TEST_EQUAL(value, shown);
    }
}

static void screens_are_told(void)
{
    HANDLE listener = XamNotifyCreateListener(SYSTEM, 0);
    u32 id, value;

    while (XNotifyGetNext(listener, 0, &id, &value))
        ;
    TEST_STATUS(wait_ms(listener, 0), STATUS_TIMEOUT);
    TEST_EQUAL(XamShowSigninUI(1, 0), 0);
    hears_of_a_screen(listener);
    TEST_EQUAL(XamIsUIActive(), 0);
    NtClose(listener);
}

static void a_text_is_typed(void)
{
    static const u16 proposed[] = {'n', 'a', 'm', 'e', 0};
    HANDLE listener = XamNotifyCreateListener(SYSTEM, 0), event = make_event(EVENT_AUTO, 1);
    u32 overlapped[7] = {0, 0, 0, event};
    u16 text[4] = {7, 7, 7, 7};

    TEST_EQUAL(XamShowKeyboardUI(0, 0, proposed, proposed, proposed, text, 4, overlapped), PENDING);
    TEST_STATUS(wait(event), STATUS_SUCCESS); /* which began by resetting it */
    hears_of_a_screen(listener);
    TEST_EQUAL(overlapped[0], 0);
    TEST_EQUAL(text[0], 'n');
    TEST_EQUAL(text[3], 0);
    TEST_EQUAL(XamShowKeyboardUI(0, 0, proposed, NULL, NULL, NULL, 4, overlapped), INVALID);
    TEST_EQUAL(XamShowKeyboardUI(0, 0, proposed, NULL, NULL, text, 4, NULL), INVALID);
    TEST_EQUAL(XNotifyGetNext(listener, SCREEN, NULL, NULL), 0);
    NtClose(listener);
    NtClose(event);
}

static void a_button_is_chosen(void)
{
    static const u16 yes[] = {'y', 'e', 's', 0}, no[] = {'n', 'o', 0};
    const u16 *buttons[2] = {yes, no};
    HANDLE listener = XamNotifyCreateListener(SYSTEM, 0), event = make_event(EVENT_AUTO, 0);
    u32 overlapped[7] = {0, 0, 0, event}, chosen = 7;

    TEST_EQUAL(XamShowMessageBoxUI(0, yes, no, 2, buttons, 1, 0, &chosen, overlapped), PENDING);
    TEST_STATUS(wait(event), STATUS_SUCCESS);
    hears_of_a_screen(listener);
    TEST_EQUAL(overlapped[0], 0);
    TEST_TRUE(chosen < 2);
    NtClose(listener);
    NtClose(event);
}

static void nobody_speaks(void)
{
    void *voice = &voice;
    u32 status[5] = {9, 9, 9, 9, 9};

    if (XamVoiceHeadsetPresent(0))
        TEST_SKIP("somebody has a headset");
    TEST_NOT_EQUAL(XamVoiceCreate(0, 0, &voice), 0);
    TEST_EQUAL(voice, NULL);
    TEST_EQUAL(XamNuiGetDeviceStatus(status), 0);
    TEST_EQUAL(status[0], 0);
}

static void nobody_gives_a_party(void)
{
    static u8 list[0x100];
    u32 a = 7, b = 7, c = 7;

    TEST_EQUAL(XamPartyGetUserList(1, list), PARTY);
    TEST_EQUAL(XamParseGamerTileKey("no key", &a, &b, &c), NOT_FOUND);
    TEST_EQUAL(a | b | c, 0);
    TEST_EQUAL(XamFeatureEnabled(1), 0);
}

static const struct test prompts[] = {TEST(screens_are_told), TEST(a_text_is_typed),
                                      TEST(a_button_is_chosen)};
static const struct test services[] = {TEST(nobody_speaks), TEST(nobody_gives_a_party)};
static const struct test_suite suites[] = {TEST_SUITE("prompts", prompts),
                                           TEST_SUITE("services", services)};

int main(void)
{
    return TEST_RUN(suites);
}
