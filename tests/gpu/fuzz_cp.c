/* Commands as anybody may give them: the first word is the write pointer, the second chooses where
 * the ring lies and how large it is, the rest lies in memory from the ring on, over and over. The
 * chip runs for a while; it may halt, wait or go on, and does no more work than its clock allows.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu/gpu_internal.h"
#include "tests/support/fuzz.h"
#include "tests/support/quiet_gpu.h"

#define BASE  0x00100000u
#define SIZE  0x10000u
#define LOOKS 64 /* at the chip, 10 us apart */

const int fuzz_rounds = 3000;

static struct {
    uint64_t now;
    bool serving;
} world;

/* The second of two is being served when the third comes. */
static bool interrupt(void *ctx, uint32_t source, uint32_t mask)
{
    (void)ctx, (void)source, (void)mask;
    world.serving = !world.serving;
    return world.serving;
}

static bool interrupting(void *ctx, uint32_t source)
{
    (void)ctx, (void)source;
    return world.serving;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct xe_gpu *gpu)
{
    uint32_t words = xe__gpu_ring_words(gpu);
    struct xe_gpu_fence fence;
    struct xe_gpu_info info;

    require(gpu->fetch < words || (!words && !gpu->fetch));
    require(gpu->depth <= XE_GPU_DEPTH);
    require(gpu->counters.words <= (LOOKS + 2) * 100u * XE_GPU_CLOCKS + XE__PACKET_WORDS);
    xe_gpu_info(gpu, &info);
    require(info.doing < XE_GPU_DOINGS);
    xe_gpu_fence(gpu, BASE + 0x107, &fence);
    require(fence.coming < XE_GPU_COMINGS);
}

static uint32_t word_of(const uint8_t *data, size_t size, size_t at)
{
    uint32_t word = 0;

    for (size_t i = 0; i < 4; i++)
        word = word << 8 | (at + i < size ? data[at + i] : 0);
    return word;
}

static void fill(struct xe_mem *mem, const uint8_t *data, size_t size)
{
    uint8_t *p = xe_mem_view_rw(mem, XE_MEM_PHYS_A + BASE, SIZE);

    for (size_t i = 0; p && i < SIZE; i += size)
        memcpy(p + i, data, size < SIZE - i ? size : SIZE - i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xe_gpu_host host = quiet_gpu_host(&world.now);
    static struct xe_mem *mem; /* mapping one anew is most of the work */
    struct xe_gpu *gpu;

    if (size < 12)
        return 0;
    if (!mem) {
        mem = xe_mem_create(0, NULL);
        xe_mem_alloc(mem, XE_MEM_HEAP_PHYSICAL, BASE, SIZE, 0, XE_PAGE_READWRITE, true, false);
    }
    world.now = 1;
    world.serving = false;
    fill(mem, data + 8, size - 8);
    host.interrupt = interrupt;
    host.interrupting = interrupting;
    gpu = xe_gpu_create(mem, NULL, host);
    xe_gpu_ring(gpu, BASE + (data[4] & 3u) * 0x4000u, data[5] % 32u);
    xe_gpu_write(gpu, XE__REG_CP_RB_WPTR, word_of(data, size, 0));
    for (uint32_t i = 0; i < LOOKS; i++, world.now += 100) {
        xe_gpu_tick(gpu, world.now);
        check(gpu);
    }
    xe_gpu_destroy(gpu);
    return 0;
}

/* A buffer of no length is read to its end at once: the seeds get past it. */
static uint32_t seed_word(uint32_t opcode, uint32_t k, bool addresses)
{
    if ((opcode == 0x37 || opcode == 0x3F) && k == 1)
        return 0;
    return addresses ? BASE + 0x100 * k + 7 : 7;
}

/* Each of these has a packet of every command: with as many words as it asks for, or four more. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    uint32_t n = 2;
    uint8_t *seed;

    if (i >= 4)
        return NULL;
    seed = calloc(1, 0x4000);
    for (uint32_t opcode = 0; opcode < XE_GPU_OPCODES; opcode++) {
        const struct xe__gpu_row *row = &xe__gpu_rows[opcode];
        uint32_t words = row->least + (i & 1) * 4;

        if (!row->name)
            continue;
        xe_store_be32(seed + 4 * n++, 3u << 30 | (words - 1) << 16 | opcode << 8);
        for (uint32_t k = 0; k < words; k++)
            xe_store_be32(seed + 4 * n++, seed_word(opcode, k, i & 2));
    }
    xe_store_be32(seed, n - 2);
    seed[5] = 11;
    *ret_size = 4 * n;
    return seed;
}
