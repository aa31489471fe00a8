/* Arithmetic as text: `add r0.xyz, r1, -c2.x + muls r3.w, r4.wx`. */
#include <string.h>

#include "gpu/ucode/ucode_internal.h"

static const char lanes[] = "xyzw";

static const char *guard(int32_t predicated, int32_t cond)
{
    return !predicated ? "" : cond ? "(p0) " : "(!p0) ";
}

/* ---- where to ------------------------------------------------------------------------------- */

/* Of an export a lane can also become 1, where both parts write it, or 0. */
static void lane_letters(const struct xe_ucode_alu *alu, bool vector, char ret[5])
{
    for (uint32_t i = 0; i < 4; i++) {
        bool v = alu->vmask >> i & 1, s = alu->smask >> i & 1;

        if (alu->export && v && s)
            ret[i] = vector ? '1' : '_';
        else if (alu->export && vector && !v && !s && alu->sdst_rel)
            ret[i] = '0';
        else
            ret[i] = (vector ? v : s) ? lanes[i] : '_';
    }
    ret[4] = '\0';
}

/* "" for all lanes; all four where one becomes 0 or 1, else those that are written. */
static void mask(struct xe__ucode_text *out, const char *letters)
{
    bool all = strpbrk(letters, "01");
    uint32_t n = 0;

    for (uint32_t i = 0; i < 4; i++)
        n += letters[i] == lanes[i];
    if (n == 4)
        return;
    xe__ucode_add(out, ".");
    if (!n && !all)
        xe__ucode_add(out, "_");
    for (uint32_t i = 0; i < 4; i++)
        if (all || letters[i] == lanes[i])
            xe__ucode_add(out, "%c", letters[i]);
}

static void destination(struct xe__ucode_text *out, enum xe_ucode_stage stage,
                        const struct xe_ucode_alu *alu, bool vector)
{
    int32_t number = vector ? alu->vdst : alu->sdst;
    char name[16], letters[5];

    lane_letters(alu, vector, letters);
    if (alu->export) {
        xe__ucode_export_name(stage, (uint32_t)alu->vdst, name);
        xe__ucode_add(out, " %s", name);
    } else if (vector ? alu->vdst_rel : alu->sdst_rel) {
        xe__ucode_add(out, " r[aL+%d]", number);
    } else {
        xe__ucode_add(out, " r%d", number);
    }
    mask(out, letters);
}

/* ---- where from ----------------------------------------------------------------------------- */

struct source {
    int32_t number, swz, neg, temp;
};

static struct source source_of(const struct xe_ucode_alu *alu, uint32_t i)
{
    if (i == 0)
        return (struct source){alu->src1, alu->swz1, alu->neg1, alu->temp1};
    if (i == 1)
        return (struct source){alu->src2, alu->swz2, alu->neg2, alu->temp2};
    return (struct source){alu->src3, alu->swz3, alu->neg3, alu->temp3};
}

static void operand(struct xe__ucode_text *out, const struct xe_ucode_alu *alu, uint32_t i,
                    const struct source *source)
{
    bool relative = source->temp ? source->number & 0x40 : xe_ucode_relative(alu, i);
    const char *bar = (source->temp ? source->number & 0x80 : alu->abs_const) ? "|" : "";
    int32_t number = source->temp ? source->number & 0x3F : source->number;

    xe__ucode_add(out, "%s%s%c", source->neg ? "-" : "", bar, source->temp ? 'r' : 'c');
    if (relative)
        xe__ucode_add(out, "[%s+%d]%s", !source->temp && alu->by_a0 ? "a0" : "aL", number, bar);
    else
        xe__ucode_add(out, "%d%s", number, bar);
}

/* All lanes; one letter where they read the same, none where each reads its own. */
static void vector_operand(struct xe__ucode_text *out, const struct xe_ucode_alu *alu, uint32_t i)
{
    struct source source = source_of(alu, i);
    char letters[5] = "";
    bool same = true;

    for (uint32_t k = 0; k < 4; k++) {
        letters[k] = lanes[xe_ucode_lane(source.swz, k)];
        same = same && letters[k] == letters[0];
    }
    operand(out, alu, i, &source);
    if (same)
        xe__ucode_add(out, ".%c", letters[0]);
    else if (source.swz)
        xe__ucode_add(out, ".%s", letters);
}

static void scalar_operands(struct xe__ucode_text *out, const struct xe_ucode_alu *alu,
                            const struct xe_ucode_op *op)
{
    struct source source = source_of(alu, 2);
    char w = lanes[xe_ucode_lane(source.swz, 3)], x = lanes[xe_ucode_lane(source.swz, 0)];

    if (!op->operands)
        return;
    xe__ucode_add(out, ", ");
    if (op->kind == XE_UCODE_CONST)
        source.temp = 0;
    operand(out, alu, 2, &source);
    xe__ucode_add(out, ".%c", w);
    if (op->kind == XE_UCODE_CONST)
        xe__ucode_add(out, ", r%d.%c", (alu->swz3 & 0x3C) | alu->temp3 << 1 | (alu->sop & 1), x);
    else if (op->operands == 2)
        xe__ucode_add(out, "%c", x);
}

/* ---- parts ---------------------------------------------------------------------------------- */

/* The same twice, which is how anything is moved. */
static bool moves(const struct xe_ucode_alu *alu)
{
    return alu->vop == XE_UCODE_V_max && alu->src1 == alu->src2 && alu->swz1 == alu->swz2 &&
           alu->neg1 == alu->neg2 && alu->temp1 == alu->temp2 &&
           (alu->temp1 || xe_ucode_relative(alu, 0) == xe_ucode_relative(alu, 1));
}

static void vector_part(struct xe__ucode_text *out, enum xe_ucode_stage stage,
                        const struct xe_ucode_alu *alu)
{
    const struct xe_ucode_op *op = &xe_ucode_vector_ops[alu->vop];
    uint32_t operands = moves(alu) ? 1 : op->operands;

    xe__ucode_add(out, "%s%s", moves(alu) ? "mov" : op->name, alu->vsat ? "_sat" : "");
    destination(out, stage, alu, true);
    for (uint32_t i = 0; i < operands; i++) {
        xe__ucode_add(out, ", ");
        vector_operand(out, alu, i);
    }
}

static void scalar_part(struct xe__ucode_text *out, enum xe_ucode_stage stage,
                        const struct xe_ucode_alu *alu)
{
    const struct xe_ucode_op *op = &xe_ucode_scalar_ops[alu->sop];

    xe__ucode_add(out, "%s%s", op->name, alu->ssat ? "_sat" : "");
    destination(out, stage, alu, false);
    scalar_operands(out, alu, op);
}

void xe__ucode_print_alu(struct xe__ucode_text *out, enum xe_ucode_stage stage,
                         const struct xe_ucode_alu *alu)
{
    int32_t own = alu->export ? alu->smask & ~alu->vmask : alu->smask;
    bool zeros = alu->export && alu->sdst_rel && (alu->vmask | alu->smask) != 15;
    bool vector = alu->vop != XE_UCODE_V_max || alu->vmask || zeros;
    bool scalar = alu->sop != XE_UCODE_S_retain_prev || own;

    xe__ucode_add(out, "%s", guard(alu->predicated, alu->cond));
    if (vector)
        vector_part(out, stage, alu);
    if (vector && scalar)
        xe__ucode_add(out, " + ");
    if (scalar)
        scalar_part(out, stage, alu);
    if (!vector && !scalar)
        xe__ucode_add(out, "idle");
}
