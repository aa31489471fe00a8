/* Translated code does what the interpreter does: random instructions and sequences over every row
 * that a title may use, in a loop that gets translated, from interesting register values, in
 * budgets of odd sizes. Registers, memory, exceptions and counts must agree after each budget.
 *
 * XE_JIT_SEED and XE_JIT_CASES in the environment choose others than the fixed run. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "jit/jit.h"
#include "tests/cpu/made.h"

#define CODE  0x40010000u
#define DATA  0x40030000u
#define BYTES 0x2000u
#define RUN   1500u

/* Registers that memory instructions prefer; set again at the head of the loop. */
#define BASE  28u
#define INDEX 29u

struct side {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    struct xe_cpu cpu;
    uint32_t exceptions, last_address;
};

static uint64_t state;

static uint64_t rnd(void)
{
    uint64_t z = state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static void on_export(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    (void)ctx;
    (void)cpu;
    (void)address;
}

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    struct side *side = ctx;

    (void)cpu;
    side->exceptions++;
    side->last_address = what->address;
    return XE_CPU_SKIP;
}

static uint64_t on_timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)ctx;
    return cpu->retired;
}

static void side_init(struct side *side, struct xe_cpu_engine_config config)
{
    struct xe_cpu_host host = {side, on_export, on_exception, on_timebase};

    memset(side, 0, sizeof(*side));
    side->mem = xe_mem_create(0, NULL);
    cr_assert_not_null(side->mem);
    xe_mem_alloc(side->mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, 0x40000, 0, XE_PAGE_EXECUTE_READWRITE,
                 true, false);
    side->engine = made_engine(&config, side->mem, host);
}

static void side_fini(struct side *side)
{
    xe_cpu_engine_destroy(side->engine);
    xe_mem_destroy(side->mem);
}

/* ---- cases ----------------------------------------------------------------------------------- */

/* Only values that arithmetic likes. */
static bool moderate;

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
    uint64_t r = rnd();

    switch (moderate ? 4 + r % 2 : r % 6) {
    case 0:
        return value[rnd() % (sizeof(value) / sizeof(value[0]))];
    case 1:
        return rnd();
    case 2:
        return (uint32_t)rnd();
    case 3:
        return (uint64_t)(int64_t)(int8_t)rnd();
    case 4: /* a single of moderate size */
        return (rnd() & 0x800FFFFFE0000000u) | (1023 - 8 + rnd() % 16) << 52;
    default:
        return (rnd() & 0x800FFFFFFFFFFFFFu) | (1023 - 8 + rnd() % 16) << 52;
    }
}

static uint32_t interesting32(void)
{
    static const uint32_t value[] = {0,          0x80000000, 0x3F800000, 0xBF800000, 0x7F800000,
                                     0xFF800000, 0x7FC00001, 0x7FA00000, 0x00800000, 0x007FFFFF,
                                     0x7F7FFFFF, 0x00000001, 0xFFFFFFFF, 0x3F8CCCCD};

    return moderate || rnd() % 3 ? (uint32_t)rnd() % 0x08000000 + 0x3C000000
                                 : value[rnd() % (sizeof(value) / sizeof(value[0]))];
}

static void random_registers(struct xe_cpu *cpu)
{
    xe_cpu_reset(cpu);
    cpu->pc = CODE;
    for (int i = 0; i < 32; i++) {
        cpu->gpr[i] = interesting64();
        cpu->fpr[i] = interesting64();
    }
    for (int i = 0; i < 128; i++)
        for (int j = 0; j < 4; j++)
            cpu->vr[i].w[j] = interesting32();
    for (int i = 0; i < 8; i++)
        cpu->cr[i] = rnd() & 15;
    cpu->ca = rnd() & 1;
    cpu->xer_count = rnd() & 127;
    cpu->lr = interesting64();
    cpu->ctr = rnd() & 7;
    cpu->vscr = rnd() % 4 ? 0x00010000 : 0;
    if (moderate || rnd() % 2)
        cpu->fpscr = 0x82000000; /* FX, XX: the usual state of a thread */
    else if (rnd() % 4 == 0)
        cpu->fpscr = rnd() & 0xFF;
}

static bool usable(const struct xe_ppc_insn *insn)
{
    return insn->end == XE_PPC_END_NEXT || insn->end == XE_PPC_END_TRAP;
}

