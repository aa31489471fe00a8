/* The kernel's state, shared by the core's own files. */
#ifndef XE_KERNEL_CORE_KERNEL_INTERNAL_H
#define XE_KERNEL_CORE_KERNEL_INTERNAL_H

#include "base/map.h"
#include "kernel/core/apc.h"
#include "kernel/core/audio.h"
#include "kernel/core/clock.h"
#include "kernel/core/device.h"
#include "kernel/core/dispatcher.h"
#include "kernel/core/ending.h"
#include "kernel/core/given.h"
#include "kernel/hle/hle.h"
#include "kernel/core/interrupt.h"
#include "kernel/core/io.h"
#include "kernel/core/kernel.h"
#include "kernel/core/lacking.h"
#include "kernel/core/layout.h"
#include "kernel/core/milestone.h"
#include "kernel/core/module.h"
#include "kernel/core/object.h"
#include "kernel/core/overlapped.h"
#include "kernel/core/promise.h"
#include "kernel/core/thread.h"
#include "kernel/core/timer.h"

#ifdef XE_TINY_LIMITS
#define XE__HANDLES 4096u
#define XE__ADOPTED 256u
#else
/* Open at once. Guess: OBJECT_HANDLE_TABLE counts handles and has a root that outgrows its eight
 * built-in entries, but no limit, so a console's is its pool; a test title on one would tell. */
#define XE__HANDLES 65536u
#define XE__ADOPTED 262144u /* pointer objects remembered */
#endif
#define XE__OBJECTS      (1u << 18) /* created objects alive at once */
#define XE__NAME_BUCKETS 256u
#define XE__APCS         65536u /* queued on one thread  */
#define XE__PACKETS      65536u /* queued on one port    */
#define XE__DPCS         4096u  /* queued on one hardware thread */

/* Priority 32 is the kernel's own: DPC threads. */
#define XE__PRIORITY_DPC 32
#define XE__PRIORITIES   33

/* The core's trampolines, at XE_KERNEL_CODE. Each is the export word and blr. */
enum {
    XE__TRAMPOLINE_EXIT = XE_KERNEL_CODE,              /* a thread routine returned: exit code r3 */
    XE__TRAMPOLINE_STARTUP = XE_KERNEL_CODE + 0x10,    /* XapiThreadStartup returned: code 0     */
    XE__TRAMPOLINE_RETURN = XE_KERNEL_CODE + 0x20,     /* a guest call made by us returned       */
    XE__TRAMPOLINE_AUDIO_WAIT = XE_KERNEL_CODE + 0x30, /* an audio client's thread is out of it  */
    XE__TRAMPOLINE_AUDIO_CALL = XE_KERNEL_CODE + 0x40, /* and has got a period to fill           */
    XE__TRAMPOLINE_EXCEPT = XE_KERNEL_CODE + 0x50,     /* a handler of exceptions returned       */
    XE__TRAMPOLINE_END = XE_KERNEL_CODE + 0x60
};

struct xe__list {
    struct xe_thread *first, *last;
};

/* One hardware thread. */
struct xe__hw {
    struct xe_thread *current; /* NULL: idle */
    struct xe__list ready[XE__PRIORITIES];
    uint64_t summary; /* bit p: ready[p] is not empty */
    struct xe_thread *dpc_thread;
    struct xe__dpc *dpc; /* owned ring of pending DPCs, oldest first */
    uint32_t dpc_count, dpc_capacity;
};

/* A pending DPC or interrupt callback. */
struct xe__dpc {
    xe_gva kdpc; /* 0: a host request, described by the rest */
    xe_gva routine;
    uint64_t args[4];
    uint32_t count;
    uint32_t interrupt; /* a device's, and which (interrupt.c); 0: none */
};

