/* A thread for what waits for the disk, so that the event loop does not.
 *
 * One job after the other: whoever uses the shelf has it for itself, and what was asked first is
 * done first. A job is worked on there and ended on the loop; it touches nothing of the daemon's in
 * between. The thread is started by the first job and sleeps when there is none. */
#ifndef XE_DAEMON_STORE_H
#define XE_DAEMON_STORE_H

#include <stdbool.h>

#include "daemon/shelf.h"
#include "xe/error.h"

struct xe_store;

struct xe_store_job {
    struct xe_store_job *next;
    void (*work)(struct xe_store_job *job, struct xe_shelf *shelf); /* on the store's thread */
    void (*done)(struct xe_store_job *job);                         /* on the loop; may free it */
};

/* The shelf at path is the store's. */
struct xe_store *xe_store_create(const char *path, struct xe_error *err);
/* After the job at work; those that wait are not worked on, and all are ended. */
void xe_store_destroy(struct xe_store *store);

/* Before the first job only: from then on it is the thread's. */
struct xe_shelf *xe_store_shelf(struct xe_store *store);
const char *xe_store_path(const struct xe_store *store);
int xe_store_descriptor(const struct xe_store *store); /* readable: something is to be ended */
void xe_store_ready(struct xe_store *store);           /* end it */
/* false: there is no thread to do it, err says why, and nothing happens. */
bool xe_store_ask(struct xe_store *store, struct xe_store_job *job, struct xe_error *err);

#endif
