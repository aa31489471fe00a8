/* Requests of files; see io.h. */
#include "kernel/core/io.h"

#include <string.h>

#include "base/alloc.h"
#include "kernel/core/clock.h"
#include "kernel/core/io_internal.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/promise.h"
#include "kernel/hle/hle_internal.h"

/* ---- promises ------------------------------------------------------------------------------- */

/* What a request owes: each under a number of its own. */
enum owed { OWED_FILE, OWED_EVENT, OWED_APC, OWED_PACKET, OWED_KINDS };

static uint64_t token(const struct xe__io *io, enum owed owed)
{
    return (io->id << 2 | owed) & XE_PROMISE_TOKEN_MAX;
}

static bool owes(const struct xe__io *io, enum owed owed, const struct xe_object **ret,
                 uint32_t *ret_key)
{
    *ret_key = io->key;
    switch (owed) {
    case OWED_FILE:
        *ret = io->file;
        return true;
    case OWED_EVENT:
        *ret = io->event;
        *ret_key = io->event_key;
        return io->event;
    case OWED_APC:
        *ret = io->thread->object;
        *ret_key = io->apc;
        return io->apc;
    default:
        *ret = io->file->host.file->port;
        return *ret && !io->quiet;
    }
}

static void promise(struct xe_kernel *kernel, const struct xe__io *io)
{
    for (enum owed owed = OWED_FILE; owed < OWED_KINDS; owed++) {
        struct xe_promise it = {.kind = XE_PROMISE_IO,
                                .token = token(io, owed),
                                .due = XE_PROMISE_AT,
                                .due_time = io->due};

        if (owes(io, owed, &it.object, &it.key))
            xe_kernel_promise_make(kernel, &it);
    }
}

static void keep(struct xe_kernel *kernel, const struct xe__io *io, enum owed owed)
{
    xe_kernel_promise_keep(kernel, XE_PROMISE_IO, token(io, owed));
}

/* ---- moving data ---------------------------------------------------------------------------- */

/* Where the n-th byte lies in guest memory, and how many lie there together. */
static xe_gva place_of(const struct xe_kernel *kernel, const struct xe__io *io, uint32_t at,
                       uint32_t *ret_size)
{
    uint32_t left = io->size - at;
    bool pages = io->op == XE_IO_READ_PAGES || io->op == XE_IO_WRITE_PAGES;
    xe_gva page;

    if (!pages) {
        *ret_size = left < XE_VFS_BLOCK ? left : XE_VFS_BLOCK;
        return io->buffer + at;
    }
    page = xe_mem_u32(kernel->mem, io->buffer + at / XE_MEM_PAGE * 4);
    *ret_size = XE_MEM_PAGE - at % XE_MEM_PAGE;
    if (*ret_size > left)
        *ret_size = left;
    return page + at % XE_MEM_PAGE;
}

static bool writes(const struct xe__io *io)
{
    return io->op == XE_IO_WRITE || io->op == XE_IO_WRITE_PAGES;
}

/* One part; the result of the file system, or no memory of the guest's to move to or from (then
 * *ret_lost). */
static enum xe_vfs_result move_part(struct xe_kernel *kernel, struct xe__io *io, uint32_t at,
                                    uint32_t size, xe_gva place, size_t *ret_got, bool *ret_lost,
                                    struct xe_error *err)
{
    struct xe_vfs_node *node = io->file->host.file->node;
    uint8_t bytes[XE_VFS_BLOCK];
    enum xe_vfs_result result;
    xe_gva fault;

    *ret_got = size;
    *ret_lost = xe_mem_prepare(kernel->mem, place, size, !writes(io), &fault) != XE_MEM_OK;
    if (*ret_lost)
        return XE_VFS_OK;
    xe_kernel_work(kernel, size);
    if (writes(io)) {
        xe_mem_read(kernel->mem, place, bytes, size);
        return xe_vfs_write(node, io->offset + at, bytes, size, xe_kernel_system_time(kernel), err);
    }
    result = xe_vfs_read(node, io->offset + at, bytes, size, ret_got, err);
    if (result == XE_VFS_OK && *ret_got)
        xe_mem_write(kernel->mem, place, bytes, (uint32_t)*ret_got);
    return result;
}

static void tell_failure(struct xe_kernel *kernel, const struct xe__io *io,
                         const struct xe_error *err)
{
    char path[512];

    xe_vfs_path(io->file->host.file->node, path, sizeof(path));
    xe_log_write(kernel->log, XE_LOG_WARN, "file", "'%s': %s", path, err->text);
}

