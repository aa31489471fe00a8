/* The HLE kernel, reading side: threads, objects and exports as data for reports. */
#ifndef XE_KERNEL_H
#define XE_KERNEL_H

#include "xe/audit.h"
#include "xe/coverage.h"
#include "xe/types.h"

struct xe_kernel;

enum xe_thread_state {
    XE_THREAD_READY,
    XE_THREAD_RUNNING, /* owns its hardware thread */
    XE_THREAD_WAITING,
    XE_THREAD_SUSPENDED,
    XE_THREAD_TERMINATED,
    XE_THREAD_STATES
};
/* In the order of the enum. */
#define XE_THREAD_STATE_WORDS "ready", "running", "waiting", "suspended", "terminated"
/* Static, as reports have it. */
const char *xe_thread_state_name(enum xe_thread_state state);

#define XE_KERNEL_WAIT_MAX 64
#define XE_MODULE_NAME     64 /* of a module, with a NUL */

struct xe_thread_wait_object {
    uint32_t key; /* as the guest named it */
    struct xe_audit_kind kind;
    bool manual_reset; /* mr: stays signaled when a wait is satisfied */
    bool signaled;     /* sig                                         */
    uint32_t owner_tid;
    uint32_t waiters;
};

/* What is being done with a module. */
enum xe_module_state {
    XE_MODULE_MAPPED,    /* its entry is still to be called with ATTACH              */
    XE_MODULE_ATTACHING, /* that is going on                                         */
    XE_MODULE_READY,     /* it said yes, or has no entry, or is the title            */
    XE_MODULE_LEAVING,   /* its entry is still to be called with DETACH              */
    XE_MODULE_GONE,      /* in no list any more; unmapped when the others have left  */
    XE_MODULE_STATES
};
#define XE_MODULE_STATE_WORDS "mapped", "attaching", "ready", "leaving", "gone"

/* A module as reports show it. */
struct xe_module_info {
    char name[XE_MODULE_NAME];
    xe_gva handle, base, entry; /* handle: of its LDR entry */
    uint32_t size, load_count;
    uint32_t flags; /* that it was loaded with                */
    uint32_t state; /* enum xe_module_state                   */
    bool title, library;
    uint32_t tid;    /* on whose thread its entry is being called; 0: on none */
    bool orphaned;   /* that thread ended while it was attached               */
    bool attached;   /* its entry has answered ATTACH ...     */
    uint32_t result; /* ... with this                         */
    uint8_t sha256[32];
};
/* All that are loaded, in the order of loading; the title is the first. */
void xe_kernel_modules(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_module_info *info), void *ctx);
/* The one that an address lies in; false: none. */
bool xe_kernel_module_at(const struct xe_kernel *kernel, xe_gva address,
                         struct xe_module_info *ret);
/* The one of that name; false: none. */
bool xe_kernel_module_named(const struct xe_kernel *kernel, const char *name,
                            struct xe_module_info *ret);

/* One that was unloaded, and where nothing is mapped now. */
struct xe_past_module {
    char name[XE_MODULE_NAME];
    xe_gva base;
    uint32_t size;
    uint32_t tid; /* of the thread that unloaded it; 0: none */
    uint64_t cycle;
};
/* The newest that was at an address; false: none is known. */
bool xe_kernel_module_past(const struct xe_kernel *kernel, xe_gva address,
                           struct xe_past_module *ret);

struct xe_thread_frame {
    xe_gva sp, lr;
};

