/* debug.break.*, thread.set_registers, mem.write. Points may be set and removed while a run goes
 * on; registers and memory are changed only while none does, so that what a run computes is a
 * function of where it was changed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

/* ---- points --------------------------------------------------------------------------------- */

static enum xe_point_kind kind_of(const char *name)
{
    enum xe_point_kind kind = XE_POINT_EXEC;

    while (kind < XE_POINT_EXCEPTION && strcmp(xe_point_kind_name(kind), name))
        kind++;
    return kind;
}

struct find {
    uint32_t id;
    struct xe_rpc_point_view view;
};

static void find_point(void *ctx, const struct xe_point *point)
{
    struct find *find = ctx;

    if (point->id != find->id)
        return;
    find->view.point = *point;
    find->view.enabled = !point->disabled;
}

static enum xe_point_whose whose_of(const char *name)
{
    enum xe_point_whose whose = XE_POINT_ONE;

    while (name && whose < XE_POINT_FOCUSED && strcmp(xe_point_whose_name(whose), name))
        whose++;
    return name ? whose : XE_POINT_ONE;
}

static uint32_t events_of(const json_t *names)
{
    uint32_t events = 0;
    json_t *name;
    size_t i;

    json_array_foreach(names, i, name)
    {
        for (uint32_t op = 0; op < XE_AUDIT_OPS; op++)
            if (!strcmp(json_string_value(name), xe_audit_op_name((enum xe_audit_op)op)))
                events |= 1u << op;
    }
    return events;
}

static bool refuse(struct xe_error *err, enum xe_point_kind kind, const char *what)
{
    return xe_error_set(err, XE_ERR_INVALID_PARAMS, "kind '%s' %s", xe_point_kind_name(kind), what);
}

/* Parameters that don't go with each other. */
static bool consistent(const struct xe_rpc_call *call, const struct xe_point *wanted,
                       struct xe_error *err)
{
    bool data = wanted->kind == XE_POINT_READ || wanted->kind == XE_POINT_WRITE ||
                wanted->kind == XE_POINT_ACCESS;

    if (wanted->kind == XE_POINT_EXPORT) {
        if (!xe_rpc_has(call, "export") || xe_rpc_has(call, "address"))
            return refuse(err, wanted->kind, "needs 'export' and no 'address'");
    } else if (xe_rpc_has(call, "export")) {
        return refuse(err, wanted->kind, "takes no 'export'");
    } else if (xe_rpc_has(call, "address") != (wanted->whose == XE_POINT_ONE)) {
        return refuse(err, wanted->kind,
                      wanted->whose == XE_POINT_ONE
                          ? "needs 'address'"
                          : "takes no 'address' when it isn't about one handle");
    }
    if (wanted->kind != XE_POINT_HANDLE && (xe_rpc_has(call, "whose") || wanted->events))
        return refuse(err, wanted->kind, "takes no 'whose' and no 'events'");
    return data || wanted->size == 4 || refuse(err, wanted->kind, "takes no 'length' but 4");
}

/* Without a code a point is about every exception. */
static enum xe_point_whose whose_asked(const struct xe_rpc_call *call, enum xe_point_kind kind)
{
    if (kind == XE_POINT_EXCEPTION && !xe_rpc_has(call, "address"))
        return XE_POINT_ANY;
    return whose_of(xe_rpc_arg_string(call, "whose"));
}

static uint32_t set_point(struct xe_rpc_call *call, struct xe_instance *instance,
                          struct xe_error *err)
{
    const char *export = xe_rpc_arg_string(call, "export");
    struct xe_point wanted = {
        .kind = kind_of(xe_rpc_arg_string(call, "kind")),
        .address = xe_rpc_arg_u32(call, "address"),
        .size = (uint32_t)xe_rpc_arg_int(call, "length"),
        .events = events_of(xe_rpc_arg_json(call, "events")),
        .tid = (uint32_t)xe_rpc_arg_int(call, "tid"),
        .ignore = (uint64_t)xe_rpc_arg_int(call, "ignore"),
        .disabled = !xe_rpc_arg_bool(call, "enabled"),
    };

    wanted.whose = whose_asked(call, wanted.kind);
    if (!consistent(call, &wanted, err))
        return 0;
    snprintf(wanted.name, sizeof(wanted.name), "%s", export ? export : "");
    return xe_instance_point_set(instance, &wanted, err);
}

void xe__rpc_debug_break_set(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;
    struct find find = {0};

    if (!instance)
        return;
    find.id = set_point(call, instance, &err);
    if (!find.id) {
        xe_rpc_fail(call, &err);
        return;
    }
    find.view.base = xe__rpc_session_base(call, instance);
    xe_instance_points(instance, find_point, &find);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_point_set, &find.view));
}

static void list_point(void *ctx, const struct xe_point *point)
{
    const struct xe_rpc_point_view view = {.point = *point, .enabled = !point->disabled};

    json_array_append_new(ctx, xe_rpc_write(&xe_rpc_point, &view));
}

