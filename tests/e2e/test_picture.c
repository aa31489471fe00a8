/* Pictures of whole titles: the triangle's, with whatever engine, in states of a run without; and
 * the real title's, held against the picture that its resource holds (skipped where it is absent).
 * Likeness is SSIM over squares of 8 by 8 of luma. */
#include <criterion/criterion.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/titles.h"
#include "xe/frame.h"
#include "xe/kernel.h"

#define FIRST 1897500000u /* cycles: by then the real title has shown pictures */
#define AFTER 1500000u    /* and then some more */

static struct xe_instance *title(const char *name, enum xe_renderer renderer, enum xe_engine engine)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];

    test_title_path(name, path, sizeof(path));
    if (access(path, R_OK) != 0)
        cr_skip("%s is not here", path);
    config.renderer = renderer;
    config.engine = engine;
    return test_instance(path, &config);
}

static const struct xe_frame *newest(struct xe_instance *instance)
{
    return xe_kernel_frame(xe_instance_kernel(instance));
}

Test(picture, changes_no_state)
{
    char without[XE_DIGEST_TEXT];

    for (uint32_t i = 0; i < 4; i++) {
        struct xe_instance *instance =
            title("triangle", i % 2 ? XE_RENDERER_REFERENCE : XE_RENDERER_NULL,
                  i < 2 ? XE_ENGINE_JIT : XE_ENGINE_INTERPRETER);
        char digest[XE_DIGEST_TEXT];

        test_run_digest(instance, 1000000, digest);
        cr_expect_eq(newest(instance) != NULL, i % 2);
        if (!i)
            memcpy(without, digest, sizeof(without));
        cr_expect_str_eq(digest, without, "%u", i);
        xe_instance_destroy(instance);
    }
}

/* A run to its end that goes on from a state of the middle: its last picture, if it makes any, is
 * the whole run's. */
