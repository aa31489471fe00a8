#include "daemon/pulse.h"

#define LOOKS 8u /* while patience lasts */

void xe_pulse_heard(struct xe_pulse *pulse, uint64_t now, uint64_t patience)
{
    *pulse = (struct xe_pulse){.heard = now, .tried = now, .look = now + patience / LOOKS};
}

/* It runs or wants to, or has run since the last look. */
static bool tries(const struct xe_pulse *pulse, const struct xe_effort *effort)
{
    return effort->runnable || (pulse->told && effort->cpu_ms > pulse->cpu_last);
}

static void note(struct xe_pulse *pulse, uint64_t now, const struct xe_effort *effort)
{
    if (tries(pulse, effort))
        pulse->tried = now;
    if (!pulse->told)
        pulse->cpu_first = effort->cpu_ms;
    pulse->cpu_last = effort->cpu_ms;
    pulse->told = true;
}

enum xe_pulse_verdict xe_pulse_look(struct xe_pulse *pulse, uint64_t now, uint64_t patience,
                                    const struct xe_effort *effort)
{
    bool again = pulse->seen;

    pulse->seen = true;
    pulse->look = now + patience / LOOKS;
    if (effort)
        note(pulse, now, effort);
    if (effort && effort->cpu_ms >= pulse->cpu_first + patience)
        return XE_PULSE_MUTE;
    if (again && now >= pulse->tried + patience)
        return XE_PULSE_STILL;
    if (now < pulse->tried + patience && pulse->tried + patience < pulse->look)
        pulse->look = pulse->tried + patience;
    return XE_PULSE_FINE;
}
