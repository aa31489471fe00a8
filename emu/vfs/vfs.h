/* The file system of one instance: mounts, each a source with what the title wrote lying over it.
 *
 * A node is a file or folder that is open, or differs from the source's, or leads to such a one;
 * all else stays in the source. Nodes that differ are `touched` and kept; one whose name was
 * deleted stays as a mark that hides the source's. Data is copied by blocks of 64 KiB when they are
 * written to. What is kept counts against a quota. All of it is state: nothing here depends on the
 * host, as long as the sources are the same. Times come from the caller, who knows the guest's.
 * Owner thread: the instance's. */
#ifndef XE_VFS_VFS_H
#define XE_VFS_VFS_H

#include "base/map.h"
#include "vfs/source.h"

struct xe_codec;
struct xe_vfs;

#define XE_VFS_MOUNTS     40u
#define XE_VFS_DEVICE_MAX 63u
#define XE_VFS_BLOCK      0x10000u
#define XE_VFS_DEPTH      128u /* folders in each other */
#define XE_VFS_FILE_MAX   UINT64_C(0x100000000)

struct xe_vfs_mount {
    struct xe_vfs *vfs;
    char device[XE_VFS_DEVICE_MAX + 1]; /* "\Device\Cdrom0" */
    struct xe_vfs_source *source;       /* owned; NULL: nothing but what is written */
    bool writable;
    struct xe_vfs_node *root;   /* owned                             */
    struct xe_vfs_node *orphan; /* those that are open without a name */
};

/* Who has it open for what, and lets others have it; its users' affair (kernel/core/file.h). */
struct xe_vfs_share {
    uint32_t handles; /* all of them; those that read, write or delete: */
    uint32_t opened, readers, writers, deleters, share_read, share_write, share_delete;
};

struct xe_vfs_node {
    struct xe_vfs_mount *mount;
    struct xe_vfs_node *parent; /* NULL: the root, or without a name any more */
    uint64_t number;            /* of all nodes that ever were: what states refer to */
    struct xe_vfs_entry entry;  /* its id is the source's, if it is of it */
    char *origin;               /* owned: path in the source; NULL: it is not of it */
    uint64_t origin_size;       /* bytes of the source's that show through */
    uint64_t reserved;          /* room is kept up to this size; 0: for what there is */
    uint32_t opened;            /* by files */
    uint32_t depth;
    struct xe_vfs_share share;
    bool delete_on_close; /* its name goes when nobody has it open any more */
    bool touched;
    bool removed; /* only hides the source's entry of this name */
    /* Children of a folder: a balanced tree by name. */
    struct xe_vfs_node *child, *left, *right;
    int32_t height;
    struct xe_vfs_node *orphan_next;
    struct xe_map blocks; /* by index */
};

struct xe_vfs *xe_vfs_create(uint64_t quota);
void xe_vfs_destroy(struct xe_vfs *vfs);
uint64_t xe_vfs_quota(const struct xe_vfs *vfs);
uint64_t xe_vfs_used(const struct xe_vfs *vfs);

/* Mount a source (given, in any case; NULL: nothing) as a device that isn't there yet. */
bool xe_vfs_mount(struct xe_vfs *vfs, const char *device, struct xe_vfs_source *source,
                  bool writable, struct xe_error *err);
uint32_t xe_vfs_mounts(const struct xe_vfs *vfs);
struct xe_vfs_mount *xe_vfs_mount_at(struct xe_vfs *vfs, uint32_t i);
uint32_t xe_vfs_mount_index(const struct xe_vfs_mount *mount);
/* Of what kind it is: its source's, or "scratch". */
const char *xe_vfs_mount_kind(const struct xe_vfs_mount *mount);
/* What is mounted, as a hash; false: nothing says it (scratch, a source that changes, no memory;
 * then it is zeros). */
bool xe_vfs_mount_identity(const struct xe_vfs_mount *mount, uint8_t ret[XE_VFS_IDENTITY_SIZE]);
/* What a folder of the host has, as a hash of names and sizes; of the first that are looked at. */
#define XE_VFS_MANIFEST_MAX 4096u
struct xe_vfs_manifest {
    uint8_t hash[XE_VFS_IDENTITY_SIZE];
    uint32_t files, folders;
    uint64_t bytes;
    bool whole; /* nothing was left out */
};
/* false: it is none (its identity says what it is), or no memory. */
bool xe_vfs_mount_manifest(const struct xe_vfs_mount *mount, struct xe_vfs_manifest *ret);
/* The device that a path begins with, and what is behind it; NULL: there is none. */
struct xe_vfs_mount *xe_vfs_mount_of(struct xe_vfs *vfs, const char *path, const char **ret_rest);

/* ---- finding -------------------------------------------------------------------------------- */

