/* What programs call to look at themselves: stack traces, assertions, checks of addresses.
 * Source: the documented Windows NT routines of the same names, unless said otherwise. */
#include "kernel/families/shared.h"
#include "kernel/families/text.h"
#include "kernel/core/thread.h"
#include "kernel/core/walk.h"

/* ---- stack traces --------------------------------------------------------------------------- */

#define FRAMES_MAX 0xFFFEu
#define FRAME_NS   20u

struct frames {
    const struct xe_call *call;
    struct xe_cpu cpu; /* pc: behind the call that the frame is in the middle of */
};

static struct frames frames_of(const struct xe_call *call)
{
    struct frames frames = {call, *call->cpu};

    frames.cpu.pc = call->lr;
    return frames;
}

/* Of functions that no table knows: frames are chained by the word that the stack pointer leads to,
 * and a return address lies 8 bytes below its caller's frame.
 * Source: doc/facts/exceptions.md, section 2, of all that save it without a routine of their own.
 */
static void follow_chain(struct frames *frames)
{
    xe_gva back = xe_mem_u32(frames->call->mem, (xe_gva)frames->cpu.gpr[1]);

    frames->cpu.gpr[1] = back;
    frames->cpu.pc = xe_mem_u32(frames->call->mem, back - 8);
}

/* The next return address; 0 behind the last. */
static xe_gva next_return(struct frames *frames)
{
    const struct xe_thread *thread = frames->call->thread;
    xe_gva from = (xe_gva)frames->cpu.gpr[1], sp;

    frames->cpu.pc -= 4;
    if (!xe_kernel_unwind_once(frames->call->kernel, &frames->cpu))
        follow_chain(frames);
    sp = (xe_gva)frames->cpu.gpr[1];
    if (sp <= from || sp & 3 || sp >= thread->stack_base || sp < thread->stack_limit)
        return 0;
    return frames->cpu.pc;
}

/* The first is where the caller goes on. */
static void rtl_capture_stack_back_trace(struct xe_call *call)
{
    struct frames frames = frames_of(call);
    uint32_t skip = xe_arg_u32(call, 0), room = xe_arg_u32(call, 1), n = 0, sum = 0;
    xe_gva to = xe_arg_gva(call, 2), at = call->lr;

    for (uint32_t i = 0; at && n < room && i < FRAMES_MAX; at = next_return(&frames), i++) {
        xe_kernel_work(call->kernel, FRAME_NS);
        if (i < skip)
            continue;
        if (!xe_mem_set_u32(call->mem, to + 4 * n, at))
            break;
        sum += at;
        n++;
    }
    xe__kernel_store_u32(call, 3, sum);
    xe_ret_u32(call, n);
}

static void rtl_get_callers_address(struct xe_call *call)
{
    struct frames frames = frames_of(call);
    xe_gva caller = next_return(&frames);

    xe__kernel_store_u32(call, 0, caller);
    xe__kernel_store_u32(call, 1, caller ? next_return(&frames) : 0);
}

/* ---- assertions ----------------------------------------------------------------------------- */

static void break_with_status(struct xe_call *call)
{
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_GUEST, "title", "%s(0x%08x)", call->row->name,
                 xe_arg_u32(call, 0));
    xe_kernel_break(call->kernel, XE_CAUSE_BREAK_CALL);
}

static void rtl_assert(struct xe_call *call)
{
    char condition[256], file[256], message[256];

    xe_arg_cstr(call, 0, condition, sizeof(condition));
    xe_arg_cstr(call, 1, file, sizeof(file));
    xe_arg_cstr(call, 3, message, sizeof(message));
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_GUEST, "title",
                 "assertion failed: %s, file %s, line %u%s%s", condition, file, xe_arg_u32(call, 2),
                 message[0] ? ": " : "", message);
    xe_kernel_break(call->kernel, XE_CAUSE_BREAK_CALL);
}

/* Nobody is there to answer. */
static void dbg_prompt(struct xe_call *call)
{
    char prompt[256];

    xe_arg_cstr(call, 0, prompt, sizeof(prompt));
    xe_log_write(xe_kernel_log(call->kernel), XE_LOG_PRINT, "title", "%s", prompt);
    if (xe_arg_u32(call, 2))
        xe_mem_set_u8(call->mem, xe_arg_gva(call, 1), 0);
    xe_ret_u32(call, 0);
}

/* ---- checks --------------------------------------------------------------------------------- */

static void mm_dbg_read_check(struct xe_call *call)
{
    xe_ret_u32(call, xe_arg_view(call, 0, 1) ? xe_arg_gva(call, 0) : 0);
}

static void mm_dbg_write_check(struct xe_call *call)
{
    xe_ret_u32(call, xe_arg_view_rw(call, 0, 1) ? xe_arg_gva(call, 0) : 0);
}

/* What a write check gave is what was asked about, so there is nothing to release. */
static void mm_dbg_release_address(struct xe_call *call)
{
    (void)call;
}

const struct xe_hle xe_hle_debug[] = {
    XE_HLE(XBOXKRNL, RtlCaptureStackBackTrace, rtl_capture_stack_back_trace,
           "skip:u32 count:u32 trace:ptr hash:ptr -> u16"),
    XE_HLE(XBOXKRNL, RtlGetCallersAddress, rtl_get_callers_address, "caller:ptr its:ptr -> void"),
    XE_HLE(XBOXKRNL, RtlAssert, rtl_assert,
           "condition:cstr file:cstr line:u32 message:cstr -> void"),
    XE_HLE(XBOXKRNL, DbgBreakPointWithStatus, break_with_status, "status:u32 -> void"),
    XE_HLE(XBOXKRNL, DbgPrompt, dbg_prompt, "prompt:cstr answer:ptr room:u32 -> u32"),
    XE_HLE(XBOXKRNL, MmDbgReadCheck, mm_dbg_read_check, "at:ptr -> ptr"),
    XE_HLE(XBOXKRNL, MmDbgWriteCheck, mm_dbg_write_check, "at:ptr token:ptr -> ptr"),
    XE_HLE(XBOXKRNL, MmDbgReleaseAddress, mm_dbg_release_address, "at:ptr token:ptr -> void"),
    XE_HLE_END,
};
