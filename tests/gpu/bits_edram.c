/* A number of all the bits that numbers come to on their way into EDRAM, out of it, and into
 * textures (check-bits.sh). */
#include <stdio.h>
#include <string.h>

#include "gpu/edram/edram.h"
#include "gpu/texture/texture.h"

#define ROUNDS 100000

static uint64_t seed = 1, sum = 0xcbf29ce484222325;

static uint32_t next(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 32);
}

static void add(const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum = (sum ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
}

static void add_float(float value)
{
    value = value == value ? value : 0; /* whose bits are not stated */
    add(&value, sizeof(value));
}

/* Any bits but those of no number: mostly of usual sizes. */
static float any(void)
{
    uint32_t bits = next() & 1 ? next() : (next() & 0x87FFFFFF) | 0x38000000;
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value == value ? value : 1;
}

int main(void)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        float colour[4] = {any(), any(), any(), any()};
        uint32_t word[2] = {next(), next()}, depth;
        uint8_t element[16];

        xe_gpu_colour_pack(i % XE_GPU_COLOURS, colour, word);
        add(word, sizeof(word));
        xe_gpu_texture_pack(i % XE_GPU_TEXTURE_FORMATS, next() & 7, colour, element);
        add(element, sizeof(element));
        depth = xe_gpu_depth_pack(i & 1, colour[0]);
        add(&depth, sizeof(depth));
        xe_gpu_colour_clamp(i % XE_GPU_COLOURS, colour);
        for (uint32_t k = 0; k < 4; k++)
            add_float(colour[k]);
        word[0] = next();
        xe_gpu_colour_unpack(i % XE_GPU_COLOURS, word, colour);
        for (uint32_t k = 0; k < 4; k++)
            add_float(colour[k]);
    }
    printf("%016llx\n", (unsigned long long)sum);
    return 0;
}
