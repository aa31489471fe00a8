#include <criterion/criterion.h>

#include "xe/log.h"

struct seen {
    uint64_t seq[8];
    int n;
};

static bool collect(void *ctx, const struct xe_log_line *line)
{
    struct seen *seen = ctx;

    seen->seq[seen->n++] = line->seq;
    return seen->n < 8;
}

Test(base_log, ring_keeps_the_newest_lines)
{
    struct xe_log *log = xe_log_create(3);
    struct seen seen = {.n = 0};

    for (int i = 0; i < 5; i++)
        xe_log_write(log, XE_LOG_INFO, "test", "line %d", i);
    cr_assert_eq(xe_log_visit(log, 0, collect, &seen), 6);
    cr_assert_eq(seen.n, 3);
    cr_assert_eq(seen.seq[0], 3);
    cr_assert_eq(seen.seq[2], 5);
    xe_log_destroy(log);
}

Test(base_log, level_names_round_trip)
{
    for (int i = 0; i < XE_LOG_LEVELS; i++)
        cr_assert_eq(xe_log_level_parse(xe_log_level_name((enum xe_log_level)i)), i);
    cr_assert_eq(xe_log_level_parse("loud"), -1);
}
