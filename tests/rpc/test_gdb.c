/* The GDB protocol engine against a target that is an array and two threads: what it answers to
 * each packet, what it asks of the target for it, and what hostile input gets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rpc/gdb/gdb.h"

#define BASE 0x82000000u
#define SIZE 0x2000u

/* ---- the fake ------------------------------------------------------------------------------- */

struct fake {
    struct xe_gdb *gdb;
    uint8_t memory[SIZE];
    struct xe_gdb_registers registers[2];
    char asked[4096]; /* what the target was asked, one word each */
    char said[65536]; /* what the engine sent                     */
    size_t said_size;
    bool later; /* resume answers when stop() is called */
    bool ended;
    uint32_t threads;
};

static void note(struct fake *fake, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note(struct fake *fake, const char *format, ...)
{
    size_t used = strlen(fake->asked);
    va_list list;

    va_start(list, format);
    vsnprintf(fake->asked + used, sizeof(fake->asked) - used, format, list);
    va_end(list);
}

static void answer_plain(struct fake *fake, bool ok)
{
    const struct xe_gdb_answer answer = {.ok = ok};

    xe_gdb_answer(fake->gdb, &answer);
}

static void answer_stop(struct fake *fake, const struct xe_gdb_stop *stop)
{
    const struct xe_gdb_answer answer = {.ok = true, .stop = stop};

    xe_gdb_answer(fake->gdb, &answer);
}

static void fake_attach(void *ctx)
{
    note(ctx, "attach ");
    answer_stop(ctx, &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_TRAP});
}

static void fake_threads(void *ctx)
{
    struct fake *fake = ctx;
    const struct xe_gdb_thread threads[2] = {{7, 0, false, "main", "waiting"},
                                             {0x1a, 4, true, "a<b>\n\"&", "running"}};
    const struct xe_gdb_answer answer = {.ok = true, .thread = threads, .threads = fake->threads};

    xe_gdb_answer(fake->gdb, &answer);
}

static struct xe_gdb_registers *registers_of(struct fake *fake, uint32_t tid)
{
    return tid == 7 ? &fake->registers[0] : tid == 0x1a ? &fake->registers[1] : NULL;
}

static void fake_registers(void *ctx, uint32_t tid)
{
    struct fake *fake = ctx;
    const struct xe_gdb_registers *registers = registers_of(fake, tid);
    const struct xe_gdb_answer answer = {.ok = registers != NULL, .registers = registers};

    xe_gdb_answer(fake->gdb, &answer);
}

static void fake_register_write(void *ctx, uint32_t tid, const char *name, const uint8_t *bytes,
                                uint32_t size)
{
    struct fake *fake = ctx;
    struct xe_gdb_registers *registers = registers_of(fake, tid);
    uint64_t value = 0;
    char text[8];

    note(fake, "%x.%s=", tid, name);
    for (uint32_t i = 0; i < size; i++) {
        note(fake, "%02x", bytes[i]);
        value = value << 8 | bytes[i];
    }
    note(fake, " ");
    for (unsigned i = 0; i < XE_GDB_SCALARS; i++)
        if (!strcmp(xe_gdb_scalar_name(i, text), name))
            registers->scalar[i] = value;
    if (name[0] == 'v' && size == 16)
        memcpy(registers->vector[atoi(name + 1)], bytes, 16);
    answer_plain(fake, true);
}

static void fake_memory_read(void *ctx, uint32_t address, uint32_t size)
{
    struct fake *fake = ctx;
    bool ok = address >= BASE && address - BASE < SIZE && size <= SIZE - (address - BASE);
    const struct xe_gdb_answer answer = {
        .ok = ok, .bytes = ok ? fake->memory + (address - BASE) : NULL, .size = size};

    xe_gdb_answer(fake->gdb, &answer);
}

static void fake_memory_write(void *ctx, uint32_t address, const uint8_t *bytes, uint32_t size)
{
    struct fake *fake = ctx;
    bool ok = address >= BASE && address - BASE < SIZE && size <= SIZE - (address - BASE);

    if (ok)
        memcpy(fake->memory + (address - BASE), bytes, size);
    answer_plain(fake, ok);
}