static uint32_t random_word(const struct xe_ppc_insn *insn)
{
    uint32_t word = insn->match | ((uint32_t)rnd() & ~insn->mask);
    enum xe_ppc_address address = insn->memory.address;
    bool memory = address != XE_PPC_ADDRESS_NONE;

    if (memory && rnd() % 16) {
        word = (word & ~(31u << 16)) | BASE << 16;
        if (address == XE_PPC_ADDRESS_X || address == XE_PPC_ADDRESS_X_UPDATE)
            word = (word & ~(31u << 11)) | INDEX << 11;
        else if (address != XE_PPC_ADDRESS_BASE)
            word = (word & ~0xF800u) | (word & 0x8000 ? 0xF800u : 0);
    }
    /* Few registers, so that results meet. */
    if (!memory && rnd() % 2)
        word &= ~(insn->mask ^ UINT32_MAX) | ~(0x18u << 21 | 0x18u << 16 | 0x18u << 11);
    return xe_ppc_decode(word) == insn ? word : random_word(insn);
}

struct program {
    uint32_t word[64];
    uint32_t words;
};

static void add(struct program *p, uint32_t word)
{
    p->word[p->words++] = word;
}

static void begin(struct program *p)
{
    p->words = 0;
    add(p, 0x3F800000 | (DATA + 0x1000) >> 16);                     /* lis r28        */
    add(p, 0x639C0000 | ((DATA + 0x1000) & 0xFFFF));                /* ori r28,r28    */
    add(p, 0x3BA00000 | (rnd() % 2 ? rnd() & 0xF0 : rnd() & 0xFF)); /* li r29 */
}

/* A conditional branch forward over a few words, now and then. */
static void random_branch(struct program *p, uint32_t over)
{
    static const uint32_t bo[] = {4, 12, 16, 18, 8, 0, 2, 10};

    add(p, 0x40000000 | bo[rnd() % 8] << 21 | (uint32_t)(rnd() & 31) << 16 | (over + 1) * 4);
}

static void end(struct program *p)
{
    add(p, 0x48000000 | ((0u - p->words * 4) & 0x03FFFFFC)); /* b to the first word */
}

/* ---- comparing --------------------------------------------------------------------------------
 */

static void describe(const struct program *p, const struct side *a, const struct side *b,
                     char *text, size_t size)
{
    size_t n = 0;

    for (uint32_t i = 0; i < p->words && n + 100 < size; i++) {
        char line[96];

        xe_ppc_disassemble(p->word[i], CODE + 4 * i, line, sizeof(line));
        n += (size_t)snprintf(text + n, size - n, "  %08x: %08x %s\n", CODE + 4 * i, p->word[i],
                              line);
    }
#define DIFF(field, ...)                                                                           \
    if (n + 128 < size && a->cpu.field != b->cpu.field)                                            \
    n += (size_t)snprintf(text + n, size - n, __VA_ARGS__, (unsigned long long)a->cpu.field,       \
                          (unsigned long long)b->cpu.field)
    for (int i = 0; i < 32; i++) {
        DIFF(gpr[i], "  r%d %016llx jit %016llx\n", i);
        DIFF(fpr[i], "  f%d %016llx jit %016llx\n", i);
    }
    for (int i = 0; i < 128; i++) {
        DIFF(vr[i].d[1], "  v%d.hi %016llx jit %016llx\n", i);
        DIFF(vr[i].d[0], "  v%d.lo %016llx jit %016llx\n", i);
    }
    for (int i = 0; i < 8; i++)
        DIFF(cr[i], "  cr%d %llx jit %llx\n", i);
    DIFF(pc, "  pc %08llx jit %08llx\n");
    DIFF(lr, "  lr %016llx jit %016llx\n");
    DIFF(ctr, "  ctr %016llx jit %016llx\n");
    DIFF(ca, "  ca %llx jit %llx\n");
    DIFF(so, "  so %llx jit %llx\n");
    DIFF(fpscr, "  fpscr %08llx jit %08llx\n");
    DIFF(vscr, "  vscr %08llx jit %08llx\n");
    DIFF(retired, "  retired %llu jit %llu\n");
    for (uint32_t i = 0; i < BYTES && n + 128 < size; i += 8)
        if (xe_mem_u64(a->mem, DATA + i) != xe_mem_u64(b->mem, DATA + i))
            n += (size_t)snprintf(text + n, size - n, "  m+%x %016llx jit %016llx\n", i,
                                  (unsigned long long)xe_mem_u64(a->mem, DATA + i),
                                  (unsigned long long)xe_mem_u64(b->mem, DATA + i));
    if (a->last_address != b->last_address)
        n += (size_t)snprintf(text + n, size - n, "  address %08x jit %08x\n", a->last_address,
                              b->last_address);
    if (a->exceptions != b->exceptions)
        snprintf(text + n, size - n, "  exceptions %u jit %u\n", a->exceptions, b->exceptions);
#undef DIFF
}

