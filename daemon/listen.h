/* Listening sockets: a UNIX path that only its owner may use, and loopback TCP. */
#ifndef XE_DAEMON_LISTEN_H
#define XE_DAEMON_LISTEN_H

#include <stddef.h>

#include "xe/error.h"

/* Listen on path (mode 0600), which the caller has claimed. A socket nobody listens on any more is
 * replaced; a live one is an error. -1 with err set, and no socket left there. */
int xe_listen_unix(const char *path, struct xe_error *err);

/* Listen on "127.0.0.1:port", "[::1]:port" or "localhost:port"; port 0 takes a free one. The real
 * address is written to text. */
int xe_listen_loopback(const char *address, char *text, size_t size, struct xe_error *err);

#endif
