/* The frames of dispatches on guest stacks, shared by the part's files. */
#ifndef XE_KERNEL_EXCEPT_EXCEPT_INTERNAL_H
#define XE_KERNEL_EXCEPT_EXCEPT_INTERNAL_H

#include "kernel/core/kernel_internal.h"
#include "kernel/core/walk.h"
#include "kernel/except/except.h"
#include "kernel/unwind/context.h"

/* EXCEPTION_RECORD. Source: doc/facts/kernel-objects.md, section 1. */
enum {
    XE__RECORD_CODE = 0x00,
    XE__RECORD_FLAGS = 0x04,
    XE__RECORD_RECORD = 0x08,
    XE__RECORD_ADDRESS = 0x0C,
    XE__RECORD_COUNT = 0x10,
    XE__RECORD_PARAMETERS = 0x14,
    XE__RECORD_SIZE = 0x50
};

/* DISPATCHER_CONTEXT. Source: doc/facts/exceptions.md, section 4. */
enum {
    XE__DISPATCHER_PC = 0x0,
    XE__DISPATCHER_ENTRY = 0x4,
    XE__DISPATCHER_FRAME = 0x8,
    XE__DISPATCHER_CONTEXT = 0xC
};

/* A frame of ours, from r1 of the routine that it calls. Below 0x80 is that routine's: it may use
 * the words above its caller's r1. */
enum {
    XE__FRAME_BACK = 0x000,
    XE__FRAME_MAGIC = 0x080,
    XE__FRAME_KIND = 0x084,
    XE__FRAME_RECORD = 0x088,     /* address of the record          */
    XE__FRAME_WALK = 0x08C,       /* address of the walk's context  */
    XE__FRAME_DISPATCHER = 0x090, /* a DISPATCHER_CONTEXT           */
    XE__FRAME_SCOPE = 0x0A0,      /* of its function: the next scope whose block is run */
    XE__FRAME_POINTERS = 0x0A4,   /* EXCEPTION_POINTERS             */
    XE__FRAME_TARGET = 0x0AC,     /* unwinding: to which frame; searching: the nested one */
    XE__FRAME_IP = 0x0B0,
    XE__FRAME_VALUE = 0x0B8,   /* u64                                   */
    XE__FRAME_FLAGS = 0x0C0,   /* enum xe__frame_flags                  */
    XE__FRAME_CAUSE = 0x0C4,   /* enum xe_cause, if nobody handles it   */
    XE__FRAME_WORD = 0x0C8,    /* the instruction                       */
    XE__FRAME_ADDRESS = 0x0CC, /* of the access                         */
    XE__FRAME_OWN = 0x0D0,     /* a record                              */
    XE__FRAME_START = 0x120,   /* a context: who was interrupted, who called */
    XE__FRAME_CONTEXT = XE__FRAME_START + XE_X_CONTEXT_SIZE, /* the walk's    */
    XE__FRAME_NEXT = XE__FRAME_CONTEXT + XE_X_CONTEXT_SIZE,  /* its next step */
    XE__FRAME_SIZE_SCOPES = XE__FRAME_CONTEXT,
    XE__FRAME_SIZE_SEARCH = XE__FRAME_NEXT,
    XE__FRAME_SIZE_UNWIND = XE__FRAME_NEXT + XE_X_CONTEXT_SIZE
};

enum xe__frame_kind {
    XE__FRAME_SEARCHES = 1, /* calls handlers of frames               */
    XE__FRAME_VECTORED,     /* likewise; the vectored handler is called */
    XE__FRAME_UNWINDS,      /* calls handlers of frames that go       */
    XE__FRAME_FILTERS,      /* __C_specific_handler calls a filter    */
    XE__FRAME_FINISHES,     /* it calls the end of a __try            */
    XE__FRAME_LAST          /* UnhandledExceptionFilter calls the title's */
};

enum xe__frame_flags {
    XE__FLAG_AT_CALL = 1,   /* START is behind a call                     */
    XE__FLAG_PROTECTED = 2, /* the access was to memory that is protected */
    XE__FLAG_UNMAPPED = 4,  /* to none                                    */
    XE__FLAG_GUARDED = 8    /* to a page that guards                      */
};

