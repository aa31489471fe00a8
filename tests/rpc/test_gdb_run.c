/* The GDB protocol engine while it attaches, runs and is interrupted, and what hostile input gets.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/fake_gdb.h"

/* ---- attaching, running, interrupting ------------------------------------------------------- */

Test(gdb, attaches_with_the_first_packet_and_not_before)
{
    struct fake *fake = fake_start(XE_GDB_VIEW_32);

    fake_raw(fake, "+", 1);
    cr_expect_str_eq(fake->asked, "");
    fake_say(fake, "qSupported:swbreak+;xmlRegisters=i386");
    cr_expect_str_eq(fake->asked, "attach ");
    cr_expect(xe_gdb_attached(fake->gdb));
    fake_say(fake, "D");
    cr_expect_not(xe_gdb_attached(fake->gdb));
    cr_expect(fake->ended);
    fake_stop(fake);
}

Test(gdb, ctrl_c_interrupts_what_runs_once)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);

    fake_raw(fake, "\003", 1);
    cr_expect_str_eq(fake->asked, "", "nothing runs");
    fake->later = true;
    cr_expect_str_eq(fake_say(fake, "vCont;c"), "");
    fake_raw(fake, "+\003\003", 3);
    cr_expect_str_eq(fake->asked, "go interrupt ");
    fake_answer_stop(fake, &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_INT});
    cr_expect_str_eq(fake_heard(fake), "T02thread:1a;40:82000100;1:00000001;43:00000043;");
    fake_stop(fake);
}

Test(gdb, a_packet_while_it_runs_waits_for_the_stop)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);

    fake->later = true;
    fake_say(fake, "c");
    cr_expect_str_eq(fake_say(fake, "qC"), "");
    fake_answer_stop(fake, &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_TRAP, .tid = 7});
    cr_expect_str_eq(fake_heard(fake), "T05thread:7;40:82000100;1:00000001;43:00000043; QC7");
    fake_stop(fake);
}

Test(gdb, ctrl_c_during_a_step_is_told_with_it)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);

    fake->later = true;
    fake_say(fake, "vCont;r82000000,82001000:1a");
    fake_raw(fake, "\003", 1);
    fake_answer_stop(
        fake, &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_TRAP, .tid = 0x1a, .stepped = true});
    cr_expect_str_eq(fake_heard(fake), "T02thread:1a;40:82000104;1:00000001;43:00000043;");
    cr_expect_str_eq(fake->asked, "step:1a,82000000-82001000 interrupt ");
    fake_stop(fake);
}

/* What gdb is told about a stop. */
static const struct {
    struct xe_gdb_stop stop;
    const char *features, *reply;
} stops[] = {
    {{.signal = 5, .tid = 7, .point = true, .kind = XE_GDB_POINT_SOFT},
     "swbreak+",
     "T05thread:7;swbreak:;"},
    {{.signal = 5, .tid = 7, .point = true, .kind = XE_GDB_POINT_SOFT},
     "hwbreak+",
     "T05thread:7;40"},
    {{.signal = 5, .tid = 7, .point = true, .kind = XE_GDB_POINT_HARD},
     "hwbreak+;a",
     "T05thread:7;hwbreak:;"},
    {{.signal = 5, .tid = 7, .point = true, .kind = XE_GDB_POINT_HARD},
     "xhwbreak+",
     "T05thread:7;40"},
    {{.signal = 5, .tid = 7, .point = true, .kind = XE_GDB_POINT_WRITE, .address = 0x82001234},
     "",
     "T05thread:7;watch:82001234;"},
    {{.signal = 5, .tid = 7, .point = true, .kind = XE_GDB_POINT_READ, .address = 8},
     "",
     "T05thread:7;rwatch:8;"},
    {{.signal = 5, .tid = 7, .point = true, .kind = XE_GDB_POINT_ACCESS, .address = 8},
     "",
     "T05thread:7;awatch:8;"},
    {{.signal = 11, .tid = 7, .note = "hi"}, "", "O6869 T0bthread:7;"},
    {{.exited = true, .note = "hi"}, "", "O6869 W00"},
    {{.exited = true, .exit_code = 7}, "", "W07"},
};

Test(gdb, tells_why_it_stopped)
{
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
        struct fake *fake = fake_attached(XE_GDB_VIEW_32);
        char features[80];
        const char *reply;

        snprintf(features, sizeof(features), "qSupported:%s", stops[i].features);
        fake_say(fake, features);
        fake->later = true;
        fake_say(fake, "c");
        fake_answer_stop(fake, &stops[i].stop);
        reply = fake_heard(fake);
        cr_expect(!strncmp(reply, stops[i].reply, strlen(stops[i].reply)), "%s instead of %s",
                  reply, stops[i].reply);
        fake_stop(fake);
    }
}

Test(gdb, what_cannot_go_on_says_so_and_stays)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);
    const struct xe_gdb_answer no = {.ok = false, .text = "no"};

    fake->later = true;
    fake_say(fake, "c");
    xe_gdb_answer(fake->gdb, &no);
    cr_expect_str_eq(fake_heard(fake),
                     "O6e6f O0a T05thread:1a;40:82000100;1:00000001;43:00000043;");
    fake_stop(fake);
}

