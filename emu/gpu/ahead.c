/* A look ahead: which of the commands that lie there would write a word of memory? Nothing is
 * carried out. Only what decides that is followed: where buffers lead, where copies of scratch
 * registers and counts go, and predicates. Waits count as passed.
 *
 * Behind the write pointer the ring holds what a title has put there and not published yet, or old
 * commands from the round before. The former is known by its place, as long as the ring has not
 * been read so far; later only by a value beyond the one stored last, as fences count up. */
#include "gpu/gpu_internal.h"

#define COMMANDS 16384u /* that are looked at, at the most */
#define LONGEST  16u    /* first words of a command that are looked at */
#define COUNTER  0x80000000u

enum {
    NOP_WORD = 2u << 30,
    INDIRECT_BUFFER_PFD = 0x37,
    MEM_WRITE = 0x3D,
    REG_TO_MEM = 0x3E,
    INDIRECT_BUFFER = 0x3F,
    COND_EXEC = 0x44,
    COND_WRITE = 0x45,
    EVENT_WRITE = 0x46,
    MEM_WRITE_CNTR = 0x4F,
    SET_BIN_MASK = 0x50,
    SET_BIN_SELECT = 0x51,
    EVENT_WRITE_SHD = 0x58,
    EVENT_WRITE_CFL = 0x59,
    EVENT_WRITE_EXT = 0x5A,
    EVENT_WRITE_ZPD = 0x5B,
    SET_BIN_MASK_LO = 0x60,
    SET_BIN_SELECT_HI = 0x63
};

/* Registers whose values are followed. */
enum { UMSK, SCRATCH, COUNTS, MASK_LO, MASK_HI, SELECT_LO, SELECT_HI, FOLLOWED };
static const uint32_t followed[FOLLOWED] = {
    XE__REG_SCRATCH_UMSK, XE__REG_SCRATCH_ADDR,  XE__REG_SAMPLE_COUNT_ADDR, XE__REG_BIN_MASK_LO,
    XE__REG_BIN_MASK_HI,  XE__REG_BIN_SELECT_LO, XE__REG_BIN_SELECT_HI};

struct ahead {
    const struct xe_gpu *gpu;
    xe_gpa wanted; /* the word */
    struct xe_gpu_fence *ret;
    uint32_t reg[FOLLOWED];
    struct xe__gpu_span buffer[XE_GPU_DEPTH];
    uint32_t depth;
    uint32_t fetch, left; /* in the ring: where it is, words until it ends */
    uint64_t commands;
    bool old; /* what lies here may be from the round before */
    bool found;
};

/* ---- what a command writes ------------------------------------------------------------------- */

static bool is_news(const struct ahead *a, bool has_value, uint32_t value)
{
    return !a->old || (has_value && a->ret->stores && (int32_t)(value - a->ret->last) > 0);
}

static void stores(struct ahead *a, uint32_t address, bool has_value, uint32_t value)
{
    uint32_t swapped = xe__gpu_swapped(value, address);

    if ((address & (XE_MEM_PHYS_SIZE - 1) & ~3u) != a->wanted || a->found ||
        !is_news(a, has_value, swapped))
        return;
    a->found = true;
    a->ret->has_value = has_value;
    a->ret->value = has_value ? swapped : 0;
}

static void sets(struct ahead *a, uint32_t index, uint32_t value)
{
    if (index >= XE__REG_SCRATCH_0 && index <= XE__REG_SCRATCH_7 &&
        a->reg[UMSK] >> (index - XE__REG_SCRATCH_0) & 1)
        stores(a, ((a->reg[SCRATCH] & ~3u) + 4 * (index - XE__REG_SCRATCH_0)) | 2, true, value);
    for (uint32_t i = 0; i < FOLLOWED; i++)
        if (followed[i] == index)
            a->reg[i] = value;
}

