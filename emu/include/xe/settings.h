/* The settings of an instance: the struct they are in, and the rows of settings.def at run time. */
#ifndef XE_SETTINGS_H
#define XE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/audit.h"
#include "xe/engine.h"
#include "xe/error.h"
#include "xe/frame.h"
#include "xe/net.h"
#include "xe/video.h"

#define XE_SETTING_COUNT_MAX 9007199254740991ull /* 2^53 - 1: what any reader of JSON can hold */

/* 2005-11-23 00:00:00 UTC, the day after the console came out: somewhere sane to start. */
#define XE_SETTING_START_TIME 127771776000000000ull

#define XE__FIELD_U32(field)      uint32_t field;
#define XE__FIELD_U64(field)      uint64_t field;
#define XE__FIELD_BOOL(field)     bool field;
#define XE__FIELD_ENGINE(field)   enum xe_engine field;
#define XE__FIELD_GS(field)       enum xe_jit_gs field;
#define XE__FIELD_NET(field)      enum xe_net_mode field;
#define XE__FIELD_READBACK(field) enum xe_readback field;
#define XE__FIELD_RENDERER(field) enum xe_renderer field;
#define XE__FIELD_VIDEO(field)    enum xe_video field;
#define XE__FIELD_KEYS(field)
#define XE__OMIT(field)

/* How to break an instance on purpose, for tests: all 0 is not at all. */
#define XE__IN_CONFIG(type) XE__OMIT
#define XE__IN_AUDIT(type)  XE__OMIT
#define XE__IN_FAULTS(type) XE__FIELD_##type
#define SETTING(group, name, field, type, min, max, fallback, seen, unit, doc)                     \
    XE__IN_##group(type)(field)
struct xe_faults {
#include "xe/settings.def"
};
#undef XE__IN_CONFIG
#undef XE__IN_AUDIT
#undef XE__IN_FAULTS

#define XE__IN_CONFIG(type) XE__FIELD_##type
#define XE__IN_AUDIT(type)  XE__FIELD_##type
#define XE__IN_FAULTS(type) XE__OMIT
#define SETTING(group, name, field, type, min, max, fallback, seen, unit, doc)                     \
    XE__IN_##group(type)(field)
struct xe_instance_config {
#include "xe/settings.def"
    struct xe_faults faults;
};
#undef XE__IN_CONFIG
#undef XE__IN_AUDIT
#undef XE__IN_FAULTS

/* Does this build have faults? Without, they can't be asked for, and nothing looks at them. */
static inline bool xe_fault_plan(void)
{
#ifdef XE_FAULT_PLAN
    return true;
#else
    return false;
#endif
}
#define XE_NO_FAULT_PLAN "this build has no fault plan (configure --enable-fault-plan)"

/* The defaults (audit off, seed 0). */
struct xe_instance_config xe_instance_config_default(void);

/* Check a configuration; the error names the member and its range. */
bool xe_instance_config_check(const struct xe_instance_config *config, struct xe_error *err);

enum xe_setting_group { XE_SETTING_CONFIG, XE_SETTING_AUDIT, XE_SETTING_FAULTS };

enum xe_setting_type {
    XE_SETTING_U32,
    XE_SETTING_U64,
    XE_SETTING_BOOL,
    XE_SETTING_ENGINE, /* numbers that are written as words */
    XE_SETTING_GS,
    XE_SETTING_NET,
    XE_SETTING_READBACK,
    XE_SETTING_RENDERER,
    XE_SETTING_VIDEO,
    XE_SETTING_KEYS
};

struct xe_setting {
    enum xe_setting_group group;
    const char *name;
    enum xe_setting_type type;
    uint64_t min, max, fallback;
    bool seen; /* by the guest */
    bool back; /* where what is drawn comes back to it */
    const char *unit, *doc;
    size_t offset, size; /* in struct xe_instance_config; size 0: not there */
};

enum {
#define SETTING(group, name, field, type, min, max, fallback, seen, unit, doc)                     \
    XE_SETTING_ROW_##group##_##name,
#include "xe/settings.def"
    XE_SETTINGS
};

/* In the order of settings.def. */
extern const struct xe_setting xe_settings[XE_SETTINGS];

/* NULL: there is none. */
const struct xe_setting *xe_setting_find(enum xe_setting_group group, const char *name);
uint64_t xe_setting_get(const struct xe_instance_config *config, const struct xe_setting *setting);
void xe_setting_set(struct xe_instance_config *config, const struct xe_setting *setting,
                    uint64_t value);
/* Can the guest tell, under this configuration? */
bool xe_setting_is_seen(const struct xe_instance_config *config, const struct xe_setting *setting);
/* The word of a value, of types that have words; NULL: it is none. */
const char *xe_setting_word(const struct xe_setting *setting, uint64_t value);
/* The first fault that the guest can tell; NULL: none is asked for. */
const struct xe_setting *xe_setting_tainted(const struct xe_instance_config *config);

#endif