/* One thread as the diagnostic shows it (xe360-rpc-results(7)). */
struct xe_thread_info {
    uint32_t tid;
    char name[64];
    xe_handle handle; /* 0 when none is open */
    xe_gva kthread;
    enum xe_thread_state state;
    bool system; /* kernel's own (DPC, callback) thread */
    uint32_t hw_thread;
    int32_t base_priority, priority;
    uint32_t affinity;
    uint32_t suspend_count;
    uint32_t irql;
    uint32_t pc, lr;
    uint64_t ctr;
    uint32_t sp;
    xe_gva start_routine, start_context;
    uint32_t exit_code;
    const char *last_export; /* static, NULL if none */
    uint64_t last_export_args[4];
    uint64_t last_export_cycle;
    uint64_t retired;
    uint64_t last_progress_cycle;
    struct xe_thread_frame frame[16];
    uint32_t frames;
    bool waiting;
    bool wait_all;
    bool alertable;
    bool timed;            /* has a timeout */
    int64_t timeout_100ns; /* as given */
    int64_t remaining_100ns;
    uint64_t wait_since_cycle;
    const char *wait_src;     /* export, static */
    uint32_t wait_lr;         /* return address of the export call       */
    uint32_t wait_wrapper_lr; /* nearest caller outside the wait wrapper */
    struct xe_thread_wait_object wait_object[XE_KERNEL_WAIT_MAX];
    uint32_t wait_objects;
    uint32_t held_lock[16]; /* keys of mutants and critical sections it owns */
    uint32_t held_locks;
    uint32_t creator_tid, creator_lr;
};

/* Visit all threads in tid order; the struct is borrowed for the call. */
void xe_kernel_threads(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_thread_info *info), void *ctx);
/* One thread; false if there is none. */
bool xe_kernel_thread_info(const struct xe_kernel *kernel, uint32_t tid,
                           struct xe_thread_info *ret);

/* Run totals. */
struct xe_kernel_totals {
    uint64_t draws, swaps;
    uint32_t threads[XE_THREAD_STATES];
    uint64_t export_calls, stub_calls;
};
/* Counts over the whole run. */
void xe_kernel_totals_get(const struct xe_kernel *kernel, struct xe_kernel_totals *ret);

/* One object for object.list. */
struct xe_object_info {
    uint64_t id;
    const char *type; /* "event", "thread", "file", ... static */
    struct xe_audit_kind kind;
    bool waitable;
    bool signaled;
    xe_gva address;      /* guest address of the object body, 0 if host only */
    xe_handle handle[8]; /* open handles, first ones */
    uint32_t handles;    /* how many are open        */
    uint32_t references;
    uint32_t waiters;
    uint32_t owner_tid;
    char name[128]; /* object name, may be empty */
};
/* Visit all objects in id order. */
void xe_kernel_objects(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_object_info *info), void *ctx);

/* Paths on which a thread can park without a wait record, by design: what "audit blind" can mean in
 * this build. */
struct xe_kernel_path {
    const char *name; /* the exports, static     */
    enum xe_audit_park park;
    const char *why; /* one sentence, static    */
};
/* The ways to wait that no record is made of: a static table. */
const struct xe_kernel_path *xe_kernel_unaudited_paths(uint32_t *ret_count);

/* One export a title imports or asked for. */
struct xe_export_info {
    const char *module; /* "xboxkrnl", "xam", "xbdm"; or the name asked for */
    uint32_t ordinal;
    const char *name; /* static; "?" if no such ordinal is known */
    bool variable;
    bool implemented; /* state isn't MISSING */
    enum xe_coverage_state state;
    const char *lacks; /* static; of one that is there in part, else NULL */
    const char *why;   /* static; of one that is missing, where that is known, else NULL */
    bool imported;     /* by the loaded title */
    uint64_t calls;
    uint32_t first_lr; /* of the first call */
    uint32_t last_tid, last_lr;
    uint64_t last_cycle;
    uint64_t last_result;
    const char *signature; /* static, NULL if none */
};
enum xe_export_choice {
    XE_EXPORTS_TOUCHED, /* those that are imported or were called */
    XE_EXPORTS_KNOWN    /* all that the lists know                */
};
/* Visit exports, by module and ordinal. */
void xe_kernel_exports(const struct xe_kernel *kernel, enum xe_export_choice which,
                       void (*fn)(void *ctx, const struct xe_export_info *info), void *ctx);

/* What a library, named as a title does ("xboxkrnl.exe"), calls an ordinal. Static; NULL if no list
 * has it. Needs no kernel; any thread. */
const char *xe_kernel_export_name(const char *library, uint32_t ordinal);

#endif