/* All of it, as far as it goes; the status, and how much it was. */
static uint32_t move(struct xe_kernel *kernel, struct xe__io *io, uint32_t *ret_done)
{
    struct xe_error err = XE_ERROR_INIT;
    enum xe_vfs_result result = XE_VFS_OK;
    bool lost = false;
    uint32_t done = 0;

    while (done < io->size && result == XE_VFS_OK && !lost) {
        uint32_t size;
        xe_gva place = place_of(kernel, io, done, &size);
        size_t got;

        result = move_part(kernel, io, done, size, place, &got, &lost, &err);
        if (result != XE_VFS_OK || lost)
            break;
        done += (uint32_t)got;
        if (got < size)
            break;
    }
    *ret_done = done;
    if (err.code)
        tell_failure(kernel, io, &err);
    if (lost)
        return XE_STATUS_ACCESS_VIOLATION;
    if (result == XE_VFS_OK && io->size && !done)
        return XE_STATUS_END_OF_FILE; /* it became shorter meanwhile */
    return xe_kernel_file_status(result);
}

/* ---- completion ----------------------------------------------------------------------------- */

static void unqueue(struct xe_kernel *kernel, struct xe__io *io)
{
    struct xe__io_queue *queue = &kernel->ios.queue[io->device];
    bool first = queue->first == io;

    *(io->older ? &io->older->newer : &queue->first) = io->newer;
    *(io->newer ? &io->newer->older : &queue->last) = io->older;
    kernel->ios.count--;
    io->file->host.file->pending--;
    if (!first)
        return;
    xe_kernel_timer_disarm(kernel, &queue->timer);
    if (queue->first)
        xe_kernel_timer_arm(kernel, &queue->timer, queue->first->due);
}

static bool is_of(const struct xe_wait *wait, const struct xe__io *io)
{
    return (wait->end == XE_WAIT_END_IO || wait->end == XE_WAIT_END_IO_BOOL) && wait->arg == io->id;
}

/* The thread's wait for this request, as it stands or as an APC interrupted it; NULL: none (any
 * more). */
static struct xe_wait *wait_of(const struct xe__io *io)
{
    struct xe_wait *wait = &io->thread->wait;

    if (!io->waits)
        return NULL;
    if (is_of(wait, io) && (wait->parked || wait->held))
        return wait;
    for (struct xe_guest_call *call = io->thread->calls; call; call = call->below) {
        wait = call->interrupted;
        if (wait && is_of(wait, io))
            return wait;
    }
    return NULL;
}

static void post(struct xe_kernel *kernel, const struct xe__io *io, uint32_t status,
                 uint32_t information)
{
    const struct xe__file *file = io->file->host.file;
    const struct xe_packet packet = {.key = file->port_key,
                                     .apc_context = io->apc_context,
                                     .status = status,
                                     .information = information};

    if (file->port && !io->quiet)
        xe_kernel_io_completion_post(file->port, 0, &packet);
    if (file->port && !io->quiet)
        keep(kernel, io, OWED_PACKET);
}

static void free_io(struct xe__io *io)
{
    xe_kernel_object_unref(io->file);
    if (io->event)
        xe_kernel_object_unref(io->event);
    xe_kernel_object_unref(io->thread->object);
    xe_free(io);
}

/* The status block, if the title may write there by now; where it may not, nobody is told, as by
 * NT.
 */
static void tell_block(struct xe_kernel *kernel, const struct xe__io *io, uint32_t status,
                       uint32_t information)
{
    xe_gva fault;

    if (!io->iosb || xe_mem_prepare(kernel->mem, io->iosb, 8, true, &fault) != XE_MEM_OK)
        return;
    xe_mem_set_u32(kernel->mem, io->iosb + 4, information);
    xe_mem_set_u32(kernel->mem, io->iosb, status);
}

/* What the guest is told, in order. */
static void tell(struct xe_kernel *kernel, struct xe__io *io, uint32_t status, uint32_t information)
{
    struct xe_wait *wait = wait_of(io);

    tell_block(kernel, io, status, information);
    xe_mem_set_u32(kernel->mem, io->file->body + XE_X_FILE_STATUS, status);
    if (xe_kernel_file_waits(io->file->host.file) && io->op != XE_IO_DONE && !status)
        xe_kernel_file_seek(io->file, io->offset + information);
    if (wait) {
        wait->value = XE__IO_ANSWERED;
        wait->packet = (struct xe_packet){.status = status, .information = information};
    }
    post(kernel, io, status, information);
    xe_kernel_signal(io->file, &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL,
                                                   .state = 1,
                                                   .key = io->key,
                                                   .increment = XE_INCREMENT});
    keep(kernel, io, OWED_FILE);
    if (io->apc && xe_kernel_apc_queue_user(io->thread, io->apc, io->apc_context, io->iosb, 0) == 0)
        keep(kernel, io, OWED_APC);
    if (io->event)
        xe_kernel_event_set_by(io->event, io->event_key, XE_INCREMENT);
    keep(kernel, io, OWED_EVENT);
}