/* A context that waits for a guest call made by the kernel to return. */
struct xe_guest_call {
    struct xe_guest_call *below;
    struct xe_cpu saved;
    enum xe_guest_end end;
    uint32_t arg; /* enum xe_apc_mode, for APCs; as xe__dpc's interrupt, for DPCs */
    uint32_t irql;
    bool suspended;              /* it was, and is again afterwards            */
    struct xe_wait *interrupted; /* owned: a wait to go on with; NULL if none */
    struct xe_module_step step;  /* of a module's entry: what is next         */
};

/* The host side of a completion port: a ring of packets. */
struct xe__port {
    struct xe_packet *ring; /* owned */
    uint32_t first, count, capacity;
};

/* The host side of a guest timer, made when it is first set. */
struct xe__ktimer {
    struct xe_timer timer;
    struct xe_object *object;
    uint32_t period_ms;
    xe_gva dpc;
    xe_gva apc, apc_context;
    enum xe_apc_mode apc_mode;
    bool apc_queued;
    struct xe_thread *apc_thread; /* who set it; NULL when it is gone or no APC is wanted */
    uint32_t key;
    uint32_t many;               /* 1: others than who set it last have set it before */
    struct xe_audit_site origin; /* the call that armed it */
    /* For reports. */
    struct xe_promise_site set,
        cancelled;                  /* the last time; cancelled: of those that took it back */
    uint64_t expiries, last_expiry; /* how often, the cycle of the last */
};

struct xe__pool_class {
    xe_gva *free; /* owned, last in first out */
    size_t count, capacity;
};
#define XE__POOL_CLASSES 8u

struct xe__handle {
    struct xe_object *object; /* NULL: free */
    uint32_t prev, next;      /* other handles of the object, slot + 1 */
};

#define XE__TLS_SLOTS_MAX  4096u
#define XE__TLS_STATIC_MAX 0x100000u

#define XE__PAST_MODULES 16u

struct xe_kernel {
    struct xe_mem *mem;     /* borrowed */
    struct xe_audit *audit; /* borrowed */
    struct xe_log *log;     /* borrowed */
    struct xe_kernel_config config;
    struct xe_cpu_engine *engine; /* owned */
    struct xe_error refused;      /* why it is not the one asked for */
    struct xe__bus *bus;          /* owned */
    struct xe_hle_state *hle;     /* owned */
    struct xe_audit_world world;
    struct xe_kernel_title title;

    /* Clock. */
    uint64_t cycle;      /* retired up to the start of the chunk at hand           */
    uint64_t idle;       /* 100 ns skipped                                         */
    uint64_t next_tick;  /* interrupt time of the next 1 ms tick                   */
    uint64_t chunk_base; /* running->cpu.retired when the chunk at hand began, at `cycle` */
    uint64_t chunk_due;  /* interrupt time of the event that bounds it        */
    xe_gva time_bundle;

    /* Pool. */
    struct xe__pool_class pool[XE__POOL_CLASSES];
    struct xe_map pool_blocks; /* address -> class + 1, or size for big ones */

    /* Objects. */
    struct xe_object *oldest, *newest;
    uint64_t next_object_id;
    uint32_t objects, adopted;
    struct xe_object *idle_oldest, *idle_newest;
    struct xe_map by_address;
    struct xe_object *names[XE__NAME_BUCKETS];
    xe_gva type_block;                       /* OBJECT_TYPE structures, 0x20 apart */
    struct xe__handle *handle;               /* owned, XE__HANDLES slots */
    uint64_t handle_taken[XE__HANDLES / 64]; /* a bit for each slot */
    uint32_t handle_next, handle_top;

    /* Threads and scheduler. */
    struct xe_thread *first_thread, *last_thread;
    uint32_t next_tid, next_system_tid;
    struct xe_map by_tid;
    struct xe__hw hw[XE_KERNEL_HW_THREADS];
    uint8_t order[XE_KERNEL_HW_THREADS]; /* turns */
    uint32_t turn, slice_left;
    uint64_t stirred;  /* cycle after which a seed cuts turns short; 0 without one */
    uint64_t stirring; /* what it will be when the chunk at hand has ended; 0: the same */
    struct xe_ahead ahead;
    struct xe_thread *running;                                       /* whose CPU runs right now */
    void (*act_listener)(void *ctx, const struct xe_audit_act *act); /* NULL: none */
    void *act_listener_ctx;
    void (*raise_listener)(void *ctx, const struct xe_raised *what); /* NULL: none */
    void *raise_listener_ctx;
    bool alone; /* the running chunk spans turns: no other hardware thread has work */
    struct xe_thread *retry_turn; /* asked to end its turn (spinning) */

