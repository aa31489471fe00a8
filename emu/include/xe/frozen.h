/* An instance that stands still at one moment, for others to begin from: its own reset, or forks,
 * in this process or another. Freezing and beginning cost what was touched, not what there is. */
#ifndef XE_FROZEN_H
#define XE_FROZEN_H

#include "xe/error.h"
#include "xe/instance.h"

#define XE_FROZEN_FILES 9 /* at most: the state, and memory's layers */

struct xe_frozen;

/* The instance as it is, with the audit's records; between runs, or while one is polled. It goes on
 * as if nothing had been. NULL with err set. */
struct xe_frozen *xe_instance_freeze(struct xe_instance *instance, struct xe_error *err);
/* The same for those who wait for it: it is there before the instance lets go of what it froze,
 * which takes longer. Until xe_instance_go_on it may be looked at, and not be run or changed. */
struct xe_frozen *xe_instance_hand_over(struct xe_instance *instance, struct xe_error *err);
void xe_instance_go_on(struct xe_instance *instance);
void xe_frozen_destroy(struct xe_frozen *frozen);

/* Be what was frozen, however often it ran since: as xe_instance_state_load. Breakpoints stay. */
bool xe_instance_thaw(struct xe_instance *instance, const struct xe_frozen *frozen,
                      struct xe_error *err);

/* To another process: files that are sealed but for what xe_instance_go_on lets go of, borrowed.
 * Returns how many; 0 with err set. */
uint32_t xe_frozen_files(struct xe_frozen *frozen, int ret_fd[XE_FROZEN_FILES],
                         struct xe_error *err);
/* From another process, which may be hostile: seals, sizes and tables are checked here, the rest by
 * thawing. The descriptors are given, even when it fails. */
struct xe_frozen *xe_frozen_take(const int *fd, uint32_t files, struct xe_error *err);

#endif
