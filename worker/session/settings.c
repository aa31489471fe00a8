/* Settings from JSON and as JSON: the rows of xe/settings.def say how. What comes was checked
 * against the parameters' rows, which are made of the same. */
#include <string.h>

#include "worker/session/session_internal.h"

static uint64_t number_of(const struct xe_setting *setting, const json_t *value)
{
    uint64_t number = setting->min;
    const char *word = json_string_value(value);

    if (json_is_boolean(value))
        return json_is_true(value);
    if (!word)
        return (uint64_t)json_integer_value(value);
    while (number < setting->max && xe_setting_word(setting, number) &&
           strcmp(word, xe_setting_word(setting, number)) != 0)
        number++;
    return number;
}

void xe__rpc_session_settings(const json_t *object, enum xe_setting_group group,
                              struct xe_instance_config *config)
{
    for (int i = 0; i < XE_SETTINGS; i++) {
        const struct xe_setting *setting = &xe_settings[i];
        const json_t *value =
            setting->group == group ? json_object_get(object, setting->name) : NULL;

        if (value)
            xe_setting_set(config, setting, number_of(setting, value));
    }
}

bool xe__rpc_session_config(const json_t *config, struct xe_instance_config *ret,
                            struct xe_error *err)
{
    if (json_object_get(config, "faults") && !xe_fault_plan())
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "config.faults: " XE_NO_FAULT_PLAN);
    *ret = xe_instance_config_default();
    xe__rpc_session_settings(config, XE_SETTING_CONFIG, ret);
    xe__rpc_session_settings(json_object_get(config, "faults"), XE_SETTING_FAULTS, ret);
    return xe_instance_config_check(ret, err);
}

json_t *xe__rpc_session_config_json(const struct xe_instance_config *config)
{
    json_t *object = json_object();

    for (int i = 0; i < XE_SETTINGS; i++) {
        const struct xe_setting *setting = &xe_settings[i];

        uint64_t value = xe_setting_get(config, setting);
        const char *word = xe_setting_word(setting, value);

        if (setting->group == XE_SETTING_CONFIG && xe_setting_is_seen(config, setting))
            json_object_set_new(object, setting->name,
                                word ? json_string(word)
                                : setting->type == XE_SETTING_BOOL
                                    ? json_boolean(value)
                                    : json_integer((json_int_t)value));
    }
    return object;
}
