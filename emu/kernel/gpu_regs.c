/* GPU registers as a title sees them at 7FC80000: what it writes reads back, and the registers it
 * polls answer as an idle GPU's do. There is no command processor behind them in this build (video
 * exports say so loudly). Source: register numbers and idle values as public emulators read them.
 */
#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/hle_internal.h"

#define GPU_BASE  0x7FC80000u
#define GPU_SIZE  0x10000u
#define REGISTERS (GPU_SIZE / 4)

struct xe__gpu_regs {
    uint32_t value[REGISTERS];
    bool written;
};

/* Registers that do not read back what was written: number, value. */
static const struct {
    uint32_t number, value;
} fixed[] = {
    {0x0F00, 0x08100748}, /* RB_EDRAM_TIMING                    */
    {0x0F01, 0x0000200E}, /* RB_BC_CONTROL                      */
    {0x1951, 0x00000001}, /* interrupt status: vertical blank   */
    {0x1961, 0x050002D0}, /* D1MODE_VIEWPORT_SIZE: 1280 x 720   */
};

static enum xe_mem_fault read_register(void *ctx, xe_gva address, uint32_t size,
                                       uint64_t *ret_value)
{
    const struct xe__gpu_regs *regs = ctx;
    uint32_t number = (address - GPU_BASE) / 4;

    if (size != 4)
        return XE_MEM_PROTECTED;
    *ret_value = regs->value[number];
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        if (fixed[i].number == number)
            *ret_value = fixed[i].value;
    return XE_MEM_OK;
}

static enum xe_mem_fault write_register(void *ctx, xe_gva address, uint32_t size, uint64_t value)
{
    struct xe__gpu_regs *regs = ctx;

    if (size != 4)
        return XE_MEM_PROTECTED;
    regs->written = true;
    regs->value[(address - GPU_BASE) / 4] = (uint32_t)value;
    return XE_MEM_OK;
}

struct xe__gpu_regs *xe__gpu_regs_create(struct xe_mem *mem)
{
    struct xe__gpu_regs *regs = xe_calloc(1, sizeof(*regs));

    if (regs && !xe_mem_mmio_add(mem, GPU_BASE, GPU_SIZE,
                                 (struct xe_mem_mmio){regs, read_register, write_register})) {
        xe_free(regs);
        return NULL;
    }
    return regs;
}

void xe__gpu_regs_destroy(struct xe__gpu_regs *regs)
{
    xe_free(regs);
}

void xe__gpu_regs_state(struct xe_codec *c, struct xe__gpu_regs *regs)
{
    uint32_t used = 0, i = 0;
    size_t n;

    for (uint32_t k = 0; regs->written && k < REGISTERS; k++)
        used += regs->value[k] != 0;
    n = xe_codec_count(c, "registers", used, REGISTERS, 8);
    if (xe_codec_loading(c))
        *regs = (struct xe__gpu_regs){.written = n != 0};
    for (size_t k = 0; k < n && !c->stopped; k++, i++) {
        while (!xe_codec_loading(c) && !regs->value[i])
            i++;
        xe_codec_up_to(c, "register", &i, REGISTERS - 1);
        xe_codec_item(c, "register", i);
        XE_CODEC(c, regs->value[i]);
    }
}
