/* See walk.h. */
#include "kernel/core/walk.h"

#include "kernel/core/kernel_internal.h"
#include "kernel/except/except.h"

bool xe_kernel_image_at(const struct xe_kernel *kernel, xe_gva address, xe_gva *ret_base,
                        uint32_t *ret_size)
{
    const struct xe_module *module = xe_kernel_module_holding(kernel, address);

    if (!module)
        return false;
    *ret_base = module->base;
    *ret_size = module->size;
    return true;
}

bool xe_kernel_function_at(const struct xe_kernel *kernel, xe_gva address,
                           struct xe_unwind_table *ret_table, struct xe_unwind_function *ret)
{
    xe_gva base;
    uint32_t size;

    *ret_table = (struct xe_unwind_table){0};
    return xe_kernel_image_at(kernel, address, &base, &size) &&
           xe_unwind_table_of(kernel->mem, base, size, ret_table) &&
           xe_unwind_find(kernel->mem, ret_table, address, ret);
}

bool xe_kernel_unwind_once(const struct xe_kernel *kernel, struct xe_cpu *cpu)
{
    struct xe_unwind_table table;
    struct xe_unwind_function function;

    if (!xe_kernel_function_at(kernel, cpu->pc, &table, &function))
        return false;
    xe_unwind_frame(kernel->mem, &table, &function, cpu);
    return true;
}

/* ---- callers of a thread, for reports -------------------------------------------------------- */

static bool is_kernels(xe_gva address)
{
    return address >= XE_KERNEL_CODE && address < XE_KERNEL_EXPORTS + 0x10000;
}

/* One of an image that has a table, but no row for it: a leaf, which returns through LR. */
static bool leave_leaf(const struct xe_kernel *kernel, struct xe_cpu *cpu)
{
    struct xe_unwind_table table;
    struct xe_unwind_function function;

    if (xe_kernel_function_at(kernel, cpu->pc, &table, &function) || !table.entries)
        return false;
    xe_unwind_frame(kernel->mem, &table, NULL, cpu);
    return true;
}

/* The innermost function's caller. Whoever is in the middle of a call of the kernel's is seen as if
 * it had returned: LR is told beside the callers. */
static bool first_caller(const struct xe_kernel *kernel, struct xe_cpu *cpu)
{
    if (is_kernels(cpu->pc)) {
        cpu->pc = ((xe_gva)cpu->lr & ~3u) - 4;
        return xe_kernel_unwind_once(kernel, cpu);
    }
    return xe_kernel_unwind_once(kernel, cpu) || leave_leaf(kernel, cpu);
}

/* Out of a handler of exceptions, to where its exception was; false: the kernel called for another
 * reason, which ends the way. */
static bool leave_handler(const struct xe_kernel *kernel, struct xe_cpu *cpu, bool *ret_called)
{
    return cpu->pc && (!is_kernels(cpu->pc) || xe_except_interrupted(kernel->mem, cpu, ret_called));
}

uint32_t xe__kernel_callers(const struct xe_kernel *kernel, const struct xe_cpu *registers,
                            struct xe_thread_frame *frame, uint32_t max)
{
    struct xe_cpu cpu = *registers;
    xe_gva sp = (xe_gva)cpu.gpr[1];
    bool more = first_caller(kernel, &cpu);
    uint32_t n = 0;

    while (more && n < max) {
        bool called = true;

        if (!leave_handler(kernel, &cpu, &called) || (xe_gva)cpu.gpr[1] < sp ||
            (n && (xe_gva)cpu.gpr[1] == sp))
            return n;
        sp = (xe_gva)cpu.gpr[1];
        frame[n++] = (struct xe_thread_frame){.sp = sp, .lr = cpu.pc};
        cpu.pc -= called ? 4 : 0;
        more = xe_kernel_unwind_once(kernel, &cpu);
    }
    if (more) /* there is no room for more */
        return n;
    return n + xe__kernel_frames(kernel, &cpu, frame + n, max - n);
}
