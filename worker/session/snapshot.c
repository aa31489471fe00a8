/* snapshot.save and snapshot.load as the worker answers them: the file itself goes and comes as a
 * descriptor; names are the parent's business. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

#define FILE_MAX (1u << 30) /* what can be given back to a worker */

/* A sealed file of these bytes; -1 with err set. */
static int file_of(const uint8_t *bytes, size_t size, struct xe_error *err)
{
    int fd = memfd_create("xe360-snapshot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    size_t done = 0;

    while (fd >= 0 && done < size) {
        ssize_t n = write(fd, bytes + done, size - done);

        if (n <= 0)
            break;
        done += (size_t)n;
    }
    if (fd >= 0 && done == size &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a file of %zu bytes", size);
    return -1;
}

void xe__rpc_snapshot_save(struct xe_rpc_call *call)
{
    struct xe_session *session = xe__session(call);
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *bytes;
    size_t size;
    int fd = -1;

    if (!instance)
        return;
    bytes = xe_instance_snapshot_save(instance, &session->breath, &size, &err);
    if (bytes && size > FILE_MAX)
        xe_error_set(&err, XE_ERR_RANGE_TOO_LARGE, "a snapshot of %zu bytes, at most %u", size,
                     FILE_MAX);
    else if (bytes)
        fd = file_of(bytes, size, &err);
    xe_instance_state_free(bytes);
    if (fd < 0) {
        xe_rpc_fail(call, &err);
        return;
    }
    session->host.give_files(session->host.ctx, &fd, 1);
    xe__session_reply_changed(call, instance);
    close(fd);
}

/* What the instance's newest state is called from now on. */
static json_t *loaded(struct xe_rpc_call *call, struct xe_instance *instance)
{
    const struct xe_stop_info *stop = xe_instance_stop_info(instance);
    struct xe_rpc_moved_view view = xe__rpc_session_moved(call, instance);
    struct xe_digest digest;
    char text[XE_DIGEST_TEXT];

    xe_instance_digest(instance, &digest);
    xe_digest_text(digest.hash, text);
    view.name = xe_rpc_arg_string(call, "name");
    view.digest = text;
    view.has_stopped = stop->reason != XE_STOP_NONE;
    if (view.has_stopped)
        view.stop = xe__rpc_session_stop_at(instance, stop, xe_instance_stop_detail(instance));
    return xe_rpc_write(&xe_rpc_snapshot_loaded, &view);
}

static bool load(struct xe_rpc_call *call, struct xe_instance *instance, struct xe_error *err)
{
    struct xe_session *session = xe__session(call);
    void *file;
    size_t size;
    bool ok;

    if (session->active)
        return xe_error_set(err, XE_ERR_RUN_IN_PROGRESS, "run r-%llu is going on",
                            (unsigned long long)session->runs);
    if (!session->host.take_file(session->host.ctx, &session->breath, &file, &size, err))
        return false;
    ok = xe_instance_snapshot_load(instance, file, size, &session->breath, err);
    free(file);
    return ok;
}

void xe__rpc_snapshot_load(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;

    if (!instance)
        return;
    if (load(call, instance, &err))
        xe_rpc_reply(call, loaded(call, instance));
    else
        xe_rpc_fail(call, &err);
}
