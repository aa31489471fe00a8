/* Words for who can release a wait (xe/release.h), and whether one can by its own standing. */
#include "xe/release.h"

const char *xe_producer_kind_name(enum xe_producer_kind kind)
{
    static const char *const names[XE_PRODUCER_KINDS] = {
        [XE_PRODUCER_OWNER] = "owner",         [XE_PRODUCER_THREAD] = "thread",
        [XE_PRODUCER_TIMER] = "timer",         [XE_PRODUCER_SERVER] = "server",
        [XE_PRODUCER_SIGNALLER] = "signaller", [XE_PRODUCER_PROMISE] = "promise",
        [XE_PRODUCER_HOST] = "host",
    };

    return (unsigned)kind < XE_PRODUCER_KINDS ? names[kind] : "?";
}

const char *xe_standing_name(enum xe_standing standing)
{
    static const char *const names[XE_STANDINGS] = {
        [XE_STANDS_RUNNING] = "running",     [XE_STANDS_STARVED] = "starved",
        [XE_STANDS_SLEEPING] = "sleeping",   [XE_STANDS_WAITING] = "waiting",
        [XE_STANDS_SUSPENDED] = "suspended", [XE_STANDS_NOT_STARTED] = "not_started",
        [XE_STANDS_ENDED] = "ended",         [XE_STANDS_ARMED] = "armed",
        [XE_STANDS_UNARMED] = "unarmed",     [XE_STANDS_CANCELLED] = "cancelled",
        [XE_STANDS_EXPIRED] = "expired",     [XE_STANDS_NEVER] = "never",
        [XE_STANDS_HOST] = "host",
    };

    return (unsigned)standing < XE_STANDINGS ? names[standing] : "?";
}

bool xe_producer_acts(const struct xe_producer *producer)
{
    switch (producer->standing) {
    case XE_STANDS_RUNNING:
    case XE_STANDS_STARVED:
    case XE_STANDS_SLEEPING:
    case XE_STANDS_ARMED:
    case XE_STANDS_HOST:
        return true;
    case XE_STANDS_WAITING:
        return producer->timed;
    default:
        return false;
    }
}
