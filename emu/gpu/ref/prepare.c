/* Programs to what the interpreter goes by. */
#include "base/alloc.h"
#include "gpu/ref/shader_internal.h"

/* ---- arithmetic ----------------------------------------------------------------------------- */

static struct xe__ref_source source(const struct xe_ucode_alu *alu, uint32_t i)
{
    const int32_t number[] = {alu->src1, alu->src2, alu->src3};
    const int32_t temp[] = {alu->temp1, alu->temp2, alu->temp3};
    const int32_t swz[] = {alu->swz1, alu->swz2, alu->swz3};
    const int32_t neg[] = {alu->neg1, alu->neg2, alu->neg3};
    struct xe__ref_source ret = {.is_temp = temp[i], .negates = neg[i]};

    ret.number = (uint8_t)(temp[i] ? number[i] & 63 : number[i]);
    ret.relative = temp[i] ? number[i] & 0x40 : xe_ucode_relative(alu, i);
    ret.absolute = temp[i] ? number[i] & 0x80 : alu->abs_const;
    for (uint32_t lane = 0; lane < 4; lane++)
        ret.component[lane] = (uint8_t)xe_ucode_lane(swz[i], lane);
    return ret;
}

/* A constant of lane w and a temporary of lane x, whose modifiers are src3's. */
static void split_source(const struct xe_ucode_alu *alu, struct xe__ref_alu *ret)
{
    ret->constant = source(alu, 2);
    ret->constant.is_temp = false;
    ret->constant.number = (uint8_t)alu->src3;
    ret->constant.relative = xe_ucode_relative(alu, 2);
    ret->constant.absolute = alu->abs_const;
    ret->temp = ret->constant;
    ret->temp.is_temp = true;
    ret->temp.relative = false;
    ret->temp.number = (uint8_t)((alu->swz3 & 0x3C) | alu->temp3 << 1 | (alu->sop & 1));
}

static void prepare_alu(const struct xe_ucode_word *word, struct xe__ref_alu *ret)
{
    struct xe_ucode_alu alu;
    int32_t both;

    xe_ucode_alu(word, &alu);
    both = alu.export ? alu.vmask & alu.smask : 0;
    *ret = (struct xe__ref_alu){
        .source = {source(&alu, 0), source(&alu, 1), source(&alu, 2)},
        .vop = (uint8_t)alu.vop,
        .sop = (uint8_t)alu.sop,
        .vdst = (uint8_t)alu.vdst,
        .sdst = (uint8_t)(alu.export ? alu.vdst : alu.sdst),
        .vmask = (uint8_t)(alu.vmask & ~both),
        .smask = (uint8_t)(alu.smask & ~both),
        .ones = (uint8_t)both,
        .zeros = alu.export && alu.sdst_rel ? (uint8_t)(~(alu.vmask | alu.smask) & 15) : 0,
        .exports = alu.export,
        .vdst_relative = !alu.export && alu.vdst_rel,
        .sdst_relative = !alu.export && alu.sdst_rel,
        .by_a0 = alu.by_a0,
        .vsat = alu.vsat,
        .ssat = alu.ssat,
        .predicated = alu.predicated,
        .cond = alu.cond,
    };
    split_source(&alu, ret);
}

static void prepare_slot(const struct xe_ucode_word *word, bool is_fetch, struct xe__ref_slot *ret)
{
    ret->form = xe_ucode_form_of(word, is_fetch);
    if (ret->form == XE_UCODE_ALU)
        prepare_alu(word, &ret->alu);
    else if (ret->form == XE_UCODE_VFETCH)
        xe_ucode_vfetch(word, &ret->vfetch);
    else if (ret->form == XE_UCODE_TFETCH)
        xe_ucode_tfetch(word, &ret->tfetch);
}

/* ---- what a program names ------------------------------------------------------------------- */

static void name_register(struct xe_ref_shader *shader, int32_t number, bool relative)
{
    uint32_t needs = relative ? XE_UCODE_TEMPS : (uint32_t)number + 1;

    if (needs > shader->temps)
        shader->temps = needs;
}