static void complete(struct xe_kernel *kernel, struct xe__io *io, uint32_t status,
                     uint32_t information)
{
    struct xe_kernel_scope outer = xe_kernel_internal_begin(kernel, "io", &io->origin);

    unqueue(kernel, io);
    tell(kernel, io, status, information);
    for (enum owed owed = OWED_FILE; owed < OWED_KINDS; owed++)
        xe_kernel_promise_break(kernel, XE_PROMISE_IO, token(io, owed));
    free_io(io);
    xe_kernel_internal_end(kernel, outer);
}

void xe__kernel_io_due(struct xe_kernel *kernel, uint32_t device)
{
    struct xe__io *io = kernel->ios.queue[device].first;
    uint32_t status = io->status, information = io->information;

    if (io->op != XE_IO_DONE)
        status = move(kernel, io, &information);
    complete(kernel, io, status, information);
}

/* ---- beginning ------------------------------------------------------------------------------ */

/* When a device that does one thing after the other will be done with so many bytes. */
static uint64_t due_time(const struct xe_kernel *kernel, const struct xe__io_queue *queue,
                         uint32_t size)
{
    uint64_t now = xe_kernel_interrupt_time(kernel), rate = kernel->config.io_rate;
    uint64_t begin = queue->busy_until > now ? queue->busy_until : now;
    uint64_t moving = rate ? (uint64_t)size * XE_TIME_PER_SEC / rate : 0;

    return begin + kernel->config.io_latency_us * 10 + moving;
}

static struct xe__io *make(struct xe_kernel *kernel, const struct xe_io_request *request)
{
    struct xe__io *io = kernel->ios.count < XE__IOS ? xe_calloc(1, sizeof(*io)) : NULL;

    if (!io)
        return NULL;
    *io = (struct xe__io){
        .id = ++kernel->ios.last_id,
        .op = request->op,
        .file = request->file,
        .event = request->event,
        .thread = kernel->running,
        .device = xe_vfs_mount_index(request->file->host.file->node->mount),
        .key = request->key,
        .event_key = request->event_key,
        .iosb = request->iosb,
        .buffer = request->buffer,
        .size = request->size,
        .offset = request->offset,
        .apc = request->apc,
        .apc_context = request->apc_context,
        .quiet = request->quiet,
        .waits = request->end || xe_kernel_file_waits(request->file->host.file),
        .status = request->status,
        .information = request->information,
    };
    xe_kernel_site(kernel, &io->origin);
    return io;
}

static bool queue_up(struct xe_kernel *kernel, struct xe__io *io)
{
    struct xe__io_queue *queue = &kernel->ios.queue[io->device];

    io->due = due_time(kernel, queue, io->size);
    if (!queue->first && !xe_kernel_timer_arm(kernel, &queue->timer, io->due))
        return false;
    queue->busy_until = io->due;
    io->older = queue->last;
    *(io->older ? &io->older->newer : &queue->first) = io;
    queue->last = io;
    kernel->ios.count++;
    io->file->host.file->pending++;
    xe_kernel_object_ref(io->file);
    if (io->event)
        xe_kernel_object_ref(io->event);
    xe_kernel_object_ref(io->thread->object);
    return true;
}

static void reset(struct xe_object *object, uint32_t key)
{
    xe_kernel_signal(object, &(struct xe_signal){
                                 .op = XE_AUDIT_OP_RESET, .state = 0, .key = key, .silent = true});
}

uint32_t xe_kernel_io_begin(struct xe_kernel *kernel, const struct xe_io_request *request,
                            bool *ret_waits)
{
    struct xe_object *file = request->file;
    struct xe__io *io = make(kernel, request);

    *ret_waits = false;
    if (!io || !queue_up(kernel, io)) {
        xe_free(io);
        return XE_STATUS_INSUFFICIENT_RESOURCES;
    }
    reset(file, request->key);
    if (io->event)
        reset(io->event, request->event_key);
    promise(kernel, io);
    if (!io->waits)
        return XE_STATUS_PENDING;
    *ret_waits = true;
    xe_kernel_wait(kernel->running,
                   &(struct xe_wait_request){
                       .count = 1,
                       .object = {file},
                       .key = {request->key},
                       .timeout = XE_WAIT_FOREVER,
                       .alertable = file->host.file->options & XE_FILE_OPTION_SYNC_ALERT,
                       .user_mode = true,
                       .end = request->end ? request->end : XE_WAIT_END_IO,
                       .arg = io->id,
                   });
    return XE_STATUS_PENDING;
}

