/* See codes.h. */
#include "kernel/core/codes.h"

#include <stddef.h>

struct row {
    uint32_t code;
    const char *name, *says;
};

static const struct row exceptions[] = {
#define EXCEPTION(code, name) {code, name, ""},
#include "kernel/core/codes.def"
};

static const struct row bug_checks[] = {
#define BUG_CHECK(code, name, says) {code, name, says},
#include "kernel/core/codes.def"
};

static const struct row hypervisor_calls[] = {
#define HYPERVISOR(number, name) {number, name, ""},
#include "kernel/core/codes.def"
};

static const struct row *find(const struct row *row, size_t count, uint32_t code)
{
    static const struct row none = {0, "", ""};

    for (size_t i = 0; i < count; i++)
        if (row[i].code == code)
            return &row[i];
    return &none;
}
#define FIND(rows, code) find(rows, sizeof(rows) / sizeof((rows)[0]), code)

const char *xe_kernel_exception_name(uint32_t code)
{
    return FIND(exceptions, code)->name;
}

const char *xe_kernel_bug_check_name(uint32_t code, const char **ret_says)
{
    const struct row *row = FIND(bug_checks, code);

    *ret_says = row->says;
    return row->name;
}

const char *xe_kernel_hypervisor_name(uint32_t number)
{
    return FIND(hypervisor_calls, number)->name;
}
