/* Sound: who plays it, its hashes, and what was kept of it as a WAV file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "xe/audio.h"

/* ---- WAV ------------------------------------------------------------------------------------ */

/* WAVE_FORMAT_EXTENSIBLE, 32-bit floats, six channels of which mask 3F says which they are.
 * Source: Microsoft's documentation of that structure. */
#define HEAD_SIZE 68u
#define FMT_SIZE  40u
#define MASK      0x3Fu
static const uint8_t ieee_float[16] = {0x03, 0, 0, 0,    0, 0,    0x10, 0,
                                       0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71};

static void put(uint8_t *to, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static void head(uint8_t to[HEAD_SIZE], uint64_t bytes)
{
    const uint32_t block = XE_AUDIO_CHANNELS * 4;

    memcpy(to, "RIFF    WAVEfmt ", 16);
    put(to + 4, HEAD_SIZE - 8 + bytes, 4);
    put(to + 16, FMT_SIZE, 4);
    put(to + 20, 0xFFFE, 2);
    put(to + 22, XE_AUDIO_CHANNELS, 2);
    put(to + 24, XE_AUDIO_RATE, 4);
    put(to + 28, XE_AUDIO_RATE * block, 4);
    put(to + 32, block, 2);
    put(to + 34, 32, 2);
    put(to + 36, 22, 2);
    put(to + 38, 32, 2);
    put(to + 40, MASK, 4);
    memcpy(to + 44, ieee_float, 16);
    memcpy(to + 60, "data", 4);
    put(to + 64, bytes, 4);
}

/* A frame lies channel after channel, big-endian; a file has sample after sample, the other way
 * round. */
static void interleave(const uint8_t *frame, uint8_t *to)
{
    for (uint32_t i = 0; i < XE_AUDIO_SAMPLES; i++)
        for (uint32_t channel = 0; channel < XE_AUDIO_CHANNELS; channel++, to += 4)
            put(to, xe_load_be32(frame + 4 * (channel * XE_AUDIO_SAMPLES + i)), 4);
}

/* The frames of one answer; *ret_frames of them. false: told. */
static bool write_page(FILE *file, const json_t *page, uint64_t *ret_frames)
{
    uint64_t count = (uint64_t)ctl_int_of(page, "count");
    uint8_t *frames = calloc(count + 1, XE_AUDIO_FRAME_BYTES);
    uint8_t samples[XE_AUDIO_FRAME_BYTES];
    bool ok;

    *ret_frames = count;
    ok = frames && ctl_base64(ctl_text_of(page, "frames"), frames, count * XE_AUDIO_FRAME_BYTES);
    if (!ok)
        ctl_fail("the answer to audio.read is no sound");
    for (uint64_t i = 0; ok && i < count; i++) {
        interleave(frames + i * XE_AUDIO_FRAME_BYTES, samples);
        ok = fwrite(samples, sizeof(samples), 1, file) == 1;
    }
    free(frames);
    return ok;
}

/* All that is kept, from its first frame on. */
static bool write_frames(struct ctl *ctl, FILE *file, const char *instance, uint64_t *ret_frames)
{
    uint64_t next = 0, n = 0;
    bool ok = true, first = true;

    *ret_frames = 0;
    do {
        json_t *params = json_pack("{s:s}", "instance", instance), *page;

        if (!first)
            json_object_set_new(params, "from", json_integer((json_int_t)next));
        page = ctl_call(ctl, "audio.read", params);
        ok = page && write_page(file, page, &n);
        next = (uint64_t)ctl_int_of(page, "from") + n;
        *ret_frames += n;
        first = false;
        json_decref(page);
    } while (ok && n);
    return ok;
}

bool ctl_wav(struct ctl *ctl, const char *instance, const char *path)
{
    FILE *file = fopen(path, "we");
    uint8_t bytes[HEAD_SIZE] = {0};
    uint64_t frames = 0;
    bool ok = file && fwrite(bytes, sizeof(bytes), 1, file) == 1 &&
              write_frames(ctl, file, instance, &frames);

    head(bytes, frames * XE_AUDIO_FRAME_BYTES);
    if (ok)
        ok = fseek(file, 0, SEEK_SET) == 0 && fwrite(bytes, sizeof(bytes), 1, file) == 1;
    if (file && fclose(file) != 0)
        ok = false;
    if (!ok)
        ctl_fail("'%s' cannot be written: %s", path, strerror(errno));
    else
        ctl_say("%llu ms of sound are in '%s'",
                (unsigned long long)(frames * XE_AUDIO_SAMPLES * 1000 / XE_AUDIO_RATE), path);
    if (!ok)
        ctl->exit = CTL_HARNESS;
    return ok;
}

bool ctl_wav_begin(struct ctl *ctl, const char *instance)
{
    json_t *kept =
        ctl_call(ctl, "audio.capture",
                 json_pack("{s:s, s:i}", "instance", instance, "seconds", (int)XE_AUDIO_KEEP_MAX));

    json_decref(kept);
    return kept;
}

/* ---- the command ---------------------------------------------------------------------------- */

static void show_client(const json_t *client)
{
    printf("client %lld handle=%s %s", ctl_int_of(client, "client"), ctl_text_of(client, "handle"),
           ctl_text_of(client, "standing"));
    if (json_object_get(client, "tid"))
        printf(" tid=%lld callback=%s", ctl_int_of(client, "tid"), ctl_text_of(client, "callback"));
    printf(" frames=%lld audible=%lld silences=%lld dropped=%lld odd_samples=%lld kept=%lld\n",
           ctl_int_of(client, "frames"), ctl_int_of(client, "audible"),
           ctl_int_of(client, "silences"), ctl_int_of(client, "dropped"),
           ctl_int_of(client, "odd_samples"), ctl_int_of(client, "kept"));
}

/* Who decodes, and what became of the frames, if there are any. */
static void show_xma(const json_t *xma)
{
    if (!ctl_int_of(xma, "frames"))
        return;
    printf("xma decoder=%s", ctl_text_of(xma, "decoder"));
    if (json_object_get(xma, "version"))
        printf(" version=\"%s\"", ctl_text_of(xma, "version"));
    printf(" frames=%lld broken=%lld absent=%lld failed=%lld\n", ctl_int_of(xma, "frames"),
           ctl_int_of(xma, "broken"), ctl_int_of(xma, "absent"), ctl_int_of(xma, "failed"));
    if (json_object_get(xma, "why"))
        printf("xma %s\n", ctl_text_of(xma, "why"));
}

static void show_status(const json_t *status)
{
    json_t *clients = json_object_get(status, "clients"), *client;
    size_t i;

    if (!json_array_size(clients))
        puts("the title has not asked for sound");
    json_array_foreach(clients, i, client) show_client(client);
    show_xma(json_object_get(status, "xma"));
}

static void show_hashes(const json_t *page)
{
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(page, "items"), i, item)
        printf("%lld %s\n", ctl_int_of(item, "second"), ctl_text_of(item, "sha256"));
}

