/* What is not there and was wanted, recording side: one line where an export finds out. Nothing
 * here reaches the guest, and nothing fails. Lines of the log may say the same once, for people;
 * reports are made of these counts, for a log does not come along with a state. */
#ifndef XE_KERNEL_CORE_LACKING_H
#define XE_KERNEL_CORE_LACKING_H

#include "xe/lacking.h"

struct xe_call;
struct xe_codec;

enum xe_lacking_id {
#define LACKING(name, category, text) XE_LACKING_##name,
#include "xe/lacking.def"
#undef LACKING
    XE_LACKINGS
};

/* The call at hand wants it. Returns the row's text. */
const char *xe_lacking_wanted(const struct xe_call *call, enum xe_lacking_id id);

/* ---- the kernel's own ----------------------------------------------------------------------- */

/* Part of the kernel. */
struct xe__lacking {
    uint64_t count;
    uint32_t first_lr, first_tid;
};

/* A section beside the state. */
void xe__lacking_state(struct xe_codec *c, struct xe_kernel *kernel);

#endif
