/* Frames of dispatches, and the routines that are called on them. */
#include <stdio.h>

#include "kernel/core/codes.h"
#include "kernel/except/except_internal.h"

#define MAGIC 0x78457863u

/* Below r1 a function may keep what it saves, and locals. Measured: down to r1 - 1E0 in four public
 * images (doc/facts/exceptions.md, section 1). */
#define RED_ZONE 0x200u

bool xe__frame_at(struct xe_thread *thread, xe_gva at, struct xe__dispatch *ret)
{
    *ret = (struct xe__dispatch){thread, thread->kernel, thread->kernel->mem, at};
    return !(at & 0xF) && xe__frame_get(ret, XE__FRAME_MAGIC) == MAGIC;
}

/* The console stops when its own code finds no stack to work on. Source: doc/facts/exceptions.md,
 * section 9, stop code 2B; Guess: that a title's handlers are not asked first. */
static void overflow(struct xe_thread *thread, const struct xe__frame_wish *wish,
                     const struct xe_cpu *start)
{
    const struct xe_mem *mem = thread->kernel->mem;
    uint32_t code = wish->made ? wish->made->code : xe_mem_u32(mem, wish->record + XE__RECORD_CODE);
    xe_gva at =
        wish->made ? wish->made->address : xe_mem_u32(mem, wish->record + XE__RECORD_ADDRESS);
    const char *name = xe_kernel_exception_name(code);
    struct xe_stop_info why = {.cause = XE_CAUSE_STACK,
                               .tid = thread->tid,
                               .pc = start->pc,
                               .lr = (uint32_t)start->lr,
                               .address = (xe_gva)start->gpr[1]};

    snprintf(why.what, sizeof(why.what),
             "where there is no room for exception 0x%08x%s%s (address 0x%08x)", code,
             name[0] ? " " : "", name, at);
    xe__frame_resume(thread, start);
    xe_kernel_crash(thread->kernel, &why, NULL);
}

/* On a thread's own stack as far as that goes; on another that it is on, as far as there is
 * memory. */
static bool has_room(const struct xe_thread *thread, xe_gva sp, xe_gva at, uint32_t size)
{
    if (at > sp ||
        (sp > thread->stack_limit && sp <= thread->stack_base && at < thread->stack_limit))
        return false;
    return xe_mem_view(thread->kernel->mem, at, size) != NULL;
}

bool xe__frame_make(struct xe_thread *thread, const struct xe__frame_wish *wish,
                    const struct xe_cpu *start, struct xe__dispatch *ret)
{
    xe_gva sp = (xe_gva)thread->cpu.gpr[1], at = (sp - RED_ZONE - wish->size) & ~0xFu;

    *ret = (struct xe__dispatch){thread, thread->kernel, thread->kernel->mem, at};
    if (!has_room(thread, sp, at, wish->size)) {
        overflow(thread, wish, start);
        return false;
    }
    for (uint32_t field = XE__FRAME_MAGIC; field < XE__FRAME_START; field += 4)
        xe__frame_set(ret, field, 0);
    xe__frame_set(ret, XE__FRAME_BACK, sp);
    xe__frame_set(ret, XE__FRAME_MAGIC, MAGIC);
    xe__frame_set(ret, XE__FRAME_KIND, wish->kind);
    xe__frame_set(ret, XE__FRAME_WALK, at + XE__FRAME_CONTEXT);
    xe_unwind_context_put(ret->mem, at + XE__FRAME_START, start);
    return true;
}

void xe__frame_record(const struct xe__dispatch *d, const struct xe_except_record *record)
{
    xe_gva at = d->at + XE__FRAME_OWN;

    xe__frame_set(d, XE__FRAME_RECORD, at);
    xe_mem_set_u32(d->mem, at + XE__RECORD_CODE, record->code);
    xe_mem_set_u32(d->mem, at + XE__RECORD_FLAGS, record->flags);
    xe_mem_set_u32(d->mem, at + XE__RECORD_RECORD, record->record);
    xe_mem_set_u32(d->mem, at + XE__RECORD_ADDRESS, record->address);
    xe_mem_set_u32(d->mem, at + XE__RECORD_COUNT, record->parameters);
    for (uint32_t i = 0; i < record->parameters; i++)
        xe_mem_set_u32(d->mem, at + XE__RECORD_PARAMETERS + 4 * i, record->parameter[i]);
}

