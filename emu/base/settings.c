/* The rows of settings.def at run time: finding, defaults, checks. */
#include "xe/settings.h"

#include <string.h>

#define IN_CONFIG(field) field
#define IN_AUDIT(field)  field
#define IN_FAULTS(field) faults.field

#define PLACE_OF(path)                                                                             \
    offsetof(struct xe_instance_config, path), sizeof(((struct xe_instance_config *)0)->path)
#define PLACE_U32(path)      PLACE_OF(path)
#define PLACE_U64(path)      PLACE_OF(path)
#define PLACE_BOOL(path)     PLACE_OF(path)
#define PLACE_ENGINE(path)   PLACE_OF(path)
#define PLACE_GS(path)       PLACE_OF(path)
#define PLACE_NET(path)      PLACE_OF(path)
#define PLACE_READBACK(path) PLACE_OF(path)
#define PLACE_RENDERER(path) PLACE_OF(path)
#define PLACE_VIDEO(path)    PLACE_OF(path)
#define PLACE_KEYS(path)     0, 0

#define IS_SEEN   true, true
#define IS_BACK   false, true
#define IS_UNSEEN false, false

const struct xe_setting xe_settings[XE_SETTINGS] = {
#define SETTING(group, name, field, type, min, max, fallback, seen, unit, doc)                     \
    {XE_SETTING_##group,                                                                           \
     #name,                                                                                        \
     XE_SETTING_##type,                                                                            \
     min,                                                                                          \
     max,                                                                                          \
     fallback,                                                                                     \
     IS_##seen,                                                                                    \
     unit,                                                                                         \
     doc,                                                                                          \
     PLACE_##type(IN_##group(field))},
#include "xe/settings.def"
};

static const char *const group_prefix[] = {"", "audit.", "faults."};

const struct xe_setting *xe_setting_find(enum xe_setting_group group, const char *name)
{
    for (int i = 0; i < XE_SETTINGS; i++)
        if (xe_settings[i].group == group && !strcmp(xe_settings[i].name, name))
            return &xe_settings[i];
    return NULL;
}

bool xe_setting_is_seen(const struct xe_instance_config *config, const struct xe_setting *setting)
{
    return setting->seen || (setting->back && config->readback == XE_READBACK_ON);
}

uint64_t xe_setting_get(const struct xe_instance_config *config, const struct xe_setting *setting)
{
    const unsigned char *at = (const unsigned char *)config + setting->offset;
    uint64_t wide = 0;
    uint32_t narrow;

    if (setting->size == sizeof(wide)) {
        memcpy(&wide, at, sizeof(wide));
        return wide;
    }
    if (setting->size != sizeof(narrow))
        return setting->size ? *at : 0;
    memcpy(&narrow, at, sizeof(narrow));
    return narrow;
}

void xe_setting_set(struct xe_instance_config *config, const struct xe_setting *setting,
                    uint64_t value)
{
    unsigned char *at = (unsigned char *)config + setting->offset;
    uint32_t narrow = (uint32_t)value;

    if (setting->size == sizeof(value))
        memcpy(at, &value, sizeof(value));
    else if (setting->size == sizeof(narrow))
        memcpy(at, &narrow, sizeof(narrow));
    else if (setting->size)
        *at = value != 0;
}

const char *xe_setting_word(const struct xe_setting *setting, uint64_t value)
{
    if (value < setting->min || value > setting->max)
        return NULL;
    if (setting->type == XE_SETTING_ENGINE)
        return xe_engine_name((enum xe_engine)value);
    if (setting->type == XE_SETTING_NET)
        return xe_net_mode_name((enum xe_net_mode)value);
    if (setting->type == XE_SETTING_READBACK)
        return xe_readback_name((enum xe_readback)value);
    if (setting->type == XE_SETTING_RENDERER)
        return xe_renderer_name((enum xe_renderer)value);
    if (setting->type == XE_SETTING_VIDEO)
        return xe_video_name((enum xe_video)value);
    return setting->type == XE_SETTING_GS ? xe_jit_gs_name((enum xe_jit_gs)value) : NULL;
}

const struct xe_setting *xe_setting_tainted(const struct xe_instance_config *config)
{
    for (int i = 0; i < XE_SETTINGS; i++)
        if (xe_settings[i].group == XE_SETTING_FAULTS && xe_settings[i].seen &&
            xe_setting_get(config, &xe_settings[i]))
            return &xe_settings[i];
    return NULL;
}

struct xe_instance_config xe_instance_config_default(void)
{
    struct xe_instance_config config;

    memset(&config, 0, sizeof(config));
    for (int i = 0; i < XE_SETTINGS; i++)
        xe_setting_set(&config, &xe_settings[i], xe_settings[i].fallback);
    return config;
}

static bool check(const struct xe_instance_config *config, const struct xe_setting *setting,
                  struct xe_error *err)
{
    const char *prefix = group_prefix[setting->group];
    uint64_t value = xe_setting_get(config, setting);

    if (!setting->size)
        return true;
    if (value < setting->min || value > setting->max)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID,
                            "%s%s is %llu; it must be between %llu and %llu", prefix, setting->name,
                            (unsigned long long)value, (unsigned long long)setting->min,
                            (unsigned long long)setting->max);
    if (setting->group == XE_SETTING_FAULTS && value && !xe_fault_plan())
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "%s%s: " XE_NO_FAULT_PLAN, prefix,
                            setting->name);
    return true;
}

bool xe_instance_config_check(const struct xe_instance_config *config, struct xe_error *err)
{
    for (int i = 0; i < XE_SETTINGS; i++)
        if (!check(config, &xe_settings[i], err))
            return false;
    if (config->readback == XE_READBACK_ON && config->renderer == XE_RENDERER_NULL)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID,
                            "readback is on, and there is nothing to read back: the renderer is "
                            "null; it must be one that draws, as reference");
    return true;
}
