/* XMA contexts; see xma.h. */
#include "apu/xma.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"

#define FRAME_NS  60000u /* to the decoder and back */
#define PACKET_NS 10u
/* Of a frame that goes on where nothing is. Source: xenia. */
#define ERROR_PARTIAL 4u
#define LOOP_FOREVER  255u

static const struct {
    uint8_t dword, bit, width;
} fields[XE_XMA_FIELDS] = {
#define FIELD(name, dword, bit, width) {dword, bit, width},
#include "apu/xma_fields.def"
};

void xe_xma_init(struct xe_xma *xma, struct xe_mem *mem)
{
    *xma = (struct xe_xma){.mem = mem};
}

void xe_xma_fini(struct xe_xma *xma)
{
    xe_free(xma->rest);
    xma->rest = NULL;
}

static bool make_rest(struct xe_xma *xma)
{
    if (!xma->rest)
        xma->rest = xe_calloc(XE_XMA_CONTEXTS, sizeof(*xma->rest));
    return xma->rest;
}

xe_gpa xe_xma_array(struct xe_xma *xma)
{
    if (!xma->array && make_rest(xma)) {
        xma->array = xe_mem_alloc_physical(xma->mem, XE_XMA_CONTEXTS * XE_XMA_CONTEXT_SIZE, 0x1000,
                                           XE_PAGE_READWRITE, 0, XE_MEM_PHYS_SIZE - 1, true);
        xe_mem_claim(xma->mem, XE_MEM_HEAP_PHYSICAL, xma->array);
    }
    return xma->array;
}

/* ---- contexts ------------------------------------------------------------------------------- */

static xe_gva address_of(const struct xe_xma *xma, uint32_t context)
{
    return XE_MEM_PHYS_A + xma->array + context * XE_XMA_CONTEXT_SIZE;
}

uint32_t xe_xma_context_at(const struct xe_xma *xma, xe_gva address)
{
    xe_gpa at = xe_mem_is_physical(address) ? xe_mem_to_physical(address) : 0;
    uint32_t offset = at - xma->array;

    if (!xma->array || at < xma->array || offset % XE_XMA_CONTEXT_SIZE ||
        offset / XE_XMA_CONTEXT_SIZE >= XE_XMA_CONTEXTS)
        return XE_XMA_CONTEXTS;
    return offset / XE_XMA_CONTEXT_SIZE;
}

static uint32_t mask_of(enum xe_xma_field field)
{
    return fields[field].width == 32 ? UINT32_MAX : (1u << fields[field].width) - 1;
}

uint32_t xe_xma_get(const struct xe_xma *xma, uint32_t context, enum xe_xma_field field)
{
    xe_gva at = address_of(xma, context) + 4 * fields[field].dword;

    return xe_mem_u32(xma->mem, at) >> fields[field].bit & mask_of(field);
}

void xe_xma_set(struct xe_xma *xma, uint32_t context, enum xe_xma_field field, uint32_t value)
{
    xe_gva at = address_of(xma, context) + 4 * fields[field].dword;
    uint32_t mask = mask_of(field) << fields[field].bit;

    xe_mem_set_u32(xma->mem, at,
                   (xe_mem_u32(xma->mem, at) & ~mask) | (value << fields[field].bit & mask));
}

static void wipe(struct xe_xma *xma, uint32_t context)
{
    for (uint32_t i = 0; i < XE_XMA_CONTEXT_SIZE; i += 4)
        xe_mem_set_u32(xma->mem, address_of(xma, context) + i, 0);
    memset(&xma->rest[context], 0, sizeof(xma->rest[context]));
}

uint32_t xe_xma_create(struct xe_xma *xma)
{
    uint32_t context = 0;

    if (!xe_xma_array(xma))
        return XE_XMA_CONTEXTS;
    while (context < XE_XMA_CONTEXTS && xma->rest[context].used)
        context++;
    if (context < XE_XMA_CONTEXTS) {
        wipe(xma, context);
        xma->rest[context].used = true;
    }
    return context;
}

void xe_xma_release(struct xe_xma *xma, uint32_t context)
{
    if (xma->rest[context].used)
        wipe(xma, context);
}

