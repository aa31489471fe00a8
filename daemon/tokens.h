/* The methods token.* and auth.whoami. */
#ifndef XE_DAEMON_TOKENS_H
#define XE_DAEMON_TOKENS_H

#include "daemon/daemon.h"

/* Take the tokens that are kept; one that can't be read is told in the log, and good for nothing.
 */
bool xe_tokens_begin(struct xe_daemon *daemon, struct xe_error *err);

xe_rpc_handler xe_token_create, xe_token_list, xe_token_revoke, xe_auth_whoami;

#endif
