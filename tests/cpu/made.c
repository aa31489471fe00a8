#include "tests/cpu/made.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static enum xe_jit_gs way_wanted(void)
{
    const char *name = getenv("XE_JIT_GS");

    if (!name || strcmp(name, xe_jit_gs_name(XE_JIT_GS_ANY)) == 0)
        return XE_JIT_GS_ANY;
    cr_assert_str_eq(name, xe_jit_gs_name(XE_JIT_GS_CALL), "XE_JIT_GS=%s", name);
    return XE_JIT_GS_CALL;
}

struct xe_cpu_engine *made_engine(const struct xe_cpu_engine_config *config, struct xe_mem *mem,
                                  struct xe_cpu_host host)
{
    struct xe_cpu_engine_config wanted = *config;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_cpu_engine *engine;

    if (wanted.gs == XE_JIT_GS_ANY)
        wanted.gs = way_wanted();
    engine = xe_cpu_engine_create_as(&wanted, mem, host, &err);
    if (!engine && wanted.kind != XE_CPU_INTERPRETER && !__builtin_cpu_supports("x86-64-v3"))
        cr_skip("%s", err.text);
    cr_assert_not_null(engine, "%s", err.text);
    return engine;
}
