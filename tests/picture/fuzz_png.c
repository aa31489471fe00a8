/* Any bytes as a PNG file: refused, or a picture within limits, which is equal to itself. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/fuzz.h"
#include "xe/picture.h"

const int fuzz_rounds = 1500;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xe_picture picture;
    struct xe_picture_diff diff;

    if (!xe_picture_read(data, size, &picture, NULL))
        return 0;
    if (picture.width > XE_PICTURE_SIDE || picture.height > XE_PICTURE_SIDE ||
        !xe_picture_compare(&picture, &picture, NULL, 0, &diff, NULL) || diff.different ||
        diff.compared != (uint64_t)picture.width * picture.height)
        abort();
    xe_picture_fini(&picture);
    return 0;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    struct xe_picture picture = {i ? 40 : 3, i ? 30 : 2, NULL};
    uint8_t *bytes, *copy;

    if (i > 1)
        return NULL;
    picture.pixels = calloc((size_t)picture.width * picture.height, 4);
    for (uint32_t k = 0; k < picture.width * picture.height * 4; k++)
        picture.pixels[k] = (uint8_t)(k * k);
    bytes = xe_picture_write(&picture, ret_size, NULL);
    copy = malloc(*ret_size);
    memcpy(copy, bytes, *ret_size);
    xe_picture_bytes_free(bytes);
    xe_picture_fini(&picture);
    return copy;
}