static bool same(const struct side *a, const struct side *b)
{
    struct xe_cpu x = a->cpu, y = b->cpu;

    x.stop = y.stop = 0;
    return !memcmp(&x, &y, sizeof(x)) && a->exceptions == b->exceptions &&
           a->last_address == b->last_address &&
           !memcmp(xe_mem_view(a->mem, DATA, BYTES), xe_mem_view(b->mem, DATA, BYTES), BYTES);
}

static void place(struct side *side, const struct program *p, const struct xe_cpu *cpu,
                  const uint8_t *data)
{
    for (uint32_t i = 0; i < p->words; i++)
        xe_mem_set_u32(side->mem, CODE + 4 * i, p->word[i]);
    xe_mem_write(side->mem, DATA, data, BYTES);
    side->cpu = *cpu;
    side->exceptions = side->last_address = 0;
}

/* Run both; false with *ret_at set when they differ. */
static bool agree(struct side *a, struct side *b, const struct program *p, const struct xe_cpu *cpu,
                  const uint8_t *data, uint64_t seed)
{
    uint64_t left = RUN, keep = state;
    bool ok = true;

    place(a, p, cpu, data);
    place(b, p, cpu, data);
    state = seed;
    while (left && ok) {
        uint64_t n = rnd() % 3 ? 1 + rnd() % 40 : 1 + rnd() % 700;

        n = n < left ? n : left;
        xe_cpu_run(a->engine, &a->cpu, n);
        xe_cpu_run(b->engine, &b->cpu, n);
        left -= n;
        ok = same(a, b);
    }
    state = keep;
    return ok;
}

/* Drop instructions while the difference stays. */
static void shrink(struct side *a, struct side *b, struct program *p, const struct xe_cpu *cpu,
                   const uint8_t *data, uint64_t seed)
{
    for (uint32_t i = 0; i + 1 < p->words; i++) {
        struct program less = *p;

        less.word[i] = 0x60000000;
        if (p->word[i] != 0x60000000 && !agree(a, b, &less, cpu, data, seed))
            *p = less;
    }
    (void)agree(a, b, p, cpu, data, seed);
}

static void check_from(struct side *a, struct side *b, struct program *p, const struct xe_cpu *cpu,
                       const uint8_t *data, uint64_t seed, const char *what)
{
    static char text[16384];

    if (agree(a, b, p, cpu, data, seed))
        return;
    shrink(a, b, p, cpu, data, seed);
    describe(p, a, b, text, sizeof(text));
    cr_assert(false, "%s:\n%s", what, text);
}

static void check(struct side *a, struct side *b, struct program *p, const char *what)
{
    static uint8_t data[BYTES];
    struct xe_cpu cpu;
    uint64_t seed = rnd();

    for (size_t i = 0; i < BYTES; i += 4) {
        uint32_t w = moderate || rnd() % 2 ? interesting32() : (uint32_t)rnd();

        memcpy(data + i, &w, 4);
    }
    random_registers(&cpu);
    check_from(a, b, p, &cpu, data, seed, what);
}

static uint32_t cases(uint32_t usual)
{
    const char *text = getenv("XE_JIT_CASES");

    return text ? (uint32_t)strtoul(text, NULL, 0) : usual;
}

static void seed(uint64_t usual)
{
    const char *text = getenv("XE_JIT_SEED");

    state = text ? strtoull(text, NULL, 0) : usual;
}

