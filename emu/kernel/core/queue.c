/* KQUEUEs: a list of entries with a limit on how many of the threads it feeds run at once, and I/O
 * completion ports, which are KQUEUEs whose packets are ours.
 *
 * CurrentCount counts the threads associated with a queue that are not parked: a thread leaves it
 * while it waits for anything, so that another may take its place. Source: NT KeInsertQueue and
 * KeRemoveQueue rules (public DDK documentation). */
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/state.h"

static void port_destroy(struct xe_object *object)
{
    struct xe__port *port = object->host.port;

    if (port)
        xe_free(port->ring);
    xe_free(port);
    object->host.port = NULL;
}

const struct xe_object_type xe_object_queue_type = {
    .class = XE_OBJECT_QUEUE,
    .name = "queue",
    .body_size = XE_X_QUEUE_SIZE,
    .wait_offset = 0,
    .state = xe_kernel_object_no_state,
};

const struct xe_object_type xe_object_io_completion_type = {
    .class = XE_OBJECT_IO_COMPLETION,
    .name = "io completion",
    .body_size = XE_X_QUEUE_SIZE,
    .wait_offset = 0,
    .ordinal = XE_ORD_XBOXKRNL_IoCompletionObjectType,
    .pool_tag = 0x706D6F43,
    .destroy = port_destroy,
    .state = xe__kernel_port_state,
};

/* ---- concurrency ---------------------------------------------------------------------------- */

static void add_current(struct xe_object *queue, int32_t change)
{
    struct xe_mem *mem = queue->kernel->mem;
    xe_gva at = queue->header + XE_X_QUEUE_CURRENT;

    xe_mem_set_u32(mem, at, xe_mem_u32(mem, at) + (uint32_t)change);
}

bool xe__kernel_queue_ready(const struct xe_object *queue, const struct xe_thread *thread)
{
    const struct xe_mem *mem = queue->kernel->mem;

    (void)thread;
    return (int32_t)xe_mem_u32(mem, queue->header + XE_X_QUEUE_CURRENT) <
           (int32_t)xe_mem_u32(mem, queue->header + XE_X_QUEUE_MAXIMUM);
}

static bool waits_for_own_queue(const struct xe_thread *thread)
{
    return thread->wait.count == 1 && thread->wait.link[0].object == thread->queue;
}

/* A place became free: let the next waiter have it. */
static void offer(struct xe_object *queue)
{
    if (queue->waiters && xe_kernel_object_signaled(queue))
        xe_kernel_signal(queue, &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL,
                                                    .state = xe_kernel_header_state(queue),
                                                    .silent = true});
}

void xe__kernel_queue_thread_parks(struct xe_thread *thread)
{
    if (!thread->queue || waits_for_own_queue(thread))
        return;
    add_current(thread->queue, -1);
    offer(thread->queue);
}

void xe__kernel_queue_thread_wakes(struct xe_thread *thread)
{
    if (thread->queue && !waits_for_own_queue(thread))
        add_current(thread->queue, 1);
}

/* The running thread turns to this queue for work: it counts as parked until it gets some. */
void xe__kernel_queue_serve(struct xe_thread *thread, struct xe_object *queue)
{
    if (thread->queue != queue) {
        xe__kernel_queue_leave(thread);
        xe_kernel_object_ref(queue);
        thread->queue = queue;
    } else {
        add_current(queue, -1);
    }
}

/* It got none: it runs on all the same. */
void xe__kernel_queue_resume(struct xe_thread *thread)
{
    if (thread->queue)
        add_current(thread->queue, 1);
}

void xe__kernel_queue_leave(struct xe_thread *thread)
{
    struct xe_object *queue = thread->queue;

    if (!queue)
        return;
    thread->queue = NULL;
    add_current(queue, -1);
    offer(queue);
    xe_kernel_object_unref(queue);
}

/* Nobody is fed by the queue any more. */
void xe__kernel_queue_release_all(struct xe_object *queue)
{
    struct xe_kernel *kernel = queue->kernel;

    for (struct xe_thread *thread = kernel->first_thread; thread; thread = thread->tid_next) {
        xe_kernel_work(kernel, 2);
        if (thread->queue != queue)
            continue;
        thread->queue = NULL;
        xe_kernel_object_unref(queue);
    }
}

/* ---- entries -------------------------------------------------------------------------------- */

static xe_gva pop_entry(struct xe_object *queue)
{
    struct xe_mem *mem = queue->kernel->mem;
    xe_gva head = queue->header + XE_X_QUEUE_LIST;
    xe_gva entry = xe_mem_u32(mem, head), next;

    if (entry == head || !xe_mem_view(mem, entry, 8))
        return 0;
    next = xe_mem_u32(mem, entry);
    xe_mem_set_u32(mem, head, next);
    xe_mem_set_u32(mem, next + 4, head);
    xe_mem_set_u32(mem, entry, 0); /* in no list any more */
    return entry;
}

