/* Microcode as text and back: the same words, whatever they are; known words, by hand; what is no
 * program, and where. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpu/ucode/ucode_internal.h"

static struct xe_ucode_program program;
static struct xe_ucode_fault fault;

struct text {
    char bytes[1 << 18];
    size_t size;
};
static struct text text;

static void add_line(void *ctx, const char *line)
{
    struct text *to = ctx;
    size_t room = sizeof(to->bytes) - to->size;

    cr_assert_lt(strlen(line) + 2, room);
    to->size += (size_t)snprintf(to->bytes + to->size, room, "%s\n", line);
}

static const char *disassembled(enum xe_ucode_stage stage, const uint32_t *words, size_t n)
{
    text.size = 0;
    text.bytes[0] = '\0';
    xe_ucode_disassemble(stage, words, n, add_line, &text);
    return text.bytes;
}

static uint32_t draw(void)
{
    static uint64_t state = 0x9E3779B97F4A7C15u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

static void expect_round(enum xe_ucode_stage stage, const uint32_t *words, uint32_t n)
{
    const char *told = disassembled(stage, words, n);

    cr_assert(xe_ucode_assemble(told, &program, &fault), "%u:%u: %s\n%s", fault.line, fault.column,
              fault.text, told);
    cr_assert_eq(program.stage, stage);
    cr_assert_eq(program.count, n, "%s", told);
    cr_assert_arr_eq(program.words, words, n * sizeof(*words), "%s", told);
}

/* ---- any words ------------------------------------------------------------------------------ */

static uint32_t rounds(void)
{
    const char *soak = getenv("XE_SOAK");

    return 4000 * (soak ? (uint32_t)atoi(soak) : 1);
}

Test(ucode_text, any_words_come_back)
{
    uint32_t words[48];

    for (uint32_t i = 0; i < rounds(); i++) {
        uint32_t n = draw() % 48;

        for (uint32_t k = 0; k < n; k++)
            words[k] = draw();
        expect_round(i & 1, words, n);
    }
}

/* One exec of six instructions, each of an operation that there is, all else at random: they are
 * told as instructions, with or without braces, and never as words. */
static void random_body(uint32_t words[21], uint32_t kinds)
{
    static const uint8_t fetches[] = {0, 1, 16, 17, 18, 19, 24, 25, 26};
    uint32_t sequence = 0;

    for (uint32_t i = 3; i < 21; i++)
        words[i] = draw();
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t *slot = words + 3 + 3 * i;
        bool is_fetch = kinds >> i & 1;

        sequence |= (is_fetch | (draw() & 2)) << 2 * i;
        if (is_fetch)
            slot[0] = (slot[0] & ~31u) | fetches[draw() % sizeof(fetches)];
        else
            slot[0] = (slot[0] & 0x03FFFFFF) | (draw() % 41) << 26;
        if (!is_fetch)
            slot[2] = (slot[2] & 0xE0FFFFFF) | (draw() % 30) << 24;
    }
    words[0] = 1 | 6 << 12 | sequence << 16;
    words[1] = 0x2000;
    words[2] = 0;
}

static uint32_t count_of(const char *what, const char *in)
{
    uint32_t n = 0;

    for (const char *at = in; (at = strstr(at, what)); at++)
        n++;
    return n;
}

Test(ucode_text, any_instruction_is_told_as_one)
{
    uint32_t words[21], raw = 0, told = 0;

    for (uint32_t i = 0; i < rounds(); i++) {
        random_body(words, draw());
        expect_round(i & 1, words, 21);
        cr_assert_eq(count_of(".fetch", text.bytes) + count_of(".slot", text.bytes), 0, "%s",
                     text.bytes);
        raw += count_of(".alu", text.bytes);
        told += 6;
    }
    cr_expect_eq(raw, 0, "%u of %u", raw, told);
}

/* ---- known words, taken apart by hand ------------------------------------------------------- */

