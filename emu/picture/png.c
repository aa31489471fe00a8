/* Pictures to and from PNG files, by libpng's own short way in, which allocates by what a file says
 * only after its size was looked at here. */
#include <png.h>

#include "base/alloc.h"
#include "xe/picture.h"

static bool make_room(uint32_t width, uint32_t height, struct xe_picture *ret, struct xe_error *err)
{
    *ret = (struct xe_picture){width, height, NULL};
    if (!width || !height || width > XE_PICTURE_SIDE || height > XE_PICTURE_SIDE)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "the picture is %u by %u pixels: wanted are 1 to %u", width, height,
                            XE_PICTURE_SIDE);
    ret->pixels = xe_calloc((size_t)width * height, 4);
    return ret->pixels || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a picture");
}

bool xe_picture_read(const void *bytes, size_t size, struct xe_picture *ret, struct xe_error *err)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    struct xe_picture picture = {.pixels = NULL};
    bool ok;

    if (size > XE_PICTURE_BYTES)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "the file has %zu bytes: at most %u", size,
                            XE_PICTURE_BYTES);
    ok = png_image_begin_read_from_memory(&image, bytes, size) ||
         xe_error_set(err, XE_ERR_INVALID_PARAMS, "no PNG file: %s", image.message);
    ok = ok && make_room(image.width, image.height, &picture, err);
    image.format = PNG_FORMAT_RGBA;
    if (ok && !png_image_finish_read(&image, NULL, picture.pixels, 0, NULL))
        ok = xe_error_set(err, XE_ERR_INVALID_PARAMS, "a broken PNG file: %s", image.message);
    png_image_free(&image);
    if (ok)
        *ret = picture;
    else
        xe_picture_fini(&picture);
    return ok;
}

uint8_t *xe_picture_write(const struct xe_picture *picture, size_t *ret_size, struct xe_error *err)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = picture->width,
                       .height = picture->height,
                       .format = PNG_FORMAT_RGBA};
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *bytes = xe_calloc(1, size);

    if (!bytes || !png_image_write_to_memory(&image, bytes, &size, 0, picture->pixels, 0, NULL)) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a PNG file");
        xe_free(bytes);
        bytes = NULL;
    }
    png_image_free(&image);
    *ret_size = size;
    return bytes;
}

void xe_picture_bytes_free(uint8_t *bytes)
{
    xe_free(bytes);
}

void xe_picture_fini(struct xe_picture *picture)
{
    xe_free(picture->pixels);
    picture->pixels = NULL;
}
