/* XAudio's render driver, and what else a title asks about sound. Source: signatures as xenia has
 * them, what XAudio2's client does with them. */
#include "kernel/core/audio.h"
#include "kernel/hle/hle_internal.h"

#define E_INVALIDARG 0x80070057u
/* Six channels, and the stride of a channel is that of 256 floats. */
#define SPEAKERS 0x00010001u
#define FULL     0x3F800000u /* 1.0f */

/* Frames are copied at once: clients use one buffer for all. */
static void submit_frame(struct xe_call *call)
{
    const uint8_t *frame = xe_arg_view(call, 1, XE_AUDIO_FRAME_BYTES);

    xe_kernel_work(call->kernel, XE_AUDIO_FRAME_BYTES);
    if (!frame || !xe_kernel_audio_submit(call->kernel, xe_arg_u32(call, 0), frame))
        xe_ret_u32(call, E_INVALIDARG);
    else
        xe_ret_u32(call, 0);
}

static void register_client(struct xe_call *call)
{
    xe_gva client = xe_arg_gva(call, 0), out = xe_arg_gva(call, 1);
    xe_gva callback = client ? xe_mem_u32(call->mem, client) : 0;
    uint32_t handle, status;

    if (!callback || !out || !xe_arg_view_rw(call, 1, 4)) {
        xe_ret_u32(call, E_INVALIDARG);
        return;
    }
    if (!xe_kernel_audio_register(call->kernel, callback, xe_mem_u32(call->mem, client + 4),
                                  &handle, &status)) {
        xe_ret_u32(call, status);
        return;
    }
    xe_mem_set_u32(call->mem, out, handle);
    xe_ret_u32(call, 0);
}

static void unregister_client(struct xe_call *call)
{
    bool known = xe_kernel_audio_unregister(call->kernel, xe_arg_u32(call, 0));

    xe_ret_u32(call, known ? 0 : E_INVALIDARG);
}

/* Stores a value through argument n. */
static void answer(struct xe_call *call, unsigned n, uint32_t value)
{
    if (xe_arg_gva(call, n))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, n), value);
    xe_ret_u32(call, 0);
}

static void get_speaker_config(struct xe_call *call)
{
    answer(call, 0, SPEAKERS);
}

/* No category was ever changed: all are at full volume. */
static void get_volume_change_mask(struct xe_call *call)
{
    answer(call, 1, 0);
}

static void get_volume(struct xe_call *call)
{
    answer(call, 1, FULL);
}

/* What it sets nobody reads back: the mix leaves as it was submitted. */
static void set_nothing(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

const struct xe_hle xe_hle_audio[] = {
    XE_HLE(XBOXKRNL, XAudioRegisterRenderDriverClient, register_client,
           "client:ptr handle:ptr -> u32"),
    XE_HLE(XBOXKRNL, XAudioUnregisterRenderDriverClient, unregister_client, "handle:u32 -> u32"),
    XE_HLE(XBOXKRNL, XAudioSubmitRenderDriverFrame, submit_frame, "handle:u32 samples:ptr -> u32"),
    XE_HLE(XBOXKRNL, XAudioGetVoiceCategoryVolumeChangeMask, get_volume_change_mask,
           "handle:u32 mask:ptr -> u32"),
    XE_HLE(XBOXKRNL, XAudioGetVoiceCategoryVolume, get_volume, "category:u32 volume:ptr -> u32"),
    XE_HLE(XBOXKRNL, XAudioGetSpeakerConfig, get_speaker_config, "config:ptr -> u32"),
    XE_HLE(XBOXKRNL, XAudioEnableDucker, set_nothing, "enable:u32 -> u32"),
    XE_HLE_END,
};