static const struct {
    enum xe_ucode_stage stage;
    uint32_t w[3];
    bool is_fetch;
    const char *text;
} known[] = {
    {XE_UCODE_VERTEX, {0xC80F803E, 0x00000000, 0xE2010100}, false, "mov oPos, r1"},
    {XE_UCODE_PIXEL, {0xC80F8000, 0x00000000, 0xE2000000}, false, "mov oC0, r0"},
    {XE_UCODE_PIXEL, {0xC80F8000, 0x00000000, 0x62000000}, false, "max oC0, c0, r0"},
    /* dp4 oPos.x, r1, c0: constants have no bit 31 to 29 */
    {XE_UCODE_VERTEX, {0xC801803E, 0x00000000, 0xAF010000}, false, "dp4 oPos.x, r1, c0"},
    {XE_UCODE_VERTEX, {0xC8070002, 0x04000000, 0xE1010300}, false, "mul r2.xyz, -r1, r3"},
    {XE_UCODE_VERTEX,
     {0xC80F0002, 0x006C0000, 0xE0410380},
     false,
     "add r2, r[aL+1].x, r3 {src3=128}"},
    {XE_UCODE_VERTEX, {0xC90F0002, 0x00000000, 0xE0810300}, false, "add_sat r2, |r1|, r3"},
    {XE_UCODE_VERTEX, {0xC80F0082, 0xA0000000, 0x60050300}, false, "add r2, |c[a0+5]|, r3"},
    {XE_UCODE_VERTEX, {0xC80F0002, 0xC0000000, 0x20050600}, false, "add r2, c[aL+5], c[aL+6]"},
    {XE_UCODE_VERTEX, {0xC80F0002, 0x18000000, 0xE0010300}, false, "(p0) add r2, r1, r3"},
    {XE_UCODE_VERTEX, {0xC80F0002, 0x10000000, 0xE0010300}, false, "(!p0) add r2, r1, r3"},
    /* rcp r3.x, r4.w: operand a is what lane w reads */
    {XE_UCODE_VERTEX, {0x4C100300, 0x00000000, 0xE2000004}, false, "rcp r3.x, r4.w"},
    {XE_UCODE_VERTEX, {0x00200300, 0x00000042, 0xE2000004}, false, "adds r3.y, r4.xz"},
    /* mulsc1: opcode 43, register 7 = bit 0 of it, src3 select, swizzle bits 2 to 5 (0x04) */
    {XE_UCODE_VERTEX, {0xAC800300, 0x00000004, 0xE2000005}, false, "mulsc1 r3.w, c5.w, r7.x"},
    {XE_UCODE_VERTEX, {0xC88F803E, 0x00000000, 0xE2010100}, false, "mov oPos.xyz1, r1"},
    {XE_UCODE_VERTEX, {0xC803C03E, 0x00000000, 0xE2010100}, false, "mov oPos.xy00, r1"},
    {XE_UCODE_PIXEL, {0xC8000000, 0x00000000, 0xF9000100}, false, "kill_gt r0._, r0, r1"},
    {XE_UCODE_VERTEX, {0xC8000000, 0x00000000, 0xE2000000}, false, "idle"},
    /* position: three floats at word 0 of a stride of 9; w is one */
    {XE_UCODE_VERTEX,
     {0x00081000, 0x00390A88, 0x00000009},
     true,
     "vfetch r1.xyz1, r0.x, vf0 {format=FMT_32_32_32_FLOAT, stride=9}"},
    {XE_UCODE_VERTEX,
     {0x05F82000, 0x00061E88, 0x00000309},
     true,
     "vfetch r2.xyz_, r0.x, vf95 {is_signed, format=FMT_8_8_8_8, stride=9, offset=3}"},
    {XE_UCODE_PIXEL, {0x90000001, 0x1F1FF688, 0x00004000}, true, "tfetch2D r0.xyzw, r0.xyz, tf0"},
};

static void known_program(size_t i, uint32_t words[6])
{
    words[0] = 1 | 1 << 12 | (uint32_t)known[i].is_fetch << 16;
    words[1] = 0x2200;
    words[2] = 0;
    memcpy(words + 3, known[i].w, sizeof(known[i].w));
}

Test(ucode_text, words_are_told_as_what_they_are)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        uint32_t words[6];
        char line[XE_UCODE_LINE];

        known_program(i, words);
        snprintf(line, sizeof(line), ".%s\n    exec_end\n        %s\n    nop\n",
                 known[i].stage == XE_UCODE_PIXEL ? "pixel" : "vertex", known[i].text);
        cr_expect_str_eq(disassembled(known[i].stage, words, 6), line);
    }
}

