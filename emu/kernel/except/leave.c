/* Unwinding: frames go, innermost first, and the handlers of those that go are told, up to the one
 * that goes on. What goes on is the very context that the handlers were given: the C++ runtime puts
 * another there. Source: doc/facts/exceptions.md, sections 3, 4 and 6; collided unwinds as on NT.
 */
#include "kernel/core/guest_call.h"
#include "kernel/except/except_internal.h"

enum disposition { CONTINUE_SEARCH = 1, COLLIDED_UNWIND = 3 };

static void set_flags(const struct xe__dispatch *d, bool target, bool collided)
{
    xe_gva at = xe__frame_get(d, XE__FRAME_RECORD) + XE__RECORD_FLAGS;
    uint32_t flags = xe_mem_u32(d->mem, at) & ~(XE_EXCEPT_TARGET_UNWIND | XE_EXCEPT_COLLIDED);

    flags |= target ? XE_EXCEPT_TARGET_UNWIND : 0;
    flags |= collided ? XE_EXCEPT_COLLIDED : 0;
    xe_mem_set_u32(d->mem, at, flags);
}

static bool is_target(const struct xe__dispatch *d, xe_gva frame)
{
    xe_gva target = xe__frame_get(d, XE__FRAME_TARGET);

    return target && frame == target;
}

/* ---- the end of it --------------------------------------------------------------------------- */

static void arrive(const struct xe__dispatch *d)
{
    struct xe_cpu cpu = d->thread->cpu;

    xe__kernel_entry_calls_unwound(d->thread, xe__frame_get(d, XE__FRAME_TARGET));
    xe_unwind_context_get(d->mem, xe__frame_get(d, XE__FRAME_WALK), &cpu);
    cpu.pc = xe__frame_get(d, XE__FRAME_IP) & ~3u;
    cpu.gpr[3] = xe_mem_u64(d->mem, d->at + XE__FRAME_VALUE);
    xe__frame_resume(d->thread, &cpu);
}

/* Behind the last frame: an exit is what was asked for, else the target was none. */
static void run_out(const struct xe__dispatch *d)
{
    xe_gva record = xe__frame_get(d, XE__FRAME_RECORD);
    struct xe_stop_info why = {.cause = XE_CAUSE_EXCEPTION,
                               .code = xe_mem_u32(d->mem, record + XE__RECORD_CODE),
                               .address = xe_mem_u32(d->mem, record + XE__RECORD_ADDRESS),
                               .argument = {xe_mem_u32(d->mem, record + XE__RECORD_FLAGS)},
                               .arguments = 1};
    struct xe_cpu start;

    if (xe__frame_get(d, XE__FRAME_TARGET)) {
        xe__frame_complain(d, XE_STATUS_INVALID_UNWIND_TARGET);
        return;
    }
    xe__frame_start(d, &start);
    xe__except_unhandled(d->thread, &why, record, &start, true);
}

/* ---- going up -------------------------------------------------------------------------------- */

static void tell(const struct xe__dispatch *d, const struct xe__step *step, bool collided)
{
    xe_gva walk = xe__frame_get(d, XE__FRAME_WALK);

    set_flags(d, is_target(d, step->establisher), collided);
    xe__frame_set(d, XE__FRAME_DISPATCHER + XE__DISPATCHER_PC, step->cpu.pc);
    xe__frame_set(d, XE__FRAME_DISPATCHER + XE__DISPATCHER_ENTRY, step->function.entry);
    xe__frame_set(d, XE__FRAME_DISPATCHER + XE__DISPATCHER_FRAME, step->establisher);
    xe__frame_set(d, XE__FRAME_DISPATCHER + XE__DISPATCHER_CONTEXT, walk);
    xe_unwind_context_put(d->mem, walk, &step->cpu);
    xe_unwind_context_put(d->mem, d->at + XE__FRAME_NEXT, &step->next);
    xe__frame_call_handler(d, step->function.handler, walk);
}

/* Into an unwind that has not come to its end: its frame's handler is told again, and who has gone
 * already is not. */
static bool collide(const struct xe__dispatch *d, struct xe__step *step,
                    const struct xe__dispatch *below)
{
    xe_gva entry = xe__dispatcher_get(below, XE__DISPATCHER_ENTRY);
    struct xe__dispatch none;

    xe_unwind_context_get(d->mem, xe__dispatcher_get(below, XE__DISPATCHER_CONTEXT), &step->cpu);
    step->cpu.pc = xe__dispatcher_get(below, XE__DISPATCHER_PC) & ~3u;
    step->leaf = false;
    if (xe__walk_look(d->thread, step, &none) != XE__WALK_FRAME || step->function.entry != entry)
        return false;
    xe__frame_set(d, XE__FRAME_SCOPE, xe__frame_get(below, XE__FRAME_SCOPE));
    return step->function.handler != 0;
}

