/* Options that are settings of an instance: what they take is said by their rows in
 * xe/settings.def. */
#include <stdio.h>
#include <string.h>

#include "clients/ctl/ctl.h"

/* "--inject-lost-wake", as options spell a setting's name. */
static void option_name(const char *setting, char text[40])
{
    snprintf(text, 40, "--%.37s", setting);
    for (; *text; text++)
        if (*text == '_')
            *text = '-';
}

/* The setting's words, each with a space before it. */
static void list_words(const struct xe_setting *setting, char *text, size_t size)
{
    size_t used = 0;

    for (uint64_t i = setting->min; i <= setting->max && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, " %s", xe_setting_word(setting, i));
}

/* The text as a value of the setting; NULL: it is none, ret_wanted says what is. */
static json_t *value_of(const struct xe_setting *setting, const char *text, char *ret_wanted,
                        size_t size)
{
    uint64_t value = 0;

    if (setting->type == XE_SETTING_BOOL) /* the option alone says it */
        return json_true();
    if (setting->type == XE_SETTING_U32 || setting->type == XE_SETTING_U64) {
        if (ctl_count(text, &value) && value >= setting->min && value <= setting->max)
            return json_integer((json_int_t)value);
        snprintf(ret_wanted, size, "a count from %llu to %llu, with K, M or G if wanted",
                 (unsigned long long)setting->min, (unsigned long long)setting->max);
        return NULL;
    }
    for (value = setting->min; value <= setting->max; value++)
        if (xe_setting_word(setting, value) && !strcmp(text, xe_setting_word(setting, value)))
            return json_string(text);
    snprintf(ret_wanted, size, "one of:");
    list_words(setting, ret_wanted + strlen(ret_wanted), size - strlen(ret_wanted));
    return NULL;
}

bool ctl_setting(struct ctl_options *o, const struct xe_setting *setting, const char *text,
                 char *ret_wrong, size_t size)
{
    char name[40], wanted[160];
    json_t *value, *object;

    if (setting->group == XE_SETTING_FAULTS && !xe_fault_plan()) {
        option_name(setting->name, name);
        snprintf(ret_wrong, size, "%s: " XE_NO_FAULT_PLAN, name);
        return false;
    }
    value = value_of(setting, text, wanted, sizeof(wanted));
    if (!value) {
        option_name(setting->name, name);
        snprintf(ret_wrong, size, "%s '%s': expected %s", name, text, wanted);
        return false;
    }
    if (!o->config)
        o->config = json_object();
    object = o->config;
    if (setting->group == XE_SETTING_FAULTS) {
        if (!json_object_get(o->config, "faults"))
            json_object_set_new(o->config, "faults", json_object());
        object = json_object_get(o->config, "faults");
    }
    json_object_set_new(object, setting->name, value);
    return true;
}

json_t *ctl_config(const struct ctl_options *o)
{
    return o->config ? json_deep_copy(o->config) : json_object();
}

const char *ctl_engine(const struct ctl_options *o)
{
    return json_string_value(json_object_get(o->config, "engine"));
}

void ctl_config_options(const json_t *config, char *text, size_t size)
{
    size_t used = 0;
    const char *key;
    json_t *value;

    text[0] = '\0';
    json_object_foreach((json_t *)config, key, value)
    {
        char name[40];

        option_name(key, name);
        if (json_is_object(value))
            ctl_config_options(value, text + used, size - used);
        else if (json_is_string(value))
            snprintf(text + used, size - used, " %s=%s", name, json_string_value(value));
        else
            snprintf(text + used, size - used, " %s=%lld", name,
                     (long long)json_integer_value(value));
        used += strlen(text + used);
    }
}
