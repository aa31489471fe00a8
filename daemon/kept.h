/* Small things that last: JSON values by name, a file each, in a folder of the state directory.
 * What was put is there after a crash or a loss of power, and nothing half of it. Names are those
 * of the shelf (xe_shelf_name_check). Functions may take as long as the disk does. */
#ifndef XE_DAEMON_KEPT_H
#define XE_DAEMON_KEPT_H

#include <jansson.h>

#include "daemon/shelf.h"

#define XE_KEPT_FILE_MAX (8u * 1024u * 1024u)

/* In place of what was there. */
bool xe_kept_put(struct xe_shelf *shelf, const char *folder, const char *name, const json_t *value,
                 struct xe_error *err);
/* One that is not there is no error. */
bool xe_kept_remove(struct xe_shelf *shelf, const char *folder, const char *name,
                    struct xe_error *err);
/* Tell all of them, in no order; value is borrowed, NULL: the file can't be read or is no JSON. */
bool xe_kept_each(struct xe_shelf *shelf, const char *folder,
                  void (*each)(void *ctx, const char *name, const json_t *value), void *ctx,
                  struct xe_error *err);

#endif
