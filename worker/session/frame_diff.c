/* frame.diff: the newest picture held against one that came with the call, a PNG file of anybody's.
 */
#include <stdlib.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/frame.h"
#include "xe/picture.h"

/* What is compared, and what of it is looked at. */
struct job {
    struct xe_picture here, with; /* of `here` the instance owns the pixels */
    struct xe_picture_mask mask[XE_PICTURE_MASKS];
    uint32_t masks;
};

static uint32_t number_of(const json_t *mask, const char *name)
{
    return (uint32_t)json_integer_value(json_object_get(mask, name));
}

uint32_t xe__session_masks(const json_t *masks, struct xe_picture_mask ret[XE_PICTURE_MASKS])
{
    const json_t *mask;
    uint32_t n = 0;
    size_t i;

    json_array_foreach(masks, i, mask)
    {
        if (n == XE_PICTURE_MASKS)
            break;
        ret[n++] = (struct xe_picture_mask){number_of(mask, "x"), number_of(mask, "y"),
                                            number_of(mask, "width"), number_of(mask, "height")};
    }
    return n;
}

static bool take_picture(struct xe_rpc_call *call, struct job *job, struct xe_error *err)
{
    void *bytes;
    size_t size;
    bool ok;

    if (!xe__rpc_session_take_file(call, &bytes, &size, err))
        return false;
    ok = xe_picture_read(bytes, size, &job->with, err) || xe_error_prefix(err, "the other picture");
    free(bytes);
    return ok;
}

/* base64 of a PNG file (owned, free); NULL with err set. */
static char *make_heat(const struct job *job, uint64_t *ret_bytes, struct xe_error *err)
{
    struct xe_picture heat = {.pixels = NULL};
    uint8_t *bytes = NULL;
    size_t size = 0;
    char *text = NULL;

    if (xe_picture_heat(&job->here, &job->with, job->mask, job->masks, &heat, err))
        bytes = xe_picture_write(&heat, &size, err);
    if (bytes)
        text = xe__session_base64(bytes, size);
    if (bytes && !text)
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a picture");
    *ret_bytes = size;
    xe_picture_bytes_free(bytes);
    xe_picture_fini(&heat);
    return text;
}

/* If nothing is allowed, they are to be equal. */
bool xe__session_are_alike(const json_t *allowed, const struct xe_rpc_picture_diff_view *view)
{
    const json_t *greatest = json_object_get(allowed, "greatest");
    const json_t *ssim = json_object_get(allowed, "ssim");

    if (!greatest && !ssim)
        return view->equal;
    return (!greatest || view->diff.greatest <= (uint32_t)json_integer_value(greatest)) &&
           (!ssim || view->diff.ssim >= (uint32_t)json_integer_value(ssim));
}

static bool compare(struct xe_rpc_call *call, const struct job *job,
                    struct xe_rpc_frame_diff_view *view, struct xe_error *err)
{
    struct xe_rpc_picture_diff_view *picture = &view->picture;
    const struct xe_frame with = {
        .width = job->with.width, .height = job->with.height, .pixels = job->with.pixels};

    if (!xe_picture_compare(&job->here, &job->with, job->mask, job->masks, &picture->diff, err))
        return false;
    picture->equal = !picture->diff.different;
    view->alike = xe__session_are_alike(call->params, picture);
    xe__session_frame_sha256(&with, view->with_sha256);
    if (xe_rpc_arg_bool(call, "heat"))
        view->heat = make_heat(job, &view->heat_bytes, err);
    return view->heat || !xe_rpc_arg_bool(call, "heat");
}

static void diff(struct xe_rpc_call *call, struct xe_instance *instance,
                 const struct xe_frame *frame)
{
    struct job job = {.here = {frame->width, frame->height, (uint8_t *)frame->pixels}};
    struct xe_rpc_frame_diff_view view = {.base = xe__rpc_session_base(call, instance),
                                          .number = frame->number};
    struct xe_error err = XE_ERROR_INIT;

    xe__session_frame_sha256(frame, view.sha256);
    job.masks = xe__session_masks(xe_rpc_arg_json(call, "mask"), job.mask);
    if (take_picture(call, &job, &err) && compare(call, &job, &view, &err))
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_frame_diff, &view));
    else
        xe_rpc_fail(call, &err);
    free((char *)view.heat);
    xe_picture_fini(&job.with);
}

void xe__session_frame_diff(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const struct xe_frame *frame = instance ? xe__session_frame(call, instance) : NULL;

    if (frame)
        diff(call, instance, frame);
}
