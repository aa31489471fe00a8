/* Users: those who are signed in have names, ids and settings; those who aren't have none. Where
 * nobody is, the former are skipped. */
#include <xe360/test.h>

#include "check.h"

#define USERS         4u
#define ERROR_NO_USER 0x525u
#define HR_NO_USER    0x80070525u
#define HR_INVALID    0x80070057u
#define INVALID       0x57u
#define ROOM_NEEDED   0x7Au
#define PENDING       0x3E5u
#define FAILED        0x65Bu
#define VIBRATION     0x10040003u
#define NOT_KNOWN     0x10047777u
#define NAME          16u

struct signin {
    u64 xuid;
    u32 flags, state, guest, sponsor;
    char name[NAME];
};
struct setting {
    u32 source, pad;
    u32 user, pad_too, id, pad_three;
    u8 type, pad_four[7];
    u32 value, more;
};
_Static_assert(sizeof(struct setting) == 0x28, "guest layout");

u32 XamUserGetSigninState(u32 user);
u32 XamUserGetSigninInfo(u32 user, u32 flags, struct signin *info);
u32 XamUserGetXUID(u32 user, u32 kinds, u64 *xuid);
u32 XamUserGetName(u32 user, char *name, u32 size);
u32 XamUserGetGamerTag(u32 user, u16 *tag, u32 count);
u32 XamUserCheckPrivilege(u32 user, u32 privilege, u32 *may);
u32 XamUserAreUsersFriends(u32 user, const u64 *xuids, u32 count, u32 *are, void *overlapped);
u32 XamUserReadProfileSettings(u32 title, u32 user, u32 xuid_count, void *xuids, u32 count,
                               const u32 *ids, u32 *size, void *buffer, void *overlapped);
u32 XamUserWriteProfileSettings(u32 title, u32 user, u32 count, void *settings, void *overlapped);

static u32 who(u32 is_signed_in)
{
    u32 user = 0;

    while (user < USERS && (XamUserGetSigninState(user) != 0) != is_signed_in)
        user++;
    return user;
}

/* ---- who isn't there ------------------------------------------------------------------------ */

static void nobody_has_nothing(u32 user)
{
    struct signin info;
    u16 tag[NAME];
    char name[NAME];
    u32 may = 7;
    u64 xuid;

    TEST_EQUAL(XamUserGetSigninState(user), 0);
    TEST_EQUAL(XamUserGetSigninInfo(user, 0, &info), HR_NO_USER);
    TEST_EQUAL(info.state, 0);
    TEST_EQUAL(XamUserGetXUID(user, 3, &xuid), HR_NO_USER);
    TEST_EQUAL(XamUserGetName(user, name, NAME), ERROR_NO_USER);
    TEST_EQUAL(XamUserGetGamerTag(user, tag, NAME), HR_NO_USER);
    TEST_EQUAL(XamUserCheckPrivilege(user, 254, &may), ERROR_NO_USER);
    TEST_EQUAL(may, 7);
}

static void who_is_not_there_has_nothing(void)
{
    u32 user = who(0);

    if (user < USERS)
        nobody_has_nothing(user);
    nobody_has_nothing(USERS);
    nobody_has_nothing(0xFE);
}

static void nobody_has_settings(void)
{
    u32 user = who(0), size = 0, id = VIBRATION, overlapped[7] = {0};

    if (user == USERS)
        TEST_SKIP("everybody is signed in");
    TEST_EQUAL(XamUserReadProfileSettings(0, user, 0, NULL, 1, &id, &size, NULL, NULL),
               ERROR_NO_USER);
    TEST_EQUAL(XamUserWriteProfileSettings(0, user, 1, overlapped, NULL), ERROR_NO_USER);
    overlapped[3] = make_event(EVENT_AUTO, 0);
    TEST_EQUAL(XamUserWriteProfileSettings(0, user, 1, overlapped, overlapped), PENDING);
    TEST_STATUS(wait_ms(overlapped[3], 1000), STATUS_SUCCESS);
    TEST_EQUAL(overlapped[0], FAILED);
    TEST_EQUAL(overlapped[6], HR_NO_USER);
}

