/* What the files of FATX share: fatx_chain.c knows which clusters a file has. */
#ifndef XE_VFS_FATX_INTERNAL_H
#define XE_VFS_FATX_INTERNAL_H

#include "vfs/catalog.h"
#include "vfs/fatx.h"

/* Clusters of a file that lie one behind the other. */
struct xe__fatx_run {
    uint32_t first;
    uint32_t before; /* clusters of its file in front of it */
};

/* Runs of a file, as an item's `where` has them. */
struct xe__fatx_span {
    uint32_t at, count;
};

struct xe__fatx {
    struct xe_vfs_source source;
    struct xe_vfs_bytes bytes; /* owned */
    struct xe__vfs_catalog catalog;
    uint64_t partition, size; /* where it begins; bytes of it                     */
    uint64_t data;            /* where cluster 1 is                               */
    uint32_t cluster;         /* bytes: a power of two, 0x200 to 0x10000          */
    uint32_t clusters;        /* those that lie in the image: numbers from 1 on   */
    uint32_t serial;
    struct xe__fatx_run *run; /* owned: of all files */
    size_t runs, capacity;
    char label[32];
    uint8_t identity[XE_VFS_IDENTITY_SIZE];
};

/* The table of clusters; only while a volume is opened. */
struct xe__fatx_table {
    uint8_t *bytes; /* owned */
    uint64_t position, size;
    bool wide;     /* entries have 4 bytes, not 2 */
    uint8_t *used; /* owned: a bit for each cluster that a file or folder has by now */
};

/* Where cluster n is, a number that is one. */
static inline uint64_t xe__fatx_position(const struct xe__fatx *fatx, uint32_t cluster)
{
    return fatx->data + (uint64_t)(cluster - 1) * fatx->cluster;
}

static inline uint64_t xe__fatx_where(struct xe__fatx_span span)
{
    return (uint64_t)span.count << 32 | span.at;
}

static inline struct xe__fatx_span xe__fatx_span(uint64_t where)
{
    return (struct xe__fatx_span){(uint32_t)where, (uint32_t)(where >> 32)};
}

/* Read it; the volume's geometry is known. */
bool xe__fatx_table_read(const struct xe__fatx *fatx, struct xe__fatx_table *table,
                         struct xe_error *err);
void xe__fatx_table_fini(struct xe__fatx_table *table);
/* Follow a chain and note its runs: of `least` clusters if exact, else to its end, which comes
 * after at most so many. Each cluster belongs to one chain only, and to none twice. Runs of what
 * failed stay, unused. */
bool xe__fatx_chain(struct xe__fatx *fatx, struct xe__fatx_table *table, uint32_t first,
                    uint32_t count, bool exact, struct xe__fatx_span *ret, uint32_t *ret_clusters,
                    struct xe_error *err);
/* Where in the image a file's byte is, and how many follow it there. */
uint64_t xe__fatx_place(const struct xe__fatx *fatx, struct xe__fatx_span span, uint64_t offset,
                        uint64_t size, uint64_t *ret_left);

#endif
