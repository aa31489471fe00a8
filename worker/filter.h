/* The system calls that are left to a locked-down process. */
#ifndef XE_WORKER_FILTER_H
#define XE_WORKER_FILTER_H

/* Filter the calling process for good, as a worker. 0, or an errno. */
int xe_filter_enter(void);

#endif
