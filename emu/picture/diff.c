/* How alike two pictures are: pixel by pixel, and as eyes may see it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "xe/picture.h"

#define SQUARE 8u

/* Source: Wang et al., "Image quality assessment: from error visibility to structural similarity",
 * 2004: (0.01 * 255)^2 and (0.03 * 255)^2. */
#define C1 6.5025
#define C2 58.5225

/* The two, and what of them is looked at. */
struct pair {
    const struct xe_picture *a, *b;
    const struct xe_picture_mask *mask;
    uint32_t masks;
};

bool xe_picture_mask_parse(const char *text, struct xe_picture_mask *ret)
{
    struct xe_picture_mask mask;
    char more;

    if (strspn(text, "0123456789,") != strlen(text) ||
        sscanf(text, "%9u,%9u,%9u,%9u%c", &mask.x, &mask.y, &mask.width, &mask.height, &more) != 4)
        return false;
    *ret = mask;
    return true;
}

static bool is_masked(const struct pair *pair, uint32_t x, uint32_t y)
{
    for (uint32_t i = 0; i < pair->masks; i++) {
        const struct xe_picture_mask *mask = &pair->mask[i];

        if (x >= mask->x && x - mask->x < mask->width && y >= mask->y && y - mask->y < mask->height)
            return true;
    }
    return false;
}

static const uint8_t *pixel_of(const struct xe_picture *picture, uint32_t x, uint32_t y)
{
    return picture->pixels + 4 * ((size_t)y * picture->width + x);
}

/* The greatest difference of a channel. */
static uint32_t difference(const struct pair *pair, uint32_t x, uint32_t y)
{
    const uint8_t *a = pixel_of(pair->a, x, y), *b = pixel_of(pair->b, x, y);
    uint32_t most = 0;

    for (int i = 0; i < 4; i++) {
        uint32_t differs = (uint32_t)abs(a[i] - b[i]);

        most = differs > most ? differs : most;
    }
    return most;
}

static double luma(const uint8_t *pixel)
{
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
}

/* Of one square, of which n pixels are looked at. */
static double likeness(const struct pair *pair, uint32_t left, uint32_t top, uint32_t *ret_n)
{
    uint32_t right = left + SQUARE < pair->a->width ? left + SQUARE : pair->a->width;
    uint32_t end = top + SQUARE < pair->a->height ? top + SQUARE : pair->a->height, n = 0;
    double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0, mean_a, mean_b;

    for (uint32_t y = top; y < end; y++)
        for (uint32_t x = left; x < right; x++) {
            double a, b;

            if (is_masked(pair, x, y))
                continue;
            a = luma(pixel_of(pair->a, x, y));
            b = luma(pixel_of(pair->b, x, y));
            sum_a += a;
            sum_b += b;
            aa += a * a;
            bb += b * b;
            ab += a * b;
            n++;
        }
    *ret_n = n;
    if (!n)
        return 1;
    mean_a = sum_a / n;
    mean_b = sum_b / n;
    return (2 * mean_a * mean_b + C1) * (2 * (ab / n - mean_a * mean_b) + C2) /
           ((mean_a * mean_a + mean_b * mean_b + C1) *
            (aa / n - mean_a * mean_a + bb / n - mean_b * mean_b + C2));
}

static uint32_t ssim(const struct pair *pair)
{
    double sum = 0;
    uint64_t all = 0;

    for (uint32_t top = 0; top < pair->a->height; top += SQUARE)
        for (uint32_t left = 0; left < pair->a->width; left += SQUARE) {
            uint32_t n;

            sum += likeness(pair, left, top, &n) * n;
            all += n;
        }
    if (!all)
        return XE_PICTURE_ALIKE;
    return sum > 0 ? (uint32_t)(sum / (double)all * XE_PICTURE_ALIKE) : 0;
}

static bool are_of_one_size(const struct pair *pair, struct xe_error *err)
{
    return (pair->a->width == pair->b->width && pair->a->height == pair->b->height) ||
           xe_error_set(err, XE_ERR_INVALID_PARAMS, "one picture is %u by %u, the other %u by %u",
                        pair->a->width, pair->a->height, pair->b->width, pair->b->height);
}

bool xe_picture_compare(const struct xe_picture *a, const struct xe_picture *b,
                        const struct xe_picture_mask *mask, uint32_t masks,
                        struct xe_picture_diff *ret, struct xe_error *err)
{
    const struct pair pair = {a, b, mask, masks};

    if (!are_of_one_size(&pair, err))
        return false;
    *ret = (struct xe_picture_diff){.ssim = XE_PICTURE_ALIKE};
    for (uint32_t y = 0; y < a->height; y++)
        for (uint32_t x = 0; x < a->width; x++) {
            uint32_t differs = is_masked(&pair, x, y) ? 0 : difference(&pair, x, y);

            if (differs && !ret->different++) {
                ret->x = x;
                ret->y = y;
            }
            ret->greatest = differs > ret->greatest ? differs : ret->greatest;
            ret->compared += !is_masked(&pair, x, y);
        }
    if (ret->different)
        ret->ssim = ssim(&pair);
    return true;
}

/* ---- the heat map --------------------------------------------------------------------------- */

static void heat_pixel(const struct pair *pair, uint32_t x, uint32_t y, uint8_t ret[4])
{
    uint8_t grey = (uint8_t)(luma(pixel_of(pair->a, x, y)) / 4);
    uint32_t differs = difference(pair, x, y);

    memset(ret, grey, 3);
    ret[3] = 255;
    if (is_masked(pair, x, y))
        ret[2] = (uint8_t)(grey + 128);
    else if (differs) /* to be seen even where it is little */
        ret[0] = (uint8_t)(96 + differs * 159 / 255);
}

bool xe_picture_heat(const struct xe_picture *a, const struct xe_picture *b,
                     const struct xe_picture_mask *mask, uint32_t masks, struct xe_picture *ret,
                     struct xe_error *err)
{
    const struct pair pair = {a, b, mask, masks};
    struct xe_picture heat = {a->width, a->height, NULL};

    if (!are_of_one_size(&pair, err))
        return false;
    heat.pixels = xe_calloc((size_t)a->width * a->height, 4);
    if (!heat.pixels)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a picture");
    for (uint32_t y = 0; y < a->height; y++)
        for (uint32_t x = 0; x < a->width; x++)
            heat_pixel(&pair, x, y, heat.pixels + 4 * ((size_t)y * a->width + x));
    *ret = heat;
    return true;
}