    /* Processes and TLS. */
    xe_gva process[XE_PROCESSES];
    uint32_t tls_static, tls_slots;
    xe_gva tls_image;
    uint32_t tls_image_size;
    uint8_t *tls_used; /* owned: 1 for each slot in use */
    uint32_t title_threads;

    /* Modules. */
    struct xe_module *module[XE_MODULES]; /* owned, by id; the title is the first */
    uint32_t module_count, last_module, last_batch, last_order;
    const struct xe_module_source *module_source; /* borrowed; NULL: none */
    struct xe__ending ending;
    xe_gva module_cell;
    xe_gva vectored;    /* asked about every exception before any frame is; 0: none */
    xe_gva last_filter; /* SetUnhandledExceptionFilter; 0: none */

    /* Timers. */
    struct xe_timer **heap; /* owned */
    size_t heap_count, heap_capacity;
    const struct xe_timer *hopeful; /* one of them that may make a thread run, or NULL; no state */
    uint64_t next_timer_seq;

    struct xe__line line[XE_DEVICES]; /* interrupts of each */
    struct xe__audio *audio;          /* owned              */

    struct xe_vfs *vfs; /* owned */
    struct xe_vfs_source
        *beside[XE_FILES_ROOTS]; /* owned: folders that mounted containers lie in */
    uint32_t beside_count;
    struct xe_given *given[XE_GIVENS_MAX]; /* owned */
    uint32_t given_count;
    struct xe__ios ios; /* requests of files under way */
    struct xe__laters laters;

    struct xe__promises promises;
    struct xe__lacking lacking[XE_LACKINGS]; /* no state of the guest's */
    struct xe__past_modules {
        struct xe_past_module row[XE__PAST_MODULES]; /* the oldest first */
        uint32_t count;
    } past_modules;                         /* likewise */
    struct xe__milestones *milestones;      /* owned; likewise */
    struct xe__lacking_files lacking_files; /* the same                */
    struct xe__lacking_numbers lacking_hypervisor;

    /* Calls, records. */
    const struct xe_call *call;
    struct xe_kernel_scope scope;
    uint64_t next_wait_id;
    uint64_t wakes;
    bool interfered;
    uint64_t export_calls;

    /* A debugger. */
    bool (*wants_stop)(void *ctx, uint32_t tid, const struct xe_cpu *cpu);
    void *wants_stop_ctx;
    const struct xe_writers *(*witness)(void *ctx, xe_gva address, uint32_t size);
    void *witness_ctx;
    enum xe_stop halt; /* why it stops the run at hand; no state of the guest's */
    uint32_t step_tid;
    uint64_t step_left; /* instructions of that thread until the run stops; 0: not stepping */
    xe_gva step_from, step_to; /* and one more as long as it is in there */
    uint64_t frames_left;      /* to be shown until a run stops; 0: none stops for that */
    bool frames_come;          /* and no run has stopped for it yet; no state */

    struct xe_kernel_moment moment;
    struct xe_kernel_way *way; /* borrowed; NULL: no places on it; no state */

    /* Polling: work since the owner was last asked, and since the last breath; no state. */
    uint64_t work, held;
    struct xe_breath breath;

    /* Stop. */
    enum xe_stop stop;        /* NONE while it may run */
    struct xe_stop_info info; /* of the last run; with the sentence no state of the guest's */
    char detail[XE_STOP_DETAIL];
    bool has_exit_code; /* the title ended and said with what */
    uint32_t exit_code;
};

