/* How many packets a second the command processor carries out, of the kinds that titles give most:
 * registers, constants, draws, fences. And what that makes of the real title's run: the packets
 * that it gave, at that rate, in its time. */
#include "bench_gpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gpu/gpu.h"
#include "xe/instance.h"
#include "xe/kernel.h"
#include "tests/support/quiet_gpu.h"

#define RING_LOG2 12u
#define RING      0x00100000u /* physical */
#define OUT       0x00110000u
#define ROUNDS    2000u
#define WPTR      0x1C5u
#define REAL      3000000000u /* cycles */

#define TYPE3(opcode, count) (3u << 30 | ((count)-1u) << 16 | (opcode) << 8)
static const uint32_t mix[] = {
    0x00032100u,    1,           2,       3, 4,    /* four registers */
    TYPE3(0x2D, 5), 0x10,        1,       2, 3, 4, /* constants      */
    TYPE3(0x36, 1), 0x00030084u,                   /* a draw         */
    TYPE3(0x58, 3), 3,           OUT | 2, 7,       /* a fence        */
    0x80000000u,                                   /* filler         */
};
#define WORDS (sizeof(mix) / sizeof(mix[0]))

static uint64_t time_now;

static uint64_t packets(const struct xe_gpu *gpu)
{
    const uint64_t *n = xe_gpu_counters(gpu)->packets;

    return n[0] + n[1] + n[2] + n[3];
}

/* All that fits into the ring, again and again. */
static double give(struct xe_gpu *gpu, struct xe_mem *mem)
{
    uint32_t size = 2u << RING_LOG2, many = size / WORDS - 1, at = 0;
    clock_t begin = clock();

    for (uint32_t i = 0; i < ROUNDS; i++) {
        for (uint32_t k = 0; i < 2 && k < size; k++)
            xe_mem_set_u32(mem, XE_MEM_PHYS_A + RING + 4 * k, mix[k % WORDS]);
        xe_gpu_ring(gpu, RING, RING_LOG2);
        at = many * WORDS;
        xe_gpu_write(gpu, WPTR, at);
        while (xe_gpu_due(gpu) != UINT64_MAX) {
            time_now = xe_gpu_due(gpu);
            xe_gpu_tick(gpu, time_now);
        }
    }
    return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

static double rate(void)
{
    struct xe_mem *mem = xe_mem_create(0, NULL);
    struct xe_gpu *gpu = mem ? xe_gpu_create(mem, NULL, quiet_gpu_host(&time_now)) : NULL;
    double seconds, best = 0;

    if (!gpu || !xe_mem_alloc(mem, XE_MEM_HEAP_PHYSICAL, RING, 0x20000, 0, XE_PAGE_READWRITE, true,
                              false)) {
        fprintf(stderr, "bench: gpu: no memory\n");
        exit(1);
    }
    for (int i = 0; i < 3; i++) {
        uint64_t before = packets(gpu);

        seconds = give(gpu, mem);
        if ((double)(packets(gpu) - before) / seconds > best)
            best = (double)(packets(gpu) - before) / seconds;
    }
    xe_gpu_destroy(gpu);
    xe_mem_destroy(mem);
    return best;
}

static void share(const struct xe_image *real, double a_second)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance = xe_instance_create(&config, &err);
    clock_t begin;
    double seconds;
    uint64_t n;

    if (!instance || !xe_instance_load(instance, real, "bench", &err)) {
        fprintf(stderr, "bench: gpu: %s\n", err.text);
        exit(1);
    }
    begin = clock();
    if (!xe_instance_run(instance, REAL, NULL, NULL, &(struct xe_run_result){0}, &err)) {
        fprintf(stderr, "bench: gpu: %s\n", err.text);
        exit(1);
    }
    seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    n = packets(xe_kernel_gpu(xe_instance_kernel(instance)));
    printf("gpu      xdon     %llu packets in %.2f s: about %.2f %% of it (must: 2)\n",
           (unsigned long long)n, seconds, (double)n / a_second / seconds * 100);
    xe_instance_destroy(instance);
}

void bench_gpu(const struct xe_image *real)
{
    double a_second = rate();

    printf("gpu      packets  %.1f million a second (must: 20)\n", a_second / 1e6);
    if (real)
        share(real, a_second);
}