static void fake_point_set(void *ctx, enum xe_gdb_point kind, uint32_t address, uint32_t size)
{
    note(ctx, "set:%d,%x,%x ", (int)kind, address, size);
    answer_plain(ctx, address >= BASE);
}

static void fake_point_clear(void *ctx, enum xe_gdb_point kind, uint32_t address, uint32_t size)
{
    note(ctx, "clear:%d,%x,%x ", (int)kind, address, size);
    answer_plain(ctx, true);
}

static void fake_resume(void *ctx, uint32_t step_tid, uint32_t from, uint32_t to)
{
    struct fake *fake = ctx;

    note(fake, step_tid ? "step:%x" : "go", step_tid);
    note(fake, to ? ",%x-%x " : " ", from, to);
    if (step_tid && registers_of(fake, step_tid))
        registers_of(fake, step_tid)->scalar[XE_GDB_PC] += 4;
    if (!fake->later)
        answer_stop(fake, &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_TRAP,
                                                .tid = step_tid ? step_tid : 7,
                                                .stepped = step_tid != 0});
}

static void fake_interrupt(void *ctx)
{
    note(ctx, "interrupt ");
}

static void fake_monitor(void *ctx, const char *command)
{
    struct fake *fake = ctx;
    const struct xe_gdb_answer answer = {.ok = true, .text = command};

    xe_gdb_answer(fake->gdb, &answer);
}

static void fake_detach(void *ctx, bool leave_stopped)
{
    note(ctx, leave_stopped ? "leave " : "detach ");
    answer_plain(ctx, true);
}

static void fake_send(void *ctx, const void *bytes, size_t size)
{
    struct fake *fake = ctx;

    cr_assert(fake->said_size + size < sizeof(fake->said));
    memcpy(fake->said + fake->said_size, bytes, size);
    fake->said_size += size;
    fake->said[fake->said_size] = '\0';
}

static void fake_end(void *ctx)
{
    struct fake *fake = ctx;

    fake->ended = true;
}

static struct fake *start(enum xe_gdb_view view)
{
    struct fake *fake = calloc(1, sizeof(*fake));
    const struct xe_gdb_host host = {fake, fake_send, fake_end};
    const struct xe_gdb_target target = {fake,
                                         fake_attach,
                                         fake_threads,
                                         fake_registers,
                                         fake_register_write,
                                         fake_memory_read,
                                         fake_memory_write,
                                         fake_point_set,
                                         fake_point_clear,
                                         fake_resume,
                                         fake_interrupt,
                                         fake_monitor,
                                         fake_detach};

    fake->threads = 2;
    for (uint32_t i = 0; i < SIZE; i++)
        fake->memory[i] = (uint8_t)i;
    for (int t = 0; t < 2; t++) {
        for (unsigned i = 0; i < XE_GDB_SCALARS; i++)
            fake->registers[t].scalar[i] = 0x1111111100000000u * (unsigned)(t + 1) + i;
        fake->registers[t].scalar[XE_GDB_PC] = BASE + 0x100;
        memset(fake->registers[t].vector, 0x70 + t, sizeof(fake->registers[t].vector));
    }
    fake->gdb = xe_gdb_create(&host, &target, view);
    cr_assert(fake->gdb);
    return fake;
}

static void stop(struct fake *fake)
{
    xe_gdb_destroy(fake->gdb);
    free(fake);
}

/* ---- saying --------------------------------------------------------------------------------- */

static void raw(struct fake *fake, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0 && !fake->ended) {
        size_t part = xe_gdb_room(fake->gdb);

        cr_assert(part > 0, "the engine takes nothing");
        part = part < size ? part : size;
        xe_gdb_receive(fake->gdb, at, part);
        at += part;
        size -= part;
    }
}

static void packet_bytes(struct fake *fake, const char *payload, size_t size)
{
    char *frame = malloc(size + 5);
    unsigned sum = 0;

    for (size_t i = 0; i < size; i++)
        sum += (uint8_t)payload[i];
    frame[0] = '$';
    memcpy(frame + 1, payload, size);
    sprintf(frame + 1 + size, "#%02x", sum & 0xff);
    raw(fake, frame, size + 4);
    free(frame);
}

