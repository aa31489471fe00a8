/* Kinds of files that hold a tree of files. Adding one is adding its row here. */
#include "vfs/fatx.h"
#include "vfs/gdfx.h"
#include "vfs/stfs.h"
#include "vfs/svod.h"

const struct xe_vfs_container *const xe_vfs_containers[] = {
    &xe__vfs_stfs, &xe__vfs_svod,
    &xe__vfs_fatx, &xe__vfs_gdfx, /* looks for its magic in several places */
    NULL,
};

struct xe_vfs_source *xe_vfs_container_open(struct xe_vfs_bytes *bytes,
                                            struct xe_vfs_source *beside, uint64_t folder,
                                            const char *name, struct xe_error *err)
{
    struct xe_vfs_source *source = NULL;
    size_t i = 0;

    while (xe_vfs_containers[i] && !xe_vfs_containers[i]->is(bytes))
        i++;
    if (xe_vfs_containers[i])
        source = xe_vfs_containers[i]->open(bytes, beside, folder, name, err);
    else
        xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "'%s' holds no files: of no known kind", name);
    if (!source)
        xe_vfs_bytes_close(bytes);
    return source;
}
