/* What a debugger's points stop a run for is told as data, too. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/titles.h"
#include "xe/debug.h"

static struct xe_instance *make(enum xe_engine engine)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];

    config.engine = engine;
    test_title_path("healthy", path, sizeof(path));
    return test_instance(path, &config);
}

/* Run until the point is reached; what the run says is what the instance says, and about the point.
 */
static const struct xe_stop_info *reach(struct xe_instance *instance, const struct xe_point *wanted,
                                        struct xe_point_hit *hit)
{
    const struct xe_stop_info *info = xe_instance_stop_info(instance);
    uint32_t id = xe_instance_point_set(instance, wanted, NULL);
    struct xe_run_result result;

    cr_assert_neq(id, 0);
    cr_assert(xe_instance_run(instance, 1000000, NULL, NULL, &result, NULL));
    cr_assert_eq(result.stop, XE_STOP_BREAK, "%s %s", xe_stop_name(result.stop), result.detail);
    cr_assert(xe_instance_point_hit(instance, hit));
    cr_expect_eq(result.info.cause, info->cause);
    cr_expect_eq(result.info.pc, info->pc);
    cr_expect_eq(info->reason, XE_STOP_BREAK);
    cr_expect_eq(info->code, id);
    cr_expect(info->has_code);
    cr_expect_eq(info->tid, hit->tid);
    cr_expect_eq(info->pc, hit->pc);
    return info;
}

static void find_r1(void *ctx, const char *name, uint64_t value)
{
    if (!strcmp(name, "r1"))
        *(xe_gva *)ctx = (xe_gva)value;
}

static void skip(void *ctx, const char *name, const uint8_t bytes[16])
{
    (void)ctx;
    (void)name;
    (void)bytes;
}

Test(debug_stop, points_are_causes)
{
    for (enum xe_engine engine = XE_ENGINE_JIT; engine <= XE_ENGINE_INTERPRETER; engine++) {
        struct xe_instance *instance = make(engine);
        struct xe_title_info title;
        struct xe_point_hit hit;
        xe_gva stack = 0;

        xe_instance_title(instance, &title);
        cr_expect_eq(xe_instance_stop_info(instance)->reason, XE_STOP_NONE);
        cr_expect_eq(
            reach(instance, &(struct xe_point){.kind = XE_POINT_EXEC, .address = title.entry}, &hit)
                ->cause,
            XE_CAUSE_BREAKPOINT);
        cr_expect_eq(hit.pc, title.entry);
        cr_assert(xe_instance_registers(instance, hit.tid, find_r1, skip, &stack));
        cr_expect_eq(
            reach(instance,
                  &(struct xe_point){.kind = XE_POINT_WRITE, .address = stack - 64, .size = 64},
                  &hit)
                ->cause,
            XE_CAUSE_WATCHPOINT);
        xe_instance_destroy(instance);
    }
}
