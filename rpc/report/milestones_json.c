/* diagnose.milestones: from the kernel's rows to the view that its JSON is made of. */
#include "rpc/report/milestones_json.h"

#include <stdlib.h>

#include "rpc/api/rows.h"

struct making {
    struct xe_instance *instance;
    struct xe_rpc_milestones_view *view;
};

static void count(void *ctx, const struct xe_milestone *milestone)
{
    (void)milestone;
    ++*(uint32_t *)ctx;
}

static void add(void *ctx, const struct xe_milestone *milestone)
{
    struct making *m = ctx;
    struct xe_rpc_milestone_view *view = &m->view->milestone[m->view->milestones++];
    struct xe_place place;

    *view = (struct xe_rpc_milestone_view){.it = *milestone, .own = !milestone->doc};
    if (milestone->lr && xe_instance_place_of_call(m->instance, milestone->lr, &place))
        xe_place_text(&place, view->place);
}

json_t *xe_rpc_milestones_json(struct xe_instance *instance, const char *id)
{
    struct xe_kernel *kernel = xe_instance_kernel(instance);
    struct xe_rpc_milestones_view view = {.instance = id, .cycle = xe_instance_cycle(instance)};
    struct making m = {instance, &view};
    json_t *result = NULL;

    xe_kernel_milestones(kernel, count, &view.all);
    xe_kernel_milestone_counts(kernel, &view.count);
    view.drawn = xe_kernel_frame_counts(kernel, &view.pictures);
    view.milestone = calloc(view.all + 1u, sizeof(*view.milestone));
    if (view.milestone) {
        xe_kernel_milestones(kernel, add, &m);
        result = xe_rpc_write(&xe_rpc_milestones, &view);
    }
    free(view.milestone);
    return result;
}
