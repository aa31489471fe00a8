/* Between the files of the shelf; see shelf.h. */
#ifndef XE_DAEMON_SHELF_INTERNAL_H
#define XE_DAEMON_SHELF_INTERNAL_H

#include "daemon/shelf.h"

/* "write the snapshot 'x': No space left on device". Always false. */
bool xe__daemon_shelf_failed(struct xe_error *err, const char *what);

/* n bytes from `at` on; false with errno set, 0 at the end of the file. */
bool xe__daemon_shelf_read(int fd, uint64_t at, void *bytes, size_t n);
bool xe__daemon_shelf_write_all(int fd, const void *bytes, size_t n);

/* All blobs of the file that is open as fd, each once, flushed. *ret_added: new bytes. When it
 * fails what was added may lie there, referred to by nobody. */
bool xe__daemon_shelf_put_blobs(struct xe_shelf *shelf, const struct xe_snapshot_head *head, int fd,
                                uint64_t *ret_added, struct xe_error *err);
/* Blob i, checked, to bytes of XE_SNAPSHOT_STORED_MAX. */
bool xe__daemon_shelf_get_blob(struct xe_shelf *shelf, const struct xe_snapshot_head *head,
                               uint32_t i, uint8_t *bytes, struct xe_error *err);

/* Hashes, to be sorted and asked. */
struct xe__hashes {
    uint8_t (*hash)[32]; /* owned */
    size_t count, room;
};
/* All hashes that a snapshot names (false: out of memory); then sorted, to be asked for. */
bool xe__daemon_hashes_add(struct xe__hashes *hashes, const struct xe_snapshot_head *head);
void xe__daemon_hashes_sort(struct xe__hashes *hashes);
bool xe__daemon_hashes_have(const struct xe__hashes *hashes, const uint8_t hash[32]);

/* Of the head's blobs, or with NULL of all that are there, remove what is not among `used`. */
uint64_t xe__daemon_shelf_drop(struct xe_shelf *shelf, const struct xe_snapshot_head *head,
                               const struct xe__hashes *used);

#endif
