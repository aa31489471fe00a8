/* Gathers what a thread diagnostic needs from an instance. Reads only. */
#include <stdlib.h>

#include "rpc/report/diagnostic_json.h"

struct collected {
    struct xe_thread_info *thread;
    uint32_t threads;
    size_t room;
    bool no_memory;
};

static void add_thread(void *ctx, const struct xe_thread_info *info)
{
    struct collected *all = ctx;

    if (all->threads == all->room) {
        size_t room = all->room ? all->room * 2 : 16;
        struct xe_thread_info *grown = reallocarray(all->thread, room, sizeof(*grown));

        if (!grown) {
            all->no_memory = true;
            return;
        }
        all->thread = grown;
        all->room = room;
    }
    all->thread[all->threads++] = *info;
}

/* A title by itself is no list. */
struct collected_modules {
    struct xe_module_info module[128];
    uint32_t modules;
};

static void add_module(void *ctx, const struct xe_module_info *info)
{
    struct collected_modules *all = ctx;

    if (all->modules < sizeof(all->module) / sizeof(all->module[0]))
        all->module[all->modules++] = *info;
}

struct keys {
    uint32_t *key, count;
};

static void add_key(struct keys *keys, uint32_t key)
{
    for (uint32_t i = 0; i < keys->count; i++)
        if (keys->key[i] == key)
            return;
    if (keys->count < XE_RPC_BLOCKING_MAX)
        keys->key[keys->count++] = key;
}

static void add_keys_of(void *ctx, const struct xe_thread_info *info)
{
    for (uint32_t i = 0; info->waiting && i < info->wait_objects; i++)
        add_key(ctx, info->wait_object[i].key);
}

uint32_t xe_rpc_blocking_keys(struct xe_instance *instance, uint32_t key[XE_RPC_BLOCKING_MAX])
{
    struct keys keys = {key, 0};

    xe_kernel_threads(xe_instance_kernel(instance), add_keys_of, &keys);
    return keys.count;
}

static bool place(void *ctx, xe_gva address, bool call, struct xe_place *ret)
{
    return call ? xe_instance_place_of_call(ctx, address, ret)
                : xe_instance_place(ctx, address, ret);
}

json_t *xe_rpc_diagnostic_json(struct xe_instance *instance, const char *id, uint64_t cursor,
                               uint32_t limit)
{
    struct collected all = {0};
    struct collected_modules modules = {.modules = 0};
    struct xe_audit_report blocking = {0};
    uint32_t key[XE_RPC_BLOCKING_MAX], keys = xe_rpc_blocking_keys(instance, key);
    struct xe_rpc_diagnostic in = {
        .instance = id,
        .seed = xe_instance_config_get(instance)->seed,
        .cycle = xe_instance_cycle(instance),
        .virtual_us = xe_instance_virtual_us(instance),
        .stop = xe_instance_last_stop(instance),
        .stop_detail = xe_instance_stop_detail(instance),
        .place = place,
        .place_ctx = instance,
        .cursor = cursor,
        .limit = limit,
    };
    struct xe_explain *explain;
    json_t *result = NULL;

    xe_instance_title(instance, &in.title);
    xe_kernel_totals_get(xe_instance_kernel(instance), &in.totals);
    xe_kernel_threads(xe_instance_kernel(instance), add_thread, &all);
    xe_kernel_modules(xe_instance_kernel(instance), add_module, &modules);
    in.module = modules.module;
    in.modules = modules.modules > 1 || in.title.library ? modules.modules : 0;
    in.thread = all.thread;
    in.threads = all.threads;
    in.explain = explain =
        xe_explain_make(xe_instance_kernel(instance), in.stop, in.stop_detail, NULL);
    if (explain &&
        xe_explain_audit_report(xe_instance_kernel(instance), explain, key, keys, &blocking, NULL))
        in.blocking = &blocking;
    if (!all.no_memory && explain)
        result = xe_rpc_diagnostic_make(&in);
    xe_explain_free(explain);
    xe_audit_report_fini(&blocking);
    free(all.thread);
    return result;
}
