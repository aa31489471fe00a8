/* What the translator's files share: the frame next to the code, regions, the emitter's context. */
#ifndef XE_JIT_JIT_INTERNAL_H
#define XE_JIT_JIT_INTERNAL_H

#include <ucontext.h>

#include "cpu/isa/decode.h"
#include "jit/jit.h"
#include "jit/x64.h"
#include "cpu/softfp/vmx_d3d.h"
#include "cpu/softfp/vmx_float.h"

#ifdef XE_TINY_LIMITS
#define CODE_SIZE     0x40000u
#define REGION_WORDS  48u
#define REGION_BLOCKS 8u
#else
#define CODE_SIZE     0x4000000u /* 64 MiB                    */
#define REGION_WORDS  1024u      /* instructions in a region  */
#define REGION_BLOCKS 256u
#endif
#define BLOCK_WORDS  XE_JIT_BLOCK_MAX /* what a last partial block may cost             */
#define REGION_REACH 0x4000u /* bytes before and behind its head                            */
#define REGION_PAGES (2 * REGION_REACH / XE_MEM_PAGE + 2)
#define FRAME_SIZE   0x10000u
#define LOOKUP       2048u

/* Roles of host registers. RAX, RCX, RDX and XMM0 to XMM4 are free in every emitter. */
#define R_CPU      X64_RBP /* struct xe_cpu + R_CPU_BIAS               */
#define R_BUDGET   X64_R15 /* instructions that may still retire       */
#define R_CPU_BIAS 128     /* so that all GPRs have short displacements */
#define XMM_FREE   5
#define NO_REG     (-1)

/* Integer registers that can live in host registers: GPR 0-31, LR, CTR. */
#define G_LR  32
#define G_CTR 33
#define GS_N  34
/* Likewise of the other file: FPR 0-31, VR 0-127. */
#define F_VR 32
#define FS_N 160

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
    int64_t budget;  /* on the way out: what is left */
    uint64_t beyond; /* what this entry's budget leaves out */
    void *host_sp;   /* stack of xe_jit_enter's frame */
    uint32_t link;   /* offset of a displacement that could be linked, 0 none */
    uint32_t reserved;
    uint32_t host_csr, guest_csr; /* MXCSR of C code and of translated code */
    uint32_t flush_csr;           /* of vector code that flushes denormals  */
    struct xe_ppc_env *env;
    struct xe_cpu *cpu;
    struct xe_jit *jit;
    _Alignas(8) uint32_t record[RECORDS]; /* the words; 0: none */
    uint64_t operand[RECORDS][3];         /* frA, frB, frC      */
    uint64_t held[3]; /* those of a record held back whose registers were needed */
    uint32_t single;  /* on the way out: FPRs that hold single format, bit n: FPR n */
    uint32_t plain;   /* not 0: FPU arithmetic may use the host's                    */
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

/* What is held back at a point of the code (held.c): whoever leaves there makes it good. */
#define HELD_MAX 4
#define HELD     16 /* the frame's `held` */
struct xe_jit_debt {
    uint32_t single;   /* FPRs that hold single format                              */
    uint32_t record;   /* word of an arithmetic instruction not yet recorded; or 0  */
    int8_t operand[3]; /* where its operands are: host registers, HELD, NO_REG: has none */
    uint8_t adds, moves;
    int8_t add[HELD_MAX];                /* host registers to which... */
    int32_t by[HELD_MAX];                /* ... this is to be added    */
    int8_t from[HELD_MAX], to[HELD_MAX]; /* host registers to be moved, all at once */
};

/* Which guest registers live in which host registers: one plan for a region, and one for each of
 * its innermost loops that wants others. */
#define PLANS 16
struct xe_jit_plan {
    int8_t g_host[GS_N], f_host[FS_N];   /* NO_REG: in struct xe_cpu             */
    uint16_t g_uses[GS_N], f_uses[FS_N]; /* in a loop, by one pass through it    */
};

/* Where a host fault can happen, and what it means. */
struct xe_jit_site {
    uint32_t at;     /* code offset of the host instruction            */
    uint32_t pc;     /* guest instruction                              */
    uint32_t refund; /* instructions paid for but not done             */
    uint32_t debt;   /* its number, from 1; 0: none                    */
    uint32_t faults; /* slow accesses so far                           */
    uint8_t plan;    /* index                                          */
    bool flushing;   /* with denormals flushed                         */
};

