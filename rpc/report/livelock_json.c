/* diagnose.livelock: from an explanation to the view that its JSON is made of. */
#include "rpc/report/livelock_json.h"

#include <stdlib.h>

#include "rpc/api/rows.h"

#define SPINS_MAX 64u

static bool fill_starved(const struct xe_explain *explain, struct xe_rpc_livelock_view *view)
{
    view->starved = calloc(explain->threads + 1u, sizeof(*view->starved));
    for (uint32_t i = 0; view->starved && i < explain->threads; i++) {
        const struct xe_explain_thread *it = &explain->thread[i];

        if (it->now.standing == XE_STANDS_STARVED)
            view->starved[view->starveds++] =
                (struct xe_rpc_starved_view){.tid = it->now.tid,
                                             .by_tid = it->now.by_tid,
                                             .name = it->now.name,
                                             .since_cycle = it->now.since_cycle};
    }
    return view->starved != NULL;
}

/* How sure it is that one of those who spin or poll never comes out of it. */
static const char *certainty_of(const struct xe_explain *explain)
{
    enum xe_certainty sure = XE_CERTAINTY_NONE;

    for (uint32_t i = 0; i < explain->threads; i++)
        if (explain->thread[i].spin && explain->thread[i].stuck > sure)
            sure = explain->thread[i].stuck;
    return sure ? xe_certainty_name(sure) : NULL;
}

static json_t *write_view(struct xe_instance *instance, const struct xe_explain *explain,
                          struct xe_rpc_livelock_view *view)
{
    json_t *result = NULL;

    view->livelocked = explain->verdict != XE_VERDICT_CRASHED &&
                       explain->verdict != XE_VERDICT_EXITED &&
                       xe_explain_livelocked(xe_instance_kernel(instance));
    view->verdict = xe_verdict_name(explain->verdict);
    view->certainty = certainty_of(explain);
    view->spinning = explain->count.spinning;
    if (xe__rpc_spins_make(instance, explain, SPINS_MAX, &view->spin, &view->spins) &&
        fill_starved(explain, view))
        result = xe_rpc_write(&xe_rpc_livelock, view);
    xe__rpc_spins_free(view->spin, view->spins);
    free(view->starved);
    return result;
}

json_t *xe_rpc_livelock_json(struct xe_instance *instance, const char *id)
{
    struct xe_explain *explain =
        xe_explain_make(xe_instance_kernel(instance), xe_instance_last_stop(instance),
                        xe_instance_stop_detail(instance), NULL);
    struct xe_rpc_livelock_view view = {.instance = id,
                                        .cycle = xe_instance_cycle(instance),
                                        .after = xe_instance_config_get(instance)->livelock_after};
    json_t *result;

    if (!explain)
        return NULL;
    result = write_view(instance, explain, &view);
    xe_explain_free(explain);
    return result;
}
