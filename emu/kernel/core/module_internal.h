/* Modules: what the files about them share. */
#ifndef XE_KERNEL_CORE_MODULE_INTERNAL_H
#define XE_KERNEL_CORE_MODULE_INTERNAL_H

#include "kernel/core/kernel_internal.h"
#include "kernel/core/module.h"

/* ---- module.c ---------------------------------------------------------------------------------
 */

/* A record with a new id; NULL: too many, or out of memory. */
struct xe_module *xe__kernel_module_add(struct xe_kernel *kernel, const char *name);
/* Its entry begins it, and is called for nothing else. */
static inline bool xe__kernel_module_is_executable(const struct xe_module *module)
{
    return !(module->flags & XE_MODULE_LIBRARY);
}
void xe__kernel_module_drop(struct xe_kernel *kernel, struct xe_module *module);
/* Into the guest's lists, as the last: when it is mapped, and in the order of initialisation. Out
 * of them all. */
void xe__kernel_module_link(struct xe_kernel *kernel, xe_gva ldr);
void xe__kernel_module_link_ordered(struct xe_kernel *kernel, xe_gva ldr);
void xe__kernel_module_unlink(struct xe_kernel *kernel, xe_gva ldr);
/* LoadCount in guest memory. */
uint32_t xe__kernel_module_count(const struct xe_kernel *kernel, const struct xe_module *module);
void xe__kernel_module_recount(struct xe_kernel *kernel, const struct xe_module *module, int by);
/* A UNICODE_STRING and its text, with a NUL, in a buffer of 0s. */
void xe__kernel_module_put_name(struct xe_mem *mem, xe_gva string, xe_gva buffer, const char *text);

/* ---- load.c -----------------------------------------------------------------------------------
 */

/* Copy an image to where it belongs; it may be written until it is protected. *ret_size: in whole
 * pages. SUCCESS, or why not. */
uint32_t xe__kernel_image_map(struct xe_kernel *kernel, const struct xe_image *image,
                              uint32_t *ret_size);
void xe__kernel_image_protect(struct xe_kernel *kernel, const struct xe_image *image,
                              uint32_t size);
/* What a record has of its image, and the fields of an entry. */
void xe__kernel_module_take(struct xe_module *module, const struct xe_image *image, uint32_t size);
void xe__kernel_module_fill(struct xe_kernel *kernel, const struct xe_module *module,
                            const struct xe_image *image);

/* ---- module_load.c ----------------------------------------------------------------------------
 */

/* What a module imports of others: they are loaded, in its batch, or get a reference. Returns 0, or
 * the first failure; what there is none of is in *ret_missing. */
uint32_t xe__kernel_module_import(struct xe_kernel *kernel, struct xe_module *module,
                                  const struct xe_image *image, struct xe_missing *ret_missing);
/* It goes out of the lists, and what it imports loses a reference. */
void xe__kernel_module_leave(struct xe_kernel *kernel, struct xe_module *module);
/* Who has gone in this batch is unmapped and forgotten. */
#define XE__MODULE_ABANDONED 0u /* a batch: of those that an exception left */
void xe__kernel_modules_unmap(struct xe_kernel *kernel, uint32_t batch);
/* Who is ready and needed by nobody any more leaves in this batch. */
void xe__kernel_modules_sweep(struct xe_kernel *kernel, uint32_t batch);

/* ---- module_lock.c ----------------------------------------------------------------------------
 */

/* To load or unload. false: another thread does, and the call is made again when it has done. */
bool xe__kernel_loader_enter(struct xe_thread *thread);
/* Nothing happens if it isn't this thread's. */
void xe__kernel_loader_leave(struct xe_thread *thread);

/* ---- module_past.c ----------------------------------------------------------------------------
 */

/* It is about to be unmapped. */
void xe__kernel_module_past_add(struct xe_kernel *kernel, const struct xe_module *module);

/* ---- module_calls.c ---------------------------------------------------------------------------
 */

/* Call the entries that the batch is about, from now on. */
void xe__kernel_modules_attach(struct xe_thread *thread, const struct xe_module_step *step);
void xe__kernel_modules_detach(struct xe_thread *thread, const struct xe_module_step *step);
/* The entry that was called was left by an exception, and returns no more. */
void xe__kernel_module_abandoned(struct xe_thread *thread, const struct xe_module_step *step);
/* The entry that was called has returned. */
void xe__kernel_module_returned(struct xe_thread *thread, const struct xe_module_step *step);
/* The title is at its end: tell the next of its libraries. false: all know. */
bool xe__kernel_module_process_end(struct xe_thread *thread);
/* Begin the calls for a thread that begins, or ends; false: there are none. */
bool xe__kernel_module_threads(struct xe_thread *thread, enum xe_module_reason reason);

#endif
