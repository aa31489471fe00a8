/* Critical sections and read/write locks: lock words in guest memory, and waits on the event or
 * semaphore inside. These waits take a path of their own that leaves no audit record (xe_audit
 * calls it blind and asks the scheduler who owns the lock); the release that wakes somebody is
 * recorded. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

#define SPIN_UNIT 256u

static int32_t add_s32(struct xe_mem *mem, xe_gva at, int32_t change)
{
    int32_t value = (int32_t)(xe_mem_u32(mem, at) + (uint32_t)change);

    xe_mem_set_u32(mem, at, (uint32_t)value);
    return value;
}

/* ---- critical sections ---------------------------------------------------------------------- */

static void initialize(struct xe_call *call, uint32_t spin)
{
    xe_gva at = xe_arg_gva(call, 0);
    uint32_t units = spin / SPIN_UNIT + (spin % SPIN_UNIT != 0);

    xe_kernel_header_init(call->kernel, at, XE_X_EVENT_AUTO, 0);
    xe_mem_set_u8(call->mem, at + XE_X_HEADER_ABSOLUTE, (uint8_t)(units > 0xFF ? 0xFF : units));
    xe_mem_set_u32(call->mem, at + XE_X_CS_LOCK_COUNT, UINT32_MAX);
    xe_mem_set_u32(call->mem, at + XE_X_CS_RECURSION, 0);
    xe_mem_set_u32(call->mem, at + XE_X_CS_OWNER, 0);
    xe_kernel_object_initialize(call->kernel, at, &xe_object_critical_section_type);
}

static void rtl_initialize_critical_section(struct xe_call *call)
{
    initialize(call, 0);
}

