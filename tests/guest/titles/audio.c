/* Sound, without a library: a render client whose callback waits for its mixer, as XAudio2's does;
 * the rate of the callbacks, one that is late, one that submits nothing, the end of a client while
 * its callback waits. */
#define TITLE "audio"
#include "check.h"

struct client {
    void (*callback)(void **cell);
    void *argument;
};
u32 XAudioRegisterRenderDriverClient(struct client *client, u32 *handle);
u32 XAudioUnregisterRenderDriverClient(u32 handle);
u32 XAudioSubmitRenderDriverFrame(u32 handle, const void *samples);
u32 XAudioGetSpeakerConfig(u32 *config);
u32 XAudioGetVoiceCategoryVolume(u32 category, u32 *volume);
u32 XAudioGetVoiceCategoryVolumeChangeMask(u32 handle, u32 *mask);

#define CHANNELS 6u
#define SAMPLES  256u

static struct kevent wanted, ready, stop;
static volatile u32 handle, calls, inside, wrong, submit = 1, slow;
static u32 frame[CHANNELS * SAMPLES]; /* floats */
static s64 called[64];

/* Waits for the mixer, or for the end, and submits what was mixed. */
static void callback(void **cell)
{
    void *objects[2] = {&stop, &ready};

    if (inside++ || *cell != (void *)&frame)
        wrong++;
    if (calls < 64)
        KeQuerySystemTime(&called[calls]);
    calls++;
    KeSetEvent(&wanted, 0, 0);
    if (KeWaitForMultipleObjects(2, objects, 1, 3, 1, 0, NULL, NULL) == 1 && submit &&
        XAudioSubmitRenderDriverFrame(handle, frame) != 0)
        wrong++;
    inside--;
}

/* A saw on all channels, a step higher in each frame. */
static u32 mixer(void *frames)
{
    for (u32 i = 0; i < (u32)frames; i++) {
        KeWaitForSingleObject(&wanted, 3, 1, 0, NULL);
        if (slow && i == slow)
            sleep_ms(13);
        for (u32 k = 0; k < CHANNELS * SAMPLES; k++)
            frame[k] = 0x3C000000 + i * 0x8000 + k * 8;
        KeSetEvent(&ready, 0, 0);
    }
    return 0;
}

static struct client client = {callback, &frame};

static void begin(void)
{
    calls = 0;
    KeInitializeEvent(&wanted, EVENT_AUTO, 0);
    KeInitializeEvent(&ready, EVENT_AUTO, 0);
    KeInitializeEvent(&stop, EVENT_MANUAL, 0);
    handle = 0;
    CHECK(XAudioRegisterRenderDriverClient(&client, (u32 *)&handle) == 0);
    CHECK(handle == 0x41550000);
}

/* The callback stands in its wait when its client goes. */
static void end(void)
{
    KeSetEvent(&stop, 0, 0);
    CHECK(XAudioUnregisterRenderDriverClient(handle) == 0);
    CHECK(XAudioUnregisterRenderDriverClient(handle) == 0x80070057);
    sleep_ms(20);
    CHECK(inside == 0);
}

static void keeps_its_rate(void)
{
    s64 span;

    begin();
    CHECK(wait(start(mixer, (void *)40, 2)) == 0);
    span = called[30] - called[0];
    CHECK(span > 1590000 && span < 1610000); /* 30 periods are 160 ms */
    CHECK(wrong == 0);
    end();
}

/* Two periods pass while the mixer sleeps: the callback is not called meanwhile, and at once when
 * it has returned. */
static void is_called_again_when_it_was_late(void)
{
    s64 gap;

    slow = 10;
    begin();
    CHECK(wait(start(mixer, (void *)20, 2)) == 0);
    gap = called[11] - called[10];
    CHECK(gap > 125000 && gap < 145000);
    gap = called[12] - called[11];
    CHECK(gap < 40000);
    end();
    slow = 0;
}

static void may_submit_nothing(void)
{
    submit = 0;
    begin();
    CHECK(wait(start(mixer, (void *)10, 2)) == 0);
    CHECK(calls >= 10);
    end();
    submit = 1;
}

static void answers(void)
{
    struct client nothing = {0, 0};
    u32 value = 1;

    CHECK(XAudioGetSpeakerConfig(&value) == 0 && value == 0x00010001);
    CHECK(XAudioGetVoiceCategoryVolume(1, &value) == 0 && value == 0x3F800000);
    CHECK(XAudioGetVoiceCategoryVolumeChangeMask(handle, &value) == 0 && value == 0);
    CHECK(XAudioRegisterRenderDriverClient(&nothing, &value) == 0x80070057);
    CHECK(XAudioRegisterRenderDriverClient(&client, NULL) == 0x80070057);
    CHECK(XAudioSubmitRenderDriverFrame(0x41550007, frame) == 0x80070057);
    CHECK(XAudioSubmitRenderDriverFrame(5, frame) == 0x80070057);
}

int main(void)
{
    answers();
    keeps_its_rate();
    is_called_again_when_it_was_late();
    may_submit_nothing();
    return verdict();
}
