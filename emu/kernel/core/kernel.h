/* The HLE kernel: object manager, dispatcher, threads and the lockstep scheduler of one instance.
 *
 * The idea: guest-visible state lies in guest memory (dispatcher headers, KTHREAD, KPCR, object
 * headers) and host records beside it keep only what the guest can't see (who waits, who owns a
 * handle). One function starts every wait and one changes every signal state (dispatcher.h); the
 * audit listens there. The scheduler runs six hardware threads in turns and is a pure function of
 * image, settings and cycle. Reading side for reports: xe/kernel.h.
 * Owner thread: the instance's. */
#ifndef XE_KERNEL_CORE_KERNEL_H
#define XE_KERNEL_CORE_KERNEL_H

#include "audit/audit.h"
#include "cpu/cpu.h"
#include "kernel/core/status.h"
#include "mem/mem.h"
#include "xe/breath.h"
#include "xe/image.h"
#include "xe/instance.h"
#include "xe/kernel.h"
#include "xe/net.h"
#include "xe/log.h"
#include "xe/nearest.h"
#include "xe/stop.h"
#include "xe/video.h"
#include "xe/writers.h"

struct xe_call;
struct xe_codec;
struct xe_object;
struct xe_thread;

struct xe_kernel_config {
    uint64_t seed; /* chooses a schedule (seed.c); 0 = natural                  */
    enum xe_engine engine;
    uint32_t slice;                  /* instructions a hardware thread runs in its turn, >= 1     */
    uint64_t clock_hz;               /* retired instructions per virtual second, >= 1             */
    uint64_t start_time;             /* system time at cycle 0, 100 ns units since 1601-01-01     */
    uint64_t io_latency_us, io_rate; /* of devices: of each request; bytes a second, 0: at once */
    uint64_t overlay_limit;          /* bytes that a title may write to files */
    uint64_t
        livelock_after; /* instructions that a thread runs in a circle until it is one; 0: any */
    uint32_t pads;      /* controllers that are plugged in at first, from the first port on */
    uint32_t users;     /* signed in, from the first controller on */
    enum xe_net_mode network;  /* what is at the other end of its cable */
    enum xe_renderer renderer; /* who makes pictures */
    enum xe_readback readback; /* do they come back? */
    enum xe_video video;       /* what it is plugged into */
    bool writable_code;        /* pages of code can be written by the title */
    struct xe_faults faults;
};

/* Guest addresses the kernel keeps for itself: [XE_KERNEL_CODE, +64 KiB) holds the core's own
 * trampolines; export entries made by xe_hle_link go from XE_KERNEL_EXPORTS on; behind them,
 * entries of the kernel's own modules. */
#define XE_KERNEL_CODE    0x80040000u
#define XE_KERNEL_EXPORTS 0x80050000u
#define XE_KERNEL_MODULES 0x80060000u /* entries of its own modules */

#define XE_KERNEL_HW_THREADS 6u
#define XE_KERNEL_TITLE_PATH 256u /* of a path of a title, with a NUL */

/* mem, audit and log are borrowed and must outlive the kernel. It owns the CPU engine. */
struct xe_kernel *xe_kernel_create(struct xe_mem *mem, struct xe_audit *audit, struct xe_log *log,
                                   const struct xe_kernel_config *config, struct xe_error *err);
void xe_kernel_destroy(struct xe_kernel *kernel);

/* Has the title ended, because of this? */
bool xe_kernel_has_ended(const struct xe_kernel *kernel, enum xe_cause cause);

/* What a title that has ended wants to be run behind it, as it said it. */
struct xe_kernel_launch {
    char path[XE_KERNEL_TITLE_PATH];  /* by devices                                          */
    char said[XE_KERNEL_TITLE_PATH];  /* as the title has it                                 */
    char mount[XE_KERNEL_TITLE_PATH]; /* where game: is to be then; "": where it is          */
    char line[XE_KERNEL_TITLE_PATH];  /* its command line; "": its name                      */
};
/* false: it has not ended by a launch, or by one of the dashboard. */
bool xe_kernel_launched(const struct xe_kernel *kernel, struct xe_kernel_launch *ret);
/* Nothing comes of the launch of what the title called so, and the run ends as one of the
 * dashboard; why: "which is ...". */
void xe_kernel_launch_fails(struct xe_kernel *kernel, const char *said, const char *why);

/* What the title held is let go, and its objects end: the audit is told. It can only be followed or
 * destroyed then. */
void xe_kernel_over(struct xe_kernel *kernel);
/* The kernel of the next title: time, the numbers of objects and threads, and files go on from
 * `before`, which is over. NULL with err set: out of memory, and that is as it was. mem: an empty
 * one, for the title. */
