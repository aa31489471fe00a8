/* Our side. Exceptions and calls are part of what has to agree: all that the host hears is hashed.
 * A wandering machine goes on after them, so that sequences full of faults stay comparable. */
#include "tests/cpu/fuzz/fuzz.h"

#include <string.h>

#define CODE_BYTES 0x10000u
#define STEPS      100000u /* more than any sequence that ends takes */

static void note(struct fuzz_machine *m, uint64_t value)
{
    m->events = (m->events ^ value) * 0x100000001B3ull;
    m->events ^= m->events >> 29;
}

static void on_export(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    struct fuzz_machine *m = ctx;

    note(m, (uint64_t)address << 32 | cpu->pc);
    note(m, cpu->retired);
    cpu->gpr[3] += address;
    cpu->cr[0] = (uint8_t)(address >> 2 & 15);
    if (cpu->retired % 3 == 0)
        xe_cpu_stop(cpu);
}

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    struct fuzz_machine *m = ctx;

    m->raised++;
    m->last = what->kind;
    if (what->kind == XE_CPU_EXC_MISMATCH) {
        m->mismatch = true;
        snprintf(m->text, sizeof(m->text), "%s", what->text);
        return XE_CPU_LEAVE;
    }
    note(m, (uint64_t)what->kind << 32 | what->word);
    note(m, (uint64_t)what->address << 32 | cpu->pc);
    note(m, (uint64_t)what->fault << 1 | what->write);
    note(m, cpu->retired);
    note(m, xe_cpu_cr_get(cpu));
    if (!m->wander)
        return XE_CPU_LEAVE;
    if (cpu->pc - FUZZ_CODE < 4 * FUZZ_WORDS)
        return XE_CPU_SKIP;
    cpu->pc = FUZZ_CODE;
    return XE_CPU_RESUME;
}

static uint64_t on_timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)ctx;
    return cpu->retired * 3;
}

bool fuzz_machine_init(struct fuzz_machine *m, struct xe_cpu_engine_config config)
{
    struct xe_cpu_host host = {m, on_export, on_exception, on_timebase};
    struct xe_error err = XE_ERROR_INIT;

    memset(m, 0, sizeof(*m));
    m->kind = config.kind;
    m->mem = xe_mem_create(0, &err);
    if (m->mem &&
        xe_mem_alloc(m->mem, XE_MEM_HEAP_VIRTUAL_64K, FUZZ_CODE_PAGE, CODE_BYTES + FUZZ_DATA_BYTES,
                     0, XE_PAGE_EXECUTE_READWRITE, true, false))
        m->engine = xe_cpu_engine_create_as(&config, m->mem, host, &err);
    if (!m->engine)
        fprintf(stderr, "xe360-cpufuzz: no engine: %s\n", err.text);
    return m->engine != NULL;
}

void fuzz_machine_fini(struct fuzz_machine *m)
{
    if (m->engine)
        xe_cpu_engine_destroy(m->engine);
    if (m->mem)
        xe_mem_destroy(m->mem);
}

/* Make the page hold `bytes`; a page that does already is left alone, with its translations. */
static void set_page(struct xe_mem *mem, xe_gva at, const uint8_t *bytes)
{
    if (memcmp(xe_mem_view(mem, at, 0x1000), bytes, 0x1000) != 0)
        xe_mem_write(mem, at, bytes, 0x1000);
}

static void load_code(struct fuzz_machine *m, const struct fuzz_program *p, bool loop)
{
    uint8_t image[CODE_BYTES];
    uint32_t last = loop ? 0x48000000 | ((0u - 4 * p->words) & 0x03FFFFFC) : FUZZ_TRAP;

    memset(image, 0, sizeof(image));
    for (uint32_t i = 0; i <= p->words; i++) {
        uint32_t word = __builtin_bswap32(i < p->words ? p->word[i] : last);

        memcpy(image + (p->at - FUZZ_CODE_PAGE) + 4 * i, &word, 4);
    }
    for (uint32_t at = 0; at < CODE_BYTES; at += 0x1000)
        set_page(m->mem, FUZZ_CODE_PAGE + at, image + at);
}

void fuzz_machine_load(struct fuzz_machine *m, const struct fuzz_program *p,
                       const struct fuzz_state *state, bool loop)
{
    load_code(m, p, loop);
    for (uint32_t at = 0; at < FUZZ_DATA_BYTES; at += 0x1000)
        set_page(m->mem, FUZZ_DATA + at, state->data + at);
    m->cpu = state->cpu;
    m->events = m->raised = 0;
    m->mismatch = false;
}

void fuzz_machine_run(struct fuzz_machine *m, const struct fuzz_program *p,
                      const struct fuzz_state *state)
{
    for (int times = m->kind == XE_CPU_INTERPRETER ? 1 : 3; times--;) {
        fuzz_machine_load(m, p, state, false);
        xe_cpu_run(m->engine, &m->cpu, STEPS);
    }
}

void fuzz_machine_word(struct fuzz_machine *m, uint32_t word, struct fuzz_state *state)
{
    struct fuzz_program program = {.at = ORACLE_SLOT, .words = 3};

    program.word[0] = word;
    program.word[1] = program.word[2] = FUZZ_TRAP;
    state->cpu.pc = ORACLE_SLOT;
    fuzz_machine_run(m, &program, state);
}
