/* Control flow: each lane goes its own way, those that are furthest behind first. */
#include <string.h>

#include "gpu/ref/shader_internal.h"

/* ---- constants ------------------------------------------------------------------------------ */

static bool boolean(const struct xe__ref *ref, uint32_t i)
{
    return ref->run->constants->booleans[i / 32] >> i % 32 & 1;
}

struct loop_constant {
    int32_t count, start, step;
};

static struct loop_constant loop_constant(const struct xe__ref *ref, uint32_t i)
{
    uint32_t word = ref->run->constants->loops[i];

    return (struct loop_constant){(int32_t)(word & 0xFF), (int32_t)(word >> 8 & 0xFF),
                                  (int8_t)(word >> 16)};
}

/* ---- loops and calls ------------------------------------------------------------------------ */

static int32_t clamped(int32_t al)
{
    return al < -256 ? -256 : al > 256 ? 256 : al;
}

static void loop_start(struct xe__ref *ref, const struct xe_ucode_cf *cf, uint32_t lane)
{
    struct loop_constant loop = loop_constant(ref, cf->loop);
    struct xe__ref_lane *at = &ref->lane[lane];

    if (!loop.count) {
        at->pc = cf->target;
        return;
    }
    memmove(at->loop + 1, at->loop, (XE_REF_NESTED - 1) * sizeof(at->loop[0]));
    at->loop[0] = (struct xe__ref_loop){.al = ref->al[lane]}; /* to go back to */
    if (!cf->repeat)
        ref->al[lane] = loop.start;
    at->loop[0].base = ref->al[lane];
    at->loops += at->loops < XE_REF_NESTED;
    at->pc++;
}

/* Guess: an end without a loop does nothing. */
static void loop_end(struct xe__ref *ref, const struct xe_ucode_cf *cf, uint32_t lane)
{
    struct loop_constant constant = loop_constant(ref, cf->loop);
    struct xe__ref_lane *at = &ref->lane[lane];
    struct xe__ref_loop *loop = &at->loop[0];
    bool breaks = cf->breaks && (ref->p0 >> lane & 1) == cf->cond;

    at->pc++;
    if (!at->loops)
        return;
    loop->iteration++;
    if (loop->iteration < constant.count && !breaks) {
        ref->al[lane] = clamped(loop->base + loop->iteration * constant.step);
        at->pc = cf->target;
        return;
    }
    ref->al[lane] = loop->al;
    memmove(at->loop, at->loop + 1, (XE_REF_NESTED - 1) * sizeof(at->loop[0]));
    at->loops--;
}

static bool goes(const struct xe__ref *ref, const struct xe_ucode_cf *cf, uint32_t lane)
{
    if (cf->always)
        return true;
    return (cf->predicated ? (bool)(ref->p0 >> lane & 1) : boolean(ref, cf->boolean)) == cf->cond;
}

static void call(struct xe__ref_lane *at, uint32_t target)
{
    memmove(at->back + 1, at->back, (XE_REF_NESTED - 1) * sizeof(at->back[0]));
    at->back[0] = at->pc + 1;
    at->calls += at->calls < XE_REF_NESTED;
    at->pc = target;
}

/* Guess: without a call it ends the program. */
static void return_to(struct xe__ref *ref, uint32_t lane)
{
    struct xe__ref_lane *at = &ref->lane[lane];

    if (!at->calls) {
        ref->live &= ~(1u << lane);
        return;
    }
    at->pc = at->back[0];
    memmove(at->back, at->back + 1, (XE_REF_NESTED - 1) * sizeof(at->back[0]));
    at->calls--;
}

static void step_lane(struct xe__ref *ref, const struct xe_ucode_cf *cf, uint32_t lane)
{
    struct xe__ref_lane *at = &ref->lane[lane];

    switch (cf->op) {
    case XE_UCODE_CF_loop_start:
        loop_start(ref, cf, lane);
        return;
    case XE_UCODE_CF_loop_end:
        loop_end(ref, cf, lane);
        return;
    case XE_UCODE_CF_cond_call:
        if (goes(ref, cf, lane))
            call(at, cf->target);
        else
            at->pc++;
        return;
    case XE_UCODE_CF_cond_jmp:
        at->pc = goes(ref, cf, lane) ? cf->target : at->pc + 1;
        return;
    case XE_UCODE_CF_return:
        return_to(ref, lane);
        return;
    default:
        at->pc++;
        return;
    }
}

/* ---- bodies --------------------------------------------------------------------------------- */

static uint32_t guarded(const struct xe__ref *ref, uint32_t lanes, bool predicated, bool cond)
{
    return !predicated ? lanes : cond ? lanes & ref->p0 : lanes & ~ref->p0;
}