static void event(struct ahead *a, uint32_t opcode, const uint32_t *word, uint32_t n)
{
    bool counts = word[0] & COUNTER;

    if (opcode == EVENT_WRITE_ZPD)
        for (uint32_t i = 0; a->reg[COUNTS] && i < 8; i++)
            stores(a, (a->reg[COUNTS] & ~3u) + 4 * i, false, 0);
    else if (opcode == EVENT_WRITE_EXT && n >= 2)
        for (uint32_t i = 0; i < 3; i++)
            stores(a, word[1] + 4 * i, false, 0);
    else if (n >= 3)
        stores(a, word[1], !counts, word[2]);
}

static bool calls(struct ahead *a, const uint32_t *word, uint32_t n)
{
    uint32_t words = n < 2 ? 0 : word[1] & 0xFFFFF;

    if (!words)
        return true;
    if (a->depth == XE_GPU_DEPTH)
        return false;
    a->buffer[a->depth++] = (struct xe__gpu_span){word[0] & (XE_MEM_PHYS_SIZE - 1) & ~3u, words};
    return true;
}

static void take(struct ahead *a, uint32_t n)
{
    if (a->depth) {
        a->buffer[a->depth - 1].at += 4 * n;
        a->buffer[a->depth - 1].left -= n;
    } else {
        a->fetch = (a->fetch + n) & (xe__gpu_ring_words(a->gpu) - 1);
        a->left -= n;
    }
}

static uint32_t readable(const struct ahead *a)
{
    return a->depth ? a->buffer[a->depth - 1].left : a->left;
}

/* By what its word is now. */
static bool leaves_out(struct ahead *a, const uint32_t *word, uint32_t n)
{
    uint32_t words = word[n - 1] & 0xFFFFF;

    if (xe__gpu_load(a->gpu, word[0]))
        return true;
    if (words > readable(a))
        return false;
    take(a, words);
    return true;
}

static bool predicate_holds(const struct ahead *a)
{
    return a->reg[MASK_LO] & a->reg[SELECT_LO] || a->reg[MASK_HI] & a->reg[SELECT_HI];
}

/* n: words of it that are here. false: the chip would halt at it. */
static bool command(struct ahead *a, uint32_t opcode, const uint32_t *word, uint32_t n)
{
    switch (opcode) {
    case INDIRECT_BUFFER:
    case INDIRECT_BUFFER_PFD:
        return calls(a, word, n);
    case MEM_WRITE:
        for (uint32_t i = 1; i < n; i++)
            stores(a, word[0] + 4 * (i - 1), true, word[i]);
        break;
    case REG_TO_MEM:
        stores(a, word[1], false, 0);
        break;
    case MEM_WRITE_CNTR:
        stores(a, word[0], false, 0);
        break;
    case COND_EXEC:
        return leaves_out(a, word, n);
    case COND_WRITE:
        if (word[0] & 0x100)
            stores(a, word[4], true, word[5]);
        break;
    case SET_BIN_MASK:
    case SET_BIN_SELECT:
        a->reg[opcode == SET_BIN_MASK ? MASK_HI : SELECT_HI] = word[0];
        a->reg[opcode == SET_BIN_MASK ? MASK_LO : SELECT_LO] = word[1];
        break;
    case EVENT_WRITE:
    case EVENT_WRITE_SHD:
    case EVENT_WRITE_CFL:
    case EVENT_WRITE_EXT:
    case EVENT_WRITE_ZPD:
        event(a, opcode, word, n);
        break;
    default:
        if (opcode >= SET_BIN_MASK_LO && opcode <= SET_BIN_SELECT_HI)
            sets(a, XE__REG_BIN_MASK_LO + (opcode & 3), word[0]);
        break;
    }
    return true;
}

static bool look_at(struct ahead *a, const uint32_t *packet, uint32_t n)
{
    uint32_t header = packet[0], opcode = header >> 8 & 0x7F;

    switch (header >> 30) {
    case 0:
        for (uint32_t i = 1; i < n; i++)
            sets(a, (header & 0x7FFF) + (header >> 15 & 1 ? 0 : i - 1), packet[i]);
        return true;
    case 1:
        sets(a, header & 0x7FF, packet[1]);
        sets(a, header >> 11 & 0x7FF, packet[2]);
        return true;
    case 3:
        if (!xe__gpu_rows[opcode].name || n - 1 < xe__gpu_rows[opcode].least ||
            (header & 1 && !predicate_holds(a)))
            return true;
        return command(a, opcode, packet + 1, n - 1);
    default:
        return true;
    }
}

