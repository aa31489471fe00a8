/* The chip's state: no field is left out, and it is loaded as it was saved. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "gpu_bench.h"
#include "tests/support/fields.h"

static struct gpu_bench b;

static void setup(void)
{
    gpu_bench_init(&b);
}

static void teardown(void)
{
    gpu_bench_fini(&b);
}

TestSuite(gpu_state, .init = setup, .fini = teardown);

static void state(struct xe_codec *c, void *sample)
{
    xe_gpu_state(c, sample);
}

#define G struct xe_gpu
Test(gpu_state, every_field)
{
    static const struct field_range except[] = {
        {offsetof(G, mem), offsetof(G, reg), FIELD_LEADS, "other parts"},
        FIELD(G, reg, FIELD_LEADS, "every_register"),
        FIELD_HOLE(G, reg, clock),
        FIELD_HOLE(G, waiting, since),
        FIELD_HOLE(G, samples, shader),
        FIELD(G, hz, FIELD_NONE, "a setting"),
        FIELD_HOLE(G, vblank, next_vblank),
        FIELD_HOLE(G, lut, counters),
        FIELD(G, counters, FIELD_BESIDE, "reports only"),
        FIELD(G, frame, FIELD_LEADS, "every_field_of_reports"),
        FIELD(G, halt_at, FIELD_BESIDE, "reports only"),
        FIELD_HOLE(G, halt_at, vblanks),
        FIELD(G, vblanks, FIELD_BESIDE, "reports only"),
        FIELD(G, interrupts, FIELD_BESIDE, "reports only"),
        FIELD(G, unheard, FIELD_BESIDE, "reports only"),
        FIELD(G, masked, FIELD_BESIDE, "reports only"),
        FIELD(G, reach, FIELD_BESIDE, "reports only"),
        FIELD_HOLE(G, reach, stored),
        FIELD(G, stored, FIELD_BESIDE, "reports only"),
        FIELD(G, seen, FIELD_LEADS, "a_state_goes_round"),
        FIELD(G, seen_count, FIELD_LEADS, "how many there are"),
        FIELD(G, seen_capacity, FIELD_NONE, "room"),
        FIELD(G, code_words, FIELD_LEADS, "what is kept of them"),
        FIELD_HOLE(G, code_words, seen_lost),
        FIELD(G, seen_lost, FIELD_BESIDE, "reports only"),
        FIELD(G, complained, FIELD_BESIDE, "what the log told already"),
        FIELD(G, packet, FIELD_LEADS, "the packet at hand"),
        FIELD(G, code, FIELD_LEADS, "the microcode at hand"),
        {offsetof(G, window), offsetof(G, code), FIELD_NONE, "of the run at hand"},
        FIELD(G, place, FIELD_LEADS, "where shaders are found"),
        FIELD(G, placed, FIELD_LEADS, "where shaders are found"),
        FIELD_TAIL(G, placed),
    };

    for (uint32_t i = 0; i < 2; i++)
        memset(&b.gpu->shader[i], 0, sizeof(b.gpu->shader[i]));
    fields_check(&(struct field_test){"struct xe_gpu", b.gpu, sizeof(*b.gpu), state, except,
                                      sizeof(except) / sizeof(except[0])});
}

static uint32_t told;

static void count(void *ctx, const char *section, const void *bytes, size_t n)
{
    (void)ctx, (void)section, (void)bytes;
    told += (uint32_t)n;
}

static uint32_t size_of_digest(void)
{
    struct xe_codec c;

    told = 0;
    xe_codec_init_hash(&c, count, NULL);
    xe_codec_section(&c, "gpu");
    xe_gpu_state(&c, b.gpu);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    return told;
}

Test(gpu_state, every_register)
{
    uint32_t none, used = 0;

    for (uint32_t i = 0; i < XE_GPU_REGISTERS; i++)
        used += b.gpu->reg[i] != 0;
    none = size_of_digest() - 8 * used;
    for (uint32_t i = 0; i < XE_GPU_REGISTERS; i++)
        b.gpu->reg[i] = i + 1;
    cr_expect_eq(size_of_digest(), none + 8 * XE_GPU_REGISTERS);
}

static uint8_t *save(size_t *ret_size)
{
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    xe_codec_section(&c, "gpu");
    xe_gpu_state(&c, b.gpu);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

static const char *load(const uint8_t *bytes, size_t size)
{
    static char text[256];
    struct xe_codec c;

    xe_codec_init_load(&c, bytes, size);
    xe_codec_section(&c, "gpu");
    xe_gpu_state(&c, b.gpu);
    xe_codec_end(&c);
    strcpy(text, c.error.text);
    xe_codec_fini(&c);
    return text;
}

/* Waiting inside of a buffer, a shader bound, the display on. */
Test(gpu_state, a_state_goes_round)
{
    uint8_t *bytes, *again;
    size_t size, size_again;

    xe_gpu_vblank(b.gpu, true);
    gpu_put(&b, BUFFER, TYPE3(0x3C, 5));
    gpu_put(&b, BUFFER + 4, 0x10);
    GIVE(&b, TYPE3(0x2B, 3), 1, 1, 100, TYPE3(0x3F, 2), BUFFER, 6);
    gpu_go(&b);
    bytes = save(&size);
    xe_gpu_ring(b.gpu, RING, RING_LOG2);
    xe_gpu_write(b.gpu, 0x2100, 5);
    GIVE(&b, TYPE3(0x2B, 3), 0, 1, 101);
    gpu_go(&b);
    cr_assert_str_eq(load(bytes, size), "");
    again = save(&size_again);
    cr_assert_eq(size_again, size);
    cr_expect_eq(memcmp(again, bytes, size), 0);
    xe_free(bytes);
    xe_free(again);
}

