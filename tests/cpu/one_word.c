#include "tests/cpu/one_word.h"

#include <criterion/criterion.h>
#include <string.h>

#include "jit/jit.h"
#include "tests/cpu/made.h"

#define BRANCH_TO_ITSELF 0x48000000u

static void on_export(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    (void)cpu;
    (void)address;
    ((struct one_word *)ctx)->exported = true;
}

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    struct one_word *w = ctx;

    (void)cpu;
    w->raised = true;
    w->exception = *what;
    return XE_CPU_LEAVE;
}

static uint64_t on_timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)ctx;
    return cpu->retired;
}

void one_word_init(struct one_word *w, enum xe_cpu_engine_kind kind)
{
    /* The first arrival makes the code hot, the second enters it. */
    const struct xe_cpu_engine_config config = {.kind = kind, .hot = 1};
    struct xe_cpu_host host = {w, on_export, on_exception, on_timebase};

    memset(w, 0, sizeof(*w));
    w->kind = kind;
    w->mem = xe_mem_create(0, NULL);
    cr_assert_not_null(w->mem);
    xe_mem_alloc(w->mem, XE_MEM_HEAP_VIRTUAL_64K, ONE_WORD_CODE, ONE_WORD_END - ONE_WORD_CODE, 0,
                 XE_PAGE_EXECUTE_READWRITE, true, false);
    xe_mem_set_u32(w->mem, ONE_WORD_CODE + 4, BRANCH_TO_ITSELF);
    w->engine = made_engine(&config, w->mem, host);
}

void one_word_fini(struct one_word *w)
{
    if (w->kind == XE_CPU_JIT) /* or nothing was tried */
        cr_expect_gt(xe_jit_counters(w->engine->jit)->regions, 1000);
    xe_cpu_engine_destroy(w->engine);
    xe_mem_destroy(w->mem);
}

static bool is_branch(uint32_t word)
{
    const struct xe_ppc_insn *row = xe_ppc_decode(word);

    return row && row->end == XE_PPC_END_BRANCH;
}

bool one_word_run(struct one_word *w, uint32_t word, struct xe_cpu *cpu, const uint8_t *memory)
{
    const struct xe_cpu before = *cpu;
    uint64_t budget = is_branch(word) ? 1 : 2, ran = 0;

    xe_mem_set_u32(w->mem, ONE_WORD_CODE, word);
    for (int arrival = 0; arrival < (w->kind == XE_CPU_INTERPRETER ? 1 : 2); arrival++) {
        memcpy(cpu, &before, sizeof(before));
        cpu->pc = ONE_WORD_CODE;
        if (memory)
            xe_mem_write(w->mem, ONE_WORD_DATA, memory, ONE_WORD_BYTES);
        w->raised = w->exported = false;
        ran = xe_cpu_run(w->engine, cpu, budget);
    }
    cr_assert_eq(ran, w->raised ? 0 : budget, "%08x ran %lu", word, ran);
    if (ran == 2)
        cpu->retired--;
    return !w->raised;
}
