/* Shaders of a draw: kept prepared, given what goes in, asked for what came out. */
#include "base/bits.h"
#include "gpu/render/render_internal.h"

#define PROGRAM_CNTL 0x2180u
#define CONTEXT_MISC 0x2181u
#define SPRITES      2u /* modes of a vertex's exports */
#define SPRITES_KILL 5u
#define PARAM_GEN    (1u << 18)

/* Each stage has its own: a draw's two shaders must not take each other's place. */
static struct xe__render_shader *place_of(struct xe__render *render, enum xe_ucode_stage stage,
                                          uint64_t hash)
{
    return &render->shader[stage][(hash ^ hash >> 32) % XE__RENDER_SHADERS];
}

const struct xe_ref_shader *xe__render_shader(struct xe__render *render, enum xe_ucode_stage stage,
                                              const struct xe_gpu_program *program)
{
    struct xe__render_shader *it = place_of(render, stage, program->hash);

    if (it->shader && it->hash == program->hash)
        return it->shader;
    xe_ref_shader_destroy(it->shader);
    it->shader = program->words ? xe_ref_shader_create(stage, program->words, program->n) : NULL;
    it->hash = program->hash;
    return it->shader;
}

void xe__render_forget_shaders(struct xe__render *render)
{
    for (uint32_t i = 0; i < 2 * XE__RENDER_SHADERS; i++)
        xe_ref_shader_destroy(
            render->shader[i / XE__RENDER_SHADERS][i % XE__RENDER_SHADERS].shader);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void run_lanes(struct xe__draw *d, struct xe_ref_run *run)
{
    uint64_t most = least(d->steps, d->render->pool / XE__RENDER_STEP_NS), used;

    run->most = most;
    xe_ref_run(run);
    used = most - run->most;
    if (run->limited && run->most)
        xe__render_limit(d->render, XE_GPU_LIMIT_SHADER);
    else if (run->limited && most < d->steps)
        xe__render_pay(d->render, d->render->pool + 1); /* there isn't */
    d->steps -= used;
    xe__render_pay(d->render, used * XE__RENDER_STEP_NS);
}

static struct xe_ref_run *begin_run(struct xe__draw *d, enum xe_ucode_stage stage,
                                    const struct xe_ref_shader *shader)
{
    struct xe_ref_run *run = &d->run[stage];

    run->shader = shader;
    run->constants = &d->constants[stage];
    run->world = &d->world;
    run->lanes = run->helps = 0;
    xe_ref_run_begin(run);
    return run;
}

/* ---- vertices ------------------------------------------------------------------------------- */

/* The kill flag is set where any of its bits but the sign is. */
static bool kills(float flag)
{
    return xe_bits_of_float(flag) & 0x7FFFFFFF;
}

/* Where the mode of exports has sizes; as its bits compare, so no number is as good as infinite. */
static float size_of(uint32_t mode, float size)
{
    if (mode != SPRITES && mode != SPRITES_KILL)
        return -1; /* the register's */
    if (xe_bits_of_float(size) >> 31)
        return 0;
    return size == size ? size : 0x1p100f;
}

static void read_vertex(const struct xe_ref_run *run, uint32_t mode, uint32_t lane,
                        struct xe_raster_vertex *ret)
{
    bool point = run->written[lane] >> XE_UCODE_O_POINT & 1;

    for (uint32_t i = 0; i < 4; i++)
        ret->position[i] = run->out[XE_UCODE_O_POSITION][i][lane];
    ret->size = point ? size_of(mode, run->out[XE_UCODE_O_POINT][0][lane]) : -1;
    ret->kills = point && kills(run->out[XE_UCODE_O_POINT][2][lane]);
    for (uint32_t k = 0; k < XE_RASTER_INTERPOLATORS; k++)
        for (uint32_t i = 0; i < 4; i++)
            ret->out[k][i] = run->out[k][i][lane];
}

/* An index; or where in which patch it is. */
static void give_place(struct xe__draw *d, uint32_t place, uint32_t lane, struct xe_ref_run *run)
{
    float patch[2][4] = {{0}};
    uint32_t index = 0;

    if (d->level) {
        xe__render_patch_vertex(d, place, patch);
        for (uint32_t i = 0; i < 8; i++)
            run->temp[i / 4][i % 4][lane] = patch[i / 4][i % 4];
        d->begins_anew[lane] = false;
    } else {
        d->begins_anew[lane] = !xe__render_index(d, place, &index);
        run->temp[0][0][lane] = (float)index;
    }
    run->lanes |= (uint32_t)!d->begins_anew[lane] << lane;
}

void xe__render_vertices(struct xe__draw *d, uint32_t place, uint32_t n)
{
    struct xe_ref_run *run = begin_run(d, XE_UCODE_VERTEX, d->vertex);

    xe__render_pay(d->render, n * XE__RENDER_VERTEX_NS);
    for (uint32_t lane = 0; lane < n; lane++)
        give_place(d, place + lane, lane, run);
    run_lanes(d, run);
    for (uint32_t lane = 0; lane < n; lane++)
        read_vertex(run, d->draw->reg[PROGRAM_CNTL] >> 24 & 7, lane, &d->ahead[lane]);
}

/* ---- pixels --------------------------------------------------------------------------------- */

static float with_sign(float value, bool negative)
{
    return negative ? -value : value;
}

/* A register of where the pixel is, and on what: signs tell, of 0 too. */
static void generate(const struct xe_raster_quad *quad, uint32_t at, uint32_t lane,
                     struct xe_ref_run *run)
{
    run->temp[at][0][lane] = with_sign((float)(quad->x + (int32_t)(lane & 1)), !quad->is_front);
    run->temp[at][1][lane] = with_sign((float)(quad->y + (int32_t)(lane >> 1)), quad->is_point);
    run->temp[at][2][lane] = with_sign(quad->sprite[lane][0], quad->is_line);
    run->temp[at][3][lane] = quad->sprite[lane][1];
}

static void give_inputs(const struct xe__draw *d, const struct xe_raster_quad *quad,
                        struct xe_ref_run *run)
{
    const uint32_t *reg = d->draw->reg;
    uint32_t generated = reg[CONTEXT_MISC] >> 8 & 0xFF;

    for (uint32_t lane = 0; lane < XE_REF_LANES; lane++) {
        run->lanes |= 1u << lane;
        run->helps |= (uint32_t)!quad->covered[lane] << lane;
        for (uint32_t k = 0; k < d->pixel_inputs; k++)
            for (uint32_t i = 0; i < 4; i++)
                run->temp[k][i][lane] = quad->in[lane][k][i];
        if (reg[PROGRAM_CNTL] & PARAM_GEN && generated < XE_UCODE_TEMPS)
            generate(quad, generated, lane, run);
    }
}

void xe__render_pixels(void *ctx, struct xe_raster_quad *quad)
{
    struct xe__draw *d = ctx;
    struct xe_ref_run *run = begin_run(d, XE_UCODE_PIXEL, d->pixel);
    uint64_t exports = xe_ref_shader_exports(d->pixel);

    give_inputs(d, quad, run);
    run_lanes(d, run);
    quad->killed = (uint8_t)(run->killed | run->limited);
    quad->written = exports & ((1u << XE_RASTER_TARGETS) - 1);
    quad->has_depth = exports >> XE_UCODE_O_DEPTH & 1;
    for (uint32_t lane = 0; lane < XE_REF_LANES; lane++) {
        quad->depth[lane] = run->out[XE_UCODE_O_DEPTH][0][lane];
        for (uint32_t k = 0; k < XE_RASTER_TARGETS; k++)
            for (uint32_t i = 0; (!k || exports >> k & 1) && i < 4; i++)
                quad->colour[lane][k][i] = exports >> k & 1 ? run->out[k][i][lane] : 0;
    }
}
