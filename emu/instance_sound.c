/* An instance's decoder of XMA, which is its owner's: what it answers must be what a replay would
 * get, or the run is tainted. */
#include <string.h>

#include "emu/instance_internal.h"
#include "kernel/core/device.h"
#include "xe/audio.h"

static void tell_failure(struct xe_instance *instance)
{
    struct xe_decoder_info info;

    xe__instance_taint(instance, XE_TAINT_DECODER_FAILED);
    if (instance->decoder_told)
        return;
    instance->decoder->info(instance->decoder->ctx, &info);
    xe_log_write(instance->log, XE_LOG_ERROR, "xma", "streams are silent from now on: %s",
                 info.why);
    instance->decoder_told = true;
}

/* A state may come from where another decoder made the samples, or none. */
static bool has_changed(const struct xe_instance *instance, enum xe_decoder_got got)
{
    struct xe_xma_info before;
    struct xe_decoder_info now;

    xe_kernel_xma_info(instance->kernel, &before);
    if (got == XE_DECODER_ABSENT)
        return before.by[0];
    instance->decoder->info(instance->decoder->ctx, &now);
    return before.absent || (before.by[0] && strcmp(before.by, now.version) != 0);
}

static enum xe_decoder_got decode(void *ctx, const struct xe_decoder_ask *ask,
                                  const struct xe_breath *breath,
                                  uint8_t samples[XE_DECODER_SAMPLE_BYTES])
{
    struct xe_instance *instance = ctx;
    enum xe_decoder_got got = XE_DECODER_ABSENT;

    (void)breath;
    if (instance->decoder)
        got = instance->decoder->decode(instance->decoder->ctx, ask, &instance->breath, samples);
    if (got == XE_DECODER_FAILED)
        tell_failure(instance);
    else if (has_changed(instance, got))
        xe__instance_taint(instance, XE_TAINT_DECODER_CHANGED);
    return got;
}

static void info_of(void *ctx, struct xe_decoder_info *ret)
{
    const struct xe_instance *instance = ctx;

    *ret = (struct xe_decoder_info){.standing = XE_DECODER_IS_ABSENT, .why = "there is no decoder"};
    if (instance->decoder)
        instance->decoder->info(instance->decoder->ctx, ret);
}

void xe__instance_sound_init(struct xe_instance *instance)
{
    instance->decoder_watched = (struct xe_decoder){instance, decode, info_of};
    xe_kernel_decoder_set(instance->kernel, &instance->decoder_watched);
}

void xe_instance_decoder(struct xe_instance *instance, const struct xe_decoder *decoder)
{
    instance->decoder = decoder;
}
