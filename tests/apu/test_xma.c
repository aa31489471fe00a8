/* XMA contexts: rings and their rules, buffers that take turns, loops, and words that are wrong. */
#include <criterion/criterion.h>
#include <string.h>

#include "apu/xma.h"
#include "xma_writer.h"

#define PACKETS 4u

static struct xe_mem *mem;
static struct xe_xma xma;
static struct xma_writer w;
static xe_gpa input[2], output;
static uint32_t context;

static uint32_t asked, before, rate; /* frames so far; what the last followed, 0: none */

static uint32_t number_of(const struct xe_decoder_frame *given)
{
    struct xe_xma_frame frame = {.bits = given->bits};
    uint32_t number = 0;

    memcpy(frame.data, given->bytes, (given->bits + 7) / 8);
    while (number < 100 && !xma_is_frame(&frame, number, frame.bits))
        number++;
    return number;
}

/* Frames have their numbers as samples. 99 is damaged, and 98 the decoder's end. */
static enum xe_decoder_got decode(void *ctx, const struct xe_decoder_ask *ask,
                                  const struct xe_breath *breath,
                                  uint8_t samples[XE_DECODER_SAMPLE_BYTES])
{
    uint32_t number = number_of(&ask->frame);

    (void)ctx;
    (void)breath;
    asked++;
    rate = ask->rate;
    before = ask->previous.bits ? number_of(&ask->previous) : 0;
    memset(samples, (int)number, XE_DECODER_SAMPLES * 2 * ask->channels);
    if (number == 98)
        return XE_DECODER_FAILED;
    return number == 99 ? XE_DECODER_BROKEN : XE_DECODER_OK;
}

static void info(void *ctx, struct xe_decoder_info *ret)
{
    (void)ctx;
    *ret = (struct xe_decoder_info){.standing = XE_DECODER_RUNS, .version = "test 1"};
}

static const struct xe_decoder decoder = {NULL, decode, info};

static void setup(void)
{
    struct xe_error err = XE_ERROR_INIT;

    mem = xe_mem_create(0, &err);
    cr_assert_not_null(mem, "%s", err.text);
    xe_xma_init(&xma, mem);
    xma.decoder = &decoder;
    asked = before = rate = 0;
    for (uint32_t i = 0; i < 2; i++)
        input[i] = xe_mem_alloc_physical(mem, PACKETS * XE_XMA_PACKET, 0x1000, XE_PAGE_READWRITE, 0,
                                         XE_MEM_PHYS_SIZE - 1, true);
    output = xe_mem_alloc_physical(mem, 0x2000, 0x1000, XE_PAGE_READWRITE, 0, XE_MEM_PHYS_SIZE - 1,
                                   true);
    context = xe_xma_create(&xma);
    cr_assert_lt(context, XE_XMA_CONTEXTS);
}

static void teardown(void)
{
    xe_xma_fini(&xma);
    xe_mem_destroy(mem);
}

TestSuite(apu_xma, .init = setup, .fini = teardown);

static void set(enum xe_xma_field field, uint32_t value)
{
    xe_xma_set(&xma, context, field, value);
}

static uint32_t get(enum xe_xma_field field)
{
    return xe_xma_get(&xma, context, field);
}

static uint8_t *bytes(xe_gpa at, uint32_t size)
{
    return xe_mem_view_rw(mem, XE_MEM_PHYS_A + at, size);
}

/* `frames` of them in a buffer, numbered from `first` on. */
static void fill(uint32_t which, uint32_t first, uint32_t frames)
{
    xma_begin(&w, bytes(input[which], PACKETS * XE_XMA_PACKET), PACKETS, 1);
    for (uint32_t i = 0; i < frames; i++)
        xma_frame(&w, first + i, 600, i + 1 < frames);
    set(which ? XE_XMA_INPUT_1 : XE_XMA_INPUT_0, input[which]);
    set(which ? XE_XMA_INPUT_1_PACKETS : XE_XMA_INPUT_0_PACKETS, PACKETS);
    set(which ? XE_XMA_INPUT_1_VALID : XE_XMA_INPUT_0_VALID, 1);
}

static void ring(uint32_t blocks, uint32_t step)
{
    set(XE_XMA_OUTPUT, output);
    set(XE_XMA_OUTPUT_BLOCKS, blocks);
    set(XE_XMA_SUBFRAMES, step);
    set(XE_XMA_OUTPUT_VALID, 1);
    set(XE_XMA_INPUT_READ, XE_XMA_HEADER_BITS);
}

