/* What pictures depend on goes with a state: a renderer that begins from one makes those of the
 * renderer that it was saved of. */
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "render_bench.h"

#define STRIP 6

static struct render_bench b, other;

static void setup(void)
{
    render_bench_init(&b);
    render_bench_init(&other);
}

static void teardown(void)
{
    render_bench_fini(&b);
    render_bench_fini(&other);
}

TestSuite(render_state, .init = setup, .fini = teardown);

static uint8_t *save(const struct xe_gpu_renderer *renderer, size_t *ret_size)
{
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    xe_render_state(&c, renderer);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

static const char *load(const struct xe_gpu_renderer *renderer, const uint8_t *bytes, size_t size)
{
    static char text[256];
    struct xe_codec c;

    xe_codec_init_load(&c, bytes, size);
    xe_render_state(&c, renderer);
    xe_codec_end(&c);
    strcpy(text, c.error.text);
    xe_codec_fini(&c);
    return text;
}

/* From one bench to the other, by whichever state. */
static void pass_on(void)
{
    size_t size;
    uint8_t *bytes = save(&b.renderer, &size);

    cr_assert_str_eq(load(&other.renderer, bytes, size), "");
    xe_free(bytes);
}

Test(render_state, edram_goes_along)
{
    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    render_draw(&b, STRIP, 4);
    pass_on();
    render_set_up(&other, RENDER_RED);
    render_copy(&other, 0);
    RENDER_EXPECT(render_show(&other), 9, 9, 0xFF0000FF);
    RENDER_EXPECT(render_show(&other), 41, 9, 0x000000FF);
}

Test(render_state, resolves_go_along)
{
    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    render_draw(&b, STRIP, 4);
    render_copy(&b, 0);
    pass_on();
    RENDER_EXPECT(render_show(&other), 9, 9, 0xFF0000FF);
    pass_on();
    pass_on(); /* one that nobody looked at goes on as well */
    RENDER_EXPECT(render_show(&other), 9, 9, 0xFF0000FF);
}

/* The title writes to memory before anybody looks: that is what is shown. */
Test(render_state, what_a_title_writes_after_it_is_newer)
{
    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    render_draw(&b, STRIP, 4);
    render_copy(&b, 0);
    pass_on();
    memset(render_at(&other, FRONT), 0x80, 0x1000);
    RENDER_EXPECT(render_show(&other), 9, 9, 0x808080FF);
}

Test(render_state, of_no_renderer_and_into_none)
{
    static const struct xe_gpu_renderer none = {NULL};
    size_t size;
    uint8_t *bytes;

    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    render_draw(&b, STRIP, 4);
    bytes = save(&b.renderer, &size);
    cr_expect_str_eq(load(&none, bytes, size), "");
    xe_free(bytes);
    bytes = save(&none, &size);
    cr_expect_str_eq(load(&b.renderer, bytes, size), "");
    xe_free(bytes);
    render_copy(&b, 0);
    RENDER_EXPECT(render_show(&b), 9, 9, 0x000000FF);
}

/* Cut anywhere, or with any byte changed near its beginning: it is refused, or is another one. */
static void expect_counts(const struct render_bench *bench, uint64_t made, uint32_t distinct,
                          uint64_t alike)
{
    const struct xe_frame_counts *counts = xe_render_counts(&bench->renderer);

    cr_expect_eq(counts->made, made, "%llu", (unsigned long long)counts->made);
    cr_expect_eq(counts->distinct, distinct, "%u", counts->distinct);
    cr_expect_eq(counts->alike, alike, "%llu", (unsigned long long)counts->alike);
}

/* A, A, B, A: two distinct ones. Whoever goes on from a state has seen both. */
Test(render_state, pictures_that_were_seen_go_along)
{
    expect_counts(&b, 0, 0, 0);
    render_show(&b);
    render_show(&b);
    expect_counts(&b, 2, 1, 2);
    memset(render_at(&b, FRONT), 0x55, 64);
    render_show(&b);
    expect_counts(&b, 3, 2, 1);
    memset(render_at(&b, FRONT), 0, 64);
    render_show(&b);
    expect_counts(&b, 4, 2, 1);
    pass_on();
    render_show(&other);
    expect_counts(&other, 5, 2, 2);
    memset(render_at(&other, FRONT), 0x66, 64);
    render_show(&other);
    expect_counts(&other, 6, 3, 1);
}

Test(render_state, hostile)
{
    size_t size;
    uint8_t *bytes;

    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    render_draw(&b, STRIP, 4);
    render_copy(&b, 0x12345678);
    bytes = save(&b.renderer, &size);
    for (size_t cut = 0; cut < size; cut += 997)
        cr_expect_neq(load(&other.renderer, bytes, cut)[0], '\0', "%zu", cut);
    for (size_t i = 0; i < 48; i++) {
        bytes[i] ^= 0xFF;
        load(&other.renderer, bytes, size);
        bytes[i] ^= 0xFF;
    }
    cr_expect_str_eq(load(&other.renderer, bytes, size), "");
    RENDER_EXPECT(render_show(&other), 9, 9, 0xFF0000FF);
    xe_free(bytes);
}
