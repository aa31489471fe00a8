/* Packets cut into frames: those that follow one another, that go on in the next packet or buffer,
 * other streams' packets between, padding, and what is broken. */
#include <criterion/criterion.h>
#include <string.h>

#include "xma_writer.h"

#define PACKETS 8u

static uint8_t data[2][PACKETS * XE_XMA_PACKET];
static struct xma_writer w;
static struct xe_xma_frame frame;

static struct xe_xma_stream stream_of(uint32_t packets)
{
    return (struct xe_xma_stream){.buffer = {{data[0], packets}}, .at = XE_XMA_HEADER_BITS};
}

static void expect(struct xe_xma_stream *stream, uint32_t number, uint32_t bits)
{
    cr_assert_eq(xe_xma_stream_frame(stream, &frame), XE_XMA_FRAME, "frame %u", number);
    cr_expect(xma_is_frame(&frame, number, bits), "frame %u: %u bits", number, frame.bits);
}

static void expect_end(struct xe_xma_stream *stream)
{
    cr_expect_eq(xe_xma_stream_frame(stream, &frame), XE_XMA_NO_INPUT);
    cr_expect_null(stream->buffer[0].data, "it is the title's again");
}

Test(apu_xma_stream, frames_follow_one_another)
{
    struct xe_xma_stream stream = stream_of(1);

    xma_begin(&w, data[0], 1, 1);
    xma_frame(&w, 1, 100, true);
    xma_frame(&w, 2, 333, true);
    xma_frame(&w, 3, 17, false);
    expect(&stream, 1, 100);
    cr_expect_eq(stream.at, 132);
    expect(&stream, 2, 333);
    expect(&stream, 3, 17);
    expect_end(&stream);
    cr_expect_eq(stream.current, 1);
    cr_expect_eq(stream.at, XE_XMA_HEADER_BITS);
}

/* Lengths at which a frame ends at a packet's end, just before, just behind, and in which its
 * length is parted. */
Test(apu_xma_stream, a_frame_goes_on_in_the_next_packet)
{
    for (uint32_t left = 0; left < 40; left++) {
        struct xe_xma_stream stream = stream_of(3);

        xma_begin(&w, data[0], 3, 1);
        xma_frame(&w, 1, XE_XMA_PACKET_BITS - XE_XMA_HEADER_BITS - left, true);
        xma_frame(&w, 2, 20, true);
        xma_frame(&w, 3, 16500, true);
        xma_frame(&w, 4, 50, false);
        expect(&stream, 1, XE_XMA_PACKET_BITS - XE_XMA_HEADER_BITS - left);
        expect(&stream, 2, 20);
        expect(&stream, 3, 16500);
        expect(&stream, 4, 50);
        expect_end(&stream);
    }
}

Test(apu_xma_stream, packets_of_others_are_passed)
{
    for (uint32_t stride = 2; stride <= 3; stride++) {
        struct xe_xma_stream stream = stream_of(PACKETS);

        xma_begin(&w, data[0], PACKETS, stride);
        xma_frame(&w, 1, 12000, true);
        xma_frame(&w, 2, 12000, false);
        xma_next_packet(&w);
        xma_frame(&w, 3, 77, false);
        expect(&stream, 1, 12000);
        expect(&stream, 2, 12000);
        expect(&stream, 3, 77);
        expect_end(&stream);
    }
}

/* What its last bit denies and the packet's rest deny. */
Test(apu_xma_stream, padding_is_passed)
{
    struct xe_xma_stream stream = stream_of(2);

    xma_begin(&w, data[0], 2, 1);
    xma_frame(&w, 1, 100, true); /* a length of ones follows */
    xma_next_packet(&w);
    xma_frame(&w, 2, 100, false);
    expect(&stream, 1, 100);
    expect(&stream, 2, 100);
    expect_end(&stream);
}

static void two_buffers(void)
{
    static uint8_t both[2 * XE_XMA_PACKET];

    xma_begin(&w, both, 2, 1);
    xma_frame(&w, 1, 16000, true);
    xma_frame(&w, 2, 1000, true);
    xma_frame(&w, 3, 200, false);
    memcpy(data[0], both, XE_XMA_PACKET);
    memcpy(data[1], both + XE_XMA_PACKET, XE_XMA_PACKET);
}

Test(apu_xma_stream, a_frame_goes_on_in_the_other_buffer)
{
    struct xe_xma_stream stream = stream_of(1);

    two_buffers();
    stream.buffer[1] = (struct xe_xma_buffer){data[1], 1};
    expect(&stream, 1, 16000);
    expect(&stream, 2, 1000);
    cr_expect_null(stream.buffer[0].data);
    cr_expect_eq(stream.current, 1);
    expect(&stream, 3, 200);
    cr_expect_eq(xe_xma_stream_frame(&stream, &frame), XE_XMA_NO_INPUT);
    cr_expect_null(stream.buffer[1].data);
    cr_expect_eq(stream.current, 0);
}

/* Until it is there nothing is consumed, so that it can be tried again. */
Test(apu_xma_stream, a_frame_waits_for_the_other_buffer)
{
    struct xe_xma_stream stream = stream_of(1), before;

    two_buffers();
    expect(&stream, 1, 16000);
    before = stream;
    cr_expect_eq(xe_xma_stream_frame(&stream, &frame), XE_XMA_PARTIAL);
    cr_expect_eq(memcmp(&stream, &before, sizeof(stream)), 0);
    stream.buffer[1] = (struct xe_xma_buffer){data[1], 1};
    expect(&stream, 2, 1000);
    expect(&stream, 3, 200);
}

/* A position in a header, or before the first frame, means the first frame. */
Test(apu_xma_stream, positions_are_moved_to_a_frame)
{
    struct xe_xma_stream stream = stream_of(2);

    xma_begin(&w, data[0], 2, 1);
    xma_frame(&w, 1, 16500, true);
    xma_frame(&w, 2, 60, false);
    stream.at = XE_XMA_PACKET_BITS + 5;
    expect(&stream, 2, 60);
    stream = stream_of(2);
    stream.at = 0;
    expect(&stream, 1, 16500);
    stream = stream_of(2);
    stream.at = 2 * XE_XMA_PACKET_BITS;
    expect_end(&stream);
}

Test(apu_xma_stream, what_is_too_short_is_broken)
{
    struct xe_xma_stream stream = stream_of(2);

    xma_begin(&w, data[0], 2, 1);
    xma_frame(&w, 1, 16, true);
    xma_next_packet(&w);
    xma_frame(&w, 2, 60, false);
    cr_expect_eq(xe_xma_stream_frame(&stream, &frame), XE_XMA_BROKEN);
    expect(&stream, 2, 60);
}

Test(apu_xma_stream, the_longest_frame)
{
    struct xe_xma_stream stream = stream_of(3);

    xma_begin(&w, data[0], 3, 1);
    xma_frame(&w, 9, XE_XMA_FRAME_MAX, false);
    expect(&stream, 9, XE_XMA_FRAME_MAX);
    expect_end(&stream);
}
