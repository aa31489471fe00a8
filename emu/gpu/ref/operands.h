/* Every vector and scalar operation, as a function of numbers: one for each row of ucode.def, which
 * a missing one does not compile. Comparisons with what is no number are false, but for ne. */
#ifndef XE_GPU_REF_OPERANDS_H
#define XE_GPU_REF_OPERANDS_H

#include "gpu/ref/exact.h"
#include "gpu/ref/shader_internal.h"

/* Of a vector operation: by component, then lane. */
struct xe__ref_operands {
    float a[4][LANES], b[4][LANES], c[4][LANES];
};

static inline float truth(bool holds)
{
    return holds ? 1.0f : 0.0f;
}

/* With denormals as 0. */
#define COMPARE(a, op, b) (xe_exact_flush(a) op xe_exact_flush(b))

/* ---- vector: of a lane ---------------------------------------------------------------------- */

#define V(name, value)                                                                             \
    static inline float v_##name(float a, __attribute__((unused)) float b,                         \
                                 __attribute__((unused)) float c)                                  \
    {                                                                                              \
        return value;                                                                              \
    }
V(add, xe_exact_add(a, b))
V(mul, xe_exact_mul(a, b))
V(max, xe_exact_max(a, b))
V(min, xe_exact_min(a, b))
V(seq, truth(COMPARE(a, ==, b)))
V(sgt, truth(COMPARE(a, >, b)))
V(sge, truth(COMPARE(a, >=, b)))
V(sne, truth(COMPARE(a, !=, b)))
V(frc, xe_exact_frc(a))
V(trunc, xe_exact_trunc(a))
V(floor, xe_exact_floor(a))
V(mad, xe_exact_add(xe_exact_mul(a, b), c))
V(cndeq, COMPARE(a, ==, 0) ? b : c)
V(cndge, COMPARE(a, >=, 0) ? b : c)
V(cndgt, COMPARE(a, >, 0) ? b : c)
#undef V

/* ---- vector: of all lanes ------------------------------------------------------------------- */

#define WHOLE(name)                                                                                \
    static inline void w_##name(const struct xe__ref_operands *o, uint32_t lane, float ret[4])
#define A(i) (o->a[i][lane])
#define B(i) (o->b[i][lane])

static inline void replicate(float ret[4], float value)
{
    for (uint32_t i = 0; i < 4; i++)
        ret[i] = value;
}

/* In the order x, y, z, w. Guess: the hardware's own may be another; a console would tell. */
static inline float dot(const struct xe__ref_operands *o, uint32_t lane, uint32_t n)
{
    float sum = xe_exact_mul(A(0), B(0));

    for (uint32_t i = 1; i < n; i++)
        sum = xe_exact_add(sum, xe_exact_mul(A(i), B(i)));
    return sum;
}

WHOLE(dp4)
{
    replicate(ret, dot(o, lane, 4));
}

WHOLE(dp3)
{
    replicate(ret, dot(o, lane, 3));
}

WHOLE(dp2add)
{
    replicate(ret, xe_exact_add(dot(o, lane, 2), o->c[0][lane]));
}

WHOLE(max4)
{
    float most = A(0);

    for (uint32_t i = 1; i < 4; i++)
        most = xe_exact_max(most, A(i));
    replicate(ret, most);
}

WHOLE(dst)
{
    ret[0] = 1.0f;
    ret[1] = xe_exact_mul(A(1), B(1));
    ret[2] = A(2);
    ret[3] = B(3);
}

static inline float magnitude(float x)
{
    return xe_float_of_bits(xe_bits_of_float(x) & 0x7FFFFFFF);
}

/* The operands are z z x y and y x z z of a direction. tc, sc, twice the axis, the face. */
WHOLE(cube)
{
    float x = xe_exact_flush(A(2)), y = xe_exact_flush(A(3)), z = xe_exact_flush(A(0));
    float ax = magnitude(x), ay = magnitude(y), az = magnitude(z);

    if (az >= ax && az >= ay) {
        ret[0] = -y;
        ret[1] = z < 0 ? -x : x;
        ret[2] = xe_exact_add(z, z);
        ret[3] = z < 0 ? 5.0f : 4.0f;
    } else if (ay >= ax) {
        ret[0] = y < 0 ? -z : z;
        ret[1] = x;
        ret[2] = xe_exact_add(y, y);
        ret[3] = y < 0 ? 3.0f : 2.0f;
    } else {
        ret[0] = -y;
        ret[1] = x < 0 ? z : -z;
        ret[2] = xe_exact_add(x, x);
        ret[3] = x < 0 ? 1.0f : 0.0f;
    }
}
#undef WHOLE
#undef A
#undef B

/* ---- comparisons of predicates and kills ---------------------------------------------------- */

#define HOLDS(name, op)                                                                            \
    static inline bool holds_##name(float a, float b)                                              \
    {                                                                                              \
        return COMPARE(a, op, b);                                                                  \
    }
