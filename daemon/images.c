/* The files that a call about an image needs: the image, then the libraries beside it, each beneath
 * a root. They go to a worker in that order; nobody here reads them. */
#include <unistd.h>

#include "daemon/daemon.h"
#include "rpc/api/rows.h"

static bool add(struct xe_daemon *daemon, const char *path, struct xe_link_files *files,
                struct xe_error *err)
{
    int fd = xe_roots_open(&daemon->roots, path, err);

    if (fd >= 0)
        files->fd[files->count++] = fd;
    return fd >= 0;
}

bool xe_daemon_open_images(struct xe_daemon *daemon, const char *image, const json_t *params,
                           struct xe_link_files *ret, struct xe_error *err)
{
    const json_t *modules = json_object_get(params, "modules"), *path;
    size_t i;
    bool ok;

    ret->count = 0;
    ok = add(daemon, image, ret, err);
    json_array_foreach(modules, i, path) ok =
        ok && i < XE_RPC_MODULES_MAX && add(daemon, json_string_value(path), ret, err);
    if (!ok)
        xe_link_files_close(ret);
    return ok;
}

bool xe_daemon_dup_files(const struct xe_link_files *from, struct xe_link_files *ret)
{
    ret->count = 0;
    for (uint32_t i = 0; i < from->count; i++) {
        int fd = xe_daemon_dup(from->fd[i]);

        if (fd < 0) {
            xe_link_files_close(ret);
            return false;
        }
        ret->fd[ret->count++] = fd;
    }
    return true;
}
