#include "mem/frozen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "mem/mem_internal.h"

/* Not F_SEAL_WRITE, which is refused while something is mapped: this one leaves what is mapped, and
 * lets nobody write or map it anew. */
#define SEALS   (F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
#define COPY_NS 20000u /* to bring a granule in, by estimate */

/* Shared by all that begin from it; one process, one thread. */
struct xe__layer {
    int fd; /* owned, sealed */
    uint32_t refs;
};

struct xe_mem_frozen {
    struct xe__layers layers;
    uint8_t source[XE_MEM_GRANULES];
};

/* ---- layers --------------------------------------------------------------------------------- */

static void unref(struct xe__layer *layer)
{
    if (--layer->refs > 0)
        return;
    close(layer->fd);
    xe_free(layer);
}

/* A list of the same layers. */
static void share(struct xe__layers *to, const struct xe__layers *from)
{
    *to = *from;
    for (uint32_t i = 0; i < to->count; i++)
        to->layer[i]->refs++;
}

void xe__mem_layers_drop(struct xe__layers *layers)
{
    while (layers->count)
        unref(layers->layer[--layers->count]);
}

/* ---- bringing in ---------------------------------------------------------------------------- */

/* n bytes of a granule's layer. Nobody can cut a sealed file off; if the host has no memory left,
 * it is as when a page of the live file can't be had. */
static void read_layer(const struct xe_mem_private *priv, uint32_t granule, uint32_t at, void *to,
                       size_t n)
{
    int fd = priv->layers.layer[priv->source[granule] - 1]->fd;
    off_t from = ((off_t)granule << XE__GRANULE_SHIFT) + at;

    while (n > 0) {
        ssize_t got = pread(fd, to, n, from);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort();
        to = (char *)to + got;
        from += got;
        n -= (size_t)got;
    }
}

static void copy_in(const struct xe_mem *mem, uint32_t granule)
{
    read_layer(mem->priv, granule, 0, mem->base + ((size_t)granule << XE__GRANULE_SHIFT),
               (size_t)1 << XE__GRANULE_SHIFT);
    mem->priv->source[granule] = XE__LIVE;
}

static void refresh_granule(const struct xe_mem *mem, uint32_t granule)
{
    uint32_t first = granule * XE__GRANULE_PAGES;

    for (uint32_t page = first; page < first + XE__GRANULE_PAGES; page++)
        if (mem->priv->protect[page])
            xe__mem_refresh(mem, page);
}

void xe__mem_bring(const struct xe_mem *mem, uint32_t page)
{
    uint32_t granule = xe__mem_granule(page);
    uint8_t *source = &mem->priv->source[granule];

    if (*source == XE__LIVE)
        return;
    if (*source) {
        copy_in(mem, granule);
        mem->priv->work += COPY_NS;
    }
    *source = XE__LIVE;
    refresh_granule(mem, granule);
}

void xe__mem_bring_range(const struct xe_mem *mem, xe_gva va, uint64_t size)
{
    uint32_t last = (uint32_t)((va + size - 1) >> XE_MEM_PAGE_SHIFT);

    for (uint32_t page = va >> XE_MEM_PAGE_SHIFT; page <= last; page++)
        xe__mem_bring(mem, page);
}

const uint8_t *xe__mem_peek(const struct xe_mem *mem, uint32_t page)
{
    struct xe_mem_private *priv = mem->priv;
    uint32_t granule = xe__mem_granule(page);

    if (priv->source[granule] == XE__LIVE)
        return mem->base + ((size_t)page << XE_MEM_PAGE_SHIFT);
    if (!priv->source[granule])
        return memset(priv->peek, 0, XE_MEM_PAGE);
    read_layer(priv, granule, (page % XE__GRANULE_PAGES) << XE_MEM_PAGE_SHIFT, priv->peek,
               XE_MEM_PAGE);
    return priv->peek;
}

bool xe__mem_is_hole(const struct xe_mem *mem, uint32_t page)
{
    uint32_t granule = xe__mem_granule(page);
    off_t at = (off_t)granule << XE__GRANULE_SHIFT, data;

    if (mem->priv->source[granule] != XE__LIVE)
        return !mem->priv->source[granule];
    data = lseek(mem->priv->storage_fd, at, SEEK_DATA);
    return data < 0 || data - at >= 1 << XE__GRANULE_SHIFT;
}

void xe__mem_forget_away(struct xe_mem *mem)
{
    memset(mem->priv->source, 0, XE_MEM_GRANULES);
    xe__mem_layers_drop(&mem->priv->layers);
}

/* ---- the live file -------------------------------------------------------------------------- */

