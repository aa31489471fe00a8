/* Words and start states. Values are drawn half from corners (carries, signs, shift widths, special
 * floats) and half at random; the sequence depends on the row's name and the case number only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cpu/oracle/gen.h"

static uint64_t seed;

/* One draw a statement: C leaves the order inside an expression open. */
static uint64_t draw(void)
{
    uint64_t z = seed += 0x9E3779B97F4A7C15ull;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

static uint32_t below(uint32_t n)
{
    return (uint32_t)(draw() % n);
}

uint32_t gen_below(uint32_t n)
{
    return below(n);
}

#define PICK(table) ((table)[below(sizeof(table) / sizeof((table)[0]))])

/* ---- rows ---------------------------------------------------------------------------------- */

bool gen_named(const struct xe_ppc_insn *insn, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(insn->name, *names) == 0)
            return true;
    return false;
}

bool gen_has_field(const struct xe_ppc_insn *insn, const char *name)
{
    int64_t value;

    return xe_ppc_field(insn, 0, name, &value);
}

int64_t gen_field(const struct xe_ppc_insn *insn, uint64_t word, const char *name)
{
    int64_t value = 0;

    xe_ppc_field(insn, (uint32_t)word, name, &value);
    return value;
}

bool gen_is_memory(const struct xe_ppc_insn *insn)
{
    return insn->memory.address != XE_PPC_ADDRESS_NONE && insn->class != XE_PPC_CLASS_VMX128;
}

/* No oracle: privileged or 128-register rows, estimates whose bits are the chip's, registers the
 * harness needs, state it does not carry. */
static const char *const by_hand[] = {
    "sc",       "mfmsr",   "mtmsr", "mtmsrd", "mftb",      "mfspr",  "dcbz",    "dcbz128",
    "dcbi",     "lmw",     "stmw",  "stwcx_", "stdcx_",    "fres",   "frsqrte", "vrefp",
    "lvlx",     "lvlxl",   "lvrx",  "lvrxl",  "stvlx",     "stvlxl", "stvrx",   "stvrxl",
    "vexptefp", "vlogefp", "icbi",  "mtspr",  "vrsqrtefp", NULL};

unsigned gen_count(const struct xe_ppc_insn *insn)
{
    const struct xe_ppc_insn *base = gen_base(insn);

    if (!base || insn->status == XE_PPC_STATUS_PRIV || gen_named(base, by_hand))
        return 0;
    switch (insn->class) {
    case XE_PPC_CLASS_FPU:
        return 48;
    case XE_PPC_CLASS_INT:
        return 24;
    case XE_PPC_CLASS_SYS:
        return 2;
    case XE_PPC_CLASS_VMX128:
        return 10;
    case XE_PPC_CLASS_VMX:
        return strstr(insn->name, "fp") || strncmp(insn->name, "vrfi", 4) == 0 ||
                       strncmp(insn->name, "vc", 2) == 0
                   ? 24
                   : 12;
    default:
        return 16;
    }
}

/* ---- values -------------------------------------------------------------------------------- */

static uint64_t draw_integer(void)
{
    static const uint64_t corners[] = {0,
                                       1,
                                       2,
                                       31,
                                       32,
                                       63,
                                       64,
                                       0x7FFF,
                                       0x8000,
                                       0xFFFF,
                                       0x7FFFFFFF,
                                       0x80000000,
                                       0xFFFFFFFF,
                                       0x100000000ull,
                                       0xFFFFFFFF00000000ull,
                                       0x7FFFFFFFFFFFFFFFull,
                                       0x8000000000000000ull,
                                       0xFFFFFFFF80000000ull,
                                       UINT64_MAX,
                                       UINT64_MAX - 1};
    uint64_t value;

    switch (below(4)) {
    case 0:
        return draw();
    case 1:
        value = draw();
        return value >> below(64);
    default:
        return PICK(corners);
    }
}

