/* The table of settings: rows make sense, values land where they belong, and ranges are kept. */
#include <string.h>

#include <criterion/criterion.h>

#include "xe/settings.h"

/* Everything that a program which only looks at the struct relies on. */
Test(settings, defaults_are_what_they_were)
{
    const struct xe_instance_config config = xe_instance_config_default();

    cr_expect_eq(config.seed, 0);
    cr_expect_eq(config.slice, 1000);
    cr_expect_eq(config.clock_hz, 1000000000);
    cr_expect_eq(config.start_time, 127771776000000000);
    cr_expect_eq(config.memory_limit, 0);
    cr_expect_eq(config.log_lines, 4096);
    cr_expect_eq(config.engine, XE_ENGINE_JIT);
    cr_expect_eq(config.audit, true);
    cr_expect_eq(config.audit_trace, false);
    cr_expect_eq(config.audit_ring, 64);
    cr_expect_null(xe_setting_tainted(&config));
    cr_expect(xe_instance_config_check(&config, NULL));
}

/* What is read is what was set, and nothing else changes. */
Test(settings, each_value_has_a_place_of_its_own)
{
    for (int i = 0; i < XE_SETTINGS; i++) {
        struct xe_instance_config config = xe_instance_config_default();
        const struct xe_setting *row = &xe_settings[i];

        cr_expect_eq(xe_setting_find(row->group, row->name), row);
        cr_expect(row->min <= row->fallback && row->fallback <= row->max, "%s", row->name);
        cr_expect_eq(row->size == 0, row->type == XE_SETTING_KEYS, "%s", row->name);
        if (!row->size)
            continue;
        xe_setting_set(&config, row, row->max);
        for (int k = 0; k < XE_SETTINGS; k++)
            cr_expect_eq(xe_setting_get(&config, &xe_settings[k]),
                         k == i ? row->max : xe_settings[k].fallback, "%s sets %s", row->name,
                         xe_settings[k].name);
    }
    cr_expect_null(xe_setting_find(XE_SETTING_CONFIG, "ring"));
}

static bool allows(const struct xe_setting *row, uint64_t value, struct xe_error *err)
{
    struct xe_instance_config config = xe_instance_config_default();

    xe_setting_set(&config, row, value);
    return xe_setting_get(&config, row) != value || xe_instance_config_check(&config, err);
}

Test(settings, ranges_are_kept)
{
    for (int i = 0; i < XE_SETTINGS; i++) {
        const struct xe_setting *row = &xe_settings[i];
        struct xe_error err = XE_ERROR_INIT;

        if (row->type != XE_SETTING_U32 && row->type != XE_SETTING_U64)
            continue;
        cr_expect(allows(row, row->min, &err), "%s", err.text);
        cr_expect(allows(row, row->max, &err) ||
                      (row->group == XE_SETTING_FAULTS && !xe_fault_plan()),
                  "%s", err.text);
        cr_expect(!row->min || !allows(row, row->min - 1, &err), "%s", row->name);
        cr_expect(row->max == UINT32_MAX || !allows(row, row->max + 1, &err), "%s", row->name);
        cr_expect(err.code == XE_ERR_NONE || strstr(err.text, row->name), "%s", err.text);
    }
}

Test(settings, words_end_where_their_values_do)
{
    const struct xe_setting *engine = xe_setting_find(XE_SETTING_CONFIG, "engine");

    cr_expect_str_eq(xe_setting_word(engine, XE_ENGINE_JIT), "jit");
    cr_expect_str_eq(xe_setting_word(engine, XE_ENGINE_CHECK), "check");
    cr_expect_null(xe_setting_word(engine, XE_ENGINES));
    cr_expect_null(xe_setting_word(xe_setting_find(XE_SETTING_CONFIG, "slice"), 1));
}