int xe__mem_live_create(struct xe_error *err)
{
    int fd = memfd_create("xe360-memory", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd >= 0 && ftruncate(fd, XE_MEM_PHYS_C) == 0)
        return fd;
    xe_error_set(err, XE_ERR_NO_MEMORY, "guest memory file: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool map_views(struct xe_mem *mem, struct xe_error *err)
{
    return xe__mem_map_view(mem, mem->base, PROT_READ | PROT_WRITE, err) &&
           xe__mem_guard_remap(mem, err);
}

/* Go on with an empty live file (given); what was the live file is mapped nowhere then, and the
 * caller's. The views are replaced in place, which takes no mappings that there were not before. */
static bool replace_live(struct xe_mem *mem, int fresh, struct xe_error *err)
{
    struct xe_mem_private *priv = mem->priv;
    int old = priv->storage_fd;

    priv->storage_fd = fresh;
    if (map_views(mem, err))
        return true;
    priv->storage_fd = old;
    if (!map_views(mem, NULL))
        abort(); /* part of either file: no memory at all */
    close(fresh);
    return false;
}

/* ---- freezing ------------------------------------------------------------------------------- */

static uint32_t count_source(const struct xe_mem *mem, uint8_t source)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < XE_MEM_GRANULES; i++)
        n += mem->priv->source[i] == source;
    return n;
}

/* Keep layers few: what the newest holds becomes part of the live file, while that is not much more
 * than what the live file has anyway. */
static void merge(const struct xe_mem *mem, uint32_t live)
{
    struct xe__layers *layers = &mem->priv->layers;

    while (layers->count) {
        uint32_t held = count_source(mem, (uint8_t)layers->count);

        if (held >= 2 * live && layers->count < XE_MEM_LAYERS)
            break;
        for (uint32_t i = 0; held && i < XE_MEM_GRANULES; i++)
            if (mem->priv->source[i] == layers->count)
                copy_in(mem, i);
        live += held;
        unref(layers->layer[--layers->count]);
    }
}

static bool holds_code(const struct xe_mem *mem, uint32_t granule)
{
    const uint8_t *flags = mem->priv->flags + (size_t)granule * XE__GRANULE_PAGES;
    uint8_t any = 0;

    for (uint32_t i = 0; i < XE__GRANULE_PAGES; i++)
        any |= flags[i];
    return any & XE__PAGE_CODE;
}

/* Make the live file a layer, and have an empty one to go on with. It stays mapped until then. */
static bool push_live(struct xe_mem *mem, uint32_t n, struct xe_error *err)
{
    struct xe_mem_private *priv = mem->priv;
    struct xe__layer *layer = xe_calloc(1, sizeof(*layer));
    int next = xe__mem_live_create(err);

    if (layer && next >= 0)
        merge(mem, n);
    if (!layer)
        xe_error_set(err, XE_ERR_NO_MEMORY, "freeze memory: out of memory");
    else if (next >= 0 && fcntl(priv->storage_fd, F_ADD_SEALS, SEALS) < 0)
        xe_error_set(err, XE_ERR_INTERNAL, "seal guest memory: %s", strerror(errno));
    else if (next >= 0) {
        *layer = (struct xe__layer){priv->storage_fd, 1};
        priv->layers.layer[priv->layers.count++] = layer;
        priv->next_fd = next;
        return true;
    }
    xe_free(layer);
    if (next >= 0)
        close(next);
    return false;
}

/* What went away has no rights any more. Nothing of it is open: the guarded view is a new one. */
static void shut_granule(const struct xe_mem *mem, uint32_t granule)
{
    if (xe_mem_is_physical(granule << XE__GRANULE_SHIFT))
        refresh_granule(mem, granule); /* there are other addresses of it */
    else
        memset(mem->access + (size_t)granule * XE__GRANULE_PAGES, 0, XE__GRANULE_PAGES);
}

/* What the newest layer has: rights are what they can be now, and code is back in the live file. */
static void settle(struct xe_mem *mem)
{
    for (uint32_t i = 0; i < XE_MEM_GRANULES; i++) {
        if (mem->priv->source[i] != mem->priv->layers.count)
            continue;
        if (!holds_code(mem, i)) {
            shut_granule(mem, i);
            continue;
        }
        copy_in(mem, i);
        refresh_granule(mem, i);
    }
}

/* It failed: a merge may have brought in anything. */
static void refresh_all(const struct xe_mem *mem)
{
    for (uint32_t i = 0; i < XE_MEM_GRANULES; i++)
        refresh_granule(mem, i);
}

