/* Which exports this build has, what lacks of those that it has not altogether, and why some are
 * missing. */
#include <string.h>

#include "kernel/hle/hle_internal.h"

static const struct {
    enum xe_hle_module module;
    uint32_t ordinal;
    const char *lacks;
} partial[] = {
#define PARTIAL_EXPORT(module, name, lacks) {XE_HLE_##module, XE_ORD_##module##_##name, lacks},
#include "xe/partial.def"
};

/* By its name, or by how that begins. */
static const struct {
    enum xe_hle_module module;
    const char *name;
    bool beginning;
    const char *why;
} missing[] = {
#define MISSING_EXPORT(module, name, why)    {XE_HLE_##module, #name, false, why},
#define MISSING_LIKE(module, beginning, why) {XE_HLE_##module, beginning, true, why},
#include "xe/partial.def"
};

/* NULL: nobody has said. */
static const char *why(uint32_t module, const char *name)
{
    for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
        if (missing[i].module == module &&
            (missing[i].beginning ? !strncmp(missing[i].name, name, strlen(missing[i].name))
                                  : !strcmp(missing[i].name, name)))
            return missing[i].why;
    return NULL;
}

static const char *lacks(uint32_t module, uint32_t ordinal)
{
    for (size_t i = 0; i < sizeof(partial) / sizeof(partial[0]); i++)
        if (partial[i].module == module && partial[i].ordinal == ordinal)
            return partial[i].lacks;
    return NULL;
}

enum xe_coverage_state xe__hle_coverage(const struct xe_hle_state *hle,
                                        const struct xe__hle_entry *entry, const char **ret_lacks,
                                        const char **ret_why)
{
    uint32_t module = xe__hle_module(entry->module);

    *ret_lacks = *ret_why = NULL;
    if (!entry->row && !(entry->variable && xe__hle_variable_known(hle, module, entry->ordinal))) {
        *ret_why = why(module, entry->name);
        return XE_COVERAGE_MISSING;
    }
    *ret_lacks = lacks(module, entry->ordinal);
    return *ret_lacks ? XE_COVERAGE_PARTIAL : XE_COVERAGE_DONE;
}
