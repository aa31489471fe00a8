/* What happens to controllers from outside: events as inputs of the log, and back. */
#include <stdio.h>

#include "emu/instance_internal.h"
#include "input/pads.h"
#include "xe/pads.h"

static const struct {
    enum xe_input_kind kind;
    bool lasts, state;
} acts[XE_PAD_ACTS] = {
    [XE_PAD_SET] = {XE_INPUT_PAD_SET, .state = true},
    [XE_PAD_PRESS] = {XE_INPUT_PAD_PRESS, .lasts = true, .state = true},
    [XE_PAD_CONNECT] = {XE_INPUT_PAD_CONNECT},
    [XE_PAD_DISCONNECT] = {XE_INPUT_PAD_DISCONNECT},
    [XE_PAD_KEY] = {XE_INPUT_KEY, .lasts = true},
};

/* ---- an event and its input ----------------------------------------------------------------- */

static struct xe_input input_of(const struct xe_pad_event *event)
{
    struct xe_input input = {.kind = acts[event->act].kind, .at = event->at};

    snprintf(input.clock, sizeof(input.clock), "%s", xe_pad_clock_word(event->clock));
    if (event->act == XE_PAD_KEY)
        snprintf(input.key, sizeof(input.key), "%s", xe_pad_key_word(event->key));
    else
        input.pad = event->port + 1;
    if (acts[event->act].lasts) {
        snprintf(input.lasts, sizeof(input.lasts), "%s", xe_pad_clock_word(event->lasts));
        input.count = event->count;
    }
    if (!acts[event->act].state)
        return input;
    input.buttons = event->state.buttons;
#define PAD_AXIS(word, type, min, max, doc) input.word = event->state.word;
#include "xe/pads.def"
    return input;
}

/* false: no event is told so. */
static bool event_of(const struct xe_input *input, struct xe_pad_event *ret, struct xe_error *err)
{
    *ret = (struct xe_pad_event){.at = input->at, .count = input->count};
    while (ret->act < XE_PAD_ACTS - 1 && acts[ret->act].kind != input->kind)
        ret->act++;
    ret->port = ret->act == XE_PAD_KEY ? XE_PAD_KEYBOARD : input->pad - 1;
    ret->state.buttons = input->buttons;
#define PAD_AXIS(word, type, min, max, doc) ret->state.word = input->word;
#include "xe/pads.def"
    if (!xe_pad_clock(input->clock, &ret->clock))
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "clock: there is no '%s'", input->clock);
    if (acts[ret->act].lasts && !xe_pad_clock(input->lasts, &ret->lasts))
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "lasts: there is no '%s'", input->lasts);
    if (ret->act == XE_PAD_KEY && !xe_pad_key(input->key, &ret->key))
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "key: there is no '%s'", input->key);
    return xe_pad_event_check(ret, err);
}

/* ---- the door ------------------------------------------------------------------------------- */

static bool has_room(const struct xe_instance *instance, size_t count, struct xe_error *err)
{
    struct xe_pad_script script = xe_pads_script(xe_kernel_pads(instance->kernel));
    uint32_t there = script.waiting + script.going_on;

    return count <= XE_PAD_EVENTS_MAX - there ||
           xe_error_set(err, XE_ERR_QUOTA_EXCEEDED,
                        "%u events wait or go on already, at most %u can", there,
                        XE_PAD_EVENTS_MAX);
}

bool xe__instance_check_pad(const struct xe_instance *instance, const struct xe_input *input,
                            struct xe_error *err)
{
    struct xe_pad_event event;

    return input->kind == XE_INPUT_PAD_CLEAR ||
           (event_of(input, &event, err) && has_room(instance, 1, err));
}

bool xe__instance_apply_pad(struct xe_instance *instance, const struct xe_input *input,
                            struct xe_error *err)
{
    struct xe_pads *pads = xe_kernel_pads(instance->kernel);
    struct xe_pad_event event;

    if (input->kind != XE_INPUT_PAD_CLEAR) {
        if (!event_of(input, &event, err) || !xe_pads_add(pads, &event, err))
            return false;
    } else {
        xe_pads_clear(pads);
    }
    xe_kernel_pads_told(instance->kernel);
    return true;
}

static bool check_all(struct xe_instance *instance, const struct xe_pad_event *event, size_t count,
                      bool replace, struct xe_error *err)
{
    const struct xe_input longest = {.kind = XE_INPUT_PAD_PRESS};

    for (size_t i = 0; i < count; i++)
        if (!xe_pad_event_check(&event[i], err))
            return false;
    if (replace ? count > XE_PAD_EVENTS_MAX : !has_room(instance, count, NULL))
        return xe_error_set(err, XE_ERR_QUOTA_EXCEEDED,
                            "%zu events: at most %u can wait or go on at a time", count,
                            XE_PAD_EVENTS_MAX);
    return !instance->inputs.recording ||
           xe_inputs_has_room(&instance->inputs, &longest, count + replace, err);
}

bool xe_instance_pad_events(struct xe_instance *instance, const struct xe_pad_event *event,
                            size_t count, bool replace, struct xe_error *err)
{
    const struct xe_input clear = {.kind = XE_INPUT_PAD_CLEAR};

    if (!xe__instance_wants_title(instance, err) ||
        !check_all(instance, event, count, replace, err) ||
        (replace && !xe__instance_enter(instance, &clear, err)))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct xe_input input = input_of(&event[i]);

        if (!xe__instance_enter(instance, &input, err))
            return false;
    }
    return true;
}
