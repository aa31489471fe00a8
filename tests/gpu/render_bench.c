#include "render_bench.h"

#include <string.h>

const float render_square[4][4] = {{8, 8, 0, 0}, {40, 8, 1, 0}, {8, 40, 0, 1}, {40, 40, 1, 1}};

static void work(void *ctx, uint64_t ns)
{
    struct render_bench *b = ctx;

    b->work += ns;
    b->works++;
}

static void init(struct render_bench *b, bool reads_back)
{
    memset(b, 0, sizeof(*b));
    b->mem = xe_mem_create(0, NULL);
    cr_assert(b->mem &&
              xe_render_create(b->mem, (struct xe_render_host){b, work}, reads_back, &b->renderer));
    cr_assert(
        xe_mem_alloc(b->mem, XE_MEM_HEAP_PHYSICAL, FRONT, SIZE, 0, XE_PAGE_READWRITE, true, false));
}

void render_bench_init(struct render_bench *b)
{
    init(b, false);
}

void render_bench_init_back(struct render_bench *b)
{
    init(b, true);
}

void render_bench_fini(struct render_bench *b)
{
    b->renderer.destroy(b->renderer.ctx);
    xe_mem_destroy(b->mem);
}

uint8_t *render_at(const struct render_bench *b, uint32_t physical)
{
    return xe_mem_view_rw(b->mem, XE_MEM_PHYS_A + physical, 0x1000 - physical % 0x1000);
}

void render_put_vertices(struct render_bench *b, const float (*vertex)[4], uint32_t n)
{
    for (uint32_t i = 0; i < 4 * n; i++)
        xe_store_be32(render_at(b, VERTICES) + 4 * i, xe_bits_of_float(vertex[i / 4][i % 4]));
    b->reg[0x4800 + 2 * 95] = VERTICES | 3; /* vf95 */
    b->reg[0x4801 + 2 * 95] = 2 | 4 * n << 2;
}

void render_assemble(const char *text, struct xe_ucode_program *ret)
{
    struct xe_ucode_fault fault;

    cr_assert(xe_ucode_assemble(text, ret, &fault), "%u:%u: %s", fault.line, fault.column,
              fault.text);
}

void render_set_up(struct render_bench *b, const char *pixel)
{
    render_assemble("exec\nvfetch r1.xy__, r0.x, vf95 {stride=4, format=FMT_32_32_FLOAT}\n"
                    "vfetch r2.xy00, r0.x, vf95 {stride=4, offset=2, format=FMT_32_32_FLOAT}\n"
                    "alloc position\nexec\nmov oPos.xy01, r1\nalloc interpolators\nexec_end\n"
                    "mov o0, r2",
                    &b->vertex);
    render_assemble(pixel, &b->pixel);
    b->reg[0x2000] = 80;
    b->reg[0x200F] = b->reg[0x2082] = SIDE | SIDE << 16; /* scissors */
    b->reg[0x2100] = 0xFFFFFF;
    b->reg[0x2104] = 0xFFFF;
    b->reg[0x2180] = 1 << 8; /* two registers of the pixel's */
    b->reg[0x2182] = 0xFFFFFFFF;
    b->reg[0x2201] = 1 | 1 << 16; /* no blending */
    b->reg[0x2204] = 1 << 16;     /* no clipping */
    b->reg[0x2206] = 0x700;       /* divided already */
    b->reg[0x2208] = 4;
    b->reg[0x2302] = 1; /* middles at .5 */
    b->reg[0x2307] = 0 | 255 << 12;
    b->reg[0x2308] = 256 | 255 << 12;
    b->reg[0x2312] = 0xFFFF;
}

static uint64_t hash_of(const struct xe_ucode_program *program)
{
    uint64_t hash = program->count;

    for (uint32_t i = 0; i < program->count; i++)
        hash = (hash ^ program->words[i]) * 0x100000001B3u;
    return hash;
}

void render_draw_as(struct render_bench *b, uint32_t initiator)
{
    const struct xe_gpu_draw it = {
        .reg = b->reg,
        .initiator = initiator,
        .vertex = {b->vertex.words, b->vertex.count, hash_of(&b->vertex)},
        .pixel = {b->pixel.words, b->pixel.count, hash_of(&b->pixel)},
        .time = b->now,
    };

    b->limits = b->renderer.draw(b->renderer.ctx, &it);
}

void render_draw(struct render_bench *b, uint32_t primitive, uint32_t n)
{
    render_draw_as(b, primitive | 2 << 6 | n << 16);
}

void render_copy(struct render_bench *b, uint32_t clear)
{
    static const float corner[3][2] = {{0, 0}, {SIDE, 0}, {SIDE, SIDE}};

    for (uint32_t i = 0; i < 6; i++)
        xe_store_be32(render_at(b, VERTICES) + 0x100 + 4 * i,
                      xe_bits_of_float(corner[i / 2][i % 2]));
    b->reg[0x4800] = (VERTICES + 0x100) | 3;
    b->reg[0x4801] = 2 | 6 << 2;
    b->reg[0x2318] = 1 << 8;
    b->reg[0x2319] = FRONT;
    b->reg[0x231A] = SIDE | SIDE << 16;
    b->reg[0x231B] = 2 | XE_GPU_TEXTURE_8_8_8_8 << 7;
    b->reg[0x231E] = clear;
    b->limits = b->renderer.copy(b->renderer.ctx, b->reg, b->now);
}

const struct xe_frame *render_show(struct render_bench *b)
{
    const struct xe_gpu_swap swap = {
        .fetch = {2 | SIDE / 32 << 22 | 1u << 31, FRONT | 2 << 6 | XE_GPU_TEXTURE_8_8_8_8,
                  (SIDE - 1) | (SIDE - 1) << 13, 0x688 << 1, 0, 1 << 9},
        .address = FRONT,
        .width = SIDE,
        .height = SIDE,
    };

    b->limits = b->renderer.swap(b->renderer.ctx, &swap, ++b->pictures, b->now);
    return xe_render_frame(&b->renderer);
}

uint32_t render_pixel(const struct xe_frame *frame, uint32_t x, uint32_t y)
{
    return xe_load_be32(frame->pixels + 4 * (y * frame->width + x));
}
