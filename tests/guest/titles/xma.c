/* Compressed sound, without a library: two streams of XMA that a title makes itself, a loop in mono
 * and one in stereo whose buffers take turns, played by a render client for a second.
 *
 * Whether anybody decodes them is no business of the title's: it gets samples of the same number.
 */
#define TITLE "xma"
#include "check.h"
#include "xma.h"

u32 XAudioRegisterRenderDriverClient(void *client, u32 *handle);
u32 XAudioUnregisterRenderDriverClient(u32 handle);
u32 XAudioSubmitRenderDriverFrame(u32 handle, const void *samples);
u32 XMACreateContext(void **context);
u32 XMAReleaseContext(void *context);
u32 XMAInitializeContext(void *context, const u32 *init);
u32 XMAEnableContext(void *context);
u32 XMASetOutputBufferValid(void *context);
u32 XMASetOutputBufferReadOffset(void *context, u32 offset);
u32 XMAGetOutputBufferReadOffset(void *context);
u32 XMAGetOutputBufferWriteOffset(void *context);
u32 XMASetInputBuffer0Valid(void *context);
u32 XMAIsInputBuffer0Valid(void *context);
u32 XMASetInputBuffer1Valid(void *context);
u32 XMAIsInputBuffer1Valid(void *context);

#define CHANNELS 6u
#define SAMPLES  256u /* of a channel, in a period */
#define BLOCKS   28u  /* of a ring; 256 bytes each */
#define FRAMES   24u  /* of a buffer               */
#define LOOP     16u  /* of them, again and again  */
#define PERIODS  188u

struct stream {
    void *context;
    u8 *input[2], *ring;
    u32 channels, loop_end, refills, late;
};

static struct stream mono = {.channels = 1}, stereo = {.channels = 2};
static volatile u32 handle, periods;
static float frame[CHANNELS][SAMPLES];

static u8 *memory(u32 size)
{
    u8 *at = MmAllocatePhysicalMemoryEx(0, size, PAGE_READWRITE, 0, 0xFFFFFFFF, 0x1000);

    CHECK(at != NULL);
    return at;
}

/* Where the frame behind the loop's last begins. */
static u32 fill(u8 *input, u32 channels)
{
    static struct xma_made made;
    const struct xma_format format = {48000, channels};
    const struct xma_tone tone[2] = {{channels == 1 ? 40 : 20, 200, 0}, {80, 200, 0}};
    struct xma_packets packets;
    u32 end = 0;

    xma_pack_begin(&packets, input, 1, 1);
    for (u32 i = 0; i < FRAMES; i++) {
        u32 begin;

        xma_make(&made, &format, tone, 0, 0);
        begin = xma_pack(&packets, &made, i + 1 < FRAMES);
        end = i == LOOP ? begin : end;
    }
    return end;
}

static void open(struct stream *s, u32 loops)
{
    u32 init[14] = {0};

    for (u32 i = 0; i < 2; i++) {
        s->input[i] = memory(XMA_PACKET);
        s->loop_end = fill(s->input[i], s->channels);
    }
    s->ring = memory(0x2000);
    init[0] = (u32)s->input[0];
    init[1] = 1;
    init[2] = (u32)s->input[1];
    init[3] = 1;
    init[4] = XMA_HEAD_BITS;
    init[5] = (u32)s->ring;
    init[6] = BLOCKS;
    init[8] = 2 * s->channels;
    init[9] = s->channels - 1;
    init[10] = 3; /* 48000 */
    init[11] = XMA_HEAD_BITS;
    init[12] = s->loop_end;
    init[13] = loops << 24;
    CHECK(XMACreateContext(&s->context) == 0);
    CHECK(XMAInitializeContext(s->context, init) == 0);
    XMASetInputBuffer0Valid(s->context);
    XMASetInputBuffer1Valid(s->context);
    XMASetOutputBufferValid(s->context);
    XMAEnableContext(s->context);
}

/* Add a period's samples to the two front channels; what is read is given back. */
static void mix(struct stream *s)
{
    u32 read = XMAGetOutputBufferReadOffset(s->context);
    u32 write = XMAGetOutputBufferWriteOffset(s->context), step = 2 * s->channels;
    u32 there = (write + BLOCKS - read) % BLOCKS;
    const s16 *samples = (const s16 *)(s->ring + read * 256);

    s->late += there && there < step;
    for (u32 i = 0; i < SAMPLES; i++) {
        frame[0][i] += samples[i * s->channels] * (1.0f / 32768);
        frame[1][i] += samples[i * s->channels + s->channels - 1] * (1.0f / 32768);
    }
    XMASetOutputBufferReadOffset(s->context, (read + step) % BLOCKS);
    if (!XMAIsInputBuffer0Valid(s->context)) {
        XMASetInputBuffer0Valid(s->context);
        s->refills++;
    }
    if (!XMAIsInputBuffer1Valid(s->context)) {
        XMASetInputBuffer1Valid(s->context);
        s->refills++;
    }
    XMASetOutputBufferValid(s->context);
    XMAEnableContext(s->context);
}

static void callback(void **cell)
{
    (void)cell;
    if (periods == PERIODS)
        return;
    for (u32 i = 0; i < SAMPLES; i++)
        frame[0][i] = frame[1][i] = 0;
    mix(&mono);
    mix(&stereo);
    XAudioSubmitRenderDriverFrame(handle, frame);
    periods++;
}

static void *client[2] = {callback, &frame};

int main(void)
{
    open(&mono, 255);
    open(&stereo, 0);
    CHECK(XAudioRegisterRenderDriverClient(client, (u32 *)&handle) == 0);
    while (periods < PERIODS)
        sleep_ms(20);
    CHECK(XAudioUnregisterRenderDriverClient(handle) == 0);
    CHECK(mono.late == 0 && stereo.late == 0);
    CHECK(mono.refills == 0);
    CHECK(stereo.refills - PERIODS * SAMPLES / 512 / FRAMES <=
          2); /* what is in the ring is ahead */
    CHECK(XMAReleaseContext(mono.context) == 0);
    CHECK(XMAReleaseContext(stereo.context) == 0);
    return verdict();
}
