/* module.list. */
#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

static void add(void *ctx, const struct xe_module_info *info)
{
    json_array_append_new(ctx, xe_rpc_write(&xe_rpc_module, info));
}

void xe__session_module_list(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_modules_view view = {.items = NULL};

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.items = json_array();
    xe_kernel_modules(xe_instance_kernel(instance), add, view.items);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_module_list, &view));
    json_decref(view.items);
}
