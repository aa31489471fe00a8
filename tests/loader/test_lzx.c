/* The LZX decoder on streams written symbol by symbol (lzx_writer.c), good and bad. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "loader/lzx.h"
#include "lzx_writer.h"

static struct lzx_writer *w;

static void setup(void)
{
    w = malloc(sizeof(*w));
}

static void teardown(void)
{
    free(w);
}

TestSuite(loader_lzx, .init = setup, .fini = teardown);

static uint8_t *decode(size_t n, struct xe_error *err)
{
    uint8_t *out = calloc(1, n), *in = malloc(w->size);

    memcpy(in, w->bytes, w->size);
    if (!xe__loader_lzx_decode(in, w->size, 15, out, n, NULL, err)) {
        free(out);
        out = NULL;
    }
    free(in);
    return out;
}

static void expect(const void *expected, size_t n)
{
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *out = decode(n, &err);

    cr_assert_not_null(out, "%s", err.text);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(out[i], ((const uint8_t *)expected)[i], "byte 0x%zx is 0x%02x", i, out[i]);
    free(out);
}

static void expect_error(size_t n, const char *text)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_expect_null(decode(n, &err));
    cr_expect_str_eq(err.text, text);
    cr_expect_eq(err.code, XE_ERR_IMAGE_CORRUPT);
}

static void literals(const char *text)
{
    for (; *text; text++)
        lzx_literal(w, (uint8_t)*text);
}

Test(loader_lzx, literals_only)
{
    lzx_begin(w, 5);
    lzx_block(w, LZX_VERBATIM, 5);
    literals("hello");
    expect("hello", 5);
}

Test(loader_lzx, slot_0_at_the_start_repeats_the_byte_before)
{
    lzx_begin(w, 6);
    lzx_block(w, LZX_VERBATIM, 6);
    literals("a");
    lzx_match(w, 5, 0, 0, 0);
    expect("aaaaaa", 6);
}

Test(loader_lzx, repeat_queue_swaps_and_shifts)
{
    lzx_begin(w, 16);
    lzx_block(w, LZX_VERBATIM, 16);
    literals("abcd");
    lzx_match(w, 2, 4, 0, 1); /* base 4 - 2 + 0: offset 2, R = 2 1 1  -> cd */
    lzx_match(w, 2, 4, 1, 1); /* offset 3, R = 3 2 1                  -> dcd's first two */
    lzx_match(w, 2, 2, 0, 0); /* R2: offset 1, R = 1 2 3 */
    lzx_match(w, 2, 1, 0, 0); /* R1: offset 2, R = 2 1 3 */
    lzx_match(w, 2, 2, 0, 0); /* R2: offset 3 */
    lzx_match(w, 2, 0, 0, 0); /* R0: offset 3 */
    expect("abcdcddccccccccc", 16);
}

Test(loader_lzx, long_match_uses_the_length_tree)
{
    char expected[258];

    memset(expected, 'x', sizeof(expected));
    lzx_begin(w, sizeof(expected));
    lzx_block(w, LZX_VERBATIM, sizeof(expected));
    literals("x");
    lzx_match(w, 257, 0, 0, 0);
    expect(expected, sizeof(expected));
}

Test(loader_lzx, aligned_block_with_three_extra_bits_reads_the_symbol_only)
{
    char expected[32] = "0123456789abcdefghij0123456789";

    lzx_begin(w, 30);
    lzx_block(w, LZX_ALIGNED, 30);
    literals("0123456789abcdefghij");
    lzx_match(w, 10, 8, 20 + 2 - 16, 3); /* slot 8: base 16, offset 14 + 6 = 20 */
    expect(expected, 30);
}

