/* Is a silent worker dead, or busy, or kept from running?
 *
 * Silence alone says little: on a machine with more workers than processors each of them is silent
 * for most of the time. A worker that owes a word is lost when it has been silent for as long as
 * the daemon is patient, and in that time either had that much processor time and said nothing, or
 * did not try to run at all: it sleeps, is stopped, or waits for something that does not come. One
 * that waits for a processor is waited for.
 *
 * The worker is looked at a few times while it is silent, never while it talks. One look decides
 * nothing: the daemon may have been kept from running itself. */
#ifndef XE_DAEMON_PULSE_H
#define XE_DAEMON_PULSE_H

#include "daemon/effort.h"

/* Times in milliseconds of one clock. */
struct xe_pulse {
    uint64_t heard, look; /* when it was last heard; when to look at it next, if it stays silent */
    uint64_t tried;       /* when it was last seen to try          */
    uint64_t cpu_first, cpu_last; /* its processor time at the first and the last look */
    bool seen;                    /* there was a first look in this silence            */
    bool told;                    /* ... and the host told of it                       */
};

enum xe_pulse_verdict {
    XE_PULSE_FINE,
    XE_PULSE_STILL, /* lost: it did nothing                  */
    XE_PULSE_MUTE   /* lost: it did plenty, and said nothing */
};

/* It said something, or only now owes a word. */
void xe_pulse_heard(struct xe_pulse *pulse, uint64_t now, uint64_t patience);

/* To be called when the time to look has come; effort NULL: the host does not tell. */
enum xe_pulse_verdict xe_pulse_look(struct xe_pulse *pulse, uint64_t now, uint64_t patience,
                                    const struct xe_effort *effort);

#endif
