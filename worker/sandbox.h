/* Lock-down of a worker, layer by layer, before it sees a byte of a title. Each layer that cannot
 * be had is told; what to do about it is the caller's business (--sandbox=require|warn|off). */
#ifndef XE_WORKER_SANDBOX_H
#define XE_WORKER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#define XE_SANDBOX_LAYERS 9

struct xe_sandbox_layer {
    const char *name; /* "rlimits", "namespaces", ... static       */
    bool on;
    char problem[128]; /* why not; empty if on                      */
};

/* End when the parent ends, or has ended already. */
void xe_sandbox_follow_parent(void);

/* Lock the calling process down for good; only XE_LINK_FD stays open, and XE_BROKER_FD and
 * XE_DECODER_FD are made. One that is PID 1 of its namespace stays behind as init, and its child
 * returns. refused: the errno with which the parent failed to make it PID 1, or 0. decoder: the
 * program, or NULL. */
void xe_sandbox_enter(int refused, const char *decoder,
                      struct xe_sandbox_layer layers[XE_SANDBOX_LAYERS]);

#endif