static uint64_t draw_double(void)
{
    static const uint64_t corners[] = {0,
                                       0x8000000000000000ull,
                                       0x3FF0000000000000ull,
                                       0xBFF0000000000000ull,
                                       0x7FF0000000000000ull,
                                       0xFFF0000000000000ull,
                                       0x7FF8000000000000ull,
                                       0xFFF8000000001234ull,
                                       0x7FF4000000000001ull,
                                       0xFFF0000000000001ull,
                                       0x0000000000000001ull,
                                       0x800FFFFFFFFFFFFFull,
                                       0x0010000000000000ull,
                                       0x7FEFFFFFFFFFFFFFull,
                                       0x4000000000000000ull,
                                       0x3FE0000000000000ull,
                                       0x41DFFFFFFFC00000ull,
                                       0xC1E0000000200000ull,
                                       0x43E0000000000000ull,
                                       0xC3E0000000000000ull,
                                       0x47EFFFFFE0000000ull,
                                       0x47EFFFFFF0000000ull,
                                       0x3690000000000000ull,
                                       0x380FFFFFFFFFFFFFull,
                                       0x4008000000000000ull,
                                       0x3FB999999999999Aull};
    uint64_t exponent;

    switch (below(4)) {
    case 0:
        return PICK(corners);
    case 1: /* any exponent */
        return draw();
    default: /* close to 1 */
        exponent = 1023 - 4 + below(40);
        return (draw() & 0x800FFFFFFFFFFFFFull) | exponent << 52;
    }
}

static uint32_t draw_float(void)
{
    static const uint32_t corners[] = {0,          0x80000000, 0x3F800000, 0xBF800000, 0x7F800000,
                                       0xFF800000, 0x7FC00000, 0xFFC12345, 0x7FA00001, 0xFF800001,
                                       0x00000001, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0x40000000,
                                       0x3F000000, 0x4EFFFFFF, 0x4F000000, 0xCF000000, 0xCF000001,
                                       0x4F7FFFFF, 0x4F800000, 0x40490FDB, 0xBF000000};
    uint32_t value;

    switch (below(4)) {
    case 0:
        return PICK(corners);
    case 1:
        return (uint32_t)draw();
    default:
        value = draw() & 0x807FFFFF;
        return (uint32_t)(value | (uint64_t)(127 - 3 + below(30)) << 23);
    }
}

/* A double that is a single as well; not denormal as a single. */
static uint64_t draw_single_as_double(void)
{
    uint32_t single = draw_float();
    uint32_t exponent = single >> 23 & 0xFF;
    uint64_t sign = (uint64_t)(single >> 31) << 63;
    uint64_t fraction = (uint64_t)(single & 0x7FFFFF) << 29;

    if (exponent == 0)
        return sign;
    return sign | (exponent == 0xFF ? 0x7FFull : exponent + 896ull) << 52 | fraction;
}

static void draw_vector(const struct xe_ppc_insn *insn, uint8_t out[16])
{
    static const uint8_t corners[] = {0, 1, 0x7F, 0x80, 0xFF, 0xFE, 0x40, 0x10};
    bool floats = strstr(insn->name, "fp") || strncmp(insn->name, "vrfi", 4) == 0 ||
                  strncmp(insn->name, "vct", 3) == 0;

    if (floats) {
        for (int i = 0; i < 4; i++) {
            uint32_t f = __builtin_bswap32(draw_float());

            memcpy(out + 4 * i, &f, 4);
        }
        return;
    }
    for (int i = 0; i < 16; i++)
        out[i] = below(2) ? PICK(corners) : (uint8_t)draw();
    if (strcmp(insn->name, "vsl") == 0 || strcmp(insn->name, "vsr") == 0)
        for (int i = 0; i < 15; i++) /* all bytes must ask for the same shift */
            out[i] = (uint8_t)((out[i] & 0xF8) | (out[15] & 7));
}

/* FPSCR with its summary bits true; enables only where a row moves the register about. */
static uint32_t draw_fpscr(const struct xe_ppc_insn *insn)
{
    static const char *const movers[] = {"mffs",   "mcrfs",  "mtfsf", "mtfsfi",
                                         "mtfsb0", "mtfsb1", NULL};
    uint32_t value = (uint32_t)draw();

    if (!gen_named(insn, movers)) {
        value = below(2) ? below(4) : 0;
        return value | (below(4) ? 0 : 0x82000000u);
    }
    value &= 0x9FFFF700; /* no enables: user mode would take the exception */
    value |= below(4);
    if (value & 0x01F80700)
        value |= 0x20000000;
    return value;
}

/* ---- words --------------------------------------------------------------------------------- */

static uint32_t draw_gpr_number(void)
{
    static const uint8_t numbers[] = {3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 14, 15, 16,
                                      17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29};

    return PICK(numbers);
}

