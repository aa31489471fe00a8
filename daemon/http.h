/* HTTP around JSON-RPC (xe360-rpc(7)): a UNIX socket always, loopback TCP when asked.
 *
 * A thread of its own has the connections (door.h) and libmicrohttpd, reads requests and writes
 * answers, and never waits for one of them. A whole request is put into a queue, its connection
 * suspended, and the owner woken through an eventfd; xe_http_answer brings the answer back the same
 * way. The two lists have a lock, a request belongs to one side at a time, and nothing else is
 * shared.
 */
#ifndef XE_DAEMON_HTTP_H
#define XE_DAEMON_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/depot.h"
#include "daemon/keyring.h"
#include "rpc/api/text.h"
#include "xe/error.h"

struct xe_http;
struct xe_http_request;

struct xe_http_options {
    struct xe_depot *depot;     /* for PUT /v1/artifacts/HASH; NULL: none; borrowed  */
    struct xe_keyring *keyring; /* whose tokens TCP callers must bring; borrowed     */
    const char *openrpc;        /* text of /openrpc.json; borrowed for ever          */
    /* Both of each listener by itself: what is done over TCP takes nothing from the UNIX socket. */
    uint32_t requests_max;    /* under way at once; more are told to come later */
    uint32_t connections_max; /* for another, one that says nothing is closed   */
};

/* Serve on listening sockets, a UNIX one and, unless it is -1, a TCP one. They are taken over, and
 * set to -1. */
struct xe_http *xe_http_start(const struct xe_http_options *options, int *unix_fd, int *tcp_fd,
                              struct xe_error *err);
void xe_http_stop(struct xe_http *http);

/* Readable when requests are there, or the last outstanding one was sent: call xe_http_take until
 * NULL. */
int xe_http_descriptor(const struct xe_http *http);

/* The next request to answer; NULL if there is none. It is answered even when its peer is gone. */
struct xe_http_request *xe_http_take(struct xe_http *http);
const char *xe_http_body(const struct xe_http_request *request, size_t *ret_size);
/* Who asks; until it is answered. */
const struct xe_rpc_caller *xe_http_caller(const struct xe_http_request *request);
/* The instance whose picture it asks for by GET; NULL: it is a POST with a body. */
const char *xe_http_picture_of(const struct xe_http_request *request);

/* A PUT, all of which has come: take what came of it. */
bool xe_http_is_upload(const struct xe_http_request *request);
struct xe_upload *xe_http_take_upload(struct xe_http_request *request);

/* Send the answer, which is taken (of no bytes: 204), and forget the request. */
void xe_http_answer(struct xe_http_request *request, struct xe_rpc_text *reply);

/* The same with something else than JSON; type is static. */
void xe_http_answer_as(struct xe_http_request *request, unsigned status, const char *type,
                       struct xe_rpc_text *reply);

/* From now on take these names in Host, beside those of loopback, and requests of pages of these
 * origins; all are copied. false: no memory, and nothing has changed. Any thread. */
bool xe_http_allow(struct xe_http *http, const char *const *host, size_t hosts,
                   const char *const *origin, size_t origins, struct xe_error *err);

/* From now on new requests are told 503. */
void xe_http_drain(struct xe_http *http);
/* Requests that are not answered, or whose answer is not sent, to peers that are there. */
uint32_t xe_http_outstanding(const struct xe_http *http);
/* Requests that were taken, are not answered, and whose peers are gone. */
uint32_t xe_http_abandoned(const struct xe_http *http);

#endif
