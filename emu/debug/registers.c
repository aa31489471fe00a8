/* Writing a register by the name under which it is shown. What the hardware keeps from a title is
 * kept from a debugger too: summary and reserved bits of the FPSCR, the MSR. */
#include <stdlib.h>
#include <string.h>

#include "cpu/fpu_status.h"
#include "cpu/vmx_internal.h"
#include "debug/debug.h"

static void write_fpscr(struct xe_cpu *cpu, uint64_t value)
{
    uint32_t kept = XE_FPSCR_FEX | XE_FPSCR_VX | XE_FPSCR_RESERVED;

    cpu->fpscr = xe_fpscr_summarise((uint32_t)value & ~kept);
}

static void write_vscr(struct xe_cpu *cpu, uint64_t value)
{
    cpu->vscr = (uint32_t)value & (XE_VSCR_NJ | XE_VSCR_SAT);
}

static void write_lr(struct xe_cpu *cpu, uint64_t value)
{
    cpu->lr = value;
}

static void write_ctr(struct xe_cpu *cpu, uint64_t value)
{
    cpu->ctr = value;
}

static void write_pc(struct xe_cpu *cpu, uint64_t value)
{
    cpu->pc = (uint32_t)value & ~3u;
}

static void write_cr(struct xe_cpu *cpu, uint64_t value)
{
    xe_cpu_cr_set(cpu, (uint32_t)value);
}

static void write_xer(struct xe_cpu *cpu, uint64_t value)
{
    xe_cpu_xer_set(cpu, (uint32_t)value);
}

static void write_vrsave(struct xe_cpu *cpu, uint64_t value)
{
    cpu->vrsave = (uint32_t)value;
}

static const struct {
    const char *name;
    void (*write)(struct xe_cpu *cpu, uint64_t value);
} specials[] = {
    {"cr", write_cr}, {"ctr", write_ctr},       {"fpscr", write_fpscr}, {"lr", write_lr},
    {"pc", write_pc}, {"vrsave", write_vrsave}, {"vscr", write_vscr},   {"xer", write_xer},
};

/* "r31": the letter, then a number below count. */
static bool is_numbered(const char *name, char letter, unsigned long count, unsigned long *ret)
{
    char *end;

    if (name[0] != letter || name[1] < '0' || name[1] > '9')
        return false;
    *ret = strtoul(name + 1, &end, 10);
    return !*end && *ret < count && (name[1] != '0' || !name[2]);
}

static bool write_number(struct xe_cpu *cpu, const char *name, uint64_t value)
{
    unsigned long n;

    if (is_numbered(name, 'r', 32, &n)) {
        cpu->gpr[n] = value;
        return true;
    }
    if (is_numbered(name, 'f', 32, &n)) {
        cpu->fpr[n] = value;
        return true;
    }
    for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
        if (!strcmp(specials[i].name, name)) {
            specials[i].write(cpu, value);
            return true;
        }
    return false;
}

bool xe_debug_register_write(struct xe_cpu *cpu, const char *name, const uint8_t *bytes,
                             uint32_t size, struct xe_error *err)
{
    unsigned long n;

    if (is_numbered(name, 'v', 128, &n) && size == 16) {
        for (unsigned b = 0; b < 16; b++)
            cpu->vr[n].b[XE_VB(b)] = bytes[b];
        return true;
    }
    if (size == 8 && write_number(cpu, name, xe_load_be64(bytes)))
        return true;
    return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                        "register '%s' of %u bytes: there is none that can be written", name, size);
}