/* pool.c */
/* The kernel goes: its tables of free blocks, not the guest memory they lie in. */
void xe__kernel_pool_fini(struct xe_kernel *kernel);
/* Another state is to be loaded: no block is known. */
void xe__kernel_pool_forget(struct xe_kernel *kernel);

/* object.c */
void xe__kernel_objects_end(struct xe_kernel *kernel);

/* next.c */
/* Time and the numbers of what is made go on from another's; before anything is made. */
void xe__kernel_go_on(struct xe_kernel *kernel, const struct xe_kernel *before);
/* Files, and what its owner told the other one, are this one's now. */
void xe__kernel_take_over(struct xe_kernel *kernel, struct xe_kernel *before);
/* drive.c */
void xe__kernel_drives_take(struct xe_kernel *kernel, struct xe_kernel *from);

/* stop.c */
/* Around a run: what stopped the one before is forgotten; why this one stopped is kept. */
void xe__kernel_stop_begin(struct xe_kernel *kernel);
void xe__kernel_stop_end(struct xe_kernel *kernel, enum xe_stop stop);
/* The thread that a debugger steps has made its step: the run halts with it. */
void xe__kernel_stop_step(struct xe_kernel *kernel, const struct xe_thread *thread);

/* clock.c */
/* Cycles from kernel->cycle until interrupt time reaches `time` without idling: the smallest n
 * so that floor((cycle + n) * 10^7 / hz) + idle >= time. */
uint64_t xe__kernel_clock_cycles_until(const struct xe_kernel *kernel, uint64_t time);
/* The 1 ms timer interrupt, if it is due: the time stamps that titles poll, and quanta. After
 * idle time one call stands for all ticks skipped. */
bool xe__kernel_clock_tick(struct xe_kernel *kernel); /* has it ticked? */

/* timer.c */
/* Interrupt time of the event that comes first; UINT64_MAX: none is armed. */
uint64_t xe__kernel_timer_next_due(const struct xe_kernel *kernel);
/* Fire what is due by now, in order of due time, then of arming. */
void xe__kernel_timer_fire_due(struct xe_kernel *kernel);
/* May this event still make a thread run? And: any that is armed? */
bool xe__kernel_timer_hopeful(const struct xe_kernel *kernel, const struct xe_timer *timer);
bool xe__kernel_timer_hope(struct xe_kernel *kernel);

/* wait.c, ktimer.c: an event's time has come (it is disarmed already; between instructions, no
 * current thread). And: can that make a thread run? Asked when everything is idle. */
void xe__kernel_wait_timed_out(struct xe_thread *thread);
void xe__kernel_ktimer_expire(struct xe__ktimer *ktimer);
bool xe__kernel_ktimer_hopeful(const struct xe__ktimer *ktimer);
/* A KTIMER object: is it armed; what reports tell of it. */
bool xe__kernel_ktimer_armed(const struct xe_object *object);
void xe__kernel_ktimer_info(const struct xe_object *object, struct xe_timer_info *ret);
/* The thread ends: timers with an APC for it are cancelled. */
void xe__kernel_ktimer_rundown(struct xe_thread *thread);
/* The kernel goes, or another state is loaded: nobody is told. */
void xe__kernel_ktimers_forget(struct xe_kernel *kernel);
/* A timer's APC has left the thread's queue, run or removed. */
void xe__kernel_ktimer_apc_gone(struct xe_thread *thread, xe_gva kapc);

/* object.c */
/* Guest address of the OBJECT_TYPE that titles compare with. */
xe_gva xe__kernel_object_type_address(const struct xe_object *object);
/* The type whose exported OBJECT_TYPE lies at an address; NULL for any other. */
const struct xe_object_type *xe__kernel_object_type_at(const struct xe_kernel *kernel,
                                                       xe_gva address);
