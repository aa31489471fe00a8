/* Exceptions: who is asked, in which order, and how control goes on elsewhere.
 *
 * The idea: a dispatch in progress is a frame on the guest's own stack, below what was interrupted,
 * as it is on a console. It holds the record, the context and how far the walk has come. A handler
 * is called with r1 at that frame and returns to a trampoline, which finds the frame there and goes
 * on. So a state, a fork or a replay has all of it with guest memory, handlers that never return
 * leave nothing behind, and a fault in a handler is a frame below a frame. What a title writes into
 * such a frame harms itself: everything is read with bounds, and each step is bounded.
 *
 * Order: the vectored handler, then the handlers of frames, innermost first; behind a library's
 * entry, those of who loads or unloads it. Nobody: the title ends with a report, or, of a break,
 * stops there as ever.
 * Source: doc/facts/exceptions.md, sections 3 to 9, and Windows NT where those say [nt]. */
#ifndef XE_KERNEL_EXCEPT_EXCEPT_H
#define XE_KERNEL_EXCEPT_EXCEPT_H

#include "cpu/cpu.h"
#include "xe/stop.h"

struct xe_thread;

#define XE_EXCEPT_NONCONTINUABLE 0x01u
#define XE_EXCEPT_UNWINDING      0x02u
#define XE_EXCEPT_EXIT_UNWIND    0x04u
#define XE_EXCEPT_NESTED_CALL    0x10u
#define XE_EXCEPT_TARGET_UNWIND  0x20u
#define XE_EXCEPT_COLLIDED       0x40u
#define XE_EXCEPT_PARAMETERS     15u

/* An EXCEPTION_RECORD that the kernel itself makes. */
struct xe_except_record {
    uint32_t code, flags;
    xe_gva record, address;
    uint32_t parameters, parameter[XE_EXCEPT_PARAMETERS];
};

/* What happened, where, and what is told if nobody handles it. */
struct xe_except_event {
    xe_gva record;                 /* the title's own; 0: */
    struct xe_except_record made;  /* this one            */
    bool at_call;                  /* context is behind a call: what counts is where the call is */
    struct xe_stop_info unhandled; /* cause, code, address, arguments, what */
};

/* Dispatch it in the running thread: its registers become those of the first handler to be called.
 * false: nobody is there to be asked, and nothing has changed. context: where it happened, and
 * where it goes on if a handler says so. */
bool xe_except_raise(struct xe_thread *thread, const struct xe_except_event *event,
                     const struct xe_cpu *context);
/* The same; if nobody is there, or all decline, the title stops. */
void xe_except_raise_or_stop(struct xe_thread *thread, const struct xe_except_event *event,
                             const struct xe_cpu *context);
/* An exception of the processor; why: what is told if nobody handles it. false: nobody is there to
 * be asked. */
bool xe_except_fault(struct xe_thread *thread, const struct xe_cpu_exception *what,
                     const struct xe_stop_info *why);

/* RtlUnwind: to the frame `target` (0: out of all frames), going on at ip with value in r3.
 * context: who called for it. record 0: one is made. walk: where the context is kept that handlers
 * get; 0: on the stack. */
struct xe_except_unwind {
    xe_gva target, ip, record;
    uint64_t value;
    xe_gva walk;
};
void xe_except_unwind(struct xe_thread *thread, const struct xe_except_unwind *unwind,
                      const struct xe_cpu *context);

/* __C_specific_handler, called with its four arguments in r3 to r6. */
void xe_except_c_handler(struct xe_thread *thread);

/* UnhandledExceptionFilter, called from context: the title's own filter, which there is, is asked
 * about EXCEPTION_POINTERS; what it says is what the call returns, if that is to go on. */
void xe_except_last(struct xe_thread *thread, xe_gva pointers, const struct xe_cpu *context);

/* From a routine that one of these called to who was interrupted, or called for it: cpu->pc is
 * where the routine returns to, and then where that happened; *ret_called: behind a call. false: it
 * is no such routine. */
bool xe_except_interrupted(const struct xe_mem *mem, struct xe_cpu *cpu, bool *ret_called);

/* What the thread is handling where it is now. */
void xe_except_within(struct xe_thread *thread, struct xe_stop_within *ret);

/* The trampoline: a routine that one of these called has returned. */
void xe_except_returned(struct xe_thread *thread);

#endif
