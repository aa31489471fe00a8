/* A renderer that reads back: what is drawn comes to guest memory within the act, samples are
 * counted, queries see, and what all that depends on is state. */
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "render_bench.h"

#define POINTS 1
#define STRIP  6
#define AREA   (32 * 32) /* of render_square */

static struct render_bench b, other;

static void setup(void)
{
    render_bench_init_back(&b);
    render_bench_init_back(&other);
}

static void teardown(void)
{
    render_bench_fini(&b);
    render_bench_fini(&other);
}

TestSuite(render_back, .init = setup, .fini = teardown);

static struct xe_gpu_samples samples(const struct render_bench *bench)
{
    struct xe_gpu_samples ret;

    bench->renderer.samples(bench->renderer.ctx, &ret);
    return ret;
}

static void draw_square(struct render_bench *bench)
{
    render_set_up(bench, RENDER_RED);
    render_put_vertices(bench, render_square, 4);
    render_draw(bench, STRIP, 4);
}

/* Of the tiled front buffer's first pixels, those at 8, 8 lie in its first page. */
static uint32_t reds_in_memory(const struct render_bench *bench)
{
    uint32_t n = 0;

    for (uint32_t page = 0; page < SIDE * SIDE * 4 / 0x1000; page++)
        for (uint32_t i = 0; i < 0x1000; i += 4)
            n += xe_load_be32(render_at(bench, FRONT + page * 0x1000) + i) == 0xFF0000FF;
    return n;
}

Test(render_back, resolves_come_to_memory)
{
    draw_square(&b);
    cr_expect_eq(reds_in_memory(&b), 0);
    render_copy(&b, 0);
    cr_expect_eq(reds_in_memory(&b), AREA);
    RENDER_EXPECT(render_show(&b), 9, 9, 0xFF0000FF);
    memset(render_at(&b, FRONT), 0x80, 0x1000);
    RENDER_EXPECT(render_show(&b), 1, 1, 0x808080FF);
}

/* Whoever keeps translations of a page is told before it changes. */
static void note_page(void *ctx, xe_gva page)
{
    *(uint32_t *)ctx += page == XE_MEM_PHYS_A + FRONT;
}

Test(render_back, writes_are_told)
{
    uint8_t before[16], after[16];
    uint32_t told = 0;

    draw_square(&b);
    xe_mem_digest(b.mem, before);
    xe_mem_code_listener(b.mem, note_page, &told);
    xe_mem_code_mark(b.mem, XE_MEM_PHYS_A + FRONT);
    render_copy(&b, 0);
    xe_mem_digest(b.mem, after);
    cr_expect_eq(told, 1);
    cr_expect_neq(memcmp(before, after, 16), 0);
}

Test(render_back, samples_are_counted)
{
    draw_square(&b);
    cr_expect_eq(samples(&b).tested, AREA);
    cr_expect_eq(samples(&b).passed, AREA);
    b.reg[0x2200] = 2; /* a test of depth that nothing passes */
    render_draw(&b, STRIP, 4);
    cr_expect_eq(samples(&b).tested, 2 * AREA);
    cr_expect_eq(samples(&b).passed, AREA);
    cr_expect_eq(samples(&b).z_failed, AREA);
    cr_expect_eq(samples(&b).stencil_failed, 0);
}

Test(render_back, queries_see)
{
    void *ctx = b.renderer.ctx;

    draw_square(&b);
    b.renderer.query_begin(ctx, 7);
    render_draw(&b, STRIP, 4);
    cr_expect_not(b.renderer.query_end(ctx, 7), "nobody asks");
    b.reg[0x2293] = 1 | 7 << 1 | 1 << 7;
    b.reg[0x2200] = 2;
    render_draw(&b, STRIP, 4);
    cr_expect_not(b.renderer.query_end(ctx, 7), "nothing passes");
    b.reg[0x2200] = 0;
    render_draw(&b, STRIP, 4);
    cr_expect(b.renderer.query_end(ctx, 7));
    cr_expect_not(b.renderer.query_end(ctx, 8));
    b.renderer.query_begin(ctx, 7);
    cr_expect_not(b.renderer.query_end(ctx, 7), "it begins anew");
}

/* ---- state ---------------------------------------------------------------------------------- */

static void pass_on(void)
{
    struct xe_codec c;
    size_t size;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    xe_render_state(&c, &b.renderer);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, &size);
    xe_codec_fini(&c);
    xe_codec_init_load(&c, bytes, size);
    xe_render_state(&c, &other.renderer);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    xe_free(bytes);
}

Test(render_back, counts_and_edram_go_along)
{
    b.reg[0x2293] = 1 | 7 << 1;
    draw_square(&b);
    pass_on();
    cr_expect_eq(samples(&other).passed, AREA);
    cr_expect(other.renderer.query_end(other.renderer.ctx, 7));
    render_set_up(&other, RENDER_RED);
    render_copy(&other, 0);
    cr_expect_eq(reds_in_memory(&other), AREA);
}

/* ---- digests -------------------------------------------------------------------------------- */

struct digest {
    char section[32];
    uint64_t hash;
};

static void put(void *ctx, const char *section, const void *bytes, size_t n)
{
    struct digest *digest = ctx;

    strncpy(digest->section, section, sizeof(digest->section) - 1);
    for (size_t i = 0; i < n; i++)
        digest->hash = (digest->hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
}

static struct digest digest_of(const struct render_bench *bench)
{
    struct digest ret = {.hash = 0xCBF29CE484222325u};
    struct xe_codec c;

    xe_codec_init_hash(&c, put, &ret);
    xe_render_state(&c, &bench->renderer);
    cr_assert(xe_codec_end(&c));
    return ret;
}

/* It has the renderer's name, and what is drawn changes it. One that doesn't read back has none. */
Test(render_back, digests_name_the_renderer)
{
    struct digest before = digest_of(&b), after;

    cr_expect_str_eq(before.section, "reference");
    draw_square(&b);
    after = digest_of(&b);
    cr_expect_neq(before.hash, after.hash);
    render_show(&b);
    cr_expect_neq(digest_of(&b).hash, after.hash, "what may still be drawn is less");
    render_bench_fini(&other);
    render_bench_init(&other);
    draw_square(&other);
    cr_expect_str_eq(digest_of(&other).section, "");
    cr_expect_null(other.renderer.samples);
}