static void pop_packet(struct xe_object *queue, struct xe_packet *ret)
{
    struct xe__port *port = queue->host.port;

    if (!port || !port->count)
        return;
    *ret = port->ring[port->first];
    port->first = (port->first + 1) % port->capacity;
    port->count--;
}

void xe__kernel_queue_take(struct xe_object *queue, struct xe_thread *thread)
{
    int32_t state = xe_kernel_header_state(queue);

    xe__kernel_set_state(queue, state > 0 ? state - 1 : 0);
    if (queue->type == &xe_object_io_completion_type)
        pop_packet(queue, &thread->wait.packet);
    else
        thread->wait.value = pop_entry(queue);
    if (thread->queue == queue)
        add_current(queue, 1);
}

/* The fields of a KQUEUE behind its header. Guess: 0 threads means one per processor, as on NT, and
 * a hardware thread is one; the word in a queue that a title has made so on the console would tell.
 */
void xe__kernel_queue_init_body(struct xe_kernel *kernel, xe_gva queue, uint32_t threads)
{
    static const xe_gva list[] = {XE_X_QUEUE_LIST, XE_X_QUEUE_THREADS};

    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        xe_mem_set_u32(kernel->mem, queue + list[i], queue + list[i]);
        xe_mem_set_u32(kernel->mem, queue + list[i] + 4, queue + list[i]);
    }
    xe_mem_set_u32(kernel->mem, queue + XE_X_QUEUE_CURRENT, 0);
    xe_mem_set_u32(kernel->mem, queue + XE_X_QUEUE_MAXIMUM,
                   threads ? threads : XE_KERNEL_HW_THREADS);
}

/* ---- ports ---------------------------------------------------------------------------------- */

struct xe_object *xe_kernel_io_completion_create(struct xe_kernel *kernel, uint32_t threads)
{
    struct xe_object *port = xe_kernel_object_create(kernel, &xe_object_io_completion_type, 0);

    if (!port)
        return NULL;
    port->host.port = xe_calloc(1, sizeof(struct xe__port));
    if (!port->host.port) {
        xe_kernel_object_unref(port);
        return NULL;
    }
    xe_kernel_header_init(kernel, port->header, XE_X_QUEUE, 0);
    xe__kernel_queue_init_body(kernel, port->header, threads);
    return port;
}

static bool make_room(struct xe__port *port)
{
    uint32_t capacity = port->capacity ? port->capacity * 2 : 16;
    struct xe_packet *ring;

    if (port->count < port->capacity)
        return true;
    if (port->count >= XE__PACKETS)
        return false;
    ring = xe_calloc(capacity, sizeof(*ring));
    if (!ring)
        return false;
    for (uint32_t i = 0; i < port->count; i++)
        ring[i] = port->ring[(port->first + i) % port->capacity];
    xe_free(port->ring);
    port->ring = ring;
    port->first = 0;
    port->capacity = capacity;
    return true;
}

bool xe_kernel_io_completion_post(struct xe_object *object, uint32_t key,
                                  const struct xe_packet *packet)
{
    struct xe__port *port = object->host.port;

    if (!make_room(port)) {
        xe_kernel_signal_failed(object->kernel, object, key, XE_AUDIT_OP_SIGNAL,
                                XE_STATUS_INSUFFICIENT_RESOURCES);
        return false;
    }
    port->ring[(port->first + port->count++) % port->capacity] = *packet;
    xe_kernel_signal(
        object,
        &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL, .state = (int32_t)port->count, .key = key});
    return true;
}

uint32_t xe_kernel_io_completion_depth(const struct xe_object *object)
{
    const struct xe__port *port = object->host.port;

    return port ? port->count : 0;
}

/* ---- state ---------------------------------------------------------------------------------- */

void xe__kernel_packet_state(struct xe_codec *c, struct xe_packet *packet)
{
    XE_CODEC(c, packet->key);
    XE_CODEC(c, packet->apc_context);
    XE_CODEC(c, packet->status);
    XE_CODEC(c, packet->information);
}

/* Loading: an empty ring with room for so many. */
static bool make_ring(struct xe_codec *c, struct xe_object *object, size_t n)
{
    struct xe__port *port = object->host.port = xe_calloc(1, sizeof(*port));

    if (port) {
        port->capacity = n > 16 ? (uint32_t)n : 16;
        port->ring = xe_calloc(port->capacity, sizeof(*port->ring));
    }
    if (!port || !port->ring)
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for packets");
    return !c->stopped;
}

void xe__kernel_port_state(struct xe_codec *c, struct xe_object *object)
{
    struct xe__port *port = object->host.port;
    size_t n = xe_codec_count(c, "packets", port ? port->count : 0, XE__PACKETS, 16);

    if (xe_codec_loading(c)) {
        if (!make_ring(c, object, n))
            return;
        port = object->host.port;
        port->count = (uint32_t)n;
    }
    for (size_t i = 0; i < n; i++)
        xe__kernel_packet_state(c, &port->ring[(port->first + i) % port->capacity]);
}
