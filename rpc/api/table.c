/* The table of all rows, and looking names up in it. */
#include <string.h>

#include "rpc/api/rpc.h"

const struct xe_rpc_method *const xe_rpc_methods[] = {
#define METHOD(id, text) [XE_RPC_M_##id] = &xe_rpc_method_##id,
#include "rpc/api/methods.def"
#undef METHOD
};

const struct xe_rpc_method *xe_rpc_method_find(const char *name)
{
    size_t low = 0, high = XE_RPC_METHODS;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, xe_rpc_methods[middle]->name);

        if (order == 0)
            return xe_rpc_methods[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

enum xe_rpc_method_id xe_rpc_method_id(const struct xe_rpc_method *method)
{
    for (int i = 0; i < XE_RPC_METHODS; i++)
        if (xe_rpc_methods[i] == method)
            return (enum xe_rpc_method_id)i;
    return XE_RPC_METHODS;
}

size_t xe_rpc_nearest(const char *name, const char *ret[XE_NEAREST_MAX])
{
    struct xe_nearest nearest;

    xe_nearest_init(&nearest, name);
    for (int i = 0; i < XE_RPC_METHODS; i++)
        xe_nearest_offer(&nearest, xe_rpc_methods[i]->name);
    memcpy(ret, nearest.name, sizeof(nearest.name));
    return nearest.count;
}