static uint32_t draw_field(const struct xe_ppc_insn *insn, const char *name)
{
    bool string = insn->memory.extent == XE_PPC_EXTENT_STRING;

    if (strcmp(name, "RT") == 0 || strcmp(name, "RS") == 0)
        return string ? 14 + below(9) : draw_gpr_number();
    if (strcmp(name, "RA") == 0 && string)
        return 3 + below(10);
    if (strcmp(name, "RA") == 0 && strstr(insn->operands, "RA|0") && !strchr(insn->operands, '(') &&
        below(4) == 0)
        return 0;
    if (strcmp(name, "RA") == 0 || strcmp(name, "RB") == 0)
        return string ? 3 + below(10) : draw_gpr_number();
    if (name[0] == 'V' && name[1] == 'R')
        return below(20);
    if (strcmp(name, "FXM") == 0 && strstr(insn->name, "ocrf"))
        return 1u << below(8);
    if (strcmp(name, "BD") == 0 || strcmp(name, "LI") == 0)
        return ORACLE_TAKEN / 4;
    if (strcmp(name, "AA") == 0)
        return 0;
    if (strcmp(name, "BO") == 0 && strcmp(insn->name, "bcctr") == 0)
        return below(32) | 4;
    if (strcmp(name, "L") == 0 && insn->class != XE_PPC_CLASS_INT)
        return strcmp(insn->name, "sync") == 0 ? below(2) : 0;
    if (strcmp(name, "TO") == 0 && below(3) == 0)
        return 1u << below(5);
    if (strncmp(insn->name, "mtfsb", 5) == 0) {
        static const uint8_t bits[] = {0,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                       13, 15, 16, 17, 18, 19, 21, 22, 23, 30, 31};

        return PICK(bits);
    }
    return (uint32_t)(below(3) ? draw() : below(2) ? UINT32_MAX : 0);
}

/* Loads with update need RA other than RT; a load's RA must not be its index either, or addresses
 * could not be chosen. */
static bool sound(const struct xe_ppc_insn *insn, uint32_t word)
{
    int64_t ra = gen_field(insn, word, "RA");
    int64_t rb = gen_field(insn, word, "RB");

    if (!gen_is_memory(insn))
        return true;
    if (gen_has_field(insn, "RB") && ra == rb)
        return false;
    if (xe_ppc_affects(insn, 'w', "RA") && gen_has_field(insn, "RT") &&
        ra == gen_field(insn, word, "RT"))
        return false;
    return true;
}

static uint32_t draw_word(const struct xe_ppc_insn *insn)
{
    uint32_t word;

    do {
        char fields[128], *save, *token;

        word = insn->match;
        snprintf(fields, sizeof(fields), "%s", insn->fields);
        for (token = strtok_r(fields, " ", &save); token; token = strtok_r(NULL, " ", &save)) {
            token[strcspn(token, ":")] = '\0';
            word |= xe_ppc_field_insert(insn, token, draw_field(insn, token));
        }
    } while (!sound(insn, word));
    return word;
}

/* ---- state --------------------------------------------------------------------------------- */

uint32_t gen_address(const struct xe_ppc_insn *insn, const struct oracle_case *c)
{
    int64_t ra = gen_field(insn, c->word, "RA");
    uint64_t base = ra ? c->gpr[ra] : 0;

    if (gen_has_field(insn, "RB"))
        return (uint32_t)(base + c->gpr[gen_field(insn, c->word, "RB")]);
    return (uint32_t)(base + (uint64_t)gen_field(insn, c->word, "D") +
                      (uint64_t)gen_field(insn, c->word, "DS"));
}

/* Registers such that the address lies in the memory under test, and the bytes there. */
static void draw_memory(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    int64_t ra = gen_field(insn, c->word, "RA"), rb = gen_field(insn, c->word, "RB");
    uint32_t at = below(128), target;
    bool aligned = insn->memory.extent == XE_PPC_EXTENT_ALIGNED;

    at = aligned ? at & ~7u : at;
    target = ORACLE_MEMORY + at;
    if (gen_has_field(insn, "RB")) {
        uint32_t index = ra ? below(0x10000) : target;

        c->gpr[rb] = index;
        if (ra)
            c->gpr[ra] = target - index;
    } else {
        uint64_t offset =
            (uint64_t)gen_field(insn, c->word, "D") + (uint64_t)gen_field(insn, c->word, "DS");

        c->gpr[ra] = gen_has_field(insn, "NB") ? target : target - offset;
    }
    for (uint32_t i = at & ~15u; i < (at & ~15u) + 48; i++)
        c->memory[i] = (uint8_t)draw();
    if (gen_has_field(insn, "FRT")) {
        uint64_t value = insn->memory.size == 4 ? (uint64_t)draw_float() << 32 : draw_double();

        value = __builtin_bswap64(value);
        memcpy(c->memory + at, &value, sizeof(value));
    }
}

