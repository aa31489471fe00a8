/* Names near a wrong one. */
#include <string.h>

#include <criterion/criterion.h>

#include "xe/nearest.h"

static const char *const names[] = {"audit.report",      "debug.break.set", "instance.create",
                                    "instance.list",     "mem.read",        "mem.write",
                                    "run.start",         "run.wait",        "system.health",
                                    "thread.diagnostic", "thread.list",     "ls"};

/* What was wanted, and all that must come of it, best first. */
static const struct {
    const char *wanted, *found[3];
} rows[] = {
    {"mem.raed", {"mem.read"}},
    {"MEM.READ", {"mem.read"}},
    {"instance.crate", {"instance.create"}},
    {"thread.diag", {"thread.diagnostic", "thread.list"}},
    {"diagnostic", {"thread.diagnostic"}},
    {"thread.diagnostics", {"thread.diagnostic"}},
    {"health", {"system.health"}},
    {"run.strat", {"run.start"}},
    {"sl", {"ls"}},
    {"list", {"thread.list", "instance.list"}},
    {"mem", {"mem.read", "mem.write"}},
    {"run.list", {NULL}},
    {"x", {NULL}},
    {"", {NULL}},
    {"frobnicate", {NULL}},
    {"ance.cre", {NULL}},
    {"mm", {NULL}},
};

Test(base_nearest, finds_what_is_near_and_nothing_else)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *found[XE_NEAREST_MAX] = {NULL};
        size_t wanted = 0;
        size_t count = xe_nearest(rows[i].wanted, names, sizeof(names) / sizeof(names[0]), found);

        for (; wanted < 3 && rows[i].found[wanted]; wanted++)
            cr_expect(found[wanted] && !strcmp(found[wanted], rows[i].found[wanted]),
                      "%s: %zu is %s", rows[i].wanted, wanted,
                      found[wanted] ? found[wanted] : "missing");
        cr_expect_eq(count, wanted, "%s: %zu names, %s", rows[i].wanted, count,
                     count ? found[count - 1] : "");
    }
}

Test(base_nearest, the_best_three_are_kept_in_order)
{
    static const char *const many[] = {"counter3", "countXXX", "Counter",
                                       "counteX",  "countre",  "bounter"};
    const char *found[XE_NEAREST_MAX];

    cr_assert_eq(xe_nearest("counter", many, 6, found), 3);
    cr_expect_str_eq(found[0], "Counter");
    cr_expect_str_eq(found[1], "counteX");
    cr_expect_str_eq(found[2], "countre");
}

/* A name that is too long, at the limit, and one byte below. */
Test(base_nearest, long_names_are_near_nothing)
{
    static char wanted[100000], name[66];
    const char *const list[] = {name};
    const char *found[XE_NEAREST_MAX];

    memset(name, 'a', 64);
    memset(wanted, 'a', 63);
    cr_expect_eq(xe_nearest(wanted, list, 1, found), 1);
    name[64] = 'a';
    cr_expect_eq(xe_nearest(wanted, list, 1, found), 0);
    name[64] = '\0';
    memset(wanted, 'a', sizeof(wanted) - 1);
    cr_expect_eq(xe_nearest(wanted, list, 1, found), 0);
}

Test(base_nearest, bytes_of_any_value_are_compared)
{
    static const char *const list[] = {"caf\xe9.x", ""};
    const char *found[XE_NEAREST_MAX];

    cr_expect_eq(xe_nearest("caf\xff.x", list, 2, found), 1);
}

Test(base_nearest, the_text_is_a_sentence)
{
    static const char *const list[] = {"a", "b", "c", "d"};
    static const char *const odd[] = {"\x1b[2J", "it's", "good"};
    char text[XE_NEAREST_TEXT];

    cr_expect_str_eq(xe_nearest_text(list, 0, text), "");
    cr_expect_str_eq(xe_nearest_text(list, 1, text), "; did you mean 'a'?");
    cr_expect_str_eq(xe_nearest_text(list, 2, text), "; did you mean 'a' or 'b'?");
    cr_expect_str_eq(xe_nearest_text(list, 4, text), "; did you mean 'a', 'b' or 'c'?");
    cr_expect_str_eq(xe_nearest_text(odd, 3, text), "; did you mean 'good'?");
}

Test(base_nearest, places_are_compared_by_their_name)
{
    static const char *const places[] = {"NtClosf", "xboxkrnl.exe!NtClosf", "NtClosf+0x10",
                                         "xam.xex!NtClosf+4"};
    struct xe_nearest nearest;

    for (size_t i = 0; i < 4; i++) {
        xe_nearest_init_place(&nearest, places[i]);
        xe_nearest_offer(&nearest, "NtClose");
        xe_nearest_offer(&nearest, "NtClose");
        cr_expect_eq(nearest.count, 1, "%s", places[i]);
    }
    xe_nearest_init_place(&nearest, "operator+");
    cr_expect_str_eq(nearest.wanted, "operator+");
}
