/* Lock-down of a worker, layer by layer, before it sees a byte of a title. Each layer that cannot
 * be had is told; what to do about it is the caller's business (--sandbox=require|warn|off). */
#ifndef XE_WORKER_SANDBOX_H
#define XE_WORKER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#define XE_SANDBOX_LAYERS 8

struct xe_sandbox_layer {
    const char *name; /* "rlimits", "namespaces", ... static       */
    bool on;
    char problem[128]; /* why not; empty if on                      */
};

/* Lock the calling process down for good; only XE_LINK_FD stays open. */
void xe_sandbox_enter(struct xe_sandbox_layer layers[XE_SANDBOX_LAYERS]);

#endif
