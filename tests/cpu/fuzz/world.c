/* Interpreter against translated code in a world that changes: two threads take turns on one
 * engine, in a program whose data lies in virtual memory, in the three aliases of physical memory,
 * or in a device. Between two budgets pages are hashed, protected and opened again, watched,
 * written from outside, instructions marked; translations must notice, and nothing may differ:
 * registers, counts, memory, what the host heard, what the device saw, what was told of watched
 * pages. */
#include "tests/cpu/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define BUDGETS  60u
#define PHYSICAL 0x1F0000u /* its three aliases are at bases[] */
#define BYTES    0x30000u
#define DEVICE   0x7FC80000u
#define THREADS  2u
#define LIS_BASE (0x3C000000u | FUZZ_BASE << 21)

/* Where a sequence's data may be instead: upper halves of its base register. */
static const uint16_t bases[] = {0xA020, 0xC020, 0xE01F, 0xA01F, DEVICE >> 16};

struct side {
    struct fuzz_machine m;
    struct xe_cpu cpu[THREADS];
    uint32_t running;      /* index of the thread */
    uint64_t heard, asked; /* hash of accesses to the device and to watched pages; marks reached */
};

struct world {
    const struct fuzz_options *options;
    struct side side[2];
    struct fuzz_program program;
    struct fuzz_state state[THREADS];
    struct draw events;
};

static void hear(struct side *side, uint64_t value)
{
    side->heard = (side->heard ^ value) * 0x100000001B3ull;
    side->heard ^= side->heard >> 31;
}

static enum xe_mem_fault device_read(void *ctx, xe_gva address, uint32_t size, uint64_t *ret_value)
{
    if (size != 4)
        return XE_MEM_PROTECTED;
    hear(ctx, address);
    *ret_value = (uint32_t)((struct side *)ctx)->heard;
    return XE_MEM_OK;
}

static enum xe_mem_fault device_write(void *ctx, xe_gva address, uint32_t size, uint64_t value)
{
    if (size != 4)
        return XE_MEM_PROTECTED;
    hear(ctx, (uint64_t)address << 32 | (uint32_t)value);
    return XE_MEM_OK;
}

/* Some of these accesses end the run behind their instruction, as watchpoints do. */
static void on_access(void *ctx, xe_gva va, uint32_t size, bool write)
{
    struct side *side = ctx;

    hear(side, (uint64_t)va << 32 | size << 1 | write);
    if (side->heard % 8 == 0) {
        xe_cpu_stop(&side->cpu[side->running]);
        xe_cpu_engine_cut(side->m.engine);
    }
}

static bool on_mark(void *ctx, struct xe_cpu *cpu)
{
    struct side *side = ctx;

    side->asked = (side->asked ^ cpu->pc ^ cpu->retired << 32) * 0x100000001B3ull;
    return false;
}

/* ---- life ------------------------------------------------------------------------------------ */

static bool side_init(struct side *side, struct xe_cpu_engine_config config)
{
    const struct xe_mem_mmio device = {.ctx = side, .read = device_read, .write = device_write};
    struct xe_mem *mem;

    if (!fuzz_machine_init(&side->m, config))
        return false;
    mem = side->m.mem;
    side->m.wander = true;
    xe_mem_watch_listener(mem, on_access, side);
    xe_cpu_engine_debugger(side->m.engine, on_mark, side);
    return xe_mem_alloc(mem, XE_MEM_HEAP_PHYSICAL, PHYSICAL, BYTES, 0, XE_PAGE_READWRITE, true,
                        false) &&
           xe_mem_mmio_add(mem, DEVICE, 0x10000, device);
}

static void end(void *mode)
{
    struct world *world = mode;

    for (int i = 0; i < 2; i++)
        fuzz_machine_fini(&world->side[i].m);
    free(world);
}

static void *begin(const struct fuzz_options *options)
{
    struct xe_cpu_engine_config config = fuzz_config(options);
    struct world *world = calloc(1, sizeof(*world));

    if (!world)
        return NULL;
    world->options = options;
    if (!options->engine_given)
        config.kind = XE_CPU_JIT;
    if (side_init(&world->side[0], (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER}) &&
        side_init(&world->side[1], config))
        return world;
    end(world);
    return NULL;
}

/* ---- what happens between budgets ------------------------------------------------------------ */

