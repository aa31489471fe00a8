/* Until all rows have their function: weak ones that raise an illegal instruction. Temporary. */
#include "cpu/exec.h"

#define WEAK_INT(name)
#define WEAK_CR(name)
#define WEAK_BRANCH(name)
#define WEAK_LOAD(name)
#define WEAK_STORE(name)
#define WEAK_SYS(name)
#define WEAK_FPU(name)                                                                             \
    __attribute__((weak)) XE_PPC_OP(name)                                                          \
    {                                                                                              \
        return xe_ppc_raise(env, XE_CPU_EXC_ILLEGAL, word);                                        \
    }
#define WEAK_VMX(name)                  WEAK_FPU(name)
#define WEAK_VMX128(name)               WEAK_FPU(name)
#define INSN(name, a, b, c, class, ...) WEAK_##class(name)
#include "cpu/ppc_insns.def"
#undef INSN