void xe__frame_start(const struct xe__dispatch *d, struct xe_cpu *ret)
{
    *ret = d->thread->cpu;
    xe_unwind_context_get(d->mem, d->at + XE__FRAME_START, ret);
}

bool xe_except_interrupted(const struct xe_mem *mem, struct xe_cpu *cpu, bool *ret_called)
{
    xe_gva at = (xe_gva)cpu->gpr[1];

    if (cpu->pc != XE__TRAMPOLINE_EXCEPT || at & 0xF ||
        xe_mem_u32(mem, at + XE__FRAME_MAGIC) != MAGIC)
        return false;
    *ret_called = xe_mem_u32(mem, at + XE__FRAME_FLAGS) & XE__FLAG_AT_CALL;
    return xe_unwind_context_get(mem, at + XE__FRAME_START, cpu) && (xe_gva)cpu->gpr[1] > at;
}

void xe__frame_resume(struct xe_thread *thread, const struct xe_cpu *cpu)
{
    struct xe_cpu *own = &thread->cpu;
    uint64_t retired = own->retired;
    uint32_t stop = own->stop, hw_thread = own->hw_thread;

    *own = *cpu;
    own->retired = retired;
    own->stop = stop;
    own->hw_thread = hw_thread;
    own->reserve_valid = 0;
}

void xe__frame_call(const struct xe__dispatch *d, xe_gva routine, const uint32_t args[4],
                    xe_gva r12)
{
    struct xe_cpu *cpu = &d->thread->cpu;

    for (uint32_t i = 0; i < 4; i++)
        cpu->gpr[3 + i] = args[i];
    cpu->gpr[1] = d->at;
    cpu->gpr[12] = r12;
    cpu->lr = XE__TRAMPOLINE_EXCEPT;
    cpu->pc = routine & ~3u;
    cpu->reserve_valid = 0;
}

void xe__frame_call_handler(const struct xe__dispatch *d, xe_gva handler, xe_gva context)
{
    const uint32_t args[] = {xe__frame_get(d, XE__FRAME_RECORD),
                             xe__dispatcher_get(d, XE__DISPATCHER_FRAME), context,
                             d->at + XE__FRAME_DISPATCHER};

    xe__frame_call(d, handler, args, 0);
}

void xe__frame_complain(const struct xe__dispatch *d, uint32_t status)
{
    const struct xe_except_event event = {.made = {.code = status,
                                                   .flags = XE_EXCEPT_NONCONTINUABLE,
                                                   .record = xe__frame_get(d, XE__FRAME_RECORD)},
                                          .at_call =
                                              xe__frame_get(d, XE__FRAME_FLAGS) & XE__FLAG_AT_CALL,
                                          .unhandled = {.cause = XE_CAUSE_EXCEPTION,
                                                        .code = status,
                                                        .argument = {XE_EXCEPT_NONCONTINUABLE},
                                                        .arguments = 1}};
    struct xe_cpu start;

    d->thread->cpu.gpr[1] = d->at; /* the frame stays: its record is told of */
    xe__frame_start(d, &start);
    xe_except_raise_or_stop(d->thread, &event, &start);
}

void xe_except_returned(struct xe_thread *thread)
{
    uint32_t r3 = (uint32_t)thread->cpu.gpr[3], kind;
    struct xe__dispatch d;

    kind = xe__frame_at(thread, (xe_gva)thread->cpu.gpr[1], &d) ? xe__frame_get(&d, XE__FRAME_KIND)
                                                                : 0;
    switch (kind) {
    case XE__FRAME_SEARCHES:
        xe__search_returned(&d, r3);
        break;
    case XE__FRAME_VECTORED:
        xe__vectored_returned(&d, r3);
        break;
    case XE__FRAME_UNWINDS:
        xe__unwind_returned(&d, r3);
        break;
    case XE__FRAME_FILTERS:
    case XE__FRAME_FINISHES:
        xe__scopes_returned(&d, kind, r3);
        break;
    case XE__FRAME_LAST:
        xe__last_returned(&d, r3);
        break;
    default:
        xe_kernel_crash(thread->kernel, &(struct xe_stop_info){.cause = XE_CAUSE_KERNEL_RETURN},
                        NULL);
    }
}
