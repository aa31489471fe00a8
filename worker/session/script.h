/* Scripts of what happens to controllers, as people write them: YAML, a list of events.
 *
 *     - cycle: 1900000000     # or frame, or poll: when its time has come
 *       pad: 1
 *       press: [b]            # or set, connect, disconnect, key
 *       for: {polls: 2}
 *
 * The text is a client's and may be anything: what is not expected where it stands is refused, by
 * file, line and column. */
#ifndef XE_WORKER_SESSION_SCRIPT_H
#define XE_WORKER_SESSION_SCRIPT_H

#include "xe/pads.h"

#define XE_SCRIPT_MAX 131072u /* bytes of one */

/* The events of a script, in its order, owned by the caller (free). `file` is what errors call it.
 * false: XE_ERR_SCRIPT_MALFORMED, or no memory. */
bool xe__session_script_read(const char *text, size_t size, const char *file,
                             struct xe_pad_event **ret, size_t *ret_count, struct xe_error *err);

#endif