Test(cpu_jit, every_row_alone)
{
    struct side a, b;

    seed(1);
    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, (struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1});
    for (uint32_t i = 0; i < XE_PPC_INSNS; i++)
        for (uint32_t n = 0; n < cases(12) && usable(&xe_ppc_insns[i]); n++) {
            struct program p;

            begin(&p);
            for (uint32_t k = 0; k < 3; k++)
                add(&p, random_word(&xe_ppc_insns[i]));
            end(&p);
            check(&a, &b, &p, xe_ppc_insns[i].name);
        }
    side_fini(&a);
    side_fini(&b);
}

static void random_words(struct program *p, uint32_t until, uint32_t class)
{
    while (p->words < until) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[rnd() % XE_PPC_INSNS];

        if (rnd() % 24 == 0) { /* slwi r29,r29,n; lwzx r29,r28,r29 */
            uint32_t n = 1 + rnd() % 3;

            add(p, 0x57BD0000 | n << 11 | (31 - n) << 1);
            add(p, 0x7FBCE82E);
        } else if (rnd() % 10 == 0 && p->words + 1 < until) {
            random_branch(p, rnd() % (until - p->words));
        } else if (usable(insn) &&
                   (class > XE_PPC_CLASS_VMX128 || insn->class == class || rnd() % 16 == 0)) {
            add(p, random_word(insn));
        }
    }
}

/* A loop that counts down CTR, or goes by a compare: of one block, or with branches in it. */
static void random_loop(struct program *p, uint32_t class)
{
    uint32_t head, words = 1 + rnd() % 12;
    bool branches = rnd() % 3 == 0;

    add(p, 0x3BE00000 | (1 + rnd() % 9)); /* li r31     */
    add(p, 0x7FE903A6);                   /* mtctr r31  */
    head = p->words;
    while (p->words < head + words) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[rnd() % XE_PPC_INSNS];

        if (branches && rnd() % 6 == 0 && p->words + 1 < head + words)
            random_branch(p, rnd() % (head + words - p->words));
        else if (usable(insn) && (class > XE_PPC_CLASS_VMX128 || insn->class == class ||
                                  insn->class == XE_PPC_CLASS_LOAD || rnd() % 16 == 0))
            add(p, random_word(insn));
    }
    if (rnd() % 3) {
        add(p, 0x42000000 | ((0u - 4 * (p->words - head)) & 0xFFFC)); /* bdnz */
    } else {
        add(p, 0x37FFFFFF);                                           /* addic. r31,r31,-1 */
        add(p, 0x40820000 | ((0u - 4 * (p->words - head)) & 0xFFFC)); /* bne               */
    }
}

static void sequences(struct xe_cpu_engine_config config, uint64_t first, uint32_t count)
{
    struct side a, b;

    seed(first);
    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, config);
    for (uint32_t n = 0; n < cases(count); n++) {
        uint32_t length = 3 + rnd() % 30;
        enum xe_ppc_class class = (enum xe_ppc_class)(rnd() % 12);
        struct program p;

        begin(&p);
        if (rnd() % 3 == 0) {
            class = rnd() % 2 ? XE_PPC_CLASS_FPU : class;
            random_words(&p, p.words + rnd() % 6, class);
            random_loop(&p, class);
            random_words(&p, p.words + rnd() % 6, class);
        } else {
            random_words(&p, length, class);
        }
        end(&p);
        check(&a, &b, &p, "sequence");
    }
    side_fini(&a);
    side_fini(&b);
}

/* A loop of one block: `word` makes its words. CTR's upper half is anything now and then. */
static void counted_loop(struct program *p, uint32_t words, uint32_t (*word)(void))
{
    uint32_t head;

    begin(p);
    add(p, 0x3BE00000 | (1 + rnd() % 20)); /* li r31                */
    if (rnd() % 4 == 0)
        add(p, 0x7B7F000E); /* rldimi r31,r27,32,0   */
    add(p, 0x7FE903A6);     /* mtctr r31             */
    head = p->words;
    while (p->words < head + words)
        add(p, word());
    add(p, 0x42000000 | ((0u - 4 * (p->words - head)) & 0xFFFC)); /* bdnz */
    end(p);
}

static const struct xe_cpu_engine_config at_once = {.kind = XE_CPU_JIT, .hot = 1};
static const struct xe_cpu_engine_config without_fma = {
    .kind = XE_CPU_JIT, .hot = 1, .no_fma = true};

