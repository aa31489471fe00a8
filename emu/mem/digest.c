/* Memory digest: a two-level Merkle hash over the storage pages that are not all zero.
 *
 * A page hashed once is marked; the first write to it takes the slow path and unmarks it and its
 * group of 256 pages. A digest then hashes the unmarked pages and groups again and one list of
 * group hashes. Allocations and rights are part of it, since the guest can query them. */
#include <string.h>

#include <gcrypt.h>

#include "mem/mem.h"
#include "mem/mem_internal.h"

#define HASH_SIZE 16

/* 128 bits of BLAKE2b-256. */
static void hash_bytes(const void *bytes, size_t size, uint8_t ret[HASH_SIZE])
{
    uint8_t full[32];

    gcry_md_hash_buffer(GCRY_MD_BLAKE2B_256, full, bytes, size);
    memcpy(ret, full, HASH_SIZE);
}

static bool all_zero(const uint8_t *page)
{
    return page[0] == 0 && memcmp(page, page + 1, XE_MEM_PAGE - 1) == 0;
}

static const uint8_t zero_hash[HASH_SIZE];

/* *known: the granule that *hole is of. To ask the host costs more than all else here. */
static void page_update(struct xe_mem *mem, uint32_t page, uint32_t *known, bool *hole)
{
    struct xe_mem_private *priv = mem->priv;
    uint32_t granule = xe__mem_granule(page);
    const uint8_t *bytes;

    if (*known != granule) {
        *known = granule;
        *hole = xe__mem_is_hole(mem, page);
    }
    bytes = *hole ? NULL : xe__mem_peek(mem, page);
    if (!bytes || all_zero(bytes))
        memcpy(priv->page_hash[page], zero_hash, HASH_SIZE);
    else
        hash_bytes(bytes, XE_MEM_PAGE, priv->page_hash[page]);
    priv->flags[page] |= XE__PAGE_HASHED;
    xe__mem_refresh(mem, page);
}

/* Hash (page number, page hash) of the pages that are not zero. */
static void group_update(struct xe_mem *mem, uint32_t group)
{
    struct xe_mem_private *priv = mem->priv;
    uint8_t list[(4 + HASH_SIZE) << XE__GROUP_SHIFT];
    uint32_t first = group << XE__GROUP_SHIFT, known = UINT32_MAX;
    bool hole = false;
    size_t n = 0;

    for (uint32_t page = first; page < first + (1u << XE__GROUP_SHIFT); page++) {
        if (!priv->protect[page])
            continue;
        if (!(priv->flags[page] & XE__PAGE_HASHED))
            page_update(mem, page, &known, &hole);
        if (memcmp(priv->page_hash[page], zero_hash, HASH_SIZE) == 0)
            continue;
        xe_store_be32(list + n, page);
        memcpy(list + n + 4, priv->page_hash[page], HASH_SIZE);
        n += 4 + HASH_SIZE;
    }
    priv->group_state[group] = XE__GROUP_CLEAN | (n ? XE__GROUP_USED : 0);
    if (n)
        hash_bytes(list, n, priv->group_hash[group]);
}

/* Feed runs of equal rights, and the allocations. */
static void hash_map(const struct xe_mem *mem, gcry_md_hd_t md)
{
    struct xe_mem_private *priv = mem->priv;
    uint8_t row[12];

    for (int h = 0; h < XE_MEM_HEAPS; h++) {
        struct xe__spans *spans = &priv->heap[h].spans;
        const struct xe__span *span;
        xe_gva shift = h == XE_MEM_HEAP_PHYSICAL ? XE_MEM_PHYS_A : 0;

        for (uint32_t at = 0; (span = xe__mem_spans_from(spans, at));
             at = span->base + span->size) {
            uint32_t first = (span->base + shift) >> XE_MEM_PAGE_SHIFT;
            uint32_t end = first + (span->size >> XE_MEM_PAGE_SHIFT);

            xe_store_be32(row, span->base + shift);
            xe_store_be32(row + 4, span->size);
            xe_store_be32(row + 8, span->protect);
            gcry_md_write(md, row, sizeof(row));
            for (uint32_t page = first, run = first; page < end; page++) {
                if (page + 1 < end && priv->protect[page + 1] == priv->protect[run])
                    continue;
                xe_store_be32(row, run);
                xe_store_be32(row + 4, page + 1 - run);
                xe_store_be32(row + 8, priv->protect[run]);
                gcry_md_write(md, row, sizeof(row));
                run = page + 1;
            }
        }
    }
}

void xe_mem_breath(struct xe_mem *mem, struct xe_breath breath)
{
    mem->priv->breath = breath;
}

void xe_mem_digest(struct xe_mem *mem, uint8_t ret_hash[16])
{
    struct xe_mem_private *priv = mem->priv;
    gcry_md_hd_t md;

    memset(ret_hash, 0, HASH_SIZE);
    if (gcry_md_open(&md, GCRY_MD_BLAKE2B_256, 0) != 0)
        return;
    for (uint32_t group = 0; group < XE_MEM_PHYS_C >> (XE_MEM_PAGE_SHIFT + XE__GROUP_SHIFT);
         group++) {
        uint8_t number[4];

        if (!(priv->group_state[group] & XE__GROUP_CLEAN)) {
            group_update(mem, group);
            xe_breathe(&priv->breath); /* a mebibyte */
        }
        if (!(priv->group_state[group] & XE__GROUP_USED))
            continue;
        xe_store_be32(number, group);
        gcry_md_write(md, number, sizeof(number));
        gcry_md_write(md, priv->group_hash[group], HASH_SIZE);
    }
    hash_map(mem, md);
    memcpy(ret_hash, gcry_md_read(md, GCRY_MD_BLAKE2B_256), HASH_SIZE);
    gcry_md_close(md);
}
