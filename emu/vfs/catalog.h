/* What a container lists, in memory: a source of a container reads its folders once, when it is
 * opened, and answers find and next from here. Ids are positions in the order in which entries were
 * added, so that order has to follow from the container's bytes alone.
 *
 * A folder that is damaged stays, with the reason: the others are good all the same. */
#ifndef XE_VFS_CATALOG_H
#define XE_VFS_CATALOG_H

#include "vfs/source.h"

#define XE__VFS_ITEMS_MAX (1u << 18) /* as many as no title has; bounds what hostile bytes cost */

#define XE__VFS_TOLD 64u /* of a name in a message */

struct xe__vfs_item {
    uint32_t parent; /* an id; the root's is its own */
    uint32_t attributes;
    uint64_t size, created, accessed, written, changed; /* as in struct xe_vfs_entry */
    uint64_t where;                                     /* the container's own       */
    uint32_t first, count;                              /* of its children, in catalog->order */
    char *name;                                         /* owned */
    char *damage;                                       /* owned: why it can't be used, or NULL */
};

struct xe__vfs_catalog {
    struct xe__vfs_item *node; /* owned; node[XE_VFS_ROOT] is the root */
    size_t count, capacity;
    uint32_t *order; /* owned: ids by folder, then by upper-cased name */
};

/* With a root. False: out of memory. */
bool xe__vfs_catalog_init(struct xe__vfs_catalog *catalog, struct xe_error *err);
void xe__vfs_catalog_fini(struct xe__vfs_catalog *catalog);

/* A new entry, zeroed but for parent and name, until the next call; NULL: the name is none, there
 * are too many, or no memory is left. */
struct xe__vfs_item *xe__vfs_catalog_add(struct xe__vfs_catalog *catalog, uint32_t parent,
                                         const char *name, size_t length, struct xe_error *err);
/* Forget the entries from this one on. */
void xe__vfs_catalog_cut(struct xe__vfs_catalog *catalog, size_t count);
/* A name as it can be told: what is no printable ASCII is a '?'. */
const char *xe__vfs_told(const char *name, size_t length, char text[XE__VFS_TOLD]);
/* Keep why an entry can't be used. */
void xe__vfs_catalog_damage(struct xe__vfs_catalog *catalog, size_t id, const struct xe_error *err);
/* Everything was added: put it in order. Two entries of one name are damage of their folder. */
bool xe__vfs_catalog_finish(struct xe__vfs_catalog *catalog, struct xe_error *err);

enum xe_vfs_result xe__vfs_catalog_find(const struct xe__vfs_catalog *catalog, uint64_t folder,
                                        const char *name, size_t length, struct xe_vfs_entry *ret,
                                        struct xe_error *err);
enum xe_vfs_result xe__vfs_catalog_next(const struct xe__vfs_catalog *catalog, uint64_t folder,
                                        const char *after, struct xe_vfs_entry *ret,
                                        struct xe_error *err);
/* The file of an id, whole; NULL: there is none, or it is damaged, which *ret_result tells. */
const struct xe__vfs_item *xe__vfs_catalog_file(const struct xe__vfs_catalog *catalog,
                                                uint64_t file, enum xe_vfs_result *ret_result,
                                                struct xe_error *err);

/* Date, then time, of the file system FAT, big-endian, in 100 ns since 1601; 0: there is none. */
uint64_t xe__vfs_fat_time(const uint8_t at[4]);

#endif