/* To `to`: what is in the live file is in the newest layer. */
static void name_sources(const struct xe_mem *mem, uint8_t to[XE_MEM_GRANULES])
{
    const uint8_t *source = mem->priv->source;

    for (uint32_t i = 0; i < XE_MEM_GRANULES; i++)
        to[i] = source[i] == XE__LIVE ? (uint8_t)mem->priv->layers.count : source[i];
}

struct xe_mem_frozen *xe_mem_freeze(struct xe_mem *mem, struct xe_error *err)
{
    struct xe_mem_frozen *frozen = xe_calloc(1, sizeof(*frozen));
    uint32_t n = count_source(mem, XE__LIVE);

    if (!frozen) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "freeze memory: out of memory");
        return NULL;
    }
    if (n && !push_live(mem, n, err)) {
        refresh_all(mem);
        xe_free(frozen);
        return NULL;
    }
    share(&frozen->layers, &mem->priv->layers);
    name_sources(mem, frozen->source);
    return frozen;
}

void xe_mem_go_on(struct xe_mem *mem)
{
    struct xe_mem_private *priv = mem->priv;
    int next = priv->next_fd;

    if (next < 0)
        return;
    priv->next_fd = -1;
    if (!replace_live(mem, next, NULL))
        abort(); /* others have the former, so it can't be written any more */
    name_sources(mem, priv->source);
    settle(mem);
}

void xe_mem_frozen_destroy(struct xe_mem_frozen *frozen)
{
    if (!frozen)
        return;
    xe__mem_layers_drop(&frozen->layers);
    xe_free(frozen);
}

bool xe__mem_begin_from(struct xe_mem *mem, const struct xe_mem_frozen *frozen,
                        struct xe_error *err)
{
    struct xe_mem_private *priv = mem->priv;
    struct xe__layers former = priv->layers;
    int old = priv->storage_fd, fresh = xe__mem_live_create(err);

    if (fresh < 0 || !replace_live(mem, fresh, err))
        return false;
    close(old);
    share(&priv->layers, &frozen->layers);
    xe__mem_layers_drop(&former);
    memcpy(priv->source, frozen->source, sizeof(frozen->source));
    return true;
}

/* ---- from one process to another ------------------------------------------------------------ */

uint32_t xe_mem_frozen_files(const struct xe_mem_frozen *frozen, int ret_fd[XE_MEM_LAYERS],
                             const uint8_t **ret_source)
{
    for (uint32_t i = 0; i < frozen->layers.count; i++)
        ret_fd[i] = frozen->layers.layer[i]->fd;
    *ret_source = frozen->source;
    return frozen->layers.count;
}

/* Its size is asked with lseek, since a worker may not stat by every name that has. */
static bool good_file(int fd, struct xe_error *err)
{
    if (fcntl(fd, F_GET_SEALS) != SEALS)
        return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "a file of memory is not sealed");
    if (lseek(fd, 0, SEEK_END) != (off_t)XE_MEM_PHYS_C)
        return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                            "a file of memory is not of 0x%x bytes", XE_MEM_PHYS_C);
    return true;
}

static bool good_table(const uint8_t source[XE_MEM_GRANULES], uint32_t files, struct xe_error *err)
{
    for (uint32_t i = 0; i < XE_MEM_GRANULES; i++)
        if (source[i] > files)
            return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                                "memory at 0x%08x is in file %u of %u", i << XE__GRANULE_SHIFT,
                                source[i], files);
    return true;
}

struct xe_mem_frozen *xe_mem_frozen_take(const int *fd, uint32_t files,
                                         const uint8_t source[XE_MEM_GRANULES],
                                         struct xe_error *err)
{
    struct xe_mem_frozen *frozen = files <= XE_MEM_LAYERS ? xe_calloc(1, sizeof(*frozen)) : NULL;
    uint32_t i = 0;
    bool ok = frozen || xe_error_set(err, XE_ERR_NO_MEMORY, "no room for %u files", files);

    for (; ok && i < files; i++) {
        struct xe__layer *layer = xe_calloc(1, sizeof(*layer));

        ok = good_file(fd[i], err) &&
             (layer || xe_error_set(err, XE_ERR_NO_MEMORY, "frozen memory: out of memory"));
        if (!ok) {
            xe_free(layer);
            break;
        }
        *layer = (struct xe__layer){fd[i], 1};
        frozen->layers.layer[frozen->layers.count++] = layer;
    }
    while (i < files)
        close(fd[i++]);
    if (ok && good_table(source, files, err)) {
        memcpy(frozen->source, source, sizeof(frozen->source));
        return frozen;
    }
    xe_mem_frozen_destroy(frozen);
    return NULL;
}
