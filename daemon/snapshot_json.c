/* What is told of a snapshot: its head, which anybody may have written, so that of its settings
 * only those are shown that an instance can have. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/snapshots.h"
#include "rpc/api/daemon_views.h"
#include "rpc/api/rows.h"
#include "xe/instance.h"

#define CREATED_MAX 32 /* bytes of a time as text */

/* Add a member that the type has, and that fits. */
static void add(const struct xe_rpc_type *type, json_t *object, const char *name, json_t *value)
{
    json_t *alone = json_object();

    json_object_set_new(alone, name, value);
    if (xe_rpc_fits(type, alone))
        json_object_update_recursive(object, alone);
    json_decref(alone);
}

/* "config.seed=5"; faults are members of config, and only those that are asked for. */
static void add_setting(struct xe_rpc_snapshot_view *view, const char *line, size_t size)
{
    char group[16], name[32], text[80];
    json_t *faults;
    int64_t value;

    snprintf(text, sizeof(text), "%.*s", (int)size, line);
    if (size >= sizeof(text) ||
        sscanf(text, "%15[a-z].%31[a-z_]=%" SCNd64, group, name, &value) != 3)
        return;
    if (strcmp(group, "audit") == 0)
        add(&xe_rpc_audit_option, view->audit, name, json_integer(value));
    if (strcmp(group, "config") == 0)
        add(&xe_rpc_config, view->config, name, json_integer(value));
    if (strcmp(group, "faults") != 0 || value == 0)
        return;
    faults = json_object();
    json_object_set_new(faults, name, json_integer(value));
    add(&xe_rpc_config, view->config, group, faults);
}

static void add_settings(struct xe_rpc_snapshot_view *view, const char *lines)
{
    while (*lines) {
        size_t size = strcspn(lines, "\n");

        add_setting(view, lines, size);
        lines += size + (lines[size] != 0);
    }
}

static void write_created(time_t when, char text[CREATED_MAX])
{
    struct tm parts;

    gmtime_r(&when, &parts);
    strftime(text, CREATED_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/* As the emulator writes it, of which the daemon links nothing. */
static void write_digest(const uint8_t hash[16], char text[XE_DIGEST_TEXT])
{
    int at = snprintf(text, XE_DIGEST_TEXT, XE_DIGEST_VERSION ":");

    for (int i = 0; i < 16; i++)
        at += snprintf(text + at, XE_DIGEST_TEXT - (size_t)at, "%02x", hash[i]);
}

/* By a type that begins with a snapshot. */
static json_t *write_as(const struct xe_rpc_type *type, const char *name,
                        const struct xe_shelf_item *item)
{
    const struct xe_snapshot_head *head = &item->head;
    char created[CREATED_MAX], digest[XE_DIGEST_TEXT];
    struct xe_rpc_snapshot_added_view view = {
        .snapshot = {.name = name,
                     .created = created,
                     .digest = digest,
                     .cycle = head->cycle,
                     .bytes = head->total,
                     .title = {.name = head->title, .title_id = head->title_id},
                     .config = json_object(),
                     .audit = json_object(),
                     .tainted = head->tainted},
        .added = item->added};
    json_t *json;

    memcpy(view.snapshot.title.sha256, head->title_sha256, sizeof(head->title_sha256));
    write_created(item->created, created);
    write_digest(head->digest, digest);
    add_settings(&view.snapshot, head->settings);
    json = xe_rpc_write(type, &view);
    json_decref(view.snapshot.config);
    json_decref(view.snapshot.audit);
    return json;
}

json_t *xe_snapshot_json(const char *name, const struct xe_shelf_item *item)
{
    return write_as(&xe_rpc_snapshot, name, item);
}

json_t *xe_snapshot_added_json(const char *name, const struct xe_shelf_item *item)
{
    return write_as(&xe_rpc_snapshot_added, name, item);
}
