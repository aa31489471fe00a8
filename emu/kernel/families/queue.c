/* Kernel queues and I/O completion ports. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

static void ke_initialize_queue(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);

    xe_kernel_header_init(call->kernel, at, XE_X_QUEUE, 0);
    xe__kernel_queue_init_body(call->kernel, at, xe_arg_u32(call, 1));
    xe_kernel_object_initialize(call->kernel, at, &xe_object_queue_type);
}

/* Link an entry behind `after` (the head: in front of all; the last: at the end). */
static void link_entry(struct xe_mem *mem, xe_gva after, xe_gva entry)
{
    xe_gva next = xe_mem_u32(mem, after);

    xe_mem_set_u32(mem, entry, next);
    xe_mem_set_u32(mem, entry + 4, after);
    xe_mem_set_u32(mem, after, entry);
    xe_mem_set_u32(mem, next + 4, entry);
}

/* Returns the count before. */
static void insert(struct xe_call *call, bool front)
{
    struct xe_object *queue =
        xe__kernel_ke_object(call, 0, &xe_object_queue_type, XE_AUDIT_OP_SIGNAL);
    xe_gva entry = xe_arg_gva(call, 1), head;
    int32_t count;

    if (!queue) {
        xe_ret_s32(call, 0);
        return;
    }
    head = queue->header + XE_X_QUEUE_LIST;
    count = xe_kernel_header_state(queue);
    link_entry(call->mem, front ? head : xe_mem_u32(call->mem, head + 4), entry);
    xe_kernel_signal(queue, &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL,
                                                .state = count < INT32_MAX ? count + 1 : count});
    xe_ret_s32(call, count);
}

static void ke_insert_queue(struct xe_call *call)
{
    insert(call, false);
}

static void ke_insert_head_queue(struct xe_call *call)
{
    insert(call, true);
}

/* The result is the entry, or the status of a wait that got none. */
void xe__kernel_queue_entry_removed(struct xe_thread *thread, uint32_t status)
{
    if (status == XE_STATUS_SUCCESS) {
        thread->cpu.gpr[3] = thread->wait.value;
        return;
    }
    thread->cpu.gpr[3] = (uint64_t)(int64_t)(int32_t)status;
    xe__kernel_queue_resume(thread);
}

static void ke_remove_queue(struct xe_call *call)
{
    struct xe_object *queue =
        xe__kernel_ke_object(call, 0, &xe_object_queue_type, XE_AUDIT_OP_WAIT);
    struct xe_wait_request request = {
        .count = 1,
        .object = {queue},
        .user_mode = xe_arg_u32(call, 1) == 1,
        .timeout = xe_kernel_wait_timeout_at(call->kernel, xe_arg_gva(call, 2)),
        .end = XE_WAIT_END_ENTRY,
    };

    if (!queue) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    xe__kernel_queue_serve(call->thread, queue);
    xe_kernel_wait(call->thread, &request);
}

/* The entries, linked to a ring without the head; returns the first, 0 if there are none. */
static xe_gva take_ring(struct xe_mem *mem, xe_gva head)
{
    xe_gva first = xe_mem_u32(mem, head), last = xe_mem_u32(mem, head + 4);

    xe_mem_set_u32(mem, head, head);
    xe_mem_set_u32(mem, head + 4, head);
    if (first == head)
        return 0;
    xe_mem_set_u32(mem, first + 4, last);
    xe_mem_set_u32(mem, last, first);
    return first;
}

/* Source: NT. The queue is to be thrown away: threads that it fed are let go of; nobody may wait
 * for it any more, and who does is not woken. */
static void ke_rundown_queue(struct xe_call *call)
{
    struct xe_object *queue =
        xe__kernel_ke_object(call, 0, &xe_object_queue_type, XE_AUDIT_OP_RESET);

    if (!queue) {
        xe_ret_u32(call, 0);
        return;
    }
    xe_kernel_object_ref(queue);
    xe_ret_u32(call, take_ring(call->mem, queue->header + XE_X_QUEUE_LIST));
    xe_kernel_signal(queue, &(struct xe_signal){.op = XE_AUDIT_OP_RESET, .state = 0});
    xe__kernel_queue_release_all(queue);
    xe_kernel_object_unref(queue);
}

/* ---- completion ports ----------------------------------------------------------------------- */

static void nt_create_io_completion(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];

    if (!xe__kernel_create_existing(call, 2, &xe_object_io_completion_type, name))
        xe__kernel_create_finish(
            call, xe_kernel_io_completion_create(call->kernel, xe_arg_u32(call, 3)), name);
}

