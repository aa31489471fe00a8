/* A process beside the worker that opens files for it. A worker may open nothing, and is given a
 * title's bytes before anybody knows what else the title will ask for; so it asks the broker, which
 * holds the folders that its parent sent along, and gives out descriptors that are open for
 * reading, of regular files beneath these folders and of nothing else. A worker that was taken over
 * can have what it could have had anyway.
 *
 * The broker is forked before the lock-down, takes one set of folders, locks itself down to them,
 * and ends when the worker does. Messages are of fixed form, one answer to each. */
#ifndef XE_WORKER_BROKER_H
#define XE_WORKER_BROKER_H

#include <stdbool.h>
#include <stdint.h>

#include "xe/files.h"

#define XE_BROKER_FD 4 /* where the worker finds its end; the broker, too */

/* In whoever becomes the worker: start one. The child does not come back. false: errno says why. */
bool xe_broker_start(void);

/* The worker's side: hand over the folders (descriptors stay the caller's), once; none: it is to
 * end. Then ask. */
bool xe_broker_begin(const int *folder, uint32_t count, struct xe_error *err);
extern const struct xe_files xe_broker_files;

/* ---- messages ------------------------------------------------------------------------------- */

enum xe_broker_op { XE_BROKER_BEGIN, XE_BROKER_LIST, XE_BROKER_OPEN, XE_BROKER_OPS };

struct xe_broker_ask {
    uint32_t op, root;
    char path[XE_FILES_PATH_MAX + 1]; /* only as much of it as there is, without a NUL */
};

struct xe_broker_answer {
    uint32_t got;  /* enum xe_files_got; XE_FILES_OK comes with a descriptor */
    int32_t error; /* errno of a failure */
};

#endif