struct xe_kernel *xe_kernel_follow(struct xe_kernel *before, struct xe_mem *mem,
                                   struct xe_error *err);
/* The path by devices of the title that is loaded next. */
void xe_kernel_title_is(struct xe_kernel *kernel, const char *path);
/* Controllers, launch data and names are what the launch makes of those before. */
void xe_kernel_launch_begins(struct xe_kernel *kernel, const struct xe_kernel *before,
                             const struct xe_kernel_launch *launch);
/* The one that was followed is destroyed. */
void xe_kernel_leave(struct xe_kernel *kernel, struct xe_kernel *before);

/* Map the image, copy headers, make the module entry, resolve imports (xe_hle_link) and make the
 * main thread ready. Once; after a failure the kernel can only be destroyed. */
bool xe_kernel_load(struct xe_kernel *kernel, const struct xe_image *image, struct xe_error *err);

/* Retire exactly n instructions or stop earlier and say why. poll may be NULL; called about every
 * millisecond of work; false cancels at the next safe point. */
enum xe_stop xe_kernel_run(struct xe_kernel *kernel, uint64_t n, bool (*poll)(void *ctx),
                           void *poll_ctx, uint64_t *ret_retired);

/* What threads made of instructions, in order of their beginnings: the first ones, from where there
 * was a second thread. */
#define XE_KERNEL_LIVES 64u
struct xe_kernel_lives {
    struct xe_kernel_life {
        uint32_t tid;
        uint64_t first, last; /* its own, from where it began */
    } life[XE_KERNEL_LIVES];
    uint32_t count;
};
/* seed_ahead.c: note them, in an empty one, which is borrowed until that is to end. And, before the
 * first run: who goes ahead, as they are. */
bool xe_kernel_wants_lives(const struct xe_kernel *kernel); /* does its seed ask for them? */
void xe_kernel_lives_note(struct xe_kernel *kernel, struct xe_kernel_lives *lives);
void xe_kernel_lives_end(struct xe_kernel *kernel);
void xe_kernel_lives_take(struct xe_kernel *kernel, const struct xe_kernel_lives *lives);

/* What is to come when a cycle is reached. It is asked at every tick of the guest's clock, too, for
 * what has no cycle. Not state: who wants it says so again after a load. */
struct xe_kernel_moment {
    uint64_t cycle; /* UINT64_MAX: none */
    void (*come)(void *ctx);
    void *ctx;
};
void xe_kernel_moment(struct xe_kernel *kernel, const struct xe_kernel_moment *moment);

/* Where a run stands, between two instructions: so many retired, so much idle time skipped so far.
 * A run comes to each of its places once, however it is cut. A title that has exited or crashed,
 * which takes no cycle, is at the place of all time. */
#define XE_KERNEL_ENDED UINT64_MAX
struct xe_kernel_place {
    uint64_t cycle;
    uint64_t idle; /* 100 ns, or XE_KERNEL_ENDED */
};
/* Where the run is now. */
struct xe_kernel_place xe_kernel_place(const struct xe_kernel *kernel);

/* Places where somebody wants to be asked: `arrived` is called when a run comes to `next`, or can't
 * (then the idle time is another), and moves it on, to cycle UINT64_MAX when there is no more. It
 * may look, and change what is changed from outside. false: the run stops, XE_STOP_REPLAY. A run
 * that has its target at the cycle of the next place goes on to its idle time. */
struct xe_kernel_way {
    struct xe_kernel_place next;
    bool (*arrived)(void *ctx, struct xe_kernel_place *next);
    void *ctx;
};
/* Borrowed; NULL: there are none (any more). */
void xe_kernel_way(struct xe_kernel *kernel, struct xe_kernel_way *way);

/* Go on behind the title's own break, as the next run will. */
void xe_kernel_resume(struct xe_kernel *kernel);
/* That, and what the next run will do before its next instruction: what is due at this place, and
 * whose turn it is. Twice is as once. So whatever comes from outside now comes after that, wherever
 * the last run was cut. */
void xe_kernel_settle(struct xe_kernel *kernel);

/* Taken in calls that last long, between the polls; see xe/breath.h. */
void xe_kernel_breath(struct xe_kernel *kernel, struct xe_breath breath);
/* What happened when it stopped last; reason NONE while it runs and before. Borrowed. */
const struct xe_stop_info *xe_kernel_stop_info(const struct xe_kernel *kernel);
/* One line about that (crash, exit, break); "" if there is nothing to say. */
const char *xe_kernel_stop_detail(const struct xe_kernel *kernel);

