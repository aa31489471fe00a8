/* Rows about sound: the clients of the render driver, what they played, the samples themselves. */
#include <stdio.h>

#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define CLIENT struct xe_rpc_audio_client_view
#define STATUS struct xe_rpc_audio_view
#define XMA    struct xe_rpc_xma_view
#define SECOND struct xe_rpc_audio_second_view
#define LIST   struct xe_rpc_list_view
#define KEEP   struct xe_rpc_audio_keep_view
#define FRAMES struct xe_rpc_audio_frames_view

#define PARAM_CLIENT                                                                               \
    {                                                                                              \
        "client", &xe_rpc_int, OPTIONAL, 0, XE_AUDIO_CLIENTS - 1, "its place; default 0", 0        \
    }

/* ---- audio.status ---------------------------------------------------------------------------- */

static const char *const standing_words[] = {"waits", "in_callback", "closing", "ended", NULL};
static const struct xe_rpc_type standing = {.kind = XE_RPC_KIND_ENUM, .values = standing_words};

static const struct xe_rpc_type client_type = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("client", CLIENT, index, NULL, "its place among them"),
        M_HEX("handle", CLIENT, info.handle, "as the title knows it"),
        M_VALUE("standing", CLIENT, standing, &standing,
                "its thread waits for a period, is in the title's callback (or waits there), is to "
                "end when it is out of it, or has ended"),
        M_HEX("callback", CLIENT, info.callback, "the title's routine",
              WHEN_NOT(CLIENT, standing, XE_RPC_AUDIO_ENDED)),
        M_HEX("argument", CLIENT, info.argument, "that it was registered with",
              WHEN_NOT(CLIENT, standing, XE_RPC_AUDIO_ENDED)),
        M_INT("tid", CLIENT, info.tid, NULL, "of the thread that calls it",
              WHEN_NOT(CLIENT, standing, XE_RPC_AUDIO_ENDED)),
        M_INT("periods", CLIENT, info.periods, NULL, "of 256 samples that have gone by"),
        M_INT("frames", CLIENT, info.frames, NULL, "that were submitted"),
        M_INT("silences", CLIENT, info.silences, NULL, "periods that had no frame"),
        M_INT("dropped", CLIENT, info.dropped, NULL, "frames submitted too far ahead"),
        M_INT("audible", CLIENT, info.audible, NULL, "frames with a sample that isn't 0"),
        M_INT("odd_samples", CLIENT, info.odd_samples, NULL, "not a number, or beyond -1 to 1"),
        M_INT("seconds", CLIENT, info.seconds, NULL, "of sound that are whole"),
        M_INT("kept_from", CLIENT, info.kept_from, NULL, "number of the first frame that is kept"),
        M_INT("kept", CLIENT, info.kept, NULL, "frames that are kept for audio.read"),
        M_END,
    }};
static const struct xe_rpc_field client_item = {"client", &client_type, REQUIRED, 0,
                                                0,        "a client",   0};
static const struct xe_rpc_type client_list = {.kind = XE_RPC_KIND_ARRAY, .items = &client_item};

static const char *const decoder_words[] = {"unused", "runs", "absent", "failed", NULL};
static const struct xe_rpc_type decoder_standing = {.kind = XE_RPC_KIND_ENUM,
                                                    .values = decoder_words};

static const struct xe_rpc_type xma_type = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("decoder", XMA, standing, &decoder_standing,
                "xe360-xma was not needed yet, or runs; what there is to decode is silent if it is "
                "absent, or has failed"),
        M_STRING("version", XMA, decoder.version, "of the decoder",
                 WHEN_NOT(XMA, decoder.version, 0)),
        M_STRING("why", XMA, decoder.why, "it is absent, and what to install; it has failed",
                 WHEN_NOT(XMA, decoder.why, 0)),
        M_INT("contexts", XMA, info.contexts, NULL, "that the title has"),
        M_INT("kicks", XMA, info.kicks, NULL, "of contexts"),
        M_INT("frames", XMA, info.frames, NULL, "that were read of their streams"),
        M_INT("broken", XMA, info.broken, NULL, "of them, which are damaged, and silent"),
        M_INT("absent", XMA, info.absent, NULL, "silent since no decoder was there"),
        M_INT("failed", XMA, info.failed, NULL, "silent since the decoder had failed"),
        M_STRING("by", XMA, info.by, "the version that decoded the first of them",
                 WHEN_NOT(XMA, info.by, 0)),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_audio_status = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(STATUS, base.),
        M_ARRAY("clients", STATUS, client, clients, &client_list,
                "of the render driver, ended ones too"),
        M_STRUCT("xma", STATUS, xma, &xma_type, "compressed sound, and who decodes it"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_audio_status = {
    .name = "audio.status",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Who plays sound, how much of it was heard, late, or missing, and who decodes XMA.",
    .result = &xe_rpc_audio_status,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

/* ---- audio.hash ------------------------------------------------------------------------------ */

const struct xe_rpc_type xe_rpc_audio_second = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("second", SECOND, second, NULL, "from the client's start"),
        M_STRING("sha256", SECOND, sha256, "of its frames and their numbers"),
        M_END,
    }};
static const struct xe_rpc_field second_item = {"second", &xe_rpc_audio_second, REQUIRED, 0,
                                                0,        "a second of sound",  0};
static const struct xe_rpc_type second_list = {.kind = XE_RPC_KIND_ARRAY, .items = &second_item};

const struct xe_rpc_type xe_rpc_audio_hash_page = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("items", LIST, items, &second_list, "the newest 256 seconds, oldest first"),
        M_NEXT_CURSOR(LIST, next_cursor),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_audio_hash = {
    .name = "audio.hash",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "A hash for each second of a client's sound, the same on every machine.",
    .result = &xe_rpc_audio_hash_page,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE, PARAM_CLIENT, PARAM_LIMIT, PARAM_CURSOR},
};

/* ---- audio.capture, audio.read --------------------------------------------------------------- */

const struct xe_rpc_type xe_rpc_audio_kept = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(KEEP, base.),
        M_INT("seconds", KEEP, seconds, "seconds", "that are kept of each client"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_audio_capture = {
    .name = "audio.capture",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc =
        "Keep the newest sound of every client from now on, for audio.read; what was kept before "
        "is let go. Changes nothing that the title sees.",
    .result = &xe_rpc_audio_kept,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_QUOTA_EXCEEDED, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"seconds", &xe_rpc_int, REQUIRED, 0, XE_AUDIO_KEEP_MAX,
             "1.2 MB each of each client; 0 stops", 0},
        },
};

const struct xe_rpc_type xe_rpc_audio_frames = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(FRAMES, base.),
        M_INT("from", FRAMES, from, NULL, "number of the first frame"),
        M_INT("count", FRAMES, count, "frames", "that follow one another"),
        M_INT("rate", FRAMES, rate, "Hz", "samples of a channel"),
        M_INT("channels", FRAMES, channels, NULL, "FL, FR, FC, LFE, BL, BR"),
        M_STRING("frames", FRAMES, frames,
                 "base64: for each frame, for each channel, 256 big-endian floats"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_audio_read = {
    .name = "audio.read",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc =
        "Frames of sound that are kept (audio.capture), silence as zeros; none where from is not "
        "kept.",
    .result = &xe_rpc_audio_frames,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            PARAM_CLIENT,
            {"from", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX,
             "number of a frame; default the first that is kept", 0},
            {"count", &xe_rpc_int, OPTIONAL, 1, XE_RPC_AUDIO_FRAMES_MAX, "at most; default all", 0},
        },
};
