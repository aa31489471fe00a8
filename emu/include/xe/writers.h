/* Who wrote bytes of memory: what a watchpoint has seen of it. What the kernel or a device writes
 * by itself is no instruction's doing and not among it. */
#ifndef XE_WRITERS_H
#define XE_WRITERS_H

#include "xe/types.h"

#define XE_WRITERS_MAX 8u

struct xe_writers {
    bool watched;                 /* else nothing is known            */
    uint64_t since_cycle;         /* somebody has watched             */
    uint64_t times;               /* stores                           */
    uint32_t tids;                /* different threads                */
    uint32_t tid[XE_WRITERS_MAX]; /* in the order of their first store */
    bool more;                    /* than there is room for           */
    uint32_t last_tid;            /* the newest store, if any         */
    xe_gva last_pc;
    uint64_t last_cycle;
};

#endif
