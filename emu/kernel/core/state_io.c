/* Requests under way as state: devices in order, each with its requests, the oldest first. */
#include "base/alloc.h"
#include "kernel/core/io_internal.h"
#include "kernel/core/state.h"

#define IO_SIZE 80u /* encoded: at least */

void xe__kernel_io_state(struct xe_codec *c, struct xe__io *io)
{
    XE_CODEC(c, io->id);
    xe_codec_enum(c, "op", &io->op, XE_IO_OPS);
    xe__kernel_state_object(c, "file", &io->file);
    xe__kernel_state_object(c, "event", &io->event);
    xe__kernel_state_thread(c, "thread", &io->thread);
    XE_CODEC(c, io->iosb);
    XE_CODEC(c, io->buffer);
    XE_CODEC(c, io->size);
    XE_CODEC(c, io->offset);
    XE_CODEC(c, io->apc);
    XE_CODEC(c, io->apc_context);
    XE_CODEC(c, io->quiet);
    XE_CODEC(c, io->waits);
    XE_CODEC(c, io->status);
    XE_CODEC(c, io->information);
    XE_CODEC(c, io->due);
    xe_codec_beside(c, true);
    XE_CODEC(c, io->key);
    XE_CODEC(c, io->event_key);
    xe_codec_beside(c, false);
    xe__kernel_site_state(c, &io->origin);
}

/* Loading: does it fit in where it stands? */
static bool fits(struct xe_codec *c, const struct xe__ios *ios, const struct xe__io *io,
                 const struct xe__io *older)
{
    return xe_codec_want(c,
                         io->file && io->file->type == &xe_object_file_type &&
                             (!io->event || io->event->type == &xe_object_event_type),
                         "a request of no file, or with no event") &&
           xe_codec_want(c,
                         io->thread && io->id && io->id <= ios->last_id &&
                             (!older || (older->due <= io->due && older->id != io->id)) &&
                             xe_vfs_mount_index(io->file->host.file->node->mount) == io->device,
                         "a request of nobody, or out of place");
}

static struct xe__io *make(struct xe_codec *c, struct xe__io_queue *queue, uint32_t device)
{
    struct xe__io *io = xe_calloc(1, sizeof(*io));

    if (!io) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for requests");
        return NULL;
    }
    io->device = device;
    io->older = queue->last;
    *(io->older ? &io->older->newer : &queue->first) = io;
    queue->last = io;
    return io;
}

static void queue_state(struct xe_codec *c, struct xe_kernel *kernel, uint32_t device)
{
    struct xe__ios *ios = &kernel->ios;
    struct xe__io_queue *queue = &ios->queue[device];
    size_t n = 0;
    struct xe__io *io = queue->first;

    for (const struct xe__io *it = io; it; it = it->newer)
        n++;
    n = xe_codec_count(c, "requests", n, XE__IOS, IO_SIZE);
    XE_CODEC(c, queue->busy_until);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        if (xe_codec_loading(c))
            io = make(c, queue, device);
        if (!io)
            return;
        xe_codec_item(c, "request", io->id);
        xe__kernel_io_state(c, io);
        if (xe_codec_loading(c) && !c->stopped && fits(c, ios, io, io->older)) {
            io->file->host.file->pending++;
            ios->count++;
        }
        io = io->newer;
    }
}

void xe__kernel_ios_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    xe_codec_beside(c, true);
    xe_codec_fixed(c, "io_latency_us", kernel->config.io_latency_us);
    xe_codec_fixed(c, "io_rate", kernel->config.io_rate);
    xe_codec_beside(c, false);
    XE_CODEC(c, kernel->ios.last_id);
    for (uint32_t i = 0; i < xe_vfs_mounts(kernel->vfs) && !c->stopped; i++) {
        struct xe__io_queue *queue = &kernel->ios.queue[i];

        queue_state(c, kernel, i);
        xe_codec_want(c, kernel->ios.count <= XE__IOS, "too many requests");
        if (xe_codec_loading(c) && !c->stopped && queue->first)
            queue->timer.due = queue->first->due;
    }
    xe_codec_item(c, NULL, 0);
}

void xe__kernel_ios_hold(const struct xe_kernel *kernel,
                         void (*fn)(void *ctx, const struct xe_object *object), void *ctx)
{
    for (uint32_t i = 0; i < XE_VFS_MOUNTS; i++)
        for (const struct xe__io *io = kernel->ios.queue[i].first; io; io = io->newer) {
            fn(ctx, io->file);
            if (io->event)
                fn(ctx, io->event);
            fn(ctx, io->thread->object);
        }
}
