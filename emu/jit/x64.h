/* A small encoder for x86-64: bytes of host instructions into a buffer.
 *
 * The idea: an instruction is a row of x64_ops.def, a register and an operand; the operand is a
 * register, host memory, guest memory (GS-relative, 32-bit address arithmetic, so that addresses
 * wrap as a title's do) or data near the code (RIP-relative). Code is written through one mapping
 * and runs in another; `delta` is the distance between them.
 *
 * Rules: nothing is written beyond `end`; what does not fit sets `full` and the caller gives up. */
#ifndef XE_JIT_X64_H
#define XE_JIT_X64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    X64_RAX,
    X64_RCX,
    X64_RDX,
    X64_RBX,
    X64_RSP,
    X64_RBP,
    X64_RSI,
    X64_RDI,
    X64_R8,
    X64_R9,
    X64_R10,
    X64_R11,
    X64_R12,
    X64_R13,
    X64_R14,
    X64_R15
};

/* Condition codes, as in Jcc, SETcc and CMOVcc. */
enum xe_x64_cc {
    X64_O,
    X64_NO,
    X64_C,
    X64_NC,
    X64_E,
    X64_NE,
    X64_BE,
    X64_A,
    X64_S,
    X64_NS,
    X64_P,
    X64_NP,
    X64_L,
    X64_GE,
    X64_LE,
    X64_G
};

enum xe_x64_id {
#define OP(name, ...) X64_##name,
#include "jit/x64_ops.def"
#undef OP
    X64_OPS
};

enum xe_x64_flags {
    X64_W = 1,
    X64_B = 2,
    X64_I1 = 4,
    X64_I4 = 8,
    X64_V2 = 16,
    X64_V3 = 32,
    X64_L256 = 64,
    X64_M = 128,
    X64_R = 256,
    X64_X = 512,
    X64_K = 1024
};

struct xe_x64_row {
    const char *mnemonic;
    uint8_t prefix, map, opcode;
    int8_t ext;
    uint16_t flags;
};

extern const struct xe_x64_row xe_x64_rows[X64_OPS];

enum xe_x64_kind { X64_IS_REG, X64_IS_HOST, X64_IS_GUEST, X64_IS_NEAR };

/* The second operand. */
struct xe_x64_rm {
    enum xe_x64_kind kind;
    int8_t reg;    /* the register, or the base; -1: none (guest only) */
    int8_t index;  /* -1: none                                         */
    uint8_t scale; /* log2                                             */
    int32_t disp;
    const void *near; /* data within 2 GiB of the code, by its address */
};

static inline struct xe_x64_rm x64_reg(int reg)
{
    return (struct xe_x64_rm){.kind = X64_IS_REG, .reg = (int8_t)reg, .index = -1};
}

static inline struct xe_x64_rm x64_host(int base, int32_t disp)
{
    return (struct xe_x64_rm){.kind = X64_IS_HOST, .reg = (int8_t)base, .index = -1, .disp = disp};
}

static inline struct xe_x64_rm x64_indexed(int base, int index, int scale, int32_t disp)
{
    return (struct xe_x64_rm){.kind = X64_IS_HOST,
                              .reg = (int8_t)base,
                              .index = (int8_t)index,
                              .scale = (uint8_t)scale,
                              .disp = disp};
}

/* Guest address base + index + disp, modulo 4 GiB; base and index may be -1. */
static inline struct xe_x64_rm x64_guest(int base, int index, int32_t disp)
{
    return (struct xe_x64_rm){
        .kind = X64_IS_GUEST, .reg = (int8_t)base, .index = (int8_t)index, .disp = disp};
}

static inline struct xe_x64_rm x64_near(const void *data)
{
    return (struct xe_x64_rm){.kind = X64_IS_NEAR, .reg = -1, .index = -1, .near = data};
}

struct xe_x64 {
    uint8_t *at, *end; /* where the next byte goes; where the buffer ends */
    ptrdiff_t delta;   /* add to an address here for the one it runs at   */
    bool full;
};

/* OP reg, rm (or rm, reg for a store; rm alone for rows with an extension digit). */
void xe_x64(struct xe_x64 *a, enum xe_x64_id op, int reg, struct xe_x64_rm rm);
/* The same with an immediate at the end. A row with a 32-bit immediate takes the 8-bit form where
 * it exists and the value fits. */
void xe_x64_imm(struct xe_x64 *a, enum xe_x64_id op, int reg, struct xe_x64_rm rm, int32_t imm);
/* VEX with three operands: reg = vvvv OP rm. */
void xe_x64_v(struct xe_x64 *a, enum xe_x64_id op, int reg, int vvvv, struct xe_x64_rm rm);
void xe_x64_v_imm(struct xe_x64 *a, enum xe_x64_id op, int reg, int vvvv, struct xe_x64_rm rm,
                  int32_t imm);

/* reg = imm, shortest form. Flags are kept. */
void xe_x64_mov_imm(struct xe_x64 *a, int reg, uint64_t imm);
void xe_x64_bswap(struct xe_x64 *a, int reg, bool wide);
void xe_x64_setcc(struct xe_x64 *a, enum xe_x64_cc cc, struct xe_x64_rm rm);
void xe_x64_cmov(struct xe_x64 *a, enum xe_x64_cc cc, int reg, struct xe_x64_rm rm);
void xe_x64_push(struct xe_x64 *a, int reg);
void xe_x64_pop(struct xe_x64 *a, int reg);
void xe_x64_push_imm(struct xe_x64 *a, int32_t imm);
void xe_x64_ret(struct xe_x64 *a);
void xe_x64_byte(struct xe_x64 *a, uint8_t byte);

/* Jumps with 32-bit displacement. The forward forms return where the displacement stands, to be set
 * with xe_x64_land once the target is the next byte to be written; targets are buffer addresses. */
uint8_t *xe_x64_jcc(struct xe_x64 *a, enum xe_x64_cc cc);
uint8_t *xe_x64_jmp(struct xe_x64 *a);
uint8_t *xe_x64_call(struct xe_x64 *a);
void xe_x64_land(struct xe_x64 *a, uint8_t *displacement);
void xe_x64_jmp_to(struct xe_x64 *a, const uint8_t *target);
void xe_x64_call_to(struct xe_x64 *a, const uint8_t *target);
/* Point an existing displacement at target. */
void xe_x64_patch(uint8_t *displacement, const uint8_t *target);

#endif
