/* Every row of x64_ops.def, encoded with registers low and high and with all kinds of operands:
 * prints a line each, the bytes in hex and what a disassembler must say of them (check-x64.sh). */
#include <stdio.h>
#include <string.h>

#include "jit/x64.h"

enum kind { GPR8, GPR16, GPR32, GPR64, XMM };

static const char *name(enum kind kind, int reg)
{
    static const char *const low[4][8] = {
        {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"},
        {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"},
        {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"},
        {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"},
    };
    static const char *const suffix[] = {"b", "w", "d", ""};
    static char text[8][8];
    static int turn;
    char *s = text[turn = (turn + 1) & 7];

    if (kind == XMM)
        snprintf(s, 8, "xmm%d", reg);
    else if (reg < 8)
        return low[kind][reg];
    else
        snprintf(s, 8, "r%d%s", reg, suffix[kind]);
    return s;
}

/* What the reg and rm fields name, where it is not the operand size for both. */
static void kinds(enum xe_x64_id op, enum kind *reg, enum kind *rm)
{
    const struct xe_x64_row *row = &xe_x64_rows[op];
    bool vex = row->flags & (X64_V2 | X64_V3);
    enum kind size = row->flags & X64_W    ? GPR64
                     : row->flags & X64_B  ? GPR8
                     : row->prefix == 0x66 ? GPR16
                                           : GPR32;

    *reg = *rm = vex ? XMM : size;
    switch (op) {
    case X64_MOVZX8:
        *reg = GPR32;
        *rm = GPR8;
        break;
    case X64_MOVZX16:
        *rm = GPR16;
        break;
    case X64_MOVSX8:
        *rm = GPR8;
        break;
    case X64_MOVSX16:
        *rm = GPR16;
        break;
    case X64_MOVSXD:
        *rm = GPR32;
        break;
    case X64_CALL_M:
    case X64_JMP_M:
        *rm = GPR64;
        break;
    case X64_RORX32:
    case X64_SHLX32:
    case X64_SHRX32:
    case X64_ANDN32:
        *reg = *rm = GPR32;
        break;
    case X64_SHLX64:
    case X64_SHRX64:
    case X64_SARX64:
    case X64_ANDN64:
        *reg = *rm = GPR64;
        break;
    case X64_VMOVD:
    case X64_VMOVD_ST:
        *rm = GPR32;
        break;
    case X64_VMOVQ:
    case X64_VMOVQ_ST:
    case X64_VCVTSI2SD:
        *rm = GPR64;
        break;
    case X64_VMOVMSKPS:
    case X64_VPMOVMSKB:
    case X64_VCVTTSD2SI32:
    case X64_VCVTSD2SI32:
        *reg = GPR32;
        break;
    case X64_VCVTTSD2SI64:
    case X64_VCVTSD2SI64:
        *reg = GPR64;
        break;
    default:
        break;
    }
}

static bool takes_register(enum xe_x64_id op)
{
    return op != X64_LEA32 && op != X64_LEA64 && op != X64_LDMXCSR && op != X64_STMXCSR &&
           strcmp(xe_x64_rows[op].mnemonic, "movbe") != 0 && op != X64_VMOVSD &&
           op != X64_VMOVSD_ST && op != X64_VMOVSS;
}

static bool takes_memory(enum xe_x64_id op)
{
    uint16_t flags = xe_x64_rows[op].flags;

    return !(flags & X64_R) && op != X64_VMOVMSKPS && op != X64_VPMOVMSKB && op != X64_VMOVHLPS;
}

static void operand_text(char *text, size_t size, struct xe_x64_rm rm, enum kind kind,
                         const struct xe_x64 *a)
{
    char at[32] = "";

    if (rm.kind == X64_IS_REG) {
        snprintf(text, size, "%s", name(kind, rm.reg));
        return;
    }
    if (rm.kind == X64_IS_NEAR) {
        long disp = (long)((intptr_t)rm.near - (intptr_t)a->at);

        snprintf(text, size, "[rip%c0x%lx]", disp < 0 ? '-' : '+', disp < 0 ? -disp : disp);
        return;
    }
    kind = rm.kind == X64_IS_GUEST ? GPR32 : GPR64;
    if (rm.index >= 0)
        snprintf(at, sizeof(at), "%s%s*%d", rm.reg >= 0 ? "+" : "", name(kind, rm.index),
                 1 << rm.scale);
    snprintf(text, size, "%s[%s%s", rm.kind == X64_IS_GUEST ? "gs:" : "",
             rm.reg >= 0 ? name(kind, rm.reg) : "", at);
    if (rm.disp)
        snprintf(text + strlen(text), size - strlen(text), "%c0x%x", rm.disp < 0 ? '-' : '+',
                 rm.disp < 0 ? (unsigned)-rm.disp : (unsigned)rm.disp);
    snprintf(text + strlen(text), size - strlen(text), "]");
}

static void print(const uint8_t *from, const struct xe_x64 *a, const char *text)
{
    for (const uint8_t *p = from; p < a->at; p++)
        printf("%02x", *p);
    printf("\t%s\n", text);
}

static void one(enum xe_x64_id op, int reg, int vvvv, struct xe_x64_rm rm, int32_t imm)
{
    const struct xe_x64_row *row = &xe_x64_rows[op];
    uint8_t bytes[32];
    struct xe_x64 a = {.at = bytes, .end = bytes + sizeof(bytes)};
    char text[128], where[64], number[16] = "", third[16] = "";
    enum kind reg_kind, rm_kind;

    if (rm.kind == X64_IS_NEAR)
        rm.near = (const void *)((uintptr_t)bytes + 4096);
    kinds(op, &reg_kind, &rm_kind);
    if (row->flags & X64_V3)
        xe_x64_v_imm(&a, op, reg, vvvv, rm, imm);
    else
        xe_x64_imm(&a, op, reg, rm, imm);
    operand_text(where, sizeof(where), rm, rm_kind, &a);
    if (row->flags & X64_I1)
        snprintf(number, sizeof(number), ",0x%x", (unsigned)imm & 0xFF);
    if (row->flags & X64_I4)
        snprintf(number, sizeof(number), ",%d", imm);
    if (row->flags & X64_K)
        snprintf(number, sizeof(number), ",xmm%d", imm);
    if (row->flags & X64_V3)
        snprintf(third, sizeof(third), "%s,", name(reg_kind, vvvv));
    if (row->flags & X64_R)
        snprintf(text, sizeof(text), "%s %s,%s%s", row->mnemonic, name(XMM, reg), where, number);
    else if (row->ext >= 0)
        snprintf(text, sizeof(text), "%s %s%s%s", row->mnemonic, where,
                 row->opcode == 0xD3 ? ",cl" : "", number);
    else if (row->flags & X64_X)
        snprintf(text, sizeof(text), "%s %s,%s,%s", row->mnemonic, name(reg_kind, reg), where,
                 name(reg_kind, vvvv));
    else if (row->flags & X64_M)
        snprintf(text, sizeof(text), "%s %s,%s", row->mnemonic, where, name(reg_kind, reg));
    else
        snprintf(text, sizeof(text), "%s %s,%s%s%s", row->mnemonic, name(reg_kind, reg), third,
                 where, number);
    print(bytes, &a, text);
}

static void rows(void)
{
    static const int regs[] = {0, 3, 5, 6, 9, 12, 13, 15};
    const struct xe_x64_rm memory[] = {
        x64_host(X64_RBP, 0),      x64_host(X64_RBP, -128),    x64_host(X64_R13, 0),
        x64_host(X64_RSP, 8),      x64_host(X64_R12, 0x1234),  x64_host(X64_RAX, 0),
        x64_host(X64_R9, -0x5000), x64_indexed(5, 9, 3, 0),    x64_indexed(12, 0, 0, 0x40),
        x64_guest(X64_RBX, -1, 0), x64_guest(X64_R13, -1, -8), x64_guest(X64_RSI, X64_R10, 0),
        x64_guest(9, 5, 0x7FFF),   x64_guest(X64_R12, -1, 16), x64_near(""),
    };
    static const int32_t imms[] = {0, 5, 127, -1, -128, 128, 0x12345678};
    unsigned turn = 0;

    for (int op = 0; op < X64_OPS; op++)
        for (size_t i = 0; i < 15; i++) {
            uint16_t flags = xe_x64_rows[op].flags;
            int32_t imm = imms[turn++ % 7];
            int reg = regs[i % 8], vvvv = regs[(i + 3) % 8];

            if (flags & X64_K)
                imm &= 15;
            else if (!(flags & X64_I4))
                imm = imm & (xe_x64_rows[op].opcode == 0xC2 ? 3 : 127);
            if (op == X64_VPGATHERDD) /* its index is a vector: below */
                continue;
            if (i < 8 && takes_register((enum xe_x64_id)op))
                one((enum xe_x64_id)op, reg, vvvv, x64_reg(regs[(i * 3 + 1) % 8]), imm);
            if (takes_memory((enum xe_x64_id)op))
                one((enum xe_x64_id)op, reg, vvvv, memory[i], imm);
        }
}

/* What is not a row. */
static void others(void)
{
    static const char *const cc[] = {"o", "no", "b", "ae", "e", "ne", "be", "a",
                                     "s", "ns", "p", "np", "l", "ge", "le", "g"};
    static const uint64_t imm[] = {0,          1,           0x7FFFFFFF, 0x80000000,
                                   0xFFFFFFFF, 0x100000000, UINT64_MAX, 0xFFFFFFFF80000000};
    uint8_t bytes[64];
    char text[64];

#define EMIT(call, ...)                                                                            \
    do {                                                                                           \
        struct xe_x64 a = {.at = bytes, .end = bytes + sizeof(bytes)};                             \
        call;                                                                                      \
        snprintf(text, sizeof(text), __VA_ARGS__);                                                 \
        print(bytes, &a, text);                                                                    \
    } while (0)
    for (int r = 0; r < 16; r++) {
        EMIT(xe_x64_push(&a, r), "push %s", name(GPR64, r));
        EMIT(xe_x64_pop(&a, r), "pop %s", name(GPR64, r));
        EMIT(xe_x64_bswap(&a, r, false), "bswap %s", name(GPR32, r));
        EMIT(xe_x64_bswap(&a, r, true), "bswap %s", name(GPR64, r));
        EMIT(xe_x64_setcc(&a, (enum xe_x64_cc)r, x64_reg(r)), "set%s %s", cc[r], name(GPR8, r));
        EMIT(xe_x64_cmov(&a, (enum xe_x64_cc)r, r, x64_reg(15 - r)), "cmov%s %s,%s", cc[r],
             name(GPR64, r), name(GPR64, 15 - r));
        EMIT(xe_x64_patch(xe_x64_jcc(&a, (enum xe_x64_cc)r), bytes), "j%s 0x0", cc[r]);
        for (int i = 0; i < 8; i++)
            EMIT(xe_x64_mov_imm(&a, r, imm[i]), "%s %s,0x%llx", "mov",
                 name(imm[i] <= UINT32_MAX ? GPR32 : GPR64, r), (unsigned long long)imm[i]);
    }
    EMIT(xe_x64_v(&a, X64_VPGATHERDD, 1, 3, x64_indexed(X64_RAX, 2, 2, 0)),
         "vpgatherdd xmm1,[rax+xmm2*4],xmm3");
    EMIT(xe_x64_v(&a, X64_VPGATHERDD, 9, 4, x64_indexed(X64_R11, 12, 2, 0)),
         "vpgatherdd xmm9,[r11+xmm12*4],xmm4");
    EMIT(xe_x64_push_imm(&a, -2), "push 0xfffffffffffffffe");
    EMIT(xe_x64_ret(&a), "ret");
    EMIT(xe_x64_jmp_to(&a, bytes + 16), "jmp 0x10");
    EMIT(xe_x64_call_to(&a, bytes), "call 0x0");
}

int main(void)
{
    rows();
    others();
    return 0;
}
