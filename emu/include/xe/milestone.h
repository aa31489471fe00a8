/* How far a title has come (xe/milestones.def), reading side for reports: which milestones it has
 * reached, when, from where; and how much of its code has called exports. No run, build or engine
 * of ours changes these numbers but by what the title does, so two of them compare.
 *
 * Saved with a state, and no part of its digest. Owner thread: the instance's. */
#ifndef XE_MILESTONE_H
#define XE_MILESTONE_H

#include <stdbool.h>
#include <stdint.h>

struct xe_kernel;

/* A line that a title prints for debuggers names a milestone of its own if it begins so; the rest
 * of it, without blanks around, is the name. */
#define XE_MILESTONE_LINE  "[MILESTONE] "
#define XE_MILESTONE_NAME  64u    /* bytes of a name with its NUL; longer ones are cut */
#define XE_MILESTONE_OWN   64u    /* names that are kept, the first ones               */
#define XE_MILESTONE_SITES 16384u /* places of calls that are told apart               */

struct xe_milestone {
    const char *name; /* borrowed until the instance runs; a title's own is its bytes */
    const char *doc;  /* static; NULL: the title named it itself                     */
    bool reached;     /* a title's own always is                                     */
    uint64_t cycle;
    uint32_t tid, lr; /* who, and where that call returns to; 0: no call             */
};
/* Visit them all: the table's in its order, then the title's own as they came. */
void xe_kernel_milestones(const struct xe_kernel *kernel,
                          void (*fn)(void *ctx, const struct xe_milestone *milestone), void *ctx);

struct xe_milestone_counts {
    uint32_t reached;    /* of the table's and the title's own                       */
    uint32_t own;        /* of the title's own, with those that were not kept        */
    uint32_t exports;    /* that were called                                         */
    uint32_t sites;      /* places in the title's code that called one               */
    bool sites_full;     /* there were more                                          */
    uint64_t site_cycle; /* of the newest of those                                */
};
void xe_kernel_milestone_counts(const struct xe_kernel *kernel, struct xe_milestone_counts *ret);

#endif
