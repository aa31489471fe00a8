/* The audit's reports, told what comes of each thread: the audit sees one object at a time. */
#include <string.h>

#include "base/alloc.h"
#include "explain/explain_internal.h"
#include "kernel/core/callsite.h"
#include "kernel/core/kernel.h"

struct judged {
    const struct xe_explain *explain;
    uint32_t *root; /* owned: by thread, index + 1 of the cycle that it is in or waits behind */
};

static void mark(struct judged *judged, const uint32_t *list, uint32_t count, uint32_t root)
{
    for (uint32_t i = 0; i < count; i++)
        if (!judged->root[list[i]])
            judged->root[list[i]] = root + 1;
}

static void mark_all(struct judged *judged)
{
    for (uint32_t i = 0; i < judged->explain->roots; i++) {
        const struct xe_explain_root *root = &judged->explain->root[i];

        if (!root->cycle || root->certainty != XE_CERTAINTY_CERTAIN)
            continue;
        mark(judged, root->thread, root->threads, i);
        mark(judged, root->waiter, root->waiters, i);
        mark(judged, root->behind, root->behinds, i);
    }
}

/* Threads stand in tid order. */
static uint32_t find(const struct xe_explain *explain, uint32_t tid)
{
    uint32_t from = 0, to = explain->threads;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (explain->thread[middle].now.tid < tid)
            from = middle + 1;
        else
            to = middle;
    }
    return from < explain->threads && explain->thread[from].now.tid == tid ? from : XE__NONE;
}

static bool fate_of(void *ctx, uint32_t tid, struct xe_audit_fate *ret)
{
    const struct judged *judged = ctx;
    const struct xe_explain *explain = judged->explain;
    uint32_t at = find(explain, tid);
    const struct xe_explain_root *root;
    uint32_t first = 0;

    if (at == XE__NONE)
        return false;
    *ret = (struct xe_audit_fate){
        .goes_on = explain->thread[at].live && explain->thread[at].stuck == XE_CERTAINTY_NONE,
        .certain = explain->thread[at].stuck == XE_CERTAINTY_CERTAIN,
    };
    if (!ret->certain || !judged->root[at])
        return true;
    root = &explain->root[judged->root[at] - 1];
    ret->cycle_total = root->threads;
    for (uint32_t i = 0; i < root->threads; i++)
        if (root->thread[i] == at)
            first = i;
    for (uint32_t i = 0; i < root->threads && i < XE_AUDIT_CHAIN; i++)
        ret->cycle[ret->cycles++] =
            explain->thread[root->thread[(first + i) % root->threads]].now.tid;
    return true;
}

static bool unreached(void *ctx, uint64_t object_id, struct xe_audit_unreached *ret)
{
    const struct judged *judged = ctx;

    return xe_kernel_callsites_unreached(judged->explain->sites, object_id, ret);
}

bool xe_explain_audit_report(const struct xe_kernel *kernel, const struct xe_explain *explain,
                             const uint32_t *keys, uint32_t count, struct xe_audit_report *ret,
                             struct xe_error *err)
{
    struct xe_audit_world world = *xe_kernel_audit_world(kernel);
    struct xe_explain *own =
        explain ? NULL : xe_explain_make(kernel, xe_kernel_stop_info(kernel)->reason, "", err);
    struct judged judged = {.explain = explain ? explain : own};
    struct xe_audit_fates fates = {&judged, fate_of};
    struct xe_audit_code code = {&judged, unreached};
    bool done = false;

    if (!judged.explain)
        return false;
    judged.root = xe_calloc(judged.explain->threads + 1u, sizeof(*judged.root));
    if (judged.root) {
        mark_all(&judged);
        world.over = judged.explain->verdict == XE_VERDICT_EXITED ||
                     judged.explain->verdict == XE_VERDICT_CRASHED;
        if (!world.over)
            world.fates = &fates;
        world.code = &code;
        done = xe_audit_report_make(xe_kernel_audit(kernel), &world, keys, count, ret, err);
    } else {
        xe_error_set(err, XE_ERR_NO_MEMORY, "audit report: out of memory");
    }
    xe_free(judged.root);
    xe_explain_free(own);
    return done;
}
