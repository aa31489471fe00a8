/* The XMA decoder's registers, as an idle one answers. Nothing is decoded: a context that is
 * started stays as it is, which is logged, and counted as lacking. Source: registers as xenia has
 * them (apu/xma_register_table.inc), and what titles' libraries do with them. Guess: the context
 * that is at work changes every microsecond; titles only want it to change. */
#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/clock.h"
#include "kernel/core/lacking.h"
#include "kernel/families/devices.h"
#include "xe/log.h"

#define CONTEXTS     320u
#define CONTEXT_SIZE 64u
enum {
    ARRAY = 0x000,
    CONTROL = 0x004,
    CURRENT = 0x018,
    NEXT = 0x01C,
    KICK = 0x140,
    KICK_END = 0x168
};
#define RUNS 3u /* control, until a title stops it */

/* The array comes into being when a title first asks where it is. */
static uint32_t array(struct xe__xma *xma)
{
    if (!xma->array)
        xma->array =
            xe_mem_alloc_physical(xe_kernel_mem(xma->kernel), CONTEXTS * CONTEXT_SIZE, 0x1000,
                                  XE_PAGE_READWRITE, 0, XE_MEM_PHYS_SIZE - 1, true);
    return xma->array;
}

static uint64_t read_register(void *self, uint32_t offset, uint32_t size)
{
    struct xe__xma *xma = self;
    uint64_t turn = xe_kernel_virtual_us(xma->kernel);

    (void)size;
    switch (offset) {
    case ARRAY:
        return array(xma);
    case CURRENT:
        return turn % CONTEXTS;
    case NEXT:
        return (turn + 1) % CONTEXTS;
    default:
        return xma->value[offset / 4];
    }
}

static void write_register(void *self, uint32_t offset, uint32_t size, uint64_t value)
{
    struct xe__xma *xma = self;

    (void)size;
    xma->value[offset / 4] = (uint32_t)value;
    if (offset < KICK || offset >= KICK_END || !value)
        return;
    xe_kernel_lacking_found(xma->kernel, XE_LACKING_XMA);
    if (!xma->told)
        xe_log_write(xe_kernel_log(xma->kernel), XE_LOG_STUB, "xma",
                     "contexts %u to %u, bits 0x%08x, are started: nothing is decoded (told once)",
                     (offset - KICK) * 8, (offset - KICK) * 8 + 31, (uint32_t)value);
    xma->told = true;
}

void xe__kernel_xma_state(struct xe_codec *c, void *self)
{
    struct xe__xma *xma = self;

    XE_CODEC(c, xma->array);
    for (uint32_t i = 0; i < XE__XMA_REGISTERS; i++)
        XE_CODEC(c, xma->value[i]);
    xe_codec_beside(c, true);
    XE_CODEC(c, xma->told);
    xe_codec_beside(c, false);
}

bool xe__kernel_xma_add(struct xe_kernel *kernel)
{
    static const struct xe_device_type type = {
        .id = XE_DEVICE_XMA,
        .sizes = 4,
        .little_endian = true,
        .read = read_register,
        .write = write_register,
        .section = "io",
        .state = xe__kernel_xma_state,
        .destroy = xe_free,
    };
    struct xe__xma *xma = xe_calloc(1, sizeof(*xma));

    if (xma) {
        xma->kernel = kernel;
        xma->value[CONTROL / 4] = RUNS;
    }
    return xe_kernel_device_add(kernel, &type, xma);
}

bool xe_kernel_devices_add(struct xe_kernel *kernel)
{
    return xe__kernel_uart_add(kernel) && xe__kernel_xma_add(kernel);
}
