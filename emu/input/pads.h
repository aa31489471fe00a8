/* Four controllers and a keyboard, and the events that wait for them; see xe/pads.h.
 * Knows neither kernel nor guest memory: whoever serves the title's calls asks here. */
#ifndef XE_INPUT_PADS_H
#define XE_INPUT_PADS_H

#include "base/codec.h"
#include "xe/pads.h"

struct xe_pads;

struct xe_pads_now {
    uint64_t cycle, frames;
    uint64_t time; /* virtual, 100 ns */
};

#define XE_KEYSTROKE_DOWN   1u
#define XE_KEYSTROKE_UP     2u
#define XE_KEYSTROKE_REPEAT 4u
struct xe_keystroke {
    uint16_t key, character, flags;
    uint8_t hid;
};

/* The first `plugged` pads are plugged in. NULL: out of memory. */
struct xe_pads *xe_pads_create(uint32_t plugged);
void xe_pads_destroy(void *pads);

/* One more event, which fits (xe_pad_event_check). false: XE_ERR_QUOTA_EXCEEDED, or no memory. */
bool xe_pads_add(struct xe_pads *pads, const struct xe_pad_event *event, struct xe_error *err);
/* Those that wait are forgotten, presses end. */
void xe_pads_clear(struct xe_pads *pads);

/* The title looks at a device now: what is due comes to pass. polls: it reads its state. Borrowed.
 */
const struct xe_pad *xe_pads_look(struct xe_pads *pads, uint32_t port,
                                  const struct xe_pads_now *now, bool polls);
/* Nobody has to look to have one plugged in or unplugged: those whose cycle or frame has come come
 * to pass. true: something has changed. */
bool xe_pads_plug(struct xe_pads *pads, const struct xe_pads_now *now);
/* The cycle of the next of them; UINT64_MAX: none has one. by_frame: one waits for a frame. */
uint64_t xe_pads_next_plug(const struct xe_pads *pads, bool *ret_by_frame);
/* The next keystroke of a device that was just looked at, at that time; false: there is none. */
bool xe_pads_keystroke(struct xe_pads *pads, uint32_t port, uint64_t time,
                       struct xe_keystroke *ret);
/* What the title does to one. */
void xe_pads_motors(struct xe_pads *pads, uint32_t port, uint16_t left, uint16_t right);
void xe_pads_power_down(struct xe_pads *pads, uint32_t port);

/* As the title saw it last; borrowed. */
const struct xe_pad *xe_pads_get(const struct xe_pads *pads, uint32_t port);
/* How far its events are. */
struct xe_pad_script xe_pads_script(const struct xe_pads *pads);

void xe_pads_state(struct xe_codec *c, struct xe_pads *pads);

#endif
