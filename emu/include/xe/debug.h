/* Debugging an instance: breakpoints, watchpoints, steps of one thread, writing from outside.
 *
 * Points cost nothing while there are none. Breakpoints never change guest memory; watchpoints make
 * accesses to the pages they lie in slow. Neither changes what the guest computes: a run with
 * points stops earlier, and goes on as if it had not. Writing registers or memory does change it,
 * and marks the instance as interfered with. For the owner's thread, between runs or from a run's
 * `poll`. */
#ifndef XE_DEBUG_H
#define XE_DEBUG_H

#include "xe/audit.h"
#include "xe/instance.h"
#include "xe/writers.h"

#define XE_POINTS_MAX     256u
#define XE_POINT_SIZE_MAX 4096u /* bytes a watchpoint can cover */

enum xe_point_kind {
    XE_POINT_EXEC,      /* before the instruction at address                            */
    XE_POINT_READ,      /* after a guest instruction that loads any of the bytes        */
    XE_POINT_WRITE,     /* after one that stores to any of them, whatever value         */
    XE_POINT_ACCESS,    /* either                                                       */
    XE_POINT_EXPORT,    /* before a call of a kernel export, at its entry               */
    XE_POINT_HANDLE,    /* after an instruction that did something to a kernel object: see `whose`
                         * and `events`. Critical sections aren't kernel objects: watch their memory */
    XE_POINT_EXCEPTION, /* when an exception of code `address` is raised, or any, before the first
                         * of the title's handlers runs; one that nobody takes stops a run anyhow */
    XE_POINT_KINDS
};
/* In the order of the enum. */
#define XE_POINT_KIND_WORDS "exec", "read", "write", "access", "export", "handle", "exception"
const char *xe_point_kind_name(enum xe_point_kind kind); /* "exec", "read" ... */

/* Which kernel objects, or exceptions, a point is about. */
enum xe_point_whose {
    XE_POINT_ONE, /* what the guest names by `address`, a handle or pointer; or a code */
    XE_POINT_ANY,
    XE_POINT_FOCUSED, /* those in the audit's focus */
    XE_POINT_WHOSE
};
#define XE_POINT_WHOSE_WORDS "one", "any", "focused"
const char *xe_point_whose_name(enum xe_point_whose whose); /* "one", "any", "focused" */

struct xe_point {
    uint32_t id; /* 1, 2, 3 ...; never used again */
    enum xe_point_kind kind;
    xe_gva address;
    uint32_t size;             /* 4 for what has no size */
    enum xe_point_whose whose; /* handle, exception                                          */
    uint32_t events; /* handle: bit n for enum xe_audit_op n; 0 is all                       */
    uint32_t tid;    /* only what this thread does; 0 any                                    */
    uint64_t ignore; /* so many hits are counted and don't stop                              */
    uint64_t hits;   /* by that thread, with those events, while enabled                     */
    bool disabled;
    struct xe_writers writers; /* write and access, of all threads: who did, since it is enabled */
    char name[64];             /* export: as it is asked for, like "KeSetEvent",
                                * "xam.xex!XamInputGetState", "xboxkrnl.exe!#157"; else "" */
};

/* Make a point like `wanted`: id, hits and writers are not looked at, nor the address of an export.
 * Several may be at one place. Returns the id; 0 with err set: bad address or size, no such export,
 * or too many. */
uint32_t xe_instance_point_set(struct xe_instance *instance, const struct xe_point *wanted,
                               struct xe_error *err);
/* A point that is disabled costs nothing and counts nothing. Enabling may need memory. */
bool xe_instance_point_enable(struct xe_instance *instance, uint32_t id, bool enabled,
                              struct xe_error *err);
bool xe_instance_point_remove(struct xe_instance *instance, uint32_t id, struct xe_error *err);
/* In order of their ids; the struct is borrowed for the call. */
void xe_instance_points(const struct xe_instance *instance,
                        void (*fn)(void *ctx, const struct xe_point *point), void *ctx);

/* What stopped the last run with XE_STOP_BREAK. */
struct xe_point_hit {
    struct xe_point point;
    uint32_t tid;
    xe_gva pc;      /* of the instruction */
    xe_gva address; /* first of the point's bytes that were accessed; exec: pc; exception: code */
    uint32_t size;  /* of the access                                           */
    bool write;
    enum xe_audit_op op; /* handle: what was done */
};
/* false: it did not stop at a point. */
bool xe_instance_point_hit(const struct xe_instance *instance, struct xe_point_hit *ret);

/* The next xe_instance_run stops with XE_STOP_STEP when this thread has retired n instructions and
 * its pc is outside [from, to), or when it is gone. The others run as the schedule has it. false:
 * no such thread. */
bool xe_instance_step(struct xe_instance *instance, uint32_t tid, uint64_t n, xe_gva from,
                      xe_gva to, struct xe_error *err);

/* Set a register by the name that xe_instance_registers gives it: most significant byte first, 8
 * bytes for a number, 16 for a vector. msr, pir, pvr, tb and tbu can't be written. */
bool xe_instance_register_write(struct xe_instance *instance, uint32_t tid, const char *name,
                                const uint8_t *bytes, uint32_t size, struct xe_error *err);

/* One line of assembly; false (and ".long") for a word that is no instruction. size >= 80 suffices.
 */
bool xe_disassemble(uint32_t word, xe_gva address, char *text, size_t size);
/* Where a branch that says so in its word goes, taken or not; false: the word is none. */
bool xe_branch_target(uint32_t word, xe_gva address, xe_gva *ret);

/* Guest memory, whatever its protection; all of it or nothing. */
bool xe_instance_mem_write(struct xe_instance *instance, xe_gva address, const void *bytes,
                           uint32_t size, struct xe_error *err);

#endif
