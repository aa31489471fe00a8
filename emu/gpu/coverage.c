/* Which commands and registers this build has; xe/partial.def has what lacks in commands. */
#include <string.h>

#include "gpu/gpu_internal.h"

static const struct {
    const char *name, *lacks;
} partial[] = {
#define PARTIAL_PACKET(name, lacks) {#name, lacks},
#include "xe/partial.def"
};

/* Registers by which something happens, or that answer by themselves: first and last. */
static const struct {
    uint16_t first, last;
} act[] = {
    {XE__REG_CP_RB_BASE, XE__REG_CP_RB_CNTL},
    {XE__REG_CP_RB_RPTR_ADDR, XE__REG_CP_RB_WPTR},
    {XE__REG_CP_RB_RPTR_WR, XE__REG_CP_RB_RPTR_WR},
    {XE__REG_SCRATCH_UMSK, XE__REG_SCRATCH_ADDR},
    {XE__REG_PERFCOUNTER, XE__REG_PERFCOUNTER},
    {XE__REG_CP_PROG_COUNTER, XE__REG_CP_PROG_COUNTER},
    {XE__REG_BIN_MASK_LO, XE__REG_BIN_SELECT_HI},
    {XE__REG_CPU_INT_STATUS, XE__REG_CPU_INT_STATUS},
    {XE__REG_SCRATCH_0, XE__REG_SCRATCH_7},
    {XE__REG_WAIT_UNTIL, XE__REG_WAIT_UNTIL},
    {XE__REG_RBBM_STATUS, XE__REG_RBBM_STATUS},
    {XE__REG_COHER_STATUS_HOST, XE__REG_COHER_STATUS_HOST},
    {XE__REG_VIZ_QUERY_STATUS_0, XE__REG_VIZ_QUERY_STATUS_0 + 1},
    {XE__REG_RB_EDRAM_TIMING, XE__REG_RB_BC_CONTROL},
    {XE__REG_LUT_FIRST, XE__REG_LUT_LAST},
    {XE__REG_V_COUNTER, XE__REG_VBLANK_STATUS},
    {XE__REG_VBLANK_INTERRUPT, XE__REG_VBLANK_INTERRUPT},
    {XE__REG_VIEWPORT_SIZE, XE__REG_VIEWPORT_SIZE},
    {XE__REG_EVENT_INITIATOR, XE__REG_EVENT_INITIATOR},
    {XE__REG_SAMPLE_COUNT_ADDR, XE__REG_SAMPLE_COUNT_ADDR},
};

static bool acts(uint32_t index)
{
    for (size_t i = 0; i < sizeof(act) / sizeof(act[0]); i++)
        if (index >= act[i].first && index <= act[i].last)
            return true;
    return false;
}

static const char *packet_lacks(const char *name)
{
    for (size_t i = 0; i < sizeof(partial) / sizeof(partial[0]); i++)
        if (!strcmp(partial[i].name, name))
            return partial[i].lacks;
    return NULL;
}

/* A hole in the table is no command that anybody knows of. */
void xe_gpu_coverage_packets(void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx)
{
    for (uint32_t i = 0; i < XE_GPU_OPCODES; i++) {
        struct xe_coverage_row row = {
            .kind = XE_COVERAGE_PACKETS, .module = "", .number = i, .name = xe__gpu_rows[i].name};

        if (!row.name)
            continue;
        row.lacks = packet_lacks(row.name);
        if (xe__gpu_rows[i].handler == xe__gpu_unseen)
            row.state = XE_COVERAGE_MISSING;
        else
            row.state = row.lacks ? XE_COVERAGE_PARTIAL : XE_COVERAGE_DONE;
        fn(ctx, &row);
    }
}

/* Constants have numbers only: whoever draws needs all of them. */
void xe_gpu_coverage_registers(void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx)
{
    for (uint32_t i = 0; i < XE_GPU_REGISTERS; i++) {
        bool is_float;
        struct xe_coverage_row row = {.kind = XE_COVERAGE_REGISTERS,
                                      .module = "GPU",
                                      .number = i,
                                      .name = xe_gpu_register_name(i, &is_float)};

        if (!row.name)
            continue;
        if (!acts(i)) {
            row.state = XE_COVERAGE_PARTIAL;
            row.lacks =
                i < XE__REG_CONTEXT
                    ? "nothing comes of it: it is kept and read back only"
                    : "only a renderer goes by it, if at all: else it is kept and read back";
        }
        fn(ctx, &row);
    }
}
