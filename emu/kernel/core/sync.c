/* Events, semaphores and mutants as host functions: what the exports and the rest of the kernel
 * call. Each is a rule about the next signal state; xe_kernel_signal does the rest. */
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/module.h"

const struct xe_object_type xe_object_event_type = {
    .class = XE_OBJECT_EVENT,
    .name = "event",
    .body_size = XE_X_EVENT_SIZE,
    .wait_offset = 0,
    .ordinal = XE_ORD_XBOXKRNL_ExEventObjectType,
    .pool_tag = 0x76657645,
    .state = xe_kernel_object_no_state,
};

const struct xe_object_type xe_object_semaphore_type = {
    .class = XE_OBJECT_SEMAPHORE,
    .name = "semaphore",
    .body_size = XE_X_SEMAPHORE_SIZE,
    .wait_offset = 0,
    .ordinal = XE_ORD_XBOXKRNL_ExSemaphoreObjectType,
    .pool_tag = 0x616D6553,
    .state = xe_kernel_object_no_state,
};

const struct xe_object_type xe_object_mutant_type = {
    .class = XE_OBJECT_MUTANT,
    .name = "mutant",
    .body_size = XE_X_MUTANT_SIZE,
    .wait_offset = 0,
    .ordinal = XE_ORD_XBOXKRNL_ExMutantObjectType,
    .pool_tag = 0x6174754D,
    .state = xe_kernel_object_no_state,
};

const struct xe_object_type xe_object_critical_section_type = {
    .class = XE_OBJECT_CRITICAL_SECTION,
    .name = "critical section",
    .body_size = XE_X_CS_SIZE,
    .wait_offset = 0,
    .state = xe_kernel_object_no_state,
};

/* The event and the semaphore inside an ERWLOCK. */
const struct xe_object_type xe_object_rw_lock_type = {
    .class = XE_OBJECT_RW_LOCK,
    .name = "rw lock",
    .body_size = XE_X_EVENT_SIZE,
    .wait_offset = 0,
    .state = xe_kernel_object_no_state,
};

/* ---- kinds for reports ---------------------------------------------------------------------- */

static enum xe_audit_object_kind kind_of(const struct xe_object *object)
{
    uint8_t type = object->header ? xe__kernel_header_type(object) : 0;

    switch (object->type->class) {
    case XE_OBJECT_EVENT:
        return type == XE_X_EVENT_MANUAL ? XE_AUDIT_EVENT_MANUAL : XE_AUDIT_EVENT_AUTO;
    case XE_OBJECT_SEMAPHORE:
        return XE_AUDIT_SEMAPHORE;
    case XE_OBJECT_MUTANT:
        return XE_AUDIT_MUTANT;
    case XE_OBJECT_TIMER:
        return type == XE_X_TIMER_MANUAL ? XE_AUDIT_TIMER_MANUAL : XE_AUDIT_TIMER_AUTO;
    case XE_OBJECT_THREAD:
        return XE_AUDIT_THREAD;
    case XE_OBJECT_QUEUE:
        return XE_AUDIT_QUEUE;
    case XE_OBJECT_IO_COMPLETION:
        return XE_AUDIT_IO_COMPLETION;
    case XE_OBJECT_CRITICAL_SECTION:
        return object->header == xe_kernel_loader_lock() ? XE_AUDIT_LOADER_LOCK
                                                         : XE_AUDIT_CRITICAL_SECTION;
    case XE_OBJECT_RW_LOCK:
        return XE_AUDIT_RW_LOCK;
    case XE_OBJECT_NOTIFY:
        return XE_AUDIT_NOTIFY;
    default:
        return XE_AUDIT_FILE;
    }
}

void xe_kernel_object_kind(const struct xe_object *object, struct xe_audit_kind *ret)
{
    *ret = (struct xe_audit_kind){.kind = kind_of(object)};
    if (ret->kind != XE_AUDIT_SEMAPHORE)
        return;
    ret->count = xe_kernel_header_state(object);
    ret->limit = (int32_t)xe_mem_u32(object->kernel->mem, object->header + XE_X_SEMAPHORE_LIMIT);
}

/* ---- events --------------------------------------------------------------------------------- */

struct xe_object *xe_kernel_event_create(struct xe_kernel *kernel, bool manual, bool signaled)
{
    struct xe_object *event = xe_kernel_object_create(kernel, &xe_object_event_type, 0);

    if (event)
        xe_kernel_header_init(kernel, event->header, manual ? XE_X_EVENT_MANUAL : XE_X_EVENT_AUTO,
                              signaled);
    return event;
}

int32_t xe_kernel_event_set_by(struct xe_object *event, uint32_t key, int32_t increment)
{
    return xe_kernel_signal(
        event, &(struct xe_signal){
                   .op = XE_AUDIT_OP_SIGNAL, .state = 1, .key = key, .increment = increment});
}

int32_t xe_kernel_event_set(struct xe_object *event, uint32_t key)
{
    return xe_kernel_event_set_by(event, key, 0);
}

int32_t xe_kernel_event_reset(struct xe_object *event, uint32_t key)
{
    return xe_kernel_signal(event,
                            &(struct xe_signal){.op = XE_AUDIT_OP_RESET, .state = 0, .key = key});
}

int32_t xe_kernel_event_pulse_by(struct xe_object *event, uint32_t key, int32_t increment)
{
    return xe_kernel_signal(
        event, &(struct xe_signal){
                   .op = XE_AUDIT_OP_PULSE, .state = 1, .key = key, .increment = increment});
}

/* ---- semaphores ----------------------------------------------------------------------------- */