/* A page that matters: of code, of data, of an alias. */
static xe_gva some_page(struct draw *draw)
{
    uint32_t into = draw_below(draw, 4) << XE_MEM_PAGE_SHIFT;

    switch (draw_below(draw, 4)) {
    case 0:
        return (FUZZ_CODE & ~(XE_MEM_PAGE - 1)) + (into & 0x1000);
    case 1:
        return FUZZ_DATA + into;
    default:
        return ((uint32_t)bases[draw_below(draw, 4)] << 16) + into;
    }
}

static void protect(struct xe_mem *mem, struct draw *draw, xe_gva page)
{
    static const uint8_t rights[] = {XE_PAGE_READWRITE, XE_PAGE_READWRITE, XE_PAGE_READONLY,
                                     XE_PAGE_NOACCESS, XE_PAGE_EXECUTE_READWRITE};
    uint32_t to = rights[draw_below(draw, sizeof(rights))], old;

    if (page >> 16 != FUZZ_CODE >> 16)
        xe_mem_protect(mem, page & ~0xFFFFu, 0x10000, to, &old);
}

static void event(struct side *side, struct draw draw)
{
    struct xe_mem *mem = side->m.mem;
    xe_gva page = some_page(&draw), mark[2];
    uint8_t hash[16];

    switch (draw_below(&draw, 12)) {
    case 0:
    case 1:
        xe_mem_digest(mem, hash);
        break;
    case 2:
        protect(mem, &draw, page);
        break;
    case 3:
        xe_mem_watch(mem, page, draw_below(&draw, 2), draw_below(&draw, 2));
        break;
    case 4:
        xe_mem_watch(mem, page, false, false);
        break;
    case 5:
        xe_mem_set_u32(mem, page + 4 * draw_below(&draw, 1024), draw_word(&draw));
        break;
    case 6:
        mark[0] = FUZZ_CODE + 4 * draw_below(&draw, 32);
        mark[1] = mark[0] + 4 + 4 * draw_below(&draw, 32);
        xe_cpu_engine_mark(side->m.engine, mark, draw_below(&draw, 3));
        break;
    case 7:
        xe_mem_code_flush(mem, page, 4);
        break;
    default:
        break;
    }
}