/* ---- parts ---------------------------------------------------------------------------------- */

/* Its parts, borrowed. */
struct xe_mem *xe_kernel_mem(const struct xe_kernel *kernel);
struct xe_log *xe_kernel_log(const struct xe_kernel *kernel);
struct xe_audit *xe_kernel_audit(const struct xe_kernel *kernel);
struct xe_cpu_engine *xe_kernel_engine(const struct xe_kernel *kernel);
/* Why it is not the one that the config asks for; "" if it is. Borrowed. */
const char *xe_kernel_engine_why(const struct xe_kernel *kernel);
const struct xe_kernel_config *xe_kernel_config_get(const struct xe_kernel *kernel);
/* The audit's questions, answered by this kernel; lives as long as it. */
const struct xe_audit_world *xe_kernel_audit_world(const struct xe_kernel *kernel);

/* What HLE families keep per instance (hle.c); NULL until set. Destroyed by xe_hle_destroy. */
struct xe_hle_state;
/* What the families of exports keep; borrowed. */
struct xe_hle_state *xe_kernel_hle(const struct xe_kernel *kernel);

/* Facts of the loaded title. headers: guest copy of the XEX headers, 0 for ELF. module: its
 * LDR_DATA_TABLE_ENTRY, which is its HMODULE. image is valid during xe_hle_link only; families
 * that need more of it later copy it there. */
/* What a title is called to itself, whatever its file is called here: a file's name is no state.
 * Source: doc/facts/modules.md, FullDllName and BaseDllName; a disc's executable is
 * \Device\Cdrom0\default.xex. */
#define XE_KERNEL_TITLE_NAME "default.xex"

struct xe_kernel_title {
    char path[XE_KERNEL_TITLE_PATH]; /* by devices, of one that another launched; "": the first */
    bool loaded;
    bool library; /* a library run by itself: no title is there */
    xe_gva base, entry, headers, module;
    uint32_t size, title_id;
    uint32_t default_stack_size;
};
/* The title that was loaded; all zero before. */
const struct xe_kernel_title *xe_kernel_title(const struct xe_kernel *kernel);

struct xe_module_bytes {
    const void *bytes; /* NULL: none */
    uint32_t size;
};

/* Where libraries come from that a title imports or loads. Images are borrowed until they are
 * released. NULL with err set, XE_ERR_IMAGE_NOT_FOUND when there is none of that name. */
struct xe_module_source {
    void *ctx;
    const struct xe_image *(*find)(void *ctx, const char *path, struct xe_error *err);
    /* patch: a delta patch of the file. */
    const struct xe_image *(*parse)(void *ctx, const struct xe_module_bytes *file,
                                    const struct xe_module_bytes *patch, struct xe_error *err);
    void (*release)(void *ctx, const struct xe_image *image);
};
/* Borrowed; before the title is loaded. */
void xe_kernel_module_source(struct xe_kernel *kernel, const struct xe_module_source *source);

/* ---- debugging ------------------------------------------------------------------------------ */

/* Asked before an instruction marked in the engine; true keeps the thread from running it, which
 * goes with xe_kernel_halt. */
void xe_kernel_debugger(struct xe_kernel *kernel,
                        bool (*wants)(void *ctx, uint32_t tid, const struct xe_cpu *cpu),
                        void *ctx);
/* Have every signal, wait, wake and close of an object told, as the audit is (audited paths only).
 * fn NULL: no more. */
void xe_kernel_act_listener(struct xe_kernel *kernel,
                            void (*fn)(void *ctx, const struct xe_audit_act *act), void *ctx);

/* Have every exception told that a handler of the title's is about to be asked about. fn NULL: no
 * more. */
struct xe_raised {
    uint32_t tid, code;
    xe_gva pc; /* where it happened */
};
void xe_kernel_raise_listener(struct xe_kernel *kernel,
                              void (*fn)(void *ctx, const struct xe_raised *what), void *ctx);

/* Have reports ask who wrote bytes, of whoever watches all of them; NULL: nobody does. */
void xe_kernel_witness(struct xe_kernel *kernel,
                       const struct xe_writers *(*fn)(void *ctx, xe_gva address, uint32_t size),
                       void *ctx);

/* The guest address that calls an export: "KeSetEvent", "xboxkrnl.exe!KeSetEvent" or
 * "xboxkrnl.exe!#157". 0: no such function. */
