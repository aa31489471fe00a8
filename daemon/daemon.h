/* The daemon's state, all of it owned by one event loop on one thread. Parts: http.h brings request
 * texts, rpc.h turns them into calls, methods.c answers the daemon's own and forwards the others,
 * workers.c supervises worker processes, instances.c keeps what is known about each instance. */
#ifndef XE_DAEMON_DAEMON_H
#define XE_DAEMON_DAEMON_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "daemon/config.h"
#include "daemon/gdb.h"
#include "daemon/http.h"
#include "daemon/loop.h"
#include "daemon/premises.h"
#include "daemon/pulse.h"
#include "daemon/store.h"
#include "rpc/link/link.h"
#include "rpc/link/roots.h"
#include "rpc/api/rpc.h"

/* ---- workers -------------------------------------------------------------------------------- */

struct xe_daemon;
struct xe_instance_entry;

/* Outcome of a worker call: one of result and error, both given. */
typedef void xe_worker_done(void *ctx, json_t *result, json_t *error);
/* The same where nobody here reads the result, which is JSON text, for xe_rpc_reply_text. */
typedef void xe_worker_passed(void *ctx, struct xe_rpc_text *result, json_t *error);

struct xe_worker_call {
    struct xe_worker_call *next;
    uint32_t id;
    xe_worker_done *done;
    xe_worker_passed *passed; /* or this */
    void *ctx;
    const struct xe_rpc_type *reads; /* what the result has to be; NULL: done looks */
    json_t *body;                    /* owned until sent */
    struct xe_link_files files;      /* owned until sent */
    bool sent;
};

struct xe_worker {
    struct xe_worker *next;
    struct xe_daemon *daemon;
    struct xe_link_process process;
    struct xe_watch socket_watch, process_watch;
    struct xe_timer patience;           /* when to look at it, if it stays silent      */
    struct xe_work burial;              /* to be freed, when its process has ended     */
    struct xe_instance_entry *instance; /* NULL: works for one call only, or is ending */
    struct xe_worker_call *calls;       /* owned: not answered yet, oldest first */
    uint32_t next_id;
    struct xe_pulse pulse;      /* of what it says, while it owes a word */
    struct xe_link_files *came; /* while a call's done is told: files of the reply, to be taken */
    bool greeted;               /* has said hello */
    bool running;               /* says that a run goes on */
    bool ready;                 /* waits for its first call; see ready.c */
    bool probe;                 /* started to hear its hello, for nothing else */
    bool hung_up;               /* has closed its socket; its process should end soon */
    bool ending;                /* killed; waiting for the process to end */
    bool full;                  /* the socket is; wait until it can be written */
    char reason[256];           /* why it is lost; empty while it is not */
};

/* Start one; NULL with err set. It ends by xe_worker_end, or by itself. */
struct xe_worker *xe_worker_start(struct xe_daemon *daemon, struct xe_error *err);

/* A worker for this instance (NULL: for one call), from those that are ready, if there is one. */
struct xe_worker *xe_worker_take(struct xe_daemon *daemon, struct xe_instance_entry *entry,
                                 struct xe_error *err);
/* Start as many as are to be ready. */
void xe_workers_refill(struct xe_daemon *daemon);

/* Start a worker only to hear what it says of itself and of this host, so that system.health is
 * true before the first instance. */
void xe_worker_probe(struct xe_daemon *daemon);

/* Ask a worker; params are borrowed, fd (-1: none) is given. done is called exactly once. A result
 * that is not what done reads (NULL: it looks itself) is nonsense, and never comes there. */
void xe_worker_ask(struct xe_worker *worker, const char *method, const json_t *params, int fd,
                   const struct xe_rpc_type *reads, xe_worker_done *done, void *ctx);

/* The same with any number of files, which are given. */
void xe_worker_ask_files(struct xe_worker *worker, const char *method, const json_t *params,
                         const struct xe_link_files *files, const struct xe_rpc_type *reads,
                         xe_worker_done *done, void *ctx);

/* Ask for what is only passed on to who called, as the worker has written it. */
void xe_worker_pass(struct xe_worker *worker, const char *method, const json_t *params,
                    const struct xe_link_files *files, xe_worker_passed *passed, void *ctx);

/* While done is called: the one file that came with the reply, for the caller to close; -1: none.
 */
int xe_worker_take_file(struct xe_worker *worker);

/* End a worker on purpose: calls under way fail, its instance is not told. */
void xe_worker_end(struct xe_worker *worker);

/* ---- instances ------------------------------------------------------------------------------ */

enum xe_instance_state {
    XE_INSTANCE_BOOTING, /* not shown yet */
    XE_INSTANCE_CREATED,
    XE_INSTANCE_RUNNING,
    XE_INSTANCE_STOPPED,
    XE_INSTANCE_PAUSED,
    XE_INSTANCE_CRASHED, /* the guest; its worker still answers */
    XE_INSTANCE_LOST     /* the worker is gone                  */
};

