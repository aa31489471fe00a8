/* What comes to pass when a title looks; see pads.h.
 *
 * `struck` has a bit for each key of a pad that keystrokes tell of: its buttons in the order of
 * pads.def, the triggers, and eight directions for each stick. */
#include "input/pads_internal.h"

#include <string.h>

#include "base/alloc.h"

/* How far an axis has to be moved to be a key.
 * Source: XInput's documentation (XINPUT_GAMEPAD_TRIGGER_THRESHOLD and dead zones).
 * Guess: that keystrokes take the same; a dump of a console's would settle it. */
#define TRIGGER_KEY 30u
#define LEFT_KEY    7849
#define RIGHT_KEY   8689

/* How long a key has to be held until it repeats, and how often then, in 100 ns.
 * Source: XInput's documentation says that keys repeat, and how it is told.
 * Guess: the times; a console's, measured, would settle it. */
#define REPEAT_FIRST 4000000u
#define REPEAT_NEXT  1000000u

enum {
#define PAD_BUTTON(word, bit, key) KEY_##word,
#include "xe/pads.def"
    KEY_LT,
    KEY_RT,
    KEY_LEFT_STICK,
    KEY_RIGHT_STICK = KEY_LEFT_STICK + 8
};

static const struct {
    uint32_t bit;
    uint16_t key;
} buttons[] = {
#define PAD_BUTTON(word, bit, key) {bit, key},
#include "xe/pads.def"
};
#define BUTTONS (sizeof(buttons) / sizeof(buttons[0]))

/* What each clock shows. */
struct times {
    uint64_t at[XE_PAD_CLOCKS];
    uint64_t time;
    bool polls; /* this look is one */
};

struct xe_pads *xe_pads_create(uint32_t plugged)
{
    struct xe_pads *pads = xe_calloc(1, sizeof(*pads));

    for (uint32_t i = 0; pads && i < plugged && i < XE_PADS; i++)
        pads->pad[i].connected = true;
    return pads;
}

void xe_pads_destroy(void *self)
{
    struct xe_pads *pads = self;

    if (!pads)
        return;
    xe_free(pads->pending);
    xe_free(pads);
}

/* ---- events --------------------------------------------------------------------------------- */

bool xe_pads_add(struct xe_pads *pads, const struct xe_pad_event *event, struct xe_error *err)
{
    if (pads->count >= XE_PAD_EVENTS_MAX)
        return xe_error_set(err, XE_ERR_QUOTA_EXCEEDED,
                            "%u events wait for the title already, which is all there is room for",
                            XE_PAD_EVENTS_MAX);
    if (!xe_grow(&pads->pending, &pads->capacity, pads->count, sizeof(*pads->pending)))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for an event");
    pads->pending[pads->count++] = (struct xe__pad_pending){.event = *event};
    return true;
}

void xe_pads_clear(struct xe_pads *pads)
{
    pads->count = 0;
}

/* A title that never asks for them gets the oldest. */
static void strike(struct xe_pads *pads, uint32_t key, uint16_t flags)
{
    if (pads->strokes == XE__PADS_KEYSTROKES)
        return;
    pads->stroke[pads->strokes] = xe__keys[key].stroke;
    pads->stroke[pads->strokes++].flags = flags;
}

static void begin(struct xe_pads *pads, struct xe__pad_pending *pending, const struct times *times)
{
    const struct xe_pad_event *event = &pending->event;
    struct xe_pad *pad = &pads->pad[event->port];
    bool next = event->lasts == XE_PAD_POLL && !times->polls; /* the first is still to come */

    pending->begun = true;
    pending->end = times->at[event->lasts] + event->count + next;
    if (pending->end < event->count)
        pending->end = UINT64_MAX;
    switch (event->act) {
    case XE_PAD_SET:
        pad->rest = event->state;
        break;
    case XE_PAD_CONNECT:
    case XE_PAD_DISCONNECT:
        pad->connected = event->act == XE_PAD_CONNECT;
        break;
    case XE_PAD_KEY:
        strike(pads, event->key, XE_KEYSTROKE_DOWN);
        pads->typed = event->key;
        pending->repeat_at = times->time + REPEAT_FIRST;
        break;
    default:
        break;
    }
}

static bool lasts(const struct xe_pad_event *event)
{
    return event->act == XE_PAD_PRESS || event->act == XE_PAD_KEY;
}

