/* What is told of a snapshot whose head anybody wrote. */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "daemon/snapshots.h"
#include "rpc/api/daemon_views.h"

static json_t *told(const char *settings)
{
    struct xe_shelf_item item = {.created = 1000000000, .added = 5};
    const struct xe_rpc_field field = {.name = "added", .type = &xe_rpc_snapshot_added};
    struct xe_rpc_misfit misfit;
    json_t *json, *snapshot;

    strcpy(item.head.title, "a\xff");
    item.head.settings = strdup(settings);
    json = xe_snapshot_added_json("one", &item);
    cr_expect(xe_rpc_check(&field, json, "added", &misfit), "%s: expected %s", misfit.path,
              misfit.expected);
    snapshot = json_incref(json_object_get(json, "snapshot"));
    json_decref(json);
    free(item.head.settings);
    return snapshot;
}

static void expect_settings(const char *settings, const char *config, const char *audit)
{
    json_t *snapshot = told(settings);
    char *text = json_dumps(json_object_get(snapshot, "config"), JSON_COMPACT);
    char *audit_text = json_dumps(json_object_get(snapshot, "audit"), JSON_COMPACT);

    cr_expect_str_eq(text, config, "%s", settings);
    cr_expect_str_eq(audit_text, audit, "%s", settings);
    free(text);
    free(audit_text);
    json_decref(snapshot);
}

Test(snapshot_json, settings_are_told_as_instance_create_takes_them)
{
    expect_settings("config.seed=5\nconfig.slice=10\naudit.ring=64\n", "{\"seed\":5,\"slice\":10}",
                    "{\"ring\":64}");
    expect_settings("faults.inject_lost_wake=0\nfaults.fail_alloc=3\nfaults.jit_hot=2",
                    "{\"faults\":{\"fail_alloc\":3,\"jit_hot\":2}}", "{}");
}

Test(snapshot_json, what_is_no_setting_is_left_out)
{
    char long_line[200] = "config.seed=";

    memset(long_line + 12, '1', 150);
    expect_settings("config.sed=1\nconfig.slice=0\nconfig.engine=1\nconfig.faults=1\naudit.focus=1",
                    "{}", "{}");
    expect_settings("faults.nothing=1\nfaults.fail_alloc=-1\nother.seed=1\n\n=\nseed\n", "{}",
                    "{}");
    expect_settings(long_line, "{}", "{}");
}