Test(loader_lzx, aligned_block_with_more_extra_bits)
{
    char expected[140];

    for (int i = 0; i < 130; i++)
        expected[i] = (char)('0' + i % 61);
    memcpy(expected + 130, expected + 130 - 100, 10);
    lzx_begin(w, 140);
    lzx_block(w, LZX_ALIGNED, 140);
    for (int i = 0; i < 130; i++)
        lzx_literal(w, (uint8_t)expected[i]);
    lzx_match(w, 10, 13, 100 + 2 - 96, 5); /* slot 13: base 96, 5 extra bits */
    expect(expected, 140);
}

/* A block may cross a frame end; there the bits of the word at hand are dropped. */
Test(loader_lzx, frame_end_inside_a_block_realigns)
{
    uint8_t *expected = malloc(0x8001);

    for (size_t i = 0; i < 0x8001; i++)
        expected[i] = (uint8_t)(i * i >> 3);
    lzx_begin(w, 0x8001);
    lzx_block(w, LZX_VERBATIM, 0x8001);
    for (size_t i = 0; i < 0x8001; i++)
        lzx_literal(w, expected[i]);
    cr_expect_eq(w->frames, 2);
    expect(expected, 0x8001);
    free(expected);
}

Test(loader_lzx, uncompressed_block_of_odd_length_is_padded)
{
    lzx_begin(w, 8);
    lzx_block(w, LZX_UNCOMPRESSED, 3);
    lzx_repeats(w, 2, 1, 1);
    lzx_raw(w, "abc", 3);
    lzx_block(w, LZX_VERBATIM, 5);
    literals("d");
    lzx_match(w, 4, 0, 0, 0);
    expect("abcdcdcd", 8);
}

Test(loader_lzx, uncompressed_block_crosses_a_frame)
{
    uint8_t *expected = malloc(0x9000);

    memset(expected, 0x42, 0x9000);
    lzx_begin(w, 0x9000);
    lzx_block(w, LZX_UNCOMPRESSED, 0x9000);
    lzx_repeats(w, 1, 1, 1);
    lzx_raw(w, expected, 0x9000);
    expect(expected, 0x9000);
    free(expected);
}

Test(loader_lzx, code_lengths_carry_over_to_the_next_block)
{
    lzx_begin(w, 6);
    lzx_block(w, LZX_VERBATIM, 3);
    literals("abc");
    lzx_block(w, LZX_ALIGNED, 3);
    literals("def");
    expect("abcdef", 6);
}

Test(loader_lzx, runs_and_literals_of_whole_buffers)
{
    uint8_t *expected = calloc(1, 0x18123);

    for (size_t i = 0; i < 0x18123; i++)
        expected[i] = i % 1000 < 600 ? 0 : (uint8_t)(i >> 2);
    lzx_write_all(w, expected, 0x18123);
    expect(expected, 0x18123);
    free(expected);
}

/* --- bad streams --- */

Test(loader_lzx, empty_input)
{
    lzx_begin(w, 4);
    expect_error(4, "LZX stream offset 0x4, output 0x0: input ended, 0x0 bytes of it in all");
}

Test(loader_lzx, block_type_0)
{
    lzx_begin(w, 4);
    lzx_bits(w, 0, 31);
    expect_error(4, "LZX stream offset 0x4, output 0x0: block type is 0, expected 1 to 3");
}

Test(loader_lzx, block_of_no_length)
{
    lzx_begin(w, 4);
    lzx_block(w, LZX_VERBATIM, 0);
    expect_error(4, "LZX stream offset 0x4, output 0x0: block length is 0, expected at least 1");
}

Test(loader_lzx, input_ends_inside_a_block)
{
    lzx_begin(w, 0x2000);
    lzx_block(w, LZX_VERBATIM, 0x2000);
    lzx_literal(w, 'a');
    lzx_bits(w, 0, 16);
    expect_error(0x2000,
                 "LZX stream offset 0x2198, output 0x2000: input ended, 0x198 bytes of it in all");
}

Test(loader_lzx, match_before_the_start)
{
    lzx_begin(w, 9);
    lzx_block(w, LZX_VERBATIM, 9);
    literals("ab");
    lzx_match(w, 4, 4, 1, 1);
    lzx_bits(w, 0, 16);
    expect_error(9, "LZX stream offset 0x19a, output 0x2: match offset is 0x3, expected 1 to 0x2");
}

