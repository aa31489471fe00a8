/* Owning a path alone: a lock file beside it, held for the daemon's life. The kernel lets go of the
 * lock when the process ends, however it ends, so a lock file that lies about claims nothing. */
#ifndef XE_DAEMON_CLAIM_H
#define XE_DAEMON_CLAIM_H

#include <stdbool.h>

#include "xe/error.h"

struct xe_claim {
    char *path; /* owned; of the lock file; NULL: nothing is claimed */
    int fd;     /* owned */
};

/* Claim path by "path.lock". false: it cannot be, and err says so; *ret_pid is who has it, 0 if
 * that is not the reason, -1 if it does not say who it is. */
bool xe_claim_take(struct xe_claim *claim, const char *path, int *ret_pid, struct xe_error *err);

/* Remove the lock file and let go. What the claim was for must be done with. */
void xe_claim_release(struct xe_claim *claim);

/* Is this open file the one that path names now? */
bool xe_claim_is_named(int fd, const char *path);

#endif