Test(gdb, an_instance_without_threads_can_be_looked_at)
{
    struct fake *fake = fake_start(XE_GDB_VIEW_32);

    fake->threads = 0;
    cr_expect_str_eq(fake_say(fake, "?"), "T05");
    cr_expect_str_eq(fake_say(fake, "qfThreadInfo"), "l");
    cr_expect_str_eq(fake_say(fake, "g"), "E02");
    cr_expect_str_eq(fake_say(fake, "m82000000,1"), "00");
    fake_stop(fake);
}

/* ---- framing and hostile input -------------------------------------------------------------- */

Test(gdb, acknowledges_until_told_not_to)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);

    fake_heard(fake);
    fake_raw(fake, "$qC#b4", 6);
    cr_expect_str_eq(fake->said, "+$QC1a#26");
    fake_heard(fake);
    fake_raw(fake, "-", 1);
    cr_expect_str_eq(fake->said, "$QC1a#26");
    fake_heard(fake);
    fake_raw(fake, "$qC#00", 6);
    cr_expect_str_eq(fake->said, "-");
    fake_heard(fake);
    fake_packet_bytes(fake, "QStartNoAckMode", 15);
    cr_expect_str_eq(fake->said, "+$OK#9a");
    fake_heard(fake);
    fake_raw(fake, "+-$qC#00", 8);
    cr_expect_str_eq(fake->said, "$QC1a#26");
    fake_stop(fake);
}

/* Bytes as they come, what is said to them, and whether the connection stays. */
static const struct {
    const char *bytes, *said;
    bool ended;
} framings[] = {
    {"", "", false},
    {"+++", "", false},
    {"$", "", false},
    {"$qC#b", "", false},
    {"$#00", "+$#00", false},
    {"$qC#B4", "+$QC1a#26", false},
    {"$qC#zz", "-", false},
    {"$qC#: ", "-", false},
    {"$qC#b\x14", "-", false},
    {"$$qC#b4", "-", false},
    {"$qC#b4$qC#b4", "+$QC1a#26+$QC1a#26", false},
    {"-", "$T05thread:1a;40:82000100;1:00000001;43:00000043;#26", false},
    {"POST / HTTP/1.1\r\n\r\n$qC#b4", "", true},
    {"GET", "", true},
    {"\n", "", true},
    {"$qC#b4x$qC#b4", "+$QC1a#26", true},
};

/* Each asks for a frame of some kilobytes again. */
Test(gdb, is_not_made_to_say_the_same_for_ever)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);
    char again[64];

    memset(again, '-', sizeof(again));
    fake_heard(fake);
    fake_packet_bytes(fake, "m82000000,400", 13);
    cr_assert_gt(fake->said_size, 2048);
    fake_heard(fake);
    fake_raw(fake, again, sizeof(again));
    cr_expect_leq(fake->said_size, 8 * (2048 + 4));
    fake_heard(fake);
    cr_expect_str_eq(fake_say(fake, "qC"), "QC1a");
    fake_raw(fake, again, 1);
    cr_expect_str_eq(fake_heard(fake), "QC1a");
    fake_stop(fake);
}

Test(gdb, takes_only_what_is_framed)
{
    for (size_t i = 0; i < sizeof(framings) / sizeof(framings[0]); i++) {
        struct fake *fake = fake_attached(XE_GDB_VIEW_32);

        fake_raw(fake, framings[i].bytes, strlen(framings[i].bytes));
        cr_expect_str_eq(fake->said, framings[i].said, "'%s': '%s'", framings[i].bytes, fake->said);
        cr_expect_eq(fake->ended, framings[i].ended, "'%s'", framings[i].bytes);
        fake_stop(fake);
    }
}

/* The same bytes in any portions mean the same. */
Test(gdb, a_packet_may_come_byte_by_byte)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);

    for (const char *at = "$m82000000,4#57"; *at; at++)
        fake_raw(fake, at, 1);
    cr_expect_str_eq(fake_heard(fake), "00010203");
    fake_stop(fake);
}

Test(gdb, a_packet_that_is_too_long_is_refused_whole)
{
    for (size_t size = XE_GDB_PACKET_MAX - 1; size < XE_GDB_PACKET_MAX + 70000;
         size += size < XE_GDB_PACKET_MAX + 8 ? 1 : 9999) {
        struct fake *fake = fake_attached(XE_GDB_VIEW_32);
        char *payload = malloc(size);

        memset(payload, 'q', size);
        fake_packet_bytes(fake, payload, size);
        cr_expect_str_eq(fake_heard(fake), size <= XE_GDB_PACKET_MAX ? "" : "E07", "%zu bytes",
                         size);
        cr_expect_str_eq(fake_say(fake, "qC"), "QC1a", "after %zu bytes", size);
        free(payload);
        fake_stop(fake);
    }
}