/* Every byte of a block. */
static int block(uint32_t number)
{
    const uint8_t *p = bytes(output + number * XE_XMA_BLOCK, XE_XMA_BLOCK);

    for (uint32_t i = 1; i < XE_XMA_BLOCK; i++)
        if (p[i] != p[0])
            return -1;
    return p[0];
}

Test(apu_xma, fields_lie_where_titles_set_them)
{
    xe_gva at = XE_MEM_PHYS_A + xma.array + context * XE_XMA_CONTEXT_SIZE;

    set(XE_XMA_INPUT_0_PACKETS, 0xABC);
    set(XE_XMA_OUTPUT_WRITE, 0x1F);
    set(XE_XMA_INPUT_1_VALID, 1);
    cr_expect_eq(xe_mem_u32(mem, at), 0xF8200ABC);
    set(XE_XMA_CURRENT_INPUT, 1);
    set(XE_XMA_LOOP_END, 0xFFFFFFFF);
    cr_expect_eq(xe_mem_u32(mem, at + 16), 0x83FFFFFF);
    set(XE_XMA_STEREO, 1);
    set(XE_XMA_RATE, 2);
    cr_expect_eq(xe_mem_u32(mem, at + 4), 0x30000000);
}

/* A mono frame is four blocks. */
Test(apu_xma, a_kick_fills_the_ring)
{
    fill(0, 1, 3);
    ring(16, 4);
    xe_xma_kick(&xma, context);
    cr_expect_eq(get(XE_XMA_OUTPUT_WRITE), 12);
    cr_expect_eq(xma.frames, 3);
    for (uint32_t i = 0; i < 12; i++)
        cr_expect_eq(block(i), (int)(1 + i / 4), "block %u: %d", i, block(i));
    cr_expect_eq(get(XE_XMA_INPUT_0_VALID), 0);
    cr_expect_eq(get(XE_XMA_CURRENT_INPUT), 1);
    cr_expect_eq(get(XE_XMA_OUTPUT_VALID), 1);
}

Test(apu_xma, nothing_happens_without_room_or_a_ring)
{
    fill(0, 1, 3);
    xe_xma_kick(&xma, context);
    ring(16, 0);
    xe_xma_kick(&xma, context);
    ring(0, 4);
    xe_xma_kick(&xma, context);
    ring(6, 4); /* seven blocks would have to be free */
    xe_xma_kick(&xma, context);
    cr_expect_eq(xma.frames, 0);
    cr_expect_eq(get(XE_XMA_INPUT_0_VALID), 1);
}

/* The ring is full: valid falls, the rest of the frame waits for the next kick, and is taken there.
 */
Test(apu_xma, a_frame_is_delivered_over_several_kicks)
{
    fill(0, 1, 3);
    ring(6, 1);
    xe_xma_kick(&xma, context);
    cr_expect_eq(get(XE_XMA_OUTPUT_WRITE), 0);
    cr_expect_eq(get(XE_XMA_OUTPUT_VALID), 0, "full");
    cr_expect_eq(xma.frames, 2);
    cr_expect_eq(block(5), 2);
    set(XE_XMA_OUTPUT_READ, 4);
    set(XE_XMA_OUTPUT_VALID, 1);
    xe_xma_kick(&xma, context);
    cr_expect_eq(block(0), 2, "the second half of frame 2");
    cr_expect_eq(block(1), 2);
    cr_expect_eq(block(2), 3);
}

Test(apu_xma, a_stereo_frame_is_eight_blocks)
{
    fill(0, 1, 2);
    ring(31, 8);
    set(XE_XMA_STEREO, 1);
    xe_xma_kick(&xma, context);
    cr_expect_eq(get(XE_XMA_OUTPUT_WRITE), 16);
    cr_expect_eq(block(7), 1);
    cr_expect_eq(block(8), 2);
}

Test(apu_xma, buffers_take_turns)
{
    fill(0, 1, 1);
    fill(1, 2, 1);
    ring(31, 4);
    xe_xma_kick(&xma, context);
    cr_expect_eq(xma.frames, 2);
    cr_expect_eq(get(XE_XMA_INPUT_0_VALID) + get(XE_XMA_INPUT_1_VALID), 0);
    cr_expect_eq(get(XE_XMA_CURRENT_INPUT), 0);
    fill(0, 3, 1);
    xe_xma_kick(&xma, context);
    cr_expect_eq(block(8), 3);
    cr_expect_eq(get(XE_XMA_INPUT_0_VALID), 0);
}

