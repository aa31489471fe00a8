/* Calls to a daemon: JSON-RPC over HTTP, on its UNIX socket or a URL with a token. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "clients/ctl/ctl.h"
#include "rpc/link/place.h"

#define TICK_MS 500

struct buffer {
    char *bytes; /* owned */
    size_t size;
};

static size_t take(char *bytes, size_t one, size_t count, void *ctx)
{
    struct buffer *buffer = ctx;
    char *more = realloc(buffer->bytes, buffer->size + one * count + 1);

    if (!more)
        return 0;
    buffer->bytes = more;
    memcpy(more + buffer->size, bytes, one * count);
    buffer->size += one * count;
    return one * count;
}

/* As the daemon chooses it; NULL: there is none, which was said. */
static char *default_socket(void)
{
    const char *env = getenv("XE360_SOCKET");
    struct xe_error err = XE_ERROR_INIT;
    char *path = NULL;

    if (env && *env)
        return strdup(env);
    if (!xe_link_place(false, &path, &err))
        ctl_fail("%s", err.text);
    return path;
}

/* "Authorization: Bearer ..." from the token file; NULL if there is none or it can't be read. */
static char *authorization(const char *path)
{
    char token[256] = "", *header = NULL;
    FILE *file = path ? fopen(path, "re") : NULL;

    if (path && !file)
        ctl_fail("token file '%s' cannot be read", path);
    if (!file)
        return NULL;
    if (!fgets(token, sizeof(token), file))
        token[0] = '\0';
    fclose(file);
    token[strcspn(token, "\r\n")] = '\0';
    if (asprintf(&header, "Authorization: Bearer %s", token) < 0)
        return NULL;
    return header;
}

static char *endpoint(const char *url)
{
    char *path = NULL;

    if (asprintf(&path, "%s%s/v1/rpc", strstr(url, "://") ? "" : "http://", url) < 0)
        return NULL;
    return path;
}

/* Where and how; the pieces must outlive the transfer. */
struct target {
    char *socket, *url, *auth; /* owned */
    struct curl_slist *headers;
};

/* false: the token can't be read, or there is no place for a socket, which was told. */
static bool aim(CURL *curl, const struct ctl_options *o, struct target *t)
{
    t->url = endpoint(o->url ? o->url : "localhost");
    t->socket = o->url ? NULL : o->socket ? strdup(o->socket) : default_socket();
    t->auth = authorization(o->token_file);
    t->headers = curl_slist_append(NULL, "Content-Type: application/json");
    t->headers = curl_slist_append(t->headers, "Expect:");
    if (t->auth)
        t->headers = curl_slist_append(t->headers, t->auth);
    curl_easy_setopt(curl, CURLOPT_URL, t->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, t->headers);
    if (t->socket)
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, t->socket);
    return (t->socket || o->url) && (!o->token_file || t->auth);
}

/* The daemon does not take the token, or there was none: which option, and what it said. */
static void fail_unauthorised(const struct ctl_options *o)
{
    if (o->token_file)
        ctl_fail("HTTP 401: the daemon does not know the token in '%s' (--token-file): it makes a "
                 "new one at each start; name the cookie file of the daemon at %s",
                 o->token_file, o->url ? o->url : "the socket");
    else
        ctl_fail("HTTP 401: the daemon wants its token: --token-file FILE, its cookie file (by "
                 "default xe360d.cookie beside its socket)");
}

static json_t *understand(struct ctl *ctl, long status, const struct buffer *reply)
{
    json_error_t where;
    json_t *object = NULL;

    ctl->exit = CTL_RPC;
    if (status == 200)
        object = json_loadb(reply->bytes ? reply->bytes : "", reply->size, 0, &where);
    if (status == 401)
        fail_unauthorised(&ctl->o);
    else if (status != 200)
        ctl_fail("the daemon answers HTTP %ld: %.*s", status,
                 (int)strcspn(reply->bytes ? reply->bytes : "", "\n"),
                 reply->bytes ? reply->bytes : "");
    else if (!json_is_object(object))
        ctl_fail("the daemon's answer is no JSON object");
    if (json_is_object(object))
        return object;
    json_decref(object);
    return NULL;
}

/* A call that somebody ended; NULL for a result. */
enum ending { ENDED, CANCELLED };

/* Wait for the transfer: signals are seen, and whoever else has to be. */
static enum ending perform(struct ctl *ctl, CURLM *multi, const char *method)
{
    struct ctl_attention *other = ctl->attention;
    struct curl_waitfd at[2] = {{.fd = ctl_signal_fd(), .events = CURL_WAIT_POLLIN},
                                {.events = CURL_WAIT_POLLIN}};
    int running = 1;

    while (curl_multi_perform(multi, &running) == CURLM_OK && running) {
        if (ctl_caught_signal())
            return CANCELLED;
        at[1].fd = other ? other->fd : -1;
        at[1].revents = 0;
        curl_multi_poll(multi, at, at[1].fd >= 0 ? 2 : 1, TICK_MS, NULL);
        if (at[1].revents && other->look(other))
            return CANCELLED;
        ctl_progress_tick(method);
    }
    return ENDED;
}

/* The same, with the transfer's code; false: it was cancelled, which was told. */
static bool transfer(struct ctl *ctl, CURL *curl, const char *method, CURLcode *ret_code)
{
    bool listened = ctl_listen(true), first = ctl_progress_begin();
    enum ending ending = CANCELLED;
    CURLMsg *message;
    int left;

    if (!ctl->curl)
        ctl->curl = curl_multi_init();
    *ret_code = CURLE_FAILED_INIT;
    if (curl_multi_add_handle(ctl->curl, curl) == CURLM_OK) {
        ending = perform(ctl, ctl->curl, method);
        while ((message = curl_multi_info_read(ctl->curl, &left)))
            if (message->msg == CURLMSG_DONE)
                *ret_code = message->data.result;
        curl_multi_remove_handle(ctl->curl, curl);
    }
    if (first)
        ctl_progress_end();
    ctl_listen(listened);
    if (ending == ENDED)
        return true;
    if (ctl_caught_signal())
        ctl_fail("%s: cancelled before the daemon answered", ctl_signal_text());
    ctl->exit = CTL_CANCELLED;
    return false;
}

void ctl_http_end(struct ctl *ctl)
{
    curl_multi_cleanup(ctl->curl);
    ctl->curl = NULL;
}

json_t *ctl_http(struct ctl *ctl, const char *method, json_t *params)
{
    json_t *request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id", 1, "method", method,
                                "params", params);
    char *text = json_dumps(request, JSON_COMPACT);
    CURL *curl = curl_easy_init();
    struct buffer reply = {NULL, 0};
    struct target target = {NULL, NULL, NULL, NULL};
    json_t *object = NULL;
    CURLcode code;
    long status = 0;

    if (!aim(curl, &ctl->o, &target)) {
        ctl->exit = CTL_USAGE;
        goto done;
    }
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply);
    if (!transfer(ctl, curl, method, &code))
        goto done;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK) {
        object = understand(ctl, status, &reply);
    } else {
        ctl_fail("no daemon at %s: %s (start one: xe360d --root DIR)",
                 target.socket ? target.socket : target.url, curl_easy_strerror(code));
        ctl->exit = CTL_UNAVAILABLE;
    }
done:
    curl_slist_free_all(target.headers);
    curl_easy_cleanup(curl);
    json_decref(request);
    free(target.socket);
    free(target.url);
    free(target.auth);
    free(reply.bytes);
    free(text);
    return object;
}