/* Where the code of what begins, for people who look at it. */
enum xe_jit_what {
    WHAT_WORD, /* the guest instruction at pc                              */
    WHAT_HEAD, /* the block at pc: registers loaded, instructions paid for */
    WHAT_REST, /* off the straight path; pc 0                              */
};
struct xe_jit_place {
    uint32_t at; /* code offset                              */
    uint32_t pc; /* with an enum xe_jit_what in its low bits */
};

struct xe_jit_entry {
    uint32_t pc, code;
};

/* A displacement that points at one of a region's entries, and what it was before. */
struct xe_jit_link {
    uint32_t at; /* code offset */
    int32_t was;
};

struct xe_jit_region;

struct xe_jit_ref {
    struct xe_jit_region *region;
    struct xe_jit_ref *next;
    struct xe__code_page *page;
};

struct xe_jit_region {
    uint32_t head, words;
    uint32_t begin, end;   /* code offsets */
    uint32_t spill[PLANS]; /* code that stores all registers and leaves */
    bool dead;
    struct xe_jit_site *site; /* owned, ascending */
    uint32_t sites;
    struct xe_jit_debt *debt;   /* owned */
    struct xe_jit_entry *entry; /* owned */
    uint32_t entries;
    struct xe_jit_link *link; /* owned: from other regions, and its own exits */
    uint32_t links, link_room;
    struct xe_jit_place *place; /* owned, ascending */
    uint32_t places;
    struct xe_jit_ref ref[REGION_PAGES];
    uint32_t refs;
};

/* How often, in the lower bits of such a pc. */
enum xe_jit_slow {
    SLOW = 1,   /* call the interpreter; vector arithmetic: flush denormals */
    SLOWER = 2, /* faults also when they are flushed                        */
};

#define SLOW_PCS 1024u

struct xe_jit {
    struct xe_cpu_engine *engine;
    struct xe_jit_frame *frame;   /* at the start of the reservation */
    uint8_t *code;                /* where it runs: read, execute    */
    uint8_t *write;               /* where it is written             */
    uint32_t used;                /* bytes of code                   */
    uint32_t fixed;               /* of them, the stubs of all       */
    uint32_t leave, helper, find; /* offsets of stubs              */
    int (*enter)(const uint8_t *code, uint8_t *cpu, int64_t budget);
    struct xe_jit_region **region; /* owned, by ascending code offset */
    uint32_t regions, max_regions;
    /* Hash set of guest pcs that fault often, each with an enum xe_jit_slow; 0: none. */
    uint32_t slow[SLOW_PCS];
    uint32_t slows;               /* how many */
    bool gs_by_call;              /* GS is set by arch_prctl: see gs.c                        */
    struct xe__gs_banner *banner; /* in the page below guest address 0; NULL: not yet         */
    bool fma;                     /* else fused arithmetic is called, which is exact too */
    bool changed;
    bool vector_inexact;         /* vector code rounds while XX is clear: see xe__jit_fpu_mode */
    struct xe_jit_region *again; /* to be translated anew */
    struct xe_jit_counters counters;
};

/* ---- a region being made -------------------------------------------------------------------- */

enum xe_jit_end {
    END_FALL,      /* goes on at the next word                      */
    END_BRANCH,    /* b, bc, bclr, bcctr: the last word of the block */
    END_INTERPRET, /* the word after the block is the interpreter's  */
};

struct xe_jit_block {
    uint32_t pc, words;
    enum xe_jit_end end;
    enum xe_ppc_id branch; /* the one that ends it; else it means nothing */
    uint32_t weight;
    uint32_t plan; /* index                                */
    bool entry;    /* can be entered from outside          */
    uint8_t *body; /* where its code begins, NULL not yet  */
};

/* A jump to be completed when the blocks are out. */
enum xe_jit_late_kind {
    LATE_BLOCK,     /* to block `pc`                             */
    LATE_EXIT,      /* leave the region for pc                   */
    LATE_CALL,      /* the same where registers are stored       */
    LATE_BUDGET,    /* the budget is short of `count` for pc     */
    LATE_INTERPRET, /* the interpreter does pc; refund `count`   */
};

struct xe_jit_late {
    enum xe_jit_late_kind kind;
    uint8_t *from; /* displacement of the jump */
    uint32_t pc, count;
    uint32_t debt; /* its number, from 1; 0: none */
    uint32_t plan; /* where it jumps from         */
};

