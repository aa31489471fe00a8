/* Files that clients have put, by the SHA-256 of their bytes, below the state directory:
 *
 *   artifacts/HASH       a whole file
 *   tmp/artifact-N       one that is coming; emptied at each start, with the rest of tmp
 *
 * A file is there when all of it is, its hash is the one it was put under, and the disk has it. All
 * of them together, those that are coming included, stay within a quota. Any thread; one lock. */
#ifndef XE_DAEMON_DEPOT_H
#define XE_DAEMON_DEPOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "xe/error.h"

#define XE_DEPOT_NAME 65 /* 64 hexadecimal digits, small ones, and the NUL */

struct xe_depot;
struct xe_upload;

struct xe_depot_item {
    char sha256[XE_DEPOT_NAME];
    uint64_t size;
    time_t created;
};

/* Below the folder that is open as top (borrowed); tmp is another, on the same file system. */
struct xe_depot *xe_depot_create(int top, int tmp, uint64_t quota, struct xe_error *err);
void xe_depot_destroy(struct xe_depot *depot);
void xe_depot_set_quota(struct xe_depot *depot, uint64_t quota);

bool xe_depot_is_name(const char *text);

/* A file that comes piece by piece; size is what is known of its size, 0: nothing. NULL with err
 * set: no room, or no name. finish and abort free it. */
struct xe_upload *xe_upload_begin(struct xe_depot *depot, const char *sha256, uint64_t size,
                                  struct xe_error *err);
bool xe_upload_write(struct xe_upload *upload, const void *bytes, size_t size,
                     struct xe_error *err);
/* Takes as long as the disk does. *ret_new: it was not there before. */
bool xe_upload_finish(struct xe_upload *upload, struct xe_depot_item *ret, bool *ret_new,
                      struct xe_error *err);
void xe_upload_abort(struct xe_upload *upload);

/* For reading; -1 with err set. */
int xe_depot_open(struct xe_depot *depot, const char *sha256, struct xe_error *err);
bool xe_depot_get(struct xe_depot *depot, const char *sha256, struct xe_depot_item *ret,
                  struct xe_error *err);
bool xe_depot_remove(struct xe_depot *depot, const char *sha256, uint64_t *ret_freed,
                     struct xe_error *err);
/* All of them by name, the array owned by the caller; and what they take of what they may. */
bool xe_depot_list(struct xe_depot *depot, struct xe_depot_item **ret, size_t *ret_count,
                   uint64_t *ret_used, uint64_t *ret_quota, struct xe_error *err);

#endif
