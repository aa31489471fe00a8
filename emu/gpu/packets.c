/* Commands of type 3 that move values between words, registers and memory. */
#include "gpu/gpu_internal.h"

XE__GPU_PACKET(skip)
{
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(unseen)
{
    gpu->counters.malformed++;
    gpu->host.lacks(gpu->host.ctx, XE_GPU_LACKS_COMMAND);
    xe__gpu_complain(gpu, XE__GPU_UNSEEN, opcode);
    return XE__GPU_NEXT;
}

/* 20 bits of length; an empty buffer is legal. */
XE__GPU_PACKET(indirect_buffer)
{
    uint32_t words = word[1] & 0xFFFFF;

    if (words && !xe__gpu_call(gpu, word[0], words))
        xe__gpu_halt(gpu, XE_GPU_HALT_DEPTH);
    return XE__GPU_NEXT;
}

/* ---- registers ------------------------------------------------------------------------------ */

/* An index among the constants of a type, as a register. Types that do not exist are none. */
static uint32_t constant(uint32_t word)
{
    static const uint32_t base[] = {0x4000, 0x4800, 0x4900, 0x4908, 0x2000};
    uint32_t type = word >> 16 & 0xFF;

    return type < sizeof(base) / sizeof(base[0]) ? base[type] + (word & 0x7FF) : XE_GPU_REGISTERS;
}

XE__GPU_PACKET(set_constant)
{
    xe__gpu_set_run(gpu, constant(word[0]), word + 1, n - 1);
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(set_registers)
{
    xe__gpu_set_run(gpu, word[0] & 0xFFFF, word + 1, n - 1);
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(load_alu_constant)
{
    uint32_t count = word[2] & 0xFFF, first = constant(word[1]), value;

    for (uint32_t i = 0; i < count; i++) {
        if (!xe__gpu_words(gpu, (word[0] & 0x3FFFFFFC) + 4 * i, 1, &value))
            value = 0;
        xe__gpu_set(gpu, first + i, value);
    }
    gpu->clock += count;
    return XE__GPU_NEXT;
}

/* Bits 31 and 30: the operand is a register's. */
XE__GPU_PACKET(reg_rmw)
{
    uint32_t index = word[0] & 0x1FFF;
    uint32_t and = word[0] >> 31 ? xe__gpu_get(gpu, word[1]) : word[1];
    uint32_t or = word[0] >> 30 & 1 ? xe__gpu_get(gpu, word[2]) : word[2];

    xe__gpu_set(gpu, index, (xe__gpu_get(gpu, index) & and) | or);
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(set_bin_mask)
{
    xe__gpu_set(gpu, XE__REG_BIN_MASK_HI, word[0]);
    xe__gpu_set(gpu, XE__REG_BIN_MASK_LO, word[1]);
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(set_bin_select)
{
    xe__gpu_set(gpu, XE__REG_BIN_SELECT_HI, word[0]);
    xe__gpu_set(gpu, XE__REG_BIN_SELECT_LO, word[1]);
    return XE__GPU_NEXT;
}

/* The four opcodes stand in the order of the registers. */
XE__GPU_PACKET(set_bin_word)
{
    xe__gpu_set(gpu, XE__REG_BIN_MASK_LO + (opcode & 3), word[0]);
    return XE__GPU_NEXT;
}

/* ---- memory --------------------------------------------------------------------------------- */

/* Guess: all words that follow are stored, one after the other; the microcode that is known stores
 * one, and no title was seen to give more. */
XE__GPU_PACKET(mem_write)
{
    for (uint32_t i = 1; i < n; i++)
        xe__gpu_store(gpu, word[0] + 4 * (i - 1), word[i]);
    gpu->counters.fences++;
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(mem_write_cntr)
{
    xe__gpu_store(gpu, word[0], gpu->frames);
    gpu->counters.fences++;
    return XE__GPU_NEXT;
}

XE__GPU_PACKET(reg_to_mem)
{
    xe__gpu_store(gpu, word[1], xe__gpu_get(gpu, word[0]));
    gpu->counters.fences++;
    return XE__GPU_NEXT;
}
