/* Which operations of microcode this build has. */
#include "gpu/ucode/ucode_internal.h"

static void tell(void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx,
                 const char *module, uint32_t number, const char *name)
{
    struct xe_coverage_row row = {.kind = XE_COVERAGE_MICROCODE,
                                  .module = module,
                                  .number = number,
                                  .name = name,
                                  .state = XE_COVERAGE_DONE};

    if (name)
        fn(ctx, &row);
}

/* In the order of modules' names. A hole in a table is no operation that anybody knows of. */
void xe_ucode_coverage(void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx)
{
    for (int i = 0; i < XE_UCODE_CF_OPS; i++)
        tell(fn, ctx, "flow", (uint32_t)i, xe__ucode_cf_name((enum xe_ucode_cf_op)i));
    for (uint32_t i = 0; i < XE_UCODE_F_OPS; i++)
        tell(fn, ctx, "fetch", i, xe__ucode_fetch_name(i));
    for (uint32_t i = 0; i < XE_UCODE_S_OPS; i++)
        tell(fn, ctx, "scalar", i, xe_ucode_scalar_ops[i].name);
    for (uint32_t i = 0; i < XE_UCODE_V_OPS; i++)
        tell(fn, ctx, "vector", i, xe_ucode_vector_ops[i].name);
}
