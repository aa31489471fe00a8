/* __C_specific_handler: the scopes of a function with __try. Searching, the filters of those that
 * the place is in are asked; unwinding, the blocks behind __finally are run.
 *
 * A scope's table is in the word before the function: a count, then begin, end, filter or block,
 * and where an __except goes on, 0 for a __finally. Inner scopes come first. Source:
 * doc/facts/exceptions.md, section 5. */
#include "kernel/except/except_internal.h"

#define SCOPE      0x10u
#define SCOPES_MAX 0x10000u
#define SCOPE_NS   12u

enum result { CONTINUE_EXECUTION, CONTINUE_SEARCH };

struct scope {
    xe_gva begin, end, routine, jump;
};

/* One call of the handler, as it was called or as it goes on. */
struct scopes {
    struct xe_thread *thread;
    struct xe_mem *mem;
    struct xe__dispatch d; /* our frame, once there is one: d.at */
    xe_gva record, frame, context, dispatcher, table;
    uint32_t count, next;
    xe_gva pc;
    struct xe_cpu caller;
};

static bool scope_at(const struct scopes *s, uint32_t i, struct scope *ret)
{
    xe_gva at = s->table + 4 + SCOPE * i;

    *ret = (struct scope){xe_mem_u32(s->mem, at), xe_mem_u32(s->mem, at + 4),
                          xe_mem_u32(s->mem, at + 8), xe_mem_u32(s->mem, at + 12)};
    return s->pc >= ret->begin && s->pc < ret->end;
}

static void find_table(struct scopes *s)
{
    struct xe_unwind_function function;

    xe_unwind_row(s->mem, xe_mem_u32(s->mem, s->dispatcher + XE__DISPATCHER_ENTRY), &function);
    s->pc = xe_mem_u32(s->mem, s->dispatcher + XE__DISPATCHER_PC);
    s->table = function.data;
    s->count = s->table ? xe_mem_u32(s->mem, s->table) : 0;
    if (s->count > SCOPES_MAX)
        s->count = SCOPES_MAX;
    xe_kernel_work(s->thread->kernel, (uint64_t)s->count * SCOPE_NS);
}

/* The frame of the dispatch that called it; false: a title calls it itself. */
static bool our_dispatch(const struct scopes *s, struct xe__dispatch *ret)
{
    return xe__frame_at(s->thread, s->dispatcher - XE__FRAME_DISPATCHER, ret);
}

static void give_back(struct scopes *s, enum result result)
{
    s->caller.gpr[3] = result;
    xe__frame_resume(s->thread, &s->caller);
}

static bool have_frame(struct scopes *s, enum xe__frame_kind kind)
{
    const struct xe__frame_wish wish = {XE__FRAME_SIZE_SCOPES, kind, s->record, NULL};

    if (s->d.at)
        return true;
    if (!xe__frame_make(s->thread, &wish, &s->caller, &s->d))
        return false;
    xe__frame_set(&s->d, XE__FRAME_RECORD, s->record);
    xe__frame_set(&s->d, XE__FRAME_WALK, s->dispatcher);
    xe__frame_set(&s->d, XE__FRAME_TARGET, s->frame);
    xe__frame_set(&s->d, XE__FRAME_POINTERS, s->record);
    xe__frame_set(&s->d, XE__FRAME_POINTERS + 4, s->context);
    xe__frame_set(&s->d, XE__FRAME_FLAGS, XE__FLAG_AT_CALL);
    return true;
}

static void call(struct scopes *s, enum xe__frame_kind kind, uint32_t i, xe_gva routine)
{
    uint32_t args[4] = {1};

    if (!have_frame(s, kind))
        return;
    xe__frame_set(&s->d, XE__FRAME_SCOPE, i);
    if (kind == XE__FRAME_FILTERS)
        args[0] = s->d.at + XE__FRAME_POINTERS;
    xe__frame_call(&s->d, routine, args, s->frame);
}

/* ---- searching ------------------------------------------------------------------------------- */

static void ask_next(struct scopes *s)
{
    struct scope scope;

    for (uint32_t i = s->next; i < s->count; i++)
        if (scope_at(s, i, &scope) && scope.jump) {
            call(s, XE__FRAME_FILTERS, i, scope.routine);
            return;
        }
    give_back(s, CONTINUE_SEARCH);
}

