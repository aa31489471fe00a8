/* The files that a call about an image needs: the image, then the libraries beside it, its patch,
 * its folder and those of the mounts. Each beneath a root. They go to a worker in that order;
 * nobody here reads them. */
#include <unistd.h>

#include "daemon/artifacts.h"
#include "daemon/daemon.h"
#include "rpc/api/rows.h"

static bool add(struct xe_link_files *files, int fd)
{
    if (fd >= 0)
        files->fd[files->count++] = fd;
    return fd >= 0;
}

/* All that a title finds as drives; a package may have its data files in the first. */
static bool add_folders(struct xe_daemon *daemon, const char *image, const json_t *params,
                        struct xe_link_files *ret, struct xe_error *err)
{
    const json_t *mount;
    bool ok = xe_artifact_is(image) || json_is_false(json_object_get(params, "game_folder")) ||
              add(ret, xe_roots_open_folder_of(&daemon->roots, image, err));
    size_t i;

    json_array_foreach(json_object_get(params, "mounts"), i, mount)
    {
        const char *path = json_string_value(json_object_get(mount, "path"));

        ok = ok && i < XE_RPC_MOUNTS_MAX &&
             add(ret, xe_roots_open_folder(&daemon->roots, path, err));
    }
    return ok;
}

bool xe_daemon_open_images(struct xe_daemon *daemon, const char *image, const json_t *params,
                           struct xe_link_files *ret, struct xe_error *err)
{
    const json_t *modules = json_object_get(params, "modules"), *path;
    const char *patch = json_string_value(json_object_get(params, "patch_xex"));
    size_t i;
    bool ok;

    ret->count = 0;
    ok = add(ret, xe_artifact_open(daemon, image, err));
    json_array_foreach(modules, i, path) ok =
        ok && i < XE_RPC_MODULES_MAX &&
        add(ret, xe_artifact_open(daemon, json_string_value(path), err));
    if (patch)
        ok = ok && add(ret, xe_artifact_open(daemon, patch, err));
    ok = ok && add_folders(daemon, image, params, ret, err);
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
