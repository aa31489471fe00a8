/* Every fixture does what its row in tests/guest/titles.txt says: how it stops, what it prints
 * last. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/titles.h"

#define LIMIT 200000000ull

ParameterizedTestParameters(titles, run_as_the_table_says)
{
    static struct test_title title[64];

    return cr_make_param_array(struct test_title, title, test_titles(title, 64), NULL);
}

static bool keep_last_print(void *ctx, const struct xe_log_line *line)
{
    if (line->level == XE_LOG_PRINT)
        snprintf(ctx, 256, "%s", line->text);
    return true;
}

ParameterizedTest(struct test_title *title, titles, run_as_the_table_says)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_run_result result;
    struct xe_instance *instance;
    char path[512], last[256] = "";
    bool endless = strcmp(title->stop, "target") == 0;

    test_title_path(title->name, path, sizeof(path));
    config.inject_lost_wake = strcmp(title->name, "lost-wake") == 0 ? 1 : 0;
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, endless ? 5000000 : LIMIT, NULL, NULL, &result, NULL));
    xe_log_visit(xe_instance_log(instance), 0, keep_last_print, last);
    cr_expect_str_eq(xe_stop_name(result.stop), title->stop,
                     "%s stopped with %s (%s), last line '%s'", title->name,
                     xe_stop_name(result.stop), result.detail, last);
    if (strcmp(title->last, "-") != 0)
        cr_expect_str_eq(last, title->last, "%s", title->name);
    xe_instance_destroy(instance);
}