Test(ucode_text, text_is_made_into_these_words)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        uint32_t words[6];
        char line[XE_UCODE_LINE];

        known_program(i, words);
        snprintf(line, sizeof(line), ".%s\nexec_end\n%s",
                 known[i].stage == XE_UCODE_PIXEL ? "pixel" : "vertex", known[i].text);
        cr_assert(xe_ucode_assemble(line, &program, &fault), "%s: %s", known[i].text, fault.text);
        cr_expect_eq(program.count, 6);
        cr_expect_arr_eq(program.words, words, sizeof(words), "%s: %08x %08x %08x", known[i].text,
                         program.words[3], program.words[4], program.words[5]);
    }
}

static const char flow[] = ".vertex\n"
                           "    cond_exec !b5\n"
                           "        mov r1, r2\n"
                           "    loop_start i3, L6\n"
                           "L2:\n"
                           "    exec\n"
                           "    cond_exec_pred_end !p0\n"
                           "        serialize mov r1, r2\n"
                           "    cond_jmp p0, L2 {backward}\n"
                           "    loop_end i3, L2, p0\n"
                           "L6:\n"
                           "    cond_call always, L9\n"
                           "    alloc interpolators {size=2}\n"
                           "    exec_end {address=0}\n"
                           "L9:\n"
                           "    return\n";

Test(ucode_text, control_flow_is_told_with_labels)
{
    static const uint32_t cf[10][2] = {
        {5 | 1 << 12, 0x3000 | 5 << 2},
        {6 | 3 << 16, 0x7000},
        {6 | 0 << 12, 0x1000 | 1 << 9}, /* clean, as an exec is where nothing is said */
        {6 | 1 << 12 | 2 << 16, 0x6000},
        {2 | 1 << 14, 0xB000 | 1 << 1 | 1 << 10},
        {2 | 3 << 16 | 1 << 21, 0x8000 | 1 << 10},
        {9 | 1 << 13, 0x9000},
        {2, 0xC000 | 2 << 9},
        {0, 0x2000 | 1 << 9},
        {0, 0xA000},
    };

    cr_assert(xe_ucode_assemble(flow, &program, &fault), "%u:%u: %s", fault.line, fault.column,
              fault.text);
    cr_assert_eq(program.count, 21);
    cr_expect_eq(xe_ucode_cf_count(program.words, program.count), 10);
    for (uint32_t i = 0; i < 10; i++) {
        struct xe_ucode_word word = xe_ucode_cf_word(program.words, i);

        cr_expect_eq(word.w[0], cf[i][0], "%u: %08x", i, word.w[0]);
        cr_expect_eq(word.w[1], cf[i][1], "%u: %08x", i, word.w[1]);
    }
    cr_expect_str_eq(disassembled(XE_UCODE_VERTEX, program.words, program.count), flow);
}

