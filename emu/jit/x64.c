/* The encoder: prefixes, REX or VEX, opcode, ModRM, SIB, displacement, immediate.
 * Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2. */
#include "jit/x64.h"

#include <string.h>

#define W  X64_W
#define B  X64_B
#define I1 X64_I1
#define I4 X64_I4
#define V2 X64_V2
#define V3 X64_V3
#define L  X64_L256
#define M  X64_M
#define R  X64_R
#define X  X64_X
#define K  X64_K

const struct xe_x64_row xe_x64_rows[X64_OPS] = {
#define OP(name, mnemonic, prefix, map, opcode, ext, flags)                                        \
    [X64_##name] = {mnemonic, prefix, map, opcode, ext, flags},
#include "jit/x64_ops.def"
#undef OP
};

void xe_x64_byte(struct xe_x64 *a, uint8_t byte)
{
    if (a->at < a->end)
        *a->at++ = byte;
    else
        a->full = true;
}

static void word32(struct xe_x64 *a, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        xe_x64_byte(a, (uint8_t)(value >> 8 * i));
}

static int high(int reg)
{
    return reg >= 8;
}

static void rex(struct xe_x64 *a, const struct xe_x64_row *row, int reg, const struct xe_x64_rm *rm)
{
    int bits = (row->flags & W ? 8 : 0) | high(reg) << 2 | high(rm->index) << 1 | high(rm->reg);
    /* spl, bpl, sil and dil need a REX prefix. */
    bool byte = row->flags & B && ((row->ext < 0 && row->map == 0 && reg >= 4) ||
                                   (rm->kind == X64_IS_REG && rm->reg >= 4));

    if (bits || byte)
        xe_x64_byte(a, (uint8_t)(0x40 | bits));
}

static uint8_t prefix_code(uint8_t prefix)
{
    return prefix == 0x66 ? 1 : prefix == 0xF3 ? 2 : prefix == 0xF2 ? 3 : 0;
}

static void vex(struct xe_x64 *a, const struct xe_x64_row *row, int reg, int vvvv,
                const struct xe_x64_rm *rm)
{
    int tail = (~vvvv & 15) << 3 | (row->flags & L ? 4 : 0) | prefix_code(row->prefix);
    bool wide = row->flags & W;

    if (row->map == 1 && !wide && !high(rm->index) && !high(rm->reg)) {
        xe_x64_byte(a, 0xC5);
        xe_x64_byte(a, (uint8_t)(tail | !high(reg) << 7));
        return;
    }
    xe_x64_byte(a, 0xC4);
    xe_x64_byte(
        a, (uint8_t)(!high(reg) << 7 | !high(rm->index) << 6 | !high(rm->reg) << 5 | row->map));
    xe_x64_byte(a, (uint8_t)(tail | wide << 7));
}

static void opcode(struct xe_x64 *a, const struct xe_x64_row *row, int reg, int vvvv,
                   const struct xe_x64_rm *rm, uint8_t code)
{
    if (rm->kind == X64_IS_GUEST) {
        xe_x64_byte(a, 0x65); /* GS: guest memory    */
        xe_x64_byte(a, 0x67); /* addresses wrap at 4 GiB */
    }
    if (row->flags & (V2 | V3)) {
        vex(a, row, reg, vvvv, rm);
    } else {
        if (row->prefix)
            xe_x64_byte(a, row->prefix);
        rex(a, row, reg, rm);
        if (row->map)
            xe_x64_byte(a, 0x0F);
        if (row->map == 2)
            xe_x64_byte(a, 0x38);
        if (row->map == 3)
            xe_x64_byte(a, 0x3A);
    }
    xe_x64_byte(a, code);
}

/* ModRM, SIB and displacement of a memory operand with base or index. */
static void memory(struct xe_x64 *a, int reg, const struct xe_x64_rm *rm)
{
    int field = (reg & 7) << 3;
    bool small = rm->disp == (int8_t)rm->disp;

    if (rm->reg < 0) { /* no base: SIB with base 5 and mod 0, 32-bit displacement */
        int index = rm->index < 0 ? 4 : rm->index & 7;

        xe_x64_byte(a, (uint8_t)(field | 4));
        xe_x64_byte(a, (uint8_t)(rm->scale << 6 | index << 3 | 5));
        word32(a, (uint32_t)rm->disp);
        return;
    }
    if (rm->disp == 0 && (rm->reg & 7) != X64_RBP)
        ;
    else
        field |= small ? 0x40 : 0x80;
    if (rm->index >= 0 || (rm->reg & 7) == X64_RSP) {
        int index = rm->index < 0 ? 4 : rm->index & 7;

        xe_x64_byte(a, (uint8_t)(field | 4));
        xe_x64_byte(a, (uint8_t)(rm->scale << 6 | index << 3 | (rm->reg & 7)));
    } else {
        xe_x64_byte(a, (uint8_t)(field | (rm->reg & 7)));
    }
    if (field & 0x40)
        xe_x64_byte(a, (uint8_t)rm->disp);
    else if (field & 0x80)
        word32(a, (uint32_t)rm->disp);
}

static void operand(struct xe_x64 *a, int reg, const struct xe_x64_rm *rm, int trailing)
{
    if (rm->kind == X64_IS_REG) {
        xe_x64_byte(a, (uint8_t)(0xC0 | (reg & 7) << 3 | (rm->reg & 7)));
    } else if (rm->kind == X64_IS_NEAR) {
        intptr_t next;

        xe_x64_byte(a, (uint8_t)((reg & 7) << 3 | 5));
        next = (intptr_t)a->at + a->delta + 4 + trailing;
        word32(a, (uint32_t)((intptr_t)rm->near - next));
    } else {
        memory(a, reg, rm);
    }
}

static void encode(struct xe_x64 *a, enum xe_x64_id op, int reg, int vvvv, struct xe_x64_rm rm,
                   int64_t imm)
{
    const struct xe_x64_row *row = &xe_x64_rows[op];
    int bytes = row->flags & (I1 | K) ? 1 : row->flags & I4 ? 4 : 0;
    uint8_t code = row->opcode;
    int field = row->ext >= 0 ? row->ext : reg;

    if (row->flags & I4 && imm == (int8_t)imm && (code == 0x81 || code == 0x69)) {
        code |= 2; /* sign-extended 8-bit immediate */
        bytes = 1;
    }
    opcode(a, row, field, vvvv, &rm, code);
    operand(a, field, &rm, bytes);
    if (bytes == 1)
        xe_x64_byte(a, (uint8_t)imm);
    else if (bytes == 4)
        word32(a, (uint32_t)imm);
}

void xe_x64(struct xe_x64 *a, enum xe_x64_id op, int reg, struct xe_x64_rm rm)
{
    encode(a, op, reg, 0, rm, 0);
}

void xe_x64_imm(struct xe_x64 *a, enum xe_x64_id op, int reg, struct xe_x64_rm rm, int32_t imm)
{
    encode(a, op, reg, 0, rm, imm);
}

void xe_x64_v(struct xe_x64 *a, enum xe_x64_id op, int reg, int vvvv, struct xe_x64_rm rm)
{
    encode(a, op, reg, vvvv, rm, 0);
}

void xe_x64_v_imm(struct xe_x64 *a, enum xe_x64_id op, int reg, int vvvv, struct xe_x64_rm rm,
                  int32_t imm)
{
    uint16_t flags = xe_x64_rows[op].flags;

    if (flags & R) /* destination in vvvv, source in rm */
        encode(a, op, 0, reg, rm, imm);
    else
        encode(a, op, reg, vvvv, rm, flags & K ? imm << 4 : imm);
}

void xe_x64_mov_imm(struct xe_x64 *a, int reg, uint64_t imm)
{
    if (imm <= UINT32_MAX) {
        if (high(reg))
            xe_x64_byte(a, 0x41);
        xe_x64_byte(a, (uint8_t)(0xB8 | (reg & 7)));
        word32(a, (uint32_t)imm);
    } else if ((int64_t)imm == (int32_t)imm) {
        xe_x64_imm(a, X64_MOV64_I, 0, x64_reg(reg), (int32_t)imm);
    } else {
        xe_x64_byte(a, (uint8_t)(0x48 | high(reg)));
        xe_x64_byte(a, (uint8_t)(0xB8 | (reg & 7)));
        word32(a, (uint32_t)imm);
        word32(a, (uint32_t)(imm >> 32));
    }
}

void xe_x64_bswap(struct xe_x64 *a, int reg, bool wide)
{
    if (wide || high(reg))
        xe_x64_byte(a, (uint8_t)(0x40 | wide << 3 | high(reg)));
    xe_x64_byte(a, 0x0F);
    xe_x64_byte(a, (uint8_t)(0xC8 | (reg & 7)));
}

/* Rows that carry a condition in their opcode. */
static void conditional(struct xe_x64 *a, uint8_t code, uint16_t flags, int reg,
                        struct xe_x64_rm rm)
{
    const struct xe_x64_row row = {.map = 1, .opcode = code, .ext = -1, .flags = flags};

    opcode(a, &row, reg, 0, &rm, code);
    operand(a, reg, &rm, 0);
}

void xe_x64_setcc(struct xe_x64 *a, enum xe_x64_cc cc, struct xe_x64_rm rm)
{
    conditional(a, (uint8_t)(0x90 | cc), B, 0, rm);
}

void xe_x64_cmov(struct xe_x64 *a, enum xe_x64_cc cc, int reg, struct xe_x64_rm rm)
{
    conditional(a, (uint8_t)(0x40 | cc), W, reg, rm);
}

void xe_x64_push(struct xe_x64 *a, int reg)
{
    if (high(reg))
        xe_x64_byte(a, 0x41);
    xe_x64_byte(a, (uint8_t)(0x50 | (reg & 7)));
}

void xe_x64_pop(struct xe_x64 *a, int reg)
{
    if (high(reg))
        xe_x64_byte(a, 0x41);
    xe_x64_byte(a, (uint8_t)(0x58 | (reg & 7)));
}

void xe_x64_push_imm(struct xe_x64 *a, int32_t imm)
{
    xe_x64_byte(a, 0x68);
    word32(a, (uint32_t)imm);
}

void xe_x64_ret(struct xe_x64 *a)
{
    xe_x64_byte(a, 0xC3);
}

static uint8_t *displacement_here(struct xe_x64 *a)
{
    uint8_t *at = a->at;

    word32(a, 0);
    return at;
}

uint8_t *xe_x64_jcc(struct xe_x64 *a, enum xe_x64_cc cc)
{
    xe_x64_byte(a, 0x0F);
    xe_x64_byte(a, (uint8_t)(0x80 | cc));
    return displacement_here(a);
}

uint8_t *xe_x64_jmp(struct xe_x64 *a)
{
    xe_x64_byte(a, 0xE9);
    return displacement_here(a);
}

uint8_t *xe_x64_call(struct xe_x64 *a)
{
    xe_x64_byte(a, 0xE8);
    return displacement_here(a);
}

void xe_x64_patch(uint8_t *displacement, const uint8_t *target)
{
    int32_t value = (int32_t)(target - (displacement + 4));

    memcpy(displacement, &value, sizeof(value));
}

void xe_x64_land(struct xe_x64 *a, uint8_t *displacement)
{
    if (!a->full)
        xe_x64_patch(displacement, a->at);
}

void xe_x64_jmp_to(struct xe_x64 *a, const uint8_t *target)
{
    uint8_t *at = xe_x64_jmp(a);

    if (!a->full)
        xe_x64_patch(at, target);
}

void xe_x64_call_to(struct xe_x64 *a, const uint8_t *target)
{
    uint8_t *at = xe_x64_call(a);

    if (!a->full)
        xe_x64_patch(at, target);
}
