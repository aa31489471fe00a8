/* frame.get: the newest picture, as a hash and as PNG. */
#include <gcrypt.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/frame.h"

#define SHA256_BYTES 32

static void hash(const struct xe_frame *frame, char ret[2 * SHA256_BYTES + 1])
{
    uint8_t size[8], digest[SHA256_BYTES];
    gcry_buffer_t part[2] = {
        {.len = sizeof(size), .data = size},
        {.len = (size_t)frame->width * frame->height * 4, .data = (void *)frame->pixels},
    };

    xe_store_be32(size, frame->width);
    xe_store_be32(size + 4, frame->height);
    gcry_md_hash_buffers(GCRY_MD_SHA256, 0, digest, part, 2);
    for (size_t i = 0; i < SHA256_BYTES; i++)
        snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}

/* base64 of a PNG file (owned, free); NULL: out of memory. */
static char *make_png(const struct xe_frame *frame, uint64_t *ret_bytes)
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

    hash(frame, sha256);
    view.sha256 = sha256;
    if (xe_rpc_has(call, "png") && xe_rpc_arg_bool(call, "png")) {
        png = make_png(frame, &view.png_bytes);
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

void xe__session_frame_get(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const struct xe_frame *frame = instance ? xe_kernel_frame(xe_instance_kernel(instance)) : NULL;

    if (frame)
        reply(call, instance, frame);
    else if (instance)
        fail_without(call, instance);
}
