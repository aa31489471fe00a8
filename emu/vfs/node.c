/* Mounts, and the life of nodes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "vfs/vfs_internal.h"

/* ---- nodes ---------------------------------------------------------------------------------- */

struct xe_vfs_node *xe__vfs_node_create(struct xe_vfs_mount *mount, struct xe_vfs_node *parent,
                                        const struct xe_vfs_entry *entry)
{
    struct xe_vfs *vfs = mount->vfs;
    struct xe_vfs_node *node = xe_calloc(1, sizeof(*node));

    if (!node)
        return NULL;
    node->mount = mount;
    node->entry = *entry;
    node->number = vfs->last_number + 1;
    node->depth = parent ? parent->depth + 1 : 0;
    if (!xe_map_put(&vfs->numbered, node->number, node)) {
        xe_free(node);
        return NULL;
    }
    vfs->last_number++;
    if (parent)
        xe__vfs_child_add(parent, node);
    return node;
}

bool xe__vfs_set_origin(struct xe_vfs_node *node, const char *origin)
{
    node->origin = xe_strdup(origin);
    node->origin_size = node->entry.size;
    return node->origin;
}

static void node_free(struct xe_vfs_node *node)
{
    struct xe_vfs *vfs = node->mount->vfs;

    vfs->used -= xe__vfs_kept(node);
    xe__vfs_blocks_drop(node, 0);
    xe_map_fini(&node->blocks);
    xe_map_take(&vfs->numbered, node->number);
    if (node->touched)
        vfs->used -= XE__VFS_NODE_COST;
    xe_free(node->origin);
    xe_free(node);
}

/* Depth is bounded, so this goes no deeper than folders and the trees in them are. */
static void free_tree(struct xe_vfs_node *node)
{
    if (!node)
        return;
    free_tree(node->left);
    free_tree(node->right);
    free_tree(node->child);
    node_free(node);
}

void xe__vfs_node_destroy(struct xe_vfs_node *node)
{
    if (!node)
        return;
    if (node->parent)
        xe__vfs_child_remove(node);
    free_tree(node->child);
    node_free(node);
}

bool xe__vfs_charge(struct xe_vfs *vfs, uint64_t bytes)
{
    if (bytes > vfs->quota - vfs->used)
        return false;
    vfs->used += bytes;
    return true;
}

enum xe_vfs_result xe_vfs_touch(struct xe_vfs_node *node)
{
    if (!node->mount->writable)
        return XE_VFS_WRITE_LOCK;
    if (node->touched)
        return XE_VFS_OK;
    if (!xe__vfs_charge(node->mount->vfs, XE__VFS_NODE_COST))
        return XE_VFS_FULL;
    node->touched = true;
    return XE_VFS_OK;
}

void xe__vfs_orphan_add(struct xe_vfs_node *node)
{
    node->orphan_next = node->mount->orphan;
    node->mount->orphan = node;
}

static void orphan_remove(struct xe_vfs_node *node)
{
    struct xe_vfs_node **at = &node->mount->orphan;

    while (*at != node)
        at = &(*at)->orphan_next;
    *at = node->orphan_next;
}

/* A name that hides nothing in the source is of no use: in a folder that is all our own. */
static bool hides_nothing(const struct xe_vfs_node *node)
{
    return node->removed && !node->parent->origin;
}

void xe__vfs_settle(struct xe_vfs_node *node)
{
    while (node && node != node->mount->root) {
        struct xe_vfs_node *parent = node->parent;

        if (node->opened || node->child || (parent && node->touched && !hides_nothing(node)))
            return;
        if (!parent)
            orphan_remove(node);
        xe__vfs_node_destroy(node);
        node = parent;
    }
}

void xe_vfs_ref(struct xe_vfs_node *node)
{
    node->opened++;
}

void xe_vfs_unref(struct xe_vfs_node *node)
{
    node->opened--;
    xe__vfs_settle(node);
}

