/* Threads: a guest thread is a KTHREAD, a KPCR page, a TLS block and a stack in guest memory, and
 * the host record here, which holds the register file and the scheduling state. */
#ifndef XE_KERNEL_CORE_THREAD_H
#define XE_KERNEL_CORE_THREAD_H

#include "kernel/core/apc.h"
#include "kernel/core/asks.h"
#include "kernel/core/dispatcher.h"
#include "kernel/core/object.h"
#include "kernel/core/timer.h"

/* ExCreateThread flags. Source: doc/facts/kernel-objects.md, section 10 (xkelib and xenia agree).
 */
#define XE_THREAD_CREATE_SUSPENDED 0x00000001u
#define XE_THREAD_CREATE_SYSTEM    0x00000002u
#define XE_THREAD_CREATE_RAISED    0x00000020u
#define XE_THREAD_CREATE_LOWERED   0x00000040u
#define XE_THREAD_RETURN_POINTER   0x00000080u

#define XE_PRIORITY_MAX 31

#define XE_THREAD_RW_LOCKS 8u /* that are remembered: these don't name who is in them */
#define XE_THREAD_POSTERS  4u /* that are remembered, those who acted last            */

enum xe_process_type { XE_PROCESS_IDLE, XE_PROCESS_TITLE, XE_PROCESS_SYSTEM, XE_PROCESSES };

/* One (thread, object) pair of a parked wait; linked into the object's list. */
struct xe_wait_link {
    struct xe_thread *thread;
    struct xe_object *object; /* holds a kernel reference */
    uint64_t object_id;       /* which it was when the wait began; differs from the object's when
                               * it was initialised again since */
    uint32_t key;
    struct xe_wait_link *prev, *next;
};

/* Who ends a thread's alertable waits: by user APCs, by alerts. Told in reports only. */
struct xe_poster {
    const char *src; /* export or source, static */
    uint64_t acts, last_cycle;
    uint64_t longest_gap; /* cycles between two of its acts */
    uint32_t tid;         /* 0: the machine, or a DPC       */
    uint32_t lr;          /* of the last one                */
};

struct xe_wait {
    bool parked;
    bool all, alertable, user_mode;
    bool timed;
    bool lost; /* an injected fault skipped this waiter                 */
    bool held; /* in no line: an APC or a suspension interrupted it, and it goes on later */
    enum xe_audit_park park;
    uint32_t count;
    struct xe_wait_link link[XE_WAIT_OBJECTS];
    int64_t timeout;       /* as given                                              */
    struct xe_timer timer; /* deadline                                            */
    uint64_t id;           /* same for all records of one wait                      */
    uint64_t since_cycle;
    const char *src; /* export, static                                        */
    uint32_t lr;
    enum xe_wait_end end;
    uint64_t arg;
    uint64_t value;          /* queue entry handed over                               */
    struct xe_packet packet; /* completion packet handed over                         */
    uint32_t status;         /* result to come, while woken                           */
    uint32_t index;          /* object that ended a wait any, while woken              */
};

/* What a seed has in store for it; seed_delay.c. */
struct xe_delay {
    uint64_t next;   /* instructions of its own at which it is looked at; 0: not yet drawn */
    uint64_t until;  /* the cycle until which it is delayed                                */
    uint32_t looks;  /* instructions for which it still looks for a place; 0: it does not  */
    uint32_t passes; /* places that it still passes                                        */
    bool hands_over; /* it ends where another begins                                       */
    uint64_t asleep; /* interrupt time until which it lasts while all others sleep         */
};

/* Who goes ahead of all others, and how far; seed_ahead.c. */
struct xe_ahead {
    uint32_t tid;                  /* 0: nobody does                                       */
    uint64_t until;                /* instructions of its own                              */
    struct xe_kernel_lives *lives; /* borrowed: where lives are noted; NULL; no state      */
};

