/* The reference renderer on a workbench: registers, memory and shaders of the test's own. */
#ifndef TESTS_GPU_RENDER_BENCH_H
#define TESTS_GPU_RENDER_BENCH_H

#include <criterion/criterion.h>

#include "base/bits.h"
#include "gpu/render/render.h"
#include "gpu/texture/texture.h"
#include "xe/gpu.h"
#include "xe/ucode.h"

#define SIDE     64u       /* of pictures, pixels */
#define FRONT    0x100000u /* physical: the front buffer, a texture and vertices */
#define TEXTURE  0x140000u
#define VERTICES 0x150000u
#define SIZE     0x60000u /* that is there */

struct render_bench {
    struct xe_mem *mem;
    struct xe_gpu_renderer renderer;
    uint32_t reg[XE_GPU_REGISTERS];
    struct xe_ucode_program vertex, pixel;
    uint64_t now, pictures;
    uint64_t work, works; /* ns that were told, and how often */
    uint32_t limits;      /* of the newest act                */
};

void render_bench_init(struct render_bench *b);
/* One that reads back. */
void render_bench_init_back(struct render_bench *b);
void render_bench_fini(struct render_bench *b);

/* Until the page's end. */
uint8_t *render_at(const struct render_bench *b, uint32_t physical);
void render_assemble(const char *text, struct xe_ucode_program *ret);
/* Registers of a small picture without any test or blending: positions in the window as they are,
 * texture coordinates to the pixels. */
void render_set_up(struct render_bench *b, const char *pixel);
/* Vertices of x, y, u, v, in the window; big-endian. */
void render_put_vertices(struct render_bench *b, const float (*vertex)[4], uint32_t n);
/* By counting. */
void render_draw(struct render_bench *b, uint32_t primitive, uint32_t n);
void render_draw_as(struct render_bench *b, uint32_t initiator);
/* All of it to the front buffer, by corners in memory, and EDRAM cleared behind it. */
void render_copy(struct render_bench *b, uint32_t clear);
const struct xe_frame *render_show(struct render_bench *b);
uint32_t render_pixel(const struct xe_frame *frame, uint32_t x, uint32_t y);
#define RENDER_EXPECT(frame, x, y, want)                                                           \
    cr_expect_eq(render_pixel(frame, x, y), want, "%u, %u: %08x", x, y, render_pixel(frame, x, y))

#define RENDER_RED      ".pixel\nalloc colors\nexec_end\nmov oC0.1001, r0"
#define RENDER_TEXTURED ".pixel\nexec\ntfetch2D r0, r0.xy, tf0\nalloc colors\nexec_end\nmov oC0, r0"
extern const float render_square[4][4]; /* from 8, 8 to 40, 40 */

#endif
