/* GPU registers as a title sees them at 7FC80000: what it writes reads back, and the registers it
 * polls answer as an idle GPU's do. There is no command processor behind them in this build (video
 * exports say so loudly). Source: register numbers and idle values as xenia
 * (gpu/graphics_system.cc) has them.
 */
#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/device.h"
#include "kernel/hle/hle_internal.h"

#define REGISTERS 0x4000u

struct gpu_regs {
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

static uint64_t read_register(void *self, uint32_t offset, uint32_t size)
{
    const struct gpu_regs *regs = self;

    (void)size;
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        if (fixed[i].number == offset / 4)
            return fixed[i].value;
    return regs->value[offset / 4];
}

static void write_register(void *self, uint32_t offset, uint32_t size, uint64_t value)
{
    struct gpu_regs *regs = self;

    (void)size;
    regs->written = true;
    regs->value[offset / 4] = (uint32_t)value;
}

static void regs_state(struct xe_codec *c, void *self)
{
    struct gpu_regs *regs = self;
    uint32_t used = 0, i = 0;
    size_t n;

    for (uint32_t k = 0; regs->written && k < REGISTERS; k++)
        used += regs->value[k] != 0;
    n = xe_codec_count(c, "registers", used, REGISTERS, 8);
    if (xe_codec_loading(c))
        *regs = (struct gpu_regs){.written = n != 0};
    for (size_t k = 0; k < n && !c->stopped; k++, i++) {
        while (!xe_codec_loading(c) && !regs->value[i])
            i++;
        xe_codec_up_to(c, "register", &i, REGISTERS - 1);
        xe_codec_item(c, "register", i);
        XE_CODEC(c, regs->value[i]);
    }
}

bool xe__gpu_regs_add(struct xe_kernel *kernel)
{
    static const struct xe_device_type type = {
        .id = XE_DEVICE_GPU,
        .sizes = 4,
        .calm = true,
        .read = read_register,
        .write = write_register,
        .section = "gpu",
        .state = regs_state,
        .destroy = xe_free,
    };

    return xe_device_add(kernel, &type, xe_calloc(1, sizeof(struct gpu_regs)));
}
