/* The system calls that are left to a locked-down process. */
#ifndef XE_WORKER_FILTER_H
#define XE_WORKER_FILTER_H

/* Who is to be filtered: the worker, the init above it, which only waits, or the broker beside it
 * (broker.h). */
enum xe_filter_for { XE_FILTER_WORKER, XE_FILTER_INIT, XE_FILTER_BROKER };

/* Filter the calling process for good. 0, or an errno. */
int xe_filter_enter(enum xe_filter_for whom);

#endif
