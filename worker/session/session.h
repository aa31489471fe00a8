/* One instance behind JSON: what a worker answers. No sockets here; the program that has them hands
 * in a small table. A session has at most one instance, made by instance.create, and one thing
 * running at a time; requests are looked at between the slices of a run, so reads always answer. */
#ifndef XE_WORKER_SESSION_SESSION_H
#define XE_WORKER_SESSION_SESSION_H

#include "rpc/api/rpc.h"
#include "xe/breath.h"
#include "xe/decoder.h"
#include "xe/files.h"

struct xe_session;

struct xe_session_title {
    const char *name;              /* of its file, where it lies                           */
    const struct xe_files *beside; /* that place, as folder 0; NULL: unknown               */
    void *bytes;                   /* owned: an image                                      */
    size_t size;
    bool held; /* the file is a container, and what came of it is its executable */
};

struct xe_session_host {
    void *ctx;
    /* Look for new requests and start them; called between slices. False: the parent is gone. */
    bool (*service)(void *ctx);
    /* Tell the parent something unasked; data is given. run.progress and worker.alive come often,
     * and may be lost when the parent does not keep up. */
    void (*event)(void *ctx, const char *topic, json_t *data);
    /* Milliseconds of a host clock that never goes back; for deadlines, never for the guest. */
    uint64_t (*now_ms)(void *ctx);
    /* A title or library that came with the request being started, or the bytes of the first file
     * that did; free with free(). Images come first: the title, then libraries. A breath is taken
     * between slices. */
    bool (*take_title)(void *ctx, uint32_t index, const struct xe_breath *breath,
                       struct xe_session_title *title, struct xe_error *err);
    bool (*take_file)(void *ctx, const struct xe_breath *breath, void **ret_bytes, size_t *ret_size,
                      struct xe_error *err);
    /* The folders that came with the request being started, behind so many images: how many, and
     * how to reach what is in them from now on. NULL with err set: they can't be reached. */
    const struct xe_files *(*take_folders)(void *ctx, uint32_t images, uint32_t *ret_count,
                                           struct xe_error *err);
    /* How many files came with the request being started; they are the caller's then, if they are
     * not more than max. */
    uint32_t (*take_files)(void *ctx, int *ret_fd, uint32_t max);
    /* Send these files (borrowed) with the reply that is made next. */
    void (*give_files)(void *ctx, const int *fd, uint32_t count);
    const struct xe_decoder *decoder; /* of XMA, for its instance; borrowed */
};

/* NULL: out of memory. host is copied. It ends with its process. */
struct xe_session *xe_session_create(const struct xe_session_host *host);

/* The host's own, as it gave it. */
void *xe_session_host_ctx(const struct xe_session *session);

/* What xe_rpc_start needs to answer requests with this session. */
const struct xe_rpc_server *xe_session_server(const struct xe_session *session);

/* Do what is to be done (a run, a golden) until it stops. False: there is nothing to do. */
bool xe_session_work(struct xe_session *session);

#endif
