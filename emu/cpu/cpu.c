/* Registers as wholes, and the slow halves of memory access. */
#include "cpu/cpu.h"

#include <string.h>

#include "cpu/isa/exec.h"

/* Start values. Source: a console's MSR as published (0x9030); Guess: VSCR[NJ]=1, FPSCR=0. */
#define START_MSR 0x9030u
#define VSCR_NJ   0x00010000u

void xe_cpu_reset(struct xe_cpu *cpu)
{
    memset(cpu, 0, sizeof(*cpu));
    cpu->msr = START_MSR;
    cpu->vscr = VSCR_NJ;
    cpu->vrsave = UINT32_MAX;
}

uint32_t xe_cpu_cr_get(const struct xe_cpu *cpu)
{
    uint32_t value = 0;

    for (int i = 0; i < 8; i++)
        value = value << 4 | cpu->cr[i];
    return value;
}

void xe_cpu_cr_set(struct xe_cpu *cpu, uint32_t value)
{
    for (int i = 0; i < 8; i++)
        cpu->cr[i] = value >> (28 - 4 * i) & 15;
}

uint32_t xe_cpu_xer_get(const struct xe_cpu *cpu)
{
    return (uint32_t)cpu->so << 31 | (uint32_t)cpu->ov << 30 | (uint32_t)cpu->ca << 29 |
           cpu->xer_count;
}

void xe_cpu_xer_set(struct xe_cpu *cpu, uint32_t value)
{
    cpu->so = value >> 31 & 1;
    cpu->ov = value >> 30 & 1;
    cpu->ca = value >> 29 & 1;
    cpu->xer_count = value & 0x7F;
}

static bool data_fault(struct xe_ppc_env *env, uint32_t word, xe_gva at, bool write,
                       enum xe_mem_fault fault)
{
    env->exception = (struct xe_cpu_exception){
        .kind = XE_CPU_EXC_DATA, .word = word, .address = at, .write = write, .fault = fault};
    return false;
}

/* Whoever serves the access may ask how far the run is. */
static void count_retired(struct xe_ppc_env *env)
{
    if (env->cpu)
        env->cpu->retired = xe_meter_retired(&env->meter);
}

bool xe_ppc_load_slow(struct xe_ppc_env *env, uint32_t word, uint32_t ea, uint32_t size,
                      uint64_t *ret)
{
    enum xe_mem_fault fault;
    xe_gva at;

    count_retired(env);
    fault = xe_mem_load_slow(env->mem, ea, size, ret, &at);
    return fault == XE_MEM_OK || data_fault(env, word, at, false, fault);
}

bool xe_ppc_store_slow(struct xe_ppc_env *env, uint32_t word, uint32_t ea, uint32_t size,
                       uint64_t value)
{
    enum xe_mem_fault fault;
    xe_gva at;

    count_retired(env);
    fault = xe_mem_store_slow(env->mem, ea, size, value, &at);
    return fault == XE_MEM_OK || data_fault(env, word, at, true, fault);
}

uint8_t *xe_ppc_span(struct xe_ppc_env *env, uint32_t word, uint32_t ea, uint32_t size, bool write)
{
    xe_gva at;
    enum xe_mem_fault fault;

    if (xe_mem_can(env->mem, ea, size, write ? XE_MEM_FAST_WRITE : XE_MEM_FAST_READ))
        return env->mem->base + ea;
    fault = xe_mem_prepare(env->mem, ea, size, write, &at);
    if (fault == XE_MEM_OK)
        return env->mem->base + ea;
    data_fault(env, word, at, write, fault);
    return NULL;
}
