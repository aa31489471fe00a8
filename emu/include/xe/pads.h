/* Controllers and the keyboard: what happens to them from outside, and what a title is told.
 *
 * An event waits until the title looks at its device for the first time after its time has come;
 * there it begins, and from there a press lasts. So a title can't miss one by looking seldom, and
 * where the run was cut in between makes no difference.
 * Plugging in and unplugging, by cycle or frame, waits for nobody.
 * Owner thread: the instance's. */
#ifndef XE_PADS_H
#define XE_PADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/error.h"

struct xe_instance;
struct xe_kernel;

#define XE_PADS           4u
#define XE_PAD_KEYBOARD   XE_PADS /* its port; those of pads come before */
#define XE_PAD_PORTS      (XE_PADS + 1)
#define XE_PAD_EVENTS_MAX 1024u /* that wait or go on at a time */

enum xe_pad_clock {
#define PAD_CLOCK(NAME, word, count, doc) XE_PAD_##NAME,
#include "xe/pads.def"
    XE_PAD_CLOCKS
};

enum xe_pad_act {
    XE_PAD_SET,   /* what it is at rest from now on */
    XE_PAD_PRESS, /* held on top of that for a time */
    XE_PAD_CONNECT,
    XE_PAD_DISCONNECT,
    XE_PAD_KEY, /* the keyboard's: pressed for a time */
    XE_PAD_ACTS
};

/* The state of one; nothing is pressed or moved where it is 0. */
struct xe_gamepad {
    uint32_t buttons; /* bits of pads.def */
#define PAD_AXIS(word, type, min, max, doc) type word;
#include "xe/pads.def"
};

struct xe_pad_event {
    enum xe_pad_act act;
    uint32_t port;           /* 0..3, or the keyboard's */
    enum xe_pad_clock clock; /* what `at` counts        */
    uint64_t at;
    enum xe_pad_clock lasts; /* PRESS and KEY: what `count` counts */
    uint64_t count;          /* 1 or more                          */
    struct xe_gamepad state; /* SET and PRESS                      */
    uint32_t key;            /* KEY: row of keys.def               */
};

struct xe_pad {
    bool connected;
    uint16_t left_motor, right_motor; /* as the title set them                        */
    uint32_t packet;                  /* changes whenever what the title is given does */
    uint64_t polls;                   /* reads of its state or keystrokes              */
    struct xe_gamepad rest;           /* what it is when nothing is pressed            */
    struct xe_gamepad given;          /* what the title saw when it looked last        */
    uint64_t repeat_at; /* virtual time at which the key struck last is struck again            */
    uint8_t repeats;    /* its number in `struck`, + 1; 0: none                                 */
    uint64_t struck;    /* keys of which a keystroke told that they are down; see pads.c */
};

/* Words of pads.def and keys.def. The bit of a button, 0: there is none; a row, false: none. */
uint32_t xe_pad_button(const char *word);
bool xe_pad_clock(const char *word, enum xe_pad_clock *ret);
const char *xe_pad_clock_word(enum xe_pad_clock clock);
bool xe_pad_key(const char *word, uint32_t *ret);
const char *xe_pad_key_word(uint32_t key);
/* The names of what was wanted that are near a wrong word go to text; see xe/nearest.h. */
const char *xe_pad_near_button(const char *word, char *text);
const char *xe_pad_near_key(const char *word, char *text);

/* Who has asked for a device: the newest XE_PAD_CALLERS places. */
#define XE_PAD_CALLERS 64u
struct xe_pad_caller {
    const char *name; /* of the export, static */
    uint32_t port, tid, lr;
    uint64_t times, first, newest; /* first, newest: cycles */
};

/* One of them as the title saw it when it looked last; borrowed. */
const struct xe_pad *xe_kernel_pad(const struct xe_kernel *kernel, uint32_t port);

/* The events that wait, that have begun and go on, that are over. */
struct xe_pad_script {
    uint32_t waiting, going_on;
    uint64_t over;
    struct xe_pad_event next; /* the first that waits, in the order in which they came */
};
void xe_kernel_pad_script(const struct xe_kernel *kernel, struct xe_pad_script *ret);

/* The devices of a kernel, for emu/input's functions; borrowed. */
struct xe_pads;
struct xe_pads *xe_kernel_pads(const struct xe_kernel *kernel);
/* Events have been added to them, or taken away. */
void xe_kernel_pads_told(struct xe_kernel *kernel);
void xe_kernel_pad_callers(const struct xe_kernel *kernel,
                           void (*fn)(void *ctx, const struct xe_pad_caller *caller), void *ctx);

/* Between runs: events, all or none; `replace`: in place of those that wait or go on. Kept in the
 * input log. Fails as anything that comes from outside (xe/inputs.h). */
bool xe_instance_pad_events(struct xe_instance *instance, const struct xe_pad_event *event,
                            size_t count, bool replace, struct xe_error *err);

/* Is everything in it within its bounds? */
bool xe_pad_event_check(const struct xe_pad_event *event, struct xe_error *err);

#endif
