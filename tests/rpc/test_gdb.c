/* The GDB protocol engine against a target that is an array and two threads: what it answers to
 * each packet, and what it asks of the target for it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/fake_gdb.h"

/* ---- answers -------------------------------------------------------------------------------- */

/* What a packet is answered and what the target is asked for it. NULL: does not matter. */
static const struct {
    const char *packet, *reply, *asked;
} exchanges[] = {
    /* queries */
    {"?", "T05thread:1a;40:82000100;1:00000001;43:00000043;", ""},
    {"qAttached", "1", ""},
    {"qAttached:1", "1", ""},
    {"qC", "QC1a", ""},
    {"qfThreadInfo", "m7,1a", ""},
    {"qsThreadInfo", "l", ""},
    {"qThreadExtraInfo,7", "6d61696e2077616974696e67", ""},
    {"qThreadExtraInfo,8", "E02", ""},
    {"qThreadExtraInfo,", "E02", ""},
    {"qSymbol::", "OK", ""},
    {"qRcmd,68656c70", "O68656c70 O0a OK", ""},
    {"qRcmd,686", "E16", ""},
    {"qRcmd,6x", "E16", ""},
    {"qRcmd,", "OK", ""},
    {"vCont?", "vCont;c;C;s;S;r", ""},
    {"vMustReplyEmpty", "", ""},
    {"vRun;a", "", ""},
    {"vKill;1", "", ""},
    {"R00", "", ""},
    {"!", "", ""},
    {"", "", ""},
    {"qOffsets", "", ""},
    {"qXfer:memory-map:read::0,1000",
     "l<?xml version=\"1.0\"?>\n<!DOCTYPE memory-map PUBLIC "
     "\"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\" "
     "\"http://sourceware.org/gdb/gdb-memory-map.dtd\">\n<memory-map>\n"
     "<memory type=\"ram\" start=\"0x00010000\" length=\"0x7eff0000\"/>\n"
     "<memory type=\"ram\" start=\"0x80000000\" length=\"0x20000000\"/>\n"
     "<memory type=\"ram\" start=\"0xa0000000\" length=\"0x5fd00000\"/>\n</memory-map>\n",
     ""},
    {"qXfer:memory-map:read::2,4", "mxml ", ""},
    {"qXfer:memory-map:read::1000,4", "l", ""},
    {"qXfer:memory-map:read::", "E16", ""},
    {"qXfer:memory-map:read:x:0,4", "", ""},
    {"qXfer:features:read:other.xml:0,100", "E02", ""},
    {"qXfer:features:read:target.xml:0,10", "m<?xml version=\"1", ""},
    {"qXfer:features:read:target.xml:ffffffff,10", "l", ""},
    {"qXfer:features:read:target.xml:0", "E16", ""},
    {"qXfer:features:read:target.xml:-1,10", "E16", ""},
    {"qXfer:threads:read::0,1000",
     "l<?xml version=\"1.0\"?>\n<threads>\n"
     "<thread id=\"7\" core=\"0\" name=\"main\">waiting</thread>\n"
     "<thread id=\"1a\" core=\"4\" name=\"a?b????\">running</thread>\n</threads>\n",
     ""},
    {"qXfer:threads:read::zz", "E16", ""},
    /* threads */
    {"Hg7", "OK", ""},
    {"Hg0", "OK", ""},
    {"Hg-1", "OK", ""},
    {"Hg8", "E02", ""},
    {"Hc-1", "OK", ""},
    {"Hx1", "E16", ""},
    {"H", "E16", ""},
    {"Hgp1.7", "E16", ""},
    {"T1a", "OK", ""},
    {"T8", "E02", ""},
    {"T", "E16", ""},
    {"T0", "E16", ""},
    {"Tffffffffffffffffff", "E16", ""},
    /* registers */
    {"p1", "00000001", ""},
    {"p20", "2222222200000020", ""},
    {"p40", "82000100", ""},
    {"p47", "71717171717171717171717171717171", ""},
    {"pc8", "71717171717171717171717171717171", ""},
    {"pc9", "2222222200000000", ""},
    {"pe8", "222222220000001f", ""},
    {"pe9", "E16", ""},
    {"p", "E16", ""},
    {"p-1", "E16", ""},
    {"pffffffffffffffff", "E16", ""},
    {"p1 ", "E16", ""},
    {"P3=0000abcd", "OK", "1a.r3=000000000000abcd "},
    {"P3=00000003", "OK", ""}, /* what it shows already: the upper half stays */
    {"Pcc=1234567890abcdef", "OK", "1a.r3=1234567890abcdef "},
    {"P40=82000200", "OK", "1a.pc=0000000082000200 "},
    {"P21=3ff0000000000000", "OK", "1a.f1=3ff0000000000000 "},
    {"P48=000102030405060708090a0b0c0d0e0f", "OK", "1a.v1=000102030405060708090a0b0c0d0e0f "},
    {"P69=000102030405060708090A0B0C0D0E0F", "OK", "1a.v32=000102030405060708090a0b0c0d0e0f "},
    {"P3=0000abc", "E16", ""},
    {"P3=0000abcde", "E16", ""},
    {"P3", "E16", ""},
    {"P3=", "E16", ""},
    {"Pe9=00000000", "E16", ""},
    {"G", "OK", ""},
    {"G0000", "E16", ""},
    {"G0000000000000005", "OK", "1a.r1=0000000000000005 "},
    {"Gxx", "E16", ""},
    /* memory */
    {"m82000000,4", "00010203", ""},
    {"m82000ffe,4", "feff0001", ""},
    {"m82000000,0", "", ""},
    {"m82001ffe,4", "feff", ""},
    {"m82001fff,1", "ff", ""},
    {"m82002000,1", "E0e", ""},
    {"m82001000,1001", NULL, ""}, /* up to the page's end; its length is looked at below */
    {"m81000000,4", "E0e", ""},
    {"m100000000,4", "E16", ""},
    {"mfffffffe,4", "E16", ""},
    {"mffffffff,1", "E0e", ""},
    {"m82000000", "E16", ""},
    {"m,4", "E16", ""},
    {"m82000000,4x", "E16", ""},
    {"M82000010,2:a5b6", "OK", ""},
    {"M82000010,2:a5b", "E16", ""},
    {"M82000010,2:a5b6c7", "E16", ""},
    {"M82000010,2", "E16", ""},
    {"M82000010,ffffffff:a5", "E16", ""},
    {"M82000010,0:", "OK", ""},
    {"M81000010,1:a5", "E0e", ""},
    {"X82000020,0:", "OK", ""},
    {"X82000020,2:ab", "OK", ""},
    {"X82000020,2:a", "E16", ""},
    {"X82000020,1:ab", "E16", ""},
    {"X82000020,1:}", "E16", ""},
    {"X82000020", "E16", ""},
    /* points */
    {"Z0,82000100,4", "OK", "set:0,82000100,4 "},
    {"Z1,82000100,4", "OK", "set:1,82000100,4 "},
    {"Z2,82000100,8", "OK", "set:2,82000100,8 "},
    {"Z3,82000100,1", "OK", "set:3,82000100,1 "},
    {"Z4,82000100,2", "OK", "set:4,82000100,2 "},
    {"z2,82000100,8", "OK", "clear:2,82000100,8 "},
    {"Z0,100,4", "E0e", "set:0,100,4 "},
    {"Z5,82000100,4", "", ""},
    {"Z", "", ""},
    {"Z0", "", ""},
    {"Z0,82000100", "E16", ""},
    {"Z0,82000100,4;X1,0", "E16", ""},
    {"Z2,82000100,0", "E16", ""},
    {"Z2,fffffffe,4", "E16", ""},
    /* going */
    {"c", "T05thread:7;40:82000100;1:00000001;43:00000043;", "go "},
    {"C05", "T05thread:7;40:82000100;1:00000001;43:00000043;", "go "},
    {"s", "T05thread:1a;40:82000104;1:00000001;43:00000043;", "step:1a "},
    {"S00", "T05thread:1a;40:82000104;1:00000001;43:00000043;", "step:1a "},
    {"c82000000", "E16", ""},
    {"C", NULL, "go "},
    {"C0g", "E16", ""},
    {"vCont;c", "T05thread:7;40:82000100;1:00000001;43:00000043;", "go "},
    {"vCont;s:7;c", "T05thread:7;40:82000104;1:00000001;43:00000043;", "step:7 "},
    {"vCont;c:1a;s:7", NULL, "step:7 "},
    {"vCont;s", NULL, "step:1a "},
    {"vCont;S05:1a", NULL, "step:1a "},
    {"vCont;r82000100,82000110:1a;c", "T05thread:1a;40:82000104;1:00000001;43:00000043;",
     "step:1a,82000100-82000110 "},
    {"vCont;r82000200,82000210:1a", "T05thread:1a;40:82000104;1:00000001;43:00000043;",
     "step:1a,82000200-82000210 "},
    {"vCont", "E16", ""},
    {"vCont;", "E16", ""},
    {"vCont;t", "E16", ""},
    {"vCont;s:", "E16", ""},
    {"vCont;s:x", "E16", ""},
    {"vCont;c;;", "E16", ""},
    {"vCont;r1:1a", "E16", ""},
    {"vCont;C", "E16", ""},
    {"vContinue", "E16", ""},
    /* ending */
    {"D", "OK", "detach "},
    {"k", "", "leave "},
};

