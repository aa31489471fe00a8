/* A picture in a golden: itself, not its hash, so that a run may come near to it. */
#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/frame.h"
#include "xe/kernel.h"

json_t *xe__session_golden_picture(struct xe_instance *instance)
{
    const struct xe_frame *frame = xe_kernel_frame(xe_instance_kernel(instance));
    uint64_t bytes;
    char *png = frame ? xe__session_frame_png(frame, &bytes) : NULL;
    json_t *json = NULL;

    if (png)
        json = xe_rpc_write(&xe_rpc_golden_picture,
                            &(struct xe_rpc_golden_picture_view){frame->number, png});
    free(png);
    return json;
}

static bool decode(const json_t *picture, struct xe_picture *ret, struct xe_error *err)
{
    const json_t *png = json_object_get(picture, "png");
    size_t length = json_string_length(png), size = BASE64_DECODE_LENGTH(length);
    uint8_t *bytes = malloc(size + 1);
    struct base64_decode_ctx ctx;
    bool ok = false;

    base64_decode_init(&ctx);
    if (!bytes)
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a picture");
    else if (!base64_decode_update(&ctx, &size, bytes, length, json_string_value(png)) ||
             !base64_decode_final(&ctx))
        xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "golden.result.picture.png: expected base64");
    else
        ok = xe_picture_read(bytes, size, ret, err) ||
             xe_error_prefix(err, "golden.result.picture.png");
    free(bytes);
    return ok;
}

bool xe__session_golden_picture_fits(const json_t *picture, struct xe_error *err)
{
    const struct xe_rpc_field field = {.name = "picture", .type = &xe_rpc_golden_picture_given};
    struct xe_rpc_misfit misfit;
    struct xe_picture decoded = {.pixels = NULL};
    bool ok;

    if (!xe_rpc_check(&field, picture, "golden.result.picture", &misfit))
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "%s: expected %s", misfit.path,
                            misfit.expected);
    ok = decode(picture, &decoded, err);
    xe_picture_fini(&decoded);
    return ok;
}

/* What is told of two that differ by more than is allowed; NULL: they don't. Owned. */
static json_t *compare(const json_t *picture, const struct xe_picture *a,
                       const struct xe_picture *b)
{
    struct xe_rpc_picture_diff_view view = {.equal = false};
    struct xe_picture_mask mask[XE_PICTURE_MASKS];
    uint32_t masks = xe__session_masks(json_object_get(picture, "mask"), mask);
    struct xe_error err = XE_ERROR_INIT;

    if (!xe_picture_compare(a, b, mask, masks, &view.diff, &err))
        return json_string(err.text);
    view.equal = !view.diff.different;
    return xe__session_are_alike(picture, &view) ? NULL : xe_rpc_write(&xe_rpc_picture_diff, &view);
}

/* What of a golden's picture is no picture: what it allows. */
static json_t *allowed_by(const json_t *picture)
{
    json_t *copy = json_deep_copy(picture);

    json_object_del(copy, "png");
    json_object_del(copy, "number");
    return copy;
}

json_t *xe__session_golden_picture_diff(const json_t *picture, const json_t *found)
{
    struct xe_picture a = {.pixels = NULL}, b = {.pixels = NULL};
    struct xe_rpc_diff_view view = {.member = "result.picture"};
    struct xe_error err = XE_ERROR_INIT;
    json_t *row = NULL;

    if (!found)
        view.found = json_null(); /* nobody's to free */
    else if (decode(picture, &a, &err) && decode(found, &b, &err))
        view.found = compare(picture, &a, &b);
    else
        view.found = json_string(err.text);
    if (view.found) {
        view.expected = allowed_by(picture);
        row = xe_rpc_write(&xe_rpc_golden_diff, &view);
        json_decref(view.expected);
        json_decref(view.found);
    }
    xe_picture_fini(&a);
    xe_picture_fini(&b);
    return row;
}