struct xe_thread {
    struct xe_kernel *kernel;
    struct xe_object *object; /* owns this                                        */
    struct xe_cpu cpu;        /* the registers; exact whenever no CPU runs        */
    uint32_t tid;
    char name[64];
    enum xe_thread_state state;
    bool system; /* the kernel's own: DPCs                           */
    bool helper; /* the kernel's own, which runs a callback of the title's as any thread would */
    enum xe_process_type process;
    uint32_t hw;                     /* hardware thread it runs on                       */
    int32_t base_priority, priority; /* 0..31                                     */
    int32_t quantum;                 /* ticks of 1/3 ms left                             */
    uint32_t suspend_count;
    uint32_t irql;
    bool kernel_apc;    /* a normal routine of a kernel APC is running, or it is suspended */
    bool exiting;       /* its last routines run                            */
    bool fresh;         /* has not run yet                                  */
    int32_t saturation; /* -1, 0, 1: base priority pinned to a class's end      */
    bool disable_boost;
    bool alerted[2]; /* kernel, user                                     */
    struct xe_delay delay;
    uint64_t stall_until; /* KeStallExecutionProcessor: interrupt time, 0 = none  */
    xe_gva kthread, kpcr, tls;
    xe_gva stack_base, stack_limit, stack_alloc;
    xe_gva start_routine, start_context, startup;
    uint32_t create_flags;
    uint32_t exit_code;
    uint32_t creator_tid, creator_lr;
    struct xe_wait wait;
    struct xe_apc_queue apcs[2]; /* kernel mode, user mode                        */
    uint32_t apc_timers;         /* timers whose APCs come to it                  */
    struct xe_guest_call *calls; /* owned: contexts below a running guest call    */
    uint32_t call_depth;
    struct xe_object **mutants; /* owned: mutants it holds                       */
    size_t mutant_count, mutant_capacity;
    struct xe_object *queue; /* KQUEUE it serves, reference held              */
    const char *last_export; /* static                                        */
    uint64_t last_export_args[4];
    uint64_t last_export_cycle;
    uint64_t last_progress_cycle;
    uint32_t suspender_tid;   /* who suspended it last, its creator if made so; 0: nobody */
    uint64_t suspended_cycle; /* when                                                     */
    uint64_t ended_cycle;
    xe_gva rw_held[XE_THREAD_RW_LOCKS]; /* read/write locks it is in, for reports */
    uint32_t rw_helds;
    uint32_t posters; /* more than there is room for: others have been forgotten  */
    struct xe_poster poster[XE_THREAD_POSTERS];
    uint32_t timeouts;                         /* of waits at one place, one after the other */
    uint32_t timeout_lr;                       /* that place                      */
    uint64_t timeout_cycle;                    /* when the first of them began    */
    struct xe_still still;                     /* since when nothing new has come of it */
    uint64_t ready_cycle;                      /* when it got work last, or lost its turn */
    struct xe_thread *ready_prev, *ready_next; /* ready list of (hw, priority)    */
    struct xe_thread *tid_prev, *tid_next;     /* all threads, ascending tid      */
    struct xe_thread *wake_next;               /* threads a signal woke           */
};

struct xe_thread_request {
    uint32_t stack_size; /* 0 = the process's default                        */
    xe_gva startup;      /* XapiThreadStartup, 0 = none                      */
    xe_gva start, context;
    uint32_t flags; /* XE_THREAD_*                                      */
    enum xe_process_type process;
    int32_t hw;       /* -1 = from flags, else the creator's              */
    int32_t priority; /* 0 = from flags                                   */
    bool system, helper;
};

/* A new thread; its object holds one kernel reference for the caller and one while it runs. NULL
 * with *ret_status when something is exhausted. */
struct xe_thread *xe_kernel_thread_create(struct xe_kernel *kernel,
                                          const struct xe_thread_request *request,
                                          uint32_t *ret_status);

/* The thread of a thread object, of a KTHREAD pointer, of an id; NULL if there is none. */
struct xe_thread *xe_kernel_thread_of(struct xe_object *object);
struct xe_thread *xe_kernel_thread_at(struct xe_kernel *kernel, xe_gva kthread);
struct xe_thread *xe_kernel_thread_by_id(const struct xe_kernel *kernel, uint32_t tid);

/* End a thread: signal it, abandon its mutants, drop its APCs, free its stack. If it is the running
 * one its handler returns normally and it never runs again. */