struct sought {
    uint32_t count, words[4];
};

static void see_code(void *ctx, const struct xe_gpu_shader *shader)
{
    struct sought *sought = ctx;

    cr_assert_leq(shader->words, 4);
    if (shader->code)
        memcpy(sought->words, shader->code, shader->words * sizeof(uint32_t));
    sought->count += shader->code != NULL;
}

Test(gpu_state, microcode_is_kept_and_goes_with_the_state)
{
    struct sought before = {0}, after = {0};
    uint8_t *bytes;
    size_t size;

    GIVE(&b, TYPE3(0x2B, 5), 1, 3, 100, 101, 102);
    gpu_go(&b);
    xe_gpu_shaders(b.gpu, see_code, &before);
    bytes = save(&size);
    GIVE(&b, TYPE3(0x2B, 5), 1, 3, 200, 201, 202);
    gpu_go(&b);
    cr_assert_str_eq(load(bytes, size), "");
    xe_gpu_shaders(b.gpu, see_code, &after);
    cr_expect_eq(before.count, 1);
    cr_expect_eq(before.words[2], 102);
    cr_expect_eq(memcmp(&before, &after, sizeof(before)), 0);
    xe_free(bytes);
}

/* 1 MiB of words is the most: what comes later is named, but not kept. */
Test(gpu_state, microcode_has_an_end)
{
    static uint32_t words[XE__GPU_SHADER_WORDS];
    struct xe_gpu_shader shader = {.words = XE__GPU_SHADER_WORDS};
    uint32_t kept = 0;

    do {
        xe__gpu_keep_code(b.gpu, &shader, words);
        kept += shader.code != NULL;
        cr_assert_leq(kept * XE__GPU_SHADER_WORDS, XE__GPU_CODE);
        xe_free((void *)shader.code);
    } while (shader.code);
    cr_expect_eq(kept, XE__GPU_CODE / XE__GPU_SHADER_WORDS);
    b.gpu->code_words = 0;
}

Test(gpu_state, indices_beyond_the_ring_are_refused)
{
    uint8_t *bytes;
    size_t size;

    b.gpu->fetch = RING_WORDS;
    bytes = save(&size);
    cr_expect(strstr(load(bytes, size), "fetch"), "%s", load(bytes, size));
    xe_free(bytes);
}
