/* The registry of promises: a list of the open ones by id, an index by kind and token, chains by
 * object, and a ring of those that ended last. */
#include "kernel/core/promise.h"

#include "base/alloc.h"
#include "kernel/core/state.h"

struct xe__promise {
    struct xe_promise_info info;
    uint64_t token;
    struct xe__promise *older, *newer;         /* of all           */
    struct xe__promise *previous_of, *next_of; /* of the object: a ring */
};

/* ---- words ---------------------------------------------------------------------------------- */

static const struct {
    const char *word, *doc;
} kinds[XE_PROMISE_KINDS] = {
#define PROMISE(name, word, doc) {word, doc},
#include "xe/promises.def"
#undef PROMISE
};

const char *xe_promise_kind_name(enum xe_promise_kind kind)
{
    return kind < XE_PROMISE_KINDS ? kinds[kind].word : "?";
}

const char *xe_promise_kind_doc(enum xe_promise_kind kind)
{
    return kind < XE_PROMISE_KINDS ? kinds[kind].doc : "?";
}

bool xe_promise_kind_is_outside(enum xe_promise_kind kind)
{
    return kind == XE_PROMISE_NETWORK || kind == XE_PROMISE_NOTIFICATION;
}

const char *xe_promise_state_name(enum xe_promise_state state)
{
    static const char *const words[XE_PROMISE_STATES] = {"open", "kept", "broken", "cancelled"};

    return state < XE_PROMISE_STATES ? words[state] : "?";
}

const char *xe_promise_due_name(enum xe_promise_due due)
{
    static const char *const words[XE_PROMISE_DUES] = {"at", "unknown", "never"};

    return due < XE_PROMISE_DUES ? words[due] : "?";
}

void xe_kernel_promise_site_here(const struct xe_kernel *kernel, struct xe_promise_site *ret)
{
    const struct xe_thread *thread = kernel->running;

    *ret = (struct xe_promise_site){
        .src = "kernel", .cycle = xe_kernel_cycle(kernel), .tid = thread ? thread->tid : 0};
    if (kernel->scope.src) {
        ret->src = kernel->scope.src;
    } else if (kernel->call) {
        ret->src = kernel->call->row ? kernel->call->row->name : "stub";
        ret->lr = kernel->call->lr;
    }
}

/* ---- lists ---------------------------------------------------------------------------------- */

static uint64_t index_key(enum xe_promise_kind kind, uint64_t token)
{
    return (uint64_t)kind << 56 | (token & XE_PROMISE_TOKEN_MAX);
}

static struct xe__promise *find(const struct xe_kernel *kernel, enum xe_promise_kind kind,
                                uint64_t token)
{
    return xe_map_get(&kernel->promises.index, index_key(kind, token));
}

/* Into the ring of its object, at the end. */
static bool chain(struct xe__promises *all, struct xe__promise *promise)
{
    struct xe__promise *first = xe_map_get(&all->object, promise->info.object_id);

    if (!promise->info.object_id)
        return true;
    if (!first) {
        promise->previous_of = promise->next_of = promise;
        return xe_map_put(&all->object, promise->info.object_id, promise);
    }
    promise->next_of = first;
    promise->previous_of = first->previous_of;
    promise->previous_of->next_of = promise;
    first->previous_of = promise;
    return true;
}

static void unchain(struct xe__promises *all, struct xe__promise *promise)
{
    uint64_t id = promise->info.object_id;

    if (!id)
        return;
    promise->previous_of->next_of = promise->next_of;
    promise->next_of->previous_of = promise->previous_of;
    if (xe_map_get(&all->object, id) != promise)
        return;
    xe_map_take(&all->object, id);
    if (promise->next_of != promise)
        xe_map_put(&all->object, id, promise->next_of); /* into the place just left: no memory */
}

/* Takes the promise; false: no room, and it is freed. */
static bool list(struct xe__promises *all, struct xe__promise *promise)
{
    uint64_t key = index_key(promise->info.kind, promise->token);

    if (all->open >= XE__PROMISES || !xe_map_put(&all->index, key, promise)) {
        xe_free(promise);
        return false;
    }
    if (!chain(all, promise)) {
        xe_map_take(&all->index, key);
        xe_free(promise);
        return false;
    }
    promise->older = all->newest;
    *(all->newest ? &all->newest->newer : &all->oldest) = promise;
    all->newest = promise;
    all->open++;
    return true;
}

static void unlist(struct xe__promises *all, struct xe__promise *promise)
{
    xe_map_take(&all->index, index_key(promise->info.kind, promise->token));
    unchain(all, promise);
    *(promise->older ? &promise->older->newer : &all->oldest) = promise->newer;
    *(promise->newer ? &promise->newer->older : &all->newest) = promise->older;
    all->open--;
}

