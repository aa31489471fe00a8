/* Arithmetic of four lanes: operands, both parts, then what they write. */
#include <string.h>

#include "gpu/ref/operands.h"

/* ---- operands ------------------------------------------------------------------------------- */

/* Guess: a relative constant outside of the stage's own is 0, as one that isn't relative is. */
static float constant(const struct xe__ref *ref, int32_t at, uint32_t component)
{
    const struct xe_ref_constants *c = ref->run->constants;

    if (at < 0 || (uint32_t)at >= c->count || c->first + (uint32_t)at >= 512)
        return 0;
    return xe_float_of_bits(c->floats[4 * (c->first + (uint32_t)at) + component]);
}

static void load_raw(const struct xe__ref *ref, const struct xe__ref_alu *alu,
                     const struct xe__ref_source *source, uint32_t component, float ret[LANES])
{
    const int32_t *offset = alu->by_a0 ? ref->a0 : ref->al;

    if (source->is_temp && !source->relative) {
        memcpy(ret, ref->run->temp[source->number][component], LANES * sizeof(float));
    } else if (source->is_temp) {
        for (uint32_t lane = 0; lane < LANES; lane++)
            ret[lane] =
                ref->run->temp[xe__ref_register(ref, source->number, true, lane)][component][lane];
    } else if (!source->relative) {
        float value = constant(ref, source->number, component);

        for (uint32_t lane = 0; lane < LANES; lane++)
            ret[lane] = value;
    } else {
        for (uint32_t lane = 0; lane < LANES; lane++)
            ret[lane] = constant(ref, source->number + offset[lane], component);
    }
}

/* First its absolute value, then its negative. */
static void load(const struct xe__ref *ref, const struct xe__ref_alu *alu,
                 const struct xe__ref_source *source, uint32_t component, float ret[LANES])
{
    uint32_t keep = source->absolute ? 0x7FFFFFFF : 0xFFFFFFFF;
    uint32_t flip = source->negates ? 0x80000000 : 0;

    load_raw(ref, alu, source, component, ret);
    if (source->absolute || source->negates)
        for (uint32_t lane = 0; lane < LANES; lane++)
            ret[lane] = xe_float_of_bits((xe_bits_of_float(ret[lane]) & keep) ^ flip);
}

static void load_all(const struct xe__ref *ref, const struct xe__ref_alu *alu, uint32_t i,
                     float ret[4][LANES])
{
    const struct xe__ref_source *source = &alu->source[i];

    for (uint32_t k = 0; k < 4; k++)
        load(ref, alu, source, source->component[k], ret[k]);
}

/* ---- the vector part ------------------------------------------------------------------------ */

struct result {
    float vector[4][LANES], scalar[LANES];
    uint32_t killed;
    uint32_t p0; /* of all lanes, and so is a0 */
    int32_t a0[LANES];
};

#define RUN_LANE(name)                                                                             \
    for (uint32_t i = 0; i < 4; i++)                                                               \
        for (uint32_t lane = 0; lane < LANES; lane++)                                              \
            ret->vector[i][lane] = v_##name(o->a[i][lane], o->b[i][lane], o->c[i][lane]);
#define RUN_WHOLE(name)                                                                            \
    for (uint32_t lane = 0; lane < LANES; lane++) {                                                \
        float value[4];                                                                            \
        w_##name(o, lane, value);                                                                  \
        for (uint32_t i = 0; i < 4; i++)                                                           \
            ret->vector[i][lane] = value[i];                                                       \
    }
