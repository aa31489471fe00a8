/* The end of an exception that nobody handled. */
#include <stdio.h>

#include "kernel/except/except_internal.h"

#define CPP_THROW 0xE06D7363u

/* A break that no handler wanted is a debugger's: the run stops there, and goes on behind it. */
static void stop_at_break(struct xe_thread *thread)
{
    xe_kernel_break(thread->kernel, XE_CAUSE_BREAK_WORD);
    thread->cpu.pc += 4;
}

/* "C++ throw of std::bad_alloc", and whose type that is, if it is no type of the title's. */
static void name_throw(const struct xe_kernel *kernel, xe_gva record, char *text, size_t size)
{
    xe_gva info = xe_mem_u32(kernel->mem, record + XE__RECORD_PARAMETERS + 8);
    const struct xe_module *module = xe_kernel_module_holding(kernel, info);
    bool foreign = module && module->base != kernel->title.base;
    char thrown[160];

    xe__except_thrown(kernel->mem, record, thrown, sizeof(thrown));
    if (thrown[0])
        snprintf(text, size, "C++ throw of %s%s%s%s", thrown, foreign ? " (from " : "",
                 foreign ? module->name : "", foreign ? ")" : "");
}

void xe__except_unhandled(struct xe_thread *thread, const struct xe_stop_info *why, xe_gva record,
                          const struct xe_cpu *context, bool at_call)
{
    struct xe_stop_info info = *why;

    xe__frame_resume(thread, context);
    if (why->cause == XE_CAUSE_BREAK_WORD) {
        stop_at_break(thread);
        return;
    }
    thread->cpu.pc -= at_call ? 4 : 0; /* behind it may be another function */
    info.tid = thread->tid;
    info.pc = thread->cpu.pc;
    info.lr = (uint32_t)context->lr;
    if (why->cause == XE_CAUSE_EXCEPTION && why->code == CPP_THROW && record)
        name_throw(thread->kernel, record, info.what, sizeof(info.what));
    xe_kernel_crash(thread->kernel, &info, NULL);
}
