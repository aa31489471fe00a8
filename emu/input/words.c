/* The words of pads.def and keys.def, and what an event may say. */
#include <string.h>

#include "input/pads_internal.h"
#include "xe/nearest.h"

static const struct {
    const char *word;
    uint32_t bit;
} buttons[] = {
#define PAD_BUTTON(word, bit, key) {#word, bit},
#include "xe/pads.def"
};

const struct xe__key xe__keys[] = {
#define KEY(word, key, character, hid) {word, {key, character, 0, hid}},
#include "xe/keys.def"
};

static const char *const clocks[] = {
#define PAD_CLOCK(NAME, word, count, doc) word,
#include "xe/pads.def"
};

#define BUTTONS (sizeof(buttons) / sizeof(buttons[0]))
#define KEYS    (sizeof(xe__keys) / sizeof(xe__keys[0]))
static const uint32_t all_buttons = 0
#define PAD_BUTTON(word, bit, key) | (bit)
#include "xe/pads.def"
    ;

uint32_t xe_pad_button(const char *word)
{
    for (size_t i = 0; i < BUTTONS; i++)
        if (!strcmp(buttons[i].word, word))
            return buttons[i].bit;
    return 0;
}

bool xe_pad_clock(const char *word, enum xe_pad_clock *ret)
{
    for (uint32_t i = 0; i < XE_PAD_CLOCKS; i++)
        if (!strcmp(clocks[i], word)) {
            *ret = i;
            return true;
        }
    return false;
}

const char *xe_pad_clock_word(enum xe_pad_clock clock)
{
    return clocks[clock];
}

bool xe_pad_key(const char *word, uint32_t *ret)
{
    for (uint32_t i = 0; i < KEYS; i++)
        if (!strcmp(xe__keys[i].word, word)) {
            *ret = i;
            return true;
        }
    return false;
}

const char *xe_pad_key_word(uint32_t key)
{
    return xe__keys[key].word;
}

const char *xe_pad_near_button(const char *word, char *text)
{
    struct xe_nearest nearest;

    xe_nearest_init(&nearest, word);
    for (size_t i = 0; i < BUTTONS; i++)
        xe_nearest_offer(&nearest, buttons[i].word);
    return xe_nearest_text(nearest.name, nearest.count, text);
}

const char *xe_pad_near_key(const char *word, char *text)
{
    struct xe_nearest nearest;

    xe_nearest_init(&nearest, word);
    for (size_t i = 0; i < KEYS; i++)
        xe_nearest_offer(&nearest, xe__keys[i].word);
    return xe_nearest_text(nearest.name, nearest.count, text);
}

/* ---- events --------------------------------------------------------------------------------- */

/* NULL: nothing is. */
static const char *wrong_axis(const struct xe_gamepad *state)
{
#define PAD_AXIS(word, type, min, max, doc)                                                        \
    if ((int64_t)state->word < (min) || (int64_t)state->word > (max))                              \
        return #word ": expected a number from " #min " to " #max;
#include "xe/pads.def"
    return NULL;
}

bool xe_pad_event_check(const struct xe_pad_event *event, struct xe_error *err)
{
    const char *axis = wrong_axis(&event->state);
    bool lasts = event->act == XE_PAD_PRESS || event->act == XE_PAD_KEY;

    if (event->act >= XE_PAD_ACTS || event->clock >= XE_PAD_CLOCKS || event->lasts >= XE_PAD_CLOCKS)
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "there is no such event");
    if (event->act == XE_PAD_KEY ? event->port != XE_PAD_KEYBOARD : event->port >= XE_PADS)
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "pad: expected a number from 1 to 4");
    if (event->state.buttons & ~all_buttons)
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "buttons: 0x%x are none",
                            event->state.buttons & ~all_buttons);
    if (axis)
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "%s", axis);
    if (event->key >= KEYS)
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "key: there is none of this number");
    return !lasts == !event->count ||
           xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, lasts ? "it lasts no time" : "it lasts");
}
