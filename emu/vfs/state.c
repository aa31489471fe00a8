/* What was written, and what is open, as state: nodes in the order of their names, told by the path
 * that they have in the source. Whoever opened them tells so itself. */
#include <gcrypt.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "vfs/vfs_internal.h"

#define NODE_SIZE   80u /* encoded: at least, with a name of one letter */
#define NODES_MAX   (1u << 20)
#define ORIGIN_SIZE 0x8000u
#define KIND_SIZE   16u

/* ---- data ----------------------------------------------------------------------------------- */

static void block_state(struct xe_codec *c, struct xe__vfs_block *block)
{
    if (c->mode != XE_CODEC_HASH) {
        xe_codec_bytes(c, "bytes", block->bytes, sizeof(block->bytes));
        return;
    }
    if (!block->hashed)
        gcry_md_hash_buffer(GCRY_MD_BLAKE2B_256, block->hash, block->bytes, sizeof(block->bytes));
    block->hashed = true;
    xe_codec_bytes(c, "bytes", block->hash, sizeof(block->hash));
}

static void blocks_state(struct xe_codec *c, struct xe_vfs_node *node)
{
    uint64_t *keys = xe_codec_loading(c) ? NULL : xe_map_keys(&node->blocks);
    size_t n = xe_codec_count(c, "blocks", node->blocks.used, XE_VFS_FILE_MAX / XE_VFS_BLOCK,
                              XE_VFS_BLOCK);

    if (!keys && !xe_codec_loading(c) && node->blocks.used)
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for blocks");
    for (size_t i = 0; i < n && !c->stopped; i++) {
        uint64_t index = keys ? keys[i] : 0;
        struct xe__vfs_block *block;

        xe_codec_u64(c, "index", &index);
        if (xe_codec_loading(c) && !xe_codec_want(c,
                                                  index * XE_VFS_BLOCK < node->entry.size &&
                                                      !xe_map_get(&node->blocks, index),
                                                  "block %zu is out of place", i))
            break;
        block =
            xe_codec_loading(c) ? xe__vfs_block_add(node, index) : xe_map_get(&node->blocks, index);
        if (block)
            block_state(c, block);
        else
            xe_codec_fail(c, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                          "more was written than there is room for");
    }
    xe_free(keys);
}

/* ---- mounts --------------------------------------------------------------------------------- */

/* Not in digests, which are of what a title did: the same, until it meets a file that differs. The
 * first difference is named. */
static void mounted_state(struct xe_codec *c, const struct xe_vfs_mount *mount)
{
    char device[XE_VFS_DEVICE_MAX + 1], kind[KIND_SIZE];
    uint8_t here[XE_VFS_IDENTITY_SIZE], there[XE_VFS_IDENTITY_SIZE];

    if (c->mode == XE_CODEC_HASH)
        return;
    memcpy(device, mount->device, sizeof(device));
    memset(kind, 0, sizeof(kind));
    memcpy(kind, xe_vfs_mount_kind(mount), strnlen(xe_vfs_mount_kind(mount), sizeof(kind) - 1));
    xe_vfs_mount_identity(mount, here);
    memcpy(there, here, sizeof(there));
    xe_codec_text(c, "device", device, sizeof(device));
    xe_codec_text(c, "kind", kind, sizeof(kind));
    xe_codec_bytes(c, "identity", there, sizeof(there));
    xe_codec_want(c, c->stopped || !strcmp(device, mount->device),
                  "other drives: '%s' is mounted where '%s' was", mount->device, device);
    xe_codec_want(c, c->stopped || !strcmp(kind, xe_vfs_mount_kind(mount)),
                  "other files are mounted as '%s': %s, where it was %s", mount->device,
                  xe_vfs_mount_kind(mount), kind);
    xe_codec_want(c, c->stopped || !memcmp(here, there, sizeof(here)),
                  "other files are mounted as '%s': another %s", mount->device, kind);
}

/* ---- nodes ---------------------------------------------------------------------------------- */

/* The source's entry at a path; false: it is not there. */
static bool find_origin(const struct xe_vfs_mount *mount, const char *path,
                        struct xe_vfs_entry *ret)
{
    *ret = (struct xe_vfs_entry){.id = XE_VFS_ROOT, .attributes = XE_VFS_FOLDER};
    while (*path == '\\') {
        size_t length = strcspn(++path, "\\");
        uint64_t folder = ret->id;

        if (!(ret->attributes & XE_VFS_FOLDER) || !xe_vfs_name_is_valid(path, length) ||
            xe__vfs_source_find(mount->source, folder, path, length, ret, NULL) != XE_VFS_OK)
            return false;
        path += length;
    }
    return !*path;
}

