/* Chains of clusters. The whole table is read when a volume is opened, every chain followed then
 * and kept as runs: so a cluster that two files have is found whatever is read first, and a circle
 * ends where it meets itself. Source: doc/containers.md tells where the layout is known from. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "xe/types.h"
#include "vfs/fatx_internal.h"

#define TABLE_AT    0x1000u
#define TABLE_ALIGN 0x1000u
#define TABLE_MAX   0x8000000u /* a disk of 512 GiB */
#define NARROW_MAX  0xFFF0u    /* so many clusters have entries of 4 bytes */
#define LAST        0xFFFFFFF8u
#define LAST_NARROW 0xFFF8u
#define RUNS_MAX    (1u << 22)

bool xe__fatx_table_read(const struct xe__fatx *fatx, struct xe__fatx_table *table,
                         struct xe_error *err)
{
    uint64_t clusters = fatx->size / fatx->cluster;

    table->wide = clusters >= NARROW_MAX;
    table->position = fatx->partition + TABLE_AT;
    table->size = clusters * (table->wide ? 4 : 2);
    table->size = (table->size + TABLE_ALIGN - 1) & ~(TABLE_ALIGN - 1ull);
    if (table->size > TABLE_MAX)
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                            "offset 0x%" PRIx64 ": a table of 0x%" PRIx64
                            " bytes, expected at most 0x%x",
                            table->position, table->size, TABLE_MAX);
    table->bytes = xe_calloc((size_t)table->size, 1);
    table->used = xe_calloc((size_t)(clusters / 8 + 1), 1);
    if (!table->bytes || !table->used)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a table of clusters");
    if (xe_vfs_bytes_read(&fatx->bytes, table->position, table->bytes, (size_t)table->size, err) !=
        XE_VFS_OK)
        return xe_error_prefix(err, "table of clusters");
    return true;
}

void xe__fatx_table_fini(struct xe__fatx_table *table)
{
    xe_free(table->bytes);
    xe_free(table->used);
}

/* The cluster behind this one; 0: it is the last. */
static uint32_t next_of(const struct xe__fatx_table *table, uint32_t cluster)
{
    uint32_t next = table->wide ? xe_load_be32(table->bytes + (size_t)cluster * 4)
                                : xe_load_be16(table->bytes + (size_t)cluster * 2);

    return next >= (table->wide ? LAST : LAST_NARROW) ? 0 : next;
}

/* It is one, has an entry, and nobody's so far. */
static bool take(const struct xe__fatx *fatx, struct xe__fatx_table *table, uint32_t cluster,
                 struct xe_error *err)
{
    if (cluster < 1 || cluster > fatx->clusters)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "cluster 0x%x, expected 0x1 to 0x%x",
                            cluster, fatx->clusters);
    if (table->used[cluster / 8] & 1u << cluster % 8)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "cluster 0x%x, for the second time: in two chains, or in a circle",
                            cluster);
    table->used[cluster / 8] |= (uint8_t)(1u << cluster % 8);
    return true;
}

static bool add_run(struct xe__fatx *fatx, uint32_t first, uint32_t before, struct xe_error *err)
{
    if (fatx->runs >= RUNS_MAX)
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "files in more than 0x%x pieces",
                            RUNS_MAX);
    if (!xe_grow(&fatx->run, &fatx->capacity, fatx->runs, sizeof(*fatx->run)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for pieces of files");
    fatx->run[fatx->runs++] = (struct xe__fatx_run){first, before};
    return true;
}

bool xe__fatx_chain(struct xe__fatx *fatx, struct xe__fatx_table *table, uint32_t first,
                    uint32_t count, bool exact, struct xe__fatx_span *ret, uint32_t *ret_clusters,
                    struct xe_error *err)
{
    size_t at = fatx->runs;
    uint32_t cluster = first, before = 0, n;

    for (n = 0; n < count && (cluster || !n); n++) {
        if (!take(fatx, table, cluster, err))
            return false;
        if ((!n || cluster != before + 1) && !add_run(fatx, cluster, n, err))
            return false;
        before = cluster;
        cluster = next_of(table, cluster);
    }
    if (exact && n < count)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "a chain of 0x%x clusters, expected 0x%x", n,
                            count);
    if (!exact && cluster)
        return xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                            "a chain of more than 0x%x clusters, expected its end", count);
    *ret = (struct xe__fatx_span){(uint32_t)at, (uint32_t)(fatx->runs - at)};
    *ret_clusters = n;
    return true;
}

uint64_t xe__fatx_place(const struct xe__fatx *fatx, struct xe__fatx_span span, uint64_t offset,
                        uint64_t size, uint64_t *ret_left)
{
    uint32_t wanted = (uint32_t)(offset / fatx->cluster);
    uint32_t low = span.at, high = span.at + span.count;
    uint64_t from, until;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (fatx->run[middle].before <= wanted)
            low = middle;
        else
            high = middle;
    }
    from = (uint64_t)fatx->run[low].before * fatx->cluster;
    until =
        low + 1 < span.at + span.count ? (uint64_t)fatx->run[low + 1].before * fatx->cluster : size;
    *ret_left = until - offset;
    return xe__fatx_position(fatx, fatx->run[low].first) + (offset - from);
}
