/* The column effects: every vector runs, and what it changes beside its operands must be named. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "tests/cpu/vectors.h"

struct effects {
    struct vector_run run;
    const char *file; /* of the case at hand, with its line */
    unsigned number;
    uint32_t changes[XE_PPC_INSNS];
};

static void change(struct effects *e, const struct xe_ppc_insn *insn, bool changed, bool named,
                   const char *state)
{
    e->changes[insn - xe_ppc_insns] += changed;
    cr_expect(!changed || named, "%s:%u: %s changes %s", e->file, e->number, insn->name, state);
}

/* Record forms of integers set CR0, forms with OE set SO and OV: the columns rc and fields say so.
 */
static void check_flags(struct effects *e, const struct xe_ppc_insn *insn)
{
    const struct xe_cpu *a = &e->run.before, *b = &e->run.after;
    bool xer = xe_ppc_affects(insn, 'w', "XER"), oe = xe_ppc_field_insert(insn, "OE", 1);
    char name[] = "CR0";

    for (int i = 0; i < 8; i++, name[2]++)
        change(e, insn, a->cr[i] != b->cr[i],
               xe_ppc_affects(insn, 'w', name) || xe_ppc_affects(insn, 'w', "CR") ||
                   (i == 0 && insn->rc && insn->class == XE_PPC_CLASS_INT),
               name);
    change(e, insn, a->so != b->so, oe || xer || xe_ppc_affects(insn, 'w', "SO"), "SO");
    change(e, insn, a->ov != b->ov, oe || xer || xe_ppc_affects(insn, 'w', "OV"), "OV");
    change(e, insn, a->ca != b->ca, xer || xe_ppc_affects(insn, 'w', "CA"), "CA");
    change(e, insn, a->xer_count != b->xer_count, xer, "XER.count");
}

static void check_registers(struct effects *e, const struct xe_ppc_insn *insn)
{
    const struct xe_cpu *a = &e->run.before, *b = &e->run.after;
    uint64_t reserved = b->reserve_valid != a->reserve_valid;

    const struct {
        const char *name;
        bool changed;
    } rows[] = {
        {"LR", a->lr != b->lr},
        {"CTR", a->ctr != b->ctr},
        {"MSR", a->msr != b->msr},
        {"FPSCR", a->fpscr != b->fpscr},
        {"VRSAVE", a->vrsave != b->vrsave},
        {"RESERVE", reserved},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        change(e, insn, rows[i].changed, xe_ppc_affects(insn, 'w', rows[i].name), rows[i].name);
    change(e, insn, a->vscr != b->vscr,
           xe_ppc_affects(insn, 'w', "VSCR") || xe_ppc_affects(insn, 'w', "SAT"), "VSCR");
}

/* RA is an effect where it isn't the target, the first of the operands. */
static void check_base(struct effects *e, const struct xe_ppc_insn *insn)
{
    uint32_t word = e->run.word, ra = word >> 16 & 31;
    int64_t rt = -1;
    bool target = insn->operands[0] == 'R' && insn->operands[1] == 'A';

    if (!xe_ppc_field_insert(insn, "RA", 1) || target)
        return;
    if (xe_ppc_field(insn, word, "RT", &rt) && insn->memory.size == 0 &&
        insn->memory.access != XE_PPC_ACCESS_NONE)
        return; /* lmw and strings load several */
    change(e, insn, e->run.before.gpr[ra] != e->run.after.gpr[ra] && ra != rt,
           xe_ppc_affects(insn, 'w', "RA"), "RA");
}

static void run_line(void *ctx, const char *file, unsigned number, const char *line)
{
    struct effects *e = ctx;
    const struct xe_ppc_insn *insn;
    char text[256];

    if (!vector_is_case(line))
        return;
    e->file = file;
    e->number = number;
    cr_expect(vector_run_line(&e->run, line, text, sizeof(text)), "%s:%u: %s", file, number, text);
    insn = xe_ppc_decode(e->run.word);
    if (!insn)
        return;
    check_flags(e, insn);
    check_registers(e, insn);
    check_base(e, insn);
}

/* Each row that names something it writes must have been seen to change something. */
Test(cpu_effects, name_all_that_changes)
{
    static struct effects effects;

    vector_run_init(&effects.run, XE_CPU_INTERPRETER);
    cr_assert(vector_each_line(run_line, &effects));
    vector_run_fini(&effects.run);
    for (int i = 0; i < XE_PPC_INSNS; i++)
        cr_expect(effects.changes[i] || !strstr(xe_ppc_insns[i].effects, "w:"), "%s",
                  xe_ppc_insns[i].name);
}
