/* The tables of the console's C++ exceptions, and a runtime for them that is as small as can be.
 * On a console all of it is a title's own code: what it asks of the kernel is RtlRaiseException,
 * RtlUnwind, RtlCaptureContext, and that handlers are called as they are. One thread at a time.
 *
 * A catch runs on the stack of the frames that have gone, below them. `catching` remembers of each
 * that runs what its function was like; frames between it and that function are dead. */
#ifndef XE360_CXX_H
#define XE360_CXX_H

#include <xe360/except.h>

#define CXX_CODE         0xE06D7363u
#define CXX_MAGIC        0x19930520u
#define CXX_ALL          0x40u /* of a catch: catch (...) */
#define CXX_BY_REFERENCE 8u

struct cxx_type {
    u32 table, spare;
    char name[40];
};

struct cxx_catchable {
    u32 properties;
    const struct cxx_type *type;
    s32 member, base, table;
    u32 size, copy;
};

struct cxx_throw {
    u32 attributes, destructor, forward;
    const struct cxx_catchables *types;
};

struct cxx_catchables {
    u32 count;
    const struct cxx_catchable *type[2];
};

struct cxx_unwind {
    s32 next;
    u32 action;
};

struct cxx_catch {
    u32 adjectives;
    const struct cxx_type *type;
    s32 object;
    u32 funclet;
};

struct cxx_try {
    s32 low, high, catch_high;
    u32 count;
    const struct cxx_catch *catches;
};

struct cxx_place {
    u32 address;
    s32 state;
};

struct cxx_function {
    u32 magic, states;
    const struct cxx_unwind *unwind;
    u32 tries;
    const struct cxx_try *try;
    u32 places;
    const struct cxx_place *place;
    u32 specification, flags;
};

struct cxx_catching {
    u32 helper; /* r1 of who called the funclet, set there */
    struct cxx_catching *outer;
    u32 frame, pc, *entry, left;
    s32 state;
    struct context context;
    struct exception_record record;
};

static struct cxx_catching *cxx_catching;
static struct context *cxx_deep, *cxx_kept; /* of the unwind that is going on */
static s32 cxx_target;

u32 cxx_call(u32 funclet, u32 frame);
u32 cxx_call_catch(u32 funclet, u32 frame, struct cxx_catching *catching);
void cxx_jump(const struct context *context, u32 address) __attribute__((noreturn));
u32 cxx_frame_handler(struct exception_record *record, u32 frame, struct context *context,
                      struct dispatcher_context *dispatcher);
u32 cxx_catch_guard(struct exception_record *record, u32 frame, struct context *context,
                    struct dispatcher_context *dispatcher);

