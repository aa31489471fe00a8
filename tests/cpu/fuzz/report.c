/* What differs between two register files, one register a line. */
#include "tests/cpu/fuzz/fuzz.h"

static void line(FILE *out, const char *name, int n, uint64_t a, uint64_t b)
{
    if (a == b)
        return;
    fprintf(out, "  %s", name);
    if (n >= 0)
        fprintf(out, "%d", n);
    fprintf(out, "\t%016llx  %016llx\n", (unsigned long long)a, (unsigned long long)b);
}

void fuzz_report_registers(FILE *out, const char *name_a, const struct xe_cpu *a,
                           const char *name_b, const struct xe_cpu *b)
{
    fprintf(out, "  differs\t%-16s  %s\n", name_a, name_b);
    for (int i = 0; i < 32; i++)
        line(out, "r", i, a->gpr[i], b->gpr[i]);
    for (int i = 0; i < 32; i++)
        line(out, "f", i, a->fpr[i], b->fpr[i]);
    for (int i = 0; i < 128; i++)
        for (int half = 0; half < 2; half++)
            line(out, half ? "low half of v" : "high half of v", i, a->vr[i].d[XE_VD(half)],
                 b->vr[i].d[XE_VD(half)]);
    line(out, "cr", -1, xe_cpu_cr_get(a), xe_cpu_cr_get(b));
    line(out, "xer", -1, xe_cpu_xer_get(a), xe_cpu_xer_get(b));
    line(out, "lr", -1, a->lr, b->lr);
    line(out, "ctr", -1, a->ctr, b->ctr);
    line(out, "pc", -1, a->pc, b->pc);
    line(out, "fpscr", -1, a->fpscr, b->fpscr);
    line(out, "vscr", -1, a->vscr, b->vscr);
    line(out, "vrsave", -1, a->vrsave, b->vrsave);
    line(out, "msr", -1, a->msr, b->msr);
    line(out, "reserve size", -1, a->reserve_valid, b->reserve_valid);
    line(out, "reserve", -1, a->reserve_address, b->reserve_address);
    line(out, "reserve value", -1, a->reserve_value, b->reserve_value);
    line(out, "retired", -1, a->retired, b->retired);
}

void fuzz_report_start(FILE *out, const struct xe_cpu *cpu)
{
    fprintf(out, "  from");
    for (int i = 0; i < 32; i++)
        if (cpu->gpr[i])
            fprintf(out, " r%d=%016llx", i, (unsigned long long)cpu->gpr[i]);
    for (int i = 0; i < 32; i++)
        if (cpu->fpr[i])
            fprintf(out, " f%d=%016llx", i, (unsigned long long)cpu->fpr[i]);
    for (int i = 0; i < 128; i++)
        if (cpu->vr[i].d[0] || cpu->vr[i].d[1])
            fprintf(out, " v%d=%016llx%016llx", i, (unsigned long long)cpu->vr[i].d[XE_VD(0)],
                    (unsigned long long)cpu->vr[i].d[XE_VD(1)]);
    fprintf(out, " cr=%08x xer=%08x lr=%016llx ctr=%016llx fpscr=%08x vscr=%08x\n",
            xe_cpu_cr_get(cpu), xe_cpu_xer_get(cpu), (unsigned long long)cpu->lr,
            (unsigned long long)cpu->ctr, cpu->fpscr, cpu->vscr);
}

void fuzz_report_bytes(FILE *out, const char *what, const uint8_t *a, const uint8_t *b,
                       uint32_t size)
{
    uint32_t shown = 0;

    for (uint32_t i = 0; i < size && shown < 16; i++)
        if (a[i] != b[i]) {
            fprintf(out, "  %s+%x\t%02x  %02x\n", what, i, a[i], b[i]);
            shown++;
        }
}
