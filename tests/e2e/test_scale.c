/* Titles with 10 000 handles, 1 000 threads, 100 000 armed timers, files and reads: twice as many
 * cost no more than twice as much, in instructions and in the work that the kernel tells of. Host
 * time isn't looked at; what a walk over all of them costs is told by who walks (xe_kernel_work).
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/core/kernel.h"
#include "mem/mem.h"
#include "tests/support/titles.h"

#define LIMIT 100000000ull

struct scale {
    char half[32], whole[32];
};

static struct scale rows[] = {
    {"scale/handles-5000", "scale/handles-10000"},
    {"scale/threads-500", "scale/threads-1000"},
    {"scale/timers-50000", "scale/timers-100000"},
    {"scale/files-1000", "scale/files-2000"},
    {"scale/reads-512", "scale/reads-1024"},
    /* Where there is time for it (XE_SOAK): a folder of 50,000 files, 1 GiB of reads. */
    {"scale/files-25000", "scale/files-50000"},
    {"scale/reads-8192", "scale/reads-16384"},
};
#define FOR_LONG 2

ParameterizedTestParameters(scale, costs_no_more_than_in_proportion)
{
    size_t count = sizeof(rows) / sizeof(rows[0]) - (getenv("XE_SOAK") ? 0 : FOR_LONG);

    return cr_make_param_array(struct scale, rows, count, NULL);
}

static void count(void *ctx)
{
    ++*(uint32_t *)ctx;
}

static bool poll_count(void *ctx)
{
    count(ctx);
    return true;
}

static bool keep_last_print(void *ctx, const struct xe_log_line *line)
{
    if (line->level == XE_LOG_PRINT)
        snprintf(ctx, 128, "%s", line->text);
    return true;
}

/* Instructions, and milliseconds of work, theirs among it: so often the owner is heard from; bytes
 * of guest memory, and of the heap, which sanitizers don't tell. */
struct cost {
    uint64_t instructions, guest, heap;
    uint32_t work_ms;
};

static uint64_t heap_used(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static struct cost cost_of(const char *name)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512], last[128] = "";
    struct xe_instance *instance;
    struct xe_run_result result;
    struct cost cost = {0};
    uint64_t physical, before = heap_used();

    test_title_path(name, path, sizeof(path));
    instance = test_instance(path, &config);
    xe_instance_breath(instance, (struct xe_breath){count, &cost.work_ms});
    cr_assert(xe_instance_run(instance, LIMIT, poll_count, &cost.work_ms, &result, NULL));
    xe_log_visit(xe_instance_log(instance), 0, keep_last_print, last);
    cr_expect_eq(result.stop, XE_STOP_EXIT, "%s: %s %s", name, xe_stop_name(result.stop),
                 result.detail);
    cr_expect_str_eq(last, "# 4 of 4 passed, 0 skipped", "%s: '%s'", name, last);
    cost.instructions = result.retired;
    xe_mem_usage(xe_kernel_mem(xe_instance_kernel(instance)), &cost.guest, &physical);
    cost.guest += physical;
    cost.heap = heap_used() - before;
    xe_instance_destroy(instance);
    return cost;
}

ParameterizedTest(struct scale *row, scale, costs_no_more_than_in_proportion)
{
    struct cost half, whole;

#ifdef XE_TINY_LIMITS
    cr_skip("there is no room for so many");
#endif
    half = cost_of(row->half);
    whole = cost_of(row->whole);
    cr_expect_leq(whole.instructions, 2 * half.instructions + half.instructions / 20,
                  "%s: %llu instructions, half %llu", row->whole,
                  (unsigned long long)whole.instructions, (unsigned long long)half.instructions);
    cr_expect_leq(whole.work_ms, 2 * half.work_ms + half.work_ms / 4 + 2, "%s: %u ms, half %u",
                  row->whole, whole.work_ms, half.work_ms);
    cr_expect_leq(whole.guest, 2 * half.guest, "%s: %llu bytes of guest memory, half %llu",
                  row->whole, (unsigned long long)whole.guest, (unsigned long long)half.guest);
    cr_expect_leq(whole.heap, 2 * half.heap + 65536, "%s: %llu bytes, half %llu", row->whole,
                  (unsigned long long)whole.heap, (unsigned long long)half.heap);
}