/* What is known at a point of the code: of the FPU, and of CTR. */
struct xe_jit_known {
    uint32_t single;   /* FPRs whose host register holds single format       */
    uint32_t exact;    /* FPRs whose value is known to be one of a single    */
    uint32_t recorded; /* the arithmetic record's word, with none newer; or 0 */
    uint32_t checked;  /* arithmetic may use the host's                      */
    bool counts;       /* CTR is neither 0 nor beyond 32 bits                */
};
#define RECORDED_ANY UINT32_MAX

/* What the straight path holds back; see held.c. */
struct xe_jit_held {
    int8_t f_now[FS_N]; /* host registers of FPRs and VRs, f_host when at home    */
    uint32_t f_moved;   /* FPRs that aren't at home                               */
    uint32_t f_free;    /* host registers with nobody's value; pinned ones, too   */
    uint32_t record;    /* as in struct xe_jit_debt */
    int8_t operand[3];
    uint32_t adds;
    int8_t add[HELD_MAX];
    int32_t by[HELD_MAX];
};

struct xe_emit {
    struct xe_x64 a;
    struct xe_jit *jit;
    struct xe_jit_frame *frame;
    bool measuring; /* first pass: count uses, write nowhere that matters */
    struct xe_jit_block *block;
    uint32_t blocks;
    uint32_t words;
    struct xe_jit_block *now;
    uint32_t pc, word, next_word; /* next_word: 0 at the end of the block */
    uint32_t done;                /* words of the block before this one */
    uint32_t paid_ahead;          /* instructions paid for beyond this pass through the block */
    bool may_owe;                 /* in a loop, where adding later pays */
    struct xe_jit_held held;
    uint32_t f_spare; /* host registers that no FPR or VR has for its home */
    const struct xe_ppc_insn *insn;
    bool skip_next; /* the word at hand did the next one's work too */
    int fused;      /* CR field whose compare set the host's flags just now, or -1 */
    /* Registers. */
    struct xe_jit_plan plan[PLANS];
    uint32_t plans, plan_now;
    int8_t g_host[GS_N], f_host[FS_N]; /* of the plan at hand */
    uint32_t g_uses[GS_N], f_uses[FS_N];
    bool g_written[GS_N], f_written[FS_N];
    /* GPR scaled = GPR of << shift, as an address sees it; scaled is NO_REG when nothing is known.
     */
    struct {
        int scaled, of, shift;
    } index;
    /* FPU knowledge in this block. */
    bool flushing; /* denormals are flushed for the word at hand */
    struct xe_jit_known known;
    struct xe_jit_late *late;
    uint32_t lates, late_room;
    struct xe_jit_site *site;
    uint32_t sites, site_room;
    struct xe_jit_debt *debt;
    uint32_t debts, debt_room;
    struct xe_jit_entry *entry;
    uint32_t entries, entry_room;
    struct xe_jit_place *place;
    uint32_t places, place_room;
    bool failed; /* out of memory */
};

/* Instructions paid for but not done, before the word at hand. */
static inline uint32_t xe__jit_refund(const struct xe_emit *e)
{
    return e->now->words - e->done + e->paid_ahead;
}

typedef void xe_jit_emit(struct xe_emit *e, uint32_t arg);

/* The emitter of a row, NULL: its interpreter function is called. JIT_FLUSHES, added to the
 * argument: vector arithmetic, which after many faults is tried with denormals flushed by the host.
 */
#define JIT_FLUSHES 0x80000000u
struct xe_jit_row {
    xe_jit_emit *emit;
    uint32_t arg;
};
extern const struct xe_jit_row xe_jit_rows[XE_PPC_INSNS];

/* ---- code.c ---- */
bool xe__jit_code_create(struct xe_jit *jit, struct xe_error *err);
void xe__jit_code_destroy(struct xe_jit *jit);

/* ---- gs.c ---- */
/* Can GS be set here? It may be lost: this thread's next entry sets it again. */
bool xe__gs_can(struct xe_error *err);
/* Put up the banner, and set GS to see whether that works. Faults are handled already. */
bool xe__gs_create(struct xe_jit *jit, enum xe_jit_gs way, struct xe_error *err);
void xe__gs_destroy(struct xe_jit *jit);
/* Have this thread's GS point at guest memory. false: the host refuses it. */
bool xe__gs_point(const struct xe_jit *jit);
/* Whose memory this thread's GS points at, NULL: nobody's. Also in a handler of faults that lets a
 * fault in it be handled. */
