/* Data next to the code, which translated code reaches RIP-relative, and what it keeps in host
 * registers. */
#ifndef XE_JIT_FRAME_H
#define XE_JIT_FRAME_H

#include "cpu/cpu.h"
#include "cpu/isa/exec.h"
#include "cpu/softfp/vmx_d3d.h"
#include "cpu/softfp/vmx_float.h"

struct xe_jit;

#define FRAME_SIZE 0x10000u
#define LOOKUP     2048u

/* Roles of host registers. RAX, RCX, RDX and XMM0 to XMM4 are free in every emitter. */
#define R_CPU      X64_RBP /* struct xe_cpu + R_CPU_BIAS               */
#define R_BUDGET   X64_R15 /* instructions that may still retire       */
#define R_CPU_BIAS 128     /* so that all GPRs have short displacements */
#define XMM_FREE   5

/* What FPSCR's FR, FI and FPRF follow from: the newest arithmetic instruction, then the newest
 * conversion to integer and the newest compare after it. They are worked out when somebody looks,
 * by doing the instruction over. A record is made before its instruction is done; doing it twice
 * leaves what doing it once does. */
enum { RECORD_CONVERT, RECORD_COMPARE, RECORD_ARITHMETIC, RECORDS };
#define RECORD_SINGLE 1u /* bit of a compare's word: both operands are in single format */

/* Constants of a format of vpkd3d128 and vupkd3d128, by host lane; see emit_vmx_d3d.c. */
struct xe_jit_d3d {
    uint8_t window[16];
    uint32_t shift[4], mask[4], nan[4], flip[4], add[4], low[4], high[4];
    uint64_t place[4];
};

/* Data next to the code, reached RIP-relative. */
struct xe_jit_frame {
    /* CR fields while translated code runs. LT: bit 62; GT: positive; EQ: low word 0; SO: bit 61
     * differs from bit 63. So the difference of two words, sign- or zero-extended, is a compare's
     * result as it stands. */
    int64_t cr[8];
    int64_t budget; /* on the way out: what is left of what was taken */
    void *host_sp;  /* stack of xe_jit_enter's frame */
    uint32_t link;  /* offset of a displacement that could be linked, 0 none */
    uint32_t reserved;
    uint32_t host_csr, guest_csr; /* MXCSR of C code and of translated code */
    uint32_t flush_csr;           /* of vector code that flushes denormals  */
    struct xe_ppc_env *env;
    struct xe_cpu *cpu;
    struct xe_jit *jit;
    _Alignas(8) uint32_t record[RECORDS]; /* the words; 0: none */
    uint64_t operand[RECORDS][3];         /* frA, frB, frC      */
    uint64_t spilled[3]; /* those of a record that is put off, whose registers were needed */
    uint32_t single;     /* on the way out: FPRs that hold single format, bit n: FPR n */
    uint32_t plain;      /* not 0: FPU arithmetic may use the host's                    */
    _Alignas(16) uint8_t constant[32][16]; /* enum xe_jit_constant */
    int64_t cr_pattern[16];                /* lazy forms of a CR field, by its bits */
    struct xe_jit_d3d d3d[XE_VMX_D3D_TYPES];
    uint8_t frsqrte[2][8];                /* by the exponent field's lowest bit */
    struct xe_vmx_line rsqrt_line[2][16]; /* by the exponent field's lowest bit */
    struct {
        uint32_t pc, code;
    } lookup[LOOKUP];
};
_Static_assert(sizeof(struct xe_jit_frame) <= FRAME_SIZE, "frame");

enum xe_jit_constant {
    JIT_SWAP16, /* byte order of a vector      */
    JIT_SWAP8,  /* of the low doubleword       */
    JIT_SWAP4,  /* of the low word             */
    JIT_SIGN64, /* sign bit of a double, low   */
    JIT_SIGN32, /* sign bits of four singles   */
    JIT_MAGNITUDE64,
    JIT_HALF64, /* one half, low double */
    JIT_HALF32, /* one half, low single */
    JIT_F8,     /* sixteen 0xF                  */
    JIT_1F8,    /* sixteen 0x1F                 */
    JIT_1F32,   /* four 0x1F                    */
    JIT_MIN32,  /* least normal single, four    */
    JIT_MAGNITUDE32,
    JIT_LVSR,       /* 31, 30 ... 16                */
    JIT_FROM_LEFT,  /* lvlx at offset 0: 15 + 0x70 ... */
    JIT_FROM_RIGHT, /* lvrx at offset 0: -1, -2 ... -16 */
    JIT_COUNT,      /* 0, 1 ... 15                      */
    JIT_COUNT_OUT,  /* 0 + 0x70 ...: 16 has the top bit */
    JIT_CR_HIGH,    /* where fields 0 to 3 stand in CR  */
    JIT_CR_LOW,     /* and 4 to 7                       */
    JIT_CONSTANTS
};

/* Lazy form of a CR field's four bits, and back. */
static inline int64_t xe__cr_lazy(uint8_t bits)
{
    uint64_t v = bits & XE_CR_EQ ? 0 : 1;

    if (!(bits & XE_CR_GT))
        v |= UINT64_C(1) << 63;
    else if (bits & XE_CR_EQ)
        v |= UINT64_C(1) << 33;
    if (bits & XE_CR_LT)
        v |= UINT64_C(1) << 62;
    if (!(bits & XE_CR_SO) == !(bits & XE_CR_GT))
        v |= UINT64_C(1) << 61;
    return (int64_t)v;
}

static inline uint8_t xe__cr_bits(int64_t v)
{
    uint64_t u = (uint64_t)v;

    return (uint8_t)((u >> 62 & 1 ? XE_CR_LT : 0) | (v > 0 ? XE_CR_GT : 0) |
                     ((uint32_t)u == 0 ? XE_CR_EQ : 0) | ((u >> 61 ^ u >> 63) & 1 ? XE_CR_SO : 0));
}

#endif
