/* The render driver; see audio.h. */
#include "kernel/core/audio.h"

#include <string.h>

#include "base/alloc.h"
#include "kernel/core/device.h"
#include "kernel/core/promise.h"
#include "kernel/core/state.h"

/* Three periods are 16 ms. */
#define PERIODS      3u
#define PERIODS_TIME 160000u /* 100 ns */

#define HW_THREAD 4u
#define PRIORITY  18

static struct xe__audio_client *client_of(const struct xe_kernel *kernel, uint32_t handle)
{
    uint32_t index = handle - XE_AUDIO_HANDLE;
    struct xe__audio_client *client;

    if (index >= XE_AUDIO_CLIENTS)
        return NULL;
    client = &kernel->audio->client[index];
    return client->event && !client->closing ? client : NULL;
}

static struct xe__audio_client *client_of_thread(const struct xe_thread *thread)
{
    struct xe__audio *audio = thread->kernel->audio;

    for (uint32_t i = 0; i < XE_AUDIO_CLIENTS; i++)
        if (audio->client[i].event && audio->client[i].thread == thread)
            return &audio->client[i];
    return NULL;
}

/* ---- time ----------------------------------------------------------------------------------- */

/* Interrupt time at which the client's next period begins. The fraction stays, so that sound does
 * not drift against pictures. */
static uint64_t next_due(const struct xe__audio_client *client)
{
    return client->since + (client->ordered + 1) * PERIODS_TIME / PERIODS;
}

static void arm(struct xe_kernel *kernel)
{
    uint64_t due = UINT64_MAX;

    for (uint32_t i = 0; i < XE_AUDIO_CLIENTS; i++) {
        const struct xe__audio_client *client = &kernel->audio->client[i];

        if (client->event && !client->closing && next_due(client) < due)
            due = next_due(client);
    }
    xe_kernel_device_tick_at(kernel, XE_DEVICE_AUDIO, due);
}

static uint64_t token(const struct xe__audio_client *client)
{
    return xe_mem_canonical(client->cell);
}

static void begin_period(struct xe_kernel *kernel, struct xe__audio_client *client)
{
    struct xe_kernel_scope outer = xe_kernel_internal_begin(kernel, "audio", NULL);

    if (client->ordered++)
        xe_apu_sink_period(&client->sink);
    xe_kernel_event_set(client->event, 0);
    xe_kernel_promise_keep_on(kernel, XE_PROMISE_AUDIO, token(client), next_due(client));
    xe_kernel_internal_end(kernel, outer);
}

static void tick(void *self, uint64_t now)
{
    struct xe__audio *audio = self;

    for (uint32_t i = 0; i < XE_AUDIO_CLIENTS; i++) {
        struct xe__audio_client *client = &audio->client[i];

        while (client->event && !client->closing && next_due(client) <= now)
            begin_period(audio->kernel, client);
    }
    arm(audio->kernel);
}

/* A period does something for a thread that waits for it; for one that hangs in the title's code it
 * does not. */
static bool hopeful(const void *self)
{
    const struct xe__audio *audio = self;

    for (uint32_t i = 0; i < XE_AUDIO_CLIENTS; i++)
        if (audio->client[i].event && !audio->client[i].closing && !audio->client[i].in_callback)
            return true;
    return false;
}

/* ---- a client's thread ---------------------------------------------------------------------- */

/* What was played stays to be asked for; the next client in this place goes on behind it. */
static void let_go(struct xe_kernel *kernel, struct xe__audio_client *client)
{
    if (client->event)
        xe_kernel_object_unref(client->event);
    if (client->cell)
        xe_kernel_pool_free(kernel, client->cell);
    *client = (struct xe__audio_client){.sink = client->sink};
}

void xe__kernel_audio_wait(struct xe_thread *thread)
{
    struct xe__audio_client *client = client_of_thread(thread);
    struct xe_wait_request request = {
        .count = 1, .timeout = XE_WAIT_FOREVER, .end = XE_WAIT_END_NOTHING};

    if (!client || client->closing) {
        xe_kernel_thread_end(thread, 0);
        return;
    }
    client->in_callback = false;
    thread->cpu.lr = XE__TRAMPOLINE_AUDIO_CALL;
    request.object[0] = client->event;
    xe_kernel_wait(thread, &request);
}

void xe__kernel_audio_call(struct xe_thread *thread)
{
    struct xe__audio_client *client = client_of_thread(thread);

    if (!client || client->closing) {
        xe_kernel_thread_end(thread, 0);
        return;
    }
    client->in_callback = true;
    thread->cpu.lr = XE__TRAMPOLINE_AUDIO_WAIT;
    thread->cpu.gpr[3] = client->cell;
    thread->cpu.pc = client->callback;
}

