/* From the graph's answer to what is said: counts, a verdict, the roots in order of weight. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "explain/explain_internal.h"
#include "kernel/core/callsite.h"
#include "kernel/core/kernel.h"
#include "xe/promise.h"

/* ---- counts ---------------------------------------------------------------------------------- */

/* It may go on, but nothing shows that it will. */
static bool is_unserved(const struct xe_explain_thread *it)
{
    return !it->healthy &&
           (it->suspended || (it->now.standing == XE_STANDS_WAITING && !it->now.timed));
}

static void count_thread(const struct xe_explain_thread *it, bool quiet,
                         struct xe_explain_counts *count)
{
    count->live++;
    count->spinning += it->spin != NULL;
    count->stuck[it->stuck]++;
    if (it->stuck || quiet)
        return;
    count->unserved += is_unserved(it);
    if (it->suspended)
        count->suspended++;
    else if (it->now.standing == XE_STANDS_RUNNING || it->now.standing == XE_STANDS_STARVED ||
             it->spin)
        count->able++;
    else if (it->now.timed)
        count->timed++;
    else
        count->waiting++;
    count->starved += it->now.standing == XE_STANDS_STARVED && it->starves;
}

static void count_threads(struct xe_explain *explain)
{
    for (uint32_t i = 0; i < explain->threads; i++)
        if (explain->thread[i].live)
            count_thread(&explain->thread[i], explain->quiet, &explain->count);
}

static enum xe_certainty surest(const struct xe_explain_counts *count)
{
    for (int sure = XE_CERTAINTY_CERTAIN; sure > XE_CERTAINTY_NONE; sure--)
        if (count->stuck[sure])
            return (enum xe_certainty)sure;
    return XE_CERTAINTY_NONE;
}

/* How sure it is that one of those who spin never comes out of it, when it has lasted. What only
 * looks like a spin has to make way for what is surer. */
static enum xe_certainty surest_spin(const struct xe_explain *explain, uint64_t after)
{
    enum xe_certainty sure = XE_CERTAINTY_NONE;

    for (uint32_t i = 0; i < explain->threads; i++) {
        const struct xe_explain_thread *it = &explain->thread[i];

        if (it->spin && it->stuck > sure && (it->spin->exact || it->stuck >= explain->certainty) &&
            (it->stuck == XE_CERTAINTY_CERTAIN || it->spin->instructions >= after))
            sure = it->stuck;
    }
    return sure;
}

bool xe__explain_from_outside(const struct xe_explain_producer *it)
{
    if (it->who.kind != XE_PRODUCER_PROMISE || it->who.standing != XE_STANDS_ARMED)
        return false;
    for (int kind = 0; kind < XE_PROMISE_KINDS; kind++)
        if (it->who.what == xe_promise_kind_name((enum xe_promise_kind)kind))
            return xe_promise_kind_is_outside((enum xe_promise_kind)kind);
    return false;
}

/* Somebody waits for what only somebody outside gives. */
static bool awaits_outside(const struct xe_explain *explain)
{
    for (uint32_t i = 0; i < explain->producers; i++)
        if (xe__explain_from_outside(&explain->producer[i]))
            return true;
    return false;
}

static void judge(struct xe_explain *explain, enum xe_stop stop, uint64_t after)
{
    enum xe_certainty spin;
    const struct xe_explain_counts *count = &explain->count;

    explain->certainty = surest(count);
    explain->outside = awaits_outside(explain);
    spin = surest_spin(explain, after);
    if (stop == XE_STOP_CRASH || stop == XE_STOP_EXIT) {
        explain->verdict = stop == XE_STOP_CRASH ? XE_VERDICT_CRASHED : XE_VERDICT_EXITED;
        explain->certainty = XE_CERTAINTY_NONE;
    } else if (explain->quiet && count->live) {
        explain->verdict = XE_VERDICT_STUCK;
        explain->certainty = XE_CERTAINTY_CERTAIN;
    } else if (spin) {
        explain->verdict = XE_VERDICT_LIVELOCK;
        explain->certainty = spin;
    } else if (count->starved && explain->certainty < XE_CERTAINTY_LIKELY) {
        explain->verdict = XE_VERDICT_STARVED;
        explain->certainty = count->unserved ? XE_CERTAINTY_POSSIBLE : XE_CERTAINTY_NONE;
    } else if (explain->certainty) {
        explain->verdict = XE_VERDICT_PARTLY_STUCK;
    } else {
        explain->verdict = count->able || !count->live ? XE_VERDICT_RUNNING : XE_VERDICT_IDLE;
        explain->certainty = count->unserved ? XE_CERTAINTY_POSSIBLE : XE_CERTAINTY_NONE;
    }
}

