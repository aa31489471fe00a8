/* The code cache: one file mapped twice, once to write and once to run, and the stubs that all
 * regions share. No page is ever writable and executable.
 *
 * Layout of the mapping that runs: the frame (ordinary data), then the code, so that code reaches
 * the frame RIP-relative. */
#include <cpuid.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cpu/softfp/fpu_math.h"
#include "jit/emit.h"

/* Two that not every compiler's __builtin_cpu_supports knows. */
static bool has_lzcnt_and_movbe(void)
{
    uint32_t a, b, c, d;

    return __get_cpuid(0x80000001, &a, &b, &c, &d) && (c & bit_LZCNT) &&
           __get_cpuid(1, &a, &b, &c, &d) && (c & bit_MOVBE);
}

/* What the encoder's instructions need; all of it is in the x86-64-v3 level. FMA, which is too, can
 * be done without. */
static bool has_instructions(struct xe_error *err)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2") ||
        !__builtin_cpu_supports("bmi") || !has_lzcnt_and_movbe())
        return xe_error_set(err, XE_ERR_CONFIG_INVALID,
                            "this host's processor lacks AVX2, BMI2, LZCNT or MOVBE "
                            "(x86-64-v3)");
    return true;
}

bool xe_cpu_can_translate(struct xe_error *err)
{
    return has_instructions(err) && xe__jit_gs_can(err);
}

