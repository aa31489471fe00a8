/* Snapshots on disk, below the state directory:
 *
 *   lock                 held by the daemon that uses the directory
 *   snapshots/NAME       the head of a snapshot (xe/snapshot.h)
 *   granules/ab/cdef...  blobs by the SHA-256 of their bytes, each once, whoever refers to it
 *   exchange/            whole files: what was exported, what may be imported
 *   tmp/                 what is being written; emptied at each start
 *
 * What was put is there after a crash or a loss of power, and nothing half of it: files are written
 * to tmp, flushed, renamed, and their folder is flushed; a head comes after its blobs and goes
 * before them. A blob that nobody refers to is removed with the snapshot that was the last to, and
 * else at the next start. Nothing that is read is believed: heads and blobs are checked against
 * their hashes. Functions may take as long as the disk does; one thread at a time. */
#ifndef XE_DAEMON_SHELF_H
#define XE_DAEMON_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "xe/error.h"
#include "xe/snapshot.h"

#define XE_SHELF_NAME_MAX 64
#define XE_SHELF_FILE_MAX ((uint64_t)1 << 30)
#define XE_SHELF_SUFFIX   ".xsnap" /* of whole files */

struct xe_shelf {
    char *path;                                        /* owned: absolute */
    int top, lock, snapshots, granules, exchange, tmp; /* owned           */
};

#define XE_SHELF_INIT                                                                              \
    {                                                                                              \
        .top = -1, .lock = -1, .snapshots = -1, .granules = -1, .exchange = -1, .tmp = -1          \
    }

/* Make what is missing, and claim it. */
bool xe_shelf_open(struct xe_shelf *shelf, const char *path, struct xe_error *err);
void xe_shelf_close(struct xe_shelf *shelf);

/* Letters, digits, '.', '_' and '-', beginning with a letter or digit. */
bool xe_shelf_name_check(const char *name, struct xe_error *err);

/* What is kept of a snapshot. */
struct xe_shelf_item {
    struct xe_snapshot_head head;
    time_t created;
    uint64_t added; /* put: bytes that were not there yet */
};
void xe_shelf_item_fini(struct xe_shelf_item *item);

/* Keep the file that is open as fd (borrowed). There may be one of that name if `replace`. */
bool xe_shelf_put(struct xe_shelf *shelf, const char *name, bool replace, int fd,
                  struct xe_shelf_item *ret, struct xe_error *err);
bool xe_shelf_get(struct xe_shelf *shelf, const char *name, struct xe_shelf_item *ret,
                  struct xe_error *err);
/* Write all of its file to fd, from its beginning. */
bool xe_shelf_write(struct xe_shelf *shelf, const char *name, int fd, struct xe_shelf_item *ret,
                    struct xe_error *err);
/* The same to exchange/NAME.xsnap; *ret_path is owned by the caller, sha256 of all bytes. */
bool xe_shelf_export(struct xe_shelf *shelf, const char *name, struct xe_shelf_item *ret,
                     char **ret_path, uint8_t sha256[32], struct xe_error *err);
/* *ret_freed: bytes that are gone with it. Works on a damaged one too. */
bool xe_shelf_remove(struct xe_shelf *shelf, const char *name, uint64_t *ret_freed,
                     struct xe_error *err);

/* All names, sorted, each and the array owned by the caller (xe_shelf_names_free). */
bool xe_shelf_names(struct xe_shelf *shelf, char ***ret, size_t *ret_count, struct xe_error *err);
void xe_shelf_names_free(char **names, size_t count);

/* Remove blobs that nobody refers to. Nothing is removed while some head can't be read, since it
 * may refer to anything; *ret_freed as above. */
bool xe_shelf_collect(struct xe_shelf *shelf, uint64_t *ret_freed, struct xe_error *err);

#endif
