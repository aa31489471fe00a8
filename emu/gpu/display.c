/* The display: 720 lines of 750, sixty or fifty times a second of virtual time; its interrupt, the
 * registers that tell where the beam is, the gamma tables. */
#include "gpu/gpu_internal.h"

#define HZ         60u       /* unless told otherwise */
#define PER_SECOND 10000000u /* units of interrupt time */
#define LINES      750u      /* Source: 720p at 60 and 50 Hz, CEA-861 */
#define VISIBLE    720u
#define VBLANK_HW  2u /* Source: xenia interrupts this hardware thread */

/* The k-th begins at floor(k * 10^7 / hz). */
static uint64_t vblank_time(const struct xe_gpu *gpu, uint64_t k)
{
    return (uint64_t)((unsigned __int128)k * PER_SECOND / gpu->hz);
}

/* How many began up to a moment, without the one at 0. */
static uint64_t vblanks_by(const struct xe_gpu *gpu, uint64_t time)
{
    uint64_t k = (uint64_t)((unsigned __int128)time * gpu->hz / PER_SECOND);

    return vblank_time(gpu, k + 1) <= time ? k + 1 : k;
}

uint64_t xe__gpu_vblank_after(const struct xe_gpu *gpu, uint64_t time)
{
    return vblank_time(gpu, vblanks_by(gpu, time) + 1);
}

void xe_gpu_refresh(struct xe_gpu *gpu, uint32_t hz)
{
    gpu->hz = hz;
}

uint64_t xe_gpu_next_vblank(const struct xe_gpu *gpu)
{
    return xe__gpu_vblank_after(gpu, gpu->host.now(gpu->host.ctx));
}

void xe_gpu_vblank(struct xe_gpu *gpu, bool on)
{
    if (on && !gpu->vblank)
        gpu->next_vblank = xe_gpu_next_vblank(gpu);
    gpu->vblank = on;
    gpu->host.due_changed(gpu->host.ctx);
}

/* A blank that finds the one before unserved is not sent: the line is up already. */
void xe__gpu_vblank_tick(struct xe_gpu *gpu, uint64_t now)
{
    if (!gpu->vblank || now < gpu->next_vblank)
        return;
    gpu->next_vblank = xe__gpu_vblank_after(gpu, now);
    if (gpu->host.interrupting(gpu->host.ctx, XE_GPU_VBLANK))
        return;
    gpu->vblanks++;
    gpu->unheard += !gpu->host.interrupt(gpu->host.ctx, XE_GPU_VBLANK, 1u << VBLANK_HW);
}

/* ---- registers ------------------------------------------------------------------------------ */

static uint32_t line(const struct xe_gpu *gpu)
{
    uint64_t now = gpu->host.now(gpu->host.ctx), began = vblank_time(gpu, vblanks_by(gpu, now));

    return (uint32_t)((now - began) * LINES * gpu->hz / PER_SECOND + VISIBLE) % LINES;
}

bool xe__gpu_display_read(const struct xe_gpu *gpu, uint32_t index, uint32_t *ret)
{
    switch (index) {
    case XE__REG_V_COUNTER:
        *ret = line(gpu);
        return true;
    case XE__REG_VBLANK_STATUS:
        *ret = line(gpu) >= VISIBLE ? 0x1000 : 0;
        return true;
    case XE__REG_VBLANK_INTERRUPT: /* read in the callback of source 0 only */
        *ret = 1;
        return true;
    case XE__REG_VIEWPORT_SIZE:
        *ret = 1280u << 16 | VISIBLE;
        return true;
    default:
        return false;
    }
}

/* ---- gamma ---------------------------------------------------------------------------------- */

enum {
    RW_INDEX = 0x1922,
    SEQ_COLOR = 0x1923,
    PWL_DATA = 0x1924,
    COLOR_30 = 0x1925,
    WRITE_MASK = 0x1927
};

void xe__gpu_display_reset(struct xe_gpu *gpu)
{
    gpu->hz = HZ;
    for (uint32_t i = 0; i < 256; i++)
        gpu->lut.entry[i] = i * 1023 / 255 * 0x00100401u;
    for (uint32_t i = 0; i < 128; i++)
        for (uint32_t k = 0; k < 3; k++)
            gpu->lut.pwl[i][k] = (i * 65535 / 127 & ~63u) | (i < 127 ? 0x200u << 16 : 0);
    gpu->reg[WRITE_MASK] = 7;
}

/* R, G, B come in turn; the mask's bits are B, G, R. */
static bool may_write(const struct xe_gpu *gpu, uint32_t component)
{
    return gpu->reg[WRITE_MASK] >> (2 - component) & 1;
}

static void step(struct xe_gpu *gpu)
{
    gpu->lut.component = (gpu->lut.component + 1) % 3;
    if (!gpu->lut.component)
        gpu->reg[RW_INDEX] = (gpu->reg[RW_INDEX] + 1) & 0xFF;
}

void xe__gpu_lut_write(struct xe_gpu *gpu, uint32_t index, uint32_t value)
{
    uint32_t at = gpu->reg[RW_INDEX] & 0xFF, component = gpu->lut.component;
    uint32_t shift = 20 - 10 * component;

    switch (index) {
    case RW_INDEX:
        gpu->lut.component = 0;
        break;
    case SEQ_COLOR:
        if (may_write(gpu, component))
            gpu->lut.entry[at] = (gpu->lut.entry[at] & ~(0x3FFu << shift)) | (value >> 6 & 0x3FF)
                                                                                 << shift;
        step(gpu);
        break;
    case PWL_DATA:
        if (may_write(gpu, component))
            gpu->lut.pwl[at & 0x7F][component] = value;
        step(gpu);
        break;
    case COLOR_30:
        gpu->lut.entry[at] = value & 0x3FFFFFFF;
        gpu->reg[RW_INDEX] = (at + 1) & 0xFF;
        break;
    default:
        break;
    }
}
