/* Writing a register by the name under which it is shown. What the hardware keeps from a title is
 * kept from a debugger too: summary and reserved bits of the FPSCR, the MSR, what is read only. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/softfp/fpu_status.h"
#include "cpu/softfp/vmx_internal.h"
#include "debug/debug.h"

#define HIGH_HALF 0xffffffff00000000u

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
    cpu->pc = (uint32_t)value;
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

/* What a value must leave clear is refused, not dropped: the writer meant something else. */
static const struct {
    const char *name;
    void (*write)(struct xe_cpu *cpu, uint64_t value);
    uint64_t clear;
} specials[] = {
    {"cr", write_cr, HIGH_HALF},       {"ctr", write_ctr, 0},
    {"fpscr", write_fpscr, HIGH_HALF}, {"lr", write_lr, 0},
    {"pc", write_pc, HIGH_HALF | 3},   {"vrsave", write_vrsave, HIGH_HALF},
    {"vscr", write_vscr, HIGH_HALF},   {"xer", write_xer, HIGH_HALF},
};

static const struct {
    const char *name, *why;
} read_only[] = {
    {"msr", "the machine's state is the kernel's"},
    {"pir", "the scheduler says on which hardware thread a thread runs"},
    {"pvr", "the version of the processor is fixed"},
    {"tb", "the timebase follows the instructions that ran"},
    {"tbu", "the timebase follows the instructions that ran"},
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

static bool refuse(const char *name, uint32_t size, struct xe_error *err)
{
    return xe_error_set(
        err, XE_ERR_INVALID_PARAMS,
        "register '%s' of %u bytes: expected r0 to r31, f0 to f31, pc, lr, ctr, cr, "
        "xer, fpscr, vscr or vrsave, of 8, or v0 to v127, of 16",
        name, size);
}

static bool write_special(struct xe_cpu *cpu, const char *name, uint64_t value,
                          struct xe_error *err)
{
    for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
        if (strcmp(specials[i].name, name))
            continue;
        if (value & specials[i].clear)
            return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                                "register '%s' can't be 0x%" PRIx64 ": it has 32 bits%s", name,
                                value, specials[i].clear & 3 ? ", the lowest two 0" : "");
        specials[i].write(cpu, value);
        return true;
    }
    for (size_t i = 0; i < sizeof(read_only) / sizeof(read_only[0]); i++)
        if (strcmp(read_only[i].name, name) == 0)
            return xe_error_set(err, XE_ERR_INVALID_PARAMS, "register '%s' can't be written: %s",
                                name, read_only[i].why);
    return refuse(name, 8, err);
}

bool xe_debug_register_write(struct xe_cpu *cpu, const char *name, const uint8_t *bytes,
                             uint32_t size, struct xe_error *err)
{
    bool is_vector;
    unsigned long n;

    is_vector = is_numbered(name, 'v', 128, &n);
    if (size != (is_vector ? 16 : 8))
        return refuse(name, size, err);
    if (is_vector)
        for (unsigned b = 0; b < 16; b++)
            cpu->vr[n].b[XE_VB(b)] = bytes[b];
    else if (is_numbered(name, 'r', 32, &n))
        cpu->gpr[n] = xe_load_be64(bytes);
    else if (is_numbered(name, 'f', 32, &n))
        cpu->fpr[n] = xe_load_be64(bytes);
    else
        return write_special(cpu, name, xe_load_be64(bytes), err);
    return true;
}