Test(gdb, each_packet_has_its_answer)
{
    for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++) {
        struct fake *fake = fake_attached(XE_GDB_VIEW_32);
        const char *reply = fake_say(fake, exchanges[i].packet);

        if (exchanges[i].reply)
            cr_expect_str_eq(reply, exchanges[i].reply, "%s: got %s", exchanges[i].packet, reply);
        if (exchanges[i].asked)
            cr_expect_str_eq(fake->asked, exchanges[i].asked, "%s: asked %s", exchanges[i].packet,
                             fake->asked);
        fake_stop(fake);
    }
}

Test(gdb, a_read_over_the_end_gives_the_pages_that_are_there)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);

    cr_expect_eq(strlen(fake_say(fake, "m82001000,1001")), 0x2000);
    cr_expect_eq(strlen(fake_say(fake, "m82001800,1001")), 0x1000);
    cr_expect_eq(strlen(fake_say(fake, "m82000000,ffffff")), 0x4000, "as much as a packet holds");
    fake_stop(fake);
}

Test(gdb, registers_of_the_64_bit_view_are_whole)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_64);

    cr_expect_str_eq(fake_say(fake, "p3"), "2222222200000003");
    cr_expect_str_eq(fake_say(fake, "p40"), "0000000082000100");
    cr_expect_str_eq(fake_say(fake, "pc9"), "E16");
    cr_expect_eq(strlen(fake_say(fake, "g")), 2 * (36u * 8 + 32 * 8 + 5 * 4 + 128 * 16));
    fake_stop(fake);
}

