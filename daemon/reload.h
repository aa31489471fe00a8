/* What of the configuration is brought to where it counts, at the start and when it is read again:
 * system.reload, SIGHUP. All of it or, where something is wrong, nothing. */
#ifndef XE_DAEMON_RELOAD_H
#define XE_DAEMON_RELOAD_H

#include "daemon/daemon.h"

/* Open the roots that it names. */
bool xe_config_roots(const struct xe_config *config, struct xe_roots *ret, struct xe_error *err);
/* Which names and origins the server takes. */
bool xe_config_http(const struct xe_config *config, struct xe_http *http, struct xe_error *err);

/* Read the file again. *ret_changed, *ret_restart (owned by the caller): names of keys that are
 * another now; of keys that would be, in a new start. */
bool xe_daemon_reload(struct xe_daemon *daemon, json_t **ret_changed, json_t **ret_restart,
                      struct xe_error *err);

/* The same, told in the log. */
void xe_daemon_hang_up(struct xe_daemon *daemon);

xe_rpc_handler xe_system_reload;

#endif