static void draw_operands(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    static const char *const gprs[] = {"RT", "RS", "RA", "RB"};
    static const char *const fprs[] = {"FRT", "FRS", "FRA", "FRB", "FRC"};
    static const char *const vrs[] = {"VRT", "VRS", "VRA", "VRB", "VRC"};
    bool single = strcmp(insn->name, "frsp") != 0 && insn->class == XE_PPC_CLASS_FPU &&
                  insn->match >> 26 == 59;

    for (size_t i = 0; i < sizeof(gprs) / sizeof(gprs[0]); i++)
        if (gen_has_field(insn, gprs[i]))
            c->gpr[gen_field(insn, c->word, gprs[i])] = draw_integer();
    for (size_t i = 0; i < sizeof(fprs) / sizeof(fprs[0]); i++)
        if (gen_has_field(insn, fprs[i]))
            c->fpr[gen_field(insn, c->word, fprs[i])] =
                single ? draw_single_as_double() : draw_double();
    for (size_t i = 0; i < sizeof(vrs) / sizeof(vrs[0]); i++)
        if (gen_has_field(insn, vrs[i]))
            draw_vector(insn, c->vr[gen_field(insn, c->word, vrs[i])]);
}

static void draw_control(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    static const uint64_t counts[] = {0, 1, 2, 0xFFFFFFFF, 0x100000000ull, 0x100000001ull};

    if (insn->class == XE_PPC_CLASS_CR || insn->class == XE_PPC_CLASS_BRANCH || below(2))
        c->cr = (uint32_t)draw();
    if (insn->class == XE_PPC_CLASS_INT || strcmp(insn->name, "mcrxr") == 0)
        c->xer = draw() & 0xE0000000u;
    if (xe_ppc_affects(insn, 'r', "XER.count"))
        c->xer = below(33);
    if (insn->class == XE_PPC_CLASS_FPU)
        c->fpscr = draw_fpscr(insn);
    if (insn->class == XE_PPC_CLASS_VMX) {
        c->vscr[13] = (uint8_t)below(2);        /* NJ  */
        c->vscr[15] = (uint8_t)(below(4) == 0); /* SAT */
    }
    if (insn->class == XE_PPC_CLASS_BRANCH) {
        c->lr = (ORACLE_SLOT + ORACLE_TAKEN) | below(4);
        c->ctr = strcmp(insn->name, "bcctr") == 0 ? (ORACLE_SLOT + ORACLE_TAKEN) | below(4)
                                                  : PICK(counts);
    }
}

void gen_case(const struct xe_ppc_insn *row, unsigned n, struct oracle_case *ret)
{
    const struct xe_ppc_insn *insn = gen_base(row);
    bool wide = row->class == XE_PPC_CLASS_VMX128;

    seed = n;
    for (const char *p = row->name; *p; p++)
        seed = (seed ^ (uint8_t)*p) * 0x100000001B3ull;
    memset(ret, 0, sizeof(*ret));
    ret->word = draw_word(insn);
    if (wide)
        gen_vmx128_shape(row, ret);
    draw_operands(insn, ret);
    if (n >= GEN_NO_VECTOR && below(4) == 0)
        gen_edges(insn, ret);
    draw_control(insn, ret);
    if (gen_is_memory(insn))
        draw_memory(insn, ret);
    if (wide)
        gen_vmx128_state(row, ret);
}

void gen_swap(struct oracle_case *c)
{
    uint64_t *const words[] = {&c->cr,   &c->xer,  &c->lr,      &c->ctr,  &c->fpscr,
                               &c->path, &c->word, &c->host_lr, &c->words};

    for (int i = 0; i < 32; i++) {
        c->gpr[i] = __builtin_bswap64(c->gpr[i]);
        c->fpr[i] = __builtin_bswap64(c->fpr[i]);
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        *words[i] = __builtin_bswap64(*words[i]);
    for (int i = 0; i < ORACLE_WORDS; i++)
        c->program[i] = __builtin_bswap32(c->program[i]);
}
