/* Commands that compare, wait, or interrupt. */
#include "gpu/gpu_internal.h"

#define FROM_MEMORY 0x10u
#define TO_MEMORY   0x100u
#define BUSY        0x80000000u

enum { NEVER, LESS, UP_TO, EQUAL, OTHER, FROM, MORE, ALWAYS };

static bool holds(uint32_t compare, uint32_t value, uint32_t reference)
{
    switch (compare & 7) {
    case LESS:
        return value < reference;
    case UP_TO:
        return value <= reference;
    case EQUAL:
        return value == reference;
    case OTHER:
        return value != reference;
    case FROM:
        return value >= reference;
    case MORE:
        return value > reference;
    default:
        return (compare & 7) == ALWAYS;
    }
}

/* The operand of WAIT_REG_MEM and COND_WRITE: info, where, reference, mask. */
static struct xe_gpu_wait operand(const struct xe_gpu *gpu, const uint32_t *word)
{
    bool memory = word[0] & FROM_MEMORY;

    return (struct xe_gpu_wait){
        .kind = memory ? XE_GPU_WAIT_MEMORY : XE_GPU_WAIT_REGISTER,
        .at = memory ? word[1] & ~3u : word[1],
        .compare = word[0] & 7,
        .reference = word[2],
        .mask = word[3],
        .value = memory ? xe__gpu_load(gpu, word[1]) : xe__gpu_get(gpu, word[1]),
    };
}

static bool is_true(const struct xe_gpu_wait *wait)
{
    return holds(wait->compare, wait->value & wait->mask, wait->reference);
}

/* No value is like that, once it is masked. */
static bool is_impossible(const struct xe_gpu_wait *wait)
{
    switch (wait->compare) {
    case NEVER:
        return true;
    case LESS:
        return !wait->reference;
    case EQUAL:
        return wait->reference & ~wait->mask;
    case OTHER:
        return !wait->mask && !wait->reference;
    case FROM:
        return wait->reference > wait->mask;
    case MORE:
        return wait->reference >= wait->mask;
    default:
        return false;
    }
}

/* Caches are clean as soon as somebody asks. */
static void finish_coherence(struct xe_gpu *gpu, const uint32_t *word)
{
    if (!(word[0] & FROM_MEMORY) && word[1] == XE__REG_COHER_STATUS_HOST)
        gpu->reg[XE__REG_COHER_STATUS_HOST] &= ~BUSY;
}

XE__GPU_PACKET(wait_reg_mem)
{
    struct xe_gpu_wait wait;

    finish_coherence(gpu, word);
    wait = operand(gpu, word);
    return is_true(&wait) ? XE__GPU_NEXT : XE__GPU_AGAIN;
}

/* Register, reference, mask. */
static struct xe_gpu_wait register_wait(const struct xe_gpu *gpu, const uint32_t *word,
                                        uint32_t compare)
{
    return (struct xe_gpu_wait){.kind = XE_GPU_WAIT_REGISTER,
                                .at = word[0],
                                .compare = compare,
                                .reference = word[1],
                                .mask = word[2],
                                .value = xe__gpu_get(gpu, word[0])};
}

XE__GPU_PACKET(wait_reg_eq)
{
    struct xe_gpu_wait wait = register_wait(gpu, word, EQUAL);

    return is_true(&wait) ? XE__GPU_NEXT : XE__GPU_AGAIN;
}

XE__GPU_PACKET(wait_reg_gte)
{
    struct xe_gpu_wait wait = register_wait(gpu, word, FROM);

    return is_true(&wait) ? XE__GPU_NEXT : XE__GPU_AGAIN;
}

XE__GPU_PACKET(cond_write)
{
    struct xe_gpu_wait wait;

    finish_coherence(gpu, word);
    wait = operand(gpu, word);
    if (!is_true(&wait))
        return XE__GPU_NEXT;
    if (word[0] & TO_MEMORY)
        xe__gpu_store(gpu, word[4], word[5]);
    else
        xe__gpu_set(gpu, word[4], word[5]);
    return XE__GPU_NEXT;
}

/* An address first, a count last: while the word there is 0, so many words behind this are left
 * out. Guess: of 20 bits, as lengths of buffers are; no title is known to use it. */
XE__GPU_PACKET(cond_exec)
{
    if (xe__gpu_load(gpu, word[0]) || xe__gpu_leave_out(gpu, word[n - 1] & 0xFFFFF))
        return XE__GPU_NEXT;
    return XE__GPU_MORE;
}

/* The next one is sent when the last has been served: each comes with values that its routine reads
 * out of scratch registers' copies. Guess: on the console titles' own waits keep them apart. */
XE__GPU_PACKET(interrupt)
{
    uint32_t mask = word[0] & 0x3F;

    if (gpu->host.interrupting(gpu->host.ctx, XE_GPU_COMMAND))
        return XE__GPU_AGAIN;
    xe__gpu_set(gpu, XE__REG_CPU_INT_STATUS, mask);
    if (mask) {
        gpu->interrupts++;
        gpu->unheard += !gpu->host.interrupt(gpu->host.ctx, XE_GPU_COMMAND, mask);
    } else {
        gpu->masked++;
    }
    return XE__GPU_NEXT;
}

/* ---- looking at one ------------------------------------------------------------------------- */

enum { WAIT_REG_MEM = 0x3C, WAIT_REG_EQ = 0x52, WAIT_REG_GTE = 0x53, INTERRUPT = 0x54 };

bool xe__gpu_waits_for(const struct xe_gpu *gpu, const uint32_t *packet, uint32_t n,
                       struct xe_gpu_wait *ret)
{
    uint32_t opcode = packet[0] >> 8 & 0x7F;

    if (packet[0] >> 30 != 3 || n < 1u + xe__gpu_rows[opcode].least)
        return false;
    switch (opcode) {
    case WAIT_REG_MEM:
        *ret = operand(gpu, packet + 1);
        break;
    case WAIT_REG_EQ:
        *ret = register_wait(gpu, packet + 1, EQUAL);
        break;
    case WAIT_REG_GTE:
        *ret = register_wait(gpu, packet + 1, FROM);
        break;
    case INTERRUPT:
        *ret = (struct xe_gpu_wait){.kind = XE_GPU_WAIT_INTERRUPT};
        return gpu->host.interrupting(gpu->host.ctx, XE_GPU_COMMAND);
    default:
        return false;
    }
    ret->never = is_impossible(ret);
    return !is_true(ret);
}
