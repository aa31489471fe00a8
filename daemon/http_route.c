/* Who may ask, and what is answered from a request's head alone; see http.h. On libmicrohttpd's
 * threads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "daemon/http_internal.h"
#include "rpc/api/rpc.h"

void xe__daemon_http_dress(const struct xe_http_request *request, struct MHD_Response *response)
{
    MHD_add_response_header(response, XE_HTTP_VERSION_HEADER, XE_RPC_VERSION);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    if (!request->origin[0])
        return;
    MHD_add_response_header(response, "Access-Control-Allow-Origin", request->origin);
    MHD_add_response_header(response, "Access-Control-Expose-Headers", XE_HTTP_VERSION_HEADER);
    MHD_add_response_header(response, "Vary", "Origin");
}

/* What a browser asks before it lets a page of another origin ask. */
static void dress_preflight(struct MHD_Response *response)
{
    MHD_add_response_header(response, "Access-Control-Allow-Methods", "GET, POST, PUT");
    MHD_add_response_header(response, "Access-Control-Allow-Headers",
                            "authorization, content-type");
    MHD_add_response_header(response, "Access-Control-Max-Age", "600");
}

static struct MHD_Response *response_of(struct xe_http_request *request,
                                        const struct xe_http_reply *answer)
{
    struct MHD_Response *response;
    struct stat st;

    if (!answer->file)
        return MHD_create_response_from_buffer(strlen(answer->text), (void *)answer->text,
                                               MHD_RESPMEM_MUST_COPY);
    if (fstat(request->file, &st) < 0)
        return NULL;
    response = MHD_create_response_from_fd64((uint64_t)st.st_size, request->file);
    if (response)
        request->file = -1;
    return response;
}