static void restore(struct side *side, const struct world *world)
{
    struct xe_mem *mem = side->m.mem;
    uint32_t old;

    xe_mem_protect(mem, XE_MEM_PHYS_A + PHYSICAL, BYTES, XE_PAGE_READWRITE, &old);
    xe_mem_protect(mem, FUZZ_DATA, FUZZ_DATA_BYTES, XE_PAGE_EXECUTE_READWRITE, &old);
    for (uint32_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
        for (uint32_t page = 0; page < 4; page++)
            xe_mem_watch(mem, ((uint32_t)bases[i] << 16) + 0x1000 * page, false, false);
    for (uint32_t page = 0; page < 4; page++) {
        xe_mem_watch(mem, FUZZ_DATA + 0x1000 * page, false, false);
        xe_mem_watch(mem, (FUZZ_CODE & ~0xFFFu) + 0x1000 * page, false, false);
    }
    if (world->events.seed & 1)
        xe_cpu_engine_mark(side->m.engine, NULL, 0);
    memset(xe_mem_view_rw(mem, XE_MEM_PHYS_A + PHYSICAL, BYTES), 0, BYTES);
    fuzz_machine_load(&side->m, &world->program, &world->state[0], true);
    for (uint32_t i = 0; i < THREADS; i++)
        side->cpu[i] = world->state[i].cpu;
    side->heard = side->asked = 0;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static bool same_bytes(const struct world *world, xe_gva at, uint32_t size)
{
    return memcmp(world->side[0].m.mem->base + at, world->side[1].m.mem->base + at, size) == 0;
}

static bool same(struct world *world, uint32_t thread)
{
    struct side *a = &world->side[0], *b = &world->side[1];

    a->m.cpu = a->cpu[thread];
    b->m.cpu = b->cpu[thread];
    a->m.cpu.stop = b->m.cpu.stop = 0;
    return memcmp(&a->m.cpu, &b->m.cpu, sizeof(a->m.cpu)) == 0 && a->m.events == b->m.events &&
           a->heard == b->heard && a->asked == b->asked && a->m.raised == b->m.raised &&
           !b->m.mismatch && same_bytes(world, FUZZ_DATA, 0x2000) &&
           same_bytes(world, XE_MEM_PHYS_A + 0x200000, 0x2000);
}

static bool differs(void *ctx, const struct fuzz_program *p)
{
    struct world *world = ctx;
    struct draw draw = world->events;
    struct fuzz_program keep = world->program;
    bool ok = true;

    world->program = *p;
    for (int i = 0; i < 2; i++)
        restore(&world->side[i], world);
    world->program = keep;
    for (uint32_t n = 0; n < BUDGETS && ok; n++) {
        uint32_t budget = 1 + draw_below(&draw, draw_below(&draw, 2) ? 300 : 20);
        uint32_t thread = draw_below(&draw, THREADS);
        struct draw what = {draw_bits(&draw)};
        uint64_t ran[2];

        for (int i = 0; i < 2; i++) {
            event(&world->side[i], what);
            world->side[i].running = thread;
            ran[i] = xe_cpu_run(world->side[i].m.engine, &world->side[i].cpu[thread], budget);
        }
        ok = ran[0] == ran[1] && same(world, thread);
    }
    return !ok || !same_bytes(world, FUZZ_DATA, FUZZ_DATA_BYTES) ||
           !same_bytes(world, XE_MEM_PHYS_A + PHYSICAL, BYTES) ||
           !same_bytes(world, FUZZ_CODE_PAGE, FUZZ_DATA - FUZZ_CODE_PAGE);
}

static bool report(struct world *world, uint64_t number)
{
    const struct side *a = &world->side[0], *b = &world->side[1];

    printf("difference: --mode world --seed %llu --case %llu\n",
           (unsigned long long)world->options->seed, (unsigned long long)number);
    fuzz_program_shrink(&world->program, differs, world);
    if (!differs(world, &world->program))
        printf("  seen once only: the state of the translator matters\n");
    fuzz_program_print(stdout, &world->program);
    if (b->m.mismatch)
        printf("  %s\n", b->m.text);
    fuzz_report_registers(stdout, "interpreter", &a->m.cpu, "translated", &b->m.cpu);
    if (a->heard != b->heard)
        printf("  accesses to the device or watched pages differ\n");
    if (a->asked != b->asked)
        printf("  marks reached differ\n");
    if (a->m.events != b->m.events)
        printf("  what the host heard: %u and %u exceptions\n", a->m.raised, b->m.raised);
    fuzz_report_bytes(stdout, "data", a->m.mem->base + FUZZ_DATA, b->m.mem->base + FUZZ_DATA,
                      FUZZ_DATA_BYTES);
    fuzz_report_bytes(stdout, "physical", a->m.mem->base + XE_MEM_PHYS_A + PHYSICAL,
                      b->m.mem->base + XE_MEM_PHYS_A + PHYSICAL, BYTES);
    return false;
}

/* Have some of the sequence's data elsewhere. */
static void move_data(struct draw *draw, struct fuzz_program *p)
{
    uint32_t usual = bases[draw_below(draw, sizeof(bases) / sizeof(bases[0]))];

    for (uint32_t i = 0; i < p->words; i++)
        if ((p->word[i] & 0xFFFF0000u) == LIS_BASE && draw_below(draw, 3))
            p->word[i] =
                LIS_BASE |
                (draw_below(draw, 3) ? usual
                                     : bases[draw_below(draw, sizeof(bases) / sizeof(bases[0]))]);
}

static bool run(void *mode, uint64_t number)
{
    struct world *world = mode;
    struct draw draw = fuzz_draw(world->options->seed, "world", number);

    fuzz_program_draw(&draw, FUZZ_PAIR, NULL, &world->program);
    move_data(&draw, &world->program);
    for (uint32_t i = 0; i < THREADS; i++) {
        fuzz_draw_state(&draw, FUZZ_PAIR, &world->program, &world->state[i]);
        if (draw_below(&draw, 8)) /* or nothing is translated for long */
            world->state[i].cpu.so = 0;
    }
    world->events.seed = draw_bits(&draw);
    if (world->options->verbose)
        fuzz_program_print(stdout, &world->program);
    return !differs(world, &world->program) || report(world, number);
}

const struct fuzz_mode fuzz_mode_world = {"world", begin, run, end};