static void rtl_initialize_critical_section_and_spin_count(struct xe_call *call)
{
    initialize(call, xe_arg_u32(call, 1));
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static void own(struct xe_thread *thread, xe_gva section)
{
    struct xe_mem *mem = thread->kernel->mem;

    xe_mem_set_u32(mem, section + XE_X_CS_OWNER, thread->kthread);
    xe_mem_set_u32(mem, section + XE_X_CS_RECURSION, 1);
}

/* Nothing but the release ends this wait. */
void xe__kernel_section_entered(struct xe_thread *thread)
{
    own(thread, (xe_gva)thread->wait.arg);
}

/* Wait for the dispatcher object of a lock, unseen by the audit. */
static void park_on(struct xe_call *call, xe_gva at, const struct xe_object_type *type,
                    enum xe_audit_park park, enum xe_wait_end end, uint64_t arg)
{
    struct xe_object *object = xe_kernel_object_adopt(call->kernel, at, type);
    struct xe_wait_request request = {.count = 1,
                                      .object = {object},
                                      .timeout = XE_WAIT_FOREVER,
                                      .park = park,
                                      .end = end,
                                      .arg = arg};

    if (object)
        xe_kernel_wait(call->thread, &request);
    else
        xe_kernel_crash(call->kernel,
                        &(struct xe_stop_info){.cause = XE_CAUSE_NO_LOCK, .address = at},
                        call->row->name);
}

static void rtl_enter_critical_section(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    struct xe_mem *mem = call->mem;
    int32_t locks = add_s32(mem, at + XE_X_CS_LOCK_COUNT, 1);

    if (xe_mem_u32(mem, at + XE_X_CS_OWNER) == call->thread->kthread)
        add_s32(mem, at + XE_X_CS_RECURSION, 1);
    else if (locks == 0)
        own(call->thread, at);
    else
        park_on(call, at, &xe_object_critical_section_type, XE_AUDIT_PARK_CRITICAL_SECTION,
                XE_WAIT_END_SECTION, at);
}

static void rtl_try_enter_critical_section(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    struct xe_mem *mem = call->mem;

    if (xe_mem_u32(mem, at + XE_X_CS_OWNER) == call->thread->kthread) {
        add_s32(mem, at + XE_X_CS_LOCK_COUNT, 1);
        add_s32(mem, at + XE_X_CS_RECURSION, 1);
    } else if (xe_mem_u32(mem, at + XE_X_CS_LOCK_COUNT) == UINT32_MAX) {
        xe_mem_set_u32(mem, at + XE_X_CS_LOCK_COUNT, 0);
        own(call->thread, at);
    } else {
        xe_ret_u32(call, 0);
        return;
    }
    xe_ret_u32(call, 1);
}

static void rtl_leave_critical_section(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    struct xe_mem *mem = call->mem;
    struct xe_object *object;
    int32_t locks;

    if (add_s32(mem, at + XE_X_CS_RECURSION, -1) != 0) {
        add_s32(mem, at + XE_X_CS_LOCK_COUNT, -1);
        return;
    }
    xe_mem_set_u32(mem, at + XE_X_CS_OWNER, 0);
    locks = add_s32(mem, at + XE_X_CS_LOCK_COUNT, -1);
    if (locks < 0)
        return;
    object = xe_kernel_object_adopt(call->kernel, at, &xe_object_critical_section_type);
    if (object)
        xe_kernel_event_set(object, 0);
}

/* ---- who is in a read/write lock: its memory doesn't say ----------------------------------------
 */

static void note(struct xe_thread *thread, xe_gva lock)
{
    if (thread->rw_helds < XE_THREAD_RW_LOCKS)
        thread->rw_held[thread->rw_helds++] = lock;
}

static bool forget(struct xe_thread *thread, xe_gva lock)
{
    for (uint32_t i = thread->rw_helds; i-- > 0;)
        if (thread->rw_held[i] == lock) {
            thread->rw_held[i] = thread->rw_held[--thread->rw_helds];
            thread->rw_held[thread->rw_helds] = 0;
            return true;
        }
    return false;
}

/* One of whoever is in it leaves, which need not be the caller. false: nobody is known to be. */
static bool forget_anybody(struct xe_kernel *kernel, xe_gva lock)
{
    for (struct xe_thread *t = kernel->first_thread; t; t = t->tid_next) {
        xe_kernel_work(kernel, 5);
        if (forget(t, lock))
            return true;
    }
    return false;
}

/* Nothing but the release ends this wait; the call's argument is still where it was. */
void xe__kernel_rw_lock_entered(struct xe_thread *thread)
{
    note(thread, (xe_gva)thread->cpu.gpr[3]);
}

/* ---- read/write locks ----------------------------------------------------------------------- */

static void ex_initialize_read_write_lock(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    struct xe_mem *mem = call->mem;

    while (forget_anybody(call->kernel, at))
        ;
    for (xe_gva field = 0; field < XE_X_RW_SIZE; field += 4)
        xe_mem_set_u32(mem, at + field, 0);
    xe_mem_set_u32(mem, at + XE_X_RW_LOCK_COUNT, UINT32_MAX);
    xe_kernel_header_init(call->kernel, at + XE_X_RW_WRITER_EVENT, XE_X_EVENT_AUTO, 0);
    xe_kernel_header_init(call->kernel, at + XE_X_RW_READER_SEMAPHORE, XE_X_SEMAPHORE, 0);
    xe_mem_set_u32(mem, at + XE_X_RW_READER_SEMAPHORE + XE_X_SEMAPHORE_LIMIT, INT32_MAX);
    xe_kernel_object_initialize(call->kernel, at + XE_X_RW_WRITER_EVENT, &xe_object_rw_lock_type);
    xe_kernel_object_initialize(call->kernel, at + XE_X_RW_READER_SEMAPHORE,
                                &xe_object_rw_lock_type);
}

static void ex_acquire_exclusive(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);

    if (add_s32(call->mem, at + XE_X_RW_LOCK_COUNT, 1) == 0) {
        note(call->thread, at);
        return;
    }
    add_s32(call->mem, at + XE_X_RW_WRITERS_WAITING, 1);
    park_on(call, at + XE_X_RW_WRITER_EVENT, &xe_object_rw_lock_type, XE_AUDIT_PARK_RWLOCK,
            XE_WAIT_END_NOTHING, 0);
}

static bool readers_may_join(const struct xe_mem *mem, xe_gva at)
{
    return xe_mem_u32(mem, at + XE_X_RW_READERS_ENTRY) != 0 &&
           xe_mem_u32(mem, at + XE_X_RW_WRITERS_WAITING) == 0;
}

static void ex_acquire_shared(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    bool join = readers_may_join(call->mem, at);

    if (add_s32(call->mem, at + XE_X_RW_LOCK_COUNT, 1) == 0 || join) {
        add_s32(call->mem, at + XE_X_RW_READERS_ENTRY, 1);
        note(call->thread, at);
        return;
    }
    add_s32(call->mem, at + XE_X_RW_READERS_WAITING, 1);
    park_on(call, at + XE_X_RW_READER_SEMAPHORE, &xe_object_rw_lock_type, XE_AUDIT_PARK_RWLOCK,
            XE_WAIT_END_NOTHING, 0);
}

