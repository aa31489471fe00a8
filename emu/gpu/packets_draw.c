/* Draws, shaders, events and what they leave in memory. Whoever makes a picture of them: what a
 * title can ask back - counts of samples, extents, what was visible - is a stated function of the
 * draws it made, or what the renderer says, where it reads back. */
#include <string.h>

#include "base/alloc.h"
#include "gpu/gpu_internal.h"

#define COPY             6u /* RB_MODECONTROL: the draw copies out of EDRAM */
#define TRIANGLES        4u
#define QUADS            13u
#define LINE_PATCH       0x10u
#define TRIANGLE_PATCH   0x11u
#define QUAD_PATCH       0x12u
#define EVENLY           0u     /* VGT_HOS_CNTL: into whole parts */
#define SAMPLES_AN_INDEX 16u    /* Guess: any count above zero says "visible"   */
#define COPIED_A_CLOCK   8u     /* pixels. Guess: half of what the chip writes to memory at best */
#define CONDITIONAL      0x100u /* of a draw's token, which names a query */
#define QUERY_ENDS       0x100u
#define COUNTER          0x80000000u /* of an event: store the counter instead of the value */
#define NOT_YET          0xEDFEFFFFu /* what titles put where a count is to come, as the chip reads it */

/* ---- draws ---------------------------------------------------------------------------------- */

/* Pixels that a copy fills: pitch and height of where it goes, 14 bits each. */
static uint32_t copied(const struct xe_gpu *gpu)
{
    uint32_t pitch = gpu->reg[XE__REG_COPY_DEST_PITCH];

    return (pitch & 0x3FFF) * (pitch >> 16 & 0x3FFF);
}

/* Among those that were seen; NULL: it isn't. Places that tell where are found by hash, each the
 * first free one from its own on; no state, so those of a state that was loaded are filled in here.
 */
static struct xe_gpu_shader *find(struct xe_gpu *gpu, uint32_t kind, uint64_t hash)
{
    uint32_t mask = XE__GPU_PLACES - 1, at;

    for (; gpu->placed < gpu->seen_count; gpu->placed++) {
        for (at = (uint32_t)gpu->seen[gpu->placed].hash & mask; gpu->place[at];
             at = (at + 1) & mask)
            ;
        gpu->place[at] = (uint16_t)(gpu->placed + 1);
    }
    for (at = (uint32_t)hash & mask; gpu->place[at]; at = (at + 1) & mask) {
        struct xe_gpu_shader *seen = &gpu->seen[gpu->place[at] - 1];

        if (seen->hash == hash && seen->pixel == (kind != 0))
            return seen;
    }
    return NULL;
}

/* The microcode that was loaded last, if it was kept. */
static struct xe_gpu_program program(struct xe_gpu *gpu, uint32_t kind)
{
    uint64_t hash = gpu->shader[kind].hash;
    const struct xe_gpu_shader *seen = find(gpu, kind, hash);

    return seen ? (struct xe_gpu_program){seen->code, seen->words, hash}
                : (struct xe_gpu_program){.hash = hash};
}

/* A bit for each enum xe_gpu_limit: they are counted, each is told once. */
static void note_limits(struct xe_gpu *gpu, uint32_t limits)
{
    for (uint32_t i = 0; i < XE_GPU_LIMITS; i++) {
        if (!(limits >> i & 1))
            continue;
        if (!gpu->counters.limits[i]++)
            xe_log_write(gpu->log, XE_LOG_STUB, "gpu", "gpu_limit (%s): %s (told once)",
                         xe_gpu_limit_name(i), xe_gpu_limit_text(i));
        gpu->host.lacks(gpu->host.ctx, XE_GPU_LACKS_LIMIT);
    }
}

/* immediate: n words behind the initiator, which may be indices. */
static void render(struct xe_gpu *gpu, uint32_t initiator, const uint32_t *immediate, uint32_t n)
{
    const struct xe_gpu_draw draw = {
        .reg = gpu->reg,
        .initiator = initiator,
        .vertex = program(gpu, 0),
        .pixel = program(gpu, 1),
        .immediate = immediate,
        .immediates = n,
        .time = gpu->clock / XE_GPU_CLOCKS,
    };

    note_limits(gpu, gpu->renderer.draw(gpu->renderer.ctx, &draw));
}

