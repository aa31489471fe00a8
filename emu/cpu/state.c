/* The register file as state. `stop` is of the run at hand and no part of it. */
#include "base/codec.h"
#include "cpu/cpu.h"
#include "cpu/softfp/vmx_int.h"

static void registers(struct xe_codec *c, const char *name, uint64_t *field, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        xe_codec_u64(c, name, &field[i]);
}

static void special(struct xe_codec *c, struct xe_cpu *cpu)
{
    XE_CODEC(c, cpu->lr);
    XE_CODEC(c, cpu->ctr);
    XE_CODEC(c, cpu->pc);
    xe_codec_bytes(c, "cr", cpu->cr, sizeof(cpu->cr));
    XE_CODEC(c, cpu->so);
    XE_CODEC(c, cpu->ov);
    XE_CODEC(c, cpu->ca);
    XE_CODEC(c, cpu->xer_count);
    XE_CODEC(c, cpu->fpscr);
    XE_CODEC(c, cpu->vscr);
    XE_CODEC(c, cpu->vrsave);
    XE_CODEC(c, cpu->msr);
    XE_CODEC(c, cpu->hw_thread);
    XE_CODEC(c, cpu->retired);
}

/* What no instruction can make of the registers, the engines need not survive. */
static void check(struct xe_codec *c, const struct xe_cpu *cpu)
{
    for (uint32_t i = 0; i < 8; i++)
        xe_codec_want(c, cpu->cr[i] <= 15, "cr%u is 0x%x", i, cpu->cr[i]);
    xe_codec_want(c, cpu->so <= 1 && cpu->ov <= 1 && cpu->ca <= 1 && cpu->xer_count <= 127,
                  "xer: %u %u %u %u", cpu->so, cpu->ov, cpu->ca, cpu->xer_count);
    xe_codec_want(c, !(cpu->pc & 3), "pc is 0x%08x", cpu->pc);
    xe_codec_want(c, !(cpu->vscr & ~(XE_VSCR_NJ | XE_VSCR_SAT)), "vscr is 0x%08x", cpu->vscr);
    xe_codec_want(c, !(cpu->msr >> 63), "msr is 64-bit mode's");
    xe_codec_want(c, cpu->hw_thread < 6, "hardware thread %u", cpu->hw_thread);
    xe_codec_want(c, cpu->reserve_valid == 0 || cpu->reserve_valid == 4 || cpu->reserve_valid == 8,
                  "a reservation of %u bytes", cpu->reserve_valid);
}

void xe_cpu_state(struct xe_codec *c, struct xe_cpu *cpu)
{
    uint64_t value = cpu->reserve_valid ? cpu->reserve_value : 0;

    registers(c, "gpr", cpu->gpr, 32);
    registers(c, "fpr", cpu->fpr, 32);
    for (uint32_t i = 0; i < 128; i++) {
        xe_codec_u64(c, "vr", &cpu->vr[i].d[XE_VD(0)]);
        xe_codec_u64(c, "vr", &cpu->vr[i].d[XE_VD(1)]);
    }
    special(c, cpu);
    XE_CODEC(c, cpu->reserve_valid);
    XE_CODEC(c, cpu->reserve_address);
    xe_codec_u64(c, "reserve_value", &value); /* nobody looks at an old one */
    if (xe_codec_loading(c)) {
        cpu->reserve_value = value;
        check(c, cpu);
    }
}