/* Out of what another of our frames called; *ret_tells: an unwind's, whose handler is told. */
static bool pass(const struct xe__dispatch *d, struct xe__step *step,
                 const struct xe__dispatch *below, bool *ret_tells)
{
    uint32_t kind = xe__frame_get(below, XE__FRAME_KIND);
    bool searches = kind == XE__FRAME_SEARCHES || kind == XE__FRAME_VECTORED;
    xe_gva sp = (xe_gva)step->cpu.gpr[1];

    *ret_tells = kind == XE__FRAME_UNWINDS;
    if (*ret_tells)
        return collide(d, step, below) && (xe_gva)step->cpu.gpr[1] > sp;
    xe__frame_start(below, &step->cpu);
    if (!searches || xe__frame_get(below, XE__FRAME_FLAGS) & XE__FLAG_AT_CALL)
        step->cpu.pc -= 4;
    step->leaf = false;
    return (xe_gva)step->cpu.gpr[1] > sp;
}

/* On from where step->cpu is, to the next handler or to the end. */
static void go_up(const struct xe__dispatch *d, struct xe__step *step)
{
    xe_gva target = xe__frame_get(d, XE__FRAME_TARGET);
    struct xe__dispatch below;
    bool tells;

    xe__frame_set(d, XE__FRAME_SCOPE, 0);
    for (;;) {
        enum xe__walk where = xe__walk_look(d->thread, step, &below);

        if (where == XE__WALK_DISPATCH && pass(d, step, &below, &tells)) {
            if (tells) {
                tell(d, step, true);
                return;
            }
            continue;
        }
        if (where != XE__WALK_FRAME || (target && step->establisher > target)) {
            run_out(d);
            return;
        }
        if (step->handled) {
            tell(d, step, false);
            return;
        }
        if (is_target(d, step->establisher)) {
            xe_unwind_context_put(d->mem, xe__frame_get(d, XE__FRAME_WALK), &step->cpu);
            arrive(d);
            return;
        }
        if (!xe__walk_on(step)) {
            run_out(d);
            return;
        }
    }
}

/* ---- what handlers say ----------------------------------------------------------------------- */

static void unwind_on(const struct xe__dispatch *d)
{
    struct xe__step step = {.cpu = d->thread->cpu};

    if (is_target(d, xe__dispatcher_get(d, XE__DISPATCHER_FRAME))) {
        arrive(d);
        return;
    }
    xe_unwind_context_get(d->mem, d->at + XE__FRAME_NEXT, &step.cpu);
    if ((xe_gva)step.cpu.gpr[1] <= d->at) /* it has been written to */
        run_out(d);
    else
        go_up(d, &step);
}

/* The handler says that this frame has a catch running, or the like, and where to go on instead. */
static void take_over(const struct xe__dispatch *d)
{
    struct xe__step step = {.cpu = d->thread->cpu};

    if (collide(d, &step, d) && (xe_gva)step.cpu.gpr[1] > d->at) {
        step.establisher = xe__dispatcher_get(d, XE__DISPATCHER_FRAME);
        tell(d, &step, true);
    } else {
        run_out(d);
    }
}

void xe__unwind_returned(const struct xe__dispatch *d, uint32_t r3)
{
    if (r3 == CONTINUE_SEARCH)
        unwind_on(d);
    else if (r3 == COLLIDED_UNWIND)
        take_over(d);
    else
        xe__frame_complain(d, XE_STATUS_INVALID_DISPOSITION);
}

/* ---- the beginning --------------------------------------------------------------------------- */

void xe_except_unwind(struct xe_thread *thread, const struct xe_except_unwind *unwind,
                      const struct xe_cpu *context)
{
    const struct xe_except_record record = {.code = XE_STATUS_UNWIND, .address = context->pc};
    const struct xe__frame_wish wish = {XE__FRAME_SIZE_UNWIND, XE__FRAME_UNWINDS, unwind->record,
                                        unwind->record ? NULL : &record};
    struct xe__step step = {.cpu = *context};
    struct xe__dispatch d;
    xe_gva flags;

    if (!xe__frame_make(thread, &wish, context, &d))
        return;
    if (unwind->record)
        xe__frame_set(&d, XE__FRAME_RECORD, unwind->record);
    else
        xe__frame_record(&d, &record);
    if (unwind->walk)
        xe__frame_set(&d, XE__FRAME_WALK, unwind->walk);
    flags = xe__frame_get(&d, XE__FRAME_RECORD) + XE__RECORD_FLAGS;
    xe_mem_set_u32(d.mem, flags,
                   xe_mem_u32(d.mem, flags) | XE_EXCEPT_UNWINDING |
                       (unwind->target ? 0 : XE_EXCEPT_EXIT_UNWIND));
    xe__frame_set(&d, XE__FRAME_FLAGS, XE__FLAG_AT_CALL);
    xe__frame_set(&d, XE__FRAME_TARGET, unwind->target);
    xe__frame_set(&d, XE__FRAME_IP, unwind->ip);
    xe_mem_set_u64(d.mem, d.at + XE__FRAME_VALUE, unwind->value);
    step.cpu.pc -= 4;
    go_up(&d, &step);
}
