/* The XMA decoder on the bus, and the kernel's calls for it: libraries in titles use both. What a
 * context does is emu/apu's. Source: registers as xenia has them (apu/xma_register_table.inc), and
 * what titles' libraries do with them. Guess: the context that is at work changes every
 * microsecond; titles only want it to change. */
#include "apu/xma.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/clock.h"
#include "kernel/core/lacking.h"
#include "kernel/families/devices.h"
#include "kernel/hle/hle_internal.h"
#include "xe/audio.h"
#include "xe/log.h"

enum {
    ARRAY = 0x000,
    CONTROL = 0x004,
    CURRENT = 0x018,
    NEXT = 0x01C,
    KICK = 0x140,
    KICK_END = 0x168,
    CLEAR = 0x280,
    CLEAR_END = 0x2A8
};
#define RUNS 3u /* control, until a title stops it */

static uint64_t read_register(void *self, uint32_t offset, uint32_t size)
{
    struct xe__xma *xma = self;
    uint64_t turn = xe_kernel_virtual_us(xma->kernel);

    (void)size;
    switch (offset) {
    case ARRAY:
        return xe_xma_array(&xma->xma);
    case CURRENT:
        return turn % XE_XMA_CONTEXTS;
    case NEXT:
        return (turn + 1) % XE_XMA_CONTEXTS;
    default:
        return xma->value[offset / 4];
    }
}

/* Nobody is there who makes sound of a frame: it is silence of its length. */
static void tell(struct xe__xma *xma)
{
    const struct xe_decoder *decoder = xma->xma.decoder;
    struct xe_decoder_info info = {.why = "there is no decoder"};

    xe_kernel_lacking_found(xma->kernel, XE_LACKING_XMA);
    if (xma->told)
        return;
    if (decoder)
        decoder->info(decoder->ctx, &info);
    xe_log_write(xe_kernel_log(xma->kernel), XE_LOG_STUB, "xma",
                 "streams are read in time, but nothing is decoded: they are silent (told once): "
                 "%s",
                 info.why);
    xma->told = true;
}

static void kick(struct xe__xma *xma, uint32_t context)
{
    uint64_t absent = xma->xma.absent;

    xe_kernel_work(xma->kernel, xe_xma_kick(&xma->xma, context));
    if (xma->xma.absent != absent)
        tell(xma);
}

/* A lock finds its context idle: a kick is done when its store is. */
static void write_register(void *self, uint32_t offset, uint32_t size, uint64_t value)
{
    struct xe__xma *xma = self;

    (void)size;
    xma->value[offset / 4] = (uint32_t)value;
    for (uint32_t bit = 0; bit < 32; bit++) {
        if (!(value >> bit & 1))
            continue;
        if (offset >= KICK && offset < KICK_END)
            kick(xma, (offset - KICK) * 8 + bit);
        else if (offset >= CLEAR && offset < CLEAR_END)
            xe_xma_clear(&xma->xma, (offset - CLEAR) * 8 + bit);
    }
}

void xe__kernel_xma_state(struct xe_codec *c, void *self)
{
    struct xe__xma *xma = self;

    for (uint32_t i = 0; i < XE__XMA_REGISTERS; i++)
        XE_CODEC(c, xma->value[i]);
    xe_xma_state(c, &xma->xma);
    xe_codec_beside(c, true);
    XE_CODEC(c, xma->told);
    xe_codec_beside(c, false);
}

static void destroy(void *self)
{
    struct xe__xma *xma = self;

    xe_xma_fini(&xma->xma);
    xe_free(xma);
}

bool xe__kernel_xma_add(struct xe_kernel *kernel)
{
    static const struct xe_device_type type = {
        .id = XE_DEVICE_XMA,
        .sizes = 4,
        .little_endian = true,
        .read = read_register,
        .write = write_register,
        .section = "io",
        .state = xe__kernel_xma_state,
        .destroy = destroy,
    };
    struct xe__xma *xma = xe_calloc(1, sizeof(*xma));

    if (xma) {
        xma->kernel = kernel;
        xma->value[CONTROL / 4] = RUNS;
        xe_xma_init(&xma->xma, xe_kernel_mem(kernel));
    }
    return xe_kernel_device_add(kernel, &type, xma);
}

