/* frame.*: the newest picture, as a hash and as PNG; what those before it were. */
#include <inttypes.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/frame.h"

#define SHA256_BYTES 32

static void to_text(const uint8_t digest[SHA256_BYTES], char ret[2 * SHA256_BYTES + 1])
{
    for (size_t i = 0; i < SHA256_BYTES; i++)
        snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}

char *xe__session_frame_png(const struct xe_frame *frame, uint64_t *ret_bytes)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = frame->width,
                       .height = frame->height,
                       .format = PNG_FORMAT_RGBA};
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *bytes = malloc(size);
    char *text = NULL;

    if (bytes && png_image_write_to_memory(&image, bytes, &size, 0, frame->pixels, 0, NULL))
        text = xe__session_base64(bytes, size);
    *ret_bytes = size;
    png_image_free(&image);
    free(bytes);
    return text;
}

void xe__session_frame_sha256(const struct xe_frame *frame, char ret[65])
{
    uint8_t digest[SHA256_BYTES];

    xe_frame_hash(frame, digest);
    to_text(digest, ret);
}

static void fail_without(struct xe_rpc_call *call, struct xe_instance *instance)
{
    struct xe_error err = XE_ERROR_INIT;

    if (xe_kernel_renderer(xe_instance_kernel(instance)) == XE_RENDERER_NULL)
        xe_error_set(&err, XE_ERR_INSTANCE_WRONG_STATE,
                     "nobody makes pictures: create the instance with config {\"renderer\": "
                     "\"reference\"} (xe360ctl --renderer=reference)");
    else
        xe_error_set(&err, XE_ERR_INSTANCE_WRONG_STATE,
                     "no picture has been made so far; of a fork or a loaded state the first is "
                     "the next that is shown");
    xe_rpc_fail(call, &err);
}

static void reply(struct xe_rpc_call *call, struct xe_instance *instance,
                  const struct xe_frame *frame)
{
    struct xe_rpc_picture_view view = {.base = xe__rpc_session_base(call, instance),
                                       .frame = *frame};
    struct xe_error err = XE_ERROR_INIT;
    char sha256[2 * SHA256_BYTES + 1], *png = NULL;

    xe__session_frame_sha256(frame, sha256);
    view.sha256 = sha256;
    if (xe_rpc_has(call, "png") && xe_rpc_arg_bool(call, "png")) {
        png = xe__session_frame_png(frame, &view.png_bytes);
        if (!png) {
            xe_error_set(&err, XE_ERR_NO_MEMORY, "no memory for a picture");
            xe_rpc_fail(call, &err);
            return;
        }
    }
    view.png = png;
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_picture, &view));
    free(png);
}

const struct xe_frame *xe__session_frame(struct xe_rpc_call *call, struct xe_instance *instance)
{
    const struct xe_frame *frame = xe_kernel_frame(xe_instance_kernel(instance));

    if (!frame)
        fail_without(call, instance);
    return frame;
}

void xe__session_frame_get(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const struct xe_frame *frame = instance ? xe__session_frame(call, instance) : NULL;

    if (frame)
        reply(call, instance, frame);
}

/* ---- those before it ------------------------------------------------------------------------ */

static struct xe_rpc_frame_note_view view_note(const struct xe_frame_note *note)
{
    struct xe_rpc_frame_note_view view = {.note = *note};

    to_text(note->sha256, view.sha256);
    return view;
}

/* That of a number, or the newest; NULL: it is not kept. */
static const struct xe_frame_note *find_note(const struct xe_kernel *kernel, uint64_t number)
{
    const struct xe_frame_note *note, *newest = NULL;

    for (uint32_t i = 0; (note = xe_kernel_frame_note(kernel, i)); i++) {
        if (note->number == number)
            return note;
        newest = note;
    }
    return number ? NULL : newest;
}

void xe__session_frame_hash(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    uint64_t number = (uint64_t)xe_rpc_arg_int(call, "number");
    const struct xe_frame_note *note =
        instance ? find_note(xe_instance_kernel(instance), number) : NULL;
    struct xe_error err = XE_ERROR_INIT;

    if (note) {
        struct xe_rpc_frame_note_view view = view_note(note);

        view.base = xe__rpc_session_base(call, instance);
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_frame_hash, &view));
    } else if (instance && number) {
        xe_error_set(&err, XE_ERR_INSTANCE_WRONG_STATE,
                     "picture %" PRIu64 " is not kept: frame.list tells which are", number);
        xe_rpc_fail(call, &err);
    } else if (instance) {
        fail_without(call, instance);
    }
}

json_t *xe__session_frames_json(struct xe_instance *instance, uint64_t from, size_t limit)
{
    const struct xe_kernel *kernel = xe_instance_kernel(instance);
    const struct xe_frame_note *note;
    json_t *items = json_array();

    for (uint32_t i = 0; (note = xe_kernel_frame_note(kernel, i)); i++) {
        struct xe_rpc_frame_note_view row = view_note(note);

        if (note->number >= from && json_array_size(items) < limit)
            json_array_append_new(items, xe_rpc_write(&xe_rpc_frame_row, &row));
    }
    return items;
}

void xe__session_frame_list(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_frame_list_view view;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.items = xe__session_frames_json(instance, (uint64_t)xe_rpc_arg_int(call, "from"),
                                         (size_t)xe_rpc_arg_int(call, "limit"));
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_frame_list, &view));
    json_decref(view.items);
}
