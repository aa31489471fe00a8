/* frame.diff: the other picture goes to the instance's worker as a file, wherever it is from: the
 * call itself, a file beneath a root, another instance's worker. Nobody here looks at it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nettle/base64.h>

#include "daemon/daemon.h"
#include "daemon/shelf_internal.h"
#include "rpc/api/rows.h"

static int file_of(const uint8_t *bytes, size_t size)
{
    int fd = memfd_create("xe360-picture", MFD_CLOEXEC);

    if (fd >= 0 && xe__daemon_shelf_write_all(fd, bytes, size) && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* What a text says in base64, as a file; -1 with err set. */
static int file_of_text(const char *text, struct xe_error *err)
{
    size_t length = strlen(text), size = BASE64_DECODE_LENGTH(length);
    uint8_t *bytes = malloc(size + 1);
    struct base64_decode_ctx ctx;
    int fd = -1;

    base64_decode_init(&ctx);
    if (!bytes)
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a picture");
    else if (!base64_decode_update(&ctx, &size, bytes, length, text) || !base64_decode_final(&ctx))
        xe_error_set(err, XE_ERR_INVALID_PARAMS, "png: expected base64");
    else if ((fd = file_of(bytes, size)) < 0)
        xe_error_set(err, XE_ERR_OVERLOADED, "no file for a picture: %s", strerror(errno));
    free(bytes);
    return fd;
}

/* The call may have lasted: its instance is looked for again. */
static void ask(struct xe_rpc_call *call, int fd, const struct xe_error *err)
{
    struct xe_instance_entry *entry = fd >= 0 ? xe_daemon_entry_of(call) : NULL;

    if (fd < 0)
        xe_rpc_fail(call, err);
    else if (entry)
        xe_daemon_forward_with(call, entry, fd);
    else
        close(fd);
}

static void other_came(void *ctx, json_t *result, json_t *error)
{
    struct xe_rpc_call *call = ctx;
    const char *png = json_string_value(json_object_get(result, "png"));
    struct xe_error err = XE_ERROR_INIT;

    if (error)
        xe_rpc_fail_json(call, error);
    else
        ask(call, file_of_text(png ? png : "", &err), &err);
    json_decref(result);
}

static void ask_other(struct xe_rpc_call *call)
{
    const char *id = xe_rpc_arg_string(call, "with");
    struct xe_instance_entry *other = xe_daemon_instances_find(call->ctx, id);
    struct xe_error err = XE_ERROR_INIT;
    json_t *params;

    if (!other || !other->worker) {
        if (other)
            xe_error_set(&err, XE_ERR_WORKER_LOST, "instance %s is lost: %s", other->id,
                         other->reason);
        else
            xe_error_set(&err, XE_ERR_INSTANCE_NOT_FOUND, "there is no instance '%s'", id);
        xe_rpc_fail(call, &err);
        return;
    }
    params = json_pack("{s:s, s:b}", "instance", other->id, "png", 1);
    xe_worker_ask(other->worker, "frame.get", params, -1, &xe_rpc_picture, other_came, call);
    json_decref(params);
}

void xe_daemon_frame_diff(struct xe_rpc_call *call)
{
    struct xe_daemon *daemon = call->ctx;
    const char *png = xe_rpc_arg_string(call, "png"), *file = xe_rpc_arg_string(call, "file");
    bool with = xe_rpc_has(call, "with");
    struct xe_error err = XE_ERROR_INIT;
    int fd;

    if (!xe_daemon_entry_of(call))
        return;
    if (with + (png != NULL) + (file != NULL) != 1) {
        xe_error_set(&err, XE_ERR_INVALID_PARAMS, "expected one of 'with', 'png' and 'file'");
        xe_rpc_fail(call, &err);
    } else if (with) {
        ask_other(call);
    } else {
        fd = png ? file_of_text(png, &err) : xe_roots_open(&daemon->roots, file, &err);
        json_object_del(call->params, "png");
        ask(call, fd, &err);
    }
}