static bool map_code(struct xe_jit *jit, struct xe_error *err)
{
    int fd = memfd_create("xe360-code", MFD_CLOEXEC);
    uint8_t *at = MAP_FAILED;

    if (fd >= 0 && ftruncate(fd, CODE_SIZE) == 0)
        at = mmap(NULL, FRAME_SIZE + CODE_SIZE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at != MAP_FAILED) {
        jit->frame = (struct xe_jit_frame *)(void *)at;
        jit->code = at + FRAME_SIZE;
        jit->write =
            mmap(NULL, CODE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    }
    if (at == MAP_FAILED || jit->write == MAP_FAILED ||
        mmap(jit->code, CODE_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED | MAP_NORESERVE,
             fd, 0) == MAP_FAILED) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "jit: map %u bytes of code: %s", CODE_SIZE,
                     strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    close(fd);
    return true;
}

/* Instruction `row` of the word at cpu->pc, by its interpreter function. 0: go on; 1: leave, pc and
 * budget being set. */
static int helper(struct xe_jit *jit, uint32_t word, uint32_t refund, uint32_t row)
{
    struct xe_jit_frame *frame = jit->frame;
    const struct xe_ppc_insn *insn = &xe_ppc_insns[row];
    struct xe_cpu *cpu = frame->cpu;
    struct xe_meter *meter = &frame->env->meter;
    uint64_t budget = (uint64_t)frame->budget + refund,
             left; /* this and what follows is not done */
    enum xe_ppc_next next;

    xe_meter_give(meter, budget);
    left = meter->left;
    jit->counters.calls++;
    jit->counters.called[row]++;
    xe__jit_state_out(jit, cpu);
    jit->changed = false;
    next = insn->exec(frame->env, cpu, word);
    jit->changed |= meter->left != left; /* the run was cut: it ends behind this instruction */
    frame->budget = (int64_t)xe_meter_take(meter, budget);
    if (next != XE_PPC_NEXT)
        return 1 + XE_JIT_INTERPRET;
    xe__jit_state_in(jit, cpu);
    if (jit->changed || cpu->so || cpu->stop) {
        cpu->pc += 4;
        frame->budget--;
        xe__jit_state_out(jit, cpu);
        return 1 + XE_JIT_LEFT;
    }
    frame->budget -= refund;
    return 0;
}

static void stub_enter(struct xe_jit *jit, struct xe_x64 *a)
{
    static const int8_t saved[] = {X64_RBP, X64_RBX, X64_R12, X64_R13, X64_R14, X64_R15};

    for (size_t i = 0; i < sizeof(saved); i++)
        xe_x64_push(a, saved[i]);
    xe_x64(a, X64_MOV64_ST, X64_RSP, x64_near(&jit->frame->host_sp));
    xe_x64(a, X64_MOV64, R_CPU, x64_reg(X64_RSI));
    xe_x64(a, X64_MOV64, R_BUDGET, x64_reg(X64_RDX));
    /* The bottom of the return stack: an address no guest return has. */
    xe_x64_push_imm(a, -1);
    xe_x64_push_imm(a, 0);
    xe_x64(a, X64_JMP_M, 0, x64_reg(X64_RDI));
    jit->leave = (uint32_t)(a->at - jit->write);
    xe_x64(a, X64_MOV64_ST, R_BUDGET, x64_near(&jit->frame->budget));
    xe_x64(a, X64_MOV64, X64_RSP, x64_near(&jit->frame->host_sp));
    for (size_t i = sizeof(saved); i-- > 0;)
        xe_x64_pop(a, saved[i]);
    xe_x64_ret(a);
}

/* esi, edx, ecx: word, refund, row. All guest registers are in struct xe_cpu. */
static void stub_helper(struct xe_jit *jit, struct xe_x64 *a)
{
    uint8_t *stay;

    jit->helper = (uint32_t)(a->at - jit->write);
    xe_x64(a, X64_MOV64_ST, R_BUDGET, x64_near(&jit->frame->budget));
    xe_x64(a, X64_MOV64, X64_RDI, x64_near(&jit->frame->jit));
    xe_x64(a, X64_MOV64, X64_RBX, x64_reg(X64_RSP));
    xe_x64_imm(a, X64_AND64_I, 0, x64_reg(X64_RSP), -16);
    xe_x64(a, X64_LDMXCSR, 0, x64_near(&jit->frame->host_csr));
    xe_x64_mov_imm(a, X64_RAX, (uint64_t)(uintptr_t)helper);
    xe_x64(a, X64_CALL_M, 0, x64_reg(X64_RAX));
    xe_x64(a, X64_LDMXCSR, 0, x64_near(&jit->frame->guest_csr));
    xe_x64(a, X64_MOV64, X64_RSP, x64_reg(X64_RBX));
    xe_x64(a, X64_MOV64, R_BUDGET, x64_near(&jit->frame->budget));
    xe_x64(a, X64_TEST32, X64_RAX, x64_reg(X64_RAX));
    stay = xe_x64_jcc(a, X64_E);
    xe_x64_imm(a, X64_SUB32_I, 0, x64_reg(X64_RAX), 1);
    xe_x64_jmp_to(a, jit->write + jit->leave);
    xe_x64_land(a, stay);
    xe_x64_ret(a);
}

/* RDX = what frame->lookup should hold of the guest address in RAX, and does from now on; or leave,
 * with pc there: it is not translated. RCX is used. */
static void stub_find(struct xe_jit *jit, struct xe_x64 *a)
{
    uint8_t *no_page, *no_code;

    _Static_assert(sizeof(struct xe__entry) == 16, "(address & 0xFFC) * 4");
    jit->find = (uint32_t)(a->at - jit->write);
    xe_x64(a, X64_MOV32, X64_RCX, x64_reg(X64_RAX));
    xe_x64_imm(a, X64_SHR32_I, 0, x64_reg(X64_RCX), XE_MEM_PAGE_SHIFT);
    xe_x64_mov_imm(a, X64_RDX, (uint64_t)(uintptr_t)jit->engine->page);
    xe_x64(a, X64_MOV64, X64_RCX, x64_indexed(X64_RDX, X64_RCX, 3, 0));
    xe_x64(a, X64_TEST64, X64_RCX, x64_reg(X64_RCX));
    no_page = xe_x64_jcc(a, X64_E);
    xe_x64(a, X64_MOV32, X64_RDX, x64_reg(X64_RAX));
    xe_x64_imm(a, X64_AND32_I, 0, x64_reg(X64_RDX), 0xFFC);
    xe_x64(a, X64_MOV32, X64_RDX,
           x64_indexed(X64_RCX, X64_RDX, 2,
                       offsetof(struct xe__code_page, entry) + offsetof(struct xe__entry, code)));
    xe_x64_imm(a, X64_CMP32_I, 0, x64_reg(X64_RDX), XE__CODE);
    no_code = xe_x64_jcc(a, X64_C);
    xe_x64_imm(a, X64_SHL64_I, 0, x64_reg(X64_RDX), 32);
    xe_x64(a, X64_OR64, X64_RDX, x64_reg(X64_RAX));
    xe_x64_imm(a, X64_AND32_I, 0, x64_reg(X64_RAX), (LOOKUP - 1) << 2);
    xe_x64(a, X64_LEA64, X64_RCX, x64_near(jit->frame->lookup));
    xe_x64(a, X64_MOV64_ST, X64_RDX, x64_indexed(X64_RCX, X64_RAX, 1, 0));
    xe_x64_ret(a);
    xe_x64_land(a, no_page);
    xe_x64_land(a, no_code);
    xe_x64(a, X64_MOV32_ST, X64_RAX, CPU_FIELD(pc));
    xe_x64_mov_imm(a, X64_RAX, XE_JIT_JUMP);
    xe_x64_jmp_to(a, jit->write + jit->leave);
}

/* MXCSR: denormal operands are zeros, denormal results become zeros; invalid operations and
 * overflow fault. Source: Intel SDM volume 1, section 10.2.3. */
#define CSR_FLUSH (0x8000u | 0x40u | 0x100u | 0x200u | 0x800u | 0x1000u)

static void fill_constants(struct xe_jit_frame *frame)
{
    static const uint64_t value[JIT_CONSTANTS][2] = {
        [JIT_SWAP16] = {0x08090A0B0C0D0E0F, 0x0001020304050607},
        [JIT_SWAP8] = {0x0001020304050607, 0x8080808080808080},
        [JIT_SWAP4] = {0x8080808000010203, 0x8080808080808080},
        [JIT_SIGN64] = {0x8000000000000000, 0},
        [JIT_SIGN32] = {0x8000000080000000, 0x8000000080000000},
        [JIT_MAGNITUDE64] = {0x7FFFFFFFFFFFFFFF, 0},
        [JIT_HALF64] = {0x3FE0000000000000, 0},
        [JIT_HALF32] = {0x3F000000, 0},
        [JIT_F8] = {0x0F0F0F0F0F0F0F0F, 0x0F0F0F0F0F0F0F0F},
        [JIT_1F8] = {0x1F1F1F1F1F1F1F1F, 0x1F1F1F1F1F1F1F1F},
        [JIT_1F32] = {0x0000001F0000001F, 0x0000001F0000001F},
        [JIT_MIN32] = {0x0080000000800000, 0x0080000000800000},
        [JIT_MAGNITUDE32] = {0x7FFFFFFF7FFFFFFF, 0x7FFFFFFF7FFFFFFF},
        [JIT_LVSR] = {0x18191A1B1C1D1E1F, 0x1011121314151617},
        [JIT_FROM_LEFT] = {0x78797A7B7C7D7E7F, 0x7071727374757677},
        [JIT_FROM_RIGHT] = {0xF8F9FAFBFCFDFEFF, 0xF0F1F2F3F4F5F6F7},
        [JIT_COUNT] = {0x0706050403020100, 0x0F0E0D0C0B0A0908},
        [JIT_COUNT_OUT] = {0x7776757473727170, 0x7F7E7D7C7B7A7978},
        [JIT_CR_HIGH] = {0x000000180000001C, 0x0000001000000014},
        [JIT_CR_LOW] = {0x000000080000000C, 0x0000000000000004},
    };

    memcpy(frame->constant, value, sizeof(value));
    for (uint8_t bits = 0; bits < 16; bits++)
        frame->cr_pattern[bits] = xe__cr_lazy(bits);
    for (uint32_t odd = 0; odd < 2; odd++) /* the exponent field is 127 more than the exponent */
    {
        memcpy(frame->rsqrt_line[!odd], xe_vmx_rsqrt_lines[odd], sizeof(frame->rsqrt_line[0]));
        memcpy(frame->frsqrte[!odd], xe_fpu_rsqrt_table[odd], sizeof(frame->frsqrte[0]));
    }
}

bool xe__jit_code_create(struct xe_jit *jit, struct xe_error *err)
{
    struct xe_x64 a = {0};

    if (!has_instructions(err) || !map_code(jit, err))
        return false;
    a = (struct xe_x64){.at = jit->write, .end = jit->write + 0x1000};
    a.delta = jit->code - jit->write;
    jit->frame->jit = jit;
    jit->frame->env = &jit->engine->env;
    jit->frame->flush_csr = CSR_FLUSH;
    fill_constants(jit->frame);
    xe__jit_fill_d3d(jit->frame);
    memset(jit->frame->lookup, 0xFF, sizeof(jit->frame->lookup)); /* no addresses */
    stub_enter(jit, &a);
    stub_helper(jit, &a);
    stub_find(jit, &a);
    /* Entry offsets are told from arrival counts by their size. */
    jit->fixed = jit->used = (uint32_t)(a.at - jit->write) + XE__CODE;
    jit->enter = (int (*)(const uint8_t *, uint8_t *, int64_t))(uintptr_t)jit->code;
    return true;
}

void xe__jit_code_destroy(struct xe_jit *jit)
{
    if (jit->write && jit->write != MAP_FAILED)
        munmap(jit->write, CODE_SIZE);
    if (jit->frame)
        munmap(jit->frame, FRAME_SIZE + CODE_SIZE);
}