/* Loading: a node that is of the source must be there, as it was. */
static void take_origin(struct xe_codec *c, struct xe_vfs_node *node, const char *origin)
{
    struct xe_vfs_entry entry;

    if (!xe_codec_want(c, node->mount->source && find_origin(node->mount, origin, &entry),
                       "'%s' is not there: other files are mounted", origin) ||
        !xe_codec_want(c,
                       !((entry.attributes ^ node->entry.attributes) & XE_VFS_FOLDER) &&
                           (node->touched || entry.size == node->entry.size) &&
                           node->origin_size <= entry.size,
                       "'%s' is another: other files are mounted", origin))
        return;
    node->entry.id = entry.id;
    node->origin = xe_strdup(origin);
    if (!node->origin)
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for files");
}

static void origin_state(struct xe_codec *c, struct xe_vfs_node *node)
{
    bool has = node->origin, root = !node->depth;
    uint32_t length = has ? (uint32_t)strlen(node->origin) : 0;
    char *text;

    xe_codec_bool(c, "has an origin", &has);
    xe_codec_up_to(c, "origin's length", &length, ORIGIN_SIZE);
    XE_CODEC(c, node->origin_size);
    text = xe_calloc(1, (size_t)length + 1);
    if (!text) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for files");
        return;
    }
    if (node->origin && !xe_codec_loading(c))
        memcpy(text, node->origin, length);
    xe_codec_bytes(c, "origin", text, length);
    if (xe_codec_loading(c) && !c->stopped && has && !root)
        take_origin(c, node, text);
    xe_free(text);
}

/* Charged like what was written; behind that, for it is what is kept beside. */
static void reserved_state(struct xe_codec *c, struct xe_vfs_node *node)
{
    uint64_t reserved = node->reserved;

    xe_codec_u64(c, "reserved", &reserved);
    if (!xe_codec_loading(c) || c->stopped)
        return;
    xe_codec_want(c, xe_vfs_reserve(node, reserved) == XE_VFS_OK,
                  "more is kept for files than there is room for");
}

static void node_state(struct xe_codec *c, struct xe_vfs_node *node)
{
    XE_CODEC(c, node->touched);
    XE_CODEC(c, node->removed);
    XE_CODEC(c, node->delete_on_close);
    XE_CODEC(c, node->entry.attributes);
    XE_CODEC(c, node->entry.size);
    XE_CODEC(c, node->entry.created);
    XE_CODEC(c, node->entry.accessed);
    XE_CODEC(c, node->entry.written);
    XE_CODEC(c, node->entry.changed);
    if (xe_codec_loading(c) && !c->stopped) {
        bool touched = node->touched;

        node->touched = touched && xe__vfs_charge(node->mount->vfs, XE__VFS_NODE_COST);
        xe_codec_want(c, node->touched == touched && (!touched || node->mount->writable),
                      "more was written than there is room for");
        xe_codec_want(c, node->entry.size < XE_VFS_FILE_MAX || !touched, "a file is too long");
    }
    origin_state(c, node);
    blocks_state(c, node);
    reserved_state(c, node);
}

static uint32_t count_tree(const struct xe_vfs_node *tree)
{
    return tree ? 1 + count_tree(tree->left) + count_tree(tree->right) : 0;
}

/* Loading: the next child, or one without a name. */
static struct xe_vfs_node *make_node(struct xe_codec *c, struct xe_vfs_mount *mount,
                                     struct xe_vfs_node *folder, const char *name, uint64_t number)
{
    struct xe_vfs *vfs = mount->vfs;
    struct xe_vfs_entry entry = {0};
    struct xe_vfs_node *node;
    uint64_t last = vfs->last_number;

