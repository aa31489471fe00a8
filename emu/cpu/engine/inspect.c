/* What the engine has to tell about itself: see xe/engine.h. */
#include "cpu/engine/check.h"
#include "jit/jit.h"

/* The rows called most, most first; of equals the first in the table. */
static void find_top(const struct xe_jit_counters *counters, struct xe_engine_info *ret)
{
    for (uint32_t row = 0; row < XE_PPC_INSNS; row++) {
        uint64_t calls = counters->called[row];
        uint32_t at = ret->tops;

        while (at > 0 && ret->top[at - 1].calls < calls)
            at--;
        if (!calls || at == XE_ENGINE_TOP)
            continue;
        if (ret->tops < XE_ENGINE_TOP)
            ret->tops++;
        for (uint32_t i = ret->tops - 1; i > at; i--)
            ret->top[i] = ret->top[i - 1];
        ret->top[at].mnemonic = xe_ppc_insns[row].mnemonic;
        ret->top[at].calls = calls;
    }
}

void xe_cpu_engine_info(const struct xe_cpu_engine *engine, struct xe_engine_info *ret)
{
    static const enum xe_engine kind[] = {[XE_CPU_INTERPRETER] = XE_ENGINE_INTERPRETER,
                                          [XE_CPU_JIT] = XE_ENGINE_JIT,
                                          [XE_CPU_CHECK] = XE_ENGINE_CHECK};
    const struct xe_jit_counters *c = engine->jit ? xe_jit_counters(engine->jit) : NULL;

    *ret = (struct xe_engine_info){
        .engine = kind[engine->kind], .asked = kind[engine->kind], .why = ""};
    if (engine->check)
        ret->compared = engine->check->instructions;
    if (!c)
        return;
    ret->regions = xe_jit_regions(engine->jit, NULL, NULL);
    ret->translated = c->regions;
    ret->words = c->region_words;
    ret->code_bytes = c->code_bytes;
    ret->flushes = c->flushes;
    ret->invalidations = c->invalidations;
    ret->faults = c->faults;
    ret->left_budget = c->leaves[XE_JIT_BUDGET];
    ret->left_jump = c->leaves[XE_JIT_JUMP];
    ret->left_interpret = c->leaves[XE_JIT_INTERPRET];
    ret->left_changed = c->leaves[XE_JIT_LEFT];
    ret->calls = c->calls;
    find_top(c, ret);
}

void xe_cpu_engine_regions(const struct xe_cpu_engine *engine,
                           void (*fn)(void *ctx, const struct xe_region_info *info), void *ctx)
{
    if (engine->jit)
        xe_jit_regions(engine->jit, fn, ctx);
}

bool xe_cpu_engine_region(const struct xe_cpu_engine *engine, xe_gva address,
                          struct xe_region_info *ret,
                          void (*fn)(void *ctx, const struct xe_region_line *line), void *ctx)
{
    return engine->jit && xe_jit_region(engine->jit, address, ret, fn, ctx);
}