void xe__kernel_audio_thread_gone(struct xe_thread *thread)
{
    struct xe__audio_client *client = client_of_thread(thread);

    if (!client)
        return;
    if (!client->closing)
        xe_kernel_promise_break(thread->kernel, XE_PROMISE_AUDIO, token(client));
    let_go(thread->kernel, client);
    arm(thread->kernel);
}

/* ---- clients -------------------------------------------------------------------------------- */

static struct xe_thread *make_thread(struct xe_kernel *kernel, uint32_t *ret_status)
{
    struct xe_thread_request request = {.start = XE__TRAMPOLINE_AUDIO_WAIT,
                                        .flags = XE_THREAD_CREATE_SYSTEM,
                                        .process = XE_PROCESS_SYSTEM,
                                        .hw = HW_THREAD,
                                        .priority = PRIORITY,
                                        .helper = true};
    struct xe_thread *thread = xe_kernel_thread_create(kernel, &request, ret_status);

    if (!thread)
        return NULL;
    xe_kernel_thread_set_name(thread, "XAudio");
    xe_kernel_object_unref(thread->object); /* it holds itself while it runs */
    return thread;
}

/* As much as was asked for, from now on. */
static bool keep(struct xe_kernel *kernel, struct xe__audio_client *client)
{
    uint32_t frames = xe_apu_frames(kernel->audio->keep_seconds);

    return client->sink.kept_capacity == frames || xe_apu_sink_keep(&client->sink, frames);
}

static bool make(struct xe_kernel *kernel, struct xe__audio_client *client, uint32_t argument,
                 uint32_t *ret_status)
{
    client->cell = xe_kernel_pool_alloc(kernel, 4);
    client->event = xe_kernel_event_create(kernel, false, false);
    *ret_status = XE_STATUS_NO_MEMORY;
    if (!client->cell || !client->event || !keep(kernel, client))
        return false;
    xe_mem_set_u32(kernel->mem, client->cell, argument);
    client->thread = make_thread(kernel, ret_status);
    return client->thread;
}

bool xe_kernel_audio_register(struct xe_kernel *kernel, xe_gva callback, uint32_t argument,
                              uint32_t *ret_handle, uint32_t *ret_status)
{
    struct xe__audio_client *client = kernel->audio->client;
    uint32_t index = 0;

    while (index < XE_AUDIO_CLIENTS && client[index].event)
        index++;
    *ret_status = XE_STATUS_NO_MEMORY;
    if (index == XE_AUDIO_CLIENTS)
        return false;
    client += index;
    client->callback = callback;
    client->since = xe_kernel_interrupt_time(kernel);
    if (!make(kernel, client, argument, ret_status)) {
        let_go(kernel, client);
        return false;
    }
    *ret_handle = XE_AUDIO_HANDLE + index;
    xe_kernel_promise_make(kernel, &(struct xe_promise){.kind = XE_PROMISE_AUDIO,
                                                        .token = token(client),
                                                        .object = client->event,
                                                        .key = callback,
                                                        .due = XE_PROMISE_AT,
                                                        .due_time = next_due(client)});
    arm(kernel);
    return true;
}

bool xe_kernel_audio_unregister(struct xe_kernel *kernel, uint32_t handle)
{
    struct xe__audio_client *client = client_of(kernel, handle);

    if (!client)
        return false;
    client->closing = true;
    xe_kernel_promise_cancel(kernel, XE_PROMISE_AUDIO, token(client));
    xe_kernel_event_set(client->event, 0);
    arm(kernel);
    return true;
}

bool xe_kernel_audio_submit(struct xe_kernel *kernel, uint32_t handle, const uint8_t *frame)
{
    struct xe__audio_client *client = client_of(kernel, handle);

    if (client)
        xe_apu_sink_take(&client->sink, frame);
    return client;
}

/* ---- reports -------------------------------------------------------------------------------- */

/* NULL: nobody was ever there. */
static const struct xe__audio_client *at(const struct xe_kernel *kernel, uint32_t index)
{
    const struct xe__audio_client *client = &kernel->audio->client[index % XE_AUDIO_CLIENTS];

    return index < XE_AUDIO_CLIENTS && (client->event || xe_apu_sink_used(&client->sink)) ? client
                                                                                          : NULL;
}

bool xe_kernel_audio_client(const struct xe_kernel *kernel, uint32_t index,
                            struct xe_audio_client *ret)
{
    const struct xe__audio_client *client = at(kernel, index);

