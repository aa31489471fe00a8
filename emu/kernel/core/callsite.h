/* Code of the title that would signal an object, and never ran: a look at its instructions, as they
 * stand in memory now. What is called through a pointer, or with an object that the instructions
 * right before the call don't name, can't be told so; nothing is said of it. Reads only. */
#ifndef XE_KERNEL_CALLSITE_H
#define XE_KERNEL_CALLSITE_H

#include "audit/audit.h"
#include "xe/types.h"

struct xe_callsites;
struct xe_kernel;
struct xe_mem;

/* Nothing is looked at before the first question; good until the kernel runs. NULL: no memory. */
struct xe_callsites *xe_kernel_callsites_create(const struct xe_kernel *kernel);
void xe_kernel_callsites_destroy(struct xe_callsites *sites);

/* A call that would signal the object, and never was made. false: none is known. */
bool xe_kernel_callsites_unreached(struct xe_callsites *sites, uint64_t object_id,
                                   struct xe_audit_unreached *ret);

/* What is in a register before an instruction, as far as those before it tell: a constant, or what
 * is at a constant address. */
enum xe_callsite_value { XE_CALLSITE_UNKNOWN, XE_CALLSITE_CONSTANT, XE_CALLSITE_LOADED };
enum xe_callsite_value xe_kernel_callsite_value(const struct xe_mem *mem, xe_gva at, uint32_t reg,
                                                uint32_t *ret);

/* Constants only: what a base register holds. Register 0 as one is the number 0. */
bool xe_kernel_callsite_base(const struct xe_mem *mem, xe_gva at, uint32_t reg, uint32_t *ret);

/* The title's code: each piece of its image that may be executed, as it lies in memory. */
void xe_kernel_callsite_code(const struct xe_kernel *kernel,
                             void (*fn)(void *ctx, xe_gva at, const uint8_t *bytes, uint32_t size),
                             void *ctx);

/* Does the way from one instruction lead to the other, without going into calls? */
bool xe_kernel_callsite_leads(const struct xe_mem *mem, xe_gva from, xe_gva to);

#endif
