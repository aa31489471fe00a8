/* The table of all rows, and looking names up in it. */
#include <string.h>

#include "rpc/rpc.h"

const struct xe_rpc_method *const xe_rpc_methods[] = {
#define METHOD(id, text) [XE_RPC_M_##id] = &xe_rpc_method_##id,
#include "rpc/methods.def"
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

#define NAME_MAX_COMPARED 48

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

/* Levenshtein distance of the first NAME_MAX_COMPARED bytes. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[NAME_MAX_COMPARED + 1];
    size_t na = strnlen(a, NAME_MAX_COMPARED), nb = strnlen(b, NAME_MAX_COMPARED);

    for (size_t j = 0; j <= nb; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= na; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned above = row[j];

            row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[nb];
}

json_t *xe_rpc_nearest(const char *name)
{
    size_t size = strlen(name);
    unsigned limit = size < 6 ? 2 : (unsigned)(size / 3 < 6 ? size / 3 : 6);
    json_t *names = json_array();

    for (unsigned d = 1; d <= limit; d++)
        for (int i = 0; i < XE_RPC_METHODS && json_array_size(names) < 3; i++)
            if (distance(name, xe_rpc_methods[i]->name) == d)
                json_array_append_new(names, json_string(xe_rpc_methods[i]->name));
    return names;
}