/* The payload of what was said since the last look, all packets joined by spaces; acknowledgements
 * are left out, sums are checked. */
static const char *heard(struct fake *fake)
{
    static char text[65536];
    char *out = text;
    const char *at = fake->said;

    for (; *at; at++) {
        unsigned sum = 0, want;

        if (*at != '$')
            continue;
        if (out != text)
            *out++ = ' ';
        for (at++; *at != '#'; at++) {
            sum += (uint8_t)*at;
            *out++ = *at;
        }
        cr_assert_eq(sscanf(at, "#%2x", &want), 1);
        cr_expect_eq(sum & 0xff, want, "sum of %.40s", text);
        at += 2;
    }
    *out = '\0';
    fake->said_size = 0;
    fake->said[0] = '\0';
    return text;
}

static const char *say(struct fake *fake, const char *payload)
{
    heard(fake);
    packet_bytes(fake, payload, strlen(payload));
    return heard(fake);
}

/* Attached, and nothing asked so far. */
static struct fake *attached(enum xe_gdb_view view)
{
    struct fake *fake = start(view);

    say(fake, "?");
    fake->asked[0] = '\0';
    return fake;
}

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
        struct fake *fake = attached(XE_GDB_VIEW_32);
        const char *reply = say(fake, exchanges[i].packet);

        if (exchanges[i].reply)
            cr_expect_str_eq(reply, exchanges[i].reply, "%s: got %s", exchanges[i].packet, reply);
        if (exchanges[i].asked)
            cr_expect_str_eq(fake->asked, exchanges[i].asked, "%s: asked %s", exchanges[i].packet,
                             fake->asked);
        stop(fake);
    }
}

Test(gdb, a_read_over_the_end_gives_the_pages_that_are_there)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);

    cr_expect_eq(strlen(say(fake, "m82001000,1001")), 0x2000);
    cr_expect_eq(strlen(say(fake, "m82001800,1001")), 0x1000);
    cr_expect_eq(strlen(say(fake, "m82000000,ffffff")), 0x4000, "as much as a packet holds");
    stop(fake);
}

Test(gdb, registers_of_the_64_bit_view_are_whole)
{
    struct fake *fake = attached(XE_GDB_VIEW_64);

    cr_expect_str_eq(say(fake, "p3"), "2222222200000003");
    cr_expect_str_eq(say(fake, "p40"), "0000000082000100");
    cr_expect_str_eq(say(fake, "pc9"), "E16");
    cr_expect_eq(strlen(say(fake, "g")), 2 * (36u * 8 + 32 * 8 + 5 * 4 + 128 * 16));
    stop(fake);
}

Test(gdb, what_g_gives_changes_nothing_when_written_back)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);
    char text[8192];

    snprintf(text, sizeof(text), "G%s", say(fake, "g"));
    cr_expect_eq(strlen(text), 1 + 2 * (38u * 4 + 32 * 8 + 3 * 4 + 128 * 16 + 32 * 8));
    cr_expect_str_eq(say(fake, text), "OK");
    cr_expect_str_eq(fake->asked, "");
    stop(fake);
}

Test(gdb, a_written_register_is_read_again)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);

    say(fake, "P3=0000abcd");
    cr_expect_str_eq(say(fake, "p3"), "0000abcd");
    cr_expect_str_eq(say(fake, "pcc"), "000000000000abcd");
    say(fake, "Hg7");
    cr_expect_str_eq(say(fake, "pcc"), "1111111100000003");
    stop(fake);
}

Test(gdb, the_description_is_read_in_parts)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);
    char ask[80], whole[65536] = "";
    size_t offset = 0;
    const char *part;

    do {
        snprintf(ask, sizeof(ask), "qXfer:features:read:target.xml:%zx,3fb", offset);
        part = say(fake, ask);
        strcat(whole, part + 1);
        offset += strlen(part + 1);
    } while (part[0] == 'm');
    cr_expect_eq(part[0], 'l');
    cr_expect(strstr(whole, "<architecture>powerpc:common</architecture>"));
    cr_expect(strstr(whole, "<reg name=\"x31\" bitsize=\"64\" type=\"uint64\" regnum=\"232\"/>"));
    cr_expect_str_eq(whole + strlen(whole) - 10, "</target>\n");
    stop(fake);
}

