/* Who may ask, and what is answered from a request's head alone; see http.h. On libmicrohttpd's
 * threads. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/http_internal.h"
#include "rpc/api/rpc.h"

enum MHD_Result xe__daemon_http_respond(struct MHD_Connection *connection,
                                        const struct xe_http_reply *answer)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(answer->text), (void *)answer->text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, XE_HTTP_VERSION_HEADER, XE_RPC_VERSION);
    if (answer->type)
        MHD_add_response_header(response, "Content-Type", answer->type);
    if (answer->header)
        MHD_add_response_header(response, answer->header, answer->value);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    result = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- who may ask ---------------------------------------------------------------------------- */

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Names under which a loopback listener may be asked: anything else is a page that was led here by
 * its own DNS. */
static bool host_allowed(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};

    for (size_t i = 0; host && i < sizeof(names) / sizeof(names[0]); i++) {
        size_t size = strlen(names[i]);

        if (!strncasecmp(host, names[i], size) && (!host[size] || host[size] == ':'))
            return true;
    }
    return false;
}

/* Why a caller is turned away, or NULL; *ret_known: it is one who may ask, for what his grant says.
 */
static const struct xe_http_reply *turn_away(struct xe_http_request *request, const char *url,
                                             bool *ret_known)
{
    static const struct xe_http_reply forbidden = {
        MHD_HTTP_FORBIDDEN, "text/plain", "forbidden: this host or origin is not allowed\n", NULL,
        NULL};
    static const struct xe_http_reply unauthorised = {
        MHD_HTTP_UNAUTHORIZED, "text/plain",
        "unauthorised: send Authorization: Bearer <token>; a token is in the daemon's cookie "
        "file (xe360d --cookie, by default xe360d.cookie beside its socket), token.create makes "
        "others, and xe360ctl --token-file FILE sends one\n",
        "WWW-Authenticate", "Bearer"};
    const struct xe_visitor *visitor = request->visitor;
    const char *given;

    *ret_known = false;
    if (visitor->group->local) {
        *ret_known = visitor->owner;
        xe_grant_owner(&request->grant);
        return visitor->owner ? NULL : &forbidden;
    }
    if (!host_allowed(header_of(request->connection, "Host")) ||
        header_of(request->connection, "Origin"))
        return &forbidden;
    if (!strcmp(url, "/healthz") || !strcmp(url, "/readyz"))
        return NULL;
    given = header_of(request->connection, "Authorization");
    if (!given || strncasecmp(given, "Bearer ", 7) ||
        !xe_keyring_check(request->http->keyring, given + 7, &request->grant))
        return &unauthorised;
    *ret_known = true;
    return NULL;
}

/* ---- what they ask -------------------------------------------------------------------------- */

static const struct xe_http_reply *get(const struct xe_http *http, const char *url,
                                       struct xe_http_reply *room)
{
    static const struct xe_http_reply healthy = {MHD_HTTP_OK, "text/plain", "ok\n", NULL, NULL};
    static const struct xe_http_reply draining = {MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain",
                                                  "draining\n", NULL, NULL};

    if (!strcmp(url, "/healthz"))
        return &healthy;
    if (!strcmp(url, "/readyz"))
        return atomic_load(&http->draining) ? &draining : &healthy;
    *room = (struct xe_http_reply){MHD_HTTP_OK, "application/json", http->openrpc, NULL, NULL};
    return room;
}

/* Of a type's parameters none changes how JSON is read but charset, and that is UTF-8. */
static bool is_utf8(const char *parameters)
{
    static const char *const forms[] = {"charset=utf-8", "charset=\"utf-8\""};

    parameters += strspn(parameters, " \t");
    if (!*parameters)
        return true;
    if (*parameters != ';')
        return false;
    parameters += 1 + strspn(parameters + 1, " \t");
    return !strcasecmp(parameters, forms[0]) || !strcasecmp(parameters, forms[1]);
}

/* application/json, and what the draft "JSON-RPC over HTTP" wants clients to send. No type that a
 * web page may send to another origin unasked is among them. */
