/* How far the title has come, recording side: a line where something is done for the first time.
 * Nothing here reaches the guest, and nothing fails. */
#ifndef XE_KERNEL_CORE_MILESTONE_H
#define XE_KERNEL_CORE_MILESTONE_H

#include <stddef.h>

#include "xe/milestone.h"

struct xe_call;
struct xe_codec;

enum xe_milestone_id {
#define MILESTONE(NAME, word, doc) XE_MILESTONE_##NAME,
#include "xe/milestones.def"
    XE_MILESTONES
};

/* It has come so far, if it had not before. call: by what it does; NULL: by nothing of its own. */
void xe_kernel_milestone_reached(struct xe_kernel *kernel, enum xe_milestone_id id,
                                 const struct xe_call *call);
/* An export is called for the first time. module: enum xe_hle_module, or what is none. */
void xe_kernel_milestone_export(const struct xe_call *call, uint32_t module, uint32_t ordinal);
/* An export is called, from wherever that is. */
void xe_kernel_milestone_site(const struct xe_call *call);
/* Was one called from the place before lr? true also where that isn't known any more. */
bool xe_kernel_milestone_may_have_called(const struct xe_kernel *kernel, uint32_t lr);
/* The title has printed a line. */
void xe_kernel_milestone_line(struct xe_kernel *kernel, const char *line);

/* ---- the kernel's own ----------------------------------------------------------------------- */

struct xe__milestones; /* owned by the kernel */

struct xe__milestones *xe__kernel_milestones_create(void);
void xe__kernel_milestones_destroy(struct xe__milestones *milestones);
/* A section beside the state. */
void xe__kernel_milestones_state(struct xe_codec *c, struct xe__milestones *milestones);

#endif