static void post(struct xe_call *call, struct xe_object *port, uint32_t key)
{
    struct xe_packet packet = {xe_arg_u32(call, 1), xe_arg_u32(call, 2), xe_arg_u32(call, 3),
                               xe_arg_u32(call, 4)};

    xe_ret_status(call, xe_kernel_io_completion_post(port, key, &packet)
                            ? XE_STATUS_SUCCESS
                            : XE_STATUS_INSUFFICIENT_RESOURCES);
}

static void nt_set_io_completion(struct xe_call *call)
{
    struct xe_object *port =
        xe__kernel_nt_object(call, 0, &xe_object_io_completion_type, XE_AUDIT_OP_SIGNAL);

    if (port)
        post(call, port, xe_arg_u32(call, 0));
}

static void io_set_io_completion(struct xe_call *call)
{
    struct xe_object *port = xe_kernel_object_at(call->kernel, xe_arg_gva(call, 0));

    if (port && port->type == &xe_object_io_completion_type)
        post(call, port, 0);
    else
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
}

/* The packet goes where the arguments said, which are still in the parked thread's registers. */
void xe__kernel_packet_received(struct xe_thread *thread, uint32_t status)
{
    struct xe_mem *mem = thread->kernel->mem;
    const struct xe_packet *packet = &thread->wait.packet;
    const uint64_t *gpr = thread->cpu.gpr;

    if (status == XE_STATUS_SUCCESS) {
        xe_mem_set_u32(mem, (xe_gva)gpr[4], packet->key);
        xe_mem_set_u32(mem, (xe_gva)gpr[5], packet->apc_context);
        xe_mem_set_u32(mem, (xe_gva)gpr[6], packet->status);
        xe_mem_set_u32(mem, (xe_gva)gpr[6] + 4, packet->information);
    }
    thread->cpu.gpr[3] = (uint64_t)(int64_t)(int32_t)status;
    if (status != XE_STATUS_SUCCESS)
        xe__kernel_queue_resume(thread);
}

static void nt_remove_io_completion(struct xe_call *call)
{
    struct xe_object *port =
        xe__kernel_nt_object(call, 0, &xe_object_io_completion_type, XE_AUDIT_OP_WAIT);
    struct xe_wait_request request = {
        .count = 1,
        .object = {port},
        .key = {xe_arg_u32(call, 0)},
        .timeout = xe_kernel_wait_timeout_at(call->kernel, xe_arg_gva(call, 4)),
        .end = XE_WAIT_END_PACKET,
    };

    if (!port)
        return;
    xe__kernel_queue_serve(call->thread, port);
    xe_kernel_wait(call->thread, &request);
}

static void nt_query_io_completion(struct xe_call *call)
{
    struct xe_object *port =
        xe__kernel_nt_object(call, 0, &xe_object_io_completion_type, XE_AUDIT_OP_WAIT);

    if (!port)
        return;
    xe__kernel_store_u32(call, 1, xe_kernel_io_completion_depth(port));
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

const struct xe_hle xe_hle_queues[] = {
    XE_HLE(XBOXKRNL, IoSetIoCompletion, io_set_io_completion,
           "port:ptr key:u32 context:u32 status:status information:u32 -> status"),
    XE_HLE(XBOXKRNL, KeInitializeQueue, ke_initialize_queue, "queue:KQUEUE* count:u32 -> void"),
    XE_HLE(XBOXKRNL, KeInsertHeadQueue, ke_insert_head_queue, "queue:KQUEUE* entry:ptr -> s32"),
    XE_HLE(XBOXKRNL, KeInsertQueue, ke_insert_queue, "queue:KQUEUE* entry:ptr -> s32"),
    XE_HLE(XBOXKRNL, KeRemoveQueue, ke_remove_queue, "queue:KQUEUE* mode:u32 timeout:ptr -> ptr"),
    XE_HLE(XBOXKRNL, KeRundownQueue, ke_rundown_queue, "queue:KQUEUE* -> ptr"),
    XE_HLE(XBOXKRNL, NtCreateIoCompletion, nt_create_io_completion,
           "handle:HANDLE* access:u32 attributes:OBJECT_ATTRIBUTES* threads:u32 -> status"),
    XE_HLE(XBOXKRNL, NtQueryIoCompletion, nt_query_io_completion,
           "port:handle depth:ptr -> status"),
    XE_HLE(XBOXKRNL, NtRemoveIoCompletion, nt_remove_io_completion,
           "port:handle key:ptr context:ptr iosb:IO_STATUS_BLOCK* timeout:ptr -> status"),
    XE_HLE(XBOXKRNL, NtSetIoCompletion, nt_set_io_completion,
           "port:handle key:u32 context:u32 status:status information:u32 -> status"),
    XE_HLE_END,
};