/* Who looks late finds one, not all that there could have been. */
static void repeat(struct xe_pads *pads, struct xe__pad_pending *pending, const struct times *times)
{
    const struct xe_pad_event *event = &pending->event;

    if (event->act != XE_PAD_KEY || event->key != pads->typed || times->time < pending->repeat_at)
        return;
    strike(pads, event->key, XE_KEYSTROKE_DOWN | XE_KEYSTROKE_REPEAT);
    pending->repeat_at = times->time + REPEAT_NEXT;
}

/* true: it is over. */
static bool happen(struct xe_pads *pads, struct xe__pad_pending *pending, const struct times *times)
{
    const struct xe_pad_event *event = &pending->event;

    if (!pending->begun && times->at[event->clock] < event->at)
        return false;
    if (!pending->begun)
        begin(pads, pending, times);
    if (lasts(event) && times->at[event->lasts] < pending->end) {
        repeat(pads, pending, times);
        return false;
    }
    if (event->act == XE_PAD_KEY)
        strike(pads, event->key, XE_KEYSTROKE_UP);
    return true;
}

/* ---- what the title is given ---------------------------------------------------------------- */

static void press(struct xe_gamepad *state, const struct xe_gamepad *held)
{
    state->buttons |= held->buttons;
#define PAD_AXIS(word, type, min, max, doc)                                                        \
    if (held->word)                                                                                \
        state->word = held->word;
#include "xe/pads.def"
}

static struct xe_gamepad held_now(const struct xe_pads *pads, uint32_t port)
{
    struct xe_gamepad state = pads->pad[port].rest;

    if (!pads->pad[port].connected)
        return (struct xe_gamepad){0};
    for (size_t i = 0; i < pads->count; i++)
        if (pads->pending[i].begun && pads->pending[i].event.port == port)
            press(&state, &pads->pending[i].event.state);
    return state;
}

static bool is_same(const struct xe_gamepad *a, const struct xe_gamepad *b)
{
    bool same = a->buttons == b->buttons;

#define PAD_AXIS(word, type, min, max, doc) same &= a->word == b->word;
#include "xe/pads.def"
    return same;
}

const struct xe_pad *xe_pads_look(struct xe_pads *pads, uint32_t port,
                                  const struct xe_pads_now *now, bool polls)
{
    struct xe_pad *pad = &pads->pad[port];
    struct times times = {{now->cycle, now->frames, pad->polls += polls}, now->time, polls};
    struct xe_gamepad given;
    size_t kept = 0;

    for (size_t i = 0; i < pads->count; i++) {
        struct xe__pad_pending pending = pads->pending[i];

        if (pending.event.port == port && happen(pads, &pending, &times))
            pads->over++;
        else
            pads->pending[kept++] = pending;
    }
    pads->count = kept;
    given = held_now(pads, port);
    if (!is_same(&given, &pad->given)) {
        pad->given = given;
        pad->packet++;
    }
    return pad;
}

/* ---- plugging in and out --------------------------------------------------------------------- */

static bool plugs(const struct xe_pad_event *event)
{
    return (event->act == XE_PAD_CONNECT || event->act == XE_PAD_DISCONNECT) &&
           event->clock != XE_PAD_POLL;
}

bool xe_pads_plug(struct xe_pads *pads, const struct xe_pads_now *now)
{
    struct times times = {.at = {now->cycle, now->frames}, .time = now->time};
    bool changed = false;
    size_t kept = 0;

    for (size_t i = 0; i < pads->count; i++) {
        struct xe__pad_pending pending = pads->pending[i];
        bool before = pads->pad[pending.event.port].connected;

        if (plugs(&pending.event) && happen(pads, &pending, &times)) {
            pads->over++;
            changed |= pads->pad[pending.event.port].connected != before;
        } else {
            pads->pending[kept++] = pending;
        }
    }
    pads->count = kept;
    return changed;
}

uint64_t xe_pads_next_plug(const struct xe_pads *pads, bool *ret_by_frame)
{
    uint64_t next = UINT64_MAX;

    *ret_by_frame = false;
    for (size_t i = 0; i < pads->count; i++) {
        const struct xe_pad_event *event = &pads->pending[i].event;

        *ret_by_frame |= plugs(event) && event->clock == XE_PAD_FRAME;
        if (plugs(event) && event->clock == XE_PAD_CYCLE && event->at < next)
            next = event->at;
    }
    return next;
}

/* ---- keystrokes ----------------------------------------------------------------------------- */