Test(apu_xma, a_loop_is_heard_again)
{
    fill(0, 1, 4);
    ring(31, 4);
    set(XE_XMA_LOOP_START, XE_XMA_HEADER_BITS + 600);
    set(XE_XMA_LOOP_END, XE_XMA_HEADER_BITS + 1800);
    set(XE_XMA_LOOP_COUNT, 1);
    xe_xma_kick(&xma, context);
    cr_expect_eq(xma.frames, 6, "1 2 3, 2 3 4: %llu", (unsigned long long)xma.frames);
    cr_expect_eq(block(3 * 4), 2);
    cr_expect_eq(block(5 * 4), 4);
    cr_expect_eq(get(XE_XMA_LOOP_COUNT), 0);
}

/* For ever is as long as there is room. */
Test(apu_xma, a_loop_goes_on_for_ever)
{
    fill(0, 1, 2);
    ring(31, 4);
    set(XE_XMA_LOOP_END, XE_XMA_HEADER_BITS + 600);
    set(XE_XMA_LOOP_COUNT, 255);
    for (uint32_t i = 0; i < 10; i++) {
        xe_xma_kick(&xma, context);
        set(XE_XMA_OUTPUT_READ, get(XE_XMA_OUTPUT_WRITE));
        set(XE_XMA_OUTPUT_VALID, 1);
    }
    cr_expect_eq(get(XE_XMA_LOOP_COUNT), 255);
    cr_expect_eq(get(XE_XMA_INPUT_0_VALID), 1);
    cr_expect_gt(xma.frames, 50);
}

Test(apu_xma, a_broken_frame_is_silence)
{
    fill(0, 99, 1);
    ring(16, 4);
    memset(bytes(output, 0x1000), 0x55, 0x1000);
    xe_xma_kick(&xma, context);
    cr_expect_eq(xma.broken, 1);
    cr_expect_eq(block(3), 0);
    cr_expect_eq(get(XE_XMA_OUTPUT_WRITE), 4);
}

Test(apu_xma, without_a_decoder_time_goes_on)
{
    xma.decoder = NULL;
    fill(0, 1, 2);
    ring(16, 4);
    memset(bytes(output, 0x1000), 0x55, 0x1000);
    xe_xma_kick(&xma, context);
    cr_expect_eq(get(XE_XMA_OUTPUT_WRITE), 8);
    cr_expect_eq(block(7), 0);
    cr_expect_eq(xma.broken, 0);
    cr_expect_eq(xma.absent, 2);
    cr_expect_str_eq(xma.by, "", "silence was made by nobody");
}

/* Kick with so many more frames, from this number on. */
static void more(uint32_t first, uint32_t frames)
{
    fill(0, first, frames);
    set(XE_XMA_CURRENT_INPUT, 0);
    set(XE_XMA_INPUT_1_VALID, 0);
    set(XE_XMA_OUTPUT_READ, get(XE_XMA_OUTPUT_WRITE));
    ring(31, 4);
    xe_xma_kick(&xma, context);
}

Test(apu_xma, a_frame_overlaps_with_the_one_before)
{
    set(XE_XMA_RATE, 2);
    more(1, 1);
    cr_expect_eq(before, 0, "the first follows none");
    more(2, 2);
    cr_expect_eq(before, 2);
    cr_expect_eq(rate, 44100);
    cr_expect_eq(asked, 3);
    cr_expect_str_eq(xma.by, "test 1");
}

/* What is damaged, of another format or forgotten overlaps with nothing. */
Test(apu_xma, a_frame_overlaps_with_none)
{
    more(5, 1);
    more(99, 1);
    cr_expect_eq(before, 5);
    more(6, 1);
    cr_expect_eq(before, 0, "a damaged one");
    set(XE_XMA_RATE, 3);
    more(7, 1);
    cr_expect_eq(before, 0, "another rate");
    set(XE_XMA_STEREO, 1);
    more(8, 1);
    cr_expect_eq(before, 0, "other channels");
    more(9, 1);
    cr_expect_eq(before, 8);
    xe_xma_clear(&xma, context);
    more(10, 1);
    cr_expect_eq(before, 0, "cleared");
    xe_xma_release(&xma, context);
    cr_assert_eq(xe_xma_create(&xma), context);
    more(11, 1);
    cr_expect_eq(before, 0, "a new context");
}