static void loops(uint64_t first, uint32_t (*word)(void), struct xe_cpu_engine_config config,
                  const char *what)
{
    struct side a, b;

    seed(first);
    moderate = true;
    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, config);
    for (uint32_t n = 0; n < cases(1500); n++) {
        struct program p;

        counted_loop(&p, 1 + rnd() % 14, word);
        check(&a, &b, &p, what);
    }
    moderate = false;
    side_fini(&a);
    side_fini(&b);
}

/* Ordinary arithmetic, mostly in single precision, on f0 to f7 and r0 to r7; memory at the base. */
static uint32_t float_word(void)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_fadds, XE_PPC_fsubs,   XE_PPC_fmuls,  XE_PPC_fmadds, XE_PPC_fnmsubs, XE_PPC_fdivs,
        XE_PPC_lfs,   XE_PPC_lfsx,    XE_PPC_stfs,   XE_PPC_fmr,    XE_PPC_fneg,    XE_PPC_fabs,
        XE_PPC_fsel,  XE_PPC_fcmpu,   XE_PPC_fctiwz, XE_PPC_frsp,   XE_PPC_fadd,    XE_PPC_fmul,
        XE_PPC_lfd,   XE_PPC_stfd,    XE_PPC_fmadd,  XE_PPC_addi,   XE_PPC_fadds,   XE_PPC_fmuls,
        XE_PPC_lfs,   XE_PPC_fmadds,  XE_PPC_fsubs,  XE_PPC_fcfid,  XE_PPC_mffs,    XE_PPC_fmsubs,
        XE_PPC_fres,  XE_PPC_frsqrte,
    };
    uint32_t word = random_word(&xe_ppc_insns[rows[rnd() % (sizeof(rows) / sizeof(rows[0]))]]);

    word &= ~(0x18u << 21);
    if (word >> 26 == 63 || word >> 26 == 59)
        word &= ~(0x18u << 16 | 0x18u << 11 | (word & 0x20 ? 0x18u << 6 : 0) | 1);
    else if (word >> 26 != 14)
        word = (word & ~(31u << 16)) | BASE << 16;
    return word;
}

/* What steps r28 and the like, and what looks at them. */
static uint32_t stepping_word(void)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_lwzu,  XE_PPC_stwu, XE_PPC_lbzu,  XE_PPC_sthu,  XE_PPC_ldu,  XE_PPC_stdu,
        XE_PPC_lfdu,  XE_PPC_lfsu, XE_PPC_stfdu, XE_PPC_stfsu, XE_PPC_addi, XE_PPC_addi,
        XE_PPC_addis, XE_PPC_lwz,  XE_PPC_stw,   XE_PPC_lwzx,  XE_PPC_stwx, XE_PPC_lwzux,
        XE_PPC_add,   XE_PPC_or,   XE_PPC_mfspr, XE_PPC_lfd,   XE_PPC_fadd, XE_PPC_fmul,
        XE_PPC_fadds, XE_PPC_stfd, XE_PPC_cmp,   XE_PPC_lvx,   XE_PPC_stvx,
    };
    uint32_t word = random_word(&xe_ppc_insns[rows[rnd() % (sizeof(rows) / sizeof(rows[0]))]]);
    uint32_t opcode = word >> 26, r = rnd() % 2 ? BASE : 30;

    if (opcode == 14 || opcode == 15) /* step it by little */
        return opcode << 26 | r << 21 | r << 16 |
               ((uint32_t)rnd() & (opcode == 14 ? 0x3F : 0x7FFF));
    if (opcode >= 32 && opcode < 56 && rnd() % 4) /* a short way */
        word &= ~0xFF80u;
    if (opcode == 62 || opcode == 58)
        word &= ~0xFF80u;
    if (rnd() % 4 == 0 && (opcode == 36 || opcode == 37 || opcode == 62))
        word = (word & ~(31u << 21)) | BASE << 21; /* keep the pointer itself */
    return word;
}

