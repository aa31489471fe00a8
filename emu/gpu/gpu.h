/* Xenos, the graphics chip, as a title can tell that it is there: registers, the command processor,
 * the display's timing. Pictures are a renderer's (renderer.h).
 *
 * The idea: the command processor is a reader of packets with a clock of its own, counted in chip
 * clocks of virtual time. Each packet has a stated cost. The owner calls xe_gpu_tick at the times
 * that xe_gpu_due names; all packets whose turn has come by then are carried out at once. So what a
 * title sees is a function of when it stored the write pointer, and of nothing else: how a run is
 * cut, the CPU's engine and who looks on change nothing.
 *
 * All it is given is hostile: the ring, indirect buffers, counts, addresses, registers. It skips
 * what makes no sense and counts it, and halts (xe/gpu_halts.def) where it can't tell how to go on.
 * Work for the host is bounded by the clocks that packets cost.
 * Owner thread: the instance's. Source: what xenia, libxenon and freedreno (a2xx)
 * know of the chip. */
#ifndef XE_GPU_GPU_H
#define XE_GPU_GPU_H

#include "gpu/renderer.h"
#include "mem/mem.h"
#include "xe/coverage.h"
#include "xe/gpu.h"
#include "xe/log.h"

struct xe_codec;

#define XE_GPU_CLOCKS 50u /* in 100 ns: 500 MHz */

enum xe_gpu_lack { XE_GPU_LACKS_COMMAND, XE_GPU_LACKS_LIMIT, XE_GPU_LACKS_TESSELLATION };

/* What it needs from the world around it. */
struct xe_gpu_host {
    void *ctx;
    /* Interrupt time, 100 ns, at the access at hand. */
    uint64_t (*now)(void *ctx);
    /* xe_gpu_due is another than before. */
    void (*due_changed)(void *ctx);
    /* The chip interrupts the hardware threads of the mask. false: one of them was not heard. */
    bool (*interrupt)(void *ctx, uint32_t source, uint32_t mask);
    /* Is an interrupt of this source on its way, or being served? */
    bool (*interrupting)(void *ctx, uint32_t source);
    /* It has got commands to do; and: has done all of them, or never will. */
    void (*begins)(void *ctx);
    void (*ends)(void *ctx, bool done);
    /* Something is not done, for this build can't. */
    void (*lacks)(void *ctx, enum xe_gpu_lack what);
    /* So many nanoseconds' work was done, by estimate. */
    void (*work)(void *ctx, uint64_t ns);
};

enum xe_gpu_source { XE_GPU_VBLANK, XE_GPU_COMMAND, XE_GPU_SOURCES };

/* mem and log are borrowed. NULL: out of memory. */
struct xe_gpu *xe_gpu_create(struct xe_mem *mem, struct xe_log *log, struct xe_gpu_host host);
void xe_gpu_destroy(struct xe_gpu *gpu);
/* From now on this one makes the pictures (given, destroyed with the chip); before, none does. */
void xe_gpu_render_by(struct xe_gpu *gpu, struct xe_gpu_renderer renderer);
const struct xe_gpu_renderer *xe_gpu_rendered_by(const struct xe_gpu *gpu);

/* A title's accesses to registers, by dword index. */
uint32_t xe_gpu_read(struct xe_gpu *gpu, uint32_t index);
void xe_gpu_write(struct xe_gpu *gpu, uint32_t index, uint32_t value);
/* May its value change without a title's writing it: by time, or by commands to come? */
bool xe_gpu_register_moves(const struct xe_gpu *gpu, uint32_t index);

/* An empty ring at a physical address; log2 of its size in 8 bytes. */
void xe_gpu_ring(struct xe_gpu *gpu, xe_gpa base, uint32_t log2_size);
/* Post the read pointer there as packets are done. */
void xe_gpu_write_back(struct xe_gpu *gpu, xe_gpa address, uint32_t log2_block);
/* So often a second the display blanks; before the title begins. 60 unless told. */
void xe_gpu_refresh(struct xe_gpu *gpu, uint32_t hz);
/* Send an interrupt at each vertical blank, or don't. */
void xe_gpu_vblank(struct xe_gpu *gpu, bool on);
/* Interrupt time of the next vertical blank. */
uint64_t xe_gpu_next_vblank(const struct xe_gpu *gpu);

/* When it wants to be asked next: interrupt time; UINT64_MAX: not until something happens. */
uint64_t xe_gpu_due(const struct xe_gpu *gpu);
void xe_gpu_tick(struct xe_gpu *gpu, uint64_t now);
/* May it still do something that others see, if nobody does anything to it? */
bool xe_gpu_hopeful(const struct xe_gpu *gpu);

/* coverage.c: each command and named register, in order, and whether it is there. */
void xe_gpu_coverage_packets(void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx);
void xe_gpu_coverage_registers(void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx);

/* base/codec.h; what reports alone ask for goes beside. */
void xe_gpu_state(struct xe_codec *c, struct xe_gpu *gpu);

/* The command that VdSwap puts into the ring: XE_GPU_SWAP_WORDS words. */
#define XE_GPU_SWAP_WORDS 64u
#define XE_GPU_SWAP                                                                                \
    0x53574150u /* "SWAP": the first payload word, so that no other is taken for it */
void xe_gpu_swap_words(const struct xe_gpu_swap *swap, uint32_t ret[XE_GPU_SWAP_WORDS]);

#endif
