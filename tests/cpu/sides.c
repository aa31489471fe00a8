#include "tests/cpu/sides.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/cpu/made.h"

const struct xe_cpu_engine_config side_at_once = {.kind = XE_CPU_JIT, .hot = 1};
const struct xe_cpu_engine_config side_without_fma = {.kind = XE_CPU_JIT, .hot = 1, .no_fma = true};

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

void side_init(struct side *side, struct xe_cpu_engine_config config)
{
    struct xe_cpu_host host = {side, on_export, on_exception, on_timebase};

    memset(side, 0, sizeof(*side));
    side->mem = xe_mem_create(0, NULL);
    cr_assert_not_null(side->mem);
    xe_mem_alloc(side->mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, 0x40000, 0, XE_PAGE_EXECUTE_READWRITE,
                 true, false);
    side->engine = made_engine(&config, side->mem, host);
}

void side_fini(struct side *side)
{
    xe_cpu_engine_destroy(side->engine);
    xe_mem_destroy(side->mem);
}

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
    uint64_t left = RUN, keep;
    bool ok = true;

    place(a, p, cpu, data);
    place(b, p, cpu, data);
    keep = program_draw_from(seed);
    while (left && ok) {
        uint64_t n = program_random() % 3 ? 1 + program_random() % 40 : 1 + program_random() % 700;

        n = n < left ? n : left;
        xe_cpu_run(a->engine, &a->cpu, n);
        xe_cpu_run(b->engine, &b->cpu, n);
        left -= n;
        ok = same(a, b);
    }
    program_draw_from(keep);
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

void sides_check_from(struct side *a, struct side *b, struct program *p, const struct xe_cpu *cpu,
                      const uint8_t *data, uint64_t seed, const char *what)
{
    static char text[16384];

    if (agree(a, b, p, cpu, data, seed))
        return;
    shrink(a, b, p, cpu, data, seed);
    describe(p, a, b, text, sizeof(text));
    cr_assert(false, "%s:\n%s", what, text);
}

void sides_check(struct side *a, struct side *b, struct program *p, const char *what)
{
    static uint8_t data[BYTES];
    struct xe_cpu cpu;
    uint64_t seed = program_random();

    for (size_t i = 0; i < BYTES; i += 4) {
        uint32_t w = program_moderate || program_random() % 2 ? program_interesting32()
                                                              : (uint32_t)program_random();

        memcpy(data + i, &w, 4);
    }
    program_registers(&cpu);
    sides_check_from(a, b, p, &cpu, data, seed, what);
}
