/* The register file: one way in, whose side effects are here, and what titles read. */
#include <string.h>

#include "gpu/gpu_internal.h"

/* Sorted by index. */
static const struct {
    uint16_t index;
    bool is_float;
    const char *name;
} names[] = {
#define DWORD                       false
#define FLOAT                       true
#define REGISTER(index, name, kind) {index, kind, #name},
#include "gpu/registers.def"
#undef REGISTER
#undef FLOAT
#undef DWORD
};

const char *xe_gpu_register_name(uint32_t index, bool *ret_float)
{
    size_t low = 0, high = sizeof(names) / sizeof(names[0]);

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (names[mid].index == index) {
            *ret_float = names[mid].is_float;
            return names[mid].name;
        }
        if (names[mid].index < index)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

uint32_t xe_gpu_register(const struct xe_gpu *gpu, uint32_t index)
{
    return index < XE_GPU_REGISTERS ? gpu->reg[index] : 0;
}

/* Values that titles may rely on before they set them. Source: as D3D's start leaves them; the rest
 * is 0. */
void xe__gpu_registers_reset(struct xe_gpu *gpu)
{
    static const struct {
        uint32_t index, value;
    } rows[] = {
        {XE__REG_BIN_MASK_LO, 0xFFFFFFFF},       {XE__REG_BIN_MASK_HI, 0xFFFFFFFF},
        {XE__REG_BIN_SELECT_LO, 0xFFFFFFFF},     {XE__REG_BIN_SELECT_HI, 0xFFFFFFFF},
        {XE__REG_RB_EDRAM_TIMING, 0x08100748},   {XE__REG_RB_BC_CONTROL, 0x0000200E},
        {XE__REG_SCREEN_SCISSOR_BR, 0x20002000}, {XE__REG_WINDOW_SCISSOR_BR, 0x20002000},
        {XE__REG_MAX_VTX_INDX, 0x00FFFFFF},      {XE__REG_VS_CONST, 0x000FF000},
        {XE__REG_PS_CONST, 0x000FF100},          {XE__REG_AA_MASK, 0x0000FFFF},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        gpu->reg[rows[i].index] = rows[i].value;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void scratch(struct xe_gpu *gpu, uint32_t number, uint32_t value)
{
    if (gpu->reg[XE__REG_SCRATCH_UMSK] >> number & 1)
        xe__gpu_store(gpu, ((gpu->reg[XE__REG_SCRATCH_ADDR] & ~3u) + 4 * number) | 2, value);
}

/* Bits 1 to 3 name moments of the display; whatever else can be waited for is so at once. */
static void wait_until(struct xe_gpu *gpu, uint32_t value)
{
    uint64_t blank = xe__gpu_vblank_after(gpu, gpu->clock / XE_GPU_CLOCKS) * XE_GPU_CLOCKS;

    if (value & 0xE && gpu->clock < blank)
        gpu->clock = blank;
}

static void control(struct xe_gpu *gpu, uint32_t index, uint32_t value, uint32_t old)
{
    switch (index) {
    case XE__REG_CP_RB_BASE:
        xe__gpu_ring_reset(gpu);
        break;
    case XE__REG_CP_RB_CNTL: /* indices into a ring of another size mean nothing */
        if (value & XE__RPTR_WR_EN || (value ^ old) & 63)
            xe__gpu_ring_reset(gpu);
        break;
    case XE__REG_CP_RB_WPTR:
        xe__gpu_kick(gpu);
        break;
    case XE__REG_WAIT_UNTIL:
        wait_until(gpu, value);
        break;
    case XE__REG_COHER_STATUS_HOST:
        gpu->reg[index] |= 0x80000000; /* busy, until somebody waits for it */
        break;
    default:
        if (index >= XE__REG_SCRATCH_0 && index <= XE__REG_SCRATCH_7)
            scratch(gpu, index - XE__REG_SCRATCH_0, value);
        else if (index >= XE__REG_LUT_FIRST && index <= XE__REG_LUT_LAST)
            xe__gpu_lut_write(gpu, index, value);
        break;
    }
}

void xe__gpu_set(struct xe_gpu *gpu, uint32_t index, uint32_t value)
{
    uint32_t old;

    if (index >= XE_GPU_REGISTERS) {
        gpu->counters.lost_writes++;
        xe__gpu_complain(gpu, XE__GPU_NO_REGISTER, index);
        return;
    }
    if (index == XE__REG_CP_RB_RPTR)
        return; /* it is moved through CP_RB_RPTR_WR */
    old = gpu->reg[index];
    gpu->reg[index] = value;
    if (index < XE__REG_CONTEXT)
        control(gpu, index, value, old);
}

/* Most of what titles set are constants, which do nothing by themselves. */
void xe__gpu_set_run(struct xe_gpu *gpu, uint32_t first, const uint32_t *value, uint32_t n)
{
    if (first >= XE__REG_CONTEXT && first < XE_GPU_REGISTERS && n <= XE_GPU_REGISTERS - first) {
        memcpy(&gpu->reg[first], value, n * sizeof(*value));
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        xe__gpu_set(gpu, first + i, value[i]);
}

void xe_gpu_write(struct xe_gpu *gpu, uint32_t index, uint32_t value)
{
    xe__gpu_set(gpu, index, value);
}

/* ---- reading -------------------------------------------------------------------------------- */

static uint32_t status(const struct xe_gpu *gpu)
{
    /* Bit 31: busy. Guess: bit 18 says that there is room for commands; libxenon waits for it. */
    return (xe__gpu_is_busy(gpu) ? 0x80000000u : 0) | 0x00040000u;
}

uint32_t xe__gpu_get(const struct xe_gpu *gpu, uint32_t index)
{
    uint32_t value;

    if (index >= XE_GPU_REGISTERS)
        return 0;
    if (index >= XE__REG_CONTEXT)
        return gpu->reg[index];
    switch (index) {
    case XE__REG_CP_PROG_COUNTER:
    case XE__REG_PERFCOUNTER: /* titles look at differences of these two */
        return (uint32_t)(gpu->host.now(gpu->host.ctx) * XE_GPU_CLOCKS);
    case XE__REG_RBBM_STATUS:
        return status(gpu);
    case XE__REG_RB_EDRAM_TIMING:
        return 0x08100748;
    case XE__REG_RB_BC_CONTROL:
        return 0x0000200E;
    default:
        return xe__gpu_display_read(gpu, index, &value) ? value : gpu->reg[index];
    }
}

uint32_t xe_gpu_read(struct xe_gpu *gpu, uint32_t index)
{
    return xe__gpu_get(gpu, index);
}

bool xe__gpu_moves_by_time(uint32_t index)
{
    switch (index) {
    case XE__REG_PERFCOUNTER:
    case XE__REG_CP_PROG_COUNTER:
    case XE__REG_V_COUNTER:
    case XE__REG_VBLANK_STATUS:
        return true;
    default:
        return false;
    }
}
