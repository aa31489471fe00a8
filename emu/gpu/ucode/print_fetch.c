/* Fetches as text: `vfetch r1.xyz1, r0.x, vf0 {format=FMT_32_32_32_FLOAT, stride=9}`. */
#include "gpu/ucode/ucode_internal.h"

static void head(struct xe__ucode_text *out, int32_t predicated, int32_t cond)
{
    if (predicated)
        xe__ucode_add(out, "%s", cond ? "(p0) " : "(!p0) ");
}

static void a_register(struct xe__ucode_text *out, int32_t number, int32_t relative)
{
    xe__ucode_add(out, relative ? "r[aL+%d]" : "r%d", number);
}

static void destination(struct xe__ucode_text *out, int32_t number, int32_t relative, int32_t swz)
{
    xe__ucode_add(out, " ");
    a_register(out, number, relative);
    xe__ucode_add(out, ".");
    for (uint32_t i = 0; i < 4; i++)
        xe__ucode_add(out, "%c", "xyzw01__"[swz >> 3 * i & 7]);
    xe__ucode_add(out, ", ");
}

void xe__ucode_print_vfetch(struct xe__ucode_text *out, const struct xe_ucode_vfetch *vfetch)
{
    head(out, vfetch->predicated, vfetch->cond);
    xe__ucode_add(out, "vfetch");
    destination(out, vfetch->dst, vfetch->dst_rel, vfetch->dswz);
    a_register(out, vfetch->src, vfetch->src_rel);
    xe__ucode_add(out, ".%c, vf%d", "xyzw"[vfetch->component],
                  3 * vfetch -> constant + (vfetch->third < 3 ? vfetch->third : 2));
}

void xe__ucode_print_tfetch(struct xe__ucode_text *out, const struct xe_ucode_tfetch *tfetch)
{
    head(out, tfetch->predicated, tfetch->cond);
    xe__ucode_add(out, "%s%s", xe__ucode_fetch_name((uint32_t)tfetch->op),
                  xe__ucode_name(XE__UCODE_DIMENSION, (uint32_t)tfetch->dimension));
    destination(out, tfetch->dst, tfetch->dst_rel, tfetch->dswz);
    a_register(out, tfetch->src, tfetch->src_rel);
    xe__ucode_add(out, ".");
    for (uint32_t i = 0; i < 3; i++)
        xe__ucode_add(out, "%c", "xyzw"[tfetch->swz >> 2 * i & 3]);
    xe__ucode_add(out, ", tf%d", tfetch->constant);
}
