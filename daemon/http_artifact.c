/* /v1/artifacts/HASH: files that come, written to disk as they come, and files that go; see http.h.
 *
 * A piece is hashed and given to the kernel here, which takes no time while it has memory to write
 * to; what waits for the disk is done at the end, elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/http_internal.h"

/* A body may take so long, and a second more for each so many bytes. */
#define PATIENCE_MS     10000u
#define BYTES_A_MS      256u
#define PATIENCE_MAX_MS (24u * 3600u * 1000u)

/* The answer to a PUT that fails says what an error of a method does. */
static const struct xe_http_reply *problem(struct xe_http_request *request,
                                           const struct xe_error *err, struct xe_http_reply *ret)
{
    json_t *body = json_pack("{s:o}", "error", xe_rpc_error(err, NULL));
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

    snprintf(request->problem, sizeof(request->problem), "%s", text ? text : "{}");
    free(text);
    json_decref(body);
    *ret = (struct xe_http_reply){.status = MHD_HTTP_INTERNAL_SERVER_ERROR,
                                  .type = "application/json",
                                  .text = request->problem};
    if (err->code == XE_ERR_QUOTA_EXCEEDED)
        ret->status = MHD_HTTP_CONTENT_TOO_LARGE;
    else if (err->code == XE_ERR_ARTIFACT_NOT_FOUND)
        ret->status = MHD_HTTP_NOT_FOUND;
    return ret;
}

static const struct xe_http_reply *send_file(struct xe_http_request *request, const char *sha256,
                                             struct xe_http_reply *room)
{
    struct xe_error err = XE_ERROR_INIT;

    request->file = xe_depot_open(request->http->depot, sha256, &err);
    if (request->file < 0)
        return problem(request, &err, room);
    *room = (struct xe_http_reply){
        .status = MHD_HTTP_OK, .type = "application/octet-stream", .file = true};
    return room;
}

static const char *header(const struct xe_http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

static const struct xe_http_reply *take_file(struct xe_http_request *request, const char *sha256,
                                             struct xe_http_reply *room)
{
    static const struct xe_http_reply no_length = {
        .status = MHD_HTTP_LENGTH_REQUIRED, .type = "text/plain", .text = "send Content-Length\n"};
    const struct xe_http_reply *busy = xe__daemon_http_overload(request);
    const char *length = header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    uint64_t size = length ? strtoull(length, NULL, 10) : 0;
    uint64_t patience = PATIENCE_MS + size / BYTES_A_MS;
    struct xe_error err = XE_ERROR_INIT;

    if (busy)
        return busy;
    if (!length && !header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING))
        return &no_length;
    request->upload = xe_upload_begin(request->http->depot, sha256, size, &err);
    if (!request->upload)
        return problem(request, &err, room);
    xe_visitor_allow(request->visitor,
                     patience < PATIENCE_MAX_MS ? (uint32_t)patience : PATIENCE_MAX_MS);
    return NULL;
}

const struct xe_http_reply *xe__daemon_http_artifact(struct xe_http_request *request,
                                                     const char *sha256, const char *method,
                                                     struct xe_http_reply *room)
{
    static const struct xe_http_reply
        no_name = {.status = MHD_HTTP_NOT_FOUND,
                   .type = "text/plain",
                   .text =
                       "an artifact's name is its SHA-256: 64 hexadecimal digits, small ones\n"},
        nothing_kept = {.status = MHD_HTTP_NOT_FOUND,
                        .type = "text/plain",
                        .text = "this xe360d keeps no artifacts: start it with --state-dir\n"},
        no_scope = {.status = MHD_HTTP_FORBIDDEN,
                    .type = "text/plain",
                    .text = "forbidden: PUT needs a token with scope run, GET one with read\n"},
        others = {.status = MHD_HTTP_METHOD_NOT_ALLOWED,
                  .type = "text/plain",
                  .text = "only GET and PUT\n",
                  .header = "Allow",
                  .value = "GET, HEAD, PUT"};
    bool put = !strcmp(method, "PUT");

    if (!put && strcmp(method, "GET") && strcmp(method, "HEAD"))
        return &others;
    if (!xe_depot_is_name(sha256))
        return &no_name;
    if (!request->http->depot)
        return &nothing_kept;
    if (!(request->grant.caller.scopes & (put ? XE_RPC_RUN : XE_RPC_READ)))
        return &no_scope;
    return put ? take_file(request, sha256, room) : send_file(request, sha256, room);
}

bool xe__daemon_http_upload(struct xe_http_request *request, const char *bytes, size_t size)
{
    struct xe_error err = XE_ERROR_INIT;

    if (xe_upload_write(request->upload, bytes, size, &err))
        return true;
    xe_upload_abort(request->upload);
    request->upload = NULL;
    problem(request, &err, &request->answer);
    return false;
}

bool xe_http_is_upload(const struct xe_http_request *request)
{
    return request->upload;
}

struct xe_upload *xe_http_take_upload(struct xe_http_request *request)
{
    struct xe_upload *upload = request->upload;

    request->upload = NULL;
    return upload;
}