/* Tell the audit about an object named by its pointer, once. */
void xe__kernel_object_announce(struct xe_object *object);
/* Mirror the counts into the guest's OBJECT_HEADER. */
void xe__kernel_object_sync_header(struct xe_object *object);
/* Make the exported OBJECT_TYPEs; false: no guest memory. */
bool xe__kernel_object_init_types(struct xe_kernel *kernel);
/* The kernel goes: all objects, without any effect. */
void xe__kernel_object_fini_all(struct xe_kernel *kernel);
/* A count has fallen: nobody names or uses it any more, so it goes. */
void xe__kernel_object_maybe_free(struct xe_object *object);
/* Its name names nothing from now on; nothing if it has none. */
void xe__kernel_name_remove(struct xe_object *object);
extern const struct xe_object_type *const xe__object_types[XE_OBJECT_CLASSES]; /* may be NULL */
/* Have it found by its body's and its header's address; false: out of memory. */
bool xe__kernel_object_index(struct xe_object *object);
/* An object that is being loaded: no more of it is known than its type. */
struct xe_object *xe__kernel_object_restore(struct xe_kernel *kernel,
                                            const struct xe_object_type *type, uint64_t id);
/* Does a created object lie in its block as creation places it? */
bool xe__kernel_object_lies_in_block(const struct xe_object *object);
/* Is it what a title could have made in its own memory? */
bool xe__kernel_object_may_be_adopted(const struct xe_object *object);
/* Adopted, and nobody waits: it may be forgotten when there are too many, the oldest first. */
void xe__kernel_object_idle_append(struct xe_object *object);
/* Does it stand in that line? */
bool xe__kernel_object_is_idle(const struct xe_object *object);
/* Another state is to be loaded: all objects go, nobody is told. */
void xe__kernel_objects_forget(struct xe_kernel *kernel);

/* file.c */
/* Another state is to be loaded: what files keep goes, and nothing happens by that. */
void xe__kernel_files_forget(struct xe_kernel *kernel);

/* handle.c */
/* The table of handles; false: out of memory. */
bool xe__kernel_handle_init(struct xe_kernel *kernel);
/* The object has this handle too, as one that was saved; nobody is told. */
bool xe__kernel_handle_restore(struct xe_object *object, xe_handle handle);
/* Another state is to be loaded: no handle is taken. */
void xe__kernel_handles_forget(struct xe_kernel *kernel);
/* As if each had been closed. */
void xe__kernel_handles_close(struct xe_kernel *kernel);

/* dispatcher.c */
/* The type byte and the signal state in the guest's header; a store tells what the kernel
 * itself put there. */
uint8_t xe__kernel_header_type(const struct xe_object *object);
void xe__kernel_set_state(struct xe_object *object, int32_t state);
/* Could this thread's wait for the object be satisfied now? */
bool xe__kernel_satisfiable(const struct xe_object *object, const struct xe_thread *thread);
/* Take what a satisfied wait takes. true: a mutant was found abandoned. */
bool xe__kernel_consume(struct xe_object *object, struct xe_thread *thread);
/* Can the thread's wait end now, and by which of its objects (of a wait any)? */
bool xe__kernel_wait_satisfied(const struct xe_thread *thread, uint32_t *ret_index);
/* A wait that goes on found these states: what is signaled after that without a call was
 * stored. */
void xe__kernel_wait_goes_on(const struct xe_thread *thread);
/* Take everything the wait takes; the status it ends with. */
uint32_t xe__kernel_wait_consume(struct xe_thread *thread, uint32_t index);
/* Which name a record gets: the handle without the bits that are the title's, or the pointer. */
uint32_t xe__kernel_key(const struct xe_object *object, uint32_t key);
/* The thread is, or is no more, the owner: its exit abandons the mutants that it has. */
void xe__kernel_mutant_remember(struct xe_thread *thread, struct xe_object *mutant);
void xe__kernel_mutant_forget(struct xe_thread *thread, struct xe_object *mutant);

/* Is it a wait that the audit sees? Paths declared non-audited are not. */
bool xe__kernel_wait_is_audited(const struct xe_wait *wait);
/* A record of one object of a thread's wait. */
void xe__kernel_record_wait(struct xe_thread *thread, uint32_t index, enum xe_audit_op op,
                            enum xe_audit_effect effect, uint32_t status, int32_t prev_state);