/* ---- what people write ---------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    static struct xe_ucode_program first;

    cr_assert(xe_ucode_assemble(a, &first, &fault), "%s: %s", a, fault.text);
    cr_assert(xe_ucode_assemble(b, &program, &fault), "%s: %s", b, fault.text);
    return first.count == program.count && !memcmp(first.words, program.words, 4 * first.count);
}

Test(ucode_text, there_is_more_than_one_way_to_write)
{
    cr_expect(
        same("exec\nmov r0,r1", "  exec ; a body\n\n # nothing\n mov r0.xyzw , r1.xyzw // all"));
    cr_expect(
        same("exec\nadd r0, r1, r2 + rcp r3.x, r4.w", "exec\nadd r0, r1, r2\n  + rcp r3.x, r4.w"));
    cr_expect(same("exec\nmov r0.x, r1", "exec\nmax r0.x___, r1, r1"));
    cr_expect(same("here: nop\ncond_jmp always, here", "nop\ncond_jmp always, 0"));
    cr_expect(same("exec\nvfetch r0, r0.x, vf3 {offset=-1}",
                   "exec\nvfetch r0.xyzw, r0.x, vf0 {constant=0x1, offset=-0x1}"));
    cr_expect(same("exec\nserialize mov r0, r0", "exec {address=1, count=1, sequence=2}\n"
                                                 "nop\n.slot 0xC80F0000 0 0xE2000000"));
}

static const struct {
    const char *text;
    uint32_t line, column;
    const char *why;
} wrong[] = {
    {"exec\n  muk r0, r1, r2", 2, 3, "there is no operation 'muk'"},
    {"mov r0, r1", 1, 1, "this instruction is in no exec"},
    {"exec\nmov r64, r1", 2, 5, "expected a register, r0 to r63, or an export of this stage"},
    {"exec\nmov oC0, r1", 2, 5, "expected a register, r0 to r63, or an export of this stage"},
    {".pixel\nexec\nmov oPos, r1", 3, 5,
     "expected a register, r0 to r63, or an export of this stage"},
    {"exec\nmov r0, c256", 2, 9, "expected a register, r0 to r63, or a constant, c0 to c255"},
    {"exec\nmov r0", 2, 7, "a ',' is missing here"},
    {"exec\nmov r0, r1 r2", 2, 12, "expected the end of the line"},
    {"exec\nmov r0.yx, r1", 2, 7, "lanes are written in their order: x, y, z, w"},
    {"exec\nmov r0.xyz1, r1", 2, 7, "only exports of the vector part have 0 and 1"},
    {"exec\nmov r0, r1.xy", 2, 11, "expected one letter, for all lanes, or four"},
    {"exec\nadd r0, |c1|, c2", 2, 15, "the absolute value is of all constants, or of none"},
    {"exec\nadd r0, c[aL+1], c[a0+2]", 2, 24, "constants are relative to aL or to a0, not to both"},
    {"exec\nmad r0, r1, r2, r3 + rcp r4.x, r5.w", 2, 32,
     "the third source of the vector part and that of the scalar part are the same: they can't "
     "differ"},
    {"exec\nmov r0, r1 + mov r2, r3", 2, 14, "there is one vector operation in an instruction"},
    {"exec\nmov oPos, r1 + rcp r2.x, r3.w", 2, 20,
     "one part can't write an export, and the other a register"},
    {"exec\nmulsc0 r0.x, c1.x, r3.x", 2, 22,
     "the operation's last digit is 1 for an odd register, else 0"},
    {"exec\nmov r0, r1 {stride=3}", 2, 13, "this instruction has no field 'stride'"},
    {"exec\nvfetch r0, r0.x, vf96", 2, 18, "expected a fetch constant, vf0 to vf95"},
    {"exec\nvfetch r0, r0.x, vf0 {stride=256}", 2, 30, "expected a number from 0 to 255"},
    {"exec\nvfetch r0.xy, r0.x, vf0", 2, 10,
     "expected four letters: one for each lane, _ to keep it"},
    {"cond_jmp always, nowhere", 1, 18, "there is no label 'nowhere'"},
    {"a: nop\na: nop", 2, 2, "label 'a' is there already"},
    {"loop_start i32, 0", 1, 12, "expected a loop's constant, i0 to i31"},
    {"nop\n.pixel", 2, 2, ".pixel comes before everything else"},
    {".slot 0 0 0\nnop", 2, 1, "control flow comes before .slot and .word"},
    {"exec\n.geometry", 2, 2, "there is no '.geometry' here"},
    {"exec\nidle\nidle\nidle\nidle\nidle\nidle\nidle", 8, 1,
     "an exec has at most 6 instructions, a program 4096"},
    {"exec\nmov r0, r1 + (p0) rcp r2.x, r3.w", 2, 14, "an operation is missing here"},
    {"!", 1, 1, "an instruction is missing here"},
};

Test(ucode_text, faults_say_where_and_why)
{
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        cr_assert_not(xe_ucode_assemble(wrong[i].text, &program, &fault), "%s", wrong[i].text);
        cr_expect_str_eq(fault.text, wrong[i].why, "%s: %s", wrong[i].text, fault.text);
        cr_expect(fault.line == wrong[i].line && fault.column == wrong[i].column, "%s: %u:%u: %s",
                  wrong[i].text, fault.line, fault.column, fault.text);
    }
}

Test(ucode_text, the_longest_program_is_told_and_no_longer_one_is_made)
{
    static uint32_t words[XE_UCODE_WORDS + 3];
    static struct text all;

    memset(words, 0, sizeof(words));
    xe_ucode_disassemble(XE_UCODE_VERTEX, words, XE_UCODE_WORDS + 3, add_line, &all);
    cr_assert(xe_ucode_assemble(all.bytes, &program, &fault), "%s", fault.text);
    cr_expect_eq(program.count, XE_UCODE_WORDS);
    add_line(&all, "nop");
    cr_assert_not(xe_ucode_assemble(all.bytes, &program, &fault));
    cr_expect_str_eq(fault.text, "a program has at most 8192 instructions");
}
