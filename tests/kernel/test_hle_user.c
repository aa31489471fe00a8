/* Users and profiles of a console on which nobody is signed in. */
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
    cr_expect_eq(word(overlapped), 0x525);
    xe_mem_set_u32(h.bench.mem, overlapped, 0x3E5);
    cr_expect_eq(CALL32(&h, XAM, XamUserWriteProfileSettings, 0, 0, 1, ROOM, overlapped), 0x3E5);
    cr_expect_eq(word(overlapped), 0x525);
    cr_expect_eq(CALL32(&h, XAM, XamUserContentRestrictionGetFlags, 0, ROOM), 0);
    cr_expect_eq(CALL32(&h, XAM, XamUserContentRestrictionCheckAccess, 0, 0, 0, 0, 0, ROOM, 0), 0);
    cr_expect_eq(word(ROOM), 1);
    cr_expect_eq(CALL32(&h, XAM, XamUserContentRestrictionGetRating, 0, 0, ROOM, ROOM + 4), 0);
    cr_expect_eq(word(ROOM), 0x3F);
    cr_expect_eq(word(ROOM + 4), 0);
}