xe_gva xe_kernel_export_address(const struct xe_kernel *kernel, const char *text);
/* Offer the names of all functions to one that was not found. */
void xe_kernel_export_offer(const struct xe_kernel *kernel, struct xe_nearest *nearest);
/* "xboxkrnl.exe!KeSetEvent", the export whose entry has this address; false: none. */
bool xe_kernel_export_at(const struct xe_kernel *kernel, xe_gva address, char *text, size_t size);

/* The run at hand stops with XE_STOP_BREAK, after what the running thread does. Unlike
 * xe_kernel_break this is nothing that the guest did: no state says so. id: the point's. */
void xe_kernel_halt(struct xe_kernel *kernel, enum xe_cause cause, uint32_t id);
/* The next run stops with XE_STOP_STEP when this thread has retired n instructions, and is not in
 * [from, to), or is gone. The schedule stays as it is: the others run as they would. */
void xe_kernel_step(struct xe_kernel *kernel, uint32_t tid, uint64_t n, xe_gva from, xe_gva to);
/* A run stops with XE_STOP_FRAME when n more frames have been shown, at the time of the last one:
 * the same cycle, whatever cuts the run. Other stops before leave what is left; 0: no run does. */
void xe_kernel_frames(struct xe_kernel *kernel, uint64_t n);
uint64_t xe_kernel_frames_left(const struct xe_kernel *kernel);
/* Told by whoever shows them: n more. */
void xe_kernel_frames_shown(struct xe_kernel *kernel, uint64_t n);
/* The registers of a thread, to be changed from outside; the run counts as interfered with. NULL:
 * no such thread. */
struct xe_cpu *xe_kernel_interfere(struct xe_kernel *kernel, uint32_t tid);

/* ---- called by export handlers -------------------------------------------------------------- */

/* The title ends itself; the run stops with XE_STOP_EXIT after the call at hand. code: the value
 * that it ends with, or the cause's, NULL if it gives none. what: as in struct xe_stop_info, or
 * NULL. */
void xe_kernel_exit(struct xe_kernel *kernel, enum xe_cause cause, const uint32_t *code,
                    const char *what);
/* The value that it ended with; false if it hasn't ended, or gave none. */
bool xe_kernel_exit_code(const struct xe_kernel *kernel, uint32_t *ret);
/* KeBugCheck and unhandled exceptions: XE_STOP_CRASH. The kernel never runs again. why says the
 * cause and what belongs to it; without a tid it happened to the running thread. what: as in struct
 * xe_stop_info, or NULL. */
void xe_kernel_crash(struct xe_kernel *kernel, const struct xe_stop_info *why, const char *what);
/* DbgBreakPoint: XE_STOP_BREAK; the next run goes on behind it. */
void xe_kernel_break(struct xe_kernel *kernel, enum xe_cause cause);

/* The call at hand does about so many nanoseconds' work, because of a size that the guest chose:
 * told by whatever can take longer than some ten microseconds, slice by slice (about a
 * millisecond's) when it can take much longer. The run is polled by it; nothing that the guest can
 * see depends on it. */
void xe_kernel_work(struct xe_kernel *kernel, uint64_t ns);

/* Guest memory for the kernel's own and pool objects: zeroed, 16-byte aligned (4 KiB aligned from
 * one page up); 0 when there is none left. Book-keeping is on the host side: guests can't break it.
 * free of 0 or of an address that was not allocated does nothing and returns false. */
xe_gva xe_kernel_pool_alloc(struct xe_kernel *kernel, uint32_t size);
bool xe_kernel_pool_free(struct xe_kernel *kernel, xe_gva address);
/* Whose a block is: a call by which a title gives one back must say of which kind that is, since
 * the address is the title's word. */
enum xe_pool_owner {
    XE_POOL_KERNEL, /* no call frees it                                  */
    XE_POOL_TITLE,  /* handed out as pool, or as a string's buffer       */
    XE_POOL_HEAP,   /* a heap, or a block of one                         */
    XE_POOL_OWNERS
};
xe_gva xe_kernel_pool_alloc_for(struct xe_kernel *kernel, uint32_t size, enum xe_pool_owner owner);
bool xe_kernel_pool_is(const struct xe_kernel *kernel, xe_gva address, enum xe_pool_owner owner);
/* The same as free; false, and nothing done, where the block is another's. */
bool xe_kernel_pool_free_for(struct xe_kernel *kernel, xe_gva address, enum xe_pool_owner owner);
/* Bytes usable at an address handed out by alloc; 0 if it was not. */
uint32_t xe_kernel_pool_size(const struct xe_kernel *kernel, xe_gva address);

/* The running guest thread; NULL between threads (timer expiry, host events). */
struct xe_thread *xe_kernel_current(const struct xe_kernel *kernel);

