/* What a process does for its part: how much processor time it has used, whether it wants more, and
 * how much memory it has.
 * The one place that knows how the host tells of it. */
#ifndef XE_DAEMON_EFFORT_H
#define XE_DAEMON_EFFORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct xe_effort {
    uint64_t cpu_ms;
    uint64_t memory; /* bytes that are resident */
    bool runnable;   /* runs, or waits for a processor: not asleep, stopped or dead */
};

/* false: the host does not tell (no /proc, or the process is gone). */
bool xe_effort_of(pid_t pid, struct xe_effort *ret);

#endif
