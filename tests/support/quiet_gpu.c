/* A world around the graphics chip; see quiet_gpu.h. */
#include "tests/support/quiet_gpu.h"

static uint64_t now(void *ctx)
{
    return *(const uint64_t *)ctx;
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static bool interrupt(void *ctx, uint32_t source, uint32_t mask)
{
    (void)ctx, (void)source, (void)mask;
    return true;
}

static bool interrupting(void *ctx, uint32_t source)
{
    (void)ctx, (void)source;
    return false;
}

static void ends(void *ctx, bool done)
{
    (void)ctx, (void)done;
}

static void lacks(void *ctx, enum xe_gpu_lack what)
{
    (void)ctx, (void)what;
}

static void work(void *ctx, uint64_t ns)
{
    (void)ctx, (void)ns;
}

struct xe_gpu_host quiet_gpu_host(const uint64_t *time)
{
    return (struct xe_gpu_host){(void *)time, now,  nothing, interrupt, interrupting,
                                nothing,      ends, lacks,   work};
}