/* Patches, which the chip divides: their primitives, or a list of them by the output's path. */
static bool is_tessellated(const struct xe_gpu *gpu, uint32_t initiator)
{
    uint32_t primitive = initiator & 63;
    bool is_explicit = (initiator >> 8 & 3) == 1;

    return (is_explicit && primitive >= LINE_PATCH && primitive <= QUAD_PATCH) ||
           (is_explicit && (gpu->reg[XE__REG_OUTPUT_PATH] & 3) == 1);
}

/* Renderers divide triangles and quads evenly; not by factors of their edges, or anything else. */
static bool is_left_out(const struct xe_gpu *gpu, uint32_t initiator)
{
    uint32_t primitive = initiator & 63;

    if (!is_tessellated(gpu, initiator))
        return false;
    return (gpu->reg[XE__REG_HOS_CNTL] & 3) != EVENLY ||
           (primitive != TRIANGLES && primitive != QUADS && primitive != TRIANGLE_PATCH &&
            primitive != QUAD_PATCH);
}

static void draw(struct xe_gpu *gpu, uint32_t initiator, const uint32_t *immediate, uint32_t n)
{
    uint32_t indices = initiator >> 16;

    xe__gpu_set(gpu, XE__REG_DRAW_INITIATOR, initiator);
    if ((gpu->reg[XE__REG_MODECONTROL] & 7) == COPY) {
        gpu->counters.resolves++;
        gpu->clock += copied(gpu) / COPIED_A_CLOCK;
        if (gpu->renderer.copy)
            note_limits(
                gpu, gpu->renderer.copy(gpu->renderer.ctx, gpu->reg, gpu->clock / XE_GPU_CLOCKS));
        return;
    }
    gpu->counters.draws++;
    gpu->counters.primitives[initiator & 63]++;
    gpu->counters.indices += indices;
    gpu->samples += SAMPLES_AN_INDEX * indices;
    gpu->clock += indices;
    if (!gpu->renderer.draw)
        return;
    if (!is_left_out(gpu, initiator)) {
        render(gpu, initiator, immediate, n);
        return;
    }
    gpu->host.lacks(gpu->host.ctx, XE_GPU_LACKS_TESSELLATION);
    xe__gpu_complain(gpu, XE__GPU_TESSELLATES, initiator);
}

/* The place and number of indices, where they come from memory. */
static void dma(struct xe_gpu *gpu, const uint32_t *word, uint32_t n)
{
    if (n > 2 && (word[0] >> 6 & 3) == 0) {
        xe__gpu_set(gpu, XE__REG_DMA_BASE, word[1]);
        xe__gpu_set(gpu, XE__REG_DMA_SIZE, word[2]);
    }
}

/* Is it drawn on the condition that a query saw something, which did not?
 * Guess: what the bit of the token means; where nothing is read back, all is seen. */
static bool is_unseen(const struct xe_gpu *gpu, uint32_t token)
{
    uint32_t query = token & 63;

    return gpu->renderer.query_end && token & CONDITIONAL &&
           !(gpu->reg[XE__REG_VIZ_QUERY_STATUS_0 + query / 32] >> (query & 31) & 1);
}

XE__GPU_PACKET(draw)
{
    dma(gpu, word + 1, n - 1);
    if (!is_unseen(gpu, word[0]))
        draw(gpu, word[1], word + 2, n - 2);
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(draw_2)
{
    dma(gpu, word, n);
    draw(gpu, word[0], word + 1, n - 1);
    return XE__GPU_NEXT;
}

/* Where nothing is read back, whatever a query asked for was visible. */
XE__GPU_PACKET(viz_query)
{
    uint32_t id = word[0] & 63, at = XE__REG_VIZ_QUERY_STATUS_0 + id / 32, bit = 1u << (id & 31);
    const struct xe_gpu_renderer *renderer = &gpu->renderer;

    if (!(word[0] & QUERY_ENDS)) {
        if (renderer->query_begin)
            renderer->query_begin(renderer->ctx, id);
        return XE__GPU_NEXT;
    }
    if (!renderer->query_end || renderer->query_end(renderer->ctx, id))
        xe__gpu_set(gpu, at, gpu->reg[at] | bit);
    else
        xe__gpu_set(gpu, at, gpu->reg[at] & ~bit);
    return XE__GPU_NEXT;
}

/* ---- shaders -------------------------------------------------------------------------------- */

/* FNV-1a over words: it names microcode in reports and guards nothing. */
static uint64_t hash_of(const uint32_t *word, uint32_t n)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (uint32_t i = 0; i < n; i++)
        hash = (hash ^ word[i]) * 0x100000001B3u;
    return hash;
}