/* A timer was set or taken back: no signal, but what becomes of it. */
void xe__kernel_record_timer(struct xe_object *timer, uint32_t key, enum xe_audit_op op,
                             bool changed);

/* wait.c */
/* To the end of the line of those that wait for the link's object. */
void xe__kernel_wait_link_append(struct xe_wait_link *link);
/* Leave all lines; the links still name what was waited for. */
void xe__kernel_wait_unlink(struct xe_thread *thread);
/* With a seed any of the waiters may be the first. The links of one thread stay together. */
void xe__kernel_wait_rotate(struct xe_object *object);
/* Drop the references to what was waited for. */
void xe__kernel_wait_release(struct xe_wait *wait);
/* The wait is over: hand the result to the thread and let it run. */
void xe__kernel_wait_finish(struct xe_thread *thread, uint32_t status);
/* A parked thread leaves the lines it stands in, but not its wait. */
void xe__kernel_wait_hold(struct xe_thread *thread);
/* For the time of a guest call, which may wait, too (false: out of memory); and back. */
bool xe__kernel_wait_put_aside(struct xe_thread *thread, struct xe_guest_call *call);
void xe__kernel_wait_put_back(struct xe_thread *thread, struct xe_guest_call *call);
/* The thread comes back to a wait that was interrupted: it looks again, behind those that came
 * meanwhile. */
void xe__kernel_wait_take_up(struct xe_thread *thread);

/* families/section.c, families/queue.c: ends of waits that their calls start */
/* The wait's end, in the context of the thread that waited: it has what it waited for. */
void xe__kernel_section_entered(struct xe_thread *thread);
void xe__kernel_rw_lock_entered(struct xe_thread *thread);
/* Likewise, with the entry or the packet, or the status of a wait that got none. */
void xe__kernel_queue_entry_removed(struct xe_thread *thread, uint32_t status);
void xe__kernel_packet_received(struct xe_thread *thread, uint32_t status);

/* queue.c */
/* Has the queue work, and does it let one more thread at it? */
bool xe__kernel_queue_ready(const struct xe_object *queue, const struct xe_thread *thread);
/* The thread takes an entry; of a port, the packet goes with its wait. */
void xe__kernel_queue_take(struct xe_object *queue, struct xe_thread *thread);
/* The fields of a KQUEUE behind its header; 0 threads: one a hardware thread. */
void xe__kernel_queue_init_body(struct xe_kernel *kernel, xe_gva queue, uint32_t threads);
/* The running thread turns to this queue for work: it counts as parked until it gets some. */
void xe__kernel_queue_serve(struct xe_thread *thread, struct xe_object *queue);
/* It got none: it runs on all the same. */
void xe__kernel_queue_resume(struct xe_thread *thread);
/* The thread is fed by no queue any more; another may take its place. */
void xe__kernel_queue_leave(struct xe_thread *thread);
/* Nobody is fed by the queue any more. */
void xe__kernel_queue_release_all(struct xe_object *queue);
/* A thread that a queue feeds waits for something else, or has ended such a wait: meanwhile
 * another may work. */
void xe__kernel_queue_thread_parks(struct xe_thread *thread);
void xe__kernel_queue_thread_wakes(struct xe_thread *thread);

/* scheduler.c */
/* The order of turns: natural for seed 0, else a permutation made of the seed. */
void xe__kernel_sched_init(struct xe_kernel *kernel);
/* The thread has work: to the line of its priority, at its end or its front. */
void xe__kernel_sched_ready(struct xe_thread *thread, bool front);
/* Off the processor or the line, into this state. */
void xe__kernel_sched_block(struct xe_thread *thread, enum xe_thread_state state);
/* The thread to run now on a hardware thread, NULL: it has none. What comes before its next
 * instruction is set up: DPCs, APCs, a wait that was interrupted. */