void xe__rpc_debug_break_list(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_list_view view;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.items = json_array();
    xe_instance_points(instance, list_point, view.items);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_point_list, &view));
    json_decref(view.items);
}

static void reply_changed(struct xe_rpc_call *call, struct xe_instance *instance, bool done,
                          const struct xe_error *err)
{
    if (done)
        xe__session_reply_changed(call, instance);
    else
        xe_rpc_fail(call, err);
}

void xe__rpc_debug_break_remove(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;

    if (instance)
        reply_changed(
            call, instance,
            xe_instance_point_remove(instance, (uint32_t)xe_rpc_arg_int(call, "id"), &err), &err);
}

void xe__rpc_debug_break_enable(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;

    if (instance)
        reply_changed(call, instance,
                      xe_instance_point_enable(instance, (uint32_t)xe_rpc_arg_int(call, "id"),
                                               xe_rpc_arg_bool(call, "enabled"), &err),
                      &err);
}

/* ---- writing -------------------------------------------------------------------------------- */

static bool may_change(const struct xe_session *session, struct xe_error *err)
{
    return !session->active || xe_error_set(err, XE_ERR_RUN_IN_PROGRESS,
                                            "run r-%" PRIu64 " is going on", session->runs);
}

/* Registers put back after an error have been written, too. */
static void reply_written(struct xe_rpc_call *call, struct xe_instance *instance, bool done,
                          const struct xe_error *err)
{
    xe__rpc_session_tell_taint(xe__session(call));
    reply_changed(call, instance, done, err);
}

static bool set_register(struct xe_instance *instance, uint32_t tid, const char *name,
                         const json_t *value, struct xe_error *err)
{
    uint8_t bytes[16];
    uint64_t number;

    if (name[0] == 'v' && name[1] >= '0' && name[1] <= '9') {
        if (!xe__rpc_hex_read(json_string_value(value), bytes, 16))
            return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                                "registers.%s: expected 32 hexadecimal digits", name);
        return xe_instance_register_write(instance, tid, name, bytes, 16, err);
    }
    if (!xe_rpc_hex_value(value, &number))
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "registers.%s: expected a number or \"0x...\"", name);
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> 8 * (7 - i));
    return xe_instance_register_write(instance, tid, name, bytes, 8, err);
}

static void old_number(void *ctx, const char *name, uint64_t value)
{
    if (json_object_get(json_object_get(ctx, "wanted"), name))
        json_object_set_new(json_object_get(ctx, "old"), name, xe_rpc_hex64(value));
}

static void old_vector(void *ctx, const char *name, const uint8_t bytes[16])
{
    char text[33];

    if (!json_object_get(json_object_get(ctx, "wanted"), name))
        return;
    xe__session_vector_text(bytes, text);
    json_object_set_new(json_object_get(ctx, "old"), name, json_string(text));
}

/* Set all of them; after an error put back those that were set before it. */
static bool set_registers(struct xe_instance *instance, uint32_t tid, json_t *wanted,
                          struct xe_error *err)
{
    json_t *both = json_pack("{s:O, s:{}}", "wanted", wanted, "old");
    const char *name;
    json_t *value;
    bool ok = xe_instance_registers(instance, tid, old_number, old_vector, both) ||
              xe_error_set(err, XE_ERR_HANDLE_UNKNOWN, "there is no thread %u", tid);

    json_object_foreach(wanted, name, value)
    {
        ok = ok && set_register(instance, tid, name, value, err);
    }
    if (!ok)
        json_object_foreach(json_object_get(both, "old"), name, value)
            set_register(instance, tid, name, value, NULL);
    json_decref(both);
    return ok;
}

void xe__rpc_thread_set_registers(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;

    if (instance)
        reply_written(call, instance,
                      may_change(xe__session(call), &err) &&
                          set_registers(instance, (uint32_t)xe_rpc_arg_int(call, "tid"),
                                        xe_rpc_arg_json(call, "registers"), &err),
                      &err);
}

static bool write_memory(struct xe_instance *instance, uint32_t address, const char *text,
                         struct xe_error *err)
{
    size_t size = strlen(text) / 2;
    uint8_t *bytes = malloc(size + 1);
    bool ok = bytes && xe__rpc_hex_read(text, bytes, size);

    if (!bytes)
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for %zu bytes", size);
    else if (!ok)
        xe_error_set(err, XE_ERR_INVALID_PARAMS, "bytes: expected pairs of hexadecimal digits");
    else
        ok = xe_instance_mem_write(instance, address, bytes, (uint32_t)size, err);
    free(bytes);
    return ok;
}

void xe__rpc_mem_write(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;

    if (instance)
        reply_written(call, instance,
                      may_change(xe__session(call), &err) &&
                          write_memory(instance, xe_rpc_arg_u32(call, "address"),
                                       xe_rpc_arg_string(call, "bytes"), &err),
                      &err);
}