/* The bit of where a stick is moved, 0 if it isn't; in the order of virtual keys. */
static uint64_t direction(int32_t x, int32_t y, int32_t dead)
{
    enum { UP, DOWN, RIGHT, LEFT, UP_LEFT, UP_RIGHT, DOWN_RIGHT, DOWN_LEFT, NOWHERE };
    static const uint8_t ways[3][3] = {
        {DOWN_LEFT, DOWN, DOWN_RIGHT}, {LEFT, NOWHERE, RIGHT}, {UP_LEFT, UP, UP_RIGHT}};
    uint8_t way = ways[1 + (y > dead) - (y < -dead)][1 + (x > dead) - (x < -dead)];

    return way == NOWHERE ? 0 : UINT64_C(1) << way;
}

static uint64_t keys_of(const struct xe_gamepad *state)
{
    uint64_t keys = 0;

    for (uint32_t i = 0; i < BUTTONS; i++)
        if (state->buttons & buttons[i].bit && buttons[i].key)
            keys |= UINT64_C(1) << i;
    keys |= (uint64_t)(state->lt > TRIGGER_KEY) << KEY_LT;
    keys |= (uint64_t)(state->rt > TRIGGER_KEY) << KEY_RT;
    keys |= direction(state->lx, state->ly, LEFT_KEY) << KEY_LEFT_STICK;
    keys |= direction(state->rx, state->ry, RIGHT_KEY) << KEY_RIGHT_STICK;
    return keys;
}

/* Source: VK_PAD_* in XInput.h. */
static uint16_t virtual_key(uint32_t bit)
{
    if (bit < BUTTONS)
        return buttons[bit].key;
    if (bit < KEY_LEFT_STICK)
        return (uint16_t)(0x5806 + bit - KEY_LT);
    if (bit < KEY_RIGHT_STICK)
        return (uint16_t)(0x5820 + bit - KEY_LEFT_STICK);
    return (uint16_t)(0x5830 + bit - KEY_RIGHT_STICK);
}

static bool next_stroke(struct xe_pads *pads, struct xe_keystroke *ret)
{
    if (!pads->strokes)
        return false;
    *ret = pads->stroke[0];
    pads->strokes--;
    memmove(&pads->stroke[0], &pads->stroke[1], pads->strokes * sizeof(pads->stroke[0]));
    return true;
}

static struct xe_keystroke stroke_of(uint32_t bit, uint32_t flags)
{
    return (struct xe_keystroke){.key = virtual_key(bit), .flags = (uint16_t)flags};
}

static bool repeats(struct xe_pad *pad, uint64_t time, struct xe_keystroke *ret)
{
    if (!pad->repeats || time < pad->repeat_at)
        return false;
    pad->repeat_at = time + REPEAT_NEXT;
    *ret = stroke_of(pad->repeats - 1u, XE_KEYSTROKE_DOWN | XE_KEYSTROKE_REPEAT);
    return true;
}

/* What was let go comes before what is pressed: a stick that is moved on was somewhere before. The
 * key that was pressed last repeats. */
bool xe_pads_keystroke(struct xe_pads *pads, uint32_t port, uint64_t time, struct xe_keystroke *ret)
{
    struct xe_pad *pad = &pads->pad[port];
    uint64_t keys = keys_of(&pad->given), up = pad->struck & ~keys, down = keys & ~pad->struck;
    uint32_t bit;

    if (port == XE_PAD_KEYBOARD)
        return next_stroke(pads, ret);
    if (!up && !down)
        return repeats(pad, time, ret);
    bit = (uint32_t)__builtin_ctzll(up ? up : down);
    pad->struck ^= UINT64_C(1) << bit;
    if (!up) {
        pad->repeats = (uint8_t)(bit + 1);
        pad->repeat_at = time + REPEAT_FIRST;
    } else if (pad->repeats == bit + 1) {
        pad->repeats = 0;
    }
    *ret = stroke_of(bit, up ? XE_KEYSTROKE_UP : XE_KEYSTROKE_DOWN);
    return true;
}

/* ---- others --------------------------------------------------------------------------------- */

void xe_pads_motors(struct xe_pads *pads, uint32_t port, uint16_t left, uint16_t right)
{
    pads->pad[port].left_motor = left;
    pads->pad[port].right_motor = right;
}

void xe_pads_power_down(struct xe_pads *pads, uint32_t port)
{
    pads->pad[port].connected = false;
}

const struct xe_pad *xe_pads_get(const struct xe_pads *pads, uint32_t port)
{
    return &pads->pad[port];
}

struct xe_pad_script xe_pads_script(const struct xe_pads *pads)
{
    struct xe_pad_script script = {.over = pads->over};

    for (size_t i = 0; i < pads->count; i++) {
        if (pads->pending[i].begun)
            script.going_on++;
        else if (!script.waiting++)
            script.next = pads->pending[i].event;
    }
    return script;
}