static void ex_try_exclusive(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0) + XE_X_RW_LOCK_COUNT;
    bool is_free = xe_mem_u32(call->mem, at) == UINT32_MAX;

    if (is_free) {
        xe_mem_set_u32(call->mem, at, 0);
        note(call->thread, at);
    }
    xe_ret_u32(call, is_free);
}

static void ex_try_shared(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    bool enter = xe_mem_u32(call->mem, at + XE_X_RW_LOCK_COUNT) == UINT32_MAX ||
                 readers_may_join(call->mem, at);

    if (enter) {
        add_s32(call->mem, at + XE_X_RW_LOCK_COUNT, 1);
        add_s32(call->mem, at + XE_X_RW_READERS_ENTRY, 1);
        note(call->thread, at);
    }
    xe_ret_u32(call, enter);
}

static void wake_readers(struct xe_call *call, xe_gva at, int32_t readers)
{
    struct xe_object *object = xe_kernel_object_adopt(call->kernel, at + XE_X_RW_READER_SEMAPHORE,
                                                      &xe_object_rw_lock_type);
    int32_t previous;

    xe_mem_set_u32(call->mem, at + XE_X_RW_READERS_WAITING, 0);
    xe_mem_set_u32(call->mem, at + XE_X_RW_READERS_ENTRY, (uint32_t)readers);
    if (object)
        xe_kernel_semaphore_release(object, 0, readers, &previous);
}

static void wake_writer(struct xe_call *call, xe_gva at)
{
    struct xe_object *object =
        xe_kernel_object_adopt(call->kernel, at + XE_X_RW_WRITER_EVENT, &xe_object_rw_lock_type);

    add_s32(call->mem, at + XE_X_RW_WRITERS_WAITING, -1);
    if (object)
        xe_kernel_event_set(object, 0);
}

static void ex_release(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    struct xe_mem *mem = call->mem;
    int32_t waiting = (int32_t)xe_mem_u32(mem, at + XE_X_RW_READERS_WAITING);

    if (!forget(call->thread, at))
        forget_anybody(call->kernel, at);
    if (add_s32(mem, at + XE_X_RW_LOCK_COUNT, -1) < 0) {
        xe_mem_set_u32(mem, at + XE_X_RW_READERS_ENTRY, 0);
        return;
    }
    if (xe_mem_u32(mem, at + XE_X_RW_READERS_ENTRY) == 0) {
        if (waiting > 0) {
            wake_readers(call, at, waiting);
            return;
        }
    } else if (add_s32(mem, at + XE_X_RW_READERS_ENTRY, -1) != 0) {
        return;
    }
    wake_writer(call, at);
}

const struct xe_hle xe_hle_sections[] = {
    XE_HLE(XBOXKRNL, ExAcquireReadWriteLockExclusive, ex_acquire_exclusive,
           "lock:ERWLOCK* -> void"),
    XE_HLE(XBOXKRNL, ExAcquireReadWriteLockShared, ex_acquire_shared, "lock:ERWLOCK* -> void"),
    XE_HLE(XBOXKRNL, ExInitializeReadWriteLock, ex_initialize_read_write_lock,
           "lock:ERWLOCK* -> void"),
    XE_HLE(XBOXKRNL, ExReleaseReadWriteLock, ex_release, "lock:ERWLOCK* -> void"),
    XE_HLE(XBOXKRNL, ExTryToAcquireReadWriteLockExclusive, ex_try_exclusive,
           "lock:ERWLOCK* -> bool"),
    XE_HLE(XBOXKRNL, ExTryToAcquireReadWriteLockShared, ex_try_shared, "lock:ERWLOCK* -> bool"),
    XE_HLE(XBOXKRNL, RtlEnterCriticalSection, rtl_enter_critical_section,
           "section:RTL_CRITICAL_SECTION* -> void"),
    XE_HLE(XBOXKRNL, RtlInitializeCriticalSection, rtl_initialize_critical_section,
           "section:RTL_CRITICAL_SECTION* -> void"),
    XE_HLE(XBOXKRNL, RtlInitializeCriticalSectionAndSpinCount,
           rtl_initialize_critical_section_and_spin_count,
           "section:RTL_CRITICAL_SECTION* spin:u32 -> status"),
    XE_HLE(XBOXKRNL, RtlLeaveCriticalSection, rtl_leave_critical_section,
           "section:RTL_CRITICAL_SECTION* -> void"),
    XE_HLE(XBOXKRNL, RtlTryEnterCriticalSection, rtl_try_enter_critical_section,
           "section:RTL_CRITICAL_SECTION* -> bool"),
    XE_HLE_END,
};
