/* A number of all the bits that many shaders, made at random, come to: check-bits.sh compares those
 * of builds. NaNs count, too: their bits are stated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpu/ref/exact.h"
#include "gpu/ref/shader.h"

#define PROGRAMS 3000
#define SLOTS    6

static uint64_t seed = 1, sum = 0xcbf29ce484222325;

static uint32_t next(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 32);
}

static void add(float value)
{
    sum = (sum ^ xe_bits_of_float(value)) * 0x100000001b3;
}

/* Numbers that are near each other, and some that are none. */
static float value(void)
{
    uint32_t bits = next();

    if (bits % 16 == 0)
        return xe_float_of_bits(next());
    return xe_float_of_bits((bits & 0x807FFFFF) | (120 + next() % 16) << 23);
}

/* One body of arithmetic that is there. */
static void make(uint32_t words[3 + 3 * SLOTS])
{
    words[0] = 1 | SLOTS << 12;
    words[1] = 0x2000;
    words[2] = 0;
    for (uint32_t i = 0; i < SLOTS; i++) {
        uint32_t *slot = words + 3 + 3 * i, op = next() % 51;

        slot[0] = (next() & 0x030F0F0F) | (op == 41 ? 0 : op) << 26 | (next() & 15) << 20;
        slot[1] = next() & 0xC7FFFFFF;
        slot[2] = (next() & 0xE08F8F8F) | (next() % 30) << 24;
    }
}

static void run(struct xe_ref_run *state, const uint32_t *words)
{
    struct xe_ref_shader *shader = xe_ref_shader_create(XE_UCODE_PIXEL, words, 3 + 3 * SLOTS);

    if (!shader)
        abort();
    state->shader = shader;
    state->lanes = XE_REF_ALL;
    state->most = UINT64_MAX;
    xe_ref_run_begin(state);
    for (uint32_t i = 0; i < 16; i++)
        for (uint32_t k = 0; k < 4; k++)
            for (uint32_t lane = 0; lane < XE_REF_LANES; lane++)
                state->temp[i][k][lane] = value();
    xe_ref_run(state);
    for (uint32_t i = 0; i < 16; i++)
        for (uint32_t k = 0; k < 4; k++)
            for (uint32_t lane = 0; lane < XE_REF_LANES; lane++)
                add(state->temp[i][k][lane]);
    xe_ref_shader_destroy(shader);
}

int main(void)
{
    static uint32_t floats[512][4], booleans[8], loops[32];
    const struct xe_ref_constants constants = {floats[0], 0, 256, booleans, loops};
    const struct xe_ref_world world = {.ctx = NULL};
    static struct xe_ref_run state;
    uint32_t words[3 + 3 * SLOTS];

    for (uint32_t i = 0; i < 512; i++)
        for (uint32_t k = 0; k < 4; k++)
            floats[i][k] = xe_bits_of_float(value());
    state.constants = &constants;
    state.world = &world;
    for (uint32_t i = 0; i < PROGRAMS; i++) {
        make(words);
        run(&state, words);
    }
    printf("%016llx\n", (unsigned long long)sum);
    return 0;
}