/* A word on a bank of eight registers of each file; memory at the base. */
static uint32_t banked_word(uint32_t bank)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_add,  XE_PPC_xor,  XE_PPC_mullw, XE_PPC_subf, XE_PPC_rlwinm, XE_PPC_addi,
        XE_PPC_add,  XE_PPC_or,   XE_PPC_lwz,   XE_PPC_stw,  XE_PPC_extsb,  XE_PPC_cmp,
        XE_PPC_fadd, XE_PPC_fmul, XE_PPC_fadds, XE_PPC_lfd,  XE_PPC_stfd,   XE_PPC_lfs,
    };
    uint32_t word = random_word(&xe_ppc_insns[rows[rnd() % (sizeof(rows) / sizeof(rows[0]))]]);
    uint32_t first = 3 + 8 * bank, opcode = word >> 26;

    if (opcode == 59 || opcode == 63) { /* bit 4 of XO: frC instead of frB */
        word = (word & 0xFC00003E) | (first + (rnd() & 7)) << 21 | (first + (rnd() & 7)) << 16;
        return word | (first + (rnd() & 7)) << (word & 0x10 ? 6 : 11);
    }
    word &= ~(31u << 16);
    if ((opcode != 31 || (word & 0x7FE)) && opcode != 11) /* but for compares */
        word = (word & ~(31u << 21)) | (first + (rnd() & 7)) << 21;
    if (opcode == 31)
        word = (word & ~(31u << 11)) | (first + (rnd() & 7)) << 11;
    return word | (opcode >= 32 ? BASE : first + (rnd() & 7)) << 16;
}

/* Loops that use other registers each, one behind the other, some with branches in them. */
Test(cpu_jit, loops_in_a_row)
{
    struct side a, b;

    seed(6);
    moderate = true;
    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, (struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1});
    for (uint32_t n = 0; n < cases(1500); n++) {
        struct program p;

        begin(&p);
        for (uint32_t bank = 0; bank < 3; bank++) {
            uint32_t words = 4 + rnd() % 11, head;

            add(&p, 0x3BE00000 | (1 + rnd() % 9)); /* li r31     */
            add(&p, 0x7FE903A6);                   /* mtctr r31  */
            head = p.words;
            while (p.words < head + words)
                if (rnd() % 12 == 0 && p.words + 1 < head + words)
                    random_branch(&p, rnd() % (head + words - p.words));
                else
                    add(&p, banked_word(bank));
            add(&p, 0x42000000 | ((0u - 4 * (p.words - head)) & 0xFFFC)); /* bdnz */
        }
        end(&p);
        check(&a, &b, &p, "loops in a row");
    }
    moderate = false;
    side_fini(&a);
    side_fini(&b);
}

Test(cpu_jit, loops_of_floats)
{
    loops(4, float_word, at_once, "loop of floats");
}

Test(cpu_jit, loops_of_floats_without_fma)
{
    loops(8, float_word, without_fma, "loop of floats without FMA");
}

Test(cpu_jit, loops_that_step_pointers)
{
    loops(5, stepping_word, at_once, "loop that steps pointers");
}

/* One of the rows. */
static uint32_t word_among(const enum xe_ppc_id *rows, size_t n)
{
    return random_word(&xe_ppc_insns[rows[rnd() % n]]);
}
#define WORD_AMONG(rows) word_among(rows, sizeof(rows) / sizeof((rows)[0]))

/* Reservations and cache blocks at r28, or r28 + r29 if that is near: what is reserved, its
 * neighbours, misaligned addresses. */
static uint32_t atomic_word(void)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_lwarx,   XE_PPC_lwarx,  XE_PPC_lwarx,  XE_PPC_ldarx, XE_PPC_stwcx_,
        XE_PPC_stwcx_,  XE_PPC_stwcx_, XE_PPC_stdcx_, XE_PPC_stwx,  XE_PPC_dcbz,
        XE_PPC_dcbz128, XE_PPC_dcbst,  XE_PPC_dcbf,   XE_PPC_add,   XE_PPC_mfcr,
    };
    bool sum = rnd() % 4 == 0;
    uint32_t word = WORD_AMONG(rows) & ~(0x18u << 21 | 31u << 16 | 31u << 11);

    return word | (sum ? BASE << 16 | INDEX << 11 : BASE << 11);
}

/* CR fields in all their forms, taken apart and put together. */
static uint32_t condition_word(void)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_cmp,    XE_PPC_cmpl,   XE_PPC_cmpi,  XE_PPC_cmpli,   XE_PPC_fcmpu,  XE_PPC_add,
        XE_PPC_crand,  XE_PPC_cror,   XE_PPC_crnor, XE_PPC_crandc,  XE_PPC_crorc,  XE_PPC_crxor,
        XE_PPC_creqv,  XE_PPC_crnand, XE_PPC_mcrf,  XE_PPC_mfcr,    XE_PPC_mtcrf,  XE_PPC_mfocrf,
        XE_PPC_mtocrf, XE_PPC_tw,     XE_PPC_twi,   XE_PPC_td,      XE_PPC_tdi,    XE_PPC_vcmpequw,
        XE_PPC_srad,   XE_PPC_divd,   XE_PPC_divdu, XE_PPC_vcmpbfp, XE_PPC_stwcx_, XE_PPC_mtmsrd,
    };

    return WORD_AMONG(rows);
}

