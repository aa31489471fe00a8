/* Controllers as state: all of it is what a title can see, now or later. */
#include <inttypes.h>

#include "base/alloc.h"
#include "input/pads_internal.h"

#define PENDING_SIZE 77u /* encoded */
#define STROKE_SIZE  7u  /* encoded */

static void gamepad_state(struct xe_codec *c, struct xe_gamepad *state)
{
    struct xe_error err = XE_ERROR_INIT;

    XE_CODEC(c, state->buttons);
#define PAD_AXIS(word, type, min, max, doc) XE_CODEC(c, state->word);
#include "xe/pads.def"
    if (xe_codec_loading(c) && !c->stopped)
        xe_codec_want(
            c, xe_pad_event_check(&(struct xe_pad_event){.act = XE_PAD_SET, .state = *state}, &err),
            "%s", err.text);
}

void xe__pad_state(struct xe_codec *c, struct xe_pad *pad)
{
    XE_CODEC(c, pad->connected);
    XE_CODEC(c, pad->left_motor);
    XE_CODEC(c, pad->right_motor);
    XE_CODEC(c, pad->packet);
    XE_CODEC(c, pad->polls);
    gamepad_state(c, &pad->rest);
    gamepad_state(c, &pad->given);
    XE_CODEC(c, pad->struck);
    XE_CODEC(c, pad->repeat_at);
    XE_CODEC(c, pad->repeats);
    xe_codec_want(c, pad->repeats <= 64, "key %u repeats", pad->repeats);
}

void xe__pad_pending_state(struct xe_codec *c, struct xe__pad_pending *pending)
{
    struct xe_pad_event *event = &pending->event;

    xe_codec_enum(c, "act", &event->act, XE_PAD_ACTS);
    XE_CODEC(c, event->port);
    xe_codec_enum(c, "clock", &event->clock, XE_PAD_CLOCKS);
    XE_CODEC(c, event->at);
    xe_codec_enum(c, "lasts", &event->lasts, XE_PAD_CLOCKS);
    XE_CODEC(c, event->count);
    gamepad_state(c, &event->state);
    XE_CODEC(c, event->key);
    XE_CODEC(c, pending->begun);
    XE_CODEC(c, pending->end);
    XE_CODEC(c, pending->repeat_at);
}

void xe__keystroke_state(struct xe_codec *c, struct xe_keystroke *stroke)
{
    XE_CODEC(c, stroke->key);
    XE_CODEC(c, stroke->character);
    XE_CODEC(c, stroke->flags);
    XE_CODEC(c, stroke->hid);
}

static void load_pending(struct xe_codec *c, struct xe_pads *pads, size_t n)
{
    struct xe__pad_pending pending;
    struct xe_error err = XE_ERROR_INIT;

    pads->count = 0;
    for (size_t i = 0; i < n && !c->stopped; i++) {
        pending = (struct xe__pad_pending){.begun = false};
        xe__pad_pending_state(c, &pending);
        if (c->stopped || !xe_codec_want(c, xe_pad_event_check(&pending.event, &err),
                                         "event %zu: %s", i, err.text))
            return;
        if (!xe_pads_add(pads, &pending.event, &err))
            xe_codec_fail(c, err.code, "%s", err.text);
        else
            pads->pending[i] = pending;
    }
}

void xe_pads_state(struct xe_codec *c, struct xe_pads *pads)
{
    size_t n;

    for (uint32_t i = 0; i < XE_PAD_PORTS; i++) {
        xe_codec_item(c, "pad", i);
        xe__pad_state(c, &pads->pad[i]);
    }
    xe_codec_item(c, NULL, 0);
    n = xe_codec_count(c, "events", pads->count, XE_PAD_EVENTS_MAX, PENDING_SIZE);
    if (xe_codec_loading(c))
        load_pending(c, pads, n);
    else
        for (size_t i = 0; i < n; i++)
            xe__pad_pending_state(c, &pads->pending[i]);
    XE_CODEC(c, pads->over);
    XE_CODEC(c, pads->typed);
    pads->strokes =
        (uint32_t)xe_codec_count(c, "keystrokes", pads->strokes, XE__PADS_KEYSTROKES, STROKE_SIZE);
    for (uint32_t i = 0; i < pads->strokes && !c->stopped; i++)
        xe__keystroke_state(c, &pads->stroke[i]);
}
