/* Operands that meet near the least normal number or near overflow: what independent draws of a
 * whole range of exponents hardly ever do. */
#include <string.h>

#include "tests/cpu/oracle/gen.h"

/* The exponents of a factor or dividend, of the other factor or divisor, and of the addend, so that
 * product or quotient and addend lie at an edge; without a product, all do. */
static void aim_exponents(const struct xe_ppc_insn *insn, int least, int greatest, int ret[3])
{
    bool divides = strncmp(insn->name, "fdiv", 4) == 0;
    int middle = (least + greatest) / 2, reach = greatest - middle;
    int edge = (gen_below(2) ? least : greatest) + (int)gen_below(5) - 2;

    ret[0] = middle + (int)gen_below((uint32_t)reach) - reach / 2;
    ret[1] = divides ? ret[0] - edge : edge - ret[0];
    ret[2] = edge + (int)gen_below(5) - 2;
    if (!gen_has_field(insn, "FRC") && !gen_has_field(insn, "VRC") && !divides) /* no product */
        ret[0] = ret[1] = ret[2];
    for (int i = 0; i < 3; i++)
        ret[i] = ret[i] < least ? least : ret[i] > greatest ? greatest : ret[i];
}

static void aim_fprs(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    bool rounds = strcmp(insn->name, "frsp") == 0, narrow = insn->match >> 26 == 59;
    bool divides = strncmp(insn->name, "fdiv", 4) == 0;
    const char *const names[] = {"FRA", divides ? "FRB" : "FRC", divides ? "FRC" : "FRB"};
    int exp[3];

    if (rounds) /* a single's edges, and what lies beyond them */
        aim_exponents(insn, -150, 129, exp);
    else
        aim_exponents(insn, narrow ? -126 : -1022, narrow ? 127 : 1023, exp);
    for (int i = 0; i < 3; i++)
        if (gen_has_field(insn, names[i])) {
            uint64_t *f = &c->fpr[gen_field(insn, c->word, names[i])];

            *f = (*f & 0x800FFFFFFFFFFFFFull) | (uint64_t)(1023 + exp[i]) << 52;
        }
}

static void aim_vrs(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    static const char *const names[] = {"VRA", "VRC", "VRB"};
    int exp[3];

    for (size_t lane = 0; lane < 16; lane += 4) {
        aim_exponents(insn, -126, 127, exp);
        for (int i = 0; i < 3; i++)
            if (gen_has_field(insn, names[i])) {
                uint8_t *f = c->vr[gen_field(insn, c->word, names[i])] + lane;

                f[0] = (uint8_t)((f[0] & 0x80) | (127 + exp[i]) >> 1);
                f[1] = (uint8_t)((f[1] & 0x7F) | (127 + exp[i]) << 7);
            }
    }
}

void gen_edges(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    static const char *const vectors[] = {"vaddfp", "vsubfp", "vmaddfp", "vnmsubfp", NULL};

    if (insn->class == XE_PPC_CLASS_FPU)
        aim_fprs(insn, c);
    else if (gen_named(insn, vectors))
        aim_vrs(insn, c);
}
