/* Start states. Half of the cases are calm: values that arithmetic likes, the usual FPSCR; corners
 * would end most chains of operations in NaN or zero soon. An eighth lies on edges: most products
 * and quotients of two registers come near the least normal number or near overflow. */
#include "tests/cpu/fuzz/fuzz.h"

#include <string.h>

#include "cpu/softfp/fpu_math.h"
#include "cpu/softfp/fpu_status.h"

struct draw fuzz_draw(uint64_t seed, const char *mode, uint64_t number)
{
    struct draw draw = {seed};

    for (; *mode; mode++)
        draw.seed = draw_bits(&draw) ^ (uint8_t)*mode;
    draw.seed = draw_bits(&draw) ^ number;
    draw.seed = draw_bits(&draw);
    return draw;
}

uint64_t fuzz_draw_integer(struct draw *draw)
{
    static const uint64_t corners[] = {0,
                                       1,
                                       2,
                                       31,
                                       32,
                                       63,
                                       64,
                                       0x7FFF,
                                       0x8000,
                                       0x7FFFFFFF,
                                       0x80000000,
                                       0xFFFFFFFF,
                                       0x100000000,
                                       0xFFFFFFFF00000000,
                                       0xFFFFFFFF80000000,
                                       0x7FFFFFFFFFFFFFFF,
                                       0x8000000000000000,
                                       UINT64_MAX,
                                       UINT64_MAX - 1};

    switch (draw_below(draw, 4)) {
    case 0:
        return corners[draw_below(draw, sizeof(corners) / sizeof(corners[0]))];
    case 1:
        return draw_bits(draw) >> draw_below(draw, 64);
    case 2:
        return (uint64_t)(int64_t)(int8_t)draw_bits(draw);
    default:
        return draw_bits(draw);
    }
}

enum mood { WILD, CALM, EDGES };

/* Exponents around the least and the greatest, as roots or in between: the product or quotient of
 * two has one of these again. */
static int draw_edge(struct draw *draw, int least, int greatest)
{
    const int edges[] = {least, least / 2, 0, greatest / 2, greatest};
    int edge = edges[draw_below(draw, 5)] + (int)draw_below(draw, 5) - 2;

    return edge < least ? least : edge > greatest ? greatest : edge;
}

static uint64_t draw_edge_double(struct draw *draw)
{
    bool single = draw_below(draw, 2);
    uint64_t mantissa = draw_mantissa(draw) & (single ? ~0x1FFFFFFFull : ~0ull);
    int exp = single ? draw_edge(draw, -126, 127) : draw_edge(draw, -1022, 1023);

    return (draw_bits(draw) & 1ull << 63) | (uint64_t)(1023 + exp) << 52 | mantissa;
}

static uint32_t draw_edge_single(struct draw *draw)
{
    uint32_t exp = (uint32_t)(127 + draw_edge(draw, -126, 127));

    return (draw_word(draw) & 0x80000000u) | exp << 23 | (uint32_t)(draw_mantissa(draw) >> 29);
}

static uint64_t draw_float(struct draw *draw, enum mood mood)
{
    if (mood == EDGES && draw_below(draw, 16))
        return draw_edge_double(draw);
    if (mood == CALM && draw_below(draw, 16))
        return draw_below(draw, 2) ? xe_fpu_single_to_double(draw_ordinary(draw))
                                   : (draw_bits(draw) & 0x800FFFFFFFFFFFFFu) |
                                         (1015ull + draw_below(draw, 16)) << 52;
    if (draw_below(draw, 8) == 0)
        return fuzz_draw_integer(draw);
    return draw_below(draw, 2) ? draw_double(draw) : xe_fpu_single_to_double(draw_single(draw));
}

static uint32_t draw_lane(struct draw *draw, enum mood mood)
{
    if (mood == EDGES && draw_below(draw, 16))
        return draw_edge_single(draw);
    if (mood == CALM && draw_below(draw, 16))
        return draw_ordinary(draw);
    return draw_below(draw, 2) ? draw_single(draw) : draw_word(draw);
}

static uint32_t draw_fpscr(struct draw *draw, enum fuzz_profile profile, enum mood mood,
                           bool directed)
{
    uint32_t value = draw_below(draw, 2) ? XE_FPSCR_FX | XE_FPSCR_XX : 0;

    if (directed)
        value |= draw_below(draw, 4);
    if (profile == FUZZ_PAIR && mood != CALM && draw_below(draw, 4) == 0)
        value |= draw_word(draw) & ~XE_FPSCR_RESERVED;
    return xe_fpscr_summarise(value);
}

static void draw_special(struct draw *draw, enum fuzz_profile profile, struct xe_cpu *cpu)
{
    xe_cpu_cr_set(cpu, draw_word(draw));
    xe_cpu_xer_set(cpu, draw_word(draw) & (profile == FUZZ_PAIR ? 0xE000007F : 0xE0000000));
    cpu->lr = fuzz_draw_integer(draw);
    cpu->ctr = profile == FUZZ_WIDE ? (uint32_t)fuzz_draw_integer(draw) : fuzz_draw_integer(draw);
    cpu->vscr = (draw_below(draw, 4) ? 0x00010000u : 0) | (draw_below(draw, 4) == 0);
    if (profile == FUZZ_PAIR && draw_below(draw, 4) == 0) {
        cpu->reserve_valid = 4 + 4 * draw_below(draw, 2);
        cpu->reserve_address = FUZZ_DATA + 0x800 + 4 * draw_below(draw, 64);
    }
}

void fuzz_draw_state(struct draw *draw, enum fuzz_profile profile, const struct fuzz_program *p,
                     struct fuzz_state *ret)
{
    static const enum mood moods[] = {CALM, CALM, CALM, CALM, WILD, WILD, WILD, EDGES};
    enum mood mood = moods[draw_below(draw, 8)];

    xe_cpu_reset(&ret->cpu);
    ret->cpu.pc = FUZZ_CODE;
    for (int i = 0; i < 32; i++) {
        ret->cpu.gpr[i] = fuzz_draw_integer(draw);
        ret->cpu.fpr[i] = draw_float(draw, mood);
    }
    for (int i = 0; i < (profile == FUZZ_PAIR ? 128 : 32); i++)
        for (int j = 0; j < 4; j++)
            ret->cpu.vr[i].w[j] = draw_lane(draw, mood);
    draw_special(draw, profile, &ret->cpu);
    ret->cpu.fpscr = draw_fpscr(draw, profile, mood, p->directed);
    ret->data_bytes = profile == FUZZ_PAIR ? FUZZ_DATA_BYTES : ORACLE_BYTES;
    memset(ret->data, 0, sizeof(ret->data));
    for (uint32_t i = 0; i < (profile == FUZZ_PAIR ? 0x1000 : ORACLE_BYTES); i += 4) {
        uint32_t value = __builtin_bswap32(draw_lane(draw, mood));

        memcpy(ret->data + i, &value, 4);
    }
}