/* 1 2 3, and 2 again behind 3. */
Test(apu_xma, a_loop_overlaps_with_its_end)
{
    fill(0, 1, 4);
    ring(19, 4); /* four frames, and less than a fifth needs */
    set(XE_XMA_LOOP_START, XE_XMA_HEADER_BITS + 600);
    set(XE_XMA_LOOP_END, XE_XMA_HEADER_BITS + 1800);
    set(XE_XMA_LOOP_COUNT, 1);
    xe_xma_kick(&xma, context);
    cr_expect_eq(asked, 4);
    cr_expect_eq(block(12), 2);
    cr_expect_eq(before, 3);
}

Test(apu_xma, a_decoder_that_fails_is_silence)
{
    memset(bytes(output, 0x1000), 0x55, 0x1000);
    more(98, 1);
    cr_expect_eq(block(0), 0);
    cr_expect_eq(block(3), 0);
    cr_expect_eq(xma.failed, 1);
    cr_expect_eq(xma.broken + xma.absent, 0);
    more(4, 1);
    cr_expect_eq(before, 0);
    cr_expect_eq(block(4), 4);
}

Test(apu_xma, a_clear_forgets)
{
    fill(0, 1, 3);
    ring(6, 2);
    xe_xma_kick(&xma, context);
    xe_xma_clear(&xma, context);
    cr_expect_eq(get(XE_XMA_INPUT_0_VALID) + get(XE_XMA_OUTPUT_VALID) + get(XE_XMA_OUTPUT_WRITE) +
                     get(XE_XMA_OUTPUT_READ),
                 0);
    cr_expect_eq(get(XE_XMA_INPUT_READ), XE_XMA_HEADER_BITS);
    fill(0, 7, 1);
    set(XE_XMA_CURRENT_INPUT, 0);
    ring(6, 2);
    xe_xma_kick(&xma, context);
    cr_expect_eq(block(0), 7, "nothing is left of frame 2");
}

/* Buffers and rings where no memory is. */
Test(apu_xma, wrong_addresses_do_no_harm)
{
    fill(0, 1, 3);
    ring(16, 4);
    set(XE_XMA_INPUT_0, 0x1FFFFF00);
    xe_xma_kick(&xma, context);
    cr_expect_eq(xma.frames, 0);
    cr_expect_eq(get(XE_XMA_INPUT_0_VALID), 0);
    fill(0, 1, 3);
    set(XE_XMA_CURRENT_INPUT, 0);
    ring(16, 4);
    set(XE_XMA_OUTPUT, 0x1FFFFF80);
    xe_xma_kick(&xma, context);
    cr_expect_eq(get(XE_XMA_OUTPUT_WRITE), 12, "lost, and told as written");
}

Test(apu_xma, contexts_are_handed_out)
{
    uint32_t last = context;

    for (uint32_t i = 1; i < XE_XMA_CONTEXTS; i++)
        last = xe_xma_create(&xma);
    cr_expect_eq(last, XE_XMA_CONTEXTS - 1);
    cr_expect_eq(xe_xma_create(&xma), XE_XMA_CONTEXTS);
    set(XE_XMA_STEREO, 1);
    xe_xma_release(&xma, context);
    cr_expect_eq(xe_xma_create(&xma), context);
    cr_expect_eq(get(XE_XMA_STEREO), 0);
    cr_expect_eq(xe_xma_context_at(&xma, XE_MEM_PHYS_A + xma.array + 64 * 5), 5);
    cr_expect_eq(xe_xma_context_at(&xma, 0xC0000000 + xma.array + 64 * 5), 5);
    cr_expect_eq(xe_xma_context_at(&xma, XE_MEM_PHYS_A + xma.array + 4), XE_XMA_CONTEXTS);
    cr_expect_eq(xe_xma_context_at(&xma, XE_MEM_PHYS_A + xma.array + 64 * 320), XE_XMA_CONTEXTS);
    cr_expect_eq(xe_xma_context_at(&xma, 0x82000000), XE_XMA_CONTEXTS);
    cr_expect_eq(xe_xma_context_at(&xma, 0), XE_XMA_CONTEXTS);
}
