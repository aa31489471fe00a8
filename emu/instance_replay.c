/* Playing an input log, and the other places on a run's way.
 *
 * The log's places are those of its inputs and of its digests. At each the state is compared, then
 * what came in there comes in again. */
#include <stdio.h>
#include <string.h>

#include "emu/instance_internal.h"

/* ---- what differs --------------------------------------------------------------------------- */

static bool diverge(struct xe_instance *instance, const char *component, const char *text)
{
    struct xe_inputs *inputs = &instance->inputs;

    inputs->replay = XE_REPLAY_DIVERGED;
    inputs->difference.cycle = xe_instance_cycle(instance);
    snprintf(inputs->difference.component, sizeof(inputs->difference.component), "%s", component);
    snprintf(inputs->difference.text, sizeof(inputs->difference.text), "%s", text);
    return false;
}

/* The first component that is another, in the order of digests; NULL: none is. */
static const char *differing(const struct xe_input_point *wanted, const struct xe_input_point *here)
{
    if (memcmp(wanted->hash, here->hash, sizeof(here->hash)) == 0)
        return NULL;
    for (uint32_t i = 0; i < here->components && i < wanted->components; i++)
        if (memcmp(&wanted->component[i], &here->component[i], sizeof(here->component[i])) != 0)
            return here->component[i].name;
    return "state";
}

/* A log's end may be on either side of what is due at its place. */
static bool compare(struct xe_instance *instance, const struct xe_input_point *wanted)
{
    struct xe_input_point here = xe__instance_point(instance);
    char text[256];

    if (differing(wanted, &here)) {
        xe_kernel_settle(instance->kernel);
        here = xe__instance_point(instance);
    }
    if (differing(wanted, &here)) {
        snprintf(text, sizeof(text), "%s at cycle %llu; equal at cycle %llu",
                 differing(wanted, &here), (unsigned long long)wanted->cycle,
                 (unsigned long long)instance->inputs.equal_cycle);
        return diverge(instance, differing(wanted, &here), text);
    }
    instance->inputs.equal_cycle = wanted->cycle;
    return true;
}

/* ---- playing -------------------------------------------------------------------------------- */

static bool is_at(struct xe_kernel_place place, uint64_t cycle, uint64_t idle)
{
    return place.cycle == cycle && place.idle == idle;
}

static struct xe_kernel_place nowhere(void)
{
    return (struct xe_kernel_place){UINT64_MAX, 0};
}

static struct xe_kernel_place sooner(struct xe_kernel_place a, struct xe_kernel_place b)
{
    return xe_inputs_order(a.cycle, a.idle, b.cycle, b.idle) <= 0 ? a : b;
}

/* Where the log has something next. */
static struct xe_kernel_place log_next(const struct xe_inputs *inputs)
{
    struct xe_kernel_place next = nowhere();

    if (inputs->replay != XE_REPLAY_PLAYING)
        return next;
    if (inputs->next_point < inputs->points)
        next = (struct xe_kernel_place){inputs->point[inputs->next_point].cycle,
                                        inputs->point[inputs->next_point].idle};
    if (inputs->next < inputs->count)
        next = sooner(next, (struct xe_kernel_place){inputs->input[inputs->next].cycle,
                                                     inputs->input[inputs->next].idle});
    return next;
}

static bool input_is_at(const struct xe_inputs *inputs, struct xe_kernel_place place)
{
    return inputs->next < inputs->count &&
           is_at(place, inputs->input[inputs->next].cycle, inputs->input[inputs->next].idle);
}

/* The next digest is of this place, and the log's last or not. */
static bool point_is_at(const struct xe_inputs *inputs, struct xe_kernel_place place, bool last)
{
    return inputs->next_point < inputs->points &&
           (inputs->next_point + 1 == inputs->points) == last &&
           is_at(place, inputs->point[inputs->next_point].cycle,
                 inputs->point[inputs->next_point].idle);
}

static bool apply_here(struct xe_instance *instance, struct xe_kernel_place place)
{
    struct xe_inputs *inputs = &instance->inputs;
    struct xe_error err = XE_ERROR_INIT;
    char text[256];

    for (; input_is_at(inputs, place); inputs->next++) {
        if (xe__instance_apply(instance, &inputs->input[inputs->next], &err))
            continue;
        snprintf(text, sizeof(text), "input %zu can't come in: %.200s", inputs->next, err.text);
        return diverge(instance, "", text);
    }
    return true;
}

/* All that the log has of this place. false: there it ends, or the run differs. */
static bool play(struct xe_instance *instance, struct xe_kernel_place place)
{
    struct xe_inputs *inputs = &instance->inputs;

    if (input_is_at(inputs, place))
        xe_kernel_settle(instance->kernel);
    if (point_is_at(inputs, place, false) &&
        !compare(instance, &inputs->point[inputs->next_point++]))
        return false;
    if (!apply_here(instance, place))
        return false;
    if (!point_is_at(inputs, place, true))
        return true;
    if (compare(instance, &inputs->point[inputs->next_point++]))
        inputs->replay = XE_REPLAY_ENDED;
    return false;
}

/* ---- the way -------------------------------------------------------------------------------- */

