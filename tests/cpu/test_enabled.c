/* Enabled floating-point exceptions: the program interrupt that FPSCR and MSR ask for together, and
 * what the instruction leaves behind. Source: PowerPC Book I, sections 4.4.1 to 4.4.5. */
#include <criterion/criterion.h>

#include "cpu/softfp/fpu_status.h"
#include "tests/cpu/one_word.h"

#define ONE     0x3FF0000000000000u
#define ZERO    0u
#define HUGE    0x7FE0000000000000u /* 2^1023                                */
#define TINY    0x0010000000000000u /* least normal                          */
#define THIRD   0x3FD5555555555555u
#define SNAN    0x7FF0000000000001u
#define QNAN    0x7FF8000000000001u
#define OLD     0x4045000000000000u /* frT before                            */
#define EITHER  (XE_MSR_FE0 | XE_MSR_FE1)
#define RAISED  (XE_FPSCR_FX | XE_FPSCR_FEX)
#define INVALID (RAISED | XE_FPSCR_VX)

/* f1 op f2 op f3, FPSCR enables; what frT (f0) and FPSCR's exception bits are then. */
static const struct row {
    const char *what;
    uint32_t word, enable;
    uint64_t a, b, c;
    uint64_t result;
    uint32_t fpscr; /* FX FEX VX, sticky bits */
} rows[] = {
    {"fdiv by zero", 0xFC011024, XE_FPSCR_ZE, ONE, ZERO, 0, OLD, RAISED | XE_FPSCR_ZX},
    {"fdiv by zero, other enable", 0xFC011024, XE_FPSCR_VE, ONE, ZERO, 0, 0x7FF0000000000000,
     XE_FPSCR_FX | XE_FPSCR_ZX},
    {"fdiv zero by zero", 0xFC011024, XE_FPSCR_VE, ZERO, ZERO, 0, OLD, INVALID | XE_FPSCR_VXZDZ},
    {"fadd of a signalling NaN", 0xFC01102A, XE_FPSCR_VE, SNAN, ONE, 0, OLD,
     INVALID | XE_FPSCR_VXSNAN},
    {"fadd of a quiet NaN", 0xFC01102A, XE_FPSCR_VE, QNAN, ONE, 0, QNAN, 0},
    {"fadd overflows: exponent less 1536", 0xFC01102A, XE_FPSCR_OE, HUGE, HUGE, 0,
     0x1FF0000000000000, RAISED | XE_FPSCR_OX},
    {"fmul underflows: exponent plus 1536", 0xFC0100F2, XE_FPSCR_UE, TINY, 0, TINY,
     0x2030000000000000, RAISED | XE_FPSCR_UX},
    {"fdiv is inexact", 0xFC011024, XE_FPSCR_XE, ONE, 0x4008000000000000, 0, THIRD,
     RAISED | XE_FPSCR_XX},
    {"fadd is exact", 0xFC01102A, XE_FPSCR_XE, ONE, ONE, 0, 0x4000000000000000, 0},
    {"fcmpo of a quiet NaN", 0xFC011040, XE_FPSCR_VE, QNAN, ONE, 0, OLD, INVALID | XE_FPSCR_VXVC},
    {"fctiwz of a NaN", 0xFC00101E, XE_FPSCR_VE, 0, QNAN, 0, OLD, INVALID | XE_FPSCR_VXCVI},
    {"fsqrt of less than nothing", 0xFC00102C, XE_FPSCR_VE, 0, 0xBFF0000000000000, 0, OLD,
     INVALID | XE_FPSCR_VXSQRT},
    {"mtfsb1 of VXSOFT", 0xFEA0004C, XE_FPSCR_VE, 0, 0, 0, OLD, INVALID | XE_FPSCR_VXSOFT},
    {"mtfsb1 of OX, other enable", 0xFC60004C, XE_FPSCR_VE, 0, 0, 0, OLD,
     XE_FPSCR_FX | XE_FPSCR_OX},
    {"mtfsf of UX", 0xFDFE158E, XE_FPSCR_UE, 0, XE_FPSCR_UX | XE_FPSCR_UE, 0, OLD,
     XE_FPSCR_FEX | XE_FPSCR_UX},
    {"fmr of a signalling NaN", 0xFC001090, XE_FPSCR_VE, 0, SNAN, 0, SNAN, 0},
};

static void try_row(struct one_word *w, const struct row *row, uint32_t fe)
{
    const uint32_t told = XE_FPSCR_FX | XE_FPSCR_FEX | XE_FPSCR_VX | XE_FPSCR_STICKY;
    bool wanted = fe && row->fpscr & XE_FPSCR_FEX, completed;
    struct xe_cpu cpu;

    xe_cpu_reset(&cpu);
    cpu.pc = ONE_WORD_CODE;
    cpu.msr = (cpu.msr & ~(uint64_t)EITHER) | fe;
    cpu.fpscr = row->enable;
    cpu.fpr[0] = OLD;
    cpu.fpr[1] = row->a;
    cpu.fpr[2] = row->b;
    cpu.fpr[3] = row->c;
    completed = one_word_run(w, row->word, &cpu, NULL);
    cr_expect_eq(completed, !wanted, "%s, FE %x", row->what, fe);
    cr_expect_eq(w->raised, wanted, "%s, FE %x", row->what, fe);
    cr_expect(!wanted || (w->exception.kind == XE_CPU_EXC_FLOAT && w->exception.word == row->word),
              "%s: kind %d", row->what, w->exception.kind);
    cr_expect(!wanted || cpu.pc == ONE_WORD_CODE, "%s: pc %08x", row->what, cpu.pc);
    cr_expect_eq(cpu.fpr[0], row->result, "%s: f0 %016llx", row->what,
                 (unsigned long long)cpu.fpr[0]);
    cr_expect_eq(cpu.fpscr & told, row->fpscr, "%s: FPSCR %08x", row->what, cpu.fpscr);
}

static void try_all(enum xe_cpu_engine_kind kind)
{
    static const uint32_t fes[] = {0, XE_MSR_FE0, XE_MSR_FE1, EITHER};
    struct one_word w;

    one_word_init(&w, kind);
    for (int again = 0; again < 20; again++) /* translations are made of what is hot */
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
            for (size_t k = 0; k < sizeof(fes) / sizeof(fes[0]); k++)
                try_row(&w, &rows[i], fes[k]);
    one_word_fini(&w);
}

Test(cpu_enabled, exceptions_interrupt_where_both_registers_ask_for_it)
{
    try_all(XE_CPU_INTERPRETER);
}

Test(cpu_enabled, translated_too)
{
    try_all(XE_CPU_JIT);
}

/* The exception is there already: MSR asks for the interrupt last. */
Test(cpu_enabled, mtmsr_finds_what_is_pending)
{
    struct one_word w;
    struct xe_cpu cpu;

    one_word_init(&w, XE_CPU_INTERPRETER);
    xe_cpu_reset(&cpu);
    cpu.pc = ONE_WORD_CODE;
    cpu.fpscr = xe_fpscr_summarise(XE_FPSCR_ZX | XE_FPSCR_ZE);
    cpu.gpr[3] = cpu.msr | XE_MSR_FE0;
    cr_expect_not(one_word_run(&w, 0x7C600124, &cpu, NULL));
    cr_expect_eq(w.exception.kind, XE_CPU_EXC_FLOAT);
    cr_expect_eq(cpu.msr & EITHER, XE_MSR_FE0);
    one_word_fini(&w);
}