/* The filter wants its __except block to run: nobody returns from here. */
static void execute(struct scopes *s, uint32_t i)
{
    struct xe_except_unwind unwind = {.target = s->frame,
                                      .record = s->record,
                                      .value = xe_mem_u32(s->mem, s->record + XE__RECORD_CODE)};
    struct scope scope;

    scope_at(s, i, &scope);
    unwind.ip = scope.jump;
    xe_except_unwind(s->thread, &unwind, &s->caller);
}

static void answered(struct scopes *s, uint32_t i, int32_t answer)
{
    s->next = i + 1;
    if (answer < 0)
        give_back(s, CONTINUE_EXECUTION);
    else if (answer > 0)
        execute(s, i);
    else
        ask_next(s);
}

/* ---- unwinding ------------------------------------------------------------------------------- */

/* Does the place where the target frame goes on lie in this scope, too? Then it and those around it
 * stay. Guess: as NT does it; who calls the handler by hand has told nobody where that is. */
static bool stays(const struct scopes *s, const struct scope *scope)
{
    uint32_t flags = xe_mem_u32(s->mem, s->record + XE__RECORD_FLAGS);
    struct xe__dispatch d;
    xe_gva ip;

    if (!(flags & XE_EXCEPT_TARGET_UNWIND) || !our_dispatch(s, &d) ||
        xe__frame_get(&d, XE__FRAME_KIND) != XE__FRAME_UNWINDS)
        return false;
    ip = xe__frame_get(&d, XE__FRAME_IP);
    return (ip >= scope->begin && ip < scope->end) || (scope->jump && ip == scope->jump);
}

static void finish_next(struct scopes *s)
{
    struct scope scope;
    struct xe__dispatch d;

    for (uint32_t i = s->next; i < s->count; i++) {
        if (!scope_at(s, i, &scope))
            continue;
        if (stays(s, &scope))
            break;
        if (scope.jump)
            continue;
        if (our_dispatch(s, &d)) /* another unwind that comes here goes on behind it */
            xe__frame_set(&d, XE__FRAME_SCOPE, i + 1);
        call(s, XE__FRAME_FINISHES, i, scope.routine);
        return;
    }
    give_back(s, CONTINUE_SEARCH);
}

/* ---- coming in ------------------------------------------------------------------------------- */

void xe_except_c_handler(struct xe_thread *thread)
{
    const struct xe_cpu *cpu = &thread->cpu;
    struct scopes s = {.thread = thread,
                       .mem = thread->kernel->mem,
                       .record = (xe_gva)cpu->gpr[3],
                       .frame = (xe_gva)cpu->gpr[4],
                       .context = (xe_gva)cpu->gpr[5],
                       .dispatcher = (xe_gva)cpu->gpr[6],
                       .caller = *cpu};
    struct xe__dispatch d;

    s.caller.pc = (xe_gva)cpu->lr & ~3u;
    find_table(&s);
    if (xe_mem_u32(s.mem, s.record + XE__RECORD_FLAGS) &
        (XE_EXCEPT_UNWINDING | XE_EXCEPT_EXIT_UNWIND)) {
        if (our_dispatch(&s, &d))
            s.next = xe__frame_get(&d, XE__FRAME_SCOPE);
        finish_next(&s);
    } else {
        ask_next(&s);
    }
}

void xe__scopes_returned(const struct xe__dispatch *d, enum xe__frame_kind kind, uint32_t r3)
{
    struct scopes s = {.thread = d->thread,
                       .mem = d->mem,
                       .d = *d,
                       .record = xe__frame_get(d, XE__FRAME_RECORD),
                       .frame = xe__frame_get(d, XE__FRAME_TARGET),
                       .context = xe__frame_get(d, XE__FRAME_POINTERS + 4),
                       .dispatcher = xe__frame_get(d, XE__FRAME_WALK)};
    uint32_t i = xe__frame_get(d, XE__FRAME_SCOPE);

    xe__frame_start(d, &s.caller);
    find_table(&s);
    s.next = i + 1;
    if (kind == XE__FRAME_FILTERS)
        answered(&s, i, (int32_t)r3);
    else
        finish_next(&s);
}
