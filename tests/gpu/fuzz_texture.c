/* Fetches as anybody may give them: the first bytes are the constant, the instruction's part, the
 * footprint and the coordinates; the rest is memory, over and over, with pages that aren't there.
 * Whatever they are, an answer comes, and numbers that are parts of a whole stay so. */
#include <stdlib.h>
#include <string.h>

#include "gpu/texture/texture_internal.h"
#include "tests/support/fuzz.h"

#define PAGE 4096u

const int fuzz_rounds = 20000;

struct input {
    uint32_t constant[6];
    uint8_t how[8];
    int16_t lod;
    uint8_t samples, gone;
    float at[3], right[3], down[3];
};

static uint8_t memory[PAGE];
static uint32_t gone; /* every so many pages one isn't there */

static const uint8_t *page(void *ctx, uint32_t number)
{
    (void)ctx;
    if (number >= XE_GPU_RAM_SIZE / PAGE)
        abort();
    return gone && number % gone == 0 ? NULL : memory;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static struct xe_gpu_sampling sampling(const uint8_t byte[8])
{
    return (struct xe_gpu_sampling){
        .dimension = byte[0] & 3,
        .mag = byte[0] >> 2 & 3,
        .min = byte[0] >> 4 & 3,
        .mip = byte[0] >> 6,
        .volume_mag = byte[1] & 3,
        .volume_min = byte[1] >> 2 & 3,
        .aniso = byte[1] >> 4 & 7,
        .unnormalized = byte[1] >> 7,
        .offset = {(int8_t)(byte[2] % 32 - 16), (int8_t)(byte[3] % 32 - 16),
                   (int8_t)(byte[4] % 32 - 16)},
    };
}

static bool is_part(const struct xe_gpu_texture *texture)
{
    return texture->format->kind != XE__TEXTURE_FLOATS && !texture->integer && !texture->exponent &&
           texture->format->kind != XE__TEXTURE_DEPTH_FLOAT;
}

static void check(const struct xe_gpu_texture *texture, const struct input *in)
{
    static const struct xe_gpu_ram ram = {.page = page};
    const struct xe_gpu_sampling how = sampling(in->how);
    struct xe_gpu_footprint footprint =
        xe_gpu_texture_footprint(texture, &how, in->right, in->down);
    float told[4];

    require(footprint.samples >= 1 && footprint.samples <= 16);
    footprint.lod += in->lod;
    xe_gpu_texture_sample(texture, &ram, &how, in->at, &footprint, told);
    for (uint32_t i = 0; i < 4; i++)
        require(!is_part(texture) || (told[i] >= -1 && told[i] <= 1.0001f));
    xe_gpu_texture_weights(texture, &how, in->at, &footprint, told);
    for (uint32_t i = 0; i < 4; i++)
        require(told[i] >= 0 && told[i] < 1);
    told[0] = xe_gpu_texture_border_part(texture, &how, in->at, &footprint);
    require(told[0] >= 0 && told[0] <= 1.0001f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xe_gpu_texture texture;
    struct input in;

    if (size <= sizeof(in))
        return 0;
    memcpy(&in, data, sizeof(in));
    for (size_t i = 0; i < PAGE; i += size - sizeof(in))
        memcpy(memory + i, data + sizeof(in),
               size - sizeof(in) < PAGE - i ? size - sizeof(in) : PAGE - i);
    gone = in.gone;
    xe_gpu_texture_parse(in.constant, &texture);
    require(texture.first <= texture.last && texture.last < XE_GPU_TEXTURE_LEVELS);
    check(&texture, &in);
    return 0;
}

/* One for each format, of all dimensions by turns, with levels. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    struct input in = {
        .constant = {2u | 16u << 22 | 1u << 31, i | 0x100000 | 2u << 6,
                     i % 4 == 2 ? 63 | 63 << 11 | 7 << 22 : 63 | 63 << 13 | 3 << 26,
                     0x688 << 1 | 0x2A << 19, 6 << 6, (i % 4) << 9 | 1u << 11 | 0x200000},
        .how = {0xFC | i % 4, 0x7F},
        .at = {1.3f, 1.7f, 2},
        .right = {0.05f, 0, 0},
        .down = {0, 0.02f, 0},
    };
    uint8_t *seed;

    if (i >= XE_GPU_TEXTURE_FORMATS)
        return NULL;
    *ret_size = sizeof(in) + 512;
    seed = calloc(1, *ret_size);
    memcpy(seed, &in, sizeof(in));
    for (uint32_t k = 0; k < 512; k++)
        seed[sizeof(in) + k] = (uint8_t)(k * 37 ^ k >> 3);
    return seed;
}
