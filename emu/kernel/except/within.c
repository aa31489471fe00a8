/* What a thread is in the middle of handling: exceptions whose handlers have not returned, or whose
 * catches still run. Their frames are on its stack, and are come across on the way up. */
#include "kernel/except/except_internal.h"

/* What a report is worth: a stack of handlers is a few hundred deep at most. */
#define STEPS_MAX 0x4000u

static void note(const struct xe__dispatch *below, struct xe_stop_within *ret)
{
    xe_gva record = xe__frame_get(below, XE__FRAME_RECORD);
    uint32_t code = xe_mem_u32(below->mem, record + XE__RECORD_CODE);
    xe_gva address = xe_mem_u32(below->mem, record + XE__RECORD_ADDRESS);

    if (!ret->count++) {
        ret->newest_code = code;
        ret->newest_address = address;
    }
    ret->first_code = code;
    ret->first_address = address;
}

/* Out of what one of our frames called, to where that was. false: that is no way up. */
static bool pass(struct xe__step *step, const struct xe__dispatch *below,
                 struct xe_stop_within *ret)
{
    uint32_t kind = xe__frame_get(below, XE__FRAME_KIND);
    bool searches = kind == XE__FRAME_SEARCHES || kind == XE__FRAME_VECTORED;
    xe_gva sp = (xe_gva)step->cpu.gpr[1];

    if (searches)
        note(below, ret);
    xe__frame_start(below, &step->cpu);
    if (!searches || xe__frame_get(below, XE__FRAME_FLAGS) & XE__FLAG_AT_CALL)
        step->cpu.pc -= 4;
    step->leaf = false;
    return (xe_gva)step->cpu.gpr[1] > sp;
}

void xe_except_within(struct xe_thread *thread, struct xe_stop_within *ret)
{
    struct xe__step step = {.cpu = thread->cpu};
    struct xe__dispatch below;
    bool more = true;

    *ret = (struct xe_stop_within){0};
    for (uint32_t i = 0; more && i < STEPS_MAX; i++)
        switch (xe__walk_look(thread, &step, &below)) {
        case XE__WALK_DISPATCH:
            more = pass(&step, &below, ret);
            break;
        case XE__WALK_FRAME:
            more = xe__walk_on(&step);
            break;
        default:
            more = false;
        }
}