Test(gdb, what_g_gives_changes_nothing_when_written_back)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);
    char text[8192];

    snprintf(text, sizeof(text), "G%s", fake_say(fake, "g"));
    cr_expect_eq(strlen(text), 1 + 2 * (38u * 4 + 32 * 8 + 3 * 4 + 128 * 16 + 32 * 8));
    cr_expect_str_eq(fake_say(fake, text), "OK");
    cr_expect_str_eq(fake->asked, "");
    fake_stop(fake);
}

Test(gdb, a_written_register_is_read_again)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);

    fake_say(fake, "P3=0000abcd");
    cr_expect_str_eq(fake_say(fake, "p3"), "0000abcd");
    cr_expect_str_eq(fake_say(fake, "pcc"), "000000000000abcd");
    fake_say(fake, "Hg7");
    cr_expect_str_eq(fake_say(fake, "pcc"), "1111111100000003");
    fake_stop(fake);
}

Test(gdb, the_description_is_read_in_parts)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);
    char ask[80], whole[65536] = "";
    size_t offset = 0;
    const char *part;

    do {
        snprintf(ask, sizeof(ask), "qXfer:features:read:target.xml:%zx,3fb", offset);
        part = fake_say(fake, ask);
        strcat(whole, part + 1);
        offset += strlen(part + 1);
    } while (part[0] == 'm');
    cr_expect_eq(part[0], 'l');
    cr_expect(strstr(whole, "<architecture>powerpc:common</architecture>"));
    cr_expect(strstr(whole, "<reg name=\"x31\" bitsize=\"64\" type=\"uint64\" regnum=\"232\"/>"));
    cr_expect_str_eq(whole + strlen(whole) - 10, "</target>\n");
    fake_stop(fake);
}

Test(gdb, binary_data_may_hold_every_byte)
{
    struct fake *fake = fake_attached(XE_GDB_VIEW_32);
    char packet[64] = "X82000040,6:";
    const char bytes[] = {0, '}', 3, '}', '}' ^ 0x20, '*', (char)0xff, 'a'}; /* 00 # } * ff a */

    memcpy(packet + 12, bytes, sizeof(bytes));
    fake_packet_bytes(fake, packet, 12 + sizeof(bytes));
    cr_expect_str_eq(fake_heard(fake), "OK");
    cr_expect_arr_eq(fake->memory + 0x40,
                     "\0#}*\xff"
                     "a",
                     6);
    fake_stop(fake);
}

/* Every beginning of every packet of the table, and every packet with a byte changed. */
Test(gdb, survives_cut_and_changed_packets)
{
    for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++)
        for (size_t at = 0; at < strlen(exchanges[i].packet); at++) {
            struct fake *fake = fake_attached(XE_GDB_VIEW_32);
            char packet[256];

            snprintf(packet, sizeof(packet), "%s", exchanges[i].packet);
            fake_packet_bytes(fake, packet, at);
            for (int change = 1; change < 256 && !fake->ended; change += 37) {
                packet[at] = (char)(exchanges[i].packet[at] ^ change);
                if (packet[at] != '#' && packet[at] != '$')
                    fake_packet_bytes(fake, packet, strlen(exchanges[i].packet));
                fake_heard(fake);
                fake->asked[0] = '\0';
            }
            fake_stop(fake);
        }
}
