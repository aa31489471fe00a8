/* Listening sockets: a UNIX path that only its owner may use, and TCP. */
#ifndef XE_DAEMON_LISTEN_H
#define XE_DAEMON_LISTEN_H

#include <stddef.h>

#include "xe/error.h"

/* Listen on path (mode 0600), which the caller has claimed. A socket nobody listens on any more is
 * replaced; a live one is an error. -1 with err set, and no socket left there. */
int xe_listen_unix(const char *path, struct xe_error *err);

/* "ADDRESS:PORT" with the address in digits, "[ADDRESS]:PORT" or "localhost:PORT"? And is it one
 * that only this machine reaches? */
bool xe_listen_is_address(const char *text);
bool xe_listen_is_loopback(const char *text);

/* Listen there; port 0 takes a free one. The real address is written to text. */
int xe_listen_tcp(const char *address, char *text, size_t size, struct xe_error *err);

#endif
