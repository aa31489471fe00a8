/* Users and profiles: of a console on which nobody is signed in, and where some are. */
#include <criterion/criterion.h>

#include "hle_bench.h"

#define ROOM (SCRATCH + 0x1000)

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_user, .init = setup, .fini = teardown);

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

/* What asks for something of a user's, when nobody is signed in. */
Test(hle_user, nobody_is_signed_in)
{
    xe_gva overlapped = ROOM + 0x40;

    cr_expect_eq(CALL32(&h, XAM, XamUserGetGamerTag, 0, ROOM, 16), 0x80070525);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetIndexFromXUID, 1, 0, ROOM), 0x80070525);
    cr_expect_eq(CALL32(&h, XAM, XamUserReadProfileSettings, 0, 0, 0, 0, 1, ROOM, ROOM, 0, 0),
                 0x525);
    xe_mem_set_u32(h.bench.mem, overlapped, 0x3E5);
    cr_expect_eq(
        CALL32(&h, XAM, XamUserReadProfileSettings, 0, 0, 0, 0, 1, ROOM, ROOM, 0, overlapped),
        0x3E5);
    hle_pass(&h);
    cr_expect_eq(word(overlapped), 0x65B);
    cr_expect_eq(word(overlapped + 24), 0x80070525);
    cr_expect_eq(CALL32(&h, XAM, XamUserWriteProfileSettings, 0, 0, 1, ROOM, overlapped), 0x3E5);
    hle_pass(&h);
    cr_expect_eq(word(overlapped), 0x65B);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetSigninState, 0), 0);
    cr_expect_eq(CALL32(&h, XAM, XamUserContentRestrictionGetFlags, 0, ROOM), 0);
    cr_expect_eq(CALL32(&h, XAM, XamUserContentRestrictionCheckAccess, 0, 0, 0, 0, 0, ROOM, 0), 0);
    cr_expect_eq(word(ROOM), 1);
    cr_expect_eq(CALL32(&h, XAM, XamUserContentRestrictionGetRating, 0, 0, ROOM, ROOM + 4), 0);
    cr_expect_eq(word(ROOM), 0x3F);
    cr_expect_eq(word(ROOM + 4), 0);
}

static void two_users(void)
{
    struct xe_kernel_config config = *xe_kernel_config_get(h.bench.kernel);

    hle_bench_fini(&h);
    config.users = 2;
    hle_bench_init_as(&h, &config);
}

Test(hle_user, those_who_are_signed_in_have_names_and_ids)
{
    two_users();
    cr_expect_eq(CALL32(&h, XAM, XamUserGetSigninState, 1), 1, "locally");
    cr_expect_eq(CALL32(&h, XAM, XamUserGetSigninState, 2), 0);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetSigninState, 0xFF), 0);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetXUID, 1, 1, ROOM), 0);
    cr_expect_eq(word(ROOM) >> 28, 0xE, "no server knows it");
    cr_expect_eq(CALL32(&h, XAM, XamUserGetXUID, 1, 2, ROOM), 0x80070525, "as a server knows it");
    cr_expect_eq(CALL32(&h, XAM, XamUserGetXUID, 1, 0, ROOM), 0x80070057);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetXUID, 2, 3, ROOM), 0x80070525);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetXUID, 1, 1, 0), 0x80070057);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetIndexFromXUID,
                        (uint64_t)word(ROOM) << 32 | word(ROOM + 4), 0, ROOM + 8),
                 0);
    cr_expect_eq(word(ROOM + 8), 1);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetIndexFromXUID, 0, 0, ROOM + 8), 0x80070525);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetName, 0, ROOM, 16), 0);
    cr_expect(hle_is(&h, ROOM, "User1"));
    cr_expect_eq(CALL32(&h, XAM, XamUserGetName, 1, ROOM, 3), 0);
    cr_expect(hle_is(&h, ROOM, "Us"), "as far as it fits");
    cr_expect_eq(CALL32(&h, XAM, XamUserGetGamerTag, 1, ROOM, 15), 0x80070057);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetGamerTag, 1, ROOM, 16), 0);
    cr_expect_eq(word(ROOM), 'U' << 16 | 's');
}

Test(hle_user, sign_in_information)
{
    two_users();
    xe_mem_set_u32(h.bench.mem, ROOM + 8, 1);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetSigninInfo, 3, 0, ROOM), 0x80070525);
    cr_expect_eq(word(ROOM + 8), 0, "wiped in any case");
    cr_expect_eq(CALL32(&h, XAM, XamUserGetSigninInfo, 1, 0, ROOM), 0);
    cr_expect_eq(word(ROOM) >> 28, 0xE);
    cr_expect_eq(word(ROOM + 0xC), 1);
    cr_expect(hle_is(&h, ROOM + 0x18, "User2"));
    xe_mem_set_u32(h.bench.mem, ROOM, 1);
    cr_expect_eq(CALL32(&h, XAM, XamUserCheckPrivilege, 0, 254, ROOM), 0);
    cr_expect_eq(word(ROOM), 0);
    cr_expect_eq(CALL32(&h, XAM, XamUserCheckPrivilege, 2, 254, ROOM), 0x525);
}

/* Asked once for the room that it takes, then for the settings. */
Test(hle_user, a_new_profile_has_the_settings_of_new_ones)
{
    const xe_gva ids = ROOM, size = ROOM + 0x20, buffer = ROOM + 0x40;

    two_users();
    xe_mem_set_u32(h.bench.mem, ids, 0x10040003);
    xe_mem_set_u32(h.bench.mem, ids + 4, 0x63E83FFF);
    xe_mem_set_u32(h.bench.mem, size, 0);
    cr_expect_eq(CALL32(&h, XAM, XamUserReadProfileSettings, 0, 1, 0, 0, 2, ids, size, 0, 0), 0x7A);
    cr_expect_eq(word(size), 8 + 2 * 0x28);
    cr_expect_eq(CALL32(&h, XAM, XamUserReadProfileSettings, 0, 1, 0, 0, 2, ids, size, buffer, 0),
                 0);
    cr_expect_eq(word(buffer), 2);
    cr_expect_eq(word(buffer + 4), buffer + 8);
    cr_expect_eq(word(buffer + 8), 1, "a default");
    cr_expect_eq(word(buffer + 8 + 8), 1, "whose");
    cr_expect_eq(word(buffer + 8 + 0x10), 0x10040003);
    cr_expect_eq(word(buffer + 8 + 0x18) >> 24, 1, "a number");
    cr_expect_eq(word(buffer + 8 + 0x20), 3);
    cr_expect_eq(word(buffer + 0x30), 0, "not set");
    cr_expect_eq(word(buffer + 0x30 + 0x18) >> 24, 0xFF);
    cr_expect_eq(CALL32(&h, XAM, XamUserReadProfileSettings, 0, 1, 0, 0, 33, ids, size, buffer, 0),
                 0x57);
    cr_expect_eq(CALL32(&h, XAM, XamUserWriteProfileSettings, 0, 1, 1, ROOM, 0), 0x65B);
}