bool xe_kernel_devices_add(struct xe_kernel *kernel)
{
    return xe__kernel_uart_add(kernel) && xe__kernel_xma_add(kernel);
}

void xe_kernel_decoder_set(struct xe_kernel *kernel, const struct xe_decoder *decoder)
{
    struct xe__xma *xma = xe_kernel_device_self(kernel, XE_DEVICE_XMA);

    xma->xma.decoder = decoder;
}

void xe_kernel_xma_info(const struct xe_kernel *kernel, struct xe_xma_info *ret)
{
    const struct xe__xma *self = xe_kernel_device_self(kernel, XE_DEVICE_XMA);
    const struct xe_xma *xma = &self->xma;

    *ret = (struct xe_xma_info){.kicks = xma->kicks,
                                .frames = xma->frames,
                                .broken = xma->broken,
                                .absent = xma->absent,
                                .failed = xma->failed};
    snprintf(ret->by, sizeof(ret->by), "%s", xma->by);
    for (uint32_t i = 0; xma->rest && i < XE_XMA_CONTEXTS; i++)
        ret->contexts += xma->rest[i].used;
}

/* ---- the kernel's calls --------------------------------------------------------------------- */

/* NULL: it is not plugged in. */
static struct xe__xma *device(const struct xe_call *call)
{
    return xe_kernel_device_self(call->kernel, XE_DEVICE_XMA);
}

/* The context of argument 0; XE_XMA_CONTEXTS: it is none, which is told, and the answer. */
static uint32_t context_of(struct xe_call *call)
{
    const struct xe__xma *xma = device(call);
    uint32_t context = xma ? xe_xma_context_at(&xma->xma, xe_arg_gva(call, 0)) : XE_XMA_CONTEXTS;

    if (context < XE_XMA_CONTEXTS)
        return context;
    xe_kernel_call_guest_error(call, "there is no XMA context at 0x%08x", xe_arg_u32(call, 0));
    xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
    return XE_XMA_CONTEXTS;
}

static void create_context(struct xe_call *call)
{
    struct xe__xma *xma = device(call);
    uint32_t context;

    if (!xma || !xe_arg_view_rw(call, 0, 4)) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    context = xe_xma_create(&xma->xma);
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 0),
                   context < XE_XMA_CONTEXTS
                       ? XE_MEM_PHYS_A + xma->xma.array + context * XE_XMA_CONTEXT_SIZE
                       : 0);
    xe_ret_status(call, context < XE_XMA_CONTEXTS ? XE_STATUS_SUCCESS : XE_STATUS_NO_MEMORY);
}

