/* What the daemon has outside of itself: the UNIX socket, the TCP address, the cookie file. All of
 * it is owned before any of it is touched, so a second start of the same command changes nothing
 * and leaves nothing, and of several at once exactly one gets everything. */
#ifndef XE_DAEMON_PREMISES_H
#define XE_DAEMON_PREMISES_H

#include <stdbool.h>

#include "daemon/claim.h"
#include "xe/error.h"

struct xe_premises_options {
    const char *socket_path; /* UNIX socket                                   */
    const char *listen;      /* "127.0.0.1:3607", or NULL                     */
    const char *cookie_path; /* where TCP callers find the token; with listen */
};

/* A file of ours: removed only while the path still names the one that we made. It is held open,
 * since the number of a removed file is soon another's. */
struct xe_premises_file {
    const char *path; /* borrowed from the options; NULL: not made */
    int fd;           /* owned */
};

struct xe_premises {
    struct xe_claim socket_claim, cookie_claim;
    struct xe_premises_file socket, cookie;
    int unix_fd, tcp_fd; /* owned, or -1: none, or taken by who serves */
    char listening[64];  /* "127.0.0.1:port"; empty without TCP */
    char token[65];      /* what TCP callers must bring; empty without TCP */
};

#define XE_PREMISES_INIT                                                                           \
    {                                                                                              \
        .unix_fd = -1, .tcp_fd = -1                                                                \
    }

/* All or nothing; the paths in options are borrowed until xe_premises_leave. */
bool xe_premises_take(struct xe_premises *premises, const struct xe_premises_options *options,
                      struct xe_error *err);
void xe_premises_leave(struct xe_premises *premises);

#endif
