/* Which exports this build has, and what lacks of those that it has not altogether. */
#include "kernel/hle/hle_internal.h"

static const struct {
    enum xe_hle_module module;
    uint32_t ordinal;
    const char *lacks;
} partial[] = {
#define PARTIAL_EXPORT(module, name, lacks) {XE_HLE_##module, XE_ORD_##module##_##name, lacks},
#include "xe/partial.def"
};

static const char *lacks(uint32_t module, uint32_t ordinal)
{
    for (size_t i = 0; i < sizeof(partial) / sizeof(partial[0]); i++)
        if (partial[i].module == module && partial[i].ordinal == ordinal)
            return partial[i].lacks;
    return NULL;
}

enum xe_coverage_state xe__hle_coverage(const struct xe_hle_state *hle,
                                        const struct xe__hle_entry *entry, const char **ret_lacks)
{
    uint32_t module = xe__hle_module(entry->module);

    *ret_lacks = NULL;
    if (!entry->row && !(entry->variable && xe__hle_variable_known(hle, module, entry->ordinal)))
        return XE_COVERAGE_MISSING;
    *ret_lacks = lacks(module, entry->ordinal);
    return *ret_lacks ? XE_COVERAGE_PARTIAL : XE_COVERAGE_DONE;
}