static void show_kept(const json_t *kept)
{
    printf("%s keeps %lld seconds of sound\n", ctl_text_of(kept, "instance"),
           ctl_int_of(kept, "seconds"));
}

static int capture(struct ctl *ctl)
{
    json_t *params = ctl_instance_param(ctl);
    uint64_t seconds = 0;

    if (ctl->o.args != 3 || !ctl_count(ctl->o.arg[2], &seconds)) {
        json_decref(params);
        ctl_fail("audio: expected INSTANCE capture SECONDS");
        return CTL_USAGE;
    }
    json_object_set_new(params, "seconds", json_integer((json_int_t)seconds));
    return ctl_show_call(ctl, "audio.capture", params, show_kept);
}

int ctl_cmd_audio(struct ctl *ctl)
{
    const char *verb = ctl->o.args > 1 ? ctl->o.arg[1] : "status";

    if (!strcmp(verb, "capture"))
        return capture(ctl);
    if (!strcmp(verb, "status") && ctl->o.args < 3)
        return ctl_show_call(ctl, "audio.status", ctl_instance_param(ctl), show_status);
    if (!strcmp(verb, "hash") && ctl->o.args < 3)
        return ctl_show_call(ctl, "audio.hash", ctl_instance_param(ctl), show_hashes);
    if (!strcmp(verb, "wav") && ctl->o.args == 3)
        return ctl_wav(ctl, ctl->o.arg[0], ctl->o.arg[2]) ? CTL_OK : ctl->exit;
    ctl_fail("audio: expected INSTANCE [status | hash | capture SECONDS | wav FILE]");
    return CTL_USAGE;
}
