/* Pictures to files and back, and how they differ. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "xe/picture.h"

#define WIDTH  20u /* neither is a multiple of a square's side */
#define HEIGHT 13u

/* Something different in each pixel. */
static struct xe_picture make(void)
{
    struct xe_picture picture = {WIDTH, HEIGHT, calloc(WIDTH * HEIGHT, 4)};

    cr_assert(picture.pixels);
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
        picture.pixels[4 * i] = (uint8_t)(i * 7);
        picture.pixels[4 * i + 1] = (uint8_t)(i * 13);
        picture.pixels[4 * i + 2] = (uint8_t)(i * 29);
        picture.pixels[4 * i + 3] = 255;
    }
    return picture;
}

static uint8_t *pixel(struct xe_picture *picture, uint32_t x, uint32_t y)
{
    return picture->pixels + 4 * (y * WIDTH + x);
}

static struct xe_picture_diff diff(const struct xe_picture *a, const struct xe_picture *b,
                                   const struct xe_picture_mask *mask, uint32_t masks)
{
    struct xe_picture_diff ret = {.ssim = 0};
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_picture_compare(a, b, mask, masks, &ret, &err), "%s", err.text);
    return ret;
}

/* ---- files ---------------------------------------------------------------------------------- */

Test(picture, a_file_has_what_was_written)
{
    struct xe_picture picture = make(), back;
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *bytes = xe_picture_write(&picture, &size, &err);

    cr_assert(bytes && xe_picture_read(bytes, size, &back, &err), "%s", err.text);
    cr_expect_eq(back.width, WIDTH);
    cr_expect_eq(back.height, HEIGHT);
    cr_expect_arr_eq(back.pixels, picture.pixels, 4 * WIDTH * HEIGHT);
    xe_picture_bytes_free(bytes);
    xe_picture_fini(&picture);
    xe_picture_fini(&back);
}

/* Of any length the beginning of a file is none, and so is one with a changed byte of its pixels.
 */
Test(picture, broken_files_are_refused)
{
    struct xe_picture picture = make(), back = {.pixels = NULL};
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *bytes = xe_picture_write(&picture, &size, NULL);

    cr_assert(bytes);
    for (size_t n = 0; n < size - 12; n++) /* the last chunk is empty, and libpng does without */
        cr_expect_not(xe_picture_read(bytes, n, &back, NULL), "%zu of %zu bytes", n, size);
    bytes[size - 30] ^= 1;
    cr_expect_not(xe_picture_read(bytes, size, &back, &err));
    cr_expect_eq(strncmp(err.text, "a broken PNG file: ", 19), 0, "%s", err.text);
    cr_expect_null(back.pixels);
    xe_picture_bytes_free(bytes);
    xe_picture_fini(&picture);
}

/* The size is in bytes 16 to 23 of any file; the sum behind it is libpng's to check. */
Test(picture, a_file_says_no_more_than_it_may)
{
    struct xe_picture wide = {XE_PICTURE_SIDE + 1, 1, calloc(XE_PICTURE_SIDE + 1, 4)}, back;
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *bytes = xe_picture_write(&wide, &size, &err);

    cr_assert(bytes, "%s", err.text);
    cr_expect_not(xe_picture_read(bytes, size, &back, &err));
    cr_expect_str_eq(err.text, "the picture is 4097 by 1 pixels: wanted are 1 to 4096");
    xe_error_clear(&err);
    cr_expect_not(xe_picture_read(bytes, XE_PICTURE_BYTES + 1, &back, &err), "nothing is read");
    cr_expect_str_eq(err.text, "the file has 67108865 bytes: at most 67108864");
    xe_picture_bytes_free(bytes);
    xe_picture_fini(&wide);
}

/* ---- differences ---------------------------------------------------------------------------- */

Test(picture, the_same_is_equal)
{
    struct xe_picture a = make(), b = make();
    struct xe_picture_diff d = diff(&a, &b, NULL, 0);

    cr_expect_eq(d.different, 0);
    cr_expect_eq(d.compared, WIDTH * HEIGHT);
    cr_expect_eq(d.greatest, 0);
    cr_expect_eq(d.ssim, XE_PICTURE_ALIKE);
    xe_picture_fini(&a);
    xe_picture_fini(&b);
}

Test(picture, differences_are_counted)
{
    struct xe_picture a = make(), b = make();
    struct xe_picture_diff d;

    pixel(&b, 3, 2)[1] ^= 1;
    pixel(&b, WIDTH - 1, HEIGHT - 1)[2] = (uint8_t)(pixel(&a, WIDTH - 1, HEIGHT - 1)[2] ^ 0x80);
    d = diff(&a, &b, NULL, 0);
    cr_expect_eq(d.different, 2);
    cr_expect_eq(d.greatest, 128);
    cr_expect_eq(d.x, 3);
    cr_expect_eq(d.y, 2);
    cr_expect_lt(d.ssim, XE_PICTURE_ALIKE);
    cr_expect_gt(d.ssim, 900000);
    xe_picture_fini(&a);
    xe_picture_fini(&b);
}

