/* Files as objects; see file.h. */
#include "kernel/core/file.h"

#include <string.h>

#include "base/alloc.h"
#include "kernel/core/clock.h"
#include "kernel/core/io.h"
#include "kernel/core/state.h"

uint32_t xe_kernel_file_status(enum xe_vfs_result result)
{
    /* A medium that can't be read is a device's error; one that is damaged, the file system's.
     * Source: documented NT statuses. */
    static const uint32_t rows[XE_VFS_RESULTS] = {
        [XE_VFS_OK] = XE_STATUS_SUCCESS,
        [XE_VFS_NONE] = XE_STATUS_OBJECT_NAME_NOT_FOUND,
        [XE_VFS_DAMAGED] = XE_STATUS_DISK_CORRUPT_ERROR,
        [XE_VFS_UNREADABLE] = XE_STATUS_DATA_ERROR,
        [XE_VFS_NO_MEMORY] = XE_STATUS_INSUFFICIENT_RESOURCES,
        [XE_VFS_NO_PATH] = XE_STATUS_OBJECT_PATH_NOT_FOUND,
        [XE_VFS_BAD_NAME] = XE_STATUS_OBJECT_NAME_INVALID,
        [XE_VFS_EXISTS] = XE_STATUS_OBJECT_NAME_COLLISION,
        [XE_VFS_NOT_EMPTY] = XE_STATUS_DIRECTORY_NOT_EMPTY,
        [XE_VFS_IS_FOLDER] = XE_STATUS_FILE_IS_A_DIRECTORY,
        [XE_VFS_NO_FOLDER] = XE_STATUS_NOT_A_DIRECTORY,
        [XE_VFS_WRITE_LOCK] = XE_STATUS_MEDIA_WRITE_PROTECTED,
        [XE_VFS_FULL] = XE_STATUS_DISK_FULL,
    };

    return rows[result];
}

/* ---- sharing -------------------------------------------------------------------------------- */

struct wants {
    bool read, write, delete;
};

/* Who asks for none of these disturbs nobody. Source: NT IoCheckShareAccess. */
static struct wants wants_of(uint32_t access)
{
    return (struct wants){access & (XE_FILE_READ | 0x20u),
                          access & (XE_FILE_WRITE | XE_FILE_APPEND), access & XE_FILE_DELETE};
}

uint32_t xe_kernel_file_check_share(const struct xe_vfs_node *node, uint32_t access, uint32_t share)
{
    const struct xe_vfs_share *now = &node->share;
    struct wants wants = wants_of(access);
    bool conflict;

    if (!wants.read && !wants.write && !wants.delete)
        return XE_STATUS_SUCCESS;
    conflict = (wants.read && now->share_read < now->opened) ||
               (wants.write && now->share_write < now->opened) ||
               (wants.delete &&now->share_delete < now->opened) ||
               (now->readers && !(share & XE_FILE_SHARE_READ)) ||
               (now->writers && !(share & XE_FILE_SHARE_WRITE)) ||
               (now->deleters && !(share & XE_FILE_SHARE_DELETE));
    return conflict ? XE_STATUS_SHARING_VIOLATION : XE_STATUS_SUCCESS;
}

/* by: 1 or -1. */
static void count_share(const struct xe__file *file, uint32_t by)
{
    struct xe_vfs_share *share = &file->node->share;
    struct wants wants = wants_of(file->access);

    share->handles += by;
    if (!wants.read && !wants.write && !wants.delete)
        return;
    share->opened += by;
    share->readers += wants.read ? by : 0;
    share->writers += wants.write ? by : 0;
    share->deleters += wants.delete ? by : 0;
    share->share_read += file->share & XE_FILE_SHARE_READ ? by : 0;
    share->share_write += file->share & XE_FILE_SHARE_WRITE ? by : 0;
    share->share_delete += file->share & XE_FILE_SHARE_DELETE ? by : 0;
}

/* ---- life ----------------------------------------------------------------------------------- */

static void let_go(struct xe__file *file)
{
    if (file->node)
        xe_vfs_unref(file->node);
    if (file->port)
        xe_kernel_object_unref(file->port);
    xe_free(file);
}

static void file_destroy(struct xe_object *object)
{
    struct xe__file *file = object->host.file;

    if (!file)
        return;
    if (!file->closed)
        xe__kernel_file_closed(object);
    object->host.file = NULL;
    let_go(file);
}

/* Before another state is loaded: nodes and ports go by themselves. */
void xe__kernel_files_forget(struct xe_kernel *kernel)
{
    for (struct xe_object *object = kernel->oldest; object; object = object->newer)
        if (object->type == &xe_object_file_type) {
            xe_free(object->host.file);
            object->host.file = NULL;
        }
}

