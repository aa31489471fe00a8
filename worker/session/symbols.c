/* Names and lines: from a file that came with the call, of an address, of an image. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/symbols.h"

/* ---- an instance ----------------------------------------------------------------------------- */

static bool load(struct xe_rpc_call *call, struct xe_instance *instance,
                 struct xe_symbols_file *ret, struct xe_error *err)
{
    void *bytes;
    size_t size;
    bool ok;

    if (!xe__rpc_session_take_file(call, &bytes, &size, err))
        return false;
    ok = xe_instance_symbols_load(instance, bytes, size, ret, err);
    free(bytes);
    return ok;
}

void xe__rpc_debug_symbols_load(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_symbols_view view = {.path = xe_rpc_arg_string(call, "file")};
    struct xe_error err = XE_ERROR_INIT;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    if (load(call, instance, &view.file, &err)) {
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_symbols_loaded, &view));
        return;
    }
    xe_error_prefix(&err, "symbols of '%s'", view.path);
    xe_rpc_fail(call, &err);
}

static bool address_of(const struct xe_rpc_call *call, const struct xe_instance *instance,
                       xe_gva *ret, struct xe_error *err)
{
    bool by_name = xe_rpc_has(call, "symbol");

    if (by_name == xe_rpc_has(call, "address"))
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "expected either 'address' or 'symbol'");
    *ret = xe_rpc_arg_u32(call, "address");
    return !by_name || xe_instance_address(instance, xe_rpc_arg_string(call, "symbol"), ret, err);
}

void xe__rpc_debug_symbols_lookup(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_lookup_view view = {.address = 0};
    struct xe_error err = XE_ERROR_INIT;
    bool known;

    if (!instance)
        return;
    if (!address_of(call, instance, &view.address, &err)) {
        xe_rpc_fail(call, &err);
        return;
    }
    view.base = xe__rpc_session_base(call, instance);
    known = xe_rpc_arg_bool(call, "call")
                ? xe_instance_place_of_call(instance, view.address, &view.place)
                : xe_instance_place(instance, view.address, &view.place);
    if (!known)
        view.place = (struct xe_place){.line = 0};
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_symbols_lookup, &view));
}

/* What has an export's name and where its call returns to is a record, or a waiter. */
static void add_caller(const struct xe_instance *instance, json_t *object)
{
    struct xe_place place;
    uint64_t lr;

    if (!json_object_get(object, "src") || !xe_rpc_hex_value(json_object_get(object, "lr"), &lr) ||
        !lr || !xe_instance_place_of_call(instance, (xe_gva)lr, &place) || !place.line)
        return;
    json_object_set_new(object, "caller", xe_rpc_write(&xe_rpc_place, &place));
}

/* As deep as a report is. */
void xe__rpc_session_add_callers(const struct xe_instance *instance, json_t *report)
{
    const char *name;
    json_t *member;
    size_t i;

    json_array_foreach(report, i, member) xe__rpc_session_add_callers(instance, member);
    json_object_foreach(report, name, member)
    {
        if (strcmp(name, "origin") != 0) /* which has no place of its own */
            xe__rpc_session_add_callers(instance, member);
    }
    if (json_is_object(report))
        add_caller(instance, report);
}

static void name_module(const struct xe_kernel *kernel, xe_gva at, char name[XE_MODULE_NAME])
{
    struct xe_module_info module;

    if (xe_kernel_module_at(kernel, at, &module))
        memcpy(name, module.name, XE_MODULE_NAME);
}

/* Is the instance where that stop left it? An older run's threads are elsewhere by now. */
static bool is_there(const struct xe_instance *instance, const struct xe_stop_info *info)
{
    const struct xe_stop_info *now = xe_instance_stop_info(instance);

    return now->reason == info->reason && now->cause == info->cause && now->tid == info->tid &&
           now->pc == info->pc;
}

