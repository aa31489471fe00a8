/* Messages between a worker and its decoder; see ask.h. */
#include "worker/xma/ask.h"

#include <string.h>

static size_t bytes_of(uint32_t bits)
{
    return (bits + 7) / 8;
}

size_t xe_xma_ask_write(const struct xe_decoder_ask *ask, uint8_t *to)
{
    const struct xe_xma_ask head = {ask->rate, ask->channels, ask->previous.bits, ask->frame.bits};
    size_t previous = bytes_of(head.previous_bits), frame = bytes_of(head.frame_bits);

    memcpy(to, &head, sizeof(head));
    if (previous)
        memcpy(to + sizeof(head), ask->previous.bytes, previous);
    memcpy(to + sizeof(head) + previous, ask->frame.bytes, frame);
    return sizeof(head) + previous + frame;
}

static bool is_length(uint32_t bits)
{
    return bits >= XE_DECODER_BITS_MIN && bits <= XE_DECODER_BITS_MAX;
}

static bool is_rate(uint32_t rate)
{
    return rate == 24000 || rate == 32000 || rate == 44100 || rate == 48000;
}

bool xe_xma_ask_read(const uint8_t *message, size_t size, struct xe_decoder_ask *ret)
{
    struct xe_xma_ask head;
    size_t previous;

    if (size < sizeof(head))
        return false;
    memcpy(&head, message, sizeof(head));
    if (!is_rate(head.rate) || head.channels < 1 || head.channels > 2 ||
        (head.previous_bits && !is_length(head.previous_bits)) || !is_length(head.frame_bits))
        return false;
    previous = bytes_of(head.previous_bits);
    if (size != sizeof(head) + previous + bytes_of(head.frame_bits))
        return false;
    *ret = (struct xe_decoder_ask){
        .rate = head.rate,
        .channels = head.channels,
        .previous = {head.previous_bits, message + sizeof(head)},
        .frame = {head.frame_bits, message + sizeof(head) + previous},
    };
    return true;
}

enum xe_decoder_got xe_xma_answer_read(const uint8_t *message, size_t size, uint32_t channels,
                                       uint8_t samples[XE_DECODER_SAMPLE_BYTES])
{
    struct xe_xma_answer head;
    size_t bytes = xe_xma_sample_bytes(channels);

    if (size < sizeof(head))
        return XE_DECODER_FAILED;
    memcpy(&head, message, sizeof(head));
    if (head.got == XE_DECODER_BROKEN && size == sizeof(head))
        return XE_DECODER_BROKEN;
    if (head.got != XE_DECODER_OK || size != sizeof(head) + bytes)
        return XE_DECODER_FAILED;
    memcpy(samples, message + sizeof(head), bytes);
    return XE_DECODER_OK;
}

bool xe_xma_hello_read(const uint8_t *message, size_t size, char ret[XE_DECODER_VERSION])
{
    size_t length;

    if (size != sizeof(struct xe_xma_hello))
        return false;
    length = strnlen((const char *)message, size);
    if (length < 1 || length == size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (i < length ? message[i] < ' ' || message[i] > '~' : message[i] != 0)
            return false;
    memcpy(ret, message, size);
    return true;
}
