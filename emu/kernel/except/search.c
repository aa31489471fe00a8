/* Who handles it? The vectored handler and the handlers of frames are asked, innermost first; the
 * context of the exception is theirs to change.
 * Source: doc/facts/exceptions.md, sections 3, 4 and 8; what handlers' results mean is NT's. */
#include <string.h>

#include "kernel/except/except_internal.h"

enum disposition { CONTINUE_EXECUTION, CONTINUE_SEARCH, NESTED_EXCEPTION, COLLIDED_UNWIND };

#define VECTORED_CONTINUE UINT32_MAX

/* What a search found out on its way, beside where it is. */
struct search {
    struct xe__step step;
    bool nested;   /* it went through a search that has not ended ... */
    xe_gva inside; /* ... whose handler of this frame was running     */
};

/* Out of what one of our frames called: on from where that frame's exception, or call, was. */
static bool pass(struct search *s, const struct xe__dispatch *below)
{
    uint32_t kind = xe__frame_get(below, XE__FRAME_KIND);
    bool searches = kind == XE__FRAME_SEARCHES;
    bool calls = !searches && kind != XE__FRAME_VECTORED;
    xe_gva sp = (xe_gva)s->step.cpu.gpr[1];

    xe__frame_start(below, &s->step.cpu);
    if (calls || xe__frame_get(below, XE__FRAME_FLAGS) & XE__FLAG_AT_CALL)
        s->step.cpu.pc -= 4;
    s->step.leaf = false;
    if (searches && xe__dispatcher_get(below, XE__DISPATCHER_FRAME) > s->inside) {
        s->nested = true;
        s->inside = xe__dispatcher_get(below, XE__DISPATCHER_FRAME);
    }
    return (xe_gva)s->step.cpu.gpr[1] > sp;
}

/* From where the walk is to the next frame with a handler. */
static bool find(struct xe_thread *thread, struct search *s)
{
    struct xe__dispatch below;

    for (;;) {
        switch (xe__walk_look(thread, &s->step, &below)) {
        case XE__WALK_DISPATCH:
            if (!pass(s, &below))
                return false;
            break;
        case XE__WALK_FRAME:
            if (s->step.handled)
                return true;
            if (!xe__walk_on(&s->step))
                return false;
            break;
        default:
            return false;
        }
    }
}

/* ---- the end of it --------------------------------------------------------------------------- */

static void go_on(const struct xe__dispatch *d)
{
    struct xe_cpu start;

    xe__frame_start(d, &start);
    xe__frame_resume(d->thread, &start);
}

/* What the access met; "": it was none. */
static const char *met(const struct xe__dispatch *d)
{
    uint32_t flags = xe__frame_get(d, XE__FRAME_FLAGS);

    if (flags & XE__FLAG_PROTECTED)
        return "protected";
    if (flags & XE__FLAG_GUARDED)
        return "guarded";
    return flags & XE__FLAG_UNMAPPED ? "unmapped" : "";
}

/* What the frame says of it is believed only as far as the title could have done it: it could write
 * there. */
static bool is_processors(uint32_t cause)
{
    return (cause > XE_CAUSE_NONE && cause <= XE_CAUSE_ALIGNMENT) || cause == XE_CAUSE_BREAK_WORD;
}

static void give_up(const struct xe__dispatch *d)
{
    uint32_t cause = xe__frame_get(d, XE__FRAME_CAUSE);
    xe_gva record = xe__frame_get(d, XE__FRAME_RECORD);
    struct xe_stop_info why = {.cause = XE_CAUSE_EXCEPTION,
                               .code = xe_mem_u32(d->mem, record + XE__RECORD_CODE),
                               .address = xe_mem_u32(d->mem, record + XE__RECORD_ADDRESS),
                               .argument = {xe_mem_u32(d->mem, record + XE__RECORD_FLAGS)},
                               .arguments = 1};
    struct xe_cpu start;

    if (is_processors(cause)) {
        why = (struct xe_stop_info){.cause = (enum xe_cause)cause};
        why.code =
            xe_cause_has(why.cause) & XE_STOP_HAS_CODE ? xe__frame_get(d, XE__FRAME_WORD) : 0;
        why.address =
            xe_cause_has(why.cause) & XE_STOP_HAS_ADDRESS ? xe__frame_get(d, XE__FRAME_ADDRESS) : 0;
        strcpy(why.what, met(d));
    }
    xe__frame_start(d, &start);
    xe__except_unhandled(d->thread, &why, record, &start,
                         xe__frame_get(d, XE__FRAME_FLAGS) & XE__FLAG_AT_CALL);
}

