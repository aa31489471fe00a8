#include "gpu_bench.h"

#include <criterion/criterion.h>

static uint64_t now(void *ctx)
{
    return ((struct gpu_bench *)ctx)->now;
}

static void due_changed(void *ctx)
{
    (void)ctx;
}

static bool interrupt(void *ctx, uint32_t source, uint32_t mask)
{
    struct gpu_bench *b = ctx;

    b->sent[b->interrupts % 8][0] = source;
    b->sent[b->interrupts++ % 8][1] = mask;
    return !b->deaf;
}

static bool interrupting(void *ctx, uint32_t source)
{
    const struct gpu_bench *b = ctx;

    (void)source;
    return b->serving;
}

static void begins(void *ctx)
{
    ((struct gpu_bench *)ctx)->begun++;
}

static void ends(void *ctx, bool done)
{
    struct gpu_bench *b = ctx;

    ++*(done ? &b->done : &b->broken);
}

static void lacks(void *ctx, enum xe_gpu_lack what)
{
    (void)what;
    ((struct gpu_bench *)ctx)->lacking++;
}

static void work(void *ctx, uint64_t ns)
{
    ((struct gpu_bench *)ctx)->work += ns;
}

void gpu_bench_init(struct gpu_bench *b)
{
    struct xe_gpu_host host = {b,      now,  due_changed, interrupt, interrupting,
                               begins, ends, lacks,       work};

    *b = (struct gpu_bench){.mem = xe_mem_create(0, NULL), .log = xe_log_create(64)};
    cr_assert_eq(xe_mem_alloc(b->mem, XE_MEM_HEAP_PHYSICAL, RING, 0x10000, 0, XE_PAGE_READWRITE,
                              true, false),
                 RING);
    b->gpu = xe_gpu_create(b->mem, b->log, host);
    cr_assert_not_null(b->gpu);
    xe_gpu_ring(b->gpu, RING, RING_LOG2);
    xe_gpu_write_back(b->gpu, BACK, 6);
}

void gpu_bench_fini(struct gpu_bench *b)
{
    xe_gpu_destroy(b->gpu);
    xe_log_destroy(b->log);
    xe_mem_destroy(b->mem);
}

void gpu_put(struct gpu_bench *b, xe_gpa at, uint32_t word)
{
    xe_mem_set_u32(b->mem, XE_MEM_PHYS_A + at, word);
}

uint32_t gpu_word(const struct gpu_bench *b, xe_gpa at)
{
    return xe_mem_u32(b->mem, XE_MEM_PHYS_A + at);
}

void gpu_give_words(struct gpu_bench *b, const uint32_t *word, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++, b->write = (b->write + 1) % RING_WORDS)
        gpu_put(b, RING + 4 * b->write, word[i]);
}

void gpu_publish(struct gpu_bench *b)
{
    xe_gpu_write(b->gpu, XE__REG_CP_RB_WPTR, b->write);
}

void gpu_pass(struct gpu_bench *b, uint64_t time)
{
    uint64_t end = b->now + time;

    while (xe_gpu_due(b->gpu) <= end) {
        if (b->now < xe_gpu_due(b->gpu))
            b->now = xe_gpu_due(b->gpu);
        xe_gpu_tick(b->gpu, b->now);
        cr_assert_gt(xe_gpu_due(b->gpu), b->now, "time goes on");
    }
    b->now = end;
}

void gpu_go(struct gpu_bench *b)
{
    gpu_publish(b);
    gpu_pass(b, 20000);
}
