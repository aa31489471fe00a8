/* Firmware, and what titles ask of the machine.
 * Source: xkelib and xenia for numbers and layouts. */
#include "kernel/core/clock.h"
#include "kernel/core/ending.h"
#include "kernel/core/thread.h"
#include "kernel/hle/hle_internal.h"

/* ---- firmware ------------------------------------------------------------------------------- */

static void hal_return_to_firmware(struct xe_call *call)
{
    uint32_t routine = xe_arg_u32(call, 0);

    xe__kernel_print_end(call->kernel);
    xe_kernel_exit(call->kernel, XE_CAUSE_FIRMWARE, &routine, NULL);
}

static void bug_check(struct xe_call *call, uint32_t arguments)
{
    struct xe_stop_info why = {
        .cause = XE_CAUSE_BUG_CHECK, .code = xe_arg_u32(call, 0), .arguments = arguments};

    for (uint32_t i = 0; i < arguments; i++)
        why.argument[i] = xe_arg_u32(call, 1 + i);
    xe__kernel_print_end(call->kernel);
    xe_kernel_crash(call->kernel, &why, call->row->name);
}

/* Code 0 is how the C runtime of the console's titles ends a program: exit, _exit and abort all
 * come here, and nothing tells them apart. What exit was called with is not passed on; what main
 * returned, if the start-up code printed it before, is the exit code. Source:
 * doc/facts/exceptions.md, section 9. */
static void ke_bug_check(struct xe_call *call)
{
    if (xe_arg_u32(call, 0) == 0)
        xe_kernel_exit(call->kernel, XE_CAUSE_RUNTIME_EXIT, xe__kernel_print_end(call->kernel),
                       NULL);
    else
        bug_check(call, 0);
}

static void ke_bug_check_ex(struct xe_call *call)
{
    bug_check(call, 4);
}

/* As XamLoaderTerminateTitle. Guess: what the argument is, a status by its name elsewhere. */
static void terminate_title_process(struct xe_call *call)
{
    xe_kernel_end_title(call->thread, XE_CAUSE_TERMINATE, xe__kernel_print_end(call->kernel), NULL);
}

static void hal_get_current_av_pack(struct xe_call *call)
{
    xe_ret_u32(call, 4);
}

static void answer_zero(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

/* These have no effect that a title could see on this machine: caches and translations are always
 * as memory is, and each thread, a DPC's too, has floating-point and vector registers of its own.
 */
static void no_effect(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

static void ex_register_title_terminate(struct xe_call *call)
{
    xe_gva registration = xe_arg_gva(call, 0);

    if (!xe_arg_u32(call, 1))
        xe_kernel_ending_forget(call->kernel, registration);
    else if (!xe_kernel_ending_register(call->kernel, registration))
        xe_kernel_call_guest_error(call,
                                   "more routines than there is room for, and this is left out");
    xe_ret_u32(call, 0);
}

#define REGISTRATION_SIZE 0x10u

static void ex_register_thread(struct xe_call *call)
{
    xe_gva registration = xe_arg_gva(call, 0);

    if (!xe_arg_view_rw(call, 0, REGISTRATION_SIZE))
        xe_kernel_call_guest_error(call, "no registration at 0x%08x", registration);
    else if (!xe_arg_u32(call, 1))
        xe_kernel_thread_note_forget(call->kernel, registration);
    else if (!xe_kernel_thread_note_register(call->kernel, registration))
        xe_kernel_call_guest_error(call, "the list of registrations leads nowhere");
}

const struct xe_hle xe_hle_system[] = {
    XE_HLE(XBOXKRNL, HalReturnToFirmware, hal_return_to_firmware, "routine:u32 -> void"),
    XE_HLE(XBOXKRNL, HalGetCurrentAVPack, hal_get_current_av_pack, "-> u32"),
    XE_HLE(XBOXKRNL, KeBugCheck, ke_bug_check, "code:u32 -> void"),
    XE_HLE(XBOXKRNL, KeBugCheckEx, ke_bug_check_ex, "code:u32 a:u32 b:u32 c:u32 d:u32 -> void"),
    XE_HLE(XBOXKRNL, KeLockL2, no_effect, "index:u32 lock:u32 -> u32"),
    XE_HLE(XBOXKRNL, KeUnlockL2, no_effect, "index:u32 -> void"),
    XE_HLE(XBOXKRNL, KeFlushEntireTb, no_effect, "-> void"),
    XE_HLE(XBOXKRNL, KeFlushCacheRange, no_effect, "at:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, KeSweepDcacheRange, no_effect, "at:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, KeSweepIcacheRange, no_effect, "at:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, KeFlushCurrentEntireTb, no_effect, "-> void"),
    XE_HLE(XBOXKRNL, KeFlushUserModeTb, no_effect, "-> void"),
    XE_HLE(XBOXKRNL, KeFlushUserModeCurrentTb, no_effect, "-> void"),
    XE_HLE(XBOXKRNL, KeFlushMultipleTb, no_effect, "count:u32 addresses:ptr -> void"),
    XE_HLE(XBOXKRNL, KeSaveFloatingPointState, no_effect, "state:ptr -> u32"),
    XE_HLE(XBOXKRNL, KeRestoreFloatingPointState, no_effect, "state:ptr -> u32"),
    XE_HLE(XBOXKRNL, KeSaveVectorUnitState, no_effect, "state:ptr -> u32"),
    XE_HLE(XBOXKRNL, KeRestoreVectorUnitState, no_effect, "state:ptr -> u32"),
    XE_HLE(XBOXKRNL, KeSetBackgroundProcessors, no_effect, "mask:u32 -> void"),
    XE_HLE(XBOXKRNL, KeQueryBackgroundProcessors, answer_zero, "-> u32"),
    XE_HLE(XBOXKRNL, ExIsBetaFeatureEnabled, answer_zero, "feature:u32 -> bool"),
    XE_HLE(XBOXKRNL, ExTerminateTitleProcess, terminate_title_process, "status:u32 -> void"),
    XE_HLE(XBOXKRNL, ExRegisterTitleTerminateNotification, ex_register_title_terminate,
           "registration:ptr create:bool -> void"),
    XE_HLE(XBOXKRNL, ExRegisterThreadNotification, ex_register_thread,
           "registration:ptr create:bool -> void"),
    XE_HLE(XBOXKRNL, FscGetCacheElementCount, answer_zero, "which:u32 -> u32"),
    XE_HLE(XBOXKRNL, FscSetCacheElementCount, answer_zero, "which:u32 count:u32 -> u32"),
    XE_HLE_END,
};
