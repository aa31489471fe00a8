/* audio.status, audio.capture, audio.read; audio.hash is with the other lists in inspect.c. */
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/audio.h"

static uint32_t standing(const struct xe_audio_client *info)
{
    if (info->ended)
        return XE_RPC_AUDIO_ENDED;
    if (info->closing)
        return XE_RPC_AUDIO_CLOSING;
    return info->in_callback ? XE_RPC_AUDIO_IN_CALLBACK : XE_RPC_AUDIO_WAITS;
}

static struct xe_rpc_xma_view xma_view(const struct xe_session *session,
                                       struct xe_instance *instance)
{
    const struct xe_decoder *decoder = session->host.decoder;
    struct xe_rpc_xma_view view;

    xe_kernel_xma_info(xe_instance_kernel(instance), &view.info);
    decoder->info(decoder->ctx, &view.decoder);
    view.standing = view.decoder.standing;
    return view;
}

void xe__session_audio_status(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_audio_view view = {.clients = 0};

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.xma = xma_view(xe__session(call), instance);
    for (uint32_t i = 0; i < XE_AUDIO_CLIENTS; i++) {
        struct xe_rpc_audio_client_view *client = &view.client[view.clients];

        if (!xe_kernel_audio_client(xe_instance_kernel(instance), i, &client->info))
            continue;
        client->index = i;
        client->standing = standing(&client->info);
        view.clients++;
    }
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_audio_status, &view));
}

void xe__session_audio_capture(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_audio_keep_view view = {.seconds = (uint32_t)xe_rpc_arg_int(call, "seconds")};
    struct xe_error err = XE_ERROR_INIT;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    if (xe_kernel_audio_keep(xe_instance_kernel(instance), view.seconds)) {
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_audio_kept, &view));
        return;
    }
    xe_kernel_audio_keep(xe_instance_kernel(instance), 0);
    xe_error_set(&err, XE_ERR_QUOTA_EXCEEDED, "no memory for %u seconds of sound; none are kept",
                 view.seconds);
    xe_rpc_fail(call, &err);
}

/* Frames of the view as text (owned); "" where there are none. NULL: out of memory. */
static char *frames_text(const struct xe_kernel *kernel, uint32_t client,
                         const struct xe_rpc_audio_frames_view *view)
{
    uint8_t *bytes = malloc((size_t)view->count * XE_AUDIO_FRAME_BYTES + 1);
    char *text;

    if (!bytes)
        return NULL;
    for (uint32_t i = 0; i < view->count; i++)
        memcpy(bytes + (size_t)i * XE_AUDIO_FRAME_BYTES,
               xe_kernel_audio_frame(kernel, client, view->from + i), XE_AUDIO_FRAME_BYTES);
    text = xe__session_base64(bytes, (size_t)view->count * XE_AUDIO_FRAME_BYTES);
    free(bytes);
    return text;
}

/* How many of those asked for are kept, from the first on. */
static uint32_t count_kept(const struct xe_rpc_call *call, const struct xe_audio_client *info,
                           uint64_t from)
{
    uint64_t asked = xe_rpc_has(call, "count") ? (uint64_t)xe_rpc_arg_int(call, "count")
                                               : XE_RPC_AUDIO_FRAMES_MAX;
    uint64_t end = info->kept_from + info->kept;

    if (from < info->kept_from || from >= end)
        return 0;
    return (uint32_t)(end - from < asked ? end - from : asked);
}

void xe__session_audio_read(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    uint32_t client = (uint32_t)xe_rpc_arg_int(call, "client");
    struct xe_rpc_audio_frames_view view = {.rate = XE_AUDIO_RATE, .channels = XE_AUDIO_CHANNELS};
    struct xe_audio_client info = {.kept = 0};
    char *text;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    xe_kernel_audio_client(xe_instance_kernel(instance), client, &info);
    view.from = xe_rpc_has(call, "from") ? (uint64_t)xe_rpc_arg_int(call, "from") : info.kept_from;
    view.count = count_kept(call, &info, view.from);
    text = frames_text(xe_instance_kernel(instance), client, &view);
    view.frames = text ? text : "";
    if (!text)
        view.count = 0;
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_audio_frames, &view));
    free(text);
}