enum MHD_Result xe__daemon_http_respond(struct xe_http_request *request,
                                        const struct xe_http_reply *answer)
{
    struct MHD_Response *response = response_of(request, answer);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    xe__daemon_http_dress(request, response);
    if (answer->type)
        MHD_add_response_header(response, "Content-Type", answer->type);
    if (answer->header)
        MHD_add_response_header(response, answer->header, answer->value);
    if (answer->preflight)
        dress_preflight(response);
    result = MHD_queue_response(request->connection, answer->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- who may ask ---------------------------------------------------------------------------- */

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool is_host(const char *host, const char *name)
{
    size_t size = strlen(name);

    return !strncasecmp(host, name, size) && (!host[size] || host[size] == ':');
}

/* Names under which the listener may be asked: anything else is a page that was led here by its own
 * DNS. */
static bool host_allowed(struct xe_http *http, const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    bool found = false;

    for (size_t i = 0; host && i < sizeof(names) / sizeof(names[0]); i++)
        found |= is_host(host, names[i]);
    pthread_mutex_lock(&http->lock);
    for (size_t i = 0; host && i < http->host.count; i++)
        found |= is_host(host, http->host.name[i]);
    pthread_mutex_unlock(&http->lock);
    return found;
}

/* No page asks, or one that may. */
static bool origin_allowed(struct xe_http_request *request)
{
    const char *origin = header_of(request->connection, "Origin");
    struct xe_http *http = request->http;

    if (!origin)
        return true;
    pthread_mutex_lock(&http->lock);
    for (size_t i = 0; i < http->origin.count; i++)
        if (!strcmp(origin, http->origin.name[i]) && strlen(origin) < sizeof(request->origin))
            snprintf(request->origin, sizeof(request->origin), "%s", origin);
    pthread_mutex_unlock(&http->lock);
    return request->origin[0] != '\0';
}

void xe__daemon_http_names_free(struct xe_http_names *names)
{
    while (names->count > 0)
        free(names->name[--names->count]);
    free(names->name);
    names->name = NULL;
}

static bool copy_names(const char *const *from, size_t count, struct xe_http_names *ret)
{
    ret->name = calloc(count + 1, sizeof(*ret->name));
    for (; ret->name && ret->count < count; ret->count++)
        if (!(ret->name[ret->count] = strdup(from[ret->count])))
            break;
    return ret->name && ret->count == count;
}

bool xe_http_allow(struct xe_http *http, const char *const *host, size_t hosts,
                   const char *const *origin, size_t origins, struct xe_error *err)
{
    struct xe_http_names names[2] = {{NULL, 0}, {NULL, 0}}, old[2];
    bool ok = copy_names(host, hosts, &names[0]) && copy_names(origin, origins, &names[1]);

    if (ok) {
        pthread_mutex_lock(&http->lock);
        old[0] = http->host;
        old[1] = http->origin;
        http->host = names[0];
        http->origin = names[1];
        pthread_mutex_unlock(&http->lock);
    }
    for (int i = 0; i < 2; i++)
        xe__daemon_http_names_free(ok ? &old[i] : &names[i]);
    return ok || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for names");
}

/* A browser asks for a page that may ask; it brings no token. */
static bool is_preflight(const struct xe_http_request *request, const char *method)
{
    return request->origin[0] && !strcmp(method, "OPTIONS") &&
           header_of(request->connection, "Access-Control-Request-Method");
}

/* Why a caller is turned away, or NULL; *ret_known: it is one who may ask, for what his grant says.
 */
static const struct xe_http_reply *turn_away(struct xe_http_request *request, const char *url,
                                             const char *method, bool *ret_known)
{
    static const struct xe_http_reply preflight = {
        .status = MHD_HTTP_NO_CONTENT, .text = "", .preflight = true};
    static const struct xe_http_reply forbidden = {
        MHD_HTTP_FORBIDDEN,
        "text/plain",
        "forbidden: this host or origin is not allowed\n",
        NULL,
        NULL,
        false,
        false};
    static const struct xe_http_reply unauthorised = {
        MHD_HTTP_UNAUTHORIZED,
        "text/plain",
        "unauthorised: send Authorization: Bearer <token>; a token is in the daemon's cookie "
        "file (xe360d --cookie, by default xe360d.cookie beside its socket), token.create makes "
        "others, and xe360ctl --token-file FILE sends one\n",
        "WWW-Authenticate",
        "Bearer",
        false,
        false};
    const struct xe_visitor *visitor = request->visitor;
    const char *given;

    *ret_known = false;
    if (visitor->group->local) {
        *ret_known = visitor->owner;
        xe_grant_owner(&request->grant);
        return visitor->owner ? NULL : &forbidden;
    }
    if (!host_allowed(request->http, header_of(request->connection, "Host")) ||
        !origin_allowed(request))
        return &forbidden;
    if (is_preflight(request, method))
        return &preflight;
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
    static const struct xe_http_reply healthy = {MHD_HTTP_OK, "text/plain", "ok\n", NULL,
                                                 NULL,        false,        false};
    static const struct xe_http_reply draining = {
        MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain", "draining\n", NULL, NULL, false, false};

    if (!strcmp(url, "/healthz"))
        return &healthy;
    if (!strcmp(url, "/readyz"))
        return atomic_load(&http->draining) ? &draining : &healthy;
    *room = (struct xe_http_reply){
        MHD_HTTP_OK, "application/json", http->openrpc, NULL, NULL, false, false};
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
const struct xe_http_reply *xe__daemon_http_overload(const struct xe_http_request *request)
{
    static const struct xe_http_reply busy = {MHD_HTTP_TOO_MANY_REQUESTS,
                                              "text/plain",
                                              "too many requests under way\n",
                                              "Retry-After",
                                              "1",
                                              false,
                                              false};
    static const struct xe_http_reply draining = {
        MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain", "draining\n", NULL, NULL, false, false};
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
    static const struct xe_http_reply no_length = {
        MHD_HTTP_LENGTH_REQUIRED, "text/plain", "send Content-Length\n", NULL, NULL, false, false};
    static const struct xe_http_reply too_large = {MHD_HTTP_CONTENT_TOO_LARGE,
                                                   "text/plain",
                                                   "at most 256 KiB\n",
                                                   "Connection",
                                                   "close",
                                                   false,
                                                   false};
    static const struct xe_http_reply no_json = {
        MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
        "text/plain",
        "send Content-Type: application/json, in UTF-8, and no Content-Encoding\n",
        NULL,
        NULL,
        false,
        false};
    struct MHD_Connection *c = request->connection;
    const char *length = header_of(c, "Content-Length");

    if (!length && !header_of(c, "Transfer-Encoding"))
        return &no_length;
    if (length && strtoull(length, NULL, 10) > XE_RPC_BODY_MAX)
        return &too_large;
    if (!is_json(header_of(c, "Content-Type")) || header_of(c, "Content-Encoding"))
        return &no_json;
    return xe__daemon_http_overload(request);
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
    static const struct xe_http_reply missing = {MHD_HTTP_NOT_FOUND,
                                                 "text/plain",
                                                 "not found; the API is POST /v1/rpc\n",
                                                 NULL,
                                                 NULL,
                                                 false,
                                                 false};
    static const struct xe_http_reply only_post = {
        MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "only POST\n", "Allow", "POST", false, false};
    static const struct xe_http_reply only_get = {MHD_HTTP_METHOD_NOT_ALLOWED,
                                                  "text/plain",
                                                  "only GET\n",
                                                  "Allow",
                                                  "GET, HEAD",
                                                  false,
                                                  false};
    static const char artifacts[] = "/v1/artifacts/";
    const struct xe_http_reply *away = turn_away(request, url, method, ret_known);

    if (away)
        return away;
    if (!strcmp(url, "/v1/rpc"))
        return strcmp(method, "POST") ? &only_post : post_defect(request);
    if (!strncmp(url, artifacts, strlen(artifacts)))
        return xe__daemon_http_artifact(request, url + strlen(artifacts), method, room);
    if (!is_picture(url, request->picture_of) && strcmp(url, "/healthz") &&
        strcmp(url, "/readyz") && strcmp(url, "/openrpc.json"))
        return &missing;
    if (strcmp(method, "GET") && strcmp(method, "HEAD"))
        return &only_get;
    if (request->picture_of[0])
        return xe__daemon_http_overload(request);
    return get(request->http, url, room);
}
