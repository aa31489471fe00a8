#include "tests/cpu/programs.h"

#include <stdlib.h>
#include <string.h>

static uint64_t state;

uint64_t program_random(void)
{
    uint64_t z = state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

bool program_moderate;

static uint64_t interesting64(void)
{
    static const uint64_t value[] = {
        0,
        1,
        UINT64_MAX,
        0x7FFFFFFF,
        0x80000000,
        0xFFFFFFFF,
        0x7FFFFFFFFFFFFFFF,
        0x8000000000000000,
        0x3FF0000000000000, /* 1.0 */
        0xC000000000000000,
        0x7FF0000000000000,
        0xFFF8000000000001,
        0x7FF4000000000000,
        0x0010000000000000,
        0x000FFFFFFFFFFFFF,
        0x3810000000000000, /* least normal single */
        0x380FFFFFE0000000,
        0x47EFFFFFE0000000, /* greatest single */
        0x36A0000000000000,
        0x3FF0000020000000,
        0x3FF0000010000000,
        0x3FB999999999999A,
    };
    uint64_t r = program_random();

    switch (program_moderate ? 4 + r % 2 : r % 6) {
    case 0:
        return value[program_random() % (sizeof(value) / sizeof(value[0]))];
    case 1:
        return program_random();
    case 2:
        return (uint32_t)program_random();
    case 3:
        return (uint64_t)(int64_t)(int8_t)program_random();
    case 4: /* a single of program_moderate size */
        return (program_random() & 0x800FFFFFE0000000u) | (1023 - 8 + program_random() % 16) << 52;
    default:
        return (program_random() & 0x800FFFFFFFFFFFFFu) | (1023 - 8 + program_random() % 16) << 52;
    }
}

uint32_t program_interesting32(void)
{
    static const uint32_t value[] = {0,          0x80000000, 0x3F800000, 0xBF800000, 0x7F800000,
                                     0xFF800000, 0x7FC00001, 0x7FA00000, 0x00800000, 0x007FFFFF,
                                     0x7F7FFFFF, 0x00000001, 0xFFFFFFFF, 0x3F8CCCCD};

    return program_moderate || program_random() % 3
               ? (uint32_t)program_random() % 0x08000000 + 0x3C000000
               : value[program_random() % (sizeof(value) / sizeof(value[0]))];
}

void program_registers(struct xe_cpu *cpu)
{
    xe_cpu_reset(cpu);
    cpu->pc = CODE;
    for (int i = 0; i < 32; i++) {
        cpu->gpr[i] = interesting64();
        cpu->fpr[i] = interesting64();
    }
    for (int i = 0; i < 128; i++)
        for (int j = 0; j < 4; j++)
            cpu->vr[i].w[j] = program_interesting32();
    for (int i = 0; i < 8; i++)
        cpu->cr[i] = program_random() & 15;
    cpu->ca = program_random() & 1;
    cpu->xer_count = program_random() & 127;
    cpu->lr = interesting64();
    cpu->ctr = program_random() & 7;
    cpu->vscr = program_random() % 4 ? 0x00010000 : 0;
    if (program_moderate || program_random() % 2)
        cpu->fpscr = 0x82000000; /* FX, XX: the usual state of a thread */
    else if (program_random() % 4 == 0)
        cpu->fpscr = program_random() & 0xFF;
}

bool program_may_have(const struct xe_ppc_insn *insn)
{
    return insn->end == XE_PPC_END_NEXT || insn->end == XE_PPC_END_TRAP;
}

uint32_t program_word(const struct xe_ppc_insn *insn)
{
    uint32_t word = insn->match | ((uint32_t)program_random() & ~insn->mask);
    enum xe_ppc_address address = insn->memory.address;
    bool memory = address != XE_PPC_ADDRESS_NONE;

    if (memory && program_random() % 16) {
        word = (word & ~(31u << 16)) | BASE << 16;
        if (address == XE_PPC_ADDRESS_X || address == XE_PPC_ADDRESS_X_UPDATE)
            word = (word & ~(31u << 11)) | INDEX << 11;
        else if (address != XE_PPC_ADDRESS_BASE)
            word = (word & ~0xF800u) | (word & 0x8000 ? 0xF800u : 0);
    }
    /* Few registers, so that results meet. */
    if (!memory && program_random() % 2)
        word &= ~(insn->mask ^ UINT32_MAX) | ~(0x18u << 21 | 0x18u << 16 | 0x18u << 11);
    return xe_ppc_decode(word) == insn ? word : program_word(insn);
}

void program_add(struct program *p, uint32_t word)
{
    p->word[p->words++] = word;
}

void program_begin(struct program *p)
{
    p->words = 0;
    program_add(p, 0x3F800000 | (DATA + 0x1000) >> 16);      /* lis r28        */
    program_add(p, 0x639C0000 | ((DATA + 0x1000) & 0xFFFF)); /* ori r28,r28    */
    program_add(p, 0x3BA00000 | (program_random() % 2 ? program_random() & 0xF0
                                                      : program_random() & 0xFF)); /* li r29 */
}

/* A conditional branch forward over a few words, now and then. */
void program_branch(struct program *p, uint32_t over)
{
    static const uint32_t bo[] = {4, 12, 16, 18, 8, 0, 2, 10};

    program_add(p, 0x40000000 | bo[program_random() % 8] << 21 |
                       (uint32_t)(program_random() & 31) << 16 | (over + 1) * 4);
}

void program_end(struct program *p)
{
    program_add(p, 0x48000000 | ((0u - p->words * 4) & 0x03FFFFFC)); /* b to the first word */
}

uint32_t program_cases(uint32_t usual)
{
    const char *text = getenv("XE_JIT_CASES");

    return text ? (uint32_t)strtoul(text, NULL, 0) : usual;
}

void program_seed(uint64_t usual)
{
    const char *text = getenv("XE_JIT_SEED");

    state = text ? strtoull(text, NULL, 0) : usual;
}

uint64_t program_draw_from(uint64_t other)
{
    uint64_t was = state;

    state = other;
    return was;
}
