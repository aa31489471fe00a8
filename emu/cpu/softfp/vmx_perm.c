/* Vector moves, packs, splats and permutes; see vmx_perm.h. The register is reversed as a whole, so
 * the host's upper half holds the guest's first elements, and seen as one 128-bit integer it has
 * the guest's value. Source: AltiVec Technology Programming Environments Manual, chapter 6; public
 * descriptions of VMX128 for vpermwi128 and vrlimi128. */
#include <string.h>

#include "cpu/softfp/vmx_internal.h"
#include "cpu/softfp/vmx_perm.h"

typedef unsigned __int128 wide;

/* Interleave the elements of a and b; `first` is the host index where the half at hand begins. */
#define MERGE(name, member, first)                                                                 \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *ra, const union xe_vr *rb)               \
    {                                                                                              \
        const union xe_vr a = *ra, b = *rb;                                                        \
                                                                                                   \
        for (size_t i = 0; i < XE__LANES(member) / 2; i++) {                                       \
            d->member[2 * i + 1] = a.member[(first) + i];                                          \
            d->member[2 * i] = b.member[(first) + i];                                              \
        }                                                                                          \
    }
MERGE(vmrghb, b, 8)
MERGE(vmrghh, h, 4)
MERGE(vmrghw, w, 2)
MERGE(vmrglb, b, 0)
MERGE(vmrglh, h, 0)
MERGE(vmrglw, w, 0)

/* Elements of a then b, each turned into one half as wide by `convert`. */
#define PACK(d, a, b, to, from, convert)                                                           \
    do {                                                                                           \
        const union xe_vr a_ = *(a), b_ = *(b);                                                    \
                                                                                                   \
        for (size_t i = 0; i < XE__LANES(from); i++) {                                             \
            (d)->to[XE__LANES(from) + i] = (__typeof__((d)->to[0]))convert(a_.from[i]);            \
            (d)->to[i] = (__typeof__((d)->to[0]))convert(b_.from[i]);                              \
        }                                                                                          \
    } while (0)

#define PACK_SAT(name, to, from, low, high)                                                        \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr) \
    {                                                                                              \
        PACK_CLAMPED(d, a, b, to, from, low, high);                                                \
    }
#define CLAMPED(x) xe__vmx_clamp(x, low_, high_, vscr)
#define PACK_CLAMPED(d, a, b, to, from, low, high)                                                 \
    const int64_t low_ = (low), high_ = (high);                                                    \
                                                                                                   \
    PACK(d, a, b, to, from, CLAMPED)
PACK_SAT(vpkuhus, b, h, 0, UINT8_MAX)
PACK_SAT(vpkuwus, h, w, 0, UINT16_MAX)
PACK_SAT(vpkshus, b, sh, 0, UINT8_MAX)
PACK_SAT(vpkswus, h, sw, 0, UINT16_MAX)
PACK_SAT(vpkshss, sb, sh, INT8_MIN, INT8_MAX)
PACK_SAT(vpkswss, sh, sw, INT16_MIN, INT16_MAX)

void xe_vmx_vpkuhum(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    PACK(d, a, b, b, h, );
}

void xe_vmx_vpkuwum(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    PACK(d, a, b, h, w, );
}

/* 8-8-8-8 to 1-5-5-5: the top bits of each byte, the lowest bit of the first. */
static uint16_t pixel(uint32_t w)
{
    return (uint16_t)((w >> 9 & 0xFC00) | (w >> 6 & 0x03E0) | (w >> 3 & 0x001F));
}

void xe_vmx_vpkpx(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    PACK(d, a, b, h, w, pixel);
}

#define UNPACK(name, to, from, first, convert)                                                     \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *rb)                                      \
    {                                                                                              \
        const union xe_vr b = *rb;                                                                 \
                                                                                                   \
        for (size_t i = 0; i < XE__LANES(to); i++)                                                 \
            d->to[i] = convert(b.from[(first) + i]);                                               \
    }

/* 1-5-5-5 to bytes: sign copies of the 1-bit field, the others with zeros on top. */
static uint32_t unpixel(uint16_t h)
{
    return (h & 0x8000 ? 0xFF000000u : 0) | (uint32_t)(h & 0x7C00) << 6 |
           (uint32_t)(h & 0x03E0) << 3 | (h & 0x001F);
}