/* ---- roots ----------------------------------------------------------------------------------- */

static uint64_t oldest_wait(const struct xe_explain *explain, const struct xe_explain_root *root)
{
    const uint32_t *list = root->waiters ? root->waiter : root->thread;
    uint32_t n = root->waiters ? root->waiters : root->threads;
    uint64_t oldest = UINT64_MAX;

    for (uint32_t i = 0; i < n; i++)
        if (explain->thread[list[i]].now.since_cycle < oldest)
            oldest = explain->thread[list[i]].now.since_cycle;
    return n ? oldest : 0;
}

/* One that sleeps for ever, or is suspended, and keeps nobody. */
static bool is_lonely(const struct xe_explain_root *root)
{
    return !root->cycle && root->threads && !root->spins && !root->waiters && !root->behinds;
}

/* Whoever keeps nobody comes last; the surest, who spins, cycles, then those that keep most
 * threads, then the oldest. */
static int by_weight(const void *a, const void *b)
{
    const struct xe_explain_root *x = a, *y = b;
    uint32_t many_x = x->threads + x->waiters + x->behinds;
    uint32_t many_y = y->threads + y->waiters + y->behinds;

    if (is_lonely(x) != is_lonely(y))
        return is_lonely(x) ? 1 : -1;
    if (x->certainty != y->certainty)
        return x->certainty < y->certainty ? 1 : -1;
    if (x->spins != y->spins)
        return x->spins ? -1 : 1;
    if (x->cycle != y->cycle)
        return x->cycle ? -1 : 1;
    if (many_x != many_y)
        return many_x < many_y ? 1 : -1;
    return (x->since_cycle > y->since_cycle) - (x->since_cycle < y->since_cycle);
}

/* Lists of nothing have no address. */
static const uint32_t *list_at(const uint32_t *list, uint32_t first)
{
    return list ? list + first : NULL;
}

static bool has_spinner(const struct xe_explain *explain, const struct xe_explain_root *root)
{
    bool spins = false;

    for (uint32_t i = 0; i < root->threads; i++)
        spins |= explain->thread[root->thread[i]].spin != NULL;
    for (uint32_t i = 0; i < root->waiters; i++)
        spins |= explain->thread[root->waiter[i]].spin != NULL;
    return spins;
}

static bool take_roots(struct xe_explain *explain, const struct xe__graph *graph)
{
    struct xe__graph_roots *kept = xe_calloc(1, sizeof(*kept));

    explain->kept = kept;
    if (!kept || !xe__explain_graph_find_roots(graph, kept))
        return false;
    explain->root = xe_calloc(kept->roots + 1u, sizeof(*explain->root));
    if (!explain->root)
        return false;
    explain->roots = kept->roots;
    for (uint32_t i = 0; i < kept->roots; i++) {
        const struct xe__graph_root *from = &kept->root[i];
        struct xe_explain_root *root = &explain->root[i];

        *root = (struct xe_explain_root){.certainty = from->certainty,
                                         .cycle = from->cycle,
                                         .object = list_at(kept->object, from->first_object),
                                         .objects = from->objects,
                                         .thread = list_at(kept->thread, from->first_thread),
                                         .threads = from->threads,
                                         .waiter = list_at(kept->waiter, from->first_waiter),
                                         .waiters = from->waiters,
                                         .behind = list_at(kept->waiter, from->first_behind),
                                         .behinds = from->behind};
        root->since_cycle = oldest_wait(explain, root);
        root->spins = has_spinner(explain, root);
    }
    qsort(explain->root, explain->roots, sizeof(*explain->root), by_weight);
    return true;
}