static void add_callers_of_crash(struct xe_instance *instance, struct xe_rpc_stop_view *view)
{
    const struct xe_kernel *kernel = xe_instance_kernel(instance);
    struct xe_thread_info thread;

    name_module(kernel, view->info.pc, view->module);
    if (!xe_kernel_thread_info(kernel, view->info.tid, &thread))
        return;
    for (uint32_t i = 0; i < thread.frames && i < XE_RPC_STOP_CALLERS; i++) {
        struct xe_rpc_caller_view *caller = &view->caller[view->callers++];

        caller->lr = thread.frame[i].lr;
        name_module(kernel, caller->lr, caller->module);
        if (!xe_instance_place_of_call(instance, caller->lr, &caller->place))
            caller->place = (struct xe_place){.line = 0};
    }
}

struct xe_rpc_stop_view xe__rpc_session_stop_at(struct xe_instance *instance,
                                                const struct xe_stop_info *info, const char *detail)
{
    struct xe_rpc_stop_view view = xe__rpc_session_stop(info, detail);

    if (!info->tid || !xe_instance_place(instance, info->pc, &view.place))
        view.place = (struct xe_place){.line = 0};
    if (info->reason == XE_STOP_CRASH && info->tid && is_there(instance, info))
        add_callers_of_crash(instance, &view);
    return view;
}

/* ---- an image -------------------------------------------------------------------------------- */

static json_t *symbol_json(const struct xe_symbols *symbols, size_t i)
{
    struct xe_rpc_symbol_view view = {.symbol = *xe_symbols_get(symbols, i)};

    if (!xe_symbols_line(symbols, view.symbol.address, &view.line))
        view.line.file = NULL;
    return xe_rpc_write(&xe_rpc_symbol, &view);
}

/* The page behind the cursor, which is how many symbols were looked at before. */
static json_t *page(const struct xe_rpc_call *call, const struct xe_symbols *symbols)
{
    const char *filter = xe_rpc_arg_string(call, "filter");
    const char *cursor = xe_rpc_arg_string(call, "cursor");
    size_t limit = (size_t)xe_rpc_arg_int(call, "limit"), next = 0;
    size_t from = cursor ? strtoull(cursor, NULL, 10) : 0;
    struct xe_rpc_list_view view = {.items = json_array()};
    json_t *json;

    for (size_t i = 0; i < xe_symbols_count(symbols); i++) {
        if (filter && !strstr(xe_symbols_get(symbols, i)->name, filter))
            continue;
        view.total++;
        if (i < from)
            continue;
        if (json_array_size(view.items) < limit)
            json_array_append_new(view.items, symbol_json(symbols, i));
        else if (!next)
            next = i;
    }
    if (next)
        snprintf(view.next_cursor, sizeof(view.next_cursor), "%zu", next);
    json = xe_rpc_write(&xe_rpc_symbol_page, &view);
    json_decref(view.items);
    return json;
}

struct xe_symbols *xe__rpc_session_take_named(struct xe_rpc_call *call, struct xe_image **ret_image,
                                              struct xe_error *err)
{
    const struct xe_breath *breath = &xe__session(call)->breath;
    const struct xe_files *beside = xe__session_folder(call, err);
    struct xe_session_title title;
    struct xe_symbols *symbols = NULL;
    struct xe_symbols_file about;
    struct xe_image *image;

    if (!xe__session_take_title(call, xe_rpc_arg_string(call, "image"), beside, &title, err))
        return NULL;
    image = xe_image_parse_breathing(title.bytes, title.size, breath, err);
    if (image)
        symbols = xe_symbols_create(image, xe_kernel_export_name, breath, err);
    if (symbols && image->kind != XE_IMAGE_XEX2)
        xe_symbols_load(symbols, title.bytes, title.size, breath, &about, NULL);
    free(title.bytes);
    if (symbols)
        *ret_image = image;
    else
        xe_image_destroy(image);
    return symbols;
}

void xe__rpc_image_symbols(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image = NULL;
    struct xe_symbols *symbols = xe__rpc_session_take_named(call, &image, &err);

    if (symbols) {
        xe_rpc_reply(call, page(call, symbols));
    } else {
        xe_error_prefix(&err, "symbols of '%s'", xe_rpc_arg_string(call, "image"));
        xe_rpc_fail(call, &err);
    }
    xe_symbols_destroy(symbols);
    xe_image_destroy(image);
}
