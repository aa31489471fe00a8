/* The core's export tables (listed by families.c), and what their handlers share. */
#ifndef XE_KERNEL_FAMILIES_SHARED_H
#define XE_KERNEL_FAMILIES_SHARED_H

#include "kernel/hle/hle.h"
#include "kernel/core/object.h"

extern const struct xe_hle xe_hle_events[], xe_hle_semaphores[], xe_hle_timers[], xe_hle_waits[],
    xe_hle_sections[], xe_hle_locks[], xe_hle_queues[], xe_hle_apcs[], xe_hle_dpcs[],
    xe_hle_threads[], xe_hle_thread_control[], xe_hle_objects[], xe_hle_links[], xe_hle_time[],
    xe_hle_device_queues[], xe_hle_directories[], xe_hle_debug[], xe_hle_heaps[], xe_hle_win32[],
    xe_hle_win32_text[], xe_hle_unwind[], xe_hle_except[], xe_hle_xbdm[], xe_hle_memory_xam[],
    xe_hle_memory_image[], xe_hle_keys[], xe_hle_driver[];

/* The dispatcher object at a pointer argument, adopted when new and known to the audit from now on.
 * NULL (a guest error is logged, the attempt recorded) when nothing of that type can lie there. */
struct xe_object *xe__kernel_ke_object(struct xe_call *call, unsigned n,
                                       const struct xe_object_type *type, enum xe_audit_op op);

/* The object of a handle argument; NULL after recording the failed attempt and setting the status.
 */
struct xe_object *xe__kernel_nt_object(struct xe_call *call, unsigned n,
                                       const struct xe_object_type *type, enum xe_audit_op op);

/* Create calls with OBJECT_ATTRIBUTES in argument `attributes` and the handle's place in argument
 * 0. First: true when the call is answered already (bad name, or a handle to the existing object).
 * Then, with the new object (or NULL): name it, hand out its handle, answer. */
bool xe__kernel_create_existing(struct xe_call *call, unsigned attributes,
                                const struct xe_object_type *type,
                                char name[XE_OBJECT_NAME_MAX + 1]);
void xe__kernel_create_finish(struct xe_call *call, struct xe_object *object, const char *name);

/* The caller's registers where it goes on behind the call. */
struct xe_cpu xe__kernel_behind_call(const struct xe_call *call);
/* What the kernel raises in the caller; what: said of it if nobody handles it. */
struct xe_except_record;
void xe__kernel_raise(struct xe_call *call, const struct xe_except_record *record,
                      const char *what);
/* A status without parameters, which nobody may go on from. */
void xe__kernel_raise_status(struct xe_call *call, uint32_t status);

/* A UTF-16 text at pointer argument n, cut to fit; what is no ASCII is '?'. false: it is NULL. */
bool xe__kernel_wide_text(const struct xe_call *call, unsigned n, char *text, uint32_t size);

/* What a call of xam has done: told by the call itself, or later by its overlapped, if it has one.
 * There a failure is ERROR_FUNCTION_FAILED, and which one an HRESULT. Source:
 * doc/facts/kernel-calls.md, section 1.10. */
void xe__kernel_answer_later(struct xe_call *call, xe_gva overlapped, uint32_t error,
                             uint32_t length);

/* Pages of physical memory, and their end; a block of pool's end. What can't be freed is a guest
 * error. */
xe_gva xe__kernel_physical(struct xe_call *call, uint32_t size, uint32_t protect, xe_gpa min,
                           xe_gpa max, uint32_t align);
void xe__kernel_physical_free(struct xe_call *call, xe_gva at);
void xe__kernel_block_free(struct xe_call *call, xe_gva at);

/* Store a word through an optional pointer argument. false: it is there, and not mapped, which is
 * in the guest log. */
bool xe__kernel_store_u32(struct xe_call *call, unsigned n, uint32_t value);

#endif