/* A dispatch: the frame at `at` of the thread's stack. */
struct xe__dispatch {
    struct xe_thread *thread;
    struct xe_kernel *kernel;
    struct xe_mem *mem;
    xe_gva at;
};

static inline uint32_t xe__frame_get(const struct xe__dispatch *d, uint32_t field)
{
    return xe_mem_u32(d->mem, d->at + field);
}

static inline void xe__frame_set(const struct xe__dispatch *d, uint32_t field, uint32_t value)
{
    xe_mem_set_u32(d->mem, d->at + field, value);
}

static inline uint32_t xe__dispatcher_get(const struct xe__dispatch *d, uint32_t field)
{
    return xe__frame_get(d, XE__FRAME_DISPATCHER + field);
}

/* The frame at an address of the thread's stack. false: there is none. */
bool xe__frame_at(struct xe_thread *thread, xe_gva at, struct xe__dispatch *ret);
/* Make one of `size` bytes below what the thread has on its stack now, for start. false: the stack
 * has no room, and the title has ended over that; it is told of what: of this record, 0: none. */
struct xe__frame_wish {
    uint32_t size;
    enum xe__frame_kind kind;
    xe_gva record;
    const struct xe_except_record *made; /* or this one, if not NULL */
};
bool xe__frame_make(struct xe_thread *thread, const struct xe__frame_wish *wish,
                    const struct xe_cpu *start, struct xe__dispatch *ret);
/* Write a record of our own into the frame and name it as the frame's. */
void xe__frame_record(const struct xe__dispatch *d, const struct xe_except_record *record);
/* Who was interrupted, who called. */
void xe__frame_start(const struct xe__dispatch *d, struct xe_cpu *ret);
/* The thread goes on with these registers; what is no register stays. */
void xe__frame_resume(struct xe_thread *thread, const struct xe_cpu *cpu);
/* Call a routine on the frame, with r3 to r6 and r12. */
void xe__frame_call(const struct xe__dispatch *d, xe_gva routine, const uint32_t args[4],
                    xe_gva r12);
/* The handler of the function that `find` came to. */
void xe__frame_call_handler(const struct xe__dispatch *d, xe_gva handler, xe_gva context);
/* Raise in the middle of a dispatch what its handlers did wrong. */
void xe__frame_complain(const struct xe__dispatch *d, uint32_t status);

/* One frame of the guest's, seen from inside. */
struct xe__step {
    struct xe_cpu cpu;  /* the state in it; pc is what counts as its place */
    struct xe_cpu next; /* that of its caller, likewise                    */
    struct xe_unwind_function function;
    bool handled; /* it has a handler, and is past its prologue */
    xe_gva establisher;
    bool leaf;      /* no table has it                         */
    uint32_t still; /* steps that did not go up the stack      */
    uint32_t steps; /* since a handler was called              */
};

enum xe__walk {
    XE__WALK_FRAME,    /* a frame of the guest's                            */
    XE__WALK_DISPATCH, /* what one of our frames called: *ret_below is that */
    XE__WALK_END
};

/* Where step->cpu is. The rest of step is filled for a frame of the guest's. */
enum xe__walk xe__walk_look(struct xe_thread *thread, struct xe__step *step,
                            struct xe__dispatch *ret_below);
/* On to the caller. false: that would be no way up the stack. */
bool xe__walk_on(struct xe__step *step);

/* What our frames do when the routine that they called has returned r3. */
void xe__search_returned(const struct xe__dispatch *d, uint32_t r3);
void xe__vectored_returned(const struct xe__dispatch *d, uint32_t r3);
void xe__unwind_returned(const struct xe__dispatch *d, uint32_t r3);
void xe__last_returned(const struct xe__dispatch *d, uint32_t r3);
void xe__scopes_returned(const struct xe__dispatch *d, enum xe__frame_kind kind, uint32_t r3);

/* Nobody handled it: the title stops where it happened. at_call: context is behind the call that
 * it happened in. */
void xe__except_unhandled(struct xe_thread *thread, const struct xe_stop_info *why, xe_gva record,
                          const struct xe_cpu *context, bool at_call);
/* What a C++ record throws, as a program would write it; "" if that can't be told. */
void xe__except_thrown(const struct xe_mem *mem, xe_gva record, char *text, size_t size);

#endif
