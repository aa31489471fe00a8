/* How many instructions a run may still retire: the one place where that is counted.
 *
 * From it follow all the others: cpu->retired is xe_meter_retired whenever somebody outside looks,
 * and the kernel's cycle is the retired instructions of the thread that runs, less those at which
 * its chunk began. Translated code counts in a host register: it takes its budget out of the meter
 * (xe_meter_take), pays for a block where the block begins, is refunded what it did not do where it
 * leaves in the middle, and gives back what is left; nobody looks at the meter in between.
 *
 * An example: a run of 100 from retired 5,000 on is {left 100, end 5,100}. Ten words are
 * interpreted: {90, 5,100}, retired 5,010. Translated code takes 90, does 30 and calls the kernel:
 * it gives back 60, so the kernel sees {60, 5,100}, retired 5,040. */
#ifndef XE_CPU_METER_H
#define XE_CPU_METER_H

#include <stdint.h>

struct xe_meter {
    uint64_t left; /* instructions still to retire in this run          */
    uint64_t end;  /* cpu->retired that the run ends with if it uses them up */
};

static inline uint64_t xe_meter_retired(const struct xe_meter *meter)
{
    return meter->end - meter->left;
}

/* Take at most `most` out, for somebody who counts by himself; returns how many. */
static inline uint64_t xe_meter_take(struct xe_meter *meter, uint64_t most)
{
    uint64_t taken = meter->left < most ? meter->left : most;

    meter->left -= taken;
    return taken;
}

/* What he has not used. */
static inline void xe_meter_give(struct xe_meter *meter, uint64_t unused)
{
    meter->left += unused;
}

/* End the run where `left` more have retired. */
static inline void xe_meter_cut(struct xe_meter *meter, uint64_t left)
{
    meter->end -= meter->left - left;
    meter->left = left;
}

#endif
