/* Resolves as anybody may give them: registers, corners and words of EDRAM. What comes out lies in
 * memory that there is, and nothing beside EDRAM is touched. */
#include <stdlib.h>
#include <string.h>

#include "gpu/edram/resolve.h"
#include "gpu/texture/texture.h"
#include "tests/support/fuzz.h"

#define MARK 0x5AFEC0DEu

const int fuzz_rounds = 3000;

struct input {
    struct xe_gpu_resolve resolve;
    float corner[3][2];
    int32_t offset[2];
};

static uint8_t memory[4096];
static uint32_t edram[XE_GPU_EDRAM_WORDS + 2];

static uint8_t *page(void *ctx, uint32_t number)
{
    (void)ctx;
    if (number >= XE_GPU_RAM_SIZE >> 12)
        abort();
    return number % 7 ? memory : NULL;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_rect(const struct xe_gpu_rect *rect)
{
    require(rect->left >= 0 && rect->left <= rect->right && rect->right <= 8192);
    require(rect->top >= 0 && rect->top <= rect->bottom && rect->bottom <= 8192);
    require(rect->left % 8 == 0 && rect->right % 8 == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct xe_gpu_resolve_to to = {NULL, page};
    struct input in;

    if (size <= sizeof(in))
        return 0;
    memcpy(&in, data, sizeof(in));
    memcpy(edram, data + sizeof(in), size - sizeof(in) < 4096 ? size - sizeof(in) : 4096);
    edram[XE_GPU_EDRAM_WORDS] = edram[XE_GPU_EDRAM_WORDS + 1] = MARK;
    in.resolve.rect = xe_gpu_resolve_rect(in.corner, in.offset[0] & 1, in.offset, in.resolve.rect);
    check_rect(&in.resolve.rect);
    /* a large one takes as long as its pixels */
    if (in.resolve.rect.right > in.resolve.rect.left + 64)
        in.resolve.rect.right = in.resolve.rect.left + 64;
    if (in.resolve.rect.bottom > in.resolve.rect.top + 32)
        in.resolve.rect.bottom = in.resolve.rect.top + 32;
    require(xe_gpu_resolve(edram, &in.resolve, &to) <= 3u * 64 * 32);
    require(edram[XE_GPU_EDRAM_WORDS] == MARK && edram[XE_GPU_EDRAM_WORDS + 1] == MARK);
    return 0;
}

/* Every format of colour to a texture of its own, by all commands and kinds of samples. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    struct input in = {
        .resolve = {.surface_info = 1280 | i % 3 << 16,
                    .colour_info = {i % 16 << 16, 3 | i % 16 << 16},
                    .depth_info = 100 | i % 2 << 16,
                    .copy_control = i % 5 | i % 7 << 4 | 3u << 8 | i % 4 << 20,
                    .dest_base = 0x1F000000,
                    .dest_pitch = 1280 | 720u << 16,
                    .dest_info = i % 6 | i % 64 << 7 | i % 8 << 13 | i % 2 << 24,
                    .rect = {0, 0, 8192, 8192}},
        .corner = {{-0.5f, -0.5f}, {1279.5f, 0}, {1279.5f, 719.5f}},
        .offset = {16, 8},
    };
    uint8_t *seed;

    if (i >= 64)
        return NULL;
    *ret_size = sizeof(in) + 1024;
    seed = calloc(1, *ret_size);
    memcpy(seed, &in, sizeof(in));
    for (uint32_t k = 0; k < 1024; k++)
        seed[sizeof(in) + k] = (uint8_t)(k * 29 ^ k >> 2);
    return seed;
}
