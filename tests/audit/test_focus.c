#include "audit/fixture.h"

/* ---- the list's grammar ---------------------------------------------------------------------- */

static const struct {
    const char *list;
    uint32_t count;
    uint32_t key[4];
} good[] = {
    {"", 0, {0}},
    {"  \t", 0, {0}},
    {"0x1004", 1, {0x1004}},
    {"0X1004", 1, {0x1004}},
    {"4108", 1, {0x100C}},
    {"010", 1, {10}},
    {"0", 1, {0}},
    {"0x0", 1, {0}},
    {"0xffffffff", 1, {0xFFFFFFFF}},
    {"4294967295", 1, {0xFFFFFFFF}},
    {"0x00000000000000001004", 1, {0x1004}},
    {"0x1004,4108, 0x42450b5c ,0x15E4", 4, {0x1004, 0x100C, 0x42450B5C, 0x15E4}},
    {"0x1004,4100,0x1004", 1, {0x1004}},
    {"2,1,2", 2, {2, 1}},
    {" 1 , 2 ", 2, {1, 2}},
};

Test(audit_focus, lists_are_read)
{
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;
        uint32_t *keys = NULL, count = 99;

        cr_assert(xe_audit_focus_parse(good[i].list, &keys, &count, &err), "'%s': %s", good[i].list,
                  err.text);
        cr_expect_eq(count, good[i].count, "'%s': %u keys", good[i].list, count);
        for (uint32_t k = 0; k < count && k < good[i].count; k++)
            cr_expect_eq(keys[k], good[i].key[k], "'%s': key %u is 0x%x", good[i].list, k, keys[k]);
        xe_audit_keys_free(keys);
    }
}

static const struct {
    const char *list, *text;
} bad[] = {
    {",", "handle list: item '' is empty"},
    {"1,", "handle list: item '' is empty"},
    {",1", "handle list: item '' is empty"},
    {"1, ,2", "handle list: item '' is empty"},
    {"0x", "handle list: item '0x' has no digits"},
    {"+1", "handle list: item '+1' is not a decimal or 0x number"},
    {"-1", "handle list: item '-1' is not a decimal or 0x number"},
    {"0x1g", "handle list: item '0x1g' is not a decimal or 0x number"},
    {"1 2", "handle list: item '1 2' is not a decimal or 0x number"},
    {"12z", "handle list: item '12z' is not a decimal or 0x number"},
    {"1004h", "handle list: item '1004h' is not a decimal or 0x number"},
    {"4294967296", "handle list: item '4294967296' is larger than 0xFFFFFFFF"},
    {"0x100000000", "handle list: item '0x100000000' is larger than 0xFFFFFFFF"},
    {"99999999999999999999999999", "handle list: item '99999999999999999999999999' is larger than "
                                   "0xFFFFFFFF"},
};

Test(audit_focus, bad_items_are_named)
{
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;
        uint32_t *keys, count;

        cr_assert_not(xe_audit_focus_parse(bad[i].list, &keys, &count, &err), "'%s'", bad[i].list);
        cr_expect_eq(err.code, XE_ERR_FOCUS_INVALID);
        cr_expect_str_eq(err.text, bad[i].text);
    }
}

/* ---- the set --------------------------------------------------------------------------------- */

static void expect_focus(const struct xe_audit *audit, const uint32_t *want, uint32_t n)
{
    uint32_t count;
    const uint32_t *keys = xe_audit_focus_get(audit, &count);

    cr_assert_eq(count, n, "%u keys, expected %u", count, n);
    for (uint32_t i = 0; i < n; i++)
        cr_expect_eq(keys[i], want[i], "key %u is 0x%x", i, keys[i]);
}

Test(audit_focus, set_add_remove_clear_keep_the_order)
{
    struct xe_audit *audit = audit_on(16);

    focus_on(audit, "5,3,9");
    expect_focus(audit, (const uint32_t[]){5, 3, 9}, 3);
    cr_assert(xe_audit_focus_add(audit, (const uint32_t[]){3, 1}, 2, NULL));
    expect_focus(audit, (const uint32_t[]){5, 3, 9, 1}, 4);
    cr_assert(xe_audit_focus_remove(audit, (const uint32_t[]){3, 77}, 2, NULL));
    expect_focus(audit, (const uint32_t[]){5, 9, 1}, 3);
    cr_assert(xe_audit_focus_set(audit, NULL, 0, NULL));
    expect_focus(audit, NULL, 0);
    xe_audit_destroy(audit);
}

Test(audit_focus, mirrors_of_an_address_are_one_key)
{
    struct xe_audit *audit = audit_on(16);

    /* Physical 0x2450b5c by all its names; E0000000 lies one page lower. */
    focus_on(audit, "0xA2450B5C,0xC2450B5C,0xE244FB5C");
    expect_focus(audit, (const uint32_t[]){0xA2450B5C}, 1);
    cr_assert(xe_audit_focus_remove(audit, (const uint32_t[]){0xE244FB5C}, 1, NULL));
    expect_focus(audit, NULL, 0);
    xe_audit_destroy(audit);
}

Test(audit_focus, limit_leaves_the_old_focus)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_error err = XE_ERROR_INIT;
    uint32_t keys[XE_AUDIT_FOCUS_MAX + 1];

    for (uint32_t i = 0; i <= XE_AUDIT_FOCUS_MAX; i++)
        keys[i] = 4 * i;
    focus_on(audit, "7");
    cr_assert_not(xe_audit_focus_set(audit, keys, XE_AUDIT_FOCUS_MAX + 1, &err));
    cr_assert_eq(err.code, XE_ERR_FOCUS_LIMIT);
    expect_focus(audit, (const uint32_t[]){7}, 1);
    cr_assert(xe_audit_focus_set(audit, keys, XE_AUDIT_FOCUS_MAX, NULL));
    xe_audit_destroy(audit);
}

Test(audit_focus, mirrored_pointer_finds_records_and_both_keys_are_reported)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};
    struct xe_audit_report report;

    focus_on(audit, "0xE244FB5C");
    act_at(audit, 10, 1, 0xA2450B5C, 0, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    report = report_on(audit, &world, 0xC2450B5C);
    cr_assert_eq(report.handle[0].given_key, 0xC2450B5C);
    cr_assert_eq(report.handle[0].key, 0xA2450B5C);
    cr_assert_eq(report.handle[0].signal_attempts.ghost, 1);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}