struct xe_vfs_node *xe_vfs_numbered(struct xe_vfs *vfs, uint64_t number)
{
    return xe_map_get(&vfs->numbered, number);
}

uint64_t xe_vfs_numbers(const struct xe_vfs *vfs)
{
    return vfs->last_number;
}

void xe_vfs_numbers_back(struct xe_vfs *vfs, uint64_t numbers)
{
    vfs->last_number = numbers;
}

void xe_vfs_path(const struct xe_vfs_node *node, char *text, size_t size)
{
    const struct xe_vfs_node *way[XE_VFS_DEPTH + 1];
    size_t count = 0, used = 0;

    for (; node && node->parent && count <= XE_VFS_DEPTH; node = node->parent)
        way[count++] = node;
    snprintf(text, size, "%s", count ? "" : "\\");
    while (count-- > 0 && used < size)
        used += (size_t)snprintf(text + used, size - used, "\\%s", way[count]->entry.name);
}

/* ---- mounts --------------------------------------------------------------------------------- */

struct xe_vfs *xe_vfs_create(uint64_t quota)
{
    struct xe_vfs *vfs = xe_calloc(1, sizeof(*vfs));

    if (vfs)
        vfs->quota = quota;
    return vfs;
}

static void drop_orphans(struct xe_vfs_mount *mount)
{
    while (mount->orphan) {
        struct xe_vfs_node *node = mount->orphan;

        mount->orphan = node->orphan_next;
        xe__vfs_node_destroy(node);
    }
}

void xe_vfs_destroy(struct xe_vfs *vfs)
{
    if (!vfs)
        return;
    for (uint32_t i = 0; i < vfs->mounts; i++) {
        struct xe_vfs_mount *mount = &vfs->mount[i];

        drop_orphans(mount);
        xe__vfs_node_destroy(mount->root);
        if (mount->source)
            mount->source->type->close(mount->source);
    }
    xe_map_fini(&vfs->numbered);
    xe_free(vfs);
}

static bool make_root(struct xe_vfs_mount *mount)
{
    const struct xe_vfs_entry entry = {.id = XE_VFS_ROOT, .attributes = XE_VFS_FOLDER};

    mount->root = xe__vfs_node_create(mount, NULL, &entry);
    return mount->root && (!mount->source || xe__vfs_set_origin(mount->root, ""));
}

static void forget_root(struct xe_vfs_node *root)
{
    root->mount->vfs->used -= XE__VFS_NODE_COST;
    root->touched = false;
    root->entry = (struct xe_vfs_entry){.id = XE_VFS_ROOT, .attributes = XE_VFS_FOLDER};
}

void xe_vfs_forget(struct xe_vfs *vfs)
{
    for (uint32_t i = 0; i < vfs->mounts; i++) {
        struct xe_vfs_mount *mount = &vfs->mount[i];

        drop_orphans(mount);
        while (mount->root->child)
            xe__vfs_node_destroy(mount->root->child);
        mount->root->opened = 0;
        if (mount->root->touched)
            forget_root(mount->root);
    }
}

/* Itself, or a folder that it is in; a root's own changes are no others' affair. */
static bool is_changed(const struct xe_vfs_node *node)
{
    if (!node->parent)
        return node->touched || node != node->mount->root;
    while (node->parent && !node->touched)
        node = node->parent;
    return node->parent;
}

const struct xe_vfs_node *xe_vfs_reset_hindered(const struct xe_vfs *vfs)
{
    const struct xe_vfs_node *first = NULL;

    for (uint32_t i = 0; i < vfs->numbered.capacity; i++) {
        const struct xe_vfs_node *node = vfs->numbered.slot[i].value;

        /* The oldest, whatever their order in here is. */
        if (node && node->opened && is_changed(node) && (!first || node->number < first->number))
            first = node;
    }
    return first;
}

