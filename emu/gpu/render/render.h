/* The reference renderer: pictures by plain C, slow and exact, the same bits on every machine.
 *
 * It reads guest memory and never writes it: what resolves write goes to pages of its own beside
 * (shadow.c), which textures and front buffers are read from. So states are those of a run without
 * any renderer. Where it reads back, there are no pages beside: resolves and exports go to guest
 * memory, counts of samples are what was drawn, and what all that depends on is state.
 * Owner thread: the instance's. */
#ifndef XE_GPU_RENDER_RENDER_H
#define XE_GPU_RENDER_RENDER_H

#include "gpu/renderer.h"
#include "mem/mem.h"
#include "xe/frame.h"

/* work: so many nanoseconds' were done, by estimate; told about every millisecond, within an act.
 */
struct xe_render_host {
    void *ctx;
    void (*work)(void *ctx, uint64_t ns);
};

/* mem is borrowed. false: out of memory. */
bool xe_render_create(struct xe_mem *mem, struct xe_render_host host, bool reads_back,
                      struct xe_gpu_renderer *ret);
/* What its pictures to come depend on: a section beside the state, renderer may be another, or none
 * at all (base/codec.h); of one that reads back, a component by its name before that. */
struct xe_codec;
void xe_render_state(struct xe_codec *c, const struct xe_gpu_renderer *renderer);
/* The newest picture of such a one; NULL: there was none. */
const struct xe_frame *xe_render_frame(const struct xe_gpu_renderer *renderer);
/* NULL: it is another. */
const struct xe_frame_counts *xe_render_counts(const struct xe_gpu_renderer *renderer);
/* As xe_kernel_frame_note; pictures from now on are of this cycle. */
const struct xe_frame_note *xe_render_note(const struct xe_gpu_renderer *renderer, uint32_t i);
void xe_render_cycle(const struct xe_gpu_renderer *renderer, uint64_t cycle);

#endif