struct xe_instance_entry {
    struct xe_instance_entry *next;
    uint64_t number; /* in order of creation */
    char id[24], name[65];
    enum xe_instance_state state;
    char reason[256];
    uint64_t cycle;
    char run[32];
    json_t *image;              /* owned */
    const char *made_by;        /* static: the method           */
    json_t *params;             /* owned: what it was made with */
    struct xe_link_files title; /* owned: its image, libraries beside it, folders */
    int snapshot;               /* owned: what it is to load once it is created; -1: nothing */
    json_t *engine, *hit;       /* owned: counters, breakpoint reached; NULL: none so far */
    json_t *taint;              /* owned: why no input log tells its run; NULL: one does */
    json_t *stop;               /* owned: why the newest run stopped; NULL: it has not    */
    struct xe_worker *worker;   /* NULL: lost */
    pid_t worker_pid;
    struct xe_gdb_stub *gdb;      /* where a debugger may come; NULL: nowhere */
    struct xe_rpc_call *creating; /* the call that made it, until answered */
};

/* By id or name, or by number; NULL: there is none. */
struct xe_instance_entry *xe_daemon_instances_find(struct xe_daemon *daemon,
                                                   const char *id_or_name);
struct xe_instance_entry *xe_daemon_instances_numbered(struct xe_daemon *daemon, uint64_t number);
/* A new entry, without a worker yet; NULL with err set: the name is taken, or there are too many.
 */
struct xe_instance_entry *xe_daemon_instances_add(struct xe_daemon *daemon, const char *name,
                                                  struct xe_error *err);
/* The entry goes, and its worker with it. */
void xe_daemon_instances_remove(struct xe_daemon *daemon, struct xe_instance_entry *entry);
/* As instance.get shows it; owned by the caller. */
json_t *xe_daemon_instances_json(const struct xe_instance_entry *entry);
/* Something its worker told: the entry takes what it is about. */
void xe_daemon_instances_event(struct xe_instance_entry *entry, const char *topic,
                               const json_t *data);
/* It was reset, as the worker's result says. */
void xe_daemon_instances_reset(struct xe_instance_entry *entry, const json_t *result);
/* It has another state now: of it, what snapshot.load of its worker says. */
void xe_daemon_instances_loaded(struct xe_instance_entry *entry, const json_t *result);
void xe_daemon_instances_lost(struct xe_instance_entry *entry, const char *reason);

/* ---- the daemon ----------------------------------------------------------------------------- */

struct xe_daemon {
    struct xe_daemon_options options; /* its texts are config's, or of who started it */
    struct xe_config config;          /* owned: what was read again, newest           */
    const struct xe_config *given;    /* what the command line says             */
    const char *config_file;          /* NULL: there is none                    */
    struct xe_once *once;             /* owned: calls that are made once */
    struct xe_depot *depot;           /* owned; NULL: no state directory */
    struct xe_keyring *keyring;       /* owned: who may call over TCP */
    struct xe_roots roots;
    struct xe_premises premises;
    struct xe_http *http;
    struct xe_rpc_server server;
    struct xe_loop loop;
    int signals;
    struct xe_watch http_watch, signal_watch, store_watch;
    struct xe_store *store;              /* owned; NULL: no state directory */
    struct xe_worker *workers;           /* owned */
    struct xe_instance_entry *instances; /* owned, in order of creation */
    uint32_t instance_count;
    uint64_t instance_numbers; /* given out so far */
    uint32_t exchanges;        /* under way */
    size_t kept;               /* bytes of replies that wait for the rest of their batches */
    const char
        *engine; /* static: what titles run under on this host; NULL: no worker has said yet */
    json_t *sandbox_warnings;    /* owned: what the newest worker said, of its host too */
    char *worker_path, *openrpc; /* owned */
    char started[32];
    struct xe_timer refill; /* workers were taken from those that are ready: when to replace them */
    uint64_t refill_late_ms;
    bool draining;
    uint64_t drain_until_ms;
    struct xe_timer drained; /* wakes the loop then */
};

/* init, then set http, roots and paths, then run until told to stop, then fini. */
bool xe_daemon_init(struct xe_daemon *daemon, struct xe_error *err);
bool xe_daemon_run(struct xe_daemon *daemon, struct xe_error *err);
void xe_daemon_fini(struct xe_daemon *daemon);
void xe_daemon_drain(struct xe_daemon *daemon, uint32_t grace_s);

/* Another descriptor of the same file, close-on-exec; -1: there can be no more. */
int xe_daemon_dup(int fd);
/* The same of several; false: no more files can be open, and none of these is. */
bool xe_daemon_dup_files(const struct xe_link_files *from, struct xe_link_files *ret);
/* Open an image, the files beside it that a call's parameters name, and the folders of its drives,
 * its own among them, beneath the roots. false with err set: none is open. */
bool xe_daemon_open_images(struct xe_daemon *daemon, const char *image, const json_t *params,
                           struct xe_link_files *ret, struct xe_error *err);

/* Answer instance.create and replay.start. */
xe_rpc_handler xe_daemon_create, xe_daemon_replay;

/* Answer instance.fork. The parent has a worker. */
void xe_daemon_fork(struct xe_rpc_call *call, struct xe_instance_entry *parent);

/* Answer a request for an instance's newest picture, with a PNG file. */
void xe_daemon_picture(struct xe_daemon *daemon, struct xe_http_request *request);

/* Answer frame.diff. */
xe_rpc_handler xe_daemon_frame_diff;

/* Let the worker of the instance answer the call, with a file (given, -1: none). */
void xe_daemon_forward_with(struct xe_rpc_call *call, struct xe_instance_entry *entry, int fd);

/* The entry that a call names; NULL after failing the call. */
struct xe_instance_entry *xe_daemon_entry_of(struct xe_rpc_call *call);

/* The method handlers of the daemon. */
void xe_daemon_server(struct xe_daemon *daemon);

#endif