struct xe_thread *xe__kernel_sched_pick(struct xe_kernel *kernel, uint32_t hw);
/* Does it stand in a line of ready threads? */
bool xe__kernel_sched_is_listed(const struct xe_thread *thread);
/* A thread that was ready when it was saved, behind those of its priority. */
void xe__kernel_sched_restore(struct xe_thread *thread);
/* A tick has passed for who runs: at the end of a quantum the next of its priority has its
 * turn. */
void xe__kernel_sched_quantum_tick(struct xe_kernel *kernel);
/* Should the running thread make way for a better one on its hardware thread? */
bool xe__kernel_sched_preempted(const struct xe_thread *thread);
/* Another priority, in whatever state it is: lines follow. */
void xe__kernel_sched_repriority(struct xe_thread *thread, int32_t priority);

/* A turn is over. With a seed it may end as a quantum does. */
void xe__kernel_sched_turn_over(struct xe_thread *thread);

/* guest_call.c */
/* The routine has returned: bring the context back, tell the one who asked for the call. */
void xe__kernel_guest_call_returned(struct xe_thread *thread);
/* 0x20 bytes of the frame that the next guest call gets; the same address when it has returned. */
xe_gva xe__kernel_guest_scratch(const struct xe_thread *thread);
/* The thread ends: nothing will return any more. */
void xe__kernel_guest_calls_drop(struct xe_thread *thread);

/* apc.c, dpc.c */
/* Run the next kernel APC on the thread, which is about to run. */
void xe__kernel_apc_run_kernel(struct xe_thread *thread);
/* The kernel routine has returned (it may have changed the four words it got pointers to); the
 * normal one has. */
void xe__kernel_apc_kernel_done(struct xe_thread *thread, enum xe_apc_mode mode);
void xe__kernel_apc_normal_done(struct xe_thread *thread, enum xe_apc_mode mode);
/* No routine is called any more: nothing of the thread is left to call it on. */
void xe__kernel_apc_rundown(struct xe_thread *thread);
/* The thread ends: call the rundown routine of the next of its user APCs; after the last it is
 * over. */
void xe__kernel_apc_rundown_next(struct xe_thread *thread);
/* Queue the APC that suspends; false: it is there already. */
bool xe__kernel_apc_queue_suspension(struct xe_thread *thread);
/* Is one of this owner's among the thread's kernel APCs? */
bool xe__kernel_apc_is_queued(const struct xe_thread *thread, enum xe_apc_owner owner);
/* Would an alertable wait of this mode end at once? And with what: SUCCESS if it may begin. */
bool xe__kernel_alert_is_pending(const struct xe_thread *thread, enum xe_apc_mode mode);
uint32_t xe__kernel_alert_pending(struct xe_thread *thread, enum xe_apc_mode mode);
/* Is a user APC queued? */
bool xe__kernel_apc_user_pending(const struct xe_thread *thread);
/* Start the next request of the thread's hardware thread, or go back to sleep. */
void xe__kernel_dpc_thread_run(struct xe_thread *thread);
/* A routine ended the thread that served it: the next request gets a new one. */
void xe__kernel_dpc_thread_gone(struct xe_thread *thread);
/* Run what it says at dispatch level on a hardware thread, as soon as that may be interrupted. */
bool xe__kernel_dpc_push(struct xe_kernel *kernel, uint32_t hw, const struct xe__dpc *dpc);
/* Is the thread in a critical region? */
bool xe__kernel_apc_disabled(const struct xe_thread *thread);

/* module.c */
/* The kernel's own entries; false: no guest memory. */
bool xe__kernel_modules_init(struct xe_kernel *kernel);
/* The kernel goes, or another state is loaded: nobody is told. */
void xe__kernel_modules_forget(struct xe_kernel *kernel);

/* thread_control.c */
void xe__kernel_thread_unboost(struct xe_thread *thread);