Test(loader_lzx, match_past_the_block)
{
    lzx_begin(w, 3);
    lzx_block(w, LZX_VERBATIM, 3);
    literals("a");
    lzx_match(w, 5, 0, 0, 0);
    lzx_bits(w, 0, 16);
    expect_error(3,
                 "LZX stream offset 0x199, output 0x1: match length is 0x5, expected at most 0x2");
}

Test(loader_lzx, match_offset_0_from_an_uncompressed_block)
{
    lzx_begin(w, 4);
    lzx_block(w, LZX_UNCOMPRESSED, 2);
    lzx_repeats(w, 0, 1, 1);
    lzx_raw(w, "ab", 2);
    lzx_block(w, LZX_VERBATIM, 2);
    lzx_match(w, 2, 0, 0, 0);
    expect_error(4, "LZX stream offset 0x1a9, output 0x2: match offset is 0x0, expected 1 to 0x2");
}

Test(loader_lzx, uncompressed_block_longer_than_the_input)
{
    lzx_begin(w, 100);
    lzx_block(w, LZX_UNCOMPRESSED, 100);
    lzx_repeats(w, 1, 1, 1);
    lzx_raw(w, "ab", 2);
    expect_error(
        100, "LZX stream offset 0x10, output 0x0: uncompressed block wants 0x64 bytes, 0x2 left");
}

Test(loader_lzx, code_that_covers_too_little)
{
    lzx_begin(w, 4);
    lzx_bits(w, LZX_VERBATIM, 3);
    lzx_bits(w, 4, 24);
    for (int i = 0; i < 20; i++)
        lzx_bits(w, i < 3 ? 4 : 0, 4);
    lzx_bits(w, 0, 32);
    expect_error(
        4,
        "LZX stream offset 0xe, output 0x0: code-length code covers 0x3000 of 0x10000 bit strings");
}

Test(loader_lzx, run_of_lengths_past_the_end)
{
    lzx_begin(w, 4);
    lzx_bits(w, LZX_VERBATIM, 3);
    lzx_bits(w, 4, 24);
    for (int i = 0; i < 20; i++)
        lzx_bits(w, i == 17 || i == 18 ? 1 : 0, 4);
    for (int i = 0; i < 6; i++)
        lzx_bits(w, 1 << 5 | 31, 6); /* 18: 51 zeros; six of them are more than 256 */
    expect_error(4,
                 "LZX stream offset 0x12, output 0x0: run of 51 code lengths, expected at most 1");
}

Test(loader_lzx, symbol_of_an_empty_code)
{
    lzx_begin(w, 4);
    lzx_bits(w, LZX_VERBATIM, 3);
    lzx_bits(w, 4, 24);
    for (int i = 0; i < 20; i++)
        lzx_bits(w, 0, 4);
    lzx_bits(w, 0, 32);
    expect_error(4, "LZX stream offset 0xe, output 0x0: symbol of an empty code");
}

Test(loader_lzx, call_translation_is_not_supported)
{
    struct xe_error err = XE_ERROR_INIT;
    const uint8_t in[4] = {0, 0x80};
    uint8_t out[4];

    cr_expect_not(xe__loader_lzx_decode(in, sizeof(in), 15, out, sizeof(out), NULL, &err));
    cr_expect_eq(err.code, XE_ERR_IMAGE_UNSUPPORTED);
}

Test(loader_lzx, window_out_of_range)
{
    struct xe_error err = XE_ERROR_INIT;
    uint8_t out[4] = {0};

    cr_expect_not(xe__loader_lzx_decode(out, 0, 22, out, sizeof(out), NULL, &err));
    cr_expect_str_eq(err.text, "LZX stream offset 0x0, output 0x0: window of 22 bits, expected 15 "
                               "to 21");
}
