/* GET /v1/instances/ID/frame.png: frame.get as a file, for who can load a picture and speaks no
 * JSON-RPC. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "daemon/daemon.h"

struct picture {
    struct xe_daemon *daemon;
    struct xe_http_request *request;
};

static void answer_error(struct xe_http_request *request, const json_t *error)
{
    static const struct {
        const char *kind;
        unsigned status;
    } rows[] = {{"instance_not_found", 404},
                {"instance_wrong_state", 409},
                {"worker_lost", 410},
                {"unauthorised", 403}};
    const char *kind = json_string_value(json_object_get(json_object_get(error, "data"), "kind"));
    const char *message = json_string_value(json_object_get(error, "message"));
    struct xe_rpc_text answer = {0};
    unsigned status = 500;
    char text[512];
    int size = snprintf(text, sizeof(text), "%.500s\n", message ? message : "failed");

    for (size_t i = 0; kind && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!strcmp(kind, rows[i].kind))
            status = rows[i].status;
    xe_rpc_text_give(&answer, strdup(text), (size_t)size);
    xe_http_answer_as(request, status, "text/plain", &answer);
}

/* false: it is no base64. */
static bool answer_png(struct xe_http_request *request, const json_t *png)
{
    size_t length = json_string_length(png), size = BASE64_DECODE_LENGTH(length);
    uint8_t *bytes = malloc(size + 1);
    struct base64_decode_ctx ctx;
    struct xe_rpc_text answer = {0};
    bool ok;

    base64_decode_init(&ctx);
    ok = bytes && base64_decode_update(&ctx, &size, bytes, length, json_string_value(png)) &&
         base64_decode_final(&ctx);
    if (!ok) {
        free(bytes);
        return false;
    }
    xe_rpc_text_give(&answer, (char *)bytes, size);
    xe_http_answer_as(request, 200, "image/png", &answer);
    return true;
}

static void done(void *ctx, struct xe_rpc_text *reply)
{
    struct picture *picture = ctx;
    char *text = xe_rpc_text_join(reply);
    json_t *answer = text ? json_loadb(text, reply->size, 0, NULL) : NULL;
    const json_t *png = json_object_get(json_object_get(answer, "result"), "png");

    picture->daemon->exchanges--;
    if (!png || !answer_png(picture->request, png))
        answer_error(picture->request, json_object_get(answer, "error"));
    json_decref(answer);
    free(text);
    free(picture);
}

void xe_daemon_picture(struct xe_daemon *daemon, struct xe_http_request *request)
{
    struct picture *picture = malloc(sizeof(*picture));
    json_t *call =
        json_pack("{s:s, s:i, s:s, s:{s:s, s:b}}", "jsonrpc", "2.0", "id", 1, "method", "frame.get",
                  "params", "instance", xe_http_picture_of(request), "png", 1);
    char *text = call ? json_dumps(call, JSON_COMPACT) : NULL;

    json_decref(call);
    if (picture && text) {
        *picture = (struct picture){daemon, request};
        daemon->exchanges++;
        xe_rpc_exchange(&daemon->server, text, strlen(text), xe_http_caller(request), done,
                        picture);
    } else {
        struct xe_rpc_text none = {0};

        free(picture);
        xe_rpc_text_add(&none, "out of memory\n");
        xe_http_answer_as(request, 500, "text/plain", &none);
    }
    free(text);
}
