/* What the chip says of itself: which commands and registers there are. */
#include <string.h>

#include <criterion/criterion.h>

#include "gpu/gpu_internal.h"
#include "xe/coverage.h"

struct seen {
    const char *name;
    struct xe_coverage_row row;
    uint32_t all, count[XE_COVERAGE_STATES];
};

static void find(void *ctx, const struct xe_coverage_row *row)
{
    struct seen *seen = ctx;

    seen->all++;
    seen->count[row->state]++;
    cr_expect_eq(row->lacks != NULL, row->state == XE_COVERAGE_PARTIAL, "%s", row->name);
    if (seen->name && strcmp(row->name, seen->name) == 0)
        seen->row = *row;
    if (row->kind == XE_COVERAGE_REGISTERS && xe__gpu_moves_by_time(row->number))
        cr_expect_eq(row->state, XE_COVERAGE_DONE, "%s", row->name);
}

static struct seen packet(const char *name)
{
    struct seen seen = {.name = name, .row.state = XE_COVERAGE_STATES};

    xe_gpu_coverage_packets(find, &seen);
    return seen;
}

static struct seen a_register(const char *name)
{
    struct seen seen = {.name = name, .row.state = XE_COVERAGE_STATES};

    xe_gpu_coverage_registers(find, &seen);
    return seen;
}

Test(gpu_coverage, a_command_that_is_skipped_loudly_is_missing)
{
    cr_expect_eq(packet("WAIT_REG_MEM").row.state, XE_COVERAGE_DONE);
    cr_expect_eq(packet("IM_STORE").row.state, XE_COVERAGE_MISSING);
    cr_expect_eq(packet("DRAW_INDX").row.state, XE_COVERAGE_PARTIAL);
    cr_expect_eq(packet("DRAW_INDX").row.number, 0x22);
}

/* A row of xe/partial.def that names no command would say nothing. */
Test(gpu_coverage, every_partial_command_is_one)
{
    static const char *const names[] = {
#define PARTIAL_PACKET(name, lacks) #name,
#include "xe/partial.def"
    };
    uint32_t count = sizeof(names) / sizeof(names[0]);

    for (uint32_t i = 0; i < count; i++)
        cr_expect_eq(packet(names[i]).row.state, XE_COVERAGE_PARTIAL, "%s", names[i]);
    cr_expect_eq(packet(NULL).count[XE_COVERAGE_PARTIAL], count);
}

Test(gpu_coverage, all_named_registers_are_told_once)
{
    uint32_t all = 0;

#define REGISTER(index, name, kind) all++;
#include "gpu/registers.def"
#undef REGISTER
    cr_expect_eq(a_register(NULL).all, all);
}

Test(gpu_coverage, a_register_that_only_keeps_what_is_written_is_partial)
{
    cr_expect_eq(a_register("CP_RB_WPTR").row.state, XE_COVERAGE_DONE);
    cr_expect_eq(a_register("RB_MODECONTROL").row.state, XE_COVERAGE_PARTIAL);
}