/* The node of a path from a folder on ("a\b", "\a\b\"), opened for the caller. NONE: its last part
 * is not there. NO_FOLDER: it ends in a backslash, and is a file. */
enum xe_vfs_result xe_vfs_open(struct xe_vfs_node *from, const char *path, struct xe_vfs_node **ret,
                               struct xe_error *err);
/* The folder that the last part of a path is to be in, opened, and that part. */
enum xe_vfs_result xe_vfs_open_parent(struct xe_vfs_node *from, const char *path,
                                      struct xe_vfs_node **ret, const char **ret_name,
                                      size_t *ret_length, struct xe_error *err);
/* Is anything in a folder open, however deep? */
bool xe_vfs_open_below(const struct xe_vfs_node *folder);
void xe_vfs_ref(struct xe_vfs_node *node);
/* Let go of an opened one. */
void xe_vfs_unref(struct xe_vfs_node *node);
/* The first entry of a folder whose name comes after this one; NULL: the first of all. */
enum xe_vfs_result xe_vfs_next(struct xe_vfs_node *folder, const char *after,
                               struct xe_vfs_entry *ret, struct xe_error *err);
/* Path from the root, "\a\b"; cut where it does not fit. */
void xe_vfs_path(const struct xe_vfs_node *node, char *text, size_t size);

/* ---- changing ------------------------------------------------------------------------------- */

/* A new file or folder, opened. EXISTS if the name is taken. */
enum xe_vfs_result xe_vfs_make(struct xe_vfs_node *folder, const char *name, size_t length,
                               uint32_t attributes, uint64_t now, struct xe_vfs_node **ret,
                               struct xe_error *err);
/* Take its name away; what is open stays usable. NOT_EMPTY for a folder with anything in it. */
enum xe_vfs_result xe_vfs_remove(struct xe_vfs_node *node, uint64_t now, struct xe_error *err);
/* Call it otherwise, maybe elsewhere on the same mount; the name must be free. */
enum xe_vfs_result xe_vfs_rename(struct xe_vfs_node *node, struct xe_vfs_node *folder,
                                 const char *name, size_t length, uint64_t now,
                                 struct xe_error *err);
/* It is about to be changed: kept from now on. */
enum xe_vfs_result xe_vfs_touch(struct xe_vfs_node *node);

enum xe_vfs_result xe_vfs_read(struct xe_vfs_node *node, uint64_t offset, void *buffer, size_t n,
                               size_t *ret_got, struct xe_error *err);
/* All n bytes; the file grows if need be. */
enum xe_vfs_result xe_vfs_write(struct xe_vfs_node *node, uint64_t offset, const void *bytes,
                                size_t n, uint64_t now, struct xe_error *err);
/* Keep room for a file of this size, if there is so much: what it grows by comes out of that. 0:
 * what it doesn't need is free again; so it is when it is cut. */
enum xe_vfs_result xe_vfs_reserve(struct xe_vfs_node *node, uint64_t size);
/* Cut off, or let it grow by zeros. */
enum xe_vfs_result xe_vfs_resize(struct xe_vfs_node *node, uint64_t size, uint64_t now);

/* What would be in the way of a reset: an open file or folder that differs from the source's, lies
 * below one that does, or has no name any more. NULL: nothing. */
const struct xe_vfs_node *xe_vfs_reset_hindered(const struct xe_vfs *vfs);
/* All that was written is gone; what is open otherwise stays. Only while nothing is in the way.
 * false: no memory, and nothing was done. */
bool xe_vfs_reset(struct xe_vfs *vfs);
/* Visit what differs from the sources, by mount and path: kept entries, and marks of removed ones.
 */
void xe_vfs_differences(const struct xe_vfs *vfs,
                        void (*fn)(void *ctx, const struct xe_vfs_node *node), void *ctx);

/* ---- patterns ------------------------------------------------------------------------------- */

/* Does a name fit "*.xex", "a?c" ("" and "*.*" and "*": any)? Without regard to case. */
bool xe_vfs_pattern_fits(const char *pattern, const char *name);

/* ---- state ---------------------------------------------------------------------------------- */

/* Mounts must be the same when loading, by their sources' identities unless these change. Who
 * refers to nodes does it by number. */
void xe_vfs_state(struct xe_codec *c, struct xe_vfs *vfs);
/* How many numbers were given out; and take those back that came after that, when nothing has them
 * any more: after a look from outside. */
uint64_t xe_vfs_numbers(const struct xe_vfs *vfs);
void xe_vfs_numbers_back(struct xe_vfs *vfs, uint64_t numbers);
struct xe_vfs_node *xe_vfs_numbered(struct xe_vfs *vfs, uint64_t number);
/* Nothing is open, nothing was written: before a state is loaded. */
void xe_vfs_forget(struct xe_vfs *vfs);

#endif
