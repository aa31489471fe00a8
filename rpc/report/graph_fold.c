#include "rpc/report/graph_fold.h"

#include <stdlib.h>

/* Likeness by hash: each thread and object has one of all that must be equal, those of sets are
 * sums, so that no order counts. */
struct folding {
    const struct xe_explain *explain;
    uint64_t *stack, *thread, *object; /* owned: hashes, by index */
    struct item {
        uint64_t hash;
        uint32_t at;
    } * item;      /* owned: room to sort them */
    uint32_t next; /* threads are visited by id, as explain has them */
};

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9u;
    return hash ^ hash >> 32;
}

static void see_stack(void *ctx, const struct xe_thread_info *info)
{
    struct folding *f = ctx;
    const struct xe_explain *explain = f->explain;
    uint64_t hash = mix(info->wait_lr, info->frames);

    while (f->next < explain->threads && explain->thread[f->next].now.tid < info->tid)
        f->next++;
    if (f->next == explain->threads || explain->thread[f->next].now.tid != info->tid)
        return;
    for (uint32_t i = 0; i < info->frames; i++)
        hash = mix(hash, info->frame[i].lr);
    f->stack[f->next] = hash;
}

static void hash_threads(struct folding *f)
{
    const struct xe_explain *explain = f->explain;

    for (uint32_t i = 0; i < explain->threads; i++) {
        const struct xe_explain_thread *it = &explain->thread[i];

        f->thread[i] = mix(mix(f->stack[i], (uint64_t)it->now.standing << 8 | it->stuck),
                           (uint64_t)it->now.wait_all << 1 | it->suspended);
        for (uint32_t k = it->first_link; k < it->first_link + it->links; k++)
            f->thread[i] += mix(f->object[explain->link[k].object], explain->link[k].taken);
    }
    for (uint32_t i = 0; i < explain->objects; i++)
        for (uint32_t k = 0; k < explain->object[i].producers; k++) {
            const struct xe_explain_producer *it =
                &explain->producer[explain->object[i].first_producer + k];

            if (it->thread != UINT32_MAX)
                f->thread[it->thread] += mix(f->object[i], 16u + it->who.kind);
        }
}

static void hash_objects(struct folding *f, bool alike)
{
    for (uint32_t i = 0; i < f->explain->objects; i++) {
        const struct xe_explain_object *it = &f->explain->object[i];

        f->object[i] = alike ? mix(mix((uint64_t)it->about.kind.kind << 8 | it->stuck,
                                       it->about.has_creator ? it->about.created.lr : 0),
                                   it->about.closed)
                             : mix(1, i);
    }
}

static int by_hash(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* The first of each hash, and how many have it; returns how many hashes there are. */
static uint32_t find_first(struct folding *f, const uint64_t *hash, uint32_t n, uint32_t *first,
                           uint32_t *count)
{
    uint32_t kinds = 0, start = 0;

    for (uint32_t i = 0; i < n; i++) {
        f->item[i] = (struct item){hash[i], i};
        count[i] = 0;
    }
    if (n)
        qsort(f->item, n, sizeof(*f->item), by_hash);
    for (uint32_t i = 0; i < n; i++) {
        if (!i || f->item[i].hash != f->item[start].hash) {
            start = i;
            kinds++;
        }
        first[f->item[i].at] = f->item[start].at;
        count[f->item[start].at]++;
    }
    return kinds;
}

static void fold_all(struct folding *f, struct xe__graph_fold *fold, bool wanted)
{
    const struct xe_explain *explain = f->explain;
    uint32_t nodes = UINT32_MAX;

    for (int pass = 0; pass < 2 && nodes > XE_RPC_GRAPH_FOLD; pass++) {
        hash_objects(f, wanted && pass);
        hash_threads(f);
        for (uint32_t i = 0; !wanted && i < explain->threads; i++)
            f->thread[i] = mix(1, i);
        nodes = find_first(f, f->thread, explain->threads, fold->thread, fold->threads) +
                find_first(f, f->object, explain->objects, fold->object, fold->objects);
        if (!wanted)
            return;
    }
}

bool xe__rpc_graph_fold_init(struct xe__graph_fold *fold, const struct xe_kernel *kernel,
                             const struct xe_explain *explain, bool wanted)
{
    size_t threads = explain->threads + 1u, objects = explain->objects + 1u;
    struct folding f = {.explain = explain,
                        .stack = calloc(threads, sizeof(*f.stack)),
                        .thread = calloc(threads, sizeof(*f.thread)),
                        .object = calloc(objects, sizeof(*f.object)),
                        .item = calloc(threads > objects ? threads : objects, sizeof(*f.item))};
    bool ok;

    *fold = (struct xe__graph_fold){.thread = calloc(threads, sizeof(*fold->thread)),
                                    .object = calloc(objects, sizeof(*fold->object)),
                                    .threads = calloc(threads, sizeof(*fold->threads)),
                                    .objects = calloc(objects, sizeof(*fold->objects))};
    ok = f.stack && f.thread && f.object && f.item && fold->thread && fold->object &&
         fold->threads && fold->objects;
    if (ok) {
        xe_kernel_threads(kernel, see_stack, &f);
        fold_all(&f, fold, wanted);
    }
    free(f.stack);
    free(f.thread);
    free(f.object);
    free(f.item);
    if (!ok)
        xe__rpc_graph_fold_fini(fold);
    return ok;
}

void xe__rpc_graph_fold_fini(struct xe__graph_fold *fold)
{
    free(fold->thread);
    free(fold->object);
    free(fold->threads);
    free(fold->objects);
    *fold = (struct xe__graph_fold){.thread = NULL};
}
