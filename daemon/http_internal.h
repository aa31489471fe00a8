/* Shared by the files of the HTTP transport; see http.h. */
#ifndef XE_DAEMON_HTTP_INTERNAL_H
#define XE_DAEMON_HTTP_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <microhttpd.h>

#include "daemon/http.h"
#include "daemon/peers.h"

#define XE_HTTP_VERSION_HEADER "X-Xe360d-Rpc-Version"
#define XE_HTTP_ABANDONED_MAX  4 /* times requests_max: unanswered, and nobody waits any more */

struct xe_http_listener {
    struct xe_http *http;
    struct MHD_Daemon *daemon;
    bool local; /* UNIX socket */
    struct xe_peer_group *peers;
    atomic_uint busy; /* requests that are read, waited for or answered */
    atomic_uint held; /* requests that the owner has, or will take */
};

struct xe_http {
    struct xe_http_listener listener[2];
    char token[129];
    const char *openrpc;
    uint32_t requests_max;
    int eventfd;
    atomic_bool draining;
    uint32_t abandoned; /* the owner's: of the requests it has, those whose peer is gone */
    struct xe_peers peers;
    pthread_mutex_t lock;
    bool stopping;                         /* guarded by lock */
    struct xe_http_request *first, **last; /* guarded by lock */
};

enum xe_http_phase {
    XE_HTTP_READING,
    XE_HTTP_REFUSED,
    XE_HTTP_QUEUED,
    XE_HTTP_ANSWERED,
    XE_HTTP_ABANDONED
};

struct xe_http_request {
    struct xe_http_listener *listener;
    struct MHD_Connection *connection;
    struct xe_peer *peer;
    struct xe_http_request *next;
    atomic_uint refs; /* libmicrohttpd's, and the owner's from XE_HTTP_QUEUED until it answers */
    enum xe_http_phase phase;
    bool counted;    /* in busy */
    bool discarding; /* the body is too long: read on, keep nothing */
    char *body;      /* owned */
    size_t size, capacity, seen;
    char *reply; /* owned; NULL: 204 */
    size_t reply_size;
};

/* An answer that is known beforehand. */
struct xe_http_reply {
    unsigned status;
    const char *type, *text;
    const char *header, *value; /* one more header, or NULL */
};

enum MHD_Result xe__daemon_http_respond(struct MHD_Connection *connection,
                                        const struct xe_http_reply *answer);

/* The answer to what can be answered from the head alone, in room or static; NULL: read the body.
 * *ret_known: the head is of one who may ask everything. */
const struct xe_http_reply *xe__daemon_http_route(const struct xe_http_request *request,
                                                  const char *url, const char *method,
                                                  bool *ret_known, struct xe_http_reply *room);

#endif