/* ---- calling handlers ------------------------------------------------------------------------ */

static void flag_nested(const struct xe__dispatch *d, bool nested)
{
    xe_gva at = xe__frame_get(d, XE__FRAME_RECORD) + XE__RECORD_FLAGS;
    uint32_t flags = xe_mem_u32(d->mem, at) & ~XE_EXCEPT_NESTED_CALL;

    xe_mem_set_u32(d->mem, at, flags | (nested ? XE_EXCEPT_NESTED_CALL : 0));
}

/* The handler of the frame that the walk came to; where it goes on is kept. */
static void ask(const struct xe__dispatch *d, const struct search *s)
{
    const struct xe__step *step = &s->step;

    xe__frame_set(d, XE__FRAME_KIND, XE__FRAME_SEARCHES);
    xe__frame_set(d, XE__FRAME_TARGET, s->inside);
    if (s->nested)
        flag_nested(d, true);
    xe__frame_set(d, XE__FRAME_DISPATCHER + XE__DISPATCHER_PC, step->cpu.pc);
    xe__frame_set(d, XE__FRAME_DISPATCHER + XE__DISPATCHER_ENTRY, step->function.entry);
    xe__frame_set(d, XE__FRAME_DISPATCHER + XE__DISPATCHER_FRAME, step->establisher);
    xe__frame_set(d, XE__FRAME_DISPATCHER + XE__DISPATCHER_CONTEXT, d->at + XE__FRAME_START);
    xe_unwind_context_put(d->mem, d->at + XE__FRAME_CONTEXT, &step->next);
    xe__frame_call_handler(d, step->function.handler, d->at + XE__FRAME_START);
}

static void ask_next(const struct xe__dispatch *d, struct search *s)
{
    if (find(d->thread, s))
        ask(d, s);
    else
        give_up(d);
}

/* The search goes on behind the frame whose handler has returned. */
static void search_on(const struct xe__dispatch *d)
{
    struct search s = {.inside = xe__frame_get(d, XE__FRAME_TARGET)};

    s.step.cpu = d->thread->cpu;
    xe_unwind_context_get(d->mem, d->at + XE__FRAME_CONTEXT, &s.step.cpu);
    s.step.cpu.pc &= ~3u;
    if ((xe_gva)s.step.cpu.gpr[1] <= d->at) /* it has been written to */
        give_up(d);
    else
        ask_next(d, &s);
}

void xe__search_returned(const struct xe__dispatch *d, uint32_t r3)
{
    uint32_t flags = xe_mem_u32(d->mem, xe__frame_get(d, XE__FRAME_RECORD) + XE__RECORD_FLAGS);
    xe_gva frame = xe__dispatcher_get(d, XE__DISPATCHER_FRAME);

    switch (r3) {
    case CONTINUE_EXECUTION:
        if (flags & XE_EXCEPT_NONCONTINUABLE)
            xe__frame_complain(d, XE_STATUS_NONCONTINUABLE_EXCEPTION);
        else
            go_on(d);
        break;
    case NESTED_EXCEPTION:
        if (frame > xe__frame_get(d, XE__FRAME_TARGET))
            xe__frame_set(d, XE__FRAME_TARGET, frame);
        flag_nested(d, true);
        search_on(d);
        break;
    case CONTINUE_SEARCH:
        if (frame && frame == xe__frame_get(d, XE__FRAME_TARGET)) {
            xe__frame_set(d, XE__FRAME_TARGET, 0);
            flag_nested(d, false);
        }
        search_on(d);
        break;
    default:
        xe__frame_complain(d, XE_STATUS_INVALID_DISPOSITION);
    }
}

