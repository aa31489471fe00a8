/* Shared by the files of the HTTP transport; see http.h. */
#ifndef XE_DAEMON_HTTP_INTERNAL_H
#define XE_DAEMON_HTTP_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <microhttpd.h>

#include "daemon/door.h"
#include "daemon/http.h"

#define XE_HTTP_VERSION_HEADER "X-Xe360d-Rpc-Version"
#define XE_HTTP_PICTURE_OF     65 /* bytes of an instance's id or name with its NUL */
#define XE_HTTP_ORIGIN         256
#define XE_HTTP_ABANDONED_MAX  4 /* times requests_max: unanswered, and nobody waits any more */

struct xe_http_listener {
    const struct xe_door_group *group;
    atomic_uint held; /* requests that the owner has, or will take */
};

/* Names, each owned, as the array is. */
struct xe_http_names {
    char **name;
    size_t count;
};

struct xe_http {
    struct MHD_Daemon *daemon;
    struct xe_door door;                 /* the thread's, as the daemon is */
    struct xe_visitor *arriving;         /* likewise: whom the library is told of */
    struct xe_http_listener listener[2]; /* by the groups of the door             */
    struct xe_depot *depot;
    struct xe_keyring *keyring;
    const char *openrpc;
    uint32_t requests_max;
    int owner_event, thread_event; /* eventfds: work for the owner, for the thread */
    pthread_t thread;
    bool started; /* there is a thread */
    atomic_bool draining;
    atomic_uint abandoned; /* requests that are not answered, and whose visitor is gone */
    pthread_mutex_t lock;
    struct xe_http_names host, origin;     /* guarded by lock */
    bool stopping;                         /* guarded by lock: nothing is queued any more   */
    bool ending;                           /* likewise: the thread is to end                */
    struct xe_http_request *first, **last; /* likewise: for the owner                       */
    struct xe_http_request *answered;      /* likewise: for the thread                      */
};

/* An answer that is known beforehand. */
struct xe_http_reply {
    unsigned status;
    const char *type, *text;
    const char *header, *value; /* one more header, or NULL */
    bool preflight;             /* what a page of another origin may ask */
    bool file;                  /* what the request has open, instead of a text */
};

enum xe_http_phase {
    XE_HTTP_READING,
    XE_HTTP_KNOWN, /* the answer is, and needs no owner */
    XE_HTTP_QUEUED,
    XE_HTTP_ANSWERED,
    XE_HTTP_ABANDONED
};

struct xe_http_request {
    struct xe_http *http;
    struct xe_http_listener *listener;
    struct MHD_Connection *connection;
    struct xe_visitor *visitor;
    struct xe_http_request *next;
    atomic_uint refs; /* libmicrohttpd's, and the owner's from XE_HTTP_QUEUED until it answers */
    struct xe_grant grant;       /* who asks */
    struct xe_upload *upload;    /* owned: of a PUT, as far as it has come */
    int file;                    /* owned: to be answered; -1: none */
    char problem[1024];          /* text of an answer that is known */
    char origin[XE_HTTP_ORIGIN]; /* of the page that asks, which may; empty: none does */
    enum xe_http_phase phase;    /* from XE_HTTP_QUEUED on guarded by the lock */
    struct xe_http_reply answer; /* of XE_HTTP_KNOWN */
    bool discarding;             /* the body is too long: read on, keep nothing */
    char *body;                  /* owned */
    size_t size, capacity, seen;
    struct xe_rpc_text reply; /* owned; of no bytes: 204 */
    unsigned reply_status;
    const char *reply_type;              /* static */
    char picture_of[XE_HTTP_PICTURE_OF]; /* an instance; empty: it is not about a picture */
};

enum MHD_Result xe__daemon_http_respond(struct xe_http_request *request,
                                        const struct xe_http_reply *answer);
/* What every answer says. */
void xe__daemon_http_dress(const struct xe_http_request *request, struct MHD_Response *response);
/* Of /v1/artifacts/HASH: the answer; NULL: a body is to come. */
const struct xe_http_reply *xe__daemon_http_artifact(struct xe_http_request *request,
                                                     const char *sha256, const char *method,
                                                     struct xe_http_reply *room);
/* More of it has come; false: request->answer says why it is not taken. */
bool xe__daemon_http_upload(struct xe_http_request *request, const char *bytes, size_t size);
const struct xe_http_reply *xe__daemon_http_overload(const struct xe_http_request *request);
void xe__daemon_http_names_free(struct xe_http_names *names);

/* The answer to what can be answered from the head alone, in room or static; NULL: read the body.
 * *ret_known: the head is of one who may ask everything. */
const struct xe_http_reply *xe__daemon_http_route(struct xe_http_request *request, const char *url,
                                                  const char *method, bool *ret_known,
                                                  struct xe_http_reply *room);

#endif