bool xe_vfs_reset(struct xe_vfs *vfs)
{
    uint32_t count = vfs->numbered.used;
    uint64_t *number = xe_map_keys(&vfs->numbered);

    for (uint32_t i = 0; number && i < count; i++) {
        struct xe_vfs_node *node = xe_vfs_numbered(vfs, number[i]);

        if (!node || !node->touched)
            continue; /* it went with a folder that it was in, or is as it was */
        if (node->parent) {
            struct xe_vfs_node *folder = node->parent;

            xe__vfs_node_destroy(node);
            xe__vfs_settle(folder);
        } else {
            forget_root(node);
        }
    }
    xe_free(number);
    return number || !count;
}

bool xe_vfs_mount(struct xe_vfs *vfs, const char *device, struct xe_vfs_source *source,
                  bool writable, struct xe_error *err)
{
    struct xe_vfs_mount *mount = &vfs->mount[vfs->mounts];
    size_t length = strlen(device);
    bool there = false;

    for (uint32_t i = 0; i < vfs->mounts; i++)
        there |= xe_vfs_name_compare(vfs->mount[i].device, device) == 0;
    if (there || vfs->mounts == XE_VFS_MOUNTS || !length || length > XE_VFS_DEVICE_MAX) {
        xe_error_set(err, XE_ERR_CONFIG_INVALID, "device '%s' %s", device,
                     there ? "is mounted twice" : "can't be mounted: too many, or its name");
        goto fail;
    }
    *mount = (struct xe_vfs_mount){.vfs = vfs, .source = source, .writable = writable};
    memcpy(mount->device, device, length + 1);
    if (make_root(mount)) {
        vfs->mounts++;
        return true;
    }
    xe__vfs_node_destroy(mount->root);
    xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for mounts");
fail:
    if (source)
        source->type->close(source);
    return false;
}

uint64_t xe_vfs_quota(const struct xe_vfs *vfs)
{
    return vfs->quota;
}

uint64_t xe_vfs_used(const struct xe_vfs *vfs)
{
    return vfs->used;
}

uint32_t xe_vfs_mounts(const struct xe_vfs *vfs)
{
    return vfs->mounts;
}

struct xe_vfs_mount *xe_vfs_mount_at(struct xe_vfs *vfs, uint32_t i)
{
    return i < vfs->mounts ? &vfs->mount[i] : NULL;
}

uint32_t xe_vfs_mount_index(const struct xe_vfs_mount *mount)
{
    return (uint32_t)(mount - mount->vfs->mount);
}

const char *xe_vfs_mount_kind(const struct xe_vfs_mount *mount)
{
    return mount->source ? mount->source->type->name : "scratch";
}

bool xe_vfs_mount_identity(const struct xe_vfs_mount *mount, uint8_t ret[XE_VFS_IDENTITY_SIZE])
{
    struct xe_vfs_source *source = mount->source;

    memset(ret, 0, XE_VFS_IDENTITY_SIZE);
    return source && !source->type->changing &&
           source->type->identity(source, ret, NULL) == XE_VFS_OK;
}

static bool begins_with(const char *path, const char *device)
{
    while (*device && xe_vfs_upcase((uint8_t)*path) == xe_vfs_upcase((uint8_t)*device)) {
        path++;
        device++;
    }
    return !*device && (!*path || *path == '\\');
}

struct xe_vfs_mount *xe_vfs_mount_of(struct xe_vfs *vfs, const char *path, const char **ret_rest)
{
    struct xe_vfs_mount *found = NULL;
    size_t length = 0;

    for (uint32_t i = 0; i < vfs->mounts; i++) {
        struct xe_vfs_mount *mount = &vfs->mount[i];

        if (begins_with(path, mount->device) && strlen(mount->device) > length) {
            found = mount;
            length = strlen(mount->device);
        }
    }
    if (found)
        *ret_rest = path + length;
    return found;
}