static struct xe_kernel_place way_next(const struct xe_instance *instance)
{
    return sooner(log_next(&instance->inputs),
                  (struct xe_kernel_place){xe__instance_trail_next(instance), 0});
}

/* At a place of the log's, or of the trail's, or at the cycle of one that can't be come to. */
static bool come_to(struct xe_instance *instance)
{
    struct xe_kernel_place place = xe_kernel_place(instance->kernel);
    struct xe_kernel_place wanted = log_next(&instance->inputs);
    struct xe_kernel_place target = instance->way.next;
    int order = xe_inputs_order(place.cycle, place.idle, wanted.cycle, wanted.idle);

    xe__instance_trail_take(instance);
    if (order == 0)
        return play(instance, place);
    if (order > 0 || (place.cycle == wanted.cycle && is_at(target, wanted.cycle, wanted.idle)))
        return diverge(instance, "clock", "time is another than when it was recorded");
    return true;
}

static bool arrived(void *ctx, struct xe_kernel_place *next)
{
    struct xe_instance *instance = ctx;
    bool go_on;

    xe__instance_count_no(instance);
    go_on = come_to(instance);
    *next = way_next(instance);
    xe__instance_count(instance);
    return go_on;
}

bool xe__instance_way_begin(struct xe_instance *instance, struct xe_error *err)
{
    if (instance->inputs.replay == XE_REPLAY_DIVERGED)
        return xe_error_set(err, XE_ERR_REPLAY_DIVERGED, "the replay differs: %s",
                            instance->inputs.difference.text);
    instance->way =
        (struct xe_kernel_way){.next = way_next(instance), .arrived = arrived, .ctx = instance};
    xe_kernel_way(instance->kernel, instance->way.next.cycle == UINT64_MAX ? NULL : &instance->way);
    return true;
}

/* The run is where the log has something, or never gets there. */
static void stopped_early(struct xe_instance *instance, enum xe_stop stop)
{
    const struct xe_inputs *inputs = &instance->inputs;
    char text[256];

    if (stop != XE_STOP_CRASH && stop != XE_STOP_EXIT && stop != XE_STOP_QUIESCENT)
        return;
    if (is_at(xe_kernel_place(instance->kernel), log_next(inputs).cycle, log_next(inputs).idle))
        come_to(instance);
    if (inputs->replay != XE_REPLAY_PLAYING)
        return;
    snprintf(text, sizeof(text), "the run stops at cycle %llu (%s), the log goes on to %llu",
             (unsigned long long)xe_instance_cycle(instance), xe_stop_name(stop),
             (unsigned long long)inputs->point[inputs->points - 1].cycle);
    diverge(instance, "", text);
}

void xe__instance_way_end(struct xe_instance *instance, struct xe_run_result *end)
{
    const struct xe_inputs *inputs = &instance->inputs;
    enum xe_replay_state before = inputs->replay;

    xe_kernel_way(instance->kernel, NULL);
    if (end->stop == XE_STOP_EXIT || end->stop == XE_STOP_CRASH)
        xe__instance_trail_take(instance);
    if (before == XE_REPLAY_PLAYING)
        stopped_early(instance, end->stop);
    if (end->stop != XE_STOP_REPLAY && inputs->replay != XE_REPLAY_DIVERGED)
        return;
    end->stop = XE_STOP_REPLAY;
    end->info = (struct xe_stop_info){.reason = XE_STOP_REPLAY};
    if (inputs->replay == XE_REPLAY_DIVERGED)
        snprintf(end->detail, sizeof(end->detail), "it differs: %.240s", inputs->difference.text);
    else
        snprintf(end->detail, sizeof(end->detail),
                 "the log has ended: %zu inputs, digests equal at %zu places", inputs->next,
                 inputs->next_point);
    instance->stop = end->info;
    memcpy(instance->stop_detail, end->detail, sizeof(end->detail));
}

/* ---- for others ----------------------------------------------------------------------------- */

bool xe_instance_replay_start(struct xe_instance *instance, const struct xe_input_log *log,
                              struct xe_error *err)
{
    struct xe_inputs *inputs = &instance->inputs;

    if (!instance->title.loaded || xe_instance_cycle(instance) || inputs->recording ||
        inputs->count || inputs->taint.reason || inputs->replay)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE,
                            "a log is played from the start, by an instance with a title");
    if (xe_inputs_take(inputs, log, err))
        return true;
    xe_inputs_fini(inputs);
    return false;
}

void xe_instance_replay_status(const struct xe_instance *instance, struct xe_replay_status *ret)
{
    const struct xe_inputs *inputs = &instance->inputs;

    *ret = (struct xe_replay_status){.state = inputs->replay};
    if (inputs->replay == XE_REPLAY_NONE)
        return;
    ret->inputs = inputs->count;
    ret->applied = inputs->next;
    ret->points = inputs->points;
    ret->compared = inputs->next_point;
    ret->end_cycle = inputs->points ? inputs->point[inputs->points - 1].cycle : 0;
    ret->equal_cycle = inputs->equal_cycle;
    ret->cycle = inputs->difference.cycle;
    snprintf(ret->component, sizeof(ret->component), "%s", inputs->difference.component);
    snprintf(ret->text, sizeof(ret->text), "%s", inputs->difference.text);
}
