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

/* Frames have their numbers as samples. */
static bool decode(void *self, uint32_t which, const struct xe_xma_frame *frame, uint32_t rate,
                   bool stereo, uint8_t samples[XE_XMA_SAMPLES * 4])
{
    uint32_t number = 0;

    (void)self;
    (void)rate;
    cr_expect_eq(which, context);
    while (number < 100 && !xma_is_frame(frame, number, frame->bits))
        number++;
    memset(samples, (int)number, stereo ? XE_XMA_SAMPLES * 4 : XE_XMA_SAMPLES * 2);
    return number != 99;
}

static void setup(void)
{
    struct xe_error err = XE_ERROR_INIT;

    mem = xe_mem_create(0, &err);
    cr_assert_not_null(mem, "%s", err.text);
    xe_xma_init(&xma, mem);
    xma.decoder.decode = decode;
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
    xma.decoder.decode = NULL;
    fill(0, 1, 2);
    ring(16, 4);
    memset(bytes(output, 0x1000), 0x55, 0x1000);
    xe_xma_kick(&xma, context);
    cr_expect_eq(get(XE_XMA_OUTPUT_WRITE), 8);
    cr_expect_eq(block(7), 0);
    cr_expect_eq(xma.broken, 0);
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