static void remember(struct xe__promises *all, const struct xe_promise_info *info)
{
    uint32_t at = all->ended_count;

    if (at == XE__PROMISES_ENDED) {
        at = all->ended_first;
        all->ended_first = (all->ended_first + 1) % XE__PROMISES_ENDED;
    } else if (!xe_grow(&all->ended, &all->ended_capacity, at, sizeof(*all->ended))) {
        return;
    } else {
        all->ended_count++;
    }
    all->ended[at] = *info;
}

/* ---- making and ending ---------------------------------------------------------------------- */

static void end(struct xe_kernel *kernel, struct xe__promise *promise, enum xe_promise_state state)
{
    struct xe__promises *all = &kernel->promises;
    uint64_t *counts[XE_PROMISE_STATES] = {
        [XE_PROMISE_KEPT] = all->totals.kept,
        [XE_PROMISE_BROKEN] = all->totals.broken,
        [XE_PROMISE_CANCELLED] = all->totals.cancelled,
    };

    if (!promise)
        return;
    counts[state][promise->info.kind]++;
    promise->info.kept += state == XE_PROMISE_KEPT;
    promise->info.state = state;
    xe_kernel_promise_site_here(kernel, &promise->info.ended);
    remember(all, &promise->info);
    unlist(all, promise);
    xe_free(promise);
}

void xe_kernel_promise_make(struct xe_kernel *kernel, const struct xe_promise *request)
{
    struct xe__promises *all = &kernel->promises;
    struct xe__promise *promise;

    xe_kernel_promise_cancel(kernel, request->kind, request->token);
    all->totals.made[request->kind]++;
    promise = xe_calloc(1, sizeof(*promise));
    if (promise) {
        promise->token = request->token;
        promise->info = (struct xe_promise_info){
            .id = all->last_id + 1,
            .kind = request->kind,
            .due = request->due,
            .due_time = request->due == XE_PROMISE_AT ? request->due_time : 0,
            .object_id = request->object ? request->object->id : 0,
            .key = request->key,
        };
        xe_kernel_promise_site_here(kernel, &promise->info.made);
    }
    if (promise && list(all, promise))
        all->last_id++;
    else
        all->totals.lost++;
}

void xe_kernel_promise_keep(struct xe_kernel *kernel, enum xe_promise_kind kind, uint64_t token)
{
    end(kernel, find(kernel, kind, token), XE_PROMISE_KEPT);
}

void xe_kernel_promise_keep_on(struct xe_kernel *kernel, enum xe_promise_kind kind, uint64_t token,
                               uint64_t due_time)
{
    struct xe__promise *promise = find(kernel, kind, token);

    if (!promise)
        return;
    kernel->promises.totals.kept[kind]++;
    promise->info.kept++;
    promise->info.due_time = due_time;
}

void xe_kernel_promise_cancel(struct xe_kernel *kernel, enum xe_promise_kind kind, uint64_t token)
{
    end(kernel, find(kernel, kind, token), XE_PROMISE_CANCELLED);
}

void xe_kernel_promise_break(struct xe_kernel *kernel, enum xe_promise_kind kind, uint64_t token)
{
    end(kernel, find(kernel, kind, token), XE_PROMISE_BROKEN);
}

/* A title that closes what would be signalled has given it up. */
void xe__kernel_promises_object_gone(struct xe_kernel *kernel, uint64_t object_id)
{
    struct xe__promise *promise;

    while ((promise = xe_map_get(&kernel->promises.object, object_id)))
        end(kernel, promise, XE_PROMISE_CANCELLED);
}

void xe__kernel_promises_forget(struct xe_kernel *kernel)
{
    struct xe__promises *all = &kernel->promises;
    struct xe__promise *promise = all->oldest, *newer;

    for (; promise; promise = newer) {
        newer = promise->newer;
        xe_free(promise);
    }
    xe_map_fini(&all->index);
    xe_map_fini(&all->object);
    xe_free(all->ended);
    *all = (struct xe__promises){0};
}

/* ---- reading -------------------------------------------------------------------------------- */

static void tell(const struct xe_kernel *kernel, const struct xe__promise *promise,
                 void (*fn)(void *ctx, const struct xe_promise_info *info), void *ctx)
{
    struct xe_promise_info info = promise->info;
    uint64_t left;

    if (info.due == XE_PROMISE_AT) {
        left = xe__kernel_clock_cycles_until(kernel, info.due_time);
        info.due_cycle = left > UINT64_MAX - kernel->cycle ? UINT64_MAX : kernel->cycle + left;
    }
    fn(ctx, &info);
}

void xe_kernel_promises(const struct xe_kernel *kernel,
                        void (*fn)(void *ctx, const struct xe_promise_info *info), void *ctx)
{
    for (const struct xe__promise *p = kernel->promises.oldest; p; p = p->newer)
        tell(kernel, p, fn, ctx);
}

void xe_kernel_promises_of(const struct xe_kernel *kernel, uint64_t object_id,
                           void (*fn)(void *ctx, const struct xe_promise_info *info), void *ctx)
{
    const struct xe__promise *first = xe_map_get(&kernel->promises.object, object_id), *p = first;

    if (!first)
        return;
    do {
        tell(kernel, p, fn, ctx);
        p = p->next_of;
    } while (p != first);
}