#define RUN_PUSH(name)                                                                             \
    for (uint32_t lane = 0; lane < LANES; lane++)                                                  \
        push(o, lane, holds_##name(o->b[0][lane], 0), holds_##name(o->b[3][lane], 0), ret);
#define RUN_KILL(name)                                                                             \
    for (uint32_t lane = 0; lane < LANES; lane++) {                                                \
        bool any = false;                                                                          \
        for (uint32_t i = 0; i < 4; i++)                                                           \
            any = any || holds_##name(o->a[i][lane], o->b[i][lane]);                               \
        ret->killed |= (uint32_t)any << lane;                                                      \
        for (uint32_t i = 0; i < 4; i++)                                                           \
            ret->vector[i][lane] = truth(any);                                                     \
    }
#define RUN_A0(name)                                                                               \
    RUN_LANE(max)                                                                                  \
    for (uint32_t lane = 0; lane < LANES; lane++)                                                  \
        ret->a0[lane] = xe_exact_whole(xe_exact_add(o->a[3][lane], 0.5f), -256, 255);

static void set_p0(struct result *ret, uint32_t lane, bool value)
{
    ret->p0 = (ret->p0 & ~(1u << lane)) | (uint32_t)value << lane;
}

/* 0 goes on being active where the comparison holds; n is how deep it is not. */
static void push(const struct xe__ref_operands *o, uint32_t lane, bool holds_x, bool holds_w,
                 struct result *ret)
{
    bool active = COMPARE(o->a[0][lane], ==, 0) && holds_x;
    float value = active ? 0 : xe_exact_add(o->a[0][lane], 1.0f);

    set_p0(ret, lane, COMPARE(o->a[3][lane], ==, 0) && holds_w);
    for (uint32_t i = 0; i < 4; i++)
        ret->vector[i][lane] = value;
}

static void vector_run(const struct xe__ref_operands *o, enum xe_ucode_vector_op op,
                       struct result *ret)
{
    switch (op) {
#define VECTOR_OP(number, name, operands, kind)                                                    \
    case XE_UCODE_V_##name:                                                                        \
        RUN_##kind(name);                                                                          \
        return;
#include "gpu/ucode/ucode.def"
    default:
        return;
    }
}
#undef RUN_KILL
#undef RUN_A0

static void vector_part(const struct xe__ref *ref, const struct xe__ref_alu *alu,
                        struct result *ret)
{
    const struct xe_ucode_op *op = &xe_ucode_vector_ops[alu->vop];
    struct xe__ref_operands o = {.a = {{0}}};

    if (!alu->vmask && (op->kind == XE_UCODE_LANE || op->kind == XE_UCODE_WHOLE))
        return;
    load_all(ref, alu, 0, o.a);
    if (op->operands > 1)
        load_all(ref, alu, 1, o.b);
    if (op->operands > 2)
        load_all(ref, alu, 2, o.c);
    vector_run(&o, (enum xe_ucode_vector_op)alu->vop, ret);
}

/* ---- the scalar part ------------------------------------------------------------------------ */

#define RUN_PLAIN(name)                                                                            \
    for (uint32_t lane = 0; lane < LANES; lane++)                                                  \
        ret->scalar[lane] = s_##name(a[lane], b[lane], ps[lane]);
#define RUN_PREV(name)  RUN_PLAIN(name)
#define RUN_CONST(name) RUN_PLAIN(name)
#define RUN_PRED(name)                                                                             \
    for (uint32_t lane = 0; lane < LANES; lane++) {                                                \
        bool holds = holds_##name(a[lane]);                                                        \
        set_p0(ret, lane, holds);                                                                  \
        ret->scalar[lane] = holds ? 0.0f : s_##name(a[lane], b[lane], ps[lane]);                   \
    }
#define RUN_KILL(name)                                                                             \
    for (uint32_t lane = 0; lane < LANES; lane++) {                                                \
        bool holds = holds_##name(a[lane]);                                                        \
        ret->killed |= (uint32_t)holds << lane;                                                    \
        ret->scalar[lane] = truth(holds);                                                          \
    }
#define ROUND_maxas  0.5f
#define ROUND_maxasf 0.0f
#define RUN_A0(name)                                                                               \
    RUN_PLAIN(name)                                                                                \
    for (uint32_t lane = 0; lane < LANES; lane++)                                                  \
        ret->a0[lane] = xe_exact_whole(xe_exact_add(a[lane], ROUND_##name), -256, 255);

static void scalar_run(const float a[LANES], const float b[LANES], const float ps[LANES],
                       enum xe_ucode_scalar_op op, struct result *ret)
{
    switch (op) {
#define SCALAR_OP(number, name, operands, kind)                                                    \
    case XE_UCODE_S_##name:                                                                        \
        RUN_##kind(name);                                                                          \
        return;
#include "gpu/ucode/ucode.def"
    default:
        return;
    }
}

static void scalar_part(const struct xe__ref *ref, const struct xe__ref_alu *alu,
                        struct result *ret)
{
    const struct xe__ref_source *one = &alu->source[2], *two = &alu->source[2];
    float a[LANES], b[LANES];

    if (xe_ucode_scalar_ops[alu->sop].kind == XE_UCODE_CONST) {
        one = &alu->constant;
        two = &alu->temp;
    }
    load(ref, alu, one, one->component[3], a);
    load(ref, alu, two, two->component[0], b);
    scalar_run(a, b, ref->ps, (enum xe_ucode_scalar_op)alu->sop, ret);
}

/* ---- what is written ------------------------------------------------------------------------ */

/* To 0 and 1; what is no number, to 0. */
static float saturated(float x)
{
    return !(x > 0) ? 0.0f : x > 1.0f ? 1.0f : x;
}

static void write(struct xe__ref *ref, float (*row)[4][LANES], uint32_t at, uint32_t i,
                  uint32_t lane, float value)
{
    row[at][i][lane] = value;
    if (row == ref->run->out)
        ref->run->written[lane] |= UINT64_C(1) << at;
}

static void write_lane(struct xe__ref *ref, const struct xe__ref_alu *alu,
                       const struct result *result, uint32_t lane)
{
    float(*row)[4][LANES] = alu->exports ? ref->run->out : ref->run->temp;
    uint32_t v = xe__ref_register(ref, alu->vdst, alu->vdst_relative, lane);
    uint32_t s = xe__ref_register(ref, alu->sdst, alu->sdst_relative, lane);
    float scalar = alu->ssat ? saturated(result->scalar[lane]) : result->scalar[lane];

    for (uint32_t i = 0; i < 4; i++) {
        float vector = result->vector[i][lane];

        if (alu->vmask >> i & 1)
            write(ref, row, v, i, lane, alu->vsat ? saturated(vector) : vector);
        if (alu->ones >> i & 1 || alu->zeros >> i & 1)
            write(ref, row, v, i, lane, truth(alu->ones >> i & 1));
        if (alu->smask >> i & 1)
            write(ref, row, s, i, lane, scalar);
    }
}

void xe__ref_alu_run(struct xe__ref *ref, const struct xe__ref_alu *alu, uint32_t lanes)
{
    struct result result = {.p0 = ref->p0};
    bool scalar = alu->sop != XE_UCODE_S_retain_prev || alu->smask;

    memcpy(result.a0, ref->a0, sizeof(result.a0));
    vector_part(ref, alu, &result);
    if (scalar)
        scalar_part(ref, alu, &result);
    EACH_LANE(lane, lanes)
    {
        write_lane(ref, alu, &result, lane);
        ref->a0[lane] = result.a0[lane];
        if (scalar)
            ref->ps[lane] = result.scalar[lane];
    }
    ref->p0 = (ref->p0 & ~lanes) | (result.p0 & lanes);
    if (ref->run->shader->stage == XE_UCODE_PIXEL)
        ref->run->killed |= result.killed & lanes;
}
