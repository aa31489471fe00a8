/* Reading the configuration again; see reload.h. */
#include "daemon/reload.h"

#include <string.h>

#include "daemon/depot.h"
#include "daemon/note.h"
#include "rpc/api/daemon_views.h"
#include "rpc/api/member.h"

bool xe_config_roots(const struct xe_config *config, struct xe_roots *ret, struct xe_error *err)
{
    const struct xe_config_list *list = &config->value.root;

    for (uint32_t i = 0; i < list->count; i++)
        if (!xe_roots_add(ret, list->item[i], err))
            return xe_config_place(config, list->mark[i], err);
    return true;
}

bool xe_config_http(const struct xe_config *config, struct xe_http *http, struct xe_error *err)
{
    const struct xe_daemon_options *o = &config->value;

    return xe_http_allow(http, o->hosts.item, o->hosts.count, o->origins.item, o->origins.count,
                         err);
}

/* Which keys are another. */
static void compare(const struct xe_daemon *daemon, const struct xe_daemon_options *fresh,
                    json_t *changed, json_t *restart)
{
    for (int key = 0; key < XE_CONFIG_KEYS; key++) {
        const struct xe_config_row *row = &xe_config_rows[key];
        const void *value = (const char *)fresh + row->offset;

        /* What nobody has given was found out by the start: a place, a folder. */
        if (row->kind == XE_CONFIG_TEXT && !*(const char *const *)value)
            continue;
        if (!xe_config_equal(&daemon->options, fresh, key))
            json_array_append_new(row->always ? changed : restart, json_string(row->name));
    }
}

/* Nothing can fail any more. config and roots are taken. */
static void apply(struct xe_daemon *daemon, struct xe_config *config, struct xe_roots *roots)
{
    for (int key = 0; key < XE_CONFIG_KEYS; key++) {
        const struct xe_config_row *row = &xe_config_rows[key];

        if (row->always)
            memcpy((char *)&daemon->options + row->offset,
                   (const char *)&config->value + row->offset, row->size);
    }
    xe_roots_fini(&daemon->roots);
    daemon->roots = *roots;
    xe_config_fini(&daemon->config);
    daemon->config = *config;
    xe_note_set_level((enum xe_note_level)xe_note_level_parse(daemon->options.log_level));
    if (daemon->depot)
        xe_depot_set_quota(daemon->depot, (uint64_t)daemon->options.artifacts_mib << 20);
    xe_workers_refill(daemon);
}

bool xe_daemon_reload(struct xe_daemon *daemon, json_t **ret_changed, json_t **ret_restart,
                      struct xe_error *err)
{
    struct xe_config config = {.file = NULL};
    struct xe_roots roots = {.count = 0};

    if (!daemon->config_file)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID,
                            "this xe360d has no configuration to read: start it with --config");
    if (!xe_config_make(&config, daemon->config_file, daemon->given, err) ||
        !xe_config_roots(&config, &roots, err) || !xe_config_http(&config, daemon->http, err)) {
        xe_roots_fini(&roots);
        xe_config_fini(&config);
        return false;
    }
    *ret_changed = json_array();
    *ret_restart = json_array();
    compare(daemon, &config.value, *ret_changed, *ret_restart);
    apply(daemon, &config, &roots);
    return true;
}

static void note_names(enum xe_note_level level, const char *what, const json_t *names)
{
    json_t *name;
    size_t i;

    json_array_foreach(names, i, name) xe_note(level, "%s: %s", json_string_value(name), what);
}

void xe_daemon_hang_up(struct xe_daemon *daemon)
{
    struct xe_error err = XE_ERROR_INIT;
    json_t *changed = NULL, *restart = NULL;

    if (!xe_daemon_reload(daemon, &changed, &restart, &err)) {
        xe_note(XE_NOTE_ERROR, "all stays as it is: %s", err.text);
        return;
    }
    note_names(XE_NOTE_INFO, "changed", changed);
    note_names(XE_NOTE_WARN, "changed in the configuration; counts after a restart", restart);
    json_decref(changed);
    json_decref(restart);
}

void xe_system_reload(struct xe_rpc_call *call)
{
    struct xe_rpc_reload_view view = {.changed = NULL};
    struct xe_error err = XE_ERROR_INIT;

    if (!xe_daemon_reload(call->ctx, &view.changed, &view.restart, &err)) {
        xe_rpc_fail(call, &err);
        return;
    }
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_reloaded, &view));
    json_decref(view.changed);
    json_decref(view.restart);
}
