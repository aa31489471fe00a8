/* The chip as state: registers, how far the command processor is, the display; and beside it what
 * was counted. */
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "gpu/gpu_internal.h"

/* Those that are not 0, by index. */
static void registers_state(struct xe_codec *c, struct xe_gpu *gpu)
{
    uint32_t used = 0, i = 0;
    size_t n;

    for (uint32_t k = 0; k < XE_GPU_REGISTERS; k++)
        used += gpu->reg[k] != 0;
    n = xe_codec_count(c, "registers", used, XE_GPU_REGISTERS, 8);
    if (xe_codec_loading(c))
        memset(gpu->reg, 0, sizeof(gpu->reg));
    for (size_t k = 0; k < n && !c->stopped; k++, i++) {
        while (!xe_codec_loading(c) && !gpu->reg[i])
            i++;
        xe_codec_up_to(c, "register", &i, XE_GPU_REGISTERS - 1);
        xe_codec_item(c, "register", i);
        XE_CODEC(c, gpu->reg[i]);
    }
    xe_codec_item(c, NULL, 0);
}

static void processor_state(struct xe_codec *c, struct xe_gpu *gpu)
{
    uint32_t words = xe__gpu_ring_words(gpu), last = words ? words - 1 : 0;

    XE_CODEC(c, gpu->clock);
    XE_CODEC(c, gpu->due);
    xe_codec_up_to(c, "fetch", &gpu->fetch, last);
    xe_codec_up_to(c, "done", &gpu->done, last);
    XE_CODEC(c, gpu->posted);
    xe_codec_up_to(c, "depth", &gpu->depth, XE_GPU_DEPTH);
    for (uint32_t i = 0; i < XE_GPU_DEPTH; i++) {
        XE_CODEC(c, gpu->buffer[i].at);
        xe_codec_up_to(c, "left", &gpu->buffer[i].left, 0xFFFFF);
    }
    xe_codec_enum(c, "halt", &gpu->halt, XE_GPU_HALTS);
    XE_CODEC(c, gpu->active);
    XE_CODEC(c, gpu->waiting);
    XE_CODEC(c, gpu->since);
    XE_CODEC(c, gpu->poll);
    XE_CODEC(c, gpu->frames);
    XE_CODEC(c, gpu->samples);
    for (uint32_t i = 0; i < 2; i++) {
        XE_CODEC(c, gpu->shader[i].address);
        XE_CODEC(c, gpu->shader[i].words);
        XE_CODEC(c, gpu->shader[i].hash);
    }
}

static void display_state(struct xe_codec *c, struct xe_gpu *gpu)
{
    XE_CODEC(c, gpu->vblank);
    XE_CODEC(c, gpu->next_vblank);
    for (uint32_t i = 0; i < 256; i++)
        XE_CODEC(c, gpu->lut.entry[i]);
    for (uint32_t i = 0; i < 128; i++)
        for (uint32_t k = 0; k < 3; k++)
            XE_CODEC(c, gpu->lut.pwl[i][k]);
    xe_codec_up_to(c, "component", &gpu->lut.component, 2);
}

static void counters_state(struct xe_codec *c, struct xe_gpu_counters *counters)
{
    for (uint32_t i = 0; i < 4; i++)
        XE_CODEC(c, counters->packets[i]);
    for (uint32_t i = 0; i < XE_GPU_OPCODES; i++)
        XE_CODEC(c, counters->opcodes[i]);
    XE_CODEC(c, counters->predicated);
    XE_CODEC(c, counters->malformed);
    XE_CODEC(c, counters->lost_writes);
    XE_CODEC(c, counters->words);
    XE_CODEC(c, counters->draws);
    XE_CODEC(c, counters->indices);
    XE_CODEC(c, counters->resolves);
    for (uint32_t i = 0; i < XE_GPU_PRIMITIVES; i++)
        XE_CODEC(c, counters->primitives[i]);
    XE_CODEC(c, counters->fences);
    XE_CODEC(c, counters->swaps);
    XE_CODEC(c, counters->shader_loads);
    for (uint32_t i = 0; i < XE_GPU_LIMITS; i++)
        XE_CODEC(c, counters->limits[i]);
}

/* All of a shader's words, or none. They are beside: a digest has no use for going through them. */
static void code_state(struct xe_codec *c, struct xe_gpu *gpu, struct xe_gpu_shader *shader)
{
    size_t n = xe_codec_count(c, "code", shader->code ? shader->words : 0, shader->words, 4);

    if (!xe_codec_want(c, !n || n == shader->words, "%zu words are kept of a shader of %u", n,
                       shader->words) ||
        c->mode == XE_CODEC_HASH)
        return;
    for (size_t i = 0; i < n; i++) {
        if (!xe_codec_loading(c))
            gpu->code[i] = shader->code[i];
        XE_CODEC(c, gpu->code[i]);
    }
    if (xe_codec_loading(c) && !c->stopped && n)
        xe__gpu_keep_code(gpu, shader, gpu->code);
}

static void shader_state(struct xe_codec *c, struct xe_gpu *gpu, struct xe_gpu_shader *shader)
{
    XE_CODEC(c, shader->hash);
    XE_CODEC(c, shader->pixel);
    xe_codec_up_to(c, "words", &shader->words, XE__GPU_SHADER_WORDS);
    XE_CODEC(c, shader->address);
    XE_CODEC(c, shader->loads);
    code_state(c, gpu, shader);
}

static void shaders_state(struct xe_codec *c, struct xe_gpu *gpu)
{
    size_t n = xe_codec_count(c, "shaders", gpu->seen_count, XE__GPU_SHADERS, 33);

    if (xe_codec_loading(c))
        xe__gpu_forget_shaders(gpu);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        if (xe_codec_loading(c)) {
            if (!xe_grow(&gpu->seen, &gpu->seen_capacity, i, sizeof(*gpu->seen))) {
                xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for shaders");
                return;
            }
            gpu->seen[i] = (struct xe_gpu_shader){0};
            gpu->seen_count = i + 1;
        }
        shader_state(c, gpu, &gpu->seen[i]);
    }
    XE_CODEC(c, gpu->seen_lost);
}

static void stores_state(struct xe_codec *c, struct xe_gpu *gpu)
{
    for (uint32_t i = 0; i < XE__GPU_STORES; i++) {
        XE_CODEC(c, gpu->stored[i].at);
        XE_CODEC(c, gpu->stored[i].value);
        XE_CODEC(c, gpu->stored[i].count);
        XE_CODEC(c, gpu->stored[i].time);
    }
}

static void reports_state(struct xe_codec *c, struct xe_gpu *gpu)
{
    xe_codec_beside(c, true);
    counters_state(c, &gpu->counters);
    XE_CODEC(c, gpu->frame.address);
    XE_CODEC(c, gpu->frame.width);
    XE_CODEC(c, gpu->frame.height);
    XE_CODEC(c, gpu->frame.time);
    XE_CODEC(c, gpu->halt_at);
    XE_CODEC(c, gpu->vblanks);
    XE_CODEC(c, gpu->interrupts);
    XE_CODEC(c, gpu->unheard);
    XE_CODEC(c, gpu->masked);
    XE_CODEC(c, gpu->complained);
    xe_codec_up_to(c, "reach", &gpu->reach, xe__gpu_ring_words(gpu));
    stores_state(c, gpu);
    shaders_state(c, gpu);
    xe_codec_beside(c, false);
}

void xe_gpu_state(struct xe_codec *c, struct xe_gpu *gpu)
{
    registers_state(c, gpu);
    processor_state(c, gpu);
    display_state(c, gpu);
    reports_state(c, gpu);
}