const struct xe_object_type xe_object_file_type = {
    .class = XE_OBJECT_FILE,
    .name = "file",
    .body_size = XE_X_FILE_SIZE,
    .wait_offset = XE_X_FILE_EVENT,
    .ordinal = XE_ORD_XBOXKRNL_IoFileObjectType,
    .pool_tag = 0x656C6946,
    .destroy = file_destroy,
    .state = xe__kernel_file_state,
};

uint32_t xe_kernel_file_create(struct xe_kernel *kernel, struct xe_vfs_node *node, uint32_t access,
                               uint32_t share, uint32_t options, struct xe_object **ret)
{
    uint32_t status = xe_kernel_file_check_share(node, access, share);
    struct xe__file *file = status ? NULL : xe_calloc(1, sizeof(*file));
    struct xe_object *object =
        file ? xe_kernel_object_create(kernel, &xe_object_file_type, 0) : NULL;

    if (!object) {
        xe_free(file);
        xe_vfs_unref(node);
        return status ? status : XE_STATUS_INSUFFICIENT_RESOURCES;
    }
    *file = (struct xe__file){.node = node, .access = access, .share = share, .options = options};
    object->host.file = file;
    count_share(file, 1);
    xe_mem_set_u16(kernel->mem, object->body + XE_X_FILE_TYPE, 5); /* IO_TYPE_FILE, as on NT */
    xe_kernel_header_init(kernel, object->body + XE_X_FILE_LOCK, XE_X_EVENT_AUTO, 0);
    xe_kernel_header_init(kernel, object->header, XE_X_EVENT_MANUAL, 0);
    *ret = object;
    return XE_STATUS_SUCCESS;
}

void xe_kernel_file_seek(struct xe_object *object, uint64_t position)
{
    object->host.file->position = position;
    xe_mem_set_u64(object->kernel->mem, object->body + XE_X_FILE_OFFSET, position);
}

/* Its name goes with the last that had it open. A folder that has something in it by now stays, and
 * so does what there is no room to mark as deleted. Source: Windows' file systems. */
void xe__kernel_file_closed(struct xe_object *object)
{
    struct xe__file *file = object->host.file;
    struct xe_kernel *kernel = object->kernel;

    if (!file || file->closed)
        return;
    xe__kernel_io_cancel(kernel, object, NULL, 0);
    file->closed = true;
    count_share(file, UINT32_MAX);
    if (!file->node->share.handles)
        xe_vfs_reserve(file->node, 0); /* room that was kept for it, and is not used */
    if (file->options & XE_FILE_OPTION_DELETE)
        file->node->delete_on_close = true;
    if (file->node->delete_on_close && file->node->parent && !file->node->share.handles &&
        xe_vfs_remove(file->node, xe_kernel_system_time(kernel), NULL) != XE_VFS_OK)
        file->node->delete_on_close = false;
}

/* ---- state ---------------------------------------------------------------------------------- */

static void take_node(struct xe_codec *c, struct xe_kernel *kernel, struct xe__file *file,
                      uint64_t number)
{
    file->node = xe_vfs_numbered(kernel->vfs, number);
    if (!xe_codec_want(c, file->node, "file %llu is not there", (unsigned long long)number))
        return;
    xe_vfs_ref(file->node);
    if (!file->closed)
        count_share(file, 1);
}

void xe__kernel_file_state(struct xe_codec *c, struct xe_object *object)
{
    struct xe__file *file = object->host.file;
    uint64_t number = file ? file->node->number : 0;

    if (xe_codec_loading(c)) {
        file = object->host.file = xe_calloc(1, sizeof(*file));
        if (!file) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for files");
            return;
        }
    }
    xe_codec_u64(c, "node", &number);
    XE_CODEC(c, file->access);
    XE_CODEC(c, file->share);
    XE_CODEC(c, file->options);
    XE_CODEC(c, file->position);
    XE_CODEC(c, file->closed);
    XE_CODEC(c, file->searching);
    XE_CODEC(c, file->found);
    xe_codec_text(c, "pattern", file->pattern, sizeof(file->pattern));
    xe_codec_text(c, "last", file->last, sizeof(file->last));
    xe__kernel_state_object(c, "port", &file->port);
    xe_codec_want(c, !file->port || file->port->type == &xe_object_io_completion_type,
                  "its port is none");
    XE_CODEC(c, file->port_key);
    if (xe_codec_loading(c) && !c->stopped)
        take_node(c, object->kernel, file, number);
}