Test(gdb, binary_data_may_hold_every_byte)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);
    char packet[64] = "X82000040,6:";
    const char bytes[] = {0, '}', 3, '}', '}' ^ 0x20, '*', (char)0xff, 'a'}; /* 00 # } * ff a */

    memcpy(packet + 12, bytes, sizeof(bytes));
    packet_bytes(fake, packet, 12 + sizeof(bytes));
    cr_expect_str_eq(heard(fake), "OK");
    cr_expect_arr_eq(fake->memory + 0x40,
                     "\0#}*\xff"
                     "a",
                     6);
    stop(fake);
}

/* ---- attaching, running, interrupting ------------------------------------------------------- */

Test(gdb, attaches_with_the_first_packet_and_not_before)
{
    struct fake *fake = start(XE_GDB_VIEW_32);

    raw(fake, "+", 1);
    cr_expect_str_eq(fake->asked, "");
    say(fake, "qSupported:swbreak+;xmlRegisters=i386");
    cr_expect_str_eq(fake->asked, "attach ");
    cr_expect(xe_gdb_attached(fake->gdb));
    say(fake, "D");
    cr_expect_not(xe_gdb_attached(fake->gdb));
    cr_expect(fake->ended);
    stop(fake);
}

Test(gdb, ctrl_c_interrupts_what_runs_once)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);

    raw(fake, "\003", 1);
    cr_expect_str_eq(fake->asked, "", "nothing runs");
    fake->later = true;
    cr_expect_str_eq(say(fake, "vCont;c"), "");
    raw(fake, "+\003\003", 3);
    cr_expect_str_eq(fake->asked, "go interrupt ");
    answer_stop(fake, &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_INT});
    cr_expect_str_eq(heard(fake), "T02thread:1a;40:82000100;1:00000001;43:00000043;");
    stop(fake);
}

Test(gdb, a_packet_while_it_runs_waits_for_the_stop)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);

    fake->later = true;
    say(fake, "c");
    cr_expect_str_eq(say(fake, "qC"), "");
    answer_stop(fake, &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_TRAP, .tid = 7});
    cr_expect_str_eq(heard(fake), "T05thread:7;40:82000100;1:00000001;43:00000043; QC7");
    stop(fake);
}

Test(gdb, ctrl_c_during_a_step_is_told_with_it)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);

    fake->later = true;
    say(fake, "vCont;r82000000,82001000:1a");
    raw(fake, "\003", 1);
    answer_stop(fake,
                &(struct xe_gdb_stop){.signal = XE_GDB_SIGNAL_TRAP, .tid = 0x1a, .stepped = true});
    cr_expect_str_eq(heard(fake), "T02thread:1a;40:82000104;1:00000001;43:00000043;");
    cr_expect_str_eq(fake->asked, "step:1a,82000000-82001000 interrupt ");
    stop(fake);
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
        struct fake *fake = attached(XE_GDB_VIEW_32);
        char features[80];
        const char *reply;

        snprintf(features, sizeof(features), "qSupported:%s", stops[i].features);
        say(fake, features);
        fake->later = true;
        say(fake, "c");
        answer_stop(fake, &stops[i].stop);
        reply = heard(fake);
        cr_expect(!strncmp(reply, stops[i].reply, strlen(stops[i].reply)), "%s instead of %s",
                  reply, stops[i].reply);
        stop(fake);
    }
}

Test(gdb, what_cannot_go_on_says_so_and_stays)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);
    const struct xe_gdb_answer no = {.ok = false, .text = "no"};

    fake->later = true;
    say(fake, "c");
    xe_gdb_answer(fake->gdb, &no);
    cr_expect_str_eq(heard(fake), "O6e6f O0a T05thread:1a;40:82000100;1:00000001;43:00000043;");
    stop(fake);
}

Test(gdb, an_instance_without_threads_can_be_looked_at)
{
    struct fake *fake = start(XE_GDB_VIEW_32);

    fake->threads = 0;
    cr_expect_str_eq(say(fake, "?"), "T05");
    cr_expect_str_eq(say(fake, "qfThreadInfo"), "l");
    cr_expect_str_eq(say(fake, "g"), "E02");
    cr_expect_str_eq(say(fake, "m82000000,1"), "00");
    stop(fake);
}