void xe__gpu_keep_code(struct xe_gpu *gpu, struct xe_gpu_shader *shader, const uint32_t *code)
{
    shader->code = NULL;
    if (!shader->words || shader->words > XE__GPU_CODE - gpu->code_words)
        return;
    shader->code = (const uint32_t *)xe_memdup(code, shader->words * sizeof(*code));
    if (shader->code)
        gpu->code_words += shader->words;
}

void xe__gpu_forget_shaders(struct xe_gpu *gpu)
{
    for (size_t i = 0; i < gpu->seen_count; i++)
        xe_free((void *)gpu->seen[i].code);
    gpu->seen_count = 0;
    gpu->code_words = 0;
    gpu->placed = 0;
    memset(gpu->place, 0, sizeof(gpu->place));
}

static void remember(struct xe_gpu *gpu, uint32_t kind, const struct xe__gpu_bound *bound,
                     const uint32_t *code)
{
    struct xe_gpu_shader *seen = find(gpu, kind, bound->hash);

    if (seen) {
        seen->loads++;
        return;
    }
    if (gpu->seen_count == XE__GPU_SHADERS ||
        !xe_grow(&gpu->seen, &gpu->seen_capacity, gpu->seen_count, sizeof(*gpu->seen))) {
        gpu->seen_lost++;
        return;
    }
    gpu->seen[gpu->seen_count] = (struct xe_gpu_shader){.hash = bound->hash,
                                                        .pixel = kind != 0,
                                                        .words = bound->words,
                                                        .address = bound->address,
                                                        .loads = 1};
    xe__gpu_keep_code(gpu, &gpu->seen[gpu->seen_count++], code);
}

static void bind(struct xe_gpu *gpu, uint32_t kind, xe_gpa address, const uint32_t *code,
                 uint32_t words)
{
    struct xe__gpu_bound *bound = &gpu->shader[kind];

    *bound = (struct xe__gpu_bound){address, words, hash_of(code, words)};
    gpu->counters.shader_loads++;
    gpu->clock += words;
    remember(gpu, kind, bound, code);
}

