/* The store's thread; see store.h. */
#include "daemon/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct queue {
    struct xe_store_job *first, *last;
};

struct xe_store {
    struct xe_shelf shelf; /* the thread's, once there is one */
    int event;             /* owned */
    bool started;          /* the loop's */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t asked;
    struct queue waiting, ended; /* guarded by lock */
    bool closing;                /* guarded by lock */
};

static void push(struct queue *queue, struct xe_store_job *job)
{
    job->next = NULL;
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
}

static struct xe_store_job *pop(struct queue *queue)
{
    struct xe_store_job *job = queue->first;

    if (job)
        queue->first = job->next;
    if (!queue->first)
        queue->last = NULL;
    return job;
}

/* ---- the thread ------------------------------------------------------------------------------ */

/* NULL: the store closes. */
static struct xe_store_job *await(struct xe_store *store)
{
    struct xe_store_job *job;

    pthread_mutex_lock(&store->lock);
    while (!store->closing && !store->waiting.first)
        pthread_cond_wait(&store->asked, &store->lock);
    job = store->closing ? NULL : pop(&store->waiting);
    pthread_mutex_unlock(&store->lock);
    return job;
}

static void *run(void *ctx)
{
    struct xe_store *store = ctx;
    struct xe_store_job *job;

    while ((job = await(store))) {
        job->work(job, &store->shelf);
        pthread_mutex_lock(&store->lock);
        push(&store->ended, job);
        pthread_mutex_unlock(&store->lock);
        eventfd_write(store->event, 1);
    }
    return NULL;
}

/* ---- the loop -------------------------------------------------------------------------------- */

struct xe_store *xe_store_create(const char *path, struct xe_error *err)
{
    struct xe_store *store = calloc(1, sizeof(*store));

    if (!store) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the store");
        return NULL;
    }
    store->shelf = (struct xe_shelf)XE_SHELF_INIT;
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->asked, NULL);
    store->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (store->event >= 0 && xe_shelf_open(&store->shelf, path, err))
        return store;
    if (store->event < 0)
        xe_error_set(err, XE_ERR_INTERNAL, "eventfd: %s", strerror(errno));
    xe_store_destroy(store);
    return NULL;
}

void xe_store_destroy(struct xe_store *store)
{
    struct xe_store_job *job;

    if (!store)
        return;
    pthread_mutex_lock(&store->lock);
    store->closing = true;
    pthread_cond_signal(&store->asked);
    pthread_mutex_unlock(&store->lock);
    if (store->started)
        pthread_join(store->thread, NULL);
    while ((job = pop(&store->ended)) || (job = pop(&store->waiting)))
        job->done(job);
    xe_shelf_close(&store->shelf);
    pthread_cond_destroy(&store->asked);
    pthread_mutex_destroy(&store->lock);
    if (store->event >= 0)
        close(store->event);
    free(store);
}

struct xe_shelf *xe_store_shelf(struct xe_store *store)
{
    return store->started ? NULL : &store->shelf;
}

const char *xe_store_path(const struct xe_store *store)
{
    return store->shelf.path;
}

int xe_store_descriptor(const struct xe_store *store)
{
    return store->event;
}

void xe_store_ready(struct xe_store *store)
{
    struct xe_store_job *job;
    eventfd_t ignored;

    eventfd_read(store->event, &ignored);
    do {
        pthread_mutex_lock(&store->lock);
        job = pop(&store->ended);
        pthread_mutex_unlock(&store->lock);
        if (job)
            job->done(job);
    } while (job);
}

bool xe_store_ask(struct xe_store *store, struct xe_store_job *job, struct xe_error *err)
{
    int error = store->started ? 0 : pthread_create(&store->thread, NULL, run, store);

    if (error)
        return xe_error_set(err, XE_ERR_OVERLOADED, "the store's thread: %s", strerror(error));
    store->started = true;
    pthread_mutex_lock(&store->lock);
    push(&store->waiting, job);
    pthread_cond_signal(&store->asked);
    pthread_mutex_unlock(&store->lock);
    return true;
}