/* Source: xenia; what of the decoder's memory goes with it is not known, here all of it does. */
void xe_xma_clear(struct xe_xma *xma, uint32_t context)
{
    static const enum xe_xma_field zero[] = {XE_XMA_INPUT_0_VALID, XE_XMA_INPUT_1_VALID,
                                             XE_XMA_OUTPUT_VALID, XE_XMA_OUTPUT_READ,
                                             XE_XMA_OUTPUT_WRITE};

    if (!xma->array)
        return;
    for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
        xe_xma_set(xma, context, zero[i], 0);
    xe_xma_set(xma, context, XE_XMA_INPUT_READ, XE_XMA_HEADER_BITS);
    xma->rest[context].left = 0;
    xma->rest[context].previous.bits = 0;
}

/* ---- input ---------------------------------------------------------------------------------- */

static xe_gva physical(uint32_t address)
{
    return XE_MEM_PHYS_A + (address & (XE_MEM_PHYS_SIZE - 1));
}

static struct xe_xma_buffer input(const struct xe_xma *xma, uint32_t context, uint32_t which)
{
    struct xe_xma_buffer ret = {
        .packets =
            xe_xma_get(xma, context, which ? XE_XMA_INPUT_1_PACKETS : XE_XMA_INPUT_0_PACKETS),
    };
    xe_gva at = physical(xe_xma_get(xma, context, which ? XE_XMA_INPUT_1 : XE_XMA_INPUT_0));

    if (xe_xma_get(xma, context, which ? XE_XMA_INPUT_1_VALID : XE_XMA_INPUT_0_VALID) &&
        ret.packets)
        ret.data = xe_mem_view(xma->mem, at, ret.packets * XE_XMA_PACKET);
    return ret;
}

static struct xe_xma_stream open_stream(const struct xe_xma *xma, uint32_t context)
{
    struct xe_xma_stream stream = {
        .buffer = {input(xma, context, 0), input(xma, context, 1)},
        .current = xe_xma_get(xma, context, XE_XMA_CURRENT_INPUT),
        .at = xe_xma_get(xma, context, XE_XMA_INPUT_READ),
    };

    if (!stream.buffer[stream.current].data && stream.buffer[stream.current ^ 1].data) {
        stream.current ^= 1; /* Source: xenia */
        stream.at = XE_XMA_HEADER_BITS;
    }
    return stream;
}

/* What was read is told; a buffer that was read to its end is the title's again, and so is one that
 * lies where nothing is. */
static void close_stream(struct xe_xma *xma, uint32_t context, const struct xe_xma_stream *stream)
{
    if (!stream->buffer[0].data)
        xe_xma_set(xma, context, XE_XMA_INPUT_0_VALID, 0);
    if (!stream->buffer[1].data)
        xe_xma_set(xma, context, XE_XMA_INPUT_1_VALID, 0);
    xe_xma_set(xma, context, XE_XMA_CURRENT_INPUT, stream->current);
    xe_xma_set(xma, context, XE_XMA_INPUT_READ, stream->at);
}

static uint32_t at_least_header(uint32_t bits)
{
    return bits < XE_XMA_HEADER_BITS ? XE_XMA_HEADER_BITS : bits;
}

/* At the end of a loop that is to be heard again: to its start, whose first frame overlaps with the
 * loop's last. Guess: subframes that a loop leaves out are heard, as in xenia. */
static void loop(struct xe_xma *xma, uint32_t context, struct xe_xma_stream *stream)
{
    uint32_t count = xe_xma_get(xma, context, XE_XMA_LOOP_COUNT);

    if (!count || stream->at != at_least_header(xe_xma_get(xma, context, XE_XMA_LOOP_END)))
        return;
    stream->at = at_least_header(xe_xma_get(xma, context, XE_XMA_LOOP_START));
    if (count != LOOP_FOREVER)
        xe_xma_set(xma, context, XE_XMA_LOOP_COUNT, count - 1);
}

/* ---- output --------------------------------------------------------------------------------- */

