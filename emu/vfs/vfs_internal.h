/* Inside the file system; see vfs.h. */
#ifndef XE_VFS_VFS_INTERNAL_H
#define XE_VFS_VFS_INTERNAL_H

#include "vfs/vfs.h"

#define XE__VFS_HASH_SIZE 32u
#define XE__VFS_NODE_COST 512u /* of the quota, beside data */

struct xe_vfs {
    struct xe_vfs_mount mount[XE_VFS_MOUNTS];
    uint32_t mounts;
    uint64_t quota, used;
    uint64_t last_number;
    struct xe_map numbered; /* number -> node: all there are */
};

/* A block of a file's own bytes. */
struct xe__vfs_block {
    uint8_t bytes[XE_VFS_BLOCK];
    uint8_t hash[XE__VFS_HASH_SIZE]; /* of the bytes, if hashed */
    bool hashed;
};

/* tree.c: children by name. */
struct xe_vfs_node *xe__vfs_child(const struct xe_vfs_node *folder, const char *name);
struct xe_vfs_node *xe__vfs_child_after(const struct xe_vfs_node *folder, const char *name);
void xe__vfs_child_add(struct xe_vfs_node *folder, struct xe_vfs_node *node);
void xe__vfs_child_remove(struct xe_vfs_node *node);

/* node.c */
struct xe_vfs_node *xe__vfs_node_create(struct xe_vfs_mount *mount, struct xe_vfs_node *parent,
                                        const struct xe_vfs_entry *entry);
/* With all that is below. */
void xe__vfs_node_destroy(struct xe_vfs_node *node);
bool xe__vfs_set_origin(struct xe_vfs_node *node, const char *origin);
/* Bytes of the quota: false if there aren't so many. */
bool xe__vfs_charge(struct xe_vfs *vfs, uint64_t bytes);
/* It may go, and those above it, when nothing needs it. */
void xe__vfs_settle(struct xe_vfs_node *node);
void xe__vfs_orphan_add(struct xe_vfs_node *node);

/* find.c: the entry of a name in a folder, in the source or over it, as a node (not opened). */
enum xe_vfs_result xe__vfs_step(struct xe_vfs_node *folder, const char *name, size_t length,
                                struct xe_vfs_node **ret, struct xe_error *err);

/* The same in the source alone; what it answers is checked. */
enum xe_vfs_result xe__vfs_source_find(struct xe_vfs_source *source, uint64_t folder,
                                       const char *name, size_t length, struct xe_vfs_entry *ret,
                                       struct xe_error *err);

bool xe__vfs_same_name(const char *a, const char *b, size_t n); /* both of n bytes */

/* change.c: of the quota, what is kept for a file to grow by. */
uint64_t xe__vfs_kept(const struct xe_vfs_node *node);

/* data.c */
bool xe__vfs_fits(const struct xe_vfs_node *node, uint64_t offset, size_t n);
enum xe_vfs_result xe__vfs_put(struct xe_vfs_node *node, uint64_t offset, const void *bytes,
                               size_t n, struct xe_error *err);
void xe__vfs_cut(struct xe_vfs_node *node, uint64_t size);
void xe__vfs_blocks_drop(struct xe_vfs_node *node, uint64_t first);
struct xe__vfs_block *xe__vfs_block_add(struct xe_vfs_node *node, uint64_t index);

#endif