void xe_kernel_promises_ended(const struct xe_kernel *kernel,
                              void (*fn)(void *ctx, const struct xe_promise_info *info), void *ctx)
{
    const struct xe__promises *all = &kernel->promises;

    for (uint32_t i = 0; i < all->ended_count; i++)
        fn(ctx, &all->ended[(all->ended_first + i) % XE__PROMISES_ENDED]);
}

void xe_kernel_promise_totals(const struct xe_kernel *kernel, struct xe_promise_totals *ret)
{
    *ret = kernel->promises.totals;
    ret->open = kernel->promises.open;
}

/* ---- state ---------------------------------------------------------------------------------- */

void xe_kernel_promise_site_state(struct xe_codec *c, struct xe_promise_site *site)
{
    xe__kernel_state_source(c, "src", &site->src);
    XE_CODEC(c, site->cycle);
    XE_CODEC(c, site->tid);
    XE_CODEC(c, site->lr);
}

static void info_state(struct xe_codec *c, struct xe_promise_info *info)
{
    XE_CODEC(c, info->id);
    xe_codec_enum(c, "kind", &info->kind, XE_PROMISE_KINDS);
    xe_codec_enum(c, "state", &info->state, XE_PROMISE_STATES);
    xe_codec_enum(c, "due", &info->due, XE_PROMISE_DUES);
    XE_CODEC(c, info->due_time);
    XE_CODEC(c, info->object_id);
    XE_CODEC(c, info->key);
    XE_CODEC(c, info->kept);
    xe_kernel_promise_site_state(c, &info->made);
    xe_kernel_promise_site_state(c, &info->ended);
}

/* Loading: one that was saved open. */
static void take_open(struct xe_codec *c, struct xe_kernel *kernel,
                      const struct xe_promise_info *info, uint64_t token)
{
    struct xe__promises *all = &kernel->promises;
    struct xe__promise *promise;

    if (!xe_codec_want(c,
                       info->state == XE_PROMISE_OPEN && token <= XE_PROMISE_TOKEN_MAX &&
                           info->id > all->last_id && !find(kernel, info->kind, token),
                       "promise %llu is not open, out of order or there twice",
                       (unsigned long long)info->id) ||
        !xe_codec_want(c,
                       !info->object_id ||
                           xe__kernel_state_object_index(c->world, info->object_id) != SIZE_MAX,
                       "promise %llu is for no object", (unsigned long long)info->id))
        return;
    promise = xe_calloc(1, sizeof(*promise));
    if (promise)
        *promise = (struct xe__promise){.info = *info, .token = token};
    if (!promise || !list(all, promise))
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for promises");
    all->last_id = info->id;
}

static void open_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    struct xe__promise *promise = xe_codec_loading(c) ? NULL : kernel->promises.oldest;
    size_t n = xe_codec_count(c, "open", kernel->promises.open, XE__PROMISES, 64);

    for (size_t i = 0; i < n && !c->stopped; i++) {
        struct xe_promise_info info = {0};
        uint64_t token = promise ? promise->token : 0;

        if (promise)
            info = promise->info;
        info_state(c, &info);
        xe_codec_u64(c, "token", &token);
        if (!xe_codec_loading(c))
            promise = promise->newer;
        else if (!c->stopped)
            take_open(c, kernel, &info, token);
    }
}

static void ended_state(struct xe_codec *c, struct xe__promises *all)
{
    size_t n = xe_codec_count(c, "ended", all->ended_count, XE__PROMISES_ENDED, 64);

    for (uint32_t i = 0; i < n && !c->stopped; i++) {
        struct xe_promise_info info = {0};

        if (!xe_codec_loading(c))
            info = all->ended[(all->ended_first + i) % XE__PROMISES_ENDED];
        info_state(c, &info);
        if (xe_codec_loading(c) && !c->stopped)
            remember(all, &info);
    }
}

void xe__kernel_promises_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    struct xe__promises *all = &kernel->promises;
    uint64_t last_id = all->last_id;

    if (!xe_codec_section_beside(c, "promises"))
        return;
    open_state(c, kernel);
    ended_state(c, all);
    for (uint32_t kind = 0; kind < XE_PROMISE_KINDS; kind++) {
        XE_CODEC(c, all->totals.made[kind]);
        XE_CODEC(c, all->totals.kept[kind]);
        XE_CODEC(c, all->totals.broken[kind]);
        XE_CODEC(c, all->totals.cancelled[kind]);
    }
    XE_CODEC(c, all->totals.lost);
    xe_codec_u64(c, "last_id", &last_id);
    if (xe_codec_want(c, last_id >= all->last_id, "last_id is an old one's"))
        all->last_id = last_id;
    xe_codec_beside(c, false);
}
