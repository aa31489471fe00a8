/* A number of all the bits that many fetches of many textures come to: check-bits.sh compares those
 * of builds. */
#include <stdio.h>
#include <string.h>

#include "gpu/texture_bench.h"

#define TEXTURES 4000
#define FETCHES  20

static uint64_t seed = 1, sum = 0xcbf29ce484222325;

static uint32_t next(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 32);
}

static void add(float value)
{
    uint32_t bits;

    if (value != value)
        value = 0; /* whose bits are not stated */
    memcpy(&bits, &value, sizeof(bits));
    sum = (sum ^ bits) * 0x100000001b3;
}

static float coordinate(void)
{
    return (float)(int32_t)next() / 0x40000000;
}

static void fetch(const struct xe_gpu_texture *texture)
{
    const struct xe_gpu_sampling how = {.dimension = next() & 3,
                                        .mag = next() & 3,
                                        .min = next() & 3,
                                        .mip = next() & 3,
                                        .volume_mag = 3,
                                        .volume_min = 3,
                                        .aniso = next() & 7};
    const float at[3] = {coordinate(), coordinate(), coordinate()};
    const float right[3] = {coordinate() / 64, coordinate() / 64, coordinate() / 64};
    const float down[3] = {coordinate() / 32, coordinate() / 32, coordinate() / 32};
    struct xe_gpu_footprint footprint = xe_gpu_texture_footprint(texture, &how, right, down);
    float told[4];

    xe_gpu_texture_sample(texture, &bench_ram, &how, at, &footprint, told);
    for (uint32_t i = 0; i < 4; i++)
        add(told[i]);
}

int main(void)
{
    for (uint32_t i = 0; i < BENCH_SIZE; i++)
        bench_memory[i] = (uint8_t)next();
    for (uint32_t i = 0; i < TEXTURES; i++) {
        struct xe_gpu_texture texture;
        uint32_t word[6];

        for (uint32_t k = 0; k < 6; k++)
            word[k] = next();
        word[0] = (word[0] & ~3u) | 2;
        word[1] &= 0xFFFFF; /* bases within the memory */
        word[1] |= (word[2] & 0xFF) << 12;
        word[2] &= 0xFC7E3F;
        word[5] &= 0xFFFFF;
        word[5] |= 0x100000;
        if (xe_gpu_texture_parse(word, &texture))
            for (uint32_t k = 0; k < FETCHES; k++)
                fetch(&texture);
    }
    printf("%016llx\n", (unsigned long long)sum);
    return 0;
}