/* Reciprocals that, rounded to double, lie half way between two singles; rounded once, they are
 * nearer to one. */
Test(cpu_jit, reciprocals_round_once)
{
    static const uint64_t of[] = {0x3FEFFFFFA0000120, 0x3FEFFFFF6000031F, 0xBFEFFFFF20000620,
                                  0x3FEFFFFEE0000A1F, 0x3FEFFFFEA0000F20, 0xBFEFFFFE6000151F};
    static uint8_t data[BYTES];
    struct side a, b;
    struct program p;
    struct xe_cpu cpu;

    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, at_once);
    begin(&p);
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
    cpu.fpscr = 0x82000000;
    for (uint32_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
        cpu.fpr[i] = of[i];
        add(&p, 0xEC000030 | (i + 8) << 21 | i << 11); /* fres */
    }
    end(&p);
    check_from(&a, &b, &p, &cpu, data, 1, "reciprocals");
    cr_expect_eq(xe_jit_counters(b.engine->jit)->called[XE_PPC_fres], 0);
    side_fini(&a);
    side_fini(&b);
}

/* What is added to a pointer later, and a displacement, are more than 31 bits together. */
Test(cpu_jit, a_loop_that_steps_far)
{
    static const uint32_t words[] = {
        0x38A00008, 0x7CA903A6, /* li r5,8; mtctr r5         */
        0x3C637FFF, 0x38637FFF, /* addis r3,r3,0x7fff; addi r3,r3,0x7fff */
        0x38637FFF, 0x88837FFF, /* addi r3,r3,0x7fff; lbz r4,0x7fff(r3)  */
        0x4200FFF0,             /* bdnz                      */
    };
    static uint8_t data[BYTES];
    struct side a, b;
    struct program p = {0};
    struct xe_cpu cpu;

    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, at_once);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        add(&p, words[i]);
    end(&p);
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
    cpu.gpr[3] = DATA - 0x80007FFD;
    check_from(&a, &b, &p, &cpu, data, 1, "far");
    side_fini(&a);
    side_fini(&b);
}

Test(cpu_jit, loops_of_reservations)
{
    loops(6, atomic_word, at_once, "loop of reservations");
}

Test(cpu_jit, loops_of_conditions)
{
    loops(7, condition_word, at_once, "loop of conditions");
}

Test(cpu_jit, sequences)
{
    sequences((struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1}, 2, 1500);
}

Test(cpu_jit, sequences_with_one_region)
{
    sequences((struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1, .max_regions = 1}, 3,
              1500);
}

/* LR lives in a host register here. The last word that writes it comes behind one that has all
 * registers stored and loaded again, which the branch back leads to. */
Test(cpu_jit, a_call_to_the_next_word_is_seen_by_helpers_before_it)
{
    static const uint32_t words[] = {
        0x4DFF3902,             /* crandc: done by the interpreter's function */
        0x7C8802A6,             /* mflr r4        */
        0x4800000C,             /* b to the calls */
        0x4E800020,             /* blr            */
        0x60000000, 0x4BFFFFF9, /* bl to the blr       */
        0x48000005,             /* bl to the next word */
    };
    struct side a, b;
    struct program p = {0};
    struct xe_cpu cpu;
    static const uint8_t data[BYTES];

    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, (struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1});
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        add(&p, words[i]);
    end(&p);
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
    cpu.lr = 1;
    check_from(&a, &b, &p, &cpu, data, 1, "bl");
    side_fini(&a);
    side_fini(&b);
}

Test(cpu_jit, sequences_without_fma)
{
    sequences(without_fma, 9, 1500);
}

/* Found once: a row that has to call the interpreter, at an address where another one was slow for
 * its denormals. The call was made with denormals flushed. */
Test(cpu_jit, slow_calls_without_fma)
{
    sequences(without_fma, 101, 4000);
}