void xe_kernel_thread_exit(struct xe_thread *thread, uint32_t code);
/* The running thread ends itself: that, after the rundown routines of its user APCs have run. */
void xe_kernel_thread_end(struct xe_thread *thread, uint32_t code);

/* Returns the previous count; *ret_status when it may not. */
uint32_t xe_kernel_thread_suspend(struct xe_thread *thread, uint32_t *ret_status);
uint32_t xe_kernel_thread_resume(struct xe_thread *thread);

/* Change what schedules it; previous value returned. Increment is relative to the process's normal
 * class, +-16 saturate. */
int32_t xe_kernel_thread_set_base_priority(struct xe_thread *thread, int32_t increment);
int32_t xe_kernel_thread_set_priority(struct xe_thread *thread, int32_t priority);
/* More priority than its base, for a while: none if it has as much, is none that may be boosted, or
 * the increment is 0 or less. */
void xe_kernel_thread_boost(struct xe_thread *thread, int32_t increment);
uint32_t xe_kernel_thread_set_hw(struct xe_thread *thread, uint32_t hw);
uint32_t xe_kernel_thread_set_irql(struct xe_thread *thread, uint32_t irql);
void xe_kernel_thread_set_name(struct xe_thread *thread, const char *name);
/* Let equals run: the thread goes behind them. false: nobody else is ready there. */
bool xe_kernel_thread_yield(struct xe_thread *thread);
/* The call at hand is to be executed again on the thread's next turn (spinning). */
void xe_kernel_thread_retry(struct xe_thread *thread);

/* KTHREAD/KPCR words in guest memory. */
uint32_t xe_kernel_thread_last_error(const struct xe_thread *thread);
void xe_kernel_thread_set_last_error(struct xe_thread *thread, uint32_t code);

/* TLS of the title process. */
uint32_t xe_kernel_tls_alloc(struct xe_kernel *kernel); /* 0xFFFFFFFF when none is free */
bool xe_kernel_tls_free(struct xe_kernel *kernel, uint32_t index);
uint32_t xe_kernel_tls_get(const struct xe_thread *thread, uint32_t index);
bool xe_kernel_tls_set(struct xe_thread *thread, uint32_t index, uint32_t value);

/* ---- thread_notes.c: who is told of threads -------------------------------------------------- */

/* Its routine is called on threads that begin and end. false: the title has led the list astray. */
bool xe_kernel_thread_note_register(struct xe_kernel *kernel, xe_gva registration);
void xe_kernel_thread_note_forget(struct xe_kernel *kernel, xe_gva registration);

/* ---- guest calls made by the kernel --------------------------------------------------------- */

/* What goes on when the guest routine has returned and the interrupted context is back in
 * thread->cpu. A kind and not a function, for it is state that is saved. */
enum xe_guest_end {
    XE_GUEST_END_NOTHING,
    XE_GUEST_END_APC_KERNEL,  /* an APC's kernel routine: its normal routine is next */
    XE_GUEST_END_APC_SPECIAL, /* of one that has no other: the next APC            */
    XE_GUEST_END_APC_NORMAL,  /* an APC's normal routine: the next APC               */
    XE_GUEST_END_DPC,         /* the next DPC                                        */
    XE_GUEST_END_RUNDOWN,     /* the thread's next rundown routine, or its end       */
    XE_GUEST_END_ENDING,      /* of a routine for the title's end: the next, or the end */
    XE_GUEST_END_MODULE,      /* of a module's entry: the next entry, or what called it */
    XE_GUEST_END_NOTE,        /* of who is told of threads: the next, or what comes behind */
    XE_GUEST_ENDS
};

#define XE_GUEST_CALL_DEPTH 32u

/* Run routine(args...) on the thread before it goes on: its context is saved, and restored when the
 * routine returns. A wait of a parked thread goes on then. arg: what `end` needs to know. false:
 * nested too deep or out of memory (logged; nothing goes on then). */
bool xe_kernel_thread_call_guest(struct xe_thread *thread, xe_gva routine, const uint64_t *args,
                                 uint32_t count, enum xe_guest_end end, uint32_t arg);

#endif
