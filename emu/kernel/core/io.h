/* Requests to read and write that take their time. A device does one after the other: a request is
 * done when those before it are, after a latency and a time by its length (settings), which are
 * virtual. Data moves, and places are looked at again, at that moment; then, in this order, the
 * status block is written (status last), the position of a synchronous file moves on, a packet goes
 * to the file's port, the file is signaled, the caller's APC is queued, its event is set.
 * Source: doc/facts/kernel-structs.md, section 6; NT. Each of these is a promise (promise.h). */
#ifndef XE_KERNEL_CORE_IO_H
#define XE_KERNEL_CORE_IO_H

#include "kernel/core/dispatcher.h"
#include "kernel/core/file.h"
#include "kernel/core/timer.h"

#define XE__IOS 65536u /* under way at once */

enum xe_io_op {
    XE_IO_READ,
    XE_IO_WRITE,
    XE_IO_READ_PAGES, /* `buffer` is a list of addresses of 4 KiB each */
    XE_IO_WRITE_PAGES,
    XE_IO_DONE, /* nothing moves; the result is known */
    XE_IO_OPS
};

struct xe_io_request {
    enum xe_io_op op;
    struct xe_object *file;
    struct xe_object *event; /* NULL: none */
    uint32_t key, event_key; /* as the title named them */
    xe_gva iosb, buffer;
    uint32_t size;
    uint64_t offset;
    xe_gva apc, apc_context;
    bool quiet;                   /* no packet to a port */
    enum xe_wait_end end;         /* IO_BOOL: the thread waits for it, whatever the file */
    uint32_t status, information; /* of XE_IO_DONE */
};

/* Begin one for the running thread, whose arguments are good. XE_STATUS_PENDING: it will be done.
 * Of a synchronous file the thread waits, and gets the result itself: *ret_waits. */
uint32_t xe_kernel_io_begin(struct xe_kernel *kernel, const struct xe_io_request *request,
                            bool *ret_waits);
/* Does a synchronous file have a request under way? Then the thread waits for it, and will make its
 * call again. */
bool xe_kernel_io_take_turns(struct xe_kernel *kernel, struct xe_object *file, uint32_t key);
/* What Windows' ReadFile and WriteFile return of a request's end. */
void xe_kernel_io_bool(struct xe_thread *thread, uint32_t status, uint32_t information);
/* Take back what is under way of a file: all of it, or a thread's, or with one status block. How
 * many. */
uint32_t xe__kernel_io_cancel(struct xe_kernel *kernel, struct xe_object *file,
                              const struct xe_thread *thread, xe_gva iosb);

/* ---- the kernel's own ----------------------------------------------------------------------- */

struct xe__io;

struct xe__io_queue {
    struct xe_timer timer; /* of the first request     */
    struct xe__io *first, *last;
    uint64_t busy_until; /* interrupt time           */
};

struct xe__ios {
    struct xe__io_queue queue[XE_VFS_MOUNTS]; /* a device's */
    uint64_t last_id;
    uint32_t count;
};

void xe__kernel_ios_init(struct xe_kernel *kernel);
/* The first request of a device is done. */
void xe__kernel_io_due(struct xe_kernel *kernel, uint32_t device);
/* A wait for a request's end is over; the thread is to make its call again. */
void xe__kernel_io_waited(struct xe_thread *thread, uint32_t status);
void xe__kernel_io_again(struct xe_thread *thread, uint32_t status);
/* The thread has ended. */
void xe__kernel_io_thread_gone(struct xe_thread *thread);
/* Nobody is told. */
void xe__kernel_ios_forget(struct xe_kernel *kernel);
void xe__kernel_ios_state(struct xe_codec *c, struct xe_kernel *kernel);
/* Visit the objects that requests hold a reference to. */
void xe__kernel_ios_hold(const struct xe_kernel *kernel,
                         void (*fn)(void *ctx, const struct xe_object *object), void *ctx);

#endif
