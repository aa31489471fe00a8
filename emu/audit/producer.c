/* Words for who can release a wait (xe/release.h), and whether one can by its own standing. */
#include "xe/release.h"

const char *xe_standing_name(enum xe_standing standing)
{
    static const char *const names[XE_STANDINGS] = {XE_STANDING_WORDS};

    return (unsigned)standing < XE_STANDINGS ? names[standing] : "?";
}

bool xe_producer_acts(const struct xe_producer *producer)
{
    switch (producer->standing) {
    case XE_STANDS_RUNNING:
    case XE_STANDS_STARVED:
    case XE_STANDS_ARMED:
    case XE_STANDS_HOST:
        return true;
    case XE_STANDS_SLEEPING:
    case XE_STANDS_WAITING:
        return producer->timed;
    default:
        return false;
    }
}

#define STEADY 10u /* times its longest gap */

bool xe_producer_is_steady(const struct xe_producer *producer, uint64_t now)
{
    uint64_t quiet = now - producer->last_cycle;

    return producer->acts && producer->longest_gap &&
           quiet / STEADY + (quiet % STEADY > 0) <= producer->longest_gap;
}
