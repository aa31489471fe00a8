/* Calls of libraries' entries, as exceptions see them (guest_call.c). */
#ifndef XE_KERNEL_CORE_GUEST_CALL_H
#define XE_KERNEL_CORE_GUEST_CALL_H

#include "xe/types.h"

struct xe_guest_call;
struct xe_thread;

/* The call of a library's entry whose frame is at sp, made inside an export that a title called:
 * what that is called from can handle the entry's exceptions. NULL: none. */
const struct xe_guest_call *xe__kernel_entry_call_at(const struct xe_thread *thread, xe_gva sp);
/* Frames below sp have been unwound: such calls that were made from there do not return. */
void xe__kernel_entry_calls_unwound(struct xe_thread *thread, xe_gva sp);

#endif