bool xe_kernel_io_take_turns(struct xe_kernel *kernel, struct xe_object *object, uint32_t key)
{
    const struct xe__file *file = object->host.file;

    if (!file->pending || !xe_kernel_file_waits(file))
        return false;
    xe_kernel_wait(kernel->running, &(struct xe_wait_request){.count = 1,
                                                              .object = {object},
                                                              .key = {key},
                                                              .timeout = XE_WAIT_FOREVER,
                                                              .end = XE_WAIT_END_AGAIN});
    return true;
}

/* The call is made once more: its arguments are where they were. */
void xe__kernel_io_again(struct xe_thread *thread, uint32_t status)
{
    if (status == XE_STATUS_SUCCESS)
        thread->cpu.pc -= 4;
    else
        thread->cpu.gpr[3] = (uint64_t)(int64_t)(int32_t)status;
}

/* ---- the end of waits ----------------------------------------------------------------------- */

static struct xe__io *find(const struct xe_kernel *kernel, uint64_t id)
{
    for (uint32_t i = 0; i < XE_VFS_MOUNTS; i++)
        for (struct xe__io *io = kernel->ios.queue[i].first; io; io = io->newer)
            if (io->id == id)
                return io;
    return NULL;
}

/* TRUE with how much it was, through the argument that is still in its register; the end of a file
 * is no failure. */
void xe_kernel_io_bool(struct xe_thread *thread, uint32_t status, uint32_t information)
{
    xe_gva done = (xe_gva)thread->cpu.gpr[6];

    if (done)
        xe_mem_set_u32(thread->kernel->mem, done, information);
    if (status && status != XE_STATUS_END_OF_FILE)
        xe_kernel_thread_set_last_error(thread, xe__kernel_dos_error(status));
    thread->cpu.gpr[3] = !status || status == XE_STATUS_END_OF_FILE;
}

/* An alert or an APC ends the wait of an alertable file: the request is taken back. Source: NT
 * IopCancelAlertedRequest. */
void xe__kernel_io_waited(struct xe_thread *thread, uint32_t status)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_wait *wait = &thread->wait;
    struct xe__io *io = wait->value == XE__IO_ANSWERED ? NULL : find(kernel, wait->arg);
    uint32_t information = 0;

    if (io) {
        io->waits = false;
        complete(kernel, io, XE_STATUS_CANCELLED, 0);
        status = XE_STATUS_CANCELLED;
    } else if (wait->value == XE__IO_ANSWERED) {
        status = wait->packet.status;
        information = wait->packet.information;
    }
    if (wait->end == XE_WAIT_END_IO_BOOL)
        xe_kernel_io_bool(thread, status, information);
    else
        thread->cpu.gpr[3] = (uint64_t)(int64_t)(int32_t)status;
}

/* ---- taking back ---------------------------------------------------------------------------- */

uint32_t xe__kernel_io_cancel(struct xe_kernel *kernel, struct xe_object *file,
                              const struct xe_thread *thread, xe_gva iosb)
{
    struct xe__io_queue *queue =
        &kernel->ios.queue[xe_vfs_mount_index(file->host.file->node->mount)];
    uint32_t cancelled = 0;

    if (!file->host.file->pending)
        return 0;
    for (struct xe__io *io = queue->first, *newer; io; io = newer) {
        newer = io->newer;
        xe_kernel_work(kernel, 10);
        if (io->file != file || (thread && io->thread != thread) || (iosb && io->iosb != iosb))
            continue;
        complete(kernel, io, XE_STATUS_CANCELLED, 0);
        cancelled++;
    }
    return cancelled;
}

void xe__kernel_io_thread_gone(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;

    for (uint32_t i = 0; kernel->ios.count && i < XE_VFS_MOUNTS; i++)
        for (struct xe__io *io = kernel->ios.queue[i].first, *newer; io; io = newer) {
            newer = io->newer;
            xe_kernel_work(kernel, 10);
            if (io->thread == thread)
                complete(kernel, io, XE_STATUS_CANCELLED, 0);
        }
}

void xe__kernel_ios_init(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE_VFS_MOUNTS; i++)
        kernel->ios.queue[i].timer = (struct xe_timer){.kind = XE_TIMER_IO, .owner.device = i};
}

void xe__kernel_ios_forget(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE_VFS_MOUNTS; i++)
        for (struct xe__io *io = kernel->ios.queue[i].first, *newer; io; io = newer) {
            newer = io->newer;
            xe_free(io);
        }
    kernel->ios = (struct xe__ios){.count = 0};
    xe__kernel_ios_init(kernel);
}