/* ---- framing and hostile input -------------------------------------------------------------- */

Test(gdb, acknowledges_until_told_not_to)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);

    heard(fake);
    raw(fake, "$qC#b4", 6);
    cr_expect_str_eq(fake->said, "+$QC1a#26");
    heard(fake);
    raw(fake, "-", 1);
    cr_expect_str_eq(fake->said, "$QC1a#26");
    heard(fake);
    raw(fake, "$qC#00", 6);
    cr_expect_str_eq(fake->said, "-");
    heard(fake);
    packet_bytes(fake, "QStartNoAckMode", 15);
    cr_expect_str_eq(fake->said, "+$OK#9a");
    heard(fake);
    raw(fake, "+-$qC#00", 8);
    cr_expect_str_eq(fake->said, "$QC1a#26");
    stop(fake);
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
    struct fake *fake = attached(XE_GDB_VIEW_32);
    char again[64];

    memset(again, '-', sizeof(again));
    heard(fake);
    packet_bytes(fake, "m82000000,400", 13);
    cr_assert_gt(fake->said_size, 2048);
    heard(fake);
    raw(fake, again, sizeof(again));
    cr_expect_leq(fake->said_size, 8 * (2048 + 4));
    heard(fake);
    cr_expect_str_eq(say(fake, "qC"), "QC1a");
    raw(fake, again, 1);
    cr_expect_str_eq(heard(fake), "QC1a");
    stop(fake);
}

Test(gdb, takes_only_what_is_framed)
{
    for (size_t i = 0; i < sizeof(framings) / sizeof(framings[0]); i++) {
        struct fake *fake = attached(XE_GDB_VIEW_32);

        raw(fake, framings[i].bytes, strlen(framings[i].bytes));
        cr_expect_str_eq(fake->said, framings[i].said, "'%s': '%s'", framings[i].bytes, fake->said);
        cr_expect_eq(fake->ended, framings[i].ended, "'%s'", framings[i].bytes);
        stop(fake);
    }
}

/* The same bytes in any portions mean the same. */
Test(gdb, a_packet_may_come_byte_by_byte)
{
    struct fake *fake = attached(XE_GDB_VIEW_32);

    for (const char *at = "$m82000000,4#57"; *at; at++)
        raw(fake, at, 1);
    cr_expect_str_eq(heard(fake), "00010203");
    stop(fake);
}

Test(gdb, a_packet_that_is_too_long_is_refused_whole)
{
    for (size_t size = XE_GDB_PACKET_MAX - 1; size < XE_GDB_PACKET_MAX + 70000;
         size += size < XE_GDB_PACKET_MAX + 8 ? 1 : 9999) {
        struct fake *fake = attached(XE_GDB_VIEW_32);
        char *payload = malloc(size);

        memset(payload, 'q', size);
        packet_bytes(fake, payload, size);
        cr_expect_str_eq(heard(fake), size <= XE_GDB_PACKET_MAX ? "" : "E07", "%zu bytes", size);
        cr_expect_str_eq(say(fake, "qC"), "QC1a", "after %zu bytes", size);
        free(payload);
        stop(fake);
    }
}

/* Every beginning of every packet of the table, and every packet with a byte changed. */
Test(gdb, survives_cut_and_changed_packets)
{
    for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++)
        for (size_t at = 0; at < strlen(exchanges[i].packet); at++) {
            struct fake *fake = attached(XE_GDB_VIEW_32);
            char packet[256];

            snprintf(packet, sizeof(packet), "%s", exchanges[i].packet);
            packet_bytes(fake, packet, at);
            for (int change = 1; change < 256 && !fake->ended; change += 37) {
                packet[at] = (char)(exchanges[i].packet[at] ^ change);
                if (packet[at] != '#' && packet[at] != '$')
                    packet_bytes(fake, packet, strlen(exchanges[i].packet));
                heard(fake);
                fake->asked[0] = '\0';
            }
            stop(fake);
        }
}