    if (!xe_codec_want(c,
                       number && number <= last && !xe_vfs_numbered(vfs, number) &&
                           (!folder || (folder->depth < XE_VFS_DEPTH &&
                                        xe_vfs_name_is_valid(name, strlen(name)) &&
                                        !xe__vfs_child(folder, name))),
                       "file %llu is out of place", (unsigned long long)number))
        return NULL;
    memcpy(entry.name, name, strlen(name) + 1);
    vfs->last_number = number - 1; /* so that it gets this one */
    node = xe__vfs_node_create(mount, folder, &entry);
    vfs->last_number = last;
    if (!node)
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for files");
    return node;
}

static void children_state(struct xe_codec *c, struct xe_vfs_node *folder);

static struct xe_vfs_node *one_state(struct xe_codec *c, struct xe_vfs_mount *mount,
                                     struct xe_vfs_node *folder, struct xe_vfs_node *node)
{
    char name[XE_VFS_NAME_MAX + 1] = "";
    uint64_t number = node ? node->number : 0;

    if (node)
        memcpy(name, node->entry.name, sizeof(name));
    xe_codec_u64(c, "number", &number);
    xe_codec_item(c, "file", number);
    xe_codec_text(c, "name", name, sizeof(name));
    if (xe_codec_loading(c) && !c->stopped)
        node = make_node(c, mount, folder, name, number);
    if (!node || c->stopped)
        return node;
    if (!folder && xe_codec_loading(c))
        xe__vfs_orphan_add(node);
    node_state(c, node);
    children_state(c, node);
    return node;
}

static void children_state(struct xe_codec *c, struct xe_vfs_node *folder)
{
    size_t n = xe_codec_count(c, "children", count_tree(folder->child), NODES_MAX, NODE_SIZE);
    struct xe_vfs_node *node = xe_codec_loading(c) ? NULL : xe__vfs_child_after(folder, NULL);

    for (size_t i = 0; i < n && !c->stopped; i++) {
        one_state(c, folder->mount, folder, node);
        if (!xe_codec_loading(c))
            node = xe__vfs_child_after(folder, node->entry.name);
    }
}

/* Those that lost their names, the last one first; loading puts each in front. */
static void orphans_state(struct xe_codec *c, struct xe_vfs_mount *mount)
{
    struct xe_vfs_node *node[64];
    size_t count = 0;

    for (struct xe_vfs_node *it = mount->orphan; it; it = it->orphan_next)
        count++;
    count = xe_codec_count(c, "orphans", count, NODES_MAX, NODE_SIZE);
    for (size_t left = count; left > 0 && !c->stopped;) {
        size_t some = left < 64 ? left : 64, at = 0;

        if (!xe_codec_loading(c))
            for (struct xe_vfs_node *it = mount->orphan; it; it = it->orphan_next, at++)
                if (at >= left - some && at < left)
                    node[at - (left - some)] = it;
        for (size_t i = some; i > 0 && !c->stopped; i--)
            one_state(c, mount, NULL, xe_codec_loading(c) ? NULL : node[i - 1]);
        left -= some;
    }
}

void xe_vfs_state(struct xe_codec *c, struct xe_vfs *vfs)
{
    if (xe_codec_loading(c))
        xe_vfs_forget(vfs);
    xe_codec_fixed(c, "mounts", vfs->mounts);
    xe_codec_fixed(c, "quota", vfs->quota);
    XE_CODEC(c, vfs->last_number);
    xe_codec_want(c, vfs->last_number >= vfs->mounts, "last_number is an old one's");
    for (uint32_t i = 0; i < vfs->mounts && !c->stopped; i++) {
        struct xe_vfs_mount *mount = &vfs->mount[i];

        xe_codec_item(c, "mount", i);
        mounted_state(c, mount);
        node_state(c, mount->root);
        children_state(c, mount->root);
        orphans_state(c, mount);
    }
    xe_codec_item(c, NULL, 0);
}

/* ---- differences ---------------------------------------------------------------------------- */

static void differences(const struct xe_vfs_node *tree,
                        void (*fn)(void *ctx, const struct xe_vfs_node *node), void *ctx)
{
    if (!tree)
        return;
    differences(tree->left, fn, ctx);
    if (tree->touched)
        fn(ctx, tree);
    differences(tree->child, fn, ctx);
    differences(tree->right, fn, ctx);
}

void xe_vfs_differences(const struct xe_vfs *vfs,
                        void (*fn)(void *ctx, const struct xe_vfs_node *node), void *ctx)
{
    for (uint32_t i = 0; i < vfs->mounts; i++)
        differences(vfs->mount[i].root->child, fn, ctx);
}