static void names_of_alu(struct xe_ref_shader *shader, const struct xe__ref_alu *alu)
{
    for (uint32_t i = 0; i < 3; i++)
        if (alu->source[i].is_temp)
            name_register(shader, alu->source[i].number, alu->source[i].relative);
    name_register(shader, alu->temp.number, false);
    if (alu->exports && (alu->vmask | alu->smask | alu->ones | alu->zeros))
        shader->exports |= UINT64_C(1) << alu->vdst;
    if (alu->exports && alu->vdst_relative && shader->stage == XE_UCODE_VERTEX)
        shader->exports |= 0xFFFF; /* any interpolator */
    if (alu->exports)
        return;
    name_register(shader, alu->vdst, alu->vdst_relative);
    name_register(shader, alu->sdst, alu->sdst_relative);
}

static void names_of_slot(struct xe_ref_shader *shader, const struct xe__ref_slot *slot)
{
    if (slot->form == XE_UCODE_ALU)
        names_of_alu(shader, &slot->alu);
    if (slot->form == XE_UCODE_VFETCH) {
        name_register(shader, slot->vfetch.src, slot->vfetch.src_rel);
        name_register(shader, slot->vfetch.dst, slot->vfetch.dst_rel);
    }
    if (slot->form == XE_UCODE_TFETCH) {
        name_register(shader, slot->tfetch.src, slot->tfetch.src_rel);
        name_register(shader, slot->tfetch.dst, slot->tfetch.dst_rel);
    }
}

/* Bodies of what the flow has, whether or not it ever comes there. */
static void prepare_body(struct xe_ref_shader *shader, const uint32_t *words,
                         const struct xe_ucode_cf *cf)
{
    for (uint32_t i = 0; i < cf->count && cf->address + i < shader->slots; i++) {
        bool is_fetch = cf->sequence >> 2 * i & 1;
        struct xe_ucode_word word = xe_ucode_slot(words, cf->address + i);
        struct xe__ref_slot *slot = &shader->slot[2 * (cf->address + i) + is_fetch];

        if (slot->form != XE_UCODE_NOTHING)
            continue;
        prepare_slot(&word, is_fetch, slot);
        names_of_slot(shader, slot);
    }
}

struct xe_ref_shader *xe_ref_shader_create(enum xe_ucode_stage stage, const uint32_t *words,
                                           uint32_t n)
{
    struct xe_ref_shader *shader = xe_calloc(1, sizeof(*shader));

    if (!shader)
        return NULL;
    n = n < XE_UCODE_WORDS ? n : XE_UCODE_WORDS;
    shader->stage = stage;
    shader->slots = n / 3;
    shader->cfs = xe_ucode_cf_count(words, n);
    shader->cf = xe_calloc(shader->cfs + 1, sizeof(*shader->cf));
    shader->slot = xe_calloc(2 * shader->slots + 1, sizeof(*shader->slot));
    if (!shader->cf || !shader->slot) {
        xe_ref_shader_destroy(shader);
        return NULL;
    }
    for (uint32_t i = 0; i < shader->cfs; i++) {
        struct xe_ucode_word word = xe_ucode_cf_word(words, i);

        xe_ucode_cf(&word, &shader->cf[i]);
        prepare_body(shader, words, &shader->cf[i]);
    }
    return shader;
}

void xe_ref_shader_destroy(struct xe_ref_shader *shader)
{
    if (shader) {
        xe_free(shader->cf);
        xe_free(shader->slot);
    }
    xe_free(shader);
}

uint64_t xe_ref_shader_exports(const struct xe_ref_shader *shader)
{
    return shader->exports;
}

/* Nine bits each of the first and, less one, of how many. */
void xe_ref_constants_of(const uint32_t *reg, enum xe_ucode_stage stage,
                         struct xe_ref_constants *ret)
{
    uint32_t window = reg[stage == XE_UCODE_PIXEL ? 0x2308 : 0x2307];

    *ret = (struct xe_ref_constants){.floats = reg + 0x4000,
                                     .first = window & 0x1FF,
                                     .count = (window >> 12 & 0x1FF) + 1,
                                     .booleans = reg + 0x4900,
                                     .loops = reg + 0x4908};
}