    if (!client)
        return false;
    *ret = (struct xe_audio_client){
        .handle = XE_AUDIO_HANDLE + index,
        .callback = client->callback,
        .argument = client->cell ? xe_mem_u32(kernel->mem, client->cell) : 0,
        .ended = !client->event,
        .tid = client->thread ? client->thread->tid : 0,
        .in_callback = client->in_callback,
        .closing = client->closing,
        .since_time = client->since,
        .periods = client->sink.periods,
        .frames = client->sink.frames,
        .silences = client->sink.silences,
        .dropped = client->sink.dropped,
        .audible = client->sink.audible,
        .odd_samples = client->sink.odd_samples,
        .seconds = xe_apu_sink_seconds(&client->sink),
        .kept_from = client->sink.kept_next - client->sink.kept_count,
        .kept = client->sink.kept_count,
    };
    return true;
}

bool xe_kernel_audio_hash(const struct xe_kernel *kernel, uint32_t index, uint64_t second,
                          uint8_t ret[XE_AUDIO_HASH_BYTES])
{
    const struct xe__audio_client *client = at(kernel, index);
    const uint8_t *hash = client ? xe_apu_sink_hash(&client->sink, second) : NULL;

    if (hash)
        memcpy(ret, hash, XE_AUDIO_HASH_BYTES);
    return hash;
}

bool xe_kernel_audio_keep(struct xe_kernel *kernel, uint32_t seconds)
{
    bool ok = true;

    kernel->audio->keep_seconds = seconds;
    for (uint32_t i = 0; i < XE_AUDIO_CLIENTS; i++)
        if (at(kernel, i))
            ok = keep(kernel, &kernel->audio->client[i]) && ok;
    return ok;
}

const uint8_t *xe_kernel_audio_frame(const struct xe_kernel *kernel, uint32_t index, uint64_t frame)
{
    const struct xe__audio_client *client = at(kernel, index);

    return client ? xe_apu_sink_kept(&client->sink, frame) : NULL;
}

/* ---- state ---------------------------------------------------------------------------------- */

void xe__kernel_audio_client_state(struct xe_codec *c, struct xe__audio_client *client)
{
    xe__kernel_state_object(c, "event", &client->event);
    xe__kernel_state_thread(c, "thread", &client->thread);
    XE_CODEC(c, client->callback);
    XE_CODEC(c, client->cell);
    XE_CODEC(c, client->since);
    XE_CODEC(c, client->ordered);
    XE_CODEC(c, client->in_callback);
    XE_CODEC(c, client->closing);
    xe_codec_want(c, client->ordered < UINT32_MAX && client->since < UINT64_MAX / 2,
                  "a client of another age");
    xe_codec_want(c, !client->event == !client->thread && !client->event == !client->cell,
                  "half a client");
    xe_codec_want(c, !client->event || client->event->type == &xe_object_event_type,
                  "a client's event is none");
    xe_codec_want(c, !client->thread || client->thread->helper, "a client's thread is another's");
}

void xe__kernel_audio_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE_AUDIO_CLIENTS; i++) {
        struct xe__audio_client *client = &kernel->audio->client[i];
        bool there = client->event, used = xe_apu_sink_used(&client->sink);

        xe_codec_item(c, "audio client", i);
        xe_codec_bool(c, "there", &there);
        xe_codec_bool(c, "used", &used);
        if (there && !c->stopped)
            xe__kernel_audio_client_state(c, client);
        if (used && !c->stopped)
            xe_apu_sink_state(c, &client->sink);
    }
    xe_codec_item(c, NULL, 0);
    if (xe_codec_loading(c) && !xe_kernel_audio_keep(kernel, kernel->audio->keep_seconds))
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for sound that is to be kept");
}

void xe__kernel_audio_forget(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE_AUDIO_CLIENTS; i++) {
        xe_apu_sink_fini(&kernel->audio->client[i].sink);
        kernel->audio->client[i] = (struct xe__audio_client){0};
    }
}

bool xe__kernel_audio_add(struct xe_kernel *kernel)
{
    /* The controller itself is not there: an access faults. Only its clock is. */
    static const struct xe_device_type type = {
        .id = XE_DEVICE_AUDIO, .tick = tick, .hopeful = hopeful};

    kernel->audio = xe_calloc(1, sizeof(*kernel->audio));
    if (!kernel->audio)
        return false;
    kernel->audio->kernel = kernel;
    return xe_kernel_device_add(kernel, &type, kernel->audio);
}

void xe__kernel_audio_destroy(struct xe_kernel *kernel)
{
    if (kernel->audio)
        xe__kernel_audio_forget(kernel);
    xe_free(kernel->audio);
}
