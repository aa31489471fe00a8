/* The data is a patch, of one file with small pages. */
#include <stdlib.h>

#include "build_patch.h"
#include "fuzz.h"

const int fuzz_rounds = 4000;

static const struct edit change = {EDIT_IMAGE, 0x1044, {1, 2, 3, 4, 5, 6, 7, 8}, 8};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct xe_image_options options = {.patch = data, .patch_size = size};
    size_t base_size;
    uint8_t *base = build_xex(build_xex_find("basic"), NULL, 0, &base_size);

    fuzz_image(xe_image_parse_as(base, base_size, &options, NULL, NULL));
    free(base);
    return 0;
}

static uint8_t *make(enum build_key key, struct build_move headers, struct build_move image,
                     size_t *ret_size)
{
    struct built old = build_pair(build_xex_find("basic"), NULL, 0);
    struct built fresh = build_pair(build_xex_find("basic"), &change, 1);
    uint8_t *file = build_patch(&(struct build_patch){old.side, fresh.side, key, headers, image},
                                NULL, 0, ret_size);

    build_pair_free(&old);
    build_pair_free(&fresh);
    return file;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    const struct build_move none = {0}, headers = {0x100, 0x500, 0x180};
    const struct build_move image = {0x1000, 0x2000, 0x1800};

    if (i > 2)
        return NULL;
    return make(i == 1 ? KEY_RETAIL : KEY_NONE, i == 2 ? headers : none, i == 2 ? image : none,
                ret_size);
}
