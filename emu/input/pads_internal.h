/* The inside of struct xe_pads, for its files and tests. */
#ifndef XE_INPUT_PADS_INTERNAL_H
#define XE_INPUT_PADS_INTERNAL_H

#include "input/pads.h"

#define XE__PADS_KEYSTROKES 32u

struct xe__pad_pending {
    struct xe_pad_event event;
    bool begun;
    uint64_t end;       /* when begun: by event.lasts           */
    uint64_t repeat_at; /* when begun: a key's, in virtual time */
};

struct xe_pads {
    struct xe_pad pad[XE_PAD_PORTS];
    struct xe__pad_pending *pending; /* owned, in the order in which they came */
    size_t count, capacity;
    uint64_t over;
    struct xe_keystroke stroke[XE__PADS_KEYSTROKES]; /* the keyboard's, oldest first */
    uint32_t strokes;
    uint32_t typed; /* the key that went down last: only that repeats */
};

/* words.c */
struct xe__key {
    const char *word;
    struct xe_keystroke stroke;
};
extern const struct xe__key xe__keys[];

void xe__pad_state(struct xe_codec *c, struct xe_pad *pad);
void xe__pad_pending_state(struct xe_codec *c, struct xe__pad_pending *pending);
void xe__keystroke_state(struct xe_codec *c, struct xe_keystroke *stroke);

#endif
