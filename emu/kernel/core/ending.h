/* The end of a title by itself, and who is told before. */
#ifndef XE_KERNEL_CORE_ENDING_H
#define XE_KERNEL_CORE_ENDING_H

#include "xe/stop.h"
#include "xe/types.h"

struct xe_codec;
struct xe_kernel;
struct xe_thread;

#define XE__ENDINGS 64u /* registered at once */

struct xe__ending {
    xe_gva registration[XE__ENDINGS]; /* in the order of their turns */
    uint32_t priority[XE__ENDINGS];
    uint32_t count;
    bool going; /* the title is at its end, because of this: */
    bool has_code;
    uint32_t code;
    enum xe_cause cause;
    char what[240];
};

/* The registration's routine is to run when the title ends. false: there are too many. */
bool xe_kernel_ending_register(struct xe_kernel *kernel, xe_gva registration);
void xe_kernel_ending_forget(struct xe_kernel *kernel, xe_gva registration);
/* The running thread ends the title, as xe_kernel_exit, when the routines have run. */
void xe_kernel_end_title(struct xe_thread *thread, enum xe_cause cause, const uint32_t *code,
                         const char *what);
void xe__kernel_ending_next(struct xe_thread *thread);
/* All have been told: it ends. */
void xe__kernel_ending_over(struct xe_thread *thread);
void xe__kernel_ending_state(struct xe_codec *c, struct xe__ending *ending);

#endif