/* ---- the beginning --------------------------------------------------------------------------- */

static void begin_at_start(const struct xe__dispatch *d, struct search *s)
{
    *s = (struct search){0};
    xe__frame_start(d, &s->step.cpu);
    if (xe__frame_get(d, XE__FRAME_FLAGS) & XE__FLAG_AT_CALL)
        s->step.cpu.pc -= 4;
}

void xe__vectored_returned(const struct xe__dispatch *d, uint32_t r3)
{
    struct search s;

    if (r3 == VECTORED_CONTINUE) {
        go_on(d);
        return;
    }
    begin_at_start(d, &s);
    ask_next(d, &s);
}

static void fill(const struct xe__dispatch *d, const struct xe_except_event *event)
{
    const struct xe_stop_info *why = &event->unhandled;
    uint32_t flags = event->at_call ? XE__FLAG_AT_CALL : 0;

    if (event->record)
        xe__frame_set(d, XE__FRAME_RECORD, event->record);
    else
        xe__frame_record(d, &event->made);
    if (strcmp(why->what, "protected") == 0)
        flags |= XE__FLAG_PROTECTED;
    else if (strcmp(why->what, "unmapped") == 0)
        flags |= XE__FLAG_UNMAPPED;
    else if (strcmp(why->what, "guarded") == 0)
        flags |= XE__FLAG_GUARDED;
    xe__frame_set(d, XE__FRAME_FLAGS, flags);
    xe__frame_set(d, XE__FRAME_CAUSE, why->cause);
    xe__frame_set(d, XE__FRAME_WORD, why->code);
    xe__frame_set(d, XE__FRAME_ADDRESS, why->address);
    xe__frame_set(d, XE__FRAME_POINTERS, xe__frame_get(d, XE__FRAME_RECORD));
    xe__frame_set(d, XE__FRAME_POINTERS + 4, d->at + XE__FRAME_START);
}

static void tell(const struct xe__dispatch *d, const struct xe_except_event *event,
                 const struct xe_cpu *context)
{
    const struct xe_kernel *kernel = d->kernel;
    const struct xe_raised what = {
        .tid = d->thread->tid,
        .code = xe_mem_u32(d->mem, xe__frame_get(d, XE__FRAME_RECORD) + XE__RECORD_CODE),
        .pc = context->pc - (event->at_call ? 4 : 0)};

    if (kernel->raise_listener)
        kernel->raise_listener(kernel->raise_listener_ctx, &what);
}

/* Where nobody can be asked nothing is written: the title is as it was. */
bool xe_except_raise(struct xe_thread *thread, const struct xe_except_event *event,
                     const struct xe_cpu *context)
{
    const uint32_t nothing[4] = {0};
    const struct xe__frame_wish wish = {XE__FRAME_SIZE_SEARCH, XE__FRAME_SEARCHES, event->record,
                                        event->record ? NULL : &event->made};
    xe_gva vectored = thread->kernel->vectored;
    struct search s = {.step.cpu = *context};
    struct xe__dispatch d;

    s.step.cpu.pc -= event->at_call ? 4 : 0;
    if (!vectored && !find(thread, &s))
        return false;
    if (!xe__frame_make(thread, &wish, context, &d))
        return true; /* it has stopped over that */
    fill(&d, event);
    tell(&d, event, context);
    if (!vectored) {
        ask(&d, &s);
        return true;
    }
    xe__frame_set(&d, XE__FRAME_KIND, XE__FRAME_VECTORED);
    xe__frame_call(&d, vectored, nothing, 0);
    thread->cpu.gpr[3] = d.at + XE__FRAME_POINTERS;
    return true;
}

void xe_except_raise_or_stop(struct xe_thread *thread, const struct xe_except_event *event,
                             const struct xe_cpu *context)
{
    if (!xe_except_raise(thread, event, context))
        xe__except_unhandled(thread, &event->unhandled, event->record, context, event->at_call);
}