struct xe_object *xe_kernel_semaphore_create(struct xe_kernel *kernel, int32_t count, int32_t limit)
{
    struct xe_object *semaphore = xe_kernel_object_create(kernel, &xe_object_semaphore_type, 0);

    if (!semaphore)
        return NULL;
    xe_kernel_header_init(kernel, semaphore->header, XE_X_SEMAPHORE, count);
    xe_mem_set_u32(kernel->mem, semaphore->header + XE_X_SEMAPHORE_LIMIT, (uint32_t)limit);
    return semaphore;
}

uint32_t xe_kernel_semaphore_release(struct xe_object *semaphore, uint32_t key, int32_t count,
                                     int32_t *ret_previous)
{
    return xe_kernel_semaphore_release_by(semaphore, key, count, 0, ret_previous);
}

uint32_t xe_kernel_semaphore_release_by(struct xe_object *semaphore, uint32_t key, int32_t count,
                                        int32_t increment, int32_t *ret_previous)
{
    struct xe_kernel *kernel = semaphore->kernel;
    int32_t state = xe_kernel_header_state(semaphore);
    int32_t limit = (int32_t)xe_mem_u32(kernel->mem, semaphore->header + XE_X_SEMAPHORE_LIMIT);
    uint32_t status = XE_STATUS_SUCCESS;

    *ret_previous = state;
    if (count <= 0)
        status = XE_STATUS_INVALID_PARAMETER;
    else if ((int64_t)state + count > limit)
        status = XE_STATUS_SEMAPHORE_LIMIT_EXCEEDED;
    if (status)
        xe_kernel_signal_failed(kernel, semaphore, key, XE_AUDIT_OP_SIGNAL, status);
    else
        xe_kernel_signal(semaphore, &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL,
                                                        .state = state + count,
                                                        .key = key,
                                                        .increment = increment});
    return status;
}

/* ---- mutants -------------------------------------------------------------------------------- */

struct xe_object *xe_kernel_mutant_create(struct xe_kernel *kernel, struct xe_thread *owner)
{
    struct xe_object *mutant = xe_kernel_object_create(kernel, &xe_object_mutant_type, 0);

    if (!mutant)
        return NULL;
    xe_kernel_header_init(kernel, mutant->header, XE_X_MUTANT, 1);
    if (owner)
        xe__kernel_consume(mutant, owner);
    return mutant;
}

/* A thread became the owner: remembered, so that its exit abandons the mutant. */
void xe__kernel_mutant_remember(struct xe_thread *thread, struct xe_object *mutant)
{
    if (!xe_grow(&thread->mutants, &thread->mutant_capacity, thread->mutant_count,
                 sizeof(struct xe_object *))) {
        xe_kernel_crash(thread->kernel, &(struct xe_stop_info){.cause = XE_CAUSE_HOST_MEMORY},
                        "mutants");
        return;
    }
    thread->mutants[thread->mutant_count++] = mutant;
    xe_kernel_object_ref(mutant);
}

void xe__kernel_mutant_forget(struct xe_thread *thread, struct xe_object *mutant)
{
    /* Looked for, then those behind it move: a nanosecond for one, and one for eight. */
    for (size_t i = thread->mutant_count; i-- > 0;)
        if (thread->mutants[i] == mutant) {
            xe_kernel_work(thread->kernel, (thread->mutant_count - i) * 9 / 8);
            memmove(&thread->mutants[i], &thread->mutants[i + 1],
                    (thread->mutant_count - i - 1) * sizeof(*thread->mutants));
            thread->mutant_count--;
            xe_kernel_object_unref(mutant);
            return;
        }
}

uint32_t xe_kernel_mutant_release(struct xe_object *mutant, uint32_t key, struct xe_thread *owner,
                                  bool abandon, int32_t *ret_previous)
{
    return xe_kernel_mutant_release_by(mutant, key, owner, abandon, 0, ret_previous);
}

uint32_t xe_kernel_mutant_release_by(struct xe_object *mutant, uint32_t key,
                                     struct xe_thread *owner, bool abandon, int32_t increment,
                                     int32_t *ret_previous)
{
    struct xe_kernel *kernel = mutant->kernel;
    int32_t state = xe_kernel_header_state(mutant);
    xe_gva holder = xe_mem_u32(kernel->mem, mutant->header + XE_X_MUTANT_OWNER);

    *ret_previous = state;
    if (!abandon && (state > 0 || holder != owner->kthread)) {
        /* Source: NT; of one that was abandoned it says that. */
        uint32_t status = xe_mem_u8(kernel->mem, mutant->header + XE_X_MUTANT_ABANDONED)
                              ? XE_STATUS_ABANDONED_WAIT_0
                              : XE_STATUS_MUTANT_NOT_OWNED;

        xe_kernel_signal_failed(kernel, mutant, key, XE_AUDIT_OP_SIGNAL, status);
        return status;
    }
    state = abandon ? 1 : state + 1;
    if (state == 1) {
        xe_mem_set_u32(kernel->mem, mutant->header + XE_X_MUTANT_OWNER, 0);
        xe_mem_set_u8(kernel->mem, mutant->header + XE_X_MUTANT_ABANDONED, abandon);
    }
    xe_kernel_object_ref(mutant);
    if (state == 1)
        xe__kernel_mutant_forget(owner, mutant);
    xe_kernel_signal(
        mutant, &(struct xe_signal){
                    .op = XE_AUDIT_OP_SIGNAL, .state = state, .key = key, .increment = increment});
    xe_kernel_object_unref(mutant);
    return XE_STATUS_SUCCESS;
}