/* The kind stands in the two lowest bits; there are two. */
XE__GPU_PACKET(im_load)
{
    uint32_t words = word[1] & 0xFFFF, kind = word[0] & 3;
    xe_gpa address = word[0] & (XE_MEM_PHYS_SIZE - 1) & ~3u;

    if (kind > 1 || words > XE__GPU_SHADER_WORDS) {
        gpu->counters.malformed++;
        xe__gpu_complain(gpu, XE__GPU_SHORT, word[0]);
        return XE__GPU_NEXT;
    }
    if (!xe__gpu_words(gpu, address, words, gpu->code))
        memset(gpu->code, 0, words * sizeof(*gpu->code));
    bind(gpu, kind, address, gpu->code, words);
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(im_load_immediate)
{
    uint32_t words = word[1] & 0xFFFF, kind = word[0] & 3;

    if (kind > 1 || words > n - 2 || words > XE__GPU_SHADER_WORDS) {
        gpu->counters.malformed++;
        xe__gpu_complain(gpu, XE__GPU_SHORT, word[0]);
        return XE__GPU_NEXT;
    }
    bind(gpu, kind, 0, word + 2, words);
    return XE__GPU_NEXT;
}

/* ---- events --------------------------------------------------------------------------------- */

enum {
    VS_DONE_TS = 2,
    PS_DONE_TS = 3,
    CACHE_FLUSH_TS = 4,
    CACHE_FLUSH_AND_INV_TS = 20,
    SCREEN_EXT_RPT = 26,
    VS_FETCH_DONE_TS = 27
};

static void fence(struct xe_gpu *gpu, const uint32_t *word)
{
    gpu->counters.fences++;
    xe__gpu_store(gpu, word[1], word[0] & COUNTER ? gpu->frames : word[2]);
}

/* Six halfwords: least and most x / 8, y / 8, z of what was drawn: all that there can be. */
static void extent(struct xe_gpu *gpu, uint32_t address)
{
    static const uint32_t words[] = {1024u << 16, 1024u << 16, 1u << 16};

    for (uint32_t i = 0; i < 3; i++)
        xe__gpu_store(gpu, address + 4 * i, words[i]);
}

XE__GPU_PACKET(event_write)
{
    uint32_t event = word[0] & 63;

    xe__gpu_set(gpu, XE__REG_EVENT_INITIATOR, word[0]);
    switch (event) {
    case VS_DONE_TS:
    case PS_DONE_TS:
    case CACHE_FLUSH_TS:
    case CACHE_FLUSH_AND_INV_TS:
    case VS_FETCH_DONE_TS:
        if (n >= 3)
            fence(gpu, word);
        break;
    case SCREEN_EXT_RPT:
        if (n >= 2)
            extent(gpu, word[1]);
        break;
    default:
        break;
    }
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(event_write_fence)
{
    xe__gpu_set(gpu, XE__REG_EVENT_INITIATOR, word[0] & 63);
    fence(gpu, word);
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(event_write_ext)
{
    xe__gpu_set(gpu, XE__REG_EVENT_INITIATOR, word[0] & 63);
    extent(gpu, word[1]);
    return XE__GPU_NEXT;
}

/* Where nothing is read back, all samples pass. */
static struct xe_gpu_samples samples(const struct xe_gpu *gpu)
{
    struct xe_gpu_samples ret = {.tested = gpu->samples, .passed = gpu->samples};

    if (gpu->renderer.samples)
        gpu->renderer.samples(gpu->renderer.ctx, &ret);
    return ret;
}

/* Total, ZFail, ZPass, StencilFail, each of both halves of the back end: the first half counts.
 * Little-endian. Never what a title takes for "not yet". */
XE__GPU_PACKET(event_write_zpd)
{
    uint32_t at = gpu->reg[XE__REG_SAMPLE_COUNT_ADDR] & ~3u;
    const struct xe_gpu_samples n_of = samples(gpu);
    const uint32_t counts[4] = {n_of.tested, n_of.z_failed, n_of.passed, n_of.stencil_failed};

    xe__gpu_set(gpu, XE__REG_EVENT_INITIATOR, word[0] & 63);
    for (uint32_t i = 0; at && i < 4; i++) {
        xe__gpu_store(gpu, at + 8 * i, counts[i] == NOT_YET ? counts[i] + 1 : counts[i]);
        xe__gpu_store(gpu, at + 8 * i + 4, 0);
    }
    return XE__GPU_NEXT;
}

/* ---- frames --------------------------------------------------------------------------------- */

void xe_gpu_swap_words(const struct xe_gpu_swap *swap, uint32_t ret[XE_GPU_SWAP_WORDS])
{
    uint32_t n = 0;

    ret[n++] = 5u << 16 | XE__REG_FETCH;
    for (uint32_t i = 0; i < 6; i++)
        ret[n++] = swap->fetch[i];
    ret[n++] = 3u << 30 | 3u << 16 | XE__GPU_SWAP_OPCODE << 8;
    ret[n++] = XE_GPU_SWAP;
    ret[n++] = swap->address;
    ret[n++] = swap->width;
    ret[n++] = swap->height;
    while (n < XE_GPU_SWAP_WORDS)
        ret[n++] = 2u << 30;
}

/* A picture for whoever makes them; the front buffer's texture stands in the first constant. */
static void show(struct xe_gpu *gpu)
{
    struct xe_gpu_swap swap = {
        .address = gpu->frame.address, .width = gpu->frame.width, .height = gpu->frame.height};

    memcpy(swap.fetch, gpu->reg + XE__REG_FETCH, sizeof(swap.fetch));
    if (gpu->renderer.swap)
        note_limits(gpu, gpu->renderer.swap(gpu->renderer.ctx, &swap, gpu->counters.swaps,
                                            gpu->frame.time));
}

XE__GPU_PACKET(swap)
{
    if (word[0] != XE_GPU_SWAP) {
        gpu->counters.malformed++;
        xe__gpu_complain(gpu, XE__GPU_UNKNOWN, word[0]);
        return XE__GPU_NEXT;
    }
    gpu->frames++;
    gpu->counters.swaps++;
    gpu->frame = (struct xe_gpu_frame){.address = word[1],
                                       .width = word[2],
                                       .height = word[3],
                                       .time = gpu->clock / XE_GPU_CLOCKS};
    show(gpu);
    return XE__GPU_NEXT;
}