HOLDS(setp_eq_push, ==)
HOLDS(setp_ne_push, !=)
HOLDS(setp_gt_push, >)
HOLDS(setp_ge_push, >=)
HOLDS(kill_eq, ==)
HOLDS(kill_gt, >)
HOLDS(kill_ge, >=)
HOLDS(kill_ne, !=)
#undef HOLDS

/* ---- scalar --------------------------------------------------------------------------------- */

#define S(name, value)                                                                             \
    static inline float s_##name(__attribute__((unused)) float a, __attribute__((unused)) float b, \
                                 __attribute__((unused)) float ps)                                 \
    {                                                                                              \
        return value;                                                                              \
    }

/* What is infinite instead. */
static inline float unless_infinite(float x, float instead)
{
    uint32_t bits = xe_bits_of_float(x);

    if ((bits & 0x7FFFFFFF) != 0x7F800000)
        return x;
    return xe_float_of_bits((bits & 0x80000000) | xe_bits_of_float(instead));
}

/* Only of what is below everything. */
static inline float log_clamped(float a)
{
    float x = xe_exact_log2(a);

    return xe_bits_of_float(x) == 0xFF800000 ? -XE_EXACT_MAX : x;
}

static inline float mul_prev2(float a, float b, float ps)
{
    bool fails = ps == -XE_EXACT_MAX || !xe_exact_is_finite(ps) || !xe_exact_is_finite(b) ||
                 !COMPARE(b, >, 0);

    return fails ? -XE_EXACT_MAX : xe_exact_mul(a, ps);
}

S(adds, xe_exact_add(a, b))
S(adds_prev, xe_exact_add(a, ps))
S(muls, xe_exact_mul(a, b))
S(muls_prev, xe_exact_mul(a, ps))
S(muls_prev2, mul_prev2(a, b, ps))
S(maxs, xe_exact_max(a, b))
S(mins, xe_exact_min(a, b))
S(seqs, truth(COMPARE(a, ==, 0)))
S(sgts, truth(COMPARE(a, >, 0)))
S(sges, truth(COMPARE(a, >=, 0)))
S(snes, truth(COMPARE(a, !=, 0)))
S(frcs, xe_exact_frc(a))
S(truncs, xe_exact_trunc(a))
S(floors, xe_exact_floor(a))
S(exp, xe_exact_exp2(a))
S(logc, log_clamped(a))
S(log, xe_exact_log2(a))
S(rcpc, unless_infinite(xe_exact_rcp(a), XE_EXACT_MAX))
S(rcpf, unless_infinite(xe_exact_rcp(a), 0))
S(rcp, xe_exact_rcp(a))
S(rsqc, unless_infinite(xe_exact_rsq(a), XE_EXACT_MAX))
S(rsqf, unless_infinite(xe_exact_rsq(a), 0))
S(rsq, xe_exact_rsq(a))
S(subs, xe_exact_add(a, -b))
S(subs_prev, xe_exact_add(a, -ps))
S(sqrt, xe_exact_sqrt(a))
S(mulsc0, xe_exact_mul(a, b))
S(mulsc1, xe_exact_mul(a, b))
S(addsc0, xe_exact_add(a, b))
S(addsc1, xe_exact_add(a, b))
S(subsc0, xe_exact_add(a, -b))
S(subsc1, xe_exact_add(a, -b))
S(sin, xe_exact_sin(a))
S(cos, xe_exact_cos(a))
S(retain_prev, ps)
S(maxas, xe_exact_max(a, b))
S(maxasf, xe_exact_max(a, b))
/* Those that set p0: what they leave where it is false. */
S(setp_eq, 1.0f)
S(setp_ne, 1.0f)
S(setp_gt, 1.0f)
S(setp_ge, 1.0f)
S(setp_inv, COMPARE(a, ==, 0) ? 1.0f : a)
S(setp_pop, xe_exact_add(a, -1.0f))
S(setp_clr, XE_EXACT_MAX)
S(setp_rstr, a)
#undef S

#define HOLDS(name, value)                                                                         \
    static inline bool holds_##name(__attribute__((unused)) float a)                               \
    {                                                                                              \
        return value;                                                                              \
    }
HOLDS(setp_eq, COMPARE(a, ==, 0))
HOLDS(setp_ne, COMPARE(a, !=, 0))
HOLDS(setp_gt, COMPARE(a, >, 0))
HOLDS(setp_ge, COMPARE(a, >=, 0))
HOLDS(setp_inv, a == 1.0f)
HOLDS(setp_pop, xe_exact_add(a, -1.0f) <= 0)
HOLDS(setp_clr, false)
HOLDS(setp_rstr, COMPARE(a, ==, 0))
HOLDS(kills_eq, COMPARE(a, ==, 0))
HOLDS(kills_gt, COMPARE(a, >, 0))
HOLDS(kills_ge, COMPARE(a, >=, 0))
HOLDS(kills_ne, COMPARE(a, !=, 0))
HOLDS(kills_one, a == 1.0f)
#undef HOLDS

#endif
