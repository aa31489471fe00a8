/* Shaders as anybody may give them, run: the first byte chooses the stage, the next 255 are
 * constants and registers, the rest is microcode. They end, within their steps, and leave nothing
 * outside of what is theirs. */
#include <stdlib.h>
#include <string.h>

#include "gpu/ref/shader.h"
#include "gpu/texture/texture.h"
#include "tests/support/fuzz.h"
#include "xe/types.h"

#define HEAD 256u

const int fuzz_rounds = 500;

static uint32_t reg[0x5003];
static uint8_t page[4096];

static const uint8_t *pages(void *ctx, uint32_t number)
{
    (void)ctx;
    return number % 3 ? page : NULL;
}

static void vertex(void *ctx, const struct xe_ucode_vfetch *fetch,
                   const struct xe_ucode_vfetch *full, float index, float ret[4])
{
    const struct xe_gpu_ram ram = {.page = pages};

    (void)ctx;
    xe_ref_vertex_fetch(xe_ref_vertex_constant(reg, full), &ram, fetch, full, index, ret);
}

static void texture(void *ctx, const struct xe_ref_sample *sample, float ret[4][XE_REF_LANES])
{
    (void)ctx;
    memcpy(ret, sample->right, sizeof(sample->right));
}

static void memory(void *ctx, uint32_t lane, const struct xe_ref_export *export)
{
    (void)ctx;
    if (lane >= XE_REF_LANES || !export->written || export->written > 31 ||
        export->index >= export->count)
        abort();
}

static void run(enum xe_ucode_stage stage, const uint32_t *words, uint32_t n)
{
    const struct xe_ref_world world = {NULL, vertex, texture, memory};
    const uint64_t most = UINT64_C(1) << 40;
    static struct xe_ref_run state;
    struct xe_ref_shader *shader = xe_ref_shader_create(stage, words, n);
    struct xe_ref_constants constants;

    if (!shader)
        abort();
    xe_ref_constants_of(reg, stage, &constants);
    state.shader = shader;
    state.constants = &constants;
    state.world = &world;
    state.lanes = XE_REF_ALL;
    state.helps = 1;
    state.most = most;
    xe_ref_run_begin(&state);
    memcpy(state.temp, reg + 0x4000, 4096);
    xe_ref_run(&state);
    if (most - state.most > XE_REF_LANES * (uint64_t)XE_REF_STEPS ||
        ((state.killed | state.limited) & ~XE_REF_ALL))
        abort();
    xe_ref_shader_destroy(shader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint32_t words[1024];
    uint32_t n = 0;

    if (size < HEAD)
        return 0;
    for (uint32_t i = 0; i < 0x5003; i++)
        reg[i] = xe_load_be32(data + i * 4 % (HEAD - 4));
    for (size_t at = HEAD; at + 4 <= size && n < 1024; at += 4)
        words[n++] = xe_load_be32(data + at);
    run(data[0] & 1 ? XE_UCODE_PIXEL : XE_UCODE_VERTEX, words, n);
    return 0;
}

static const char source[] =
    "exec\nvfetch r1, r0.x, vf0 {format=FMT_16_16_16_16_FLOAT, stride=3}\n"
    "vfetch r2, r0.x, vf0 {format=FMT_2_10_10_10, mini, offset=-1}\n"
    "loop_start i1, out\nin: exec\nadd r[aL+3], r[aL+1], c[a0+5] + setp_gt r4.x, r1.x\n"
    "(p0) maxas r5.x, r1.xy\ntfetch3D r6.xyzw, r[aL+5].xyz, tf1\ncond_call p0, sub\n"
    "loop_end i1, in, p0\nout: cond_jmp b3, in\nalloc memory\nexec\nmov eA, c1\nmov eM0, r1\n"
    "kill_gt r0._, r1, r2\nexec_end\nmov oPos, r6\nsub: exec\nrsq r6.x, r1.x\nreturn\n";

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    static struct xe_ucode_program program;
    struct xe_ucode_fault fault;
    uint8_t *seed;

    if (i > 1)
        return NULL;
    if (!xe_ucode_assemble(source, &program, &fault))
        abort();
    *ret_size = HEAD + 4 * program.count;
    seed = malloc(*ret_size);
    for (uint32_t k = 0; k < HEAD; k++)
        seed[k] = (uint8_t)(k * 37 + i);
    for (uint32_t k = 0; k < program.count; k++)
        xe_store_be32(seed + HEAD + 4 * k, program.words[k]);
    return seed;
}
