/* From a thread's registers to its callers, through the images that are loaded. */
#ifndef XE_KERNEL_CORE_WALK_H
#define XE_KERNEL_CORE_WALK_H

#include "kernel/unwind/unwind.h"
#include "xe/kernel.h"

/* The image that an address lies in; false: in none. */
bool xe_kernel_image_at(const struct xe_kernel *kernel, xe_gva address, xe_gva *ret_base,
                        uint32_t *ret_size);
/* The function that an address lies in, and the table of its image. false: no table has it; then
 * *ret_table is its image's all the same, with 0 entries if there is none. */
bool xe_kernel_function_at(const struct xe_kernel *kernel, xe_gva address,
                           struct xe_unwind_table *ret_table, struct xe_unwind_function *ret);
/* To the caller of the function that cpu->pc lies in. false, and nothing changed: no table has it.
 */
bool xe_kernel_unwind_once(const struct xe_kernel *kernel, struct xe_cpu *cpu);

#endif
