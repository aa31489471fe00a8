/* Pictures that a title has shown, for whoever wants to look.
 *
 * With the setting renderer at reference, each picture is made as it is shown, by exact arithmetic
 * of our own: the same bytes on every machine. Nothing that the title sees depends on it, unless
 * the setting readback is on. Owner thread: the instance's. */
#ifndef XE_FRAME_H
#define XE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

struct xe_instance;
struct xe_kernel;

/* Who makes them. */
enum xe_renderer { XE_RENDERER_NULL, XE_RENDERER_REFERENCE, XE_RENDERERS };
#define XE_RENDERER_WORDS "null", "reference"
static inline const char *xe_renderer_name(enum xe_renderer renderer)
{
    static const char *const words[XE_RENDERERS] = {XE_RENDERER_WORDS};

    return (unsigned)renderer < XE_RENDERERS ? words[renderer] : "?";
}

/* Does what is drawn come back to the title's memory? */
enum xe_readback { XE_READBACK_OFF, XE_READBACK_ON, XE_READBACKS };
#define XE_READBACK_WORDS "off", "on"
static inline const char *xe_readback_name(enum xe_readback readback)
{
    static const char *const words[XE_READBACKS] = {XE_READBACK_WORDS};

    return (unsigned)readback < XE_READBACKS ? words[readback] : "?";
}

struct xe_frame {
    uint32_t width, height;
    uint64_t number; /* of pictures shown, with this one: from 1 on */
    uint64_t time;   /* interrupt time when it was shown, 100 ns    */
    const uint8_t
        *pixels; /* row after row from the top: red, green, blue, 255; until the next run */
};

/* What the pictures that were made tell of a title: does it draw anything new? Saved beside the
 * state, as what pictures depend on is. */
struct xe_frame_counts {
    uint64_t made;
    uint32_t
        distinct; /* that no earlier one was like; no more than XE_FRAMES_DISTINCT are told apart */
    uint64_t alike; /* the newest ones that are one picture: a title that stands still      */
};
#define XE_FRAMES_DISTINCT 4096u
/* false: nobody makes them. */
bool xe_kernel_frame_counts(const struct xe_kernel *kernel, struct xe_frame_counts *ret);

/* The newest; NULL: no picture was made. */
const struct xe_frame *xe_kernel_frame(const struct xe_kernel *kernel);
/* SHA-256 of width and height, 32 bits each, big-endian, and of the pixels. */
void xe_frame_hash(const struct xe_frame *frame, uint8_t ret[32]);

/* Of those that were made, the newest are known by this for longer than by their pixels. */
#define XE_FRAMES_KEPT 256u
struct xe_frame_note {
    uint64_t number, cycle, time; /* as in struct xe_frame; retired when it was shown */
    uint32_t width, height;
    uint8_t sha256[32];
};
/* The i-th of them, from 0 on, the oldest first; NULL: there are no more. Until the next run. */
const struct xe_frame_note *xe_kernel_frame_note(const struct xe_kernel *kernel, uint32_t i);
/* Who makes them. */
enum xe_renderer xe_kernel_renderer(const struct xe_kernel *kernel);

/* A run stops with XE_STOP_FRAME when the title has shown n more, with any renderer; 0: none does.
 * What is left outlives runs that stop for something else, but no loaded state. */
void xe_instance_frames(struct xe_instance *instance, uint64_t n);
uint64_t xe_instance_frames_left(const struct xe_instance *instance);

#endif