/* Funclets leave r31 as their parent has it. */
asm("xe_begin cxx_call, 0, 0\n"
    "mtctr 3\nmr 12, 4\nmr 30, 31\nbctrl\nmr 31, 30\nxe_return\n"
    "xe_end cxx_call, 1\n"
    "xe_begin cxx_call_catch, cxx_catch_guard, 0\n"
    "addi 0, 31, 0x80\nstw 0, 0(5)\nmtctr 3\nmr 12, 4\nmr 30, 31\nbctrl\nmr 31, 30\nxe_return\n"
    "xe_end cxx_call_catch, 3\n"
    ".text\n.globl cxx_jump\ncxx_jump:\nmtctr 4\nlwz 1, 0x24(3)\n"
    ".irp r, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "xe_ld \\r, 0x18+8*\\r, 3\n.endr\nbctr\n");

static inline s32 cxx_state(const struct cxx_function *function, u32 pc)
{
    s32 state = -1;

    for (u32 i = 0; i < function->places && function->place[i].address <= pc; i++)
        state = function->place[i].state;
    return state;
}

static inline struct cxx_catching *cxx_catching_in(u32 frame)
{
    struct cxx_catching *c = cxx_catching;

    while (c && c->frame != frame)
        c = c->outer;
    return c;
}

static inline u32 cxx_is_dead(u32 frame)
{
    for (struct cxx_catching *c = cxx_catching; c; c = c->outer)
        if (c->helper <= frame && frame < c->frame)
            return 1;
    return 0;
}

/* Destructors, the newest object first. */
static inline void cxx_destroy(const struct cxx_function *function, u32 frame, s32 state, s32 to)
{
    while (state > to) {
        const struct cxx_unwind *unwind = &function->unwind[state];

        state = unwind->next;
        if (unwind->action)
            cxx_call(unwind->action, frame);
    }
}

static inline void cxx_leave(const struct cxx_function *function, struct exception_record *record,
                             u32 frame, s32 state, struct context *context)
{
    u32 target = record->flags & EXCEPTION_TARGET_UNWIND;

    cxx_destroy(function, frame, state, target ? cxx_target : -1);
    if (cxx_catching && cxx_catching->frame == frame && cxx_catching->left)
        cxx_catching = cxx_catching->outer;
    if (!target)
        return;
    *cxx_kept = *context; /* to go on in the function, later */
    *context = *cxx_deep; /* and first where the catch is run */
}

static inline void cxx_run_catch(struct exception_record *record, u32 frame,
                                 struct dispatcher_context *dispatcher,
                                 const struct cxx_function *function, const struct cxx_try *try,
                                 const struct cxx_catch *catch)
{
    struct cxx_catching catching = {.frame = frame, .pc = dispatcher->pc};
    struct context deep, kept;
    volatile u32 again = 0;
    u32 address;

    catching.entry = dispatcher->entry;
    catching.record = *record;
    if (catch->object && catch->adjectives & CXX_BY_REFERENCE)
        *(u32 *)(frame + (u32) catch->object) = record->parameter[1];
    else if (catch->object)
        *(u32 *)(frame + (u32) catch->object) = *(u32 *)record->parameter[1];
    RtlCaptureContext(&deep);
    if (!again++) {
        cxx_deep = &deep;
        cxx_kept = &kept;
        cxx_target = try->low;
        RtlUnwind(frame, deep.iar, record, 0);
    }
    catching.context = kept;
    catching.state = function->unwind[try->low].next;
    catching.outer = cxx_catching;
    cxx_catching = &catching;
    address = cxx_call_catch(catch->funclet, frame, &catching);
    cxx_catching = catching.outer;
    cxx_jump(&catching.context, address);
}

/* One type has a descriptor in each image. */
static inline u32 cxx_is_same(const struct cxx_type *a, const struct cxx_type *b)
{
    u32 i = 0;

    while (b && a->name[i] && a->name[i] == b->name[i])
        i++;
    return a == b || (b && a->name[i] == b->name[i]);
}

static inline u32 cxx_matches(const struct cxx_catch *catch, const struct cxx_throw *thrown)
{
    for (u32 i = 0; i < thrown->types->count; i++)
        if (cxx_is_same(thrown->types->type[i]->type, catch->type))
            return 1;
    return !catch->type;
}

static inline void cxx_search(struct exception_record *record, u32 frame,
                              struct dispatcher_context *dispatcher,
                              const struct cxx_function *function, s32 state)
{
    for (u32 i = 0; i < function->tries; i++)
        for (u32 k = 0; k < function->try[i].count; k++)
            if (state >= function->try[i].low && state <= function->try[i].high &&
                cxx_matches(&function->try[i].catches[k], (void *)record->parameter[2]))
                cxx_run_catch(record, frame, dispatcher, function, &function->try[i],
                              &function->try[i].catches[k]);
}

u32 cxx_frame_handler(struct exception_record *record, u32 frame, struct context *context,
                      struct dispatcher_context *dispatcher)
{
    const struct cxx_function *function = (void *)((u32 *)dispatcher->entry[0])[-1];
    const struct cxx_catching *catching = cxx_catching_in(frame);
    s32 state = catching ? catching->state : cxx_state(function, dispatcher->pc);

    if (cxx_is_dead(frame))
        return CONTINUE_SEARCH;
    if (record->flags & EXCEPTION_ANY_UNWIND)
        cxx_leave(function, record, frame, state, context);
    else if (record->code == CXX_CODE)
        cxx_search(record, frame, dispatcher, function, state);
    return CONTINUE_SEARCH;
}

/* An exception leaves a catch: on in its function, for the frames between have gone. */
u32 cxx_catch_guard(struct exception_record *record, u32 frame, struct context *context,
                    struct dispatcher_context *dispatcher)
{
    struct cxx_catching *c = cxx_catching;

    while (c && c->helper != frame)
        c = c->outer;
    if (!c || !(record->flags & EXCEPTION_ANY_UNWIND))
        return CONTINUE_SEARCH;
    c->left = 1;
    cxx_catching = c;
    dispatcher->pc = c->pc;
    dispatcher->entry = c->entry;
    dispatcher->frame = c->frame;
    dispatcher->context = &c->context;
    return COLLIDED_UNWIND;
}

/* throw; of what: its own, or again the exception of the catch that runs. */
static inline void cxx_throw(void *object, const struct cxx_throw *what)
{
    struct exception_record record = {.code = CXX_CODE,
                                      .flags = EXCEPTION_NONCONTINUABLE,
                                      .parameters = 3,
                                      .parameter = {CXX_MAGIC, (u32)object, (u32)what}};

    if (!what && cxx_catching)
        record = cxx_catching->record;
    record.flags = EXCEPTION_NONCONTINUABLE;
    RtlRaiseException(&record);
}

#endif
