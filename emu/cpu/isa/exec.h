/* What an instruction's function sees: the environment, the fields of its word, guest memory.
 *
 * Each row of ppc_insns.def has `enum xe_ppc_next xe_ppc_exec_NAME(env, cpu, word)`. It runs with
 * cpu->pc at the instruction and either completes (NEXT, or BRANCHED with cpu->pc set) or raises an
 * exception through xe_ppc_raise with nothing changed. */
#ifndef XE_CPU_ISA_EXEC_H
#define XE_CPU_ISA_EXEC_H

#include "cpu/cpu.h"
#include "cpu/isa/fields.h"
#include "cpu/meter.h"

enum xe_ppc_next {
    XE_PPC_NEXT,     /* done; the engine advances pc by 4         */
    XE_PPC_BRANCHED, /* done; pc is set                           */
    XE_PPC_FAULT,    /* env->exception says what; nothing retires */
    XE_PPC_EXPORT,   /* done: the export word                     */
};

struct xe_ppc_env {
    struct xe_mem *mem;
    struct xe_cpu_host host;
    struct xe_cpu *cpu; /* that runs; NULL outside of runs */
    struct xe_cpu_exception exception;
    bool commits; /* FPU exceptions don't interrupt: the one at hand is let happen */
    struct xe_meter meter;
};

/* The word is done, if it is: pc and meter go on. false: it raised something or is the export word,
 * and nothing was counted. */
static inline bool xe_ppc_retire(struct xe_ppc_env *env, struct xe_cpu *cpu, enum xe_ppc_next next)
{
    if (__builtin_expect(next == XE_PPC_NEXT, 1))
        cpu->pc += 4;
    else if (next != XE_PPC_BRANCHED)
        return false;
    env->meter.left--;
    return true;
}

typedef enum xe_ppc_next xe_ppc_exec(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word);

#define INSN(name, ...) xe_ppc_exec xe_ppc_exec_##name;
#include "cpu/isa/ppc_insns.def"
#undef INSN

#define XE_PPC_OP(name)                                                                            \
    enum xe_ppc_next xe_ppc_exec_##name(__attribute__((unused)) struct xe_ppc_env *env,            \
                                        __attribute__((unused)) struct xe_cpu *cpu,                \
                                        __attribute__((unused)) uint32_t word)

/* ---- fields --------------------------------------------------------------------------------
 *
 * Those of the word at hand, for functions that have it as `word`. */

#define PPC_RT     xe_ppc_rt(word)
#define PPC_RS     PPC_RT
#define PPC_RA     xe_ppc_ra(word)
#define PPC_RB     xe_ppc_rb(word)
#define PPC_RC_REG xe_ppc_rc_reg(word) /* FRC, VRC */
#define PPC_RC     xe_ppc_rc(word)
#define PPC_OE     xe_ppc_oe(word)
#define PPC_LK     xe_ppc_lk(word)
#define PPC_AA     xe_ppc_aa(word)
#define PPC_BO     xe_ppc_bo(word)
#define PPC_BI     xe_ppc_bi(word)
#define PPC_TO     PPC_RT
#define PPC_SI     xe_ppc_si(word)
#define PPC_UI     xe_ppc_ui(word)
#define PPC_DS     xe_ppc_ds(word)
#define PPC_BF     xe_ppc_bf(word)
#define PPC_BFA    xe_ppc_bfa(word)
#define PPC_L      xe_ppc_l(word)
#define PPC_MB     PPC_RC_REG
#define PPC_ME     xe_ppc_me(word)
#define PPC_SH6    xe_ppc_sh6(word)
#define PPC_MB6    xe_ppc_mb6(word)
#define PPC_SPR    xe_ppc_spr(word)
#define PPC_VD128  xe_ppc_vd128(word)
#define PPC_VA128  xe_ppc_va128(word)
#define PPC_VB128  xe_ppc_vb128(word)

/* ---- flags --------------------------------------------------------------------------------- */

static inline uint8_t xe_ppc_compare(int64_t a, int64_t b, uint8_t so)
{
    return (uint8_t)((a < b ? XE_CR_LT : a > b ? XE_CR_GT : XE_CR_EQ) | so);
}

static inline uint8_t xe_ppc_compare_unsigned(uint64_t a, uint64_t b, uint8_t so)
{
    return (uint8_t)((a < b ? XE_CR_LT : a > b ? XE_CR_GT : XE_CR_EQ) | so);
}

/* CR0 of a record form in 32-bit mode: the low word against 0. */
static inline void xe_ppc_record(struct xe_cpu *cpu, uint64_t value)
{
    cpu->cr[0] = xe_ppc_compare((int32_t)value, 0, cpu->so);
}

/* CR1 of an FPU record form. */
static inline void xe_ppc_record_fpu(struct xe_cpu *cpu)
{
    cpu->cr[1] = (uint8_t)(cpu->fpscr >> 28);
}

/* ---- exceptions ---------------------------------------------------------------------------- */

static inline enum xe_ppc_next xe_ppc_raise(struct xe_ppc_env *env, enum xe_cpu_exception_kind kind,
                                            uint32_t word)
{
    env->exception = (struct xe_cpu_exception){.kind = kind, .word = word};
    return XE_PPC_FAULT;
}

/* ---- memory -------------------------------------------------------------------------------- */

bool xe_ppc_load_slow(struct xe_ppc_env *env, uint32_t word, uint32_t ea, uint32_t size,
                      uint64_t *ret);
bool xe_ppc_store_slow(struct xe_ppc_env *env, uint32_t word, uint32_t ea, uint32_t size,
                       uint64_t value);
/* Host pointer to `size` bytes that may be read (written); NULL with the exception raised. */
uint8_t *xe_ppc_span(struct xe_ppc_env *env, uint32_t word, uint32_t ea, uint32_t size, bool write);

static inline bool xe_ppc_load(struct xe_ppc_env *env, uint32_t word, uint32_t ea, uint32_t size,
                               uint64_t *ret)
{
    const uint8_t *p = env->mem->base + ea;

    if (__builtin_expect(!xe_mem_can(env->mem, ea, size, XE_MEM_FAST_READ), 0))
        return xe_ppc_load_slow(env, word, ea, size, ret);
    *ret = xe_load_be(p, size);
    return true;
}

static inline bool xe_ppc_store(struct xe_ppc_env *env, uint32_t word, uint32_t ea, uint32_t size,
                                uint64_t value)
{
    uint8_t *p = env->mem->base + ea;

    if (__builtin_expect(!xe_mem_can(env->mem, ea, size, XE_MEM_FAST_WRITE), 0))
        return xe_ppc_store_slow(env, word, ea, size, value);
    xe_store_be(p, size, value);
    return true;
}

/* Effective addresses: 64-bit sums of which the low word counts. */
static inline uint64_t xe_ppc_ra0(const struct xe_cpu *cpu, uint32_t word)
{
    return PPC_RA ? cpu->gpr[PPC_RA] : 0;
}

static inline uint32_t xe_ppc_ea_x(const struct xe_cpu *cpu, uint32_t word)
{
    return (uint32_t)(xe_ppc_ra0(cpu, word) + cpu->gpr[PPC_RB]);
}

#endif