struct xe_jit *xe__gs_owner(void);
/* In a handler of SIGSEGV: was it xe__gs_owner's look at nothing? It goes on then. */
bool xe__gs_mend(ucontext_t *context);

/* ---- fault.c ---- */
/* Have host faults in translated code handled; a fault elsewhere ends the process as before. */
bool xe__jit_fault_create(struct xe_error *err);
/* The region whose code is at this offset; NULL: none. */
struct xe_jit_region *xe__jit_region_at(const struct xe_jit *jit, uint32_t at);
/* Point GS at guest memory, set MXCSR, run. */
int xe__jit_go_in(struct xe_jit *jit, struct xe_cpu *cpu, uint32_t code, int64_t budget);
/* ---- emit_fpu.c ---- */
/* Write an arithmetic instruction's record: its operands are in these host registers. */
void xe__jit_fpu_record(struct xe_emit *e, uint32_t word, const int8_t operand[3]);
/* FPRs and FPSCR made whole in struct xe_cpu. */
void xe__jit_fpu_out(struct xe_jit *jit, struct xe_cpu *cpu);
/* MXCSR and `plain` as this thread's FPSCR wants them. */
void xe__jit_fpu_mode(struct xe_jit *jit, const struct xe_cpu *cpu);
/* All FPRs to double format in their host registers. Keeps the host's flags. */
void xe__jit_fpu_canonical(struct xe_emit *e);
/* Just these FPRs to single format, the others to double; values must allow it. Likewise. */
void xe__jit_fpu_shape(struct xe_emit *e, uint32_t single);

/* ---- jit.c ---- */
/* CR and FPSCR from their lazy forms into struct xe_cpu, and back. */
void xe__jit_state_out(struct xe_jit *jit, struct xe_cpu *cpu);
void xe__jit_state_in(struct xe_jit *jit, const struct xe_cpu *cpu);

/* ---- region.c ---- */
/* A guest register is used by the word at hand. */
void xe__jit_use_g(struct xe_emit *e, uint32_t r);
void xe__jit_use_f(struct xe_emit *e, uint32_t r);
bool xe__jit_find_blocks(struct xe_emit *e, uint32_t head);
void xe__jit_assign(struct xe_emit *e);

/* ---- translate.c ---- */
void xe__jit_emit_region(struct xe_emit *e, struct xe_jit_region *region);
/* The instruction at pc faults often (a device, a watched page, denormals): an enum xe_jit_slow, 0
 * when it does not. */
uint32_t xe__jit_slowness(const struct xe_emit *e, uint32_t pc);
void xe__jit_call(struct xe_emit *e); /* have the interpreter's function do the word at hand */
/* Room for one more in an array that grows; false, with the region given up: there is none. */
bool xe__jit_room(struct xe_emit *e, void **array, uint32_t count, uint32_t *have, size_t size);
void xe__jit_late(struct xe_emit *e, enum xe_jit_late_kind kind, uint8_t *from, uint32_t pc,
                  uint32_t count);
void xe__jit_store_all(struct xe_emit *e); /* registers that the region writes, to struct xe_cpu */
/* The jump whose displacement is at `from` goes to guest pc; go on at pc. */
void xe__jit_goto(struct xe_emit *e, uint8_t *from, uint32_t pc);
void xe__jit_go(struct xe_emit *e, uint32_t pc);
/* For loop.c: know nothing; pay for the block; emit its words but the branch at its end, which is
 * left as the word at hand; make its word n that. */
void xe__jit_nothing_known(struct xe_emit *e);
void xe__jit_payment(struct xe_emit *e);
void xe__jit_words(struct xe_emit *e);
void xe__jit_word(struct xe_emit *e, uint32_t n);
/* ---- loop.c ---- */
/* Does the block go back to its own head? Emit it as such. */
bool xe__jit_is_loop(const struct xe_emit *e, const struct xe_jit_block *block);
void xe__jit_loop(struct xe_emit *e);
/* ---- emit_branch.c ---- */
void xe__jit_branch(struct xe_emit *e);
/* The branch of a loop of one block; returns the displacement of its jump back. */
uint8_t *xe__jit_loop_branch(struct xe_emit *e);
/* The same the other way round: of its jump out. */
uint8_t *xe__jit_loop_exit(struct xe_emit *e);
uint32_t xe__jit_target(enum xe_ppc_id branch, uint32_t word, uint32_t pc); /* of b and bc */
/* The next host instruction written accesses guest memory for the word at hand. */
void xe__jit_site(struct xe_emit *e);
/* The word at hand is for the interpreter when cc holds. */
void xe__jit_interpret_if(struct xe_emit *e, enum xe_x64_cc cc);