static bool goes_on(uint64_t cut, const struct xe_frame *want)
{
    struct xe_instance *first = title("triangle", XE_RENDERER_REFERENCE, XE_ENGINE_JIT);
    struct xe_instance *rest = title("triangle", XE_RENDERER_REFERENCE, XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;
    char digest[XE_DIGEST_TEXT];
    const struct xe_frame *frame;
    size_t size;
    uint8_t *state;

    test_run_digest(first, cut, digest);
    state = xe_instance_state_save(first, &size, &err);
    cr_assert(state && xe_instance_state_load(rest, state, size, &err), "%s", err.text);
    free(state);
    test_run_digest(rest, 1000000, digest);
    frame = newest(rest);
    if (frame) {
        cr_expect_eq(frame->number, want->number);
        cr_expect_eq(memcmp(frame->pixels, want->pixels, (size_t)want->width * want->height * 4), 0,
                     "cut at %llu", (unsigned long long)cut);
    }
    xe_instance_destroy(first);
    xe_instance_destroy(rest);
    return frame;
}

Test(picture, goes_on_from_a_state)
{
    struct xe_instance *whole = title("triangle", XE_RENDERER_REFERENCE, XE_ENGINE_JIT);
    struct xe_frame_counts counts;
    char digest[XE_DIGEST_TEXT];
    uint64_t cut = 1000;

    test_run_digest(whole, 1000000, digest);
    cr_assert(newest(whole));
    cr_assert(xe_kernel_frame_counts(xe_instance_kernel(whole), &counts));
    cr_expect(counts.made == 2 && counts.distinct == 1 && counts.alike == 2);
    for (; cut < 1000000 && goes_on(cut, newest(whole)); cut += cut / 4)
        ;
    cr_expect_gt(cut, 10000, "it was cut in the middle of drawing");
    xe_instance_destroy(whole);
}

/* ---- until a frame -------------------------------------------------------------------------- */

struct place {
    uint64_t cycle, virtual_us;
    char digest[XE_DIGEST_TEXT];
};

/* Run it in pieces until that stops for frames. */
static struct place until_frames(struct xe_instance *instance, uint64_t frames, uint64_t piece)
{
    struct xe_run_result end = {.stop = XE_STOP_TARGET};
    struct place place;
    struct xe_digest digest;

    xe_instance_frames(instance, frames);
    while (end.stop == XE_STOP_TARGET && xe_instance_cycle(instance) < 1000000)
        cr_assert(xe_instance_run(instance, piece, NULL, NULL, &end, NULL));
    cr_expect_eq(end.stop, XE_STOP_FRAME, "%s", xe_stop_name(end.stop));
    cr_expect_eq(xe_instance_frames_left(instance), 0);
    place = (struct place){.cycle = end.cycle, .virtual_us = xe_instance_virtual_us(instance)};
    xe_instance_digest(instance, &digest);
    xe_digest_text(digest.hash, place.digest);
    return place;
}

/* The same place on every engine, with whatever renderer, however the run is cut, one by one or
 * both; and what follows is what would have come without. */
Test(picture, a_run_stops_at_a_frame)
{
    static const uint64_t pieces[] = {1000000, 777, 100000};
    struct place first, second, place;
    char plain[XE_DIGEST_TEXT], after[XE_DIGEST_TEXT];
    struct xe_instance *instance;

    for (uint32_t i = 0; i < 3; i++) {
        instance = title("triangle", i == 1 ? XE_RENDERER_REFERENCE : XE_RENDERER_NULL,
                         i == 2 ? XE_ENGINE_INTERPRETER : XE_ENGINE_JIT);
        place = until_frames(instance, 1, pieces[i]);
        if (!i)
            first = place;
        cr_expect_eq(place.cycle, first.cycle, "%u", i);
        cr_expect_str_eq(place.digest, first.digest, "%u", i);
        place = until_frames(instance, 1, pieces[i]);
        if (!i)
            second = place;
        cr_expect_eq(place.cycle, second.cycle, "%u", i);
        cr_expect_eq(place.virtual_us, second.virtual_us, "%u", i);
        test_run_digest(instance, 100000, i ? after : plain);
        if (i)
            cr_expect_str_eq(after, plain, "%u", i);
        xe_instance_destroy(instance);
    }
    instance = title("triangle", XE_RENDERER_NULL, XE_ENGINE_JIT);
    place = until_frames(instance, 2, 5000);
    cr_expect_eq(place.cycle, second.cycle);
    cr_expect_str_eq(place.digest, second.digest);
    xe_instance_destroy(instance);
    instance = title("triangle", XE_RENDERER_NULL, XE_ENGINE_JIT);
    test_run_digest(instance, second.cycle + 100000, after);
    cr_expect_str_eq(after, plain, "who asks for no frame comes to the same end");
    xe_instance_destroy(instance);
}

/* ---- the real title ------------------------------------------------------------------------- */

#define SQUARE 8u

static double luma(const uint8_t *pixel)
{
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
}

/* Between the four pixels around a place, in pixels. */
static double luma_at(const uint8_t *pixels, uint32_t width, uint32_t height, double x, double y)
{
    uint32_t left = x > 0 ? (uint32_t)x : 0, top = y > 0 ? (uint32_t)y : 0;
    uint32_t right = left + 1 < width ? left + 1 : left, below = top + 1 < height ? top + 1 : top;
    double across = x > left ? x - left : 0, down = y > top ? y - top : 0;
    double above = luma(pixels + 4 * (top * width + left)) * (1 - across) +
                   luma(pixels + 4 * (top * width + right)) * across;
    double under = luma(pixels + 4 * (below * width + left)) * (1 - across) +
                   luma(pixels + 4 * (below * width + right)) * across;

    return above * (1 - down) + under * down;
}

static double likeness(const double *a, const double *b, uint32_t n)
{
    double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;

    for (uint32_t i = 0; i < n; i++) {
        mean_a += a[i] / n;
        mean_b += b[i] / n;
    }
    for (uint32_t i = 0; i < n; i++) {
        aa += (a[i] - mean_a) * (a[i] - mean_a) / (n - 1);
        bb += (b[i] - mean_b) * (b[i] - mean_b) / (n - 1);
        ab += (a[i] - mean_a) * (b[i] - mean_b) / (n - 1);
    }
    return (2 * mean_a * mean_b + 6.5025) * (2 * ab + 58.5225) /
           ((mean_a * mean_a + mean_b * mean_b + 6.5025) * (aa + bb + 58.5225));
}

/* The other picture is brought to the size of the frame. */
static double ssim(const struct xe_frame *frame, const uint8_t *other, uint32_t width,
                   uint32_t height)
{
    double sum = 0, a[SQUARE * SQUARE], b[SQUARE * SQUARE];
    uint32_t squares = 0;

    for (uint32_t top = 0; top + SQUARE <= frame->height; top += SQUARE)
        for (uint32_t left = 0; left + SQUARE <= frame->width; left += SQUARE, squares++) {
            for (uint32_t i = 0; i < SQUARE * SQUARE; i++) {
                uint32_t x = left + i % SQUARE, y = top + i / SQUARE;

                a[i] = luma(frame->pixels + 4 * (y * frame->width + x));
                b[i] = luma_at(other, width, height, (x + 0.5) * width / frame->width - 0.5,
                               (y + 0.5) * height / frame->height - 0.5);
            }
            sum += likeness(a, b, SQUARE * SQUARE);
        }
    return sum / squares;
}

static uint8_t *read_expected(uint32_t *ret_width, uint32_t *ret_height)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    char path[512];
    uint8_t *pixels;

    test_title_path("xdon", path, sizeof(path));
    strcpy(strrchr(path, '.'), ".expect.png");
    cr_assert(png_image_begin_read_from_file(&image, path), "%s: %s", path, image.message);
    image.format = PNG_FORMAT_RGBA;
    pixels = malloc(PNG_IMAGE_SIZE(image));
    cr_assert(pixels && png_image_finish_read(&image, NULL, pixels, 0, NULL));
    *ret_width = image.width;
    *ret_height = image.height;
    return pixels;
}

Test(picture, of_the_real_title)
{
    struct xe_instance *instance = title("xdon", XE_RENDERER_REFERENCE, XE_ENGINE_JIT);
    struct xe_run_result result;
    const struct xe_frame *frame;
    uint32_t width, height;
    uint8_t *expected = read_expected(&width, &height), *first;
    uint64_t number;
    size_t size;
    double like;

    cr_assert(xe_instance_run(instance, FIRST, NULL, NULL, &result, NULL));
    frame = newest(instance);
    cr_assert(frame && frame->number > 1);
    like = ssim(frame, expected, width, height);
    cr_expect_geq(like, 0.98, "%g", like);
    number = frame->number;
    size = (size_t)frame->width * frame->height * 4;
    first = malloc(size);
    memcpy(first, frame->pixels, size);
    cr_assert(xe_instance_run(instance, AFTER, NULL, NULL, &result, NULL));
    frame = newest(instance);
    cr_expect_gt(frame->number, number);
    cr_expect(!memcmp(first, frame->pixels, size), "picture %llu is another than %llu",
              (unsigned long long)frame->number, (unsigned long long)number);
    free(first);
    free(expected);
    xe_instance_destroy(instance);
}
