/* Where a daemon and its clients meet when nobody names a socket. */
#ifndef XE_RPC_LINK_PLACE_H
#define XE_RPC_LINK_PLACE_H

#include <stdbool.h>

#include "xe/error.h"

/* xe360d.sock in the first of: RUNTIME_DIRECTORY, XDG_RUNTIME_DIR (empty ones are none), for root
 * /run/xe360d, for others /run/user/UID, if it is theirs, or /tmp/xe360d-UID. With make the last
 * and root's are made. false with err: a folder in /tmp is there, and others may write to it;
 * *ret_path is to be freed. */
bool xe_link_place(bool make, char **ret_path, struct xe_error *err);

#endif