static void release_context(struct xe_call *call)
{
    uint32_t context = context_of(call);

    if (context == XE_XMA_CONTEXTS)
        return;
    xe_xma_release(&device(call)->xma, context);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* What XMAInitializeContext is given, in words; the last holds three bytes. Source: xenia. */
enum {
    INIT_INPUT_0,
    INIT_PACKETS_0,
    INIT_INPUT_1,
    INIT_PACKETS_1,
    INIT_READ,
    INIT_OUTPUT,
    INIT_BLOCKS,
    INIT_WORK,
    INIT_SUBFRAMES,
    INIT_CHANNELS,
    INIT_RATE,
    INIT_LOOP_START,
    INIT_LOOP_END,
    INIT_LOOP_BYTES,
    INIT_WORDS
};

static const struct {
    uint8_t word, field;
    bool address;
} init_rows[] = {
    {INIT_INPUT_0, XE_XMA_INPUT_0, true},        {INIT_PACKETS_0, XE_XMA_INPUT_0_PACKETS, false},
    {INIT_INPUT_1, XE_XMA_INPUT_1, true},        {INIT_PACKETS_1, XE_XMA_INPUT_1_PACKETS, false},
    {INIT_READ, XE_XMA_INPUT_READ, false},       {INIT_OUTPUT, XE_XMA_OUTPUT, true},
    {INIT_BLOCKS, XE_XMA_OUTPUT_BLOCKS, false},  {INIT_WORK, XE_XMA_WORK, true},
    {INIT_SUBFRAMES, XE_XMA_SUBFRAMES, false},   {INIT_RATE, XE_XMA_RATE, false},
    {INIT_LOOP_START, XE_XMA_LOOP_START, false}, {INIT_LOOP_END, XE_XMA_LOOP_END, false},
};

static void initialize_context(struct xe_call *call)
{
    const uint8_t *init = xe_arg_view(call, 1, 4 * INIT_WORDS);
    uint32_t context = context_of(call), last;
    struct xe_xma *xma;

    if (context == XE_XMA_CONTEXTS)
        return;
    xma = &device(call)->xma;
    if (!init) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    for (uint32_t field = 0; field < XE_XMA_FIELDS; field++)
        xe_xma_set(xma, context, field, 0);
    xe_xma_clear(xma, context);
    for (size_t i = 0; i < sizeof(init_rows) / sizeof(init_rows[0]); i++) {
        uint32_t value = xe_load_be32(init + 4 * init_rows[i].word);

        xe_xma_set(xma, context, init_rows[i].field,
                   init_rows[i].address ? xe_mem_to_physical(value) : value);
    }
    last = xe_load_be32(init + 4 * INIT_LOOP_BYTES);
    xe_xma_set(xma, context, XE_XMA_STEREO, xe_load_be32(init + 4 * INIT_CHANNELS) >= 1);
    xe_xma_set(xma, context, XE_XMA_LOOP_COUNT, last >> 24);
    xe_xma_set(xma, context, XE_XMA_LOOP_SUBFRAME_END, last >> 16);
    xe_xma_set(xma, context, XE_XMA_LOOP_SUBFRAME_SKIP, last >> 8);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* Start, end, and three bytes: count, subframe's end and skip. */
static void set_loop_data(struct xe_call *call)
{
    const uint8_t *data = xe_arg_view(call, 1, 12);
    uint32_t context = context_of(call);
    struct xe_xma *xma;

    if (context == XE_XMA_CONTEXTS)
        return;
    xma = &device(call)->xma;
    if (!data) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    xe_xma_set(xma, context, XE_XMA_LOOP_START, xe_load_be32(data));
    xe_xma_set(xma, context, XE_XMA_LOOP_END, xe_load_be32(data + 4));
    xe_xma_set(xma, context, XE_XMA_LOOP_COUNT, data[8]);
    xe_xma_set(xma, context, XE_XMA_LOOP_SUBFRAME_END, data[9]);
    xe_xma_set(xma, context, XE_XMA_LOOP_SUBFRAME_SKIP, data[10]);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* Calls that ask for one field, or set it. */
static void get(struct xe_call *call, enum xe_xma_field field)
{
    uint32_t context = context_of(call);

    if (context < XE_XMA_CONTEXTS)
        xe_ret_u32(call, xe_xma_get(&device(call)->xma, context, field));
}

static void set(struct xe_call *call, enum xe_xma_field field, uint32_t value)
{
    uint32_t context = context_of(call);

    if (context == XE_XMA_CONTEXTS)
        return;
    xe_xma_set(&device(call)->xma, context, field, value);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

#define GET(name, field)                                                                           \
    static void name(struct xe_call *call)                                                         \
    {                                                                                              \
        get(call, XE_XMA_##field);                                                                 \
    }
#define SET(name, field, value)                                                                    \
    static void name(struct xe_call *call)                                                         \
    {                                                                                              \
        set(call, XE_XMA_##field, value);                                                          \
    }
GET(get_output_write, OUTPUT_WRITE)
GET(get_output_read, OUTPUT_READ)
GET(is_output_valid, OUTPUT_VALID)
GET(is_input_0_valid, INPUT_0_VALID)
GET(is_input_1_valid, INPUT_1_VALID)
GET(get_input_read, INPUT_READ)
GET(get_metadata, METADATA)
SET(set_output_read, OUTPUT_READ, xe_arg_u32(call, 1))
SET(set_output_valid, OUTPUT_VALID, 1)
SET(set_input_0_valid, INPUT_0_VALID, 1)
SET(set_input_1_valid, INPUT_1_VALID, 1)
SET(set_input_read, INPUT_READ, xe_arg_u32(call, 1))
#undef GET
#undef SET

static void set_input(struct xe_call *call, enum xe_xma_field address, enum xe_xma_field packets)
{
    uint32_t context = context_of(call);
    struct xe_xma *xma;

    if (context == XE_XMA_CONTEXTS)
        return;
    xma = &device(call)->xma;
    xe_xma_set(xma, context, address, xe_mem_to_physical(xe_arg_gva(call, 1)));
    xe_xma_set(xma, context, packets, xe_arg_u32(call, 2));
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static void set_input_0(struct xe_call *call)
{
    set_input(call, XE_XMA_INPUT_0, XE_XMA_INPUT_0_PACKETS);
}

static void set_input_1(struct xe_call *call)
{
    set_input(call, XE_XMA_INPUT_1, XE_XMA_INPUT_1_PACKETS);
}

static void enable_context(struct xe_call *call)
{
    uint32_t context = context_of(call);

    if (context == XE_XMA_CONTEXTS)
        return;
    kick(device(call), context);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* It is idle: what it was kicked for was done then. */
static void wait_for_context(struct xe_call *call)
{
    if (context_of(call) < XE_XMA_CONTEXTS)
        xe_ret_status(call, XE_STATUS_SUCCESS);
}

const struct xe_hle xe_hle_xma[] = {
    XE_HLE(XBOXKRNL, XMACreateContext, create_context, "context:ptr -> status"),
    XE_HLE(XBOXKRNL, XMAReleaseContext, release_context, "context:ptr -> status"),
    XE_HLE(XBOXKRNL, XMAInitializeContext, initialize_context, "context:ptr init:ptr -> status"),
    XE_HLE(XBOXKRNL, XMASetLoopData, set_loop_data, "context:ptr data:ptr -> status"),
    XE_HLE(XBOXKRNL, XMAGetOutputBufferWriteOffset, get_output_write, "context:ptr -> u32"),
    XE_HLE(XBOXKRNL, XMASetOutputBufferReadOffset, set_output_read,
           "context:ptr offset:u32 -> status"),
    XE_HLE(XBOXKRNL, XMAGetOutputBufferReadOffset, get_output_read, "context:ptr -> u32"),
    XE_HLE(XBOXKRNL, XMASetOutputBufferValid, set_output_valid, "context:ptr -> status"),
    XE_HLE(XBOXKRNL, XMAIsOutputBufferValid, is_output_valid, "context:ptr -> u32"),
    XE_HLE(XBOXKRNL, XMASetInputBuffer0Valid, set_input_0_valid, "context:ptr -> status"),
    XE_HLE(XBOXKRNL, XMAIsInputBuffer0Valid, is_input_0_valid, "context:ptr -> u32"),
    XE_HLE(XBOXKRNL, XMASetInputBuffer1Valid, set_input_1_valid, "context:ptr -> status"),
    XE_HLE(XBOXKRNL, XMAIsInputBuffer1Valid, is_input_1_valid, "context:ptr -> u32"),
    XE_HLE(XBOXKRNL, XMASetInputBuffer0, set_input_0,
           "context:ptr buffer:ptr packets:u32 -> status"),
    XE_HLE(XBOXKRNL, XMASetInputBuffer1, set_input_1,
           "context:ptr buffer:ptr packets:u32 -> status"),
    XE_HLE(XBOXKRNL, XMAGetPacketMetadata, get_metadata, "context:ptr -> u32"),
    XE_HLE(XBOXKRNL, XMAEnableContext, enable_context, "context:ptr -> status"),
    XE_HLE(XBOXKRNL, XMADisableContext, wait_for_context, "context:ptr wait:u32 -> status"),
    XE_HLE(XBOXKRNL, XMABlockWhileInUse, wait_for_context, "context:ptr -> status"),
    XE_HLE(XBOXKRNL, XMASetInputBufferReadOffset, set_input_read,
           "context:ptr offset:u32 -> status"),
    XE_HLE(XBOXKRNL, XMAGetInputBufferReadOffset, get_input_read, "context:ptr -> u32"),
    XE_HLE_END,
};
