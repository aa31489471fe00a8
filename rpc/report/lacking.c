/* What the emulator hasn't got and a title wanted: exports without a handler that were called,
 * promises that nothing in this build keeps, devices, and what else the kernel counts; last what is
 * there in part only, which a title may never notice. All of it is saved with a state, as the log
 * is not: a run that was loaded is told like one that was not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/printable.h"
#include "rpc/report/explain_json.h"
#include "xe/device.h"
#include "xe/lacking.h"
#include "xe/promise.h"

#define ROWS_MAX 1000u

struct finding {
    struct xe_instance *instance;
    struct xe_rpc_lacking_view *row; /* owned */
    uint32_t rows;
    size_t room;
    bool no_memory;
};

static struct xe_rpc_lacking_view *new_row(struct finding *f, const char *kind)
{
    if (f->rows == f->room) {
        size_t room = f->room ? f->room * 2 : 16;
        struct xe_rpc_lacking_view *grown = reallocarray(f->row, room, sizeof(*grown));

        f->no_memory |= !grown;
        if (!grown)
            return NULL;
        f->row = grown;
        f->room = room;
    }
    f->row[f->rows] = (struct xe_rpc_lacking_view){.kind = kind, .count = 1};
    return &f->row[f->rows++];
}

static struct xe_rpc_lacking_view *find_row(const struct finding *f, const char *kind,
                                            const char *name)
{
    for (uint32_t i = 0; i < f->rows; i++)
        if (!strcmp(f->row[i].kind, kind) && !strcmp(f->row[i].name, name))
            return &f->row[i];
    return NULL;
}

static void add_row(struct finding *f, const char *kind, const struct xe_export_info *info)
{
    struct xe_rpc_lacking_view *row = f->rows < ROWS_MAX ? new_row(f, kind) : NULL;

    if (!row)
        return;
    snprintf(row->name, sizeof(row->name), "%s!%s (0x%03x)", info->module, info->name,
             info->ordinal);
    row->count = info->calls;
    row->first_caller = info->first_lr;
    row->has_caller = true;
    row->lacks = info->lacks;
}

static void add_export(void *ctx, const struct xe_export_info *info)
{
    if (!info->implemented && !info->variable && info->calls)
        add_row(ctx, "export", info);
}

static void add_partial(void *ctx, const struct xe_export_info *info)
{
    if (info->lacks && info->calls)
        add_row(ctx, "partial", info);
}

/* One row a kind of promise and export that made it. */
static void add_promise(void *ctx, const struct xe_promise_info *info)
{
    struct finding *f = ctx;
    struct xe_rpc_lacking_view *row;
    char name[200];

    if (info->due != XE_PROMISE_NEVER)
        return;
    snprintf(name, sizeof(name), "%s of %s: nothing in this build keeps it",
             xe_promise_kind_name(info->kind), info->made.src ? info->made.src : "?");
    row = find_row(f, "promise", name);
    if (row) {
        row->count++;
        return;
    }
    row = f->rows < ROWS_MAX ? new_row(f, "promise") : NULL;
    if (!row)
        return;
    snprintf(row->name, sizeof(row->name), "%s", name);
    row->first_caller = info->made.lr;
    row->has_caller = info->made.lr != 0;
}

/* One row a register and direction. */
static void add_device(void *ctx, const struct xe_device_lack *lack)
{
    struct finding *f = ctx;
    struct xe_rpc_lacking_view *row = f->rows < ROWS_MAX ? new_row(f, "device") : NULL;
    const char *what = lack->write ? "stores" : "loads";

    if (!row)
        return;
    if (lack->place.register_name)
        snprintf(row->name, sizeof(row->name), "%s (%s), %s", lack->place.name,
                 lack->place.register_name, what);
    else
        snprintf(row->name, sizeof(row->name), "%s (offset 0x%x), %s", lack->place.name,
                 lack->place.offset, what);
    row->count = lack->count;
    row->first_caller = lack->first_pc;
    row->has_caller = true;
}

/* "level_load, main": those who called the first one that wanted it, as far as they have names. */
static void name_callers(const struct finding *f, const struct xe_lacking *lacking,
                         struct xe_rpc_lacking_view *row)
{
    struct xe_place place;
    char text[XE_PLACE_TEXT];
    size_t used = 0;

    for (uint32_t i = 0; i < lacking->callers && used < sizeof(row->behind); i++) {
        if (!xe_instance_place_of_call(f->instance, lacking->caller[i], &place))
            return;
        xe_place_text(&place, text);
        used += (size_t)snprintf(row->behind + used, sizeof(row->behind) - used, "%s%s",
                                 used ? ", " : "", text);
    }
}

static void name_thread(const struct finding *f, uint32_t tid, struct xe_rpc_lacking_view *row)
{
    struct xe_thread_info thread;

    row->tid = tid;
    if (tid && xe_kernel_thread_info(xe_instance_kernel(f->instance), tid, &thread))
        snprintf(row->thread, sizeof(row->thread), "%s", thread.name);
}

/* What else the kernel counts. */
static void add_counted(void *ctx, const struct xe_lacking *lacking)
{
    struct finding *f = ctx;
    struct xe_rpc_lacking_view *row = f->rows < ROWS_MAX ? new_row(f, lacking->category) : NULL;
    char *text = xe_printable(lacking->text); /* a title chose it */

    if (row) {
        snprintf(row->name, sizeof(row->name), "%s", text ? text : "?");
        row->count = lacking->count;
        row->first_caller = lacking->first_lr;
        row->has_caller = true;
        name_callers(f, lacking, row);
        name_thread(f, lacking->first_tid, row);
    }
    free(text);
}

/* The function of each first caller: of a device's access, the one that makes it. */
static void name_places(const struct finding *f)
{
    struct xe_place place;

    for (uint32_t i = 0; i < f->rows; i++) {
        struct xe_rpc_lacking_view *row = &f->row[i];
        bool calls = strcmp(row->kind, "device") != 0;

        if (row->first_caller &&
            (calls ? xe_instance_place_of_call(f->instance, row->first_caller, &place)
                   : xe_instance_place(f->instance, row->first_caller, &place)))
            xe_place_text(&place, row->place);
    }
}

bool xe__rpc_lacking_find(struct xe_instance *instance, struct xe_rpc_lacking_view **ret,
                          uint32_t *ret_count)
{
    struct finding f = {.instance = instance};

    xe_kernel_exports(xe_instance_kernel(instance), XE_EXPORTS_TOUCHED, add_export, &f);
    xe_kernel_promises(xe_instance_kernel(instance), add_promise, &f);
    xe_kernel_lacking_devices(xe_instance_kernel(instance), add_device, &f);
    xe_kernel_lacking(xe_instance_kernel(instance), add_counted, &f);
    xe_kernel_exports(xe_instance_kernel(instance), XE_EXPORTS_TOUCHED, add_partial, &f);
    name_places(&f);
    *ret = f.row;
    *ret_count = f.no_memory ? 0 : f.rows;
    return !f.no_memory;
}