/* ---- held.c: nothing here changes the host's flags ---- */
/* Everything is where it belongs. */
void xe__held_reset(struct xe_emit *e);
/* Make everything so, FPRs in double format or in the one they have. */
void xe__settle(struct xe_emit *e);
void xe__settle_but_formats(struct xe_emit *e);
/* Note what is held back here; its number. Make good what was, off the straight path. */
uint32_t xe__debt_note(struct xe_emit *e);
void xe__debt_pay(struct xe_emit *e, uint32_t number);
/* Add a constant to r, later; false: it has to be now. What is owed to r so far, to be put into a
 * displacement. Add it now; it is not wanted. */
bool xe__g_owe(struct xe_emit *e, uint32_t r, int32_t by);
int32_t xe__g_owed(const struct xe_emit *e, uint32_t r);
void xe__g_settle(struct xe_emit *e, uint32_t r);
void xe__g_forgive(struct xe_emit *e, uint32_t r);
/* A host register other than r's, and none of `avoid`, where r's new value can be computed; NO_REG
 * when there is none. It is r's from xe__f_place on. */
int xe__f_other(const struct xe_emit *e, uint32_t r, uint32_t avoid);
void xe__f_place(struct xe_emit *e, uint32_t r, int host);
/* Is what this register holds an operand of the record that is held back? Keep it elsewhere. */
bool xe__f_pinned(const struct xe_emit *e, int host);
void xe__f_unpin(struct xe_emit *e, int host);
/* Hold back an arithmetic instruction's record; or none; write the one that is. */
void xe__record_hold(struct xe_emit *e, uint32_t word, const int8_t operand[3]);
void xe__record_drop(struct xe_emit *e);
void xe__record_settle(struct xe_emit *e);
/* Operands that are in this register go to the frame. */
void xe__record_spill(struct xe_emit *e, int8_t operand[3], int host);

/* ---- emit_vmx_float.c ---- */
/* Around the code of one word: the host flushes denormals. */
void xe__v_flush_begin(struct xe_emit *e);
void xe__v_flush_end(struct xe_emit *e);

/* ---- emit_vmx_d3d.c ---- */
void xe__jit_fill_d3d(struct xe_jit_frame *frame);

/* ---- emit.c: operands ---- */
struct xe_x64_rm xe__g(struct xe_emit *e, uint32_t r);     /* to read it                    */
int xe__g_src(struct xe_emit *e, uint32_t r, int scratch); /* a host register that holds it */
int xe__g_dst(struct xe_emit *e, uint32_t r, int scratch); /* where to compute its new value */
void xe__g_put(struct xe_emit *e, uint32_t r, int host);   /* the value computed there is r's */
void xe__g_load(struct xe_emit *e, int host, uint32_t r);  /* host = r, 64 bits             */
void xe__g_changes(struct xe_emit *e, uint32_t r);         /* what was known of r holds no longer */
int xe__g_offset(uint32_t r);                              /* in struct xe_cpu, from R_CPU  */
struct xe_x64_rm xe__f(struct xe_emit *e, uint32_t r);
int xe__f_src(struct xe_emit *e, uint32_t r, int scratch);
int xe__f_dst(struct xe_emit *e, uint32_t r, int scratch);
void xe__f_put(struct xe_emit *e, uint32_t r, int host);
int xe__f_offset(uint32_t r);
struct xe_x64_rm xe__cpu_field(size_t offset);
#define CPU_FIELD(field) xe__cpu_field(offsetof(struct xe_cpu, field))
struct xe_x64_rm xe__constant(struct xe_emit *e, enum xe_jit_constant which);
/* CR field = sign of the low word of host register (sign-extended into RAX). */
void xe__record(struct xe_emit *e, uint32_t field, int host);
/* CR field = RAX, flags being those of RAX against 0 when `flags`. */
void xe__cr_store(struct xe_emit *e, uint32_t field, bool flags);

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
