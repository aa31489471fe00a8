/* What a title wanted and xe360d has not got (xe/lacking.def; files and devices by name), reading
 * side for reports: how often, and who was first. It is saved with a state and is no part of its
 * digest. Owner thread: the instance's. */
#ifndef XE_LACKING_H
#define XE_LACKING_H

#include <stdint.h>

struct xe_kernel;

#define XE_LACKING_CALLERS 5u

struct xe_lacking {
    const char *category; /* static                         */
    const char *text;     /* borrowed for the visit         */
    uint64_t count;       /* at least 1                     */
    uint32_t first_lr;    /* where the first call returns to */
    uint32_t first_tid;   /* 0: no guest thread made it      */
    /* Where the functions return to that called the one with that call, the nearest first. */
    uint32_t caller[XE_LACKING_CALLERS], callers;
};
/* Visit those that were wanted, in the order of the table, and files by when each was first. */
void xe_kernel_lacking(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_lacking *lacking), void *ctx);

#endif
