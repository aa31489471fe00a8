/* Integer vector operations; see vmx_int.h. Loops run over host elements: the register is reversed
 * as a whole, so guest element i of n is host element n-1-i, and the odd element of a guest pair is
 * the even one of the host pair.
 * Source: AltiVec Technology Programming Environments Manual, chapter 6. */
#include "cpu/softfp/vmx_int.h"

#include "cpu/softfp/vmx_internal.h"

/* What an element of each union member is widened to. */
typedef int32_t wide_b, wide_sb, wide_h, wide_sh;
typedef int64_t wide_w, wide_sw;
typedef uint64_t wide_d;

#define LANE(name, member, result)                                                                 \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *ra, const union xe_vr *rb)               \
    {                                                                                              \
        const union xe_vr x = *ra, y = *rb;                                                        \
                                                                                                   \
        for (size_t i = 0; i < XE__LANES(member); i++) {                                           \
            wide_##member a = x.member[i], b = y.member[i];                                        \
                                                                                                   \
            d->member[i] = (__typeof__(d->member[i]))(result);                                     \
        }                                                                                          \
    }
#define LANE_TEST(name, member, condition) LANE(name, member, (condition) ? -1 : 0)
#define LANE_SAT(name, member, result, low, high)                                                  \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *ra, const union xe_vr *rb,               \
                       uint32_t *vscr)                                                             \
    {                                                                                              \
        const union xe_vr x = *ra, y = *rb;                                                        \
                                                                                                   \
        for (size_t i = 0; i < XE__LANES(member); i++) {                                           \
            wide_##member a = x.member[i], b = y.member[i];                                        \
                                                                                                   \
            d->member[i] = (__typeof__(d->member[i]))xe__vmx_clamp(result, low, high, vscr);       \
        }                                                                                          \
    }
#include "cpu/softfp/vmx_lanes.def"

uint32_t xe_vmx_cr6(const union xe_vr *d)
{
    if (d->d[0] == 0 && d->d[1] == 0)
        return XE_CR_EQ;
    return d->d[0] == UINT64_MAX && d->d[1] == UINT64_MAX ? XE_CR_LT : 0;
}

/* ODD and EVEN are guest terms: host element 0 or 1 of the pair. */
#define ODD  0
#define EVEN 1
#define MULTIPLY(name, to, from, parity)                                                           \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *ra, const union xe_vr *rb)               \
    {                                                                                              \
        const union xe_vr x = *ra, y = *rb;                                                        \
                                                                                                   \
        for (size_t i = 0; i < XE__LANES(to); i++) {                                               \
            int64_t a = x.from[2 * i + (parity)], b = y.from[2 * i + (parity)];                    \
                                                                                                   \
            d->to[i] = (__typeof__(d->to[i]))(a * b);                                              \
        }                                                                                          \
    }
MULTIPLY(vmuloub, h, b, ODD)
MULTIPLY(vmulouh, w, h, ODD)
MULTIPLY(vmulosb, sh, sb, ODD)
MULTIPLY(vmulosh, sw, sh, ODD)
MULTIPLY(vmuleub, h, b, EVEN)
MULTIPLY(vmuleuh, w, h, EVEN)
MULTIPLY(vmulesb, sh, sb, EVEN)
MULTIPLY(vmulesh, sw, sh, EVEN)

void xe_vmx_vmladduhm(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                      const union xe_vr *c)
{
    for (size_t i = 0; i < XE__LANES(h); i++)
        d->h[i] = (uint16_t)((uint32_t)a->h[i] * b->h[i] + c->h[i]);
}

static void multiply_high_add(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                              const union xe_vr *c, int32_t rounding, uint32_t *vscr)
{
    for (size_t i = 0; i < XE__LANES(sh); i++) {
        int32_t high = (a->sh[i] * b->sh[i] + rounding) >> 15;

        d->sh[i] = (int16_t)xe__vmx_clamp(high + c->sh[i], INT16_MIN, INT16_MAX, vscr);
    }
}

void xe_vmx_vmhaddshs(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                      const union xe_vr *c, uint32_t *vscr)
{
    multiply_high_add(d, a, b, c, 0, vscr);
}

void xe_vmx_vmhraddshs(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                       const union xe_vr *c, uint32_t *vscr)
{
    multiply_high_add(d, a, b, c, 0x4000, vscr);
}

/* Sum over the elements of word i of (expression), which uses element index k. */
#define SUM_WORD(i, per_word, expression)                                                          \
    ({                                                                                             \
        int64_t sum_ = 0;                                                                          \
                                                                                                   \
        for (size_t k = (per_word) * (i); k < (per_word) * ((i) + 1); k++)                         \
            sum_ += (expression);                                                                  \
        sum_;                                                                                      \
    })
#define MULTIPLY_SUM(name, per_word, a_member, b_member)                                           \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,                 \
                       const union xe_vr *c)                                                       \
    {                                                                                              \
        for (size_t i = 0; i < 4; i++)                                                             \
            d->w[i] = (uint32_t)(c->w[i] +                                                         \
                                 SUM_WORD(i, per_word, (int64_t)a->a_member[k] * b->b_member[k])); \
    }
#define MULTIPLY_SUM_SAT(name, word, half, low, high)                                              \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,                 \
                       const union xe_vr *c, uint32_t *vscr)                                       \
    {                                                                                              \
        for (size_t i = 0; i < 4; i++)                                                             \
            d->word[i] = (__typeof__(d->word[i]))xe__vmx_clamp(                                    \
                c->word[i] + SUM_WORD(i, 2, (int64_t)a->half[k] * b->half[k]), low, high, vscr);   \
    }
MULTIPLY_SUM(vmsumubm, 4, b, b)
MULTIPLY_SUM(vmsummbm, 4, sb, b)
MULTIPLY_SUM(vmsumuhm, 2, h, h)
MULTIPLY_SUM(vmsumshm, 2, sh, sh)
MULTIPLY_SUM_SAT(vmsumuhs, w, h, 0, UINT32_MAX)
MULTIPLY_SUM_SAT(vmsumshs, sw, sh, INT32_MIN, INT32_MAX)

#define SUM_ACROSS(name, word, per_word, member, low, high)                                        \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr) \
    {                                                                                              \
        for (size_t i = 0; i < 4; i++)                                                             \
            d->word[i] = (__typeof__(d->word[i]))xe__vmx_clamp(                                    \
                b->word[i] + SUM_WORD(i, per_word, (int64_t)a->member[k]), low, high, vscr);       \
    }
SUM_ACROSS(vsum4ubs, w, 4, b, 0, UINT32_MAX)
SUM_ACROSS(vsum4sbs, sw, 4, sb, INT32_MIN, INT32_MAX)
SUM_ACROSS(vsum4shs, sw, 2, sh, INT32_MIN, INT32_MAX)

void xe_vmx_vsum2sws(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr)
{
    for (size_t i = 0; i < 4; i += 2) {
        int64_t sum = (int64_t)a->sw[i] + a->sw[i + 1] + b->sw[i];

        d->sw[i] = (int32_t)xe__vmx_clamp(sum, INT32_MIN, INT32_MAX, vscr);
        d->sw[i + 1] = 0;
    }
}

void xe_vmx_vsumsws(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr)
{
    int64_t sum = (int64_t)a->sw[0] + a->sw[1] + a->sw[2] + a->sw[3] + b->sw[0];

    *d = (union xe_vr){0};
    d->sw[0] = (int32_t)xe__vmx_clamp(sum, INT32_MIN, INT32_MAX, vscr);
}