/* xe_hle_dispatch puts these around every handler: they give records their site (export name, lr)
 * and keep the thread's last-export facts; end applies pending stops and reschedules. */
void xe_kernel_call_begin(struct xe_kernel *kernel, const struct xe_call *call);
void xe_kernel_call_end(struct xe_kernel *kernel, const struct xe_call *call);

/* Signals made between begin and end are KernelInternal from `src` ("timer", "io_completion",
 * "overlapped", "xnotify", ...; static). origin: the export call that armed it, may be NULL. Scopes
 * nest: keep the returned scope and hand it to end. */
struct xe_kernel_scope {
    const char *src;
    const struct xe_audit_site *origin;
};
struct xe_kernel_scope xe_kernel_internal_begin(struct xe_kernel *kernel, const char *src,
                                                const struct xe_audit_site *origin);
void xe_kernel_internal_end(struct xe_kernel *kernel, struct xe_kernel_scope outer);
/* The site of the call at hand, to be kept as an origin. */
void xe_kernel_site(const struct xe_kernel *kernel, struct xe_audit_site *ret);

/* ---- exported variables (contents for hle's placement) -------------------------------------- */

/* Guest address of what an xboxkrnl variable export that the core owns names: the object types,
 * KeTimeStampBundle, XexExecutableModuleHandle; 0 for any other ordinal. */
xe_gva xe_kernel_variable(const struct xe_kernel *kernel, uint32_t ordinal);

/* ---- state ---------------------------------------------------------------------------------- */

/* All of the kernel but guest memory (base/codec.h), in sections "objects", "threads", "timers",
 * "clock", "kernel" and what the families add; between runs, or while one is polled. Loading
 * replaces what is there, in a kernel with the same title and settings, and may write to guest
 * memory, which is to be loaded after it; if it fails the kernel can only be destroyed. */
void xe_kernel_state(struct xe_codec *c, struct xe_kernel *kernel);

/* Dispatcher invariant: no object is satisfiable while an eligible waiter is parked, but for
 * injected losses. false with a line about the first violation. */
bool xe_kernel_check(const struct xe_kernel *kernel, char *text, size_t size);

/* Registers of a thread; NULL if there is none. Borrowed. */
const struct xe_cpu *xe_kernel_registers(const struct xe_kernel *kernel, uint32_t tid);

/* ---- provided by hle.c, called by the core -------------------------------------------------- */

/* Made and freed with the kernel. NULL with err set: out of memory. */
struct xe_hle_state *xe_hle_create(struct xe_kernel *kernel, struct xe_error *err);
void xe_hle_destroy(struct xe_hle_state *hle);
/* The first import that nothing has. */
struct xe_missing {
    char library[XE_MODULE_NAME]; /* "": there is all */
    uint32_t ordinal;
    bool loaded;            /* the library is there, but has no such ordinal */
    uint32_t wanted, found; /* versions, if it is there and too old; else 0 */
};
/* Patch the image's thunks and slots (the image is mapped already, and so are the modules that it
 * imports), place exported variables. What a module lacks leads to a stub, and is told. */
bool xe_hle_link(struct xe_kernel *kernel, const struct xe_image *image,
                 struct xe_missing *ret_missing, struct xe_error *err);
/* Is a library the kernel's own, by its name? */
bool xe_hle_is_kernel(const char *library);
/* An export entry in guest memory was executed; cpu is the current thread's. */
void xe_hle_dispatch(struct xe_kernel *kernel, struct xe_cpu *cpu, xe_gva address);
/* Visit the objects that families hold a reference of, once for each. */
void xe_hle_holds(const struct xe_kernel *kernel,
                  void (*fn)(void *ctx, const struct xe_object *object), void *ctx);
/* The wait of a call on a socket is over (XE_WAIT_END_SOCKET): the call goes on. */
void xe_hle_socket_waited(struct xe_thread *thread, uint32_t status);
/* The static name of the export whose entry has this address; NULL: none. */
const char *xe_hle_entry_name(const struct xe_kernel *kernel, xe_gva address);
/* Add what the families count: draws, swaps, stub_calls. The rest is filled. */
void xe_hle_totals(const struct xe_kernel *kernel, struct xe_kernel_totals *ret);
/* State of the HLE families, into the section at hand and "gpu". */
void xe_hle_state_visit(struct xe_codec *c, struct xe_kernel *kernel);
/* The static name of an export that is spelled so; NULL: none is. */
const char *xe_hle_known_name(const char *text);
/* The same for whatever records name: exports, sources of signals, promises. */
const char *xe_kernel_source(const char *text);

#endif