static uint32_t room(const struct xe_xma *xma, uint32_t context)
{
    uint32_t blocks = xe_xma_get(xma, context, XE_XMA_OUTPUT_BLOCKS);
    uint32_t read = xe_xma_get(xma, context, XE_XMA_OUTPUT_READ);
    uint32_t write = xe_xma_get(xma, context, XE_XMA_OUTPUT_WRITE);

    if (!blocks || read >= blocks || write >= blocks)
        return 0;
    return read == write ? blocks : (read + blocks - write) % blocks;
}

/* One more block of the newest frame. */
static void put_block(struct xe_xma *xma, uint32_t context, uint32_t frame_blocks)
{
    struct xe_xma_rest *rest = &xma->rest[context];
    uint32_t blocks = xe_xma_get(xma, context, XE_XMA_OUTPUT_BLOCKS);
    uint32_t write = xe_xma_get(xma, context, XE_XMA_OUTPUT_WRITE);
    xe_gva at = physical(xe_xma_get(xma, context, XE_XMA_OUTPUT)) + write * XE_XMA_BLOCK;
    uint8_t *to = xe_mem_view_rw(xma->mem, at, XE_XMA_BLOCK);

    if (to)
        memcpy(to, rest->samples + (frame_blocks - rest->left) * XE_XMA_BLOCK, XE_XMA_BLOCK);
    rest->left--;
    xe_xma_set(xma, context, XE_XMA_OUTPUT_WRITE, (write + 1) % blocks);
}

/* ---- work ----------------------------------------------------------------------------------- */

static const uint32_t rates[] = {24000, 32000, 44100, 48000};

static void note_by(struct xe_xma *xma)
{
    struct xe_decoder_info info;

    if (xma->by[0])
        return;
    xma->decoder->info(xma->decoder->ctx, &info);
    snprintf(xma->by, sizeof(xma->by), "%s", info.version);
}

/* Samples of a frame, which the next one will overlap with. What nothing can be made of is silence,
 * before and after it too. */
static void make_samples(struct xe_xma *xma, uint32_t context, const struct xe_xma_frame *frame)
{
    struct xe_xma_rest *rest = &xma->rest[context];
    uint32_t rate = xe_xma_get(xma, context, XE_XMA_RATE);
    uint32_t stereo = xe_xma_get(xma, context, XE_XMA_STEREO), format = rate << 1 | stereo;
    struct xe_decoder_ask ask = {
        .rate = rates[rate],
        .channels = 1 + stereo,
        .previous = {rest->format == format ? rest->previous.bits : 0, rest->previous.data},
        .frame = {frame->bits, frame->data},
    };
    enum xe_decoder_got got =
        xma->decoder ? xma->decoder->decode(xma->decoder->ctx, &ask, NULL, rest->samples)
                     : XE_DECODER_ABSENT;

    rest->format = format;
    rest->previous.bits = 0;
    if (got == XE_DECODER_OK) {
        rest->previous = *frame;
        note_by(xma);
    } else {
        memset(rest->samples, 0, sizeof(rest->samples));
    }
    xma->broken += got == XE_DECODER_BROKEN;
    xma->absent += got == XE_DECODER_ABSENT;
    xma->failed += got == XE_DECODER_FAILED;
}

/* The next frame's samples; false: there is none to be had now. */
static bool decode(struct xe_xma *xma, uint32_t context, struct xe_xma_stream *stream)
{
    struct xe_xma_rest *rest = &xma->rest[context];
    struct xe_xma_frame frame;
    enum xe_xma_found found;

    if (!xe_xma_stream_settle(stream))
        return false;
    loop(xma, context, stream);
    found = xe_xma_stream_frame(stream, &frame);
    if (found == XE_XMA_PARTIAL)
        xe_xma_set(xma, context, XE_XMA_ERROR, ERROR_PARTIAL);
    if (found == XE_XMA_PARTIAL || found == XE_XMA_NO_INPUT)
        return false;
    xe_xma_stream_settle(stream); /* a buffer that is done is given back at once */
    xma->frames++;
    if (found == XE_XMA_FRAME) {
        make_samples(xma, context, &frame);
    } else {
        memset(rest->samples, 0, sizeof(rest->samples));
        rest->previous.bits = 0;
        xma->broken++;
    }
    rest->left = xe_xma_get(xma, context, XE_XMA_STEREO) ? 8 : 4;
    return true;
}