static bool is_json(const char *type)
{
    static const char *const types[] = {"application/json", "application/json-rpc",
                                        "application/jsonrequest"};
    size_t size = type ? strcspn(type, "; \t") : 0;

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strlen(types[i]) == size && !strncasecmp(type, types[i], size))
            return is_utf8(type + size);
    return false;
}

/* Why nothing that the owner has to answer is taken now, or NULL. */
static const struct xe_http_reply *overload(const struct xe_http_request *request)
{
    static const struct xe_http_reply busy = {MHD_HTTP_TOO_MANY_REQUESTS, "text/plain",
                                              "too many requests under way\n", "Retry-After", "1"};
    static const struct xe_http_reply draining = {MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain",
                                                  "draining\n", NULL, NULL};
    const struct xe_http *http = request->http;

    if (atomic_load(&http->draining))
        return &draining;
    if (atomic_load(&request->listener->group->busy) >= http->requests_max ||
        atomic_load(&request->listener->held) >= XE_HTTP_ABANDONED_MAX * http->requests_max)
        return &busy;
    return NULL;
}

/* Why a POST to /v1/rpc cannot be taken, or NULL. */
static const struct xe_http_reply *post_defect(const struct xe_http_request *request)
{
    static const struct xe_http_reply no_length = {MHD_HTTP_LENGTH_REQUIRED, "text/plain",
                                                   "send Content-Length\n", NULL, NULL};
    static const struct xe_http_reply too_large = {MHD_HTTP_CONTENT_TOO_LARGE, "text/plain",
                                                   "at most 256 KiB\n", "Connection", "close"};
    static const struct xe_http_reply no_json = {
        MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "text/plain",
        "send Content-Type: application/json, in UTF-8, and no Content-Encoding\n", NULL, NULL};
    struct MHD_Connection *c = request->connection;
    const char *length = header_of(c, "Content-Length");

    if (!length && !header_of(c, "Transfer-Encoding"))
        return &no_length;
    if (length && strtoull(length, NULL, 10) > XE_RPC_BODY_MAX)
        return &too_large;
    if (!is_json(header_of(c, "Content-Type")) || header_of(c, "Content-Encoding"))
        return &no_json;
    return overload(request);
}

/* /v1/instances/ID/frame.png; ret_id is written to only then. */
static bool is_picture(const char *url, char ret_id[XE_HTTP_PICTURE_OF])
{
    static const char first[] = "/v1/instances/", last[] = "/frame.png";
    const char *id = url + strlen(first), *end;

    if (strncmp(url, first, strlen(first)))
        return false;
    end = strchr(id, '/');
    if (!end || end == id || end - id >= XE_HTTP_PICTURE_OF || strcmp(end, last))
        return false;
    memcpy(ret_id, id, (size_t)(end - id));
    ret_id[end - id] = '\0';
    return true;
}

const struct xe_http_reply *xe__daemon_http_route(struct xe_http_request *request, const char *url,
                                                  const char *method, bool *ret_known,
                                                  struct xe_http_reply *room)
{
    static const struct xe_http_reply missing = {
        MHD_HTTP_NOT_FOUND, "text/plain", "not found; the API is POST /v1/rpc\n", NULL, NULL};
    static const struct xe_http_reply only_post = {MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
                                                   "only POST\n", "Allow", "POST"};
    static const struct xe_http_reply only_get = {MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
                                                  "only GET\n", "Allow", "GET, HEAD"};
    const struct xe_http_reply *away = turn_away(request, url, ret_known);

    if (away)
        return away;
    if (!strcmp(url, "/v1/rpc"))
        return strcmp(method, "POST") ? &only_post : post_defect(request);
    if (!is_picture(url, request->picture_of) && strcmp(url, "/healthz") &&
        strcmp(url, "/readyz") && strcmp(url, "/openrpc.json"))
        return &missing;
    if (strcmp(method, "GET") && strcmp(method, "HEAD"))
        return &only_get;
    if (request->picture_of[0])
        return overload(request);
    return get(request->http, url, room);
}
