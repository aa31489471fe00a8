/* What the processor raises, as records. Source: doc/facts/exceptions.md, section 8; Guess: the
 * statuses, which are those of Windows NT, but for those of traps, which titles handle. */
#include "cpu/softfp/fpu_status.h"
#include "kernel/except/except_internal.h"

static void put(struct xe_except_record *record, uint32_t code, uint32_t n, uint32_t a, uint32_t b)
{
    record->code = code;
    record->parameters = n;
    record->parameter[0] = a;
    record->parameter[1] = b;
}

/* Of those that are enabled, the one that NT looks at first. */
static uint32_t float_status(uint32_t fpscr)
{
    uint32_t active = fpscr >> 22 & fpscr & 0xF8u; /* VX OX UX ZX XX lie above VE OE UE ZE XE */

    if (active & XE_FPSCR_VE)
        return XE_STATUS_FLOAT_INVALID_OPERATION;
    if (active & XE_FPSCR_ZE)
        return XE_STATUS_FLOAT_DIVIDE_BY_ZERO;
    if (active & XE_FPSCR_OE)
        return XE_STATUS_FLOAT_OVERFLOW;
    return active & XE_FPSCR_UE ? XE_STATUS_FLOAT_UNDERFLOW : XE_STATUS_FLOAT_INEXACT_RESULT;
}

static void put_trap(struct xe_except_record *record, const struct xe_cpu_exception *what,
                     enum xe_cause cause)
{
    if (cause == XE_CAUSE_DIVIDE_ZERO)
        put(record, XE_STATUS_INTEGER_DIVIDE_BY_ZERO, 0, 0, 0);
    else if (cause == XE_CAUSE_DIVIDE_OVERFLOW)
        put(record, XE_STATUS_INTEGER_OVERFLOW, 0, 0, 0);
    else /* which one is told by the immediate */
        put(record, XE_STATUS_BREAKPOINT, 1, what->word & 0xFFFF, 0);
}

/* false: it is nothing that is dispatched. */
static bool describe(const struct xe_cpu_exception *what, enum xe_cause cause, uint32_t fpscr,
                     struct xe_except_record *ret)
{
    switch (what->kind) {
    case XE_CPU_EXC_ILLEGAL:
    case XE_CPU_EXC_SYSCALL:
        put(ret, XE_STATUS_ILLEGAL_INSTRUCTION, 0, 0, 0);
        return true;
    case XE_CPU_EXC_PRIVILEGED:
        put(ret, XE_STATUS_PRIVILEGED_INSTRUCTION, 0, 0, 0);
        return true;
    case XE_CPU_EXC_TRAP:
        put_trap(ret, what, cause);
        return true;
    case XE_CPU_EXC_FLOAT:
        put(ret, float_status(fpscr), 0, 0, 0);
        return true;
    case XE_CPU_EXC_DATA:
        put(ret,
            what->fault == XE_MEM_GUARDED ? XE_STATUS_GUARD_PAGE_VIOLATION
                                          : XE_STATUS_ACCESS_VIOLATION,
            2, what->write, what->address);
        return true;
    case XE_CPU_EXC_FETCH:
        put(ret, XE_STATUS_ACCESS_VIOLATION, 2, 0, what->address);
        return true;
    case XE_CPU_EXC_ALIGNMENT:
        put(ret, XE_STATUS_DATATYPE_MISALIGNMENT, 2, what->write, what->address);
        return true;
    default:
        return false;
    }
}

bool xe_except_fault(struct xe_thread *thread, const struct xe_cpu_exception *what,
                     const struct xe_stop_info *why)
{
    struct xe_except_event event = {.unhandled = *why};
    const struct xe_cpu context = thread->cpu;

    event.made.address = context.pc;
    return describe(what, why->cause, context.fpscr, &event.made) &&
           xe_except_raise(thread, &event, &context);
}