static void run_slot(struct xe__ref *ref, const struct xe__ref_slot *slot, uint32_t lanes)
{
    switch (slot->form) {
    case XE_UCODE_ALU:
        lanes = guarded(ref, lanes, slot->alu.predicated, slot->alu.cond);
        if (lanes)
            xe__ref_alu_run(ref, &slot->alu, lanes);
        return;
    case XE_UCODE_VFETCH:
        lanes = guarded(ref, lanes, slot->vfetch.predicated, slot->vfetch.cond);
        if (lanes)
            xe__ref_vfetch(ref, &slot->vfetch, lanes);
        return;
    case XE_UCODE_TFETCH:
        lanes = guarded(ref, lanes, slot->tfetch.predicated, slot->tfetch.cond);
        if (lanes)
            xe__ref_tfetch(ref, &slot->tfetch, lanes);
        return;
    default:
        return;
    }
}

static void run_body(struct xe__ref *ref, const struct xe_ucode_cf *cf, uint32_t lanes)
{
    const struct xe_ref_shader *shader = ref->run->shader;

    for (uint32_t i = 0; i < cf->count && cf->address + i < shader->slots; i++)
        run_slot(ref, &shader->slot[2 * (cf->address + i) + (cf->sequence >> 2 * i & 1)], lanes);
}

static bool is_exec(const struct xe_ucode_cf *cf)
{
    return cf->form >= XE_UCODE_EXEC && cf->form <= XE_UCODE_EXEC_PRED;
}

static void exec(struct xe__ref *ref, const struct xe_ucode_cf *cf, uint32_t lanes)
{
    uint32_t body = guarded(ref, lanes, cf->form == XE_UCODE_EXEC_PRED, cf->cond);

    if (cf->form == XE_UCODE_EXEC_BOOL && boolean(ref, cf->boolean) != cf->cond)
        body = 0;
    if (body)
        run_body(ref, cf, body);
    if (cf->ends)
        ref->live &= ~body;
    EACH_LANE(lane, lanes)
    ref->lane[lane].pc++;
}

/* ---- the run -------------------------------------------------------------------------------- */

/* Steps of lanes, of which there is an end for each and for all. */
static void pay(struct xe__ref *ref, uint32_t lanes, uint32_t steps)
{
    EACH_LANE(lane, lanes)
    {
        bool has = ref->lane[lane].steps + steps <= XE_REF_STEPS && ref->run->most >= steps;

        ref->lane[lane].steps += steps;
        if (has) {
            ref->run->most -= steps;
            continue;
        }
        if (ref->run->most < steps)
            ref->run->most = 0;
        ref->live &= ~(1u << lane);
        ref->run->limited |= 1u << lane;
    }
}

/* Lanes that are where the one furthest behind is. */
static uint32_t furthest_behind(const struct xe__ref *ref, uint32_t *ret_pc)
{
    uint32_t lanes = 0;

    *ret_pc = UINT32_MAX;
    EACH_LANE(lane, ref->live)
    {
        if (ref->lane[lane].pc < *ret_pc) {
            *ret_pc = ref->lane[lane].pc;
            lanes = 0;
        }
        if (ref->lane[lane].pc == *ret_pc)
            lanes |= 1u << lane;
    }
    return lanes;
}

static void step(struct xe__ref *ref)
{
    uint32_t pc, lanes = furthest_behind(ref, &pc);
    const struct xe_ucode_cf *cf;

    if (pc >= ref->run->shader->cfs) {
        ref->live &= ~lanes; /* off the end is one */
        return;
    }
    cf = &ref->run->shader->cf[pc];
    pay(ref, lanes, 1 + (is_exec(cf) ? cf->count : 0));
    lanes &= ref->live;
    if (cf->form == XE_UCODE_ALLOC)
        xe__ref_flush_memory(ref, lanes);
    if (is_exec(cf)) {
        exec(ref, cf, lanes);
        return;
    }
    EACH_LANE(lane, lanes)
    step_lane(ref, cf, lane);
}

void xe_ref_run_begin(struct xe_ref_run *run)
{
    uint64_t clears = run->shader->exports;

    if (run->shader->stage == XE_UCODE_VERTEX)
        clears |= 0xFFFF | UINT64_C(3) << XE_UCODE_O_POSITION;
    memset(run->temp, 0, run->shader->temps * sizeof(run->temp[0]));
    for (uint64_t left = clears; left; left &= left - 1)
        memset(run->out[__builtin_ctzll(left)], 0, sizeof(run->out[0]));
    memset(run->written, 0, sizeof(run->written));
    run->killed = 0;
    run->limited = 0;
}

void xe_ref_run(struct xe_ref_run *run)
{
    struct xe__ref ref = {.run = run, .live = run->lanes & XE_REF_ALL};

    while (ref.live)
        step(&ref);
    xe__ref_flush_memory(&ref, run->lanes & XE_REF_ALL);
}