/* ---- where commands lie ---------------------------------------------------------------------- */

static bool look(const struct ahead *a, uint32_t n, uint32_t *ret, xe_gpa *ret_at)
{
    const struct xe__gpu_span *span = a->depth ? &a->buffer[a->depth - 1] : NULL;

    *ret_at = span ? span->at : a->gpu->reg[XE__REG_CP_RB_BASE] + 4 * a->fetch;
    return span ? xe__gpu_words(a->gpu, span->at, n, ret)
                : xe__gpu_ring_look(a->gpu, a->fetch, n, ret);
}

/* false: there is no way on from here. */
static bool step(struct ahead *a)
{
    uint32_t packet[LONGEST], n, there = readable(a);
    xe_gpa at;
    bool on;

    if (!there || !look(a, 1, packet, &at))
        return false;
    n = xe__gpu_length(packet[0]);
    if (n > there || !look(a, n < LONGEST ? n : LONGEST, packet, &at))
        return false;
    take(a, n);
    on = look_at(a, packet, n < LONGEST ? n : LONGEST);
    if (a->found) {
        a->ret->at = at;
        a->ret->ahead = a->commands;
        a->ret->command =
            packet[0] >> 30 == 3 ? xe_gpu_opcode_name(packet[0] >> 8 & 0x7F) : "scratch register";
        return false;
    }
    a->commands += packet[0] != NOP_WORD && packet[0];
    return on;
}

/* A buffer that can't be read on is left for what called it. true: this is the end of what there
 * is, and nothing was found. */
static bool walk(struct ahead *a)
{
    for (uint32_t i = 0; i < COMMANDS && !a->found; i++) {
        while (a->depth && !a->buffer[a->depth - 1].left)
            a->depth--;
        if (step(a) || a->found)
            continue;
        if (!a->depth)
            return true;
        a->depth--;
    }
    return false;
}

static void begin(struct ahead *a)
{
    const struct xe_gpu *gpu = a->gpu;

    for (uint32_t i = 0; i < FOLLOWED; i++)
        a->reg[i] = gpu->reg[followed[i]];
    a->depth = gpu->depth;
    for (uint32_t i = 0; i < gpu->depth; i++)
        a->buffer[i] = gpu->buffer[i];
    a->fetch = gpu->fetch;
    a->left = xe__gpu_published(gpu);
}

/* Commands that begin where the published ones end, or in the last of them, which is there in part:
 * as many words as the ring has beside those, or until it ends, if it was never read further. */
static void walk_unpublished(struct ahead *a)
{
    uint32_t size = xe__gpu_ring_words(a->gpu), end = a->fetch + a->left;
    uint32_t beyond = size - 1 - xe__gpu_published(a->gpu);

    a->old = end >= size || end < a->gpu->reach;
    if (!a->old && beyond > size - end)
        beyond = size - end;
    a->left += beyond;
    walk(a);
}

bool xe_gpu_fence(const struct xe_gpu *gpu, xe_gpa word, struct xe_gpu_fence *ret)
{
    struct ahead a = {.gpu = gpu, .wanted = word & (XE_MEM_PHYS_SIZE - 1) & ~3u, .ret = ret};
    const struct xe__gpu_stored *stored = &gpu->stored[a.wanted / 4 % XE__GPU_STORES];

    *ret = (struct xe_gpu_fence){.coming = XE_GPU_COMES_NOT};
    if (stored->at == a.wanted && stored->count) {
        ret->stores = stored->count;
        ret->last = stored->value;
        ret->last_time = stored->time;
    }
    if (!xe__gpu_ring_words(gpu))
        return ret->stores;
    begin(&a);
    if (walk(&a))
        walk_unpublished(&a);
    else if (a.found)
        ret->coming = XE_GPU_COMES_QUEUED;
    if (a.found && ret->coming == XE_GPU_COMES_NOT)
        ret->coming = XE_GPU_COMES_UNPUBLISHED;
    return ret->stores || a.found;
}
