/* See hle_bench.h. */
#include "hle_bench.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "kernel/core/clock.h"

#define STACK_ARGS 0x54u /* the ninth argument's 32-bit value, from r1 */

void hle_bench_init_as(struct hle_bench *h, const struct xe_kernel_config *config)
{
    bench_init(&h->bench, config);
    cr_assert_eq(xe_mem_alloc(h->bench.mem, XE_MEM_HEAP_VIRTUAL_4K, SCRATCH, SCRATCH_SIZE, 0,
                              XE_PAGE_READWRITE, true, false),
                 SCRATCH);
    h->thread = bench_thread(&h->bench, 0);
}

void hle_bench_init(struct hle_bench *h)
{
    hle_bench_init_as(h, NULL);
}

void hle_bench_fini(struct hle_bench *h)
{
    bench_fini(&h->bench);
}

uint64_t hle_call(struct hle_bench *h, enum xe_hle_module module, uint32_t ordinal, uint32_t count,
                  const uint64_t *args)
{
    struct xe_kernel *kernel = h->bench.kernel;
    struct xe_cpu *cpu = &h->thread->cpu;
    xe_gva entry = xe__hle_function(xe_kernel_hle(kernel), module, NULL, ordinal);

    cr_assert(entry, "module %d ordinal 0x%x is no function", module, ordinal);
    bench_as(&h->bench, h->thread);
    for (uint32_t i = 0; i < count && i < 8; i++)
        cpu->gpr[3 + i] = args[i];
    for (uint32_t i = 8; i < count; i++)
        xe_mem_set_u32(h->bench.mem, (xe_gva)cpu->gpr[1] + STACK_ARGS + 8 * (i - 8),
                       (uint32_t)args[i]);
    cpu->lr = LR;
    cpu->pc = entry + 4;
    xe_hle_dispatch(kernel, cpu, entry);
    return cpu->gpr[3];
}

void hle_pass(struct hle_bench *h)
{
    bench_nobody(&h->bench);
    bench_pass(&h->bench, 10 * XE_TIME_PER_MS);
    bench_as(&h->bench, h->thread);
}

void hle_put(struct hle_bench *h, xe_gva at, const char *text)
{
    cr_assert(xe_mem_write(h->bench.mem, at, text, (uint32_t)strlen(text) + 1));
}

void hle_put_wide(struct hle_bench *h, xe_gva at, const char *text)
{
    size_t i = 0;

    do
        cr_assert(xe_mem_set_u16(h->bench.mem, at + 2 * (xe_gva)i, (uint8_t)text[i]));
    while (text[i++]);
}

void hle_put_counted(struct hle_bench *h, xe_gva at, uint16_t length, uint16_t maximum,
                     xe_gva buffer)
{
    xe_mem_set_u16(h->bench.mem, at, length);
    xe_mem_set_u16(h->bench.mem, at + 2, maximum);
    xe_mem_set_u32(h->bench.mem, at + 4, buffer);
}

bool hle_is(struct hle_bench *h, xe_gva at, const char *text)
{
    uint32_t n = (uint32_t)strlen(text) + 1;
    const char *there = xe_mem_view(h->bench.mem, at, n);

    return there && memcmp(there, text, n) == 0;
}

struct found {
    enum xe_log_level level;
    uint32_t count;
    char *text;
};

static bool look(void *ctx, const struct xe_log_line *line)
{
    struct found *found = ctx;

    if (line->level != found->level)
        return true;
    found->count++;
    snprintf(found->text, 512, "%s", line->text);
    return true;
}

uint32_t hle_logged(struct hle_bench *h, enum xe_log_level level, char text[512])
{
    struct found found = {level, 0, text};

    text[0] = '\0';
    xe_log_visit(h->bench.log, 0, look, &found);
    return found.count;
}