/* Until room or input are too little. Returns the frames that were decoded. */
static uint32_t work(struct xe_xma *xma, uint32_t context, struct xe_xma_stream *stream)
{
    struct xe_xma_rest *rest = &xma->rest[context];
    uint32_t frame_blocks = xe_xma_get(xma, context, XE_XMA_STEREO) ? 8 : 4, n = 0;
    uint32_t step = xe_xma_get(xma, context, XE_XMA_SUBFRAMES);
    uint32_t free_blocks = room(xma, context);

    if (rest->left > frame_blocks)
        rest->left = 0; /* it was a stereo stream */
    while (step && free_blocks >= 2 * step - 1) {
        if (!rest->left) {
            if (!decode(xma, context, stream))
                break;
            n++;
        }
        for (uint32_t i = 0; i < step && rest->left; i++, free_blocks--)
            put_block(xma, context, frame_blocks);
    }
    return n;
}

uint64_t xe_xma_kick(struct xe_xma *xma, uint32_t context)
{
    struct xe_xma_stream stream;
    uint32_t frames;

    if (!xma->array || !xe_xma_get(xma, context, XE_XMA_OUTPUT_VALID))
        return 0;
    xma->kicks++;
    stream = open_stream(xma, context);
    frames = work(xma, context, &stream);
    close_stream(xma, context, &stream);
    if (xe_xma_get(xma, context, XE_XMA_OUTPUT_WRITE) ==
        xe_xma_get(xma, context, XE_XMA_OUTPUT_READ))
        xe_xma_set(xma, context, XE_XMA_OUTPUT_VALID, 0);
    return (uint64_t)frames * FRAME_NS +
           (uint64_t)(stream.buffer[0].packets + stream.buffer[1].packets) * PACKET_NS;
}

/* ---- state ---------------------------------------------------------------------------------- */

static void previous_state(struct xe_codec *c, struct xe_xma_frame *previous)
{
    uint32_t bytes;

    xe_codec_up_to(c, "previous", &previous->bits, XE_XMA_FRAME_MAX);
    xe_codec_want(c, !previous->bits || previous->bits >= XE_DECODER_BITS_MIN,
                  "a frame before that is too short");
    bytes = (previous->bits + 7) / 8;
    if (bytes)
        xe_codec_bytes(c, "previous", previous->data, bytes);
    if (xe_codec_loading(c))
        memset(previous->data + bytes, 0, sizeof(previous->data) - bytes);
}

void xe_xma_rest_state(struct xe_codec *c, struct xe_xma_rest *rest)
{
    XE_CODEC(c, rest->used);
    xe_codec_up_to(c, "left", &rest->left, 8);
    if (rest->left)
        xe_codec_bytes(c, "samples", rest->samples, sizeof(rest->samples));
    else if (xe_codec_loading(c))
        memset(rest->samples, 0, sizeof(rest->samples));
    xe_codec_up_to(c, "format", &rest->format, 7);
    previous_state(c, &rest->previous);
}

void xe_xma_state(struct xe_codec *c, struct xe_xma *xma)
{
    XE_CODEC(c, xma->array);
    if (xe_codec_loading(c))
        xe_xma_fini(xma);
    if (xma->array && !make_rest(xma))
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for XMA contexts");
    for (uint32_t i = 0; i < XE_XMA_CONTEXTS && xma->array && !c->stopped; i++) {
        xe_codec_item(c, "XMA context", i);
        xe_xma_rest_state(c, &xma->rest[i]);
    }
    xe_codec_item(c, NULL, 0);
    xe_codec_beside(c, true);
    XE_CODEC(c, xma->kicks);
    XE_CODEC(c, xma->frames);
    XE_CODEC(c, xma->broken);
    XE_CODEC(c, xma->absent);
    XE_CODEC(c, xma->failed);
    xe_codec_text(c, "by", xma->by, sizeof(xma->by));
    for (const char *p = xma->by; *p; p++)
        xe_codec_want(c, *p >= ' ' && *p <= '~', "a decoder of no name");
    xe_codec_beside(c, false);
}
