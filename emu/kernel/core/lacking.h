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

/* Somebody wants it: the thread that runs, if one does, with the call at hand, if there is one. */
void xe_kernel_lacking_found(struct xe_kernel *kernel, enum xe_lacking_id id);
/* Code of the title's own calls the hypervisor by this number, in front of the place. */
void xe_kernel_lacking_hypervisor(struct xe_kernel *kernel, uint32_t number, uint32_t lr);
/* The call at hand wants a file or device of this name, as the title gave it. */
void xe_kernel_lacking_file(const struct xe_call *call, const char *name);

/* ---- the kernel's own ----------------------------------------------------------------------- */

#define XE__LACKING_FILES     64u /* told by name; the rest has one count */
#define XE__LACKING_FILE_NAME 256u
#define XE__LACKING_NUMBERS   32u /* of the hypervisor's; the rest has one count */

/* Parts of the kernel. */
struct xe__lacking {
    uint64_t count;
    uint32_t first_lr, first_tid;
    uint32_t callers, caller[XE_LACKING_CALLERS];
};

struct xe__lacking_file {
    char name[XE__LACKING_FILE_NAME];
    struct xe__lacking wanted;
};

struct xe__lacking_files {
    struct xe__lacking_file file[XE__LACKING_FILES]; /* the oldest first */
    uint32_t count;
    struct xe__lacking others;
};

struct xe__lacking_numbers {
    uint32_t number[XE__LACKING_NUMBERS]; /* the oldest first */
    struct xe__lacking wanted[XE__LACKING_NUMBERS];
    uint32_t count;
};

/* A section beside the state. */
void xe__kernel_lacking_state(struct xe_codec *c, struct xe_kernel *kernel);

#endif