UNPACK(vupkhsb, sh, sb, 8, )
UNPACK(vupkhsh, sw, sh, 4, )
UNPACK(vupklsb, sh, sb, 0, )
UNPACK(vupklsh, sw, sh, 0, )
UNPACK(vupkhpx, w, h, 4, unpixel)
UNPACK(vupklpx, w, h, 0, unpixel)

#define FILL(d, member, value)                                                                     \
    do {                                                                                           \
        __typeof__((d)->member[0]) value_ = (__typeof__(value_))(value);                           \
                                                                                                   \
        for (size_t i = 0; i < XE__LANES(member); i++)                                             \
            (d)->member[i] = value_;                                                               \
    } while (0)

void xe_vmx_vspltb(union xe_vr *d, const union xe_vr *b, uint32_t index)
{
    FILL(d, b, b->b[XE_VB(index & 15)]);
}

void xe_vmx_vsplth(union xe_vr *d, const union xe_vr *b, uint32_t index)
{
    FILL(d, h, b->h[XE_VH(index & 7)]);
}

void xe_vmx_vspltw(union xe_vr *d, const union xe_vr *b, uint32_t index)
{
    FILL(d, w, b->w[XE_VW(index & 3)]);
}

void xe_vmx_vspltisb(union xe_vr *d, int32_t value)
{
    FILL(d, sb, value);
}

void xe_vmx_vspltish(union xe_vr *d, int32_t value)
{
    FILL(d, sh, value);
}

void xe_vmx_vspltisw(union xe_vr *d, int32_t value)
{
    FILL(d, sw, value);
}

void xe_vmx_vsel(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, const union xe_vr *c)
{
    for (size_t i = 0; i < 2; i++) {
        uint64_t mask = c->d[i];

        d->d[i] = (a->d[i] & ~mask) | (b->d[i] & mask);
    }
}

/* a followed by b as 32 host bytes: guest byte g is byte 31 - g. */
struct pair {
    union xe_vr b, a;
};
_Static_assert(sizeof(struct pair) == 32, "no padding");

void xe_vmx_vperm(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, const union xe_vr *c)
{
    const struct pair from = {*b, *a};
    const union xe_vr pick = *c;
    const uint8_t *bytes = (const uint8_t *)&from;

    for (size_t i = 0; i < 16; i++)
        d->b[i] = bytes[~pick.b[i] & 31];
}

void xe_vmx_vsldoi(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t shift)
{
    const struct pair from = {*b, *a};

    memcpy(d, (const uint8_t *)&from + 16 - (shift & 15), sizeof(*d));
}

static wide whole(const union xe_vr *r)
{
    return (wide)r->d[1] << 64 | r->d[0];
}

static void set_whole(union xe_vr *r, wide value)
{
    r->d[1] = (uint64_t)(value >> 64);
    r->d[0] = (uint64_t)value;
}

/* Guess: the amount is the last byte's where bytes disagree, which the books leave undefined. */
void xe_vmx_vsl(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    set_whole(d, whole(a) << (b->b[XE_VB(15)] & 7));
}

void xe_vmx_vsr(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    set_whole(d, whole(a) >> (b->b[XE_VB(15)] & 7));
}

void xe_vmx_vslo(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    set_whole(d, whole(a) << (b->b[XE_VB(15)] & 0x78));
}

void xe_vmx_vsro(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    set_whole(d, whole(a) >> (b->b[XE_VB(15)] & 0x78));
}

static void count_up(union xe_vr *d, uint32_t first)
{
    for (uint32_t i = 0; i < 16; i++)
        d->b[XE_VB(i)] = (uint8_t)(first + i);
}

void xe_vmx_lvsl(union xe_vr *d, uint32_t address)
{
    count_up(d, address & 15);
}

void xe_vmx_lvsr(union xe_vr *d, uint32_t address)
{
    count_up(d, 16 - (address & 15));
}

void xe_vmx_vpermwi(union xe_vr *d, const union xe_vr *b, uint32_t perm)
{
    const union xe_vr from = *b;

    for (uint32_t i = 0; i < 4; i++)
        d->w[XE_VW(i)] = from.w[XE_VW(perm >> (6 - 2 * i) & 3)];
}

void xe_vmx_vrlimi(union xe_vr *d, const union xe_vr *b, uint32_t mask, uint32_t rotate)
{
    const union xe_vr from = *b;

    for (uint32_t i = 0; i < 4; i++)
        if (mask & (8u >> i))
            d->w[XE_VW(i)] = from.w[XE_VW((i + rotate) & 3)];
}