uint32_t xe_explain_cycle_object(const struct xe_explain *explain,
                                 const struct xe_explain_root *root, uint32_t i)
{
    const struct xe_explain_thread *from;
    uint32_t to;

    if (!root->cycle || i >= root->threads)
        return UINT32_MAX;
    from = &explain->thread[root->thread[i]];
    to = root->thread[(i + 1) % root->threads];
    for (uint32_t l = from->first_link; l < from->first_link + from->links; l++) {
        const struct xe_explain_object *object = &explain->object[explain->link[l].object];

        for (uint32_t k = 0; k < object->producers && !explain->link[l].taken; k++)
            if (explain->producer[object->first_producer + k].thread == to)
                return explain->link[l].object;
    }
    return UINT32_MAX;
}

void xe_explain_kind_text(const struct xe_explain_object *object, char *text, size_t size)
{
    if (object->what)
        snprintf(text, size, "%s", object->what);
    else
        xe_audit_kind_text(&object->about.kind, text, size);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool answer(struct xe_explain *explain, struct xe__graph *graph)
{
    if (!xe__explain_graph_solve(graph))
        return false;
    for (uint32_t i = 0; i < graph->threads; i++)
        explain->thread[i].stuck = graph->thread[i].stuck;
    for (uint32_t i = 0; i < graph->objects; i++)
        explain->object[i].stuck = graph->object[i].stuck;
    return xe__explain_health(explain, graph) && take_roots(explain, graph);
}

struct xe_explain *xe_explain_make(const struct xe_kernel *kernel, enum xe_stop stop,
                                   const char *detail, struct xe_error *err)
{
    bool over = stop == XE_STOP_EXIT || stop == XE_STOP_CRASH, done;
    struct xe__collected it;

    done = xe__explain_collect(kernel, XE__RECORDS | (over ? 0 : XE__SPINS), &it);
    if (done)
        done = (it.facts->sites = xe_kernel_callsites_create(kernel)) != NULL;
    if (done && !over)
        done = answer(it.facts, &it.graph);
    if (it.facts)
        xe__explain_collected_fini(&it);
    if (!done) {
        xe_explain_free(it.facts);
        xe_error_set(err, XE_ERR_NO_MEMORY, "explanation: out of memory");
        return NULL;
    }
    count_threads(it.facts);
    judge(it.facts, stop, xe_kernel_config_get(kernel)->livelock_after);
    xe__explain_sentence(it.facts, stop, detail ? detail : "");
    return it.facts;
}

void xe_explain_free(struct xe_explain *explain)
{
    if (!explain)
        return;
    if (explain->kept)
        xe__explain_graph_roots_fini(explain->kept);
    xe_free(explain->kept);
    xe_kernel_callsites_destroy(explain->sites);
    for (uint32_t i = 0; i < explain->threads; i++) {
        xe_free(explain->thread[i].spin);
        xe_free(explain->thread[i].fence);
    }
    xe_free(explain->thread);
    xe_free(explain->object);
    xe_free(explain->link);
    xe_free(explain->producer);
    xe_free(explain->root);
    xe_free(explain);
}

bool xe_explain_deadlocked(const struct xe_kernel *kernel, uint32_t share)
{
    struct xe__collected it;
    uint64_t stuck = 0, live = 0;

    if (!xe__explain_collect(kernel, 0, &it))
        return false;
    if (!it.graph.quiet && xe__explain_graph_solve(&it.graph))
        for (uint32_t i = 0; i < it.graph.threads; i++) {
            live += it.facts->thread[i].live;
            stuck += it.facts->thread[i].live && it.graph.thread[i].links &&
                     it.graph.thread[i].stuck == XE_CERTAINTY_CERTAIN;
        }
    xe__explain_collected_fini(&it);
    xe_explain_free(it.facts);
    return stuck && stuck * 100 >= live * share;
}

bool xe_explain_livelocked(const struct xe_kernel *kernel)
{
    struct xe__collected it;
    bool found = false;

    if (!xe__explain_collect(kernel, XE__SPINS, &it))
        return false;
    if (!it.facts->quiet && xe__explain_graph_solve(&it.graph))
        for (uint32_t i = 0; i < it.graph.threads; i++) {
            const struct xe_spin *spin = it.facts->thread[i].spin;

            found |= it.graph.thread[i].stuck && spin && spin->exact &&
                     spin->instructions >= xe_kernel_config_get(kernel)->livelock_after;
        }
    xe__explain_collected_fini(&it);
    xe_explain_free(it.facts);
    return found;
}