/* Of one square, whose 64 pixels are 100 in one, and 100 and 200 in turn in the other: mean 100 and
 * 150, variance 0 and 2500, no covariance. */
Test(picture, likeness_is_what_the_formula_says)
{
    struct xe_picture a = {8, 8, calloc(64, 4)}, b = {8, 8, calloc(64, 4)};
    double means = (2.0 * 100 * 150 + 6.5025) / (100.0 * 100 + 150.0 * 150 + 6.5025);
    double spread = 58.5225 / (2500 + 58.5225);
    struct xe_picture_diff d;

    memset(a.pixels, 100, 64 * 4);
    for (int i = 0; i < 64; i++)
        memset(b.pixels + 4 * i, i % 2 ? 200 : 100, 4);
    d = diff(&a, &b, NULL, 0);
    cr_expect_eq(d.different, 32);
    cr_expect_leq(abs((int)d.ssim - (int)(means * spread * 1e6)), 1, "%u", d.ssim);
    xe_picture_fini(&a);
    xe_picture_fini(&b);
}

/* One that reaches beyond the picture; numbers that would overflow a sum. */
Test(picture, masks_are_not_looked_at)
{
    static const struct xe_picture_mask mask[] = {{3, 2, 1, 1}, {10, 5, UINT32_MAX, UINT32_MAX}};
    struct xe_picture a = make(), b = make();
    struct xe_picture_diff d;

    pixel(&b, 3, 2)[0] ^= 0xFF;
    pixel(&b, 19, 12)[0] ^= 0xFF;
    d = diff(&a, &b, mask, 2);
    cr_expect_eq(d.different, 0);
    cr_expect_eq(d.compared, WIDTH * HEIGHT - 1 - 10 * 8);
    pixel(&b, 9, 5)[0] ^= 0x01;
    d = diff(&a, &b, mask, 2);
    cr_expect_eq(d.different, 1);
    cr_expect_eq(d.x, 9);
    d = diff(&a, &b, &(struct xe_picture_mask){0, 0, WIDTH, HEIGHT}, 1);
    cr_expect_eq(d.compared, 0);
    cr_expect_eq(d.ssim, XE_PICTURE_ALIKE);
    xe_picture_fini(&a);
    xe_picture_fini(&b);
}

Test(picture, sizes_must_be_the_same)
{
    struct xe_picture a = make(), b = {2, 3, calloc(6, 4)}, heat;
    struct xe_picture_diff d;
    struct xe_error err = XE_ERROR_INIT;

    cr_expect_not(xe_picture_compare(&a, &b, NULL, 0, &d, &err));
    cr_expect_str_eq(err.text, "one picture is 20 by 13, the other 2 by 3");
    cr_expect_not(xe_picture_heat(&a, &b, NULL, 0, &heat, NULL));
    xe_picture_fini(&a);
    xe_picture_fini(&b);
}

Test(picture, the_heat_map_shows_where)
{
    static const struct xe_picture_mask mask = {0, 0, 1, 1};
    struct xe_picture a = make(), b = make(), heat;

    memset(pixel(&a, 5, 5), 0, 3);
    memset(pixel(&b, 5, 5), 255, 3);
    pixel(&b, 6, 5)[0] ^= 1;
    cr_assert(xe_picture_heat(&a, &b, &mask, 1, &heat, NULL));
    cr_expect_arr_eq(pixel(&heat, 5, 5), "\377\0\0\377", 4);
    cr_expect_eq(pixel(&heat, 6, 5)[0], 96);
    cr_expect_eq(pixel(&heat, 7, 5)[0], pixel(&heat, 7, 5)[1], "grey");
    cr_expect_leq(pixel(&heat, 7, 5)[0], 63);
    cr_expect_eq(pixel(&heat, 0, 0)[2], pixel(&heat, 0, 0)[0] + 128, "masked");
    xe_picture_fini(&a);
    xe_picture_fini(&b);
    xe_picture_fini(&heat);
}

Test(picture, masks_are_four_numbers)
{
    struct xe_picture_mask mask;

    cr_assert(xe_picture_mask_parse("1,2,30,4000", &mask));
    cr_expect(mask.x == 1 && mask.y == 2 && mask.width == 30 && mask.height == 4000);
    cr_expect_not(xe_picture_mask_parse("1,2,3", &mask));
    cr_expect_not(xe_picture_mask_parse("1,2,3,4,5", &mask));
    cr_expect_not(xe_picture_mask_parse("1,2,3,-4", &mask));
    cr_expect_not(xe_picture_mask_parse("1, 2,3,4", &mask));
    cr_expect_not(xe_picture_mask_parse("1,2,3,12345678901", &mask));
    cr_expect_not(xe_picture_mask_parse("", &mask));
}