/* thread.c */
/* One of the core's trampolines was executed by the thread. */
void xe__kernel_thread_entered(struct xe_thread *thread, xe_gva trampoline);
/* thread_notes.c: it is about to execute its first instruction: who is to be told of it is. */
void xe__kernel_thread_begin(struct xe_thread *thread);
/* It ends, and libraries know. */
void xe__kernel_thread_end_notes(struct xe_thread *thread);
/* One that was told has returned. */
void xe__kernel_thread_noted(struct xe_thread *thread, const struct xe_module_step *step);
/* It ends, and what was to be told of it knows. */
void xe__kernel_thread_end_rest(struct xe_thread *thread);
/* The fields of its KTHREAD that change while it lives. */
void xe__kernel_thread_sync(struct xe_thread *thread);
/* For reports: who suspended it, and when. */
void xe__kernel_thread_note_suspended(struct xe_thread *thread);
/* The thread of an object that is being loaded: no more of it is known than its id. */
bool xe__kernel_thread_restore(struct xe_object *object, uint32_t tid);
/* The kernel goes: threads let go of everything without any effect. */
void xe__kernel_threads_fini(struct xe_kernel *kernel);

/* Is this in the page that guards the end of its stack? */
bool xe__kernel_stack_overflows(const struct xe_thread *thread, xe_gva address);

/* suspend.c */
/* The APC that suspends runs. Or again: a special APC that ran in the middle of it is over. */
void xe__kernel_suspend(struct xe_thread *thread);
void xe__kernel_suspend_again(struct xe_thread *thread);

/* world.c */
/* What the audit asks of the kernel (struct xe_audit_world). */
void xe__kernel_world_init(struct xe_kernel *kernel);
/* Who owns the mutant or lock; 0: nobody, or it is no such thing. */
uint32_t xe__kernel_owner_tid(const struct xe_object *object);

/* process.c */
/* Take the title's TLS and stack facts from its image. */
void xe__kernel_process_set_tls(struct xe_kernel *kernel, const struct xe_image *image);
/* The priority of a thread that is given none; the three that a process has for its classes. */
uint32_t xe__kernel_process_normal_priority(enum xe_process_type type);
void xe__kernel_process_priorities(enum xe_process_type type, uint8_t ret[3]);
/* Bytes of a thread's TLS block: the image's part and the slots. Fill a new thread's. */
uint32_t xe__kernel_tls_size(const struct xe_kernel *kernel);
void xe__kernel_tls_fill(struct xe_thread *thread);
/* A thread more, or one less, in the guest's structure. */
void xe__kernel_process_thread_count(struct xe_kernel *kernel, enum xe_process_type type,
                                     int32_t change);
/* Make the processes' structures; false with err set: no guest memory. */
bool xe__kernel_process_init(struct xe_kernel *kernel, struct xe_error *err);

/* site.c */
/* Walk the back-chain from cpu's r1; at most max frames, innermost first. Returns how many. Quick:
 * records of the audit have it. */
uint32_t xe__kernel_frames(const struct xe_kernel *kernel, const struct xe_cpu *cpu,
                           struct xe_thread_frame *frame, uint32_t max);

/* walk.c */
/* The same by the tables of functions, where there are some: right in any function, at any place.
 */
uint32_t xe__kernel_callers(const struct xe_kernel *kernel, const struct xe_cpu *registers,
                            struct xe_thread_frame *frame, uint32_t max);

/* Tell the audit and a debugger of an act. Creation and closing go to the debugger only: the audit
 * has calls of its own for them. */
void xe__kernel_act(struct xe_kernel *kernel, const struct xe_audit_act *act);

/* ---- spin_lock.c ----------------------------------------------------------------------------- */

/* A spin lock that is taken, and that threads want: *ret is who holds it, NULL if its word names
 * none. false: it is none. */
bool xe__kernel_spin_lock_owner(const struct xe_kernel *kernel, xe_gva lock,
                                const struct xe_thread **ret);
/* Those threads. */
void xe__kernel_spin_lock_waiters(const struct xe_kernel *kernel, xe_gva lock,
                                  void (*fn)(void *ctx, const struct xe_audit_parked *who),
                                  void *ctx);

#endif
