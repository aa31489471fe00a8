/* A request of a file, for the files that know its inside; see io.h. */
#ifndef XE_KERNEL_CORE_IO_INTERNAL_H
#define XE_KERNEL_CORE_IO_INTERNAL_H

#include "kernel/core/io.h"

/* A wait's value: the request is done, its result is in the wait's packet. */
#define XE__IO_ANSWERED 1u

struct xe__io {
    uint64_t id; /* 1, 2, 3 ... */
    enum xe_io_op op;
    struct xe_object *file, *event; /* references held; event may be NULL */
    struct xe_thread *thread;       /* likewise, to its object            */
    uint32_t device;                /* whose queue it is in               */
    uint32_t key, event_key;
    xe_gva iosb, buffer;
    uint32_t size;
    uint64_t offset;
    xe_gva apc, apc_context;
    bool quiet, waits;
    uint32_t status, information;
    uint64_t due;                /* interrupt time */
    struct xe_audit_site origin; /* the call that made it */
    struct xe__io *older, *newer;
};

void xe__kernel_io_state(struct xe_codec *c, struct xe__io *io);

#endif
