/* container.inspect: what a disc image or a package says of itself. The file came along as a
 * descriptor, and as much of it is read as has hashes. */
#include <string.h>
#include <unistd.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/container.h"

static struct xe_container *open_file(struct xe_rpc_call *call, struct xe_error *err)
{
    const char *path = xe_rpc_arg_string(call, "file"), *slash = strrchr(path, '/');
    const struct xe_files *beside = xe__session_folder(call, err);
    struct xe_session *session = xe__session(call);
    uint32_t count;
    int fd[2]; /* its own, its folder's */

    count = session->host.take_files(session->host.ctx, fd, 2);
    if (count == 2)
        close(fd[1]);
    if (count == 1 || count == 2)
        return xe_container_open(fd[0], slash ? slash + 1 : path, beside, err);
    xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "no file came with the request");
    return NULL;
}

void xe__session_container_inspect(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_container *container = open_file(call, &err);
    struct xe_container_info info;

    if (!container) {
        xe_rpc_fail(call, &err);
        return;
    }
    xe_container_info(container, &xe__session(call)->breath, &info);
    xe_container_close(container);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_container, &info));
}