/* ---- who is --------------------------------------------------------------------------------- */

static void who_is_there_has_a_name(void)
{
    u32 user = who(1), length = 0;
    struct signin info;
    u16 tag[NAME];
    char name[NAME];

    if (user == USERS)
        TEST_SKIP("nobody is signed in");
    TEST_EQUAL(XamUserGetName(user, name, NAME), 0);
    while (length < NAME && name[length])
        length++;
    TEST_TRUE(length >= 1 && length < NAME);
    TEST_EQUAL(XamUserGetSigninInfo(user, 0, &info), 0);
    TEST_STRING(info.name, name);
    TEST_EQUAL(info.state, XamUserGetSigninState(user));
    TEST_EQUAL(XamUserGetGamerTag(user, tag, NAME), 0);
    for (u32 i = 0; i <= length; i++)
        TEST_EQUAL(tag[i], (u8)name[i]);
    TEST_EQUAL(XamUserGetGamerTag(user, tag, NAME - 1), HR_INVALID);
    TEST_EQUAL(XamUserGetName(user, name, 2), 0);
    TEST_EQUAL(name[1], 0);
}

static void who_is_there_has_an_id(void)
{
    u32 user = who(1);
    struct signin info;
    u64 xuid = 0;

    if (user == USERS)
        TEST_SKIP("nobody is signed in");
    TEST_EQUAL(XamUserGetXUID(user, 1, &xuid), 0);
    TEST_EQUAL((u32)(xuid >> 60), 0xE);
    TEST_EQUAL(XamUserGetXUID(user, 0, &xuid), HR_INVALID);
    TEST_EQUAL(XamUserGetXUID(user, 1, NULL), HR_INVALID);
    TEST_EQUAL(XamUserGetSigninInfo(user, 0, &info), 0);
    TEST_EQUAL(info.xuid, xuid);
}

static void who_is_there_has_settings(void)
{
    u32 user = who(1), ids[2] = {VIBRATION, NOT_KNOWN}, size = 0;
    static u8 buffer[0x100];
    struct setting *setting;

    if (user == USERS)
        TEST_SKIP("nobody is signed in");
    TEST_EQUAL(XamUserReadProfileSettings(0, user, 0, NULL, 2, ids, &size, NULL, NULL),
               ROOM_NEEDED);
    TEST_EQUAL(size, 8 + 2 * sizeof(*setting));
    TEST_EQUAL(XamUserReadProfileSettings(0, user, 0, NULL, 2, ids, &size, buffer, NULL), 0);
    TEST_EQUAL(*(u32 *)buffer, 2);
    setting = *(struct setting **)(buffer + 4);
    TEST_EQUAL(setting[0].id, VIBRATION);
    TEST_EQUAL(setting[0].user, user);
    TEST_EQUAL(setting[0].type, 1);
    TEST_EQUAL(setting[1].source, 0);
    TEST_EQUAL(XamUserReadProfileSettings(0, user, 0, NULL, 0, ids, &size, buffer, NULL), INVALID);
}

static void who_is_there_is_offline(void)
{
    u32 user = who(1), may = 7, are = 7;
    u64 xuid = 5;

    if (user == USERS)
        TEST_SKIP("nobody is signed in");
    if (XamUserGetSigninState(user) == 2)
        TEST_SKIP("they are online");
    TEST_EQUAL(XamUserCheckPrivilege(user, 254, &may), 0);
    TEST_EQUAL(may, 0);
    TEST_EQUAL(XamUserAreUsersFriends(user, &xuid, 1, &are, NULL), 0);
    TEST_EQUAL(are, 0);
}

static const struct test away[] = {TEST(who_is_not_there_has_nothing), TEST(nobody_has_settings)};
static const struct test there[] = {
    TEST(who_is_there_has_a_name),
    TEST(who_is_there_has_an_id),
    TEST(who_is_there_has_settings),
    TEST(who_is_there_is_offline),
};
static const struct test_suite suites[] = {TEST_SUITE("away", away), TEST_SUITE("there", there)};

int main(void)
{
    return TEST_RUN(suites);
}
