/* Modules that are unmapped: where they were, for reports about who still runs or looks there. The
 * newest are kept. It is saved with a state and is no part of its digest. */
#include <stdio.h>
#include <string.h>

#include "kernel/core/module_internal.h"
#include "kernel/core/state.h"

#define ROW_SIZE 24u /* encoded, at least */

void xe__kernel_module_past_add(struct xe_kernel *kernel, const struct xe_module *module)
{
    struct xe__past_modules *past = &kernel->past_modules;
    struct xe_past_module *row;

    if (past->count == XE__PAST_MODULES)
        memmove(&past->row[0], &past->row[1], --past->count * sizeof(past->row[0]));
    row = &past->row[past->count++];
    *row = (struct xe_past_module){.base = module->base,
                                   .size = module->size,
                                   .tid = kernel->running ? kernel->running->tid : 0,
                                   .cycle = xe_kernel_cycle(kernel)};
    memcpy(row->name, module->name, sizeof(row->name));
}

/* What lies there now is told, not what was. */
bool xe_kernel_module_past(const struct xe_kernel *kernel, xe_gva address,
                           struct xe_past_module *ret)
{
    const struct xe__past_modules *past = &kernel->past_modules;

    if (xe_mem_view(kernel->mem, address, 1))
        return false;
    for (uint32_t i = past->count; i-- > 0;)
        if (address - past->row[i].base < past->row[i].size) {
            *ret = past->row[i];
            return true;
        }
    return false;
}

void xe__kernel_module_past_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    struct xe__past_modules *past = &kernel->past_modules;

    if (!xe_codec_section_beside(c, "past_modules"))
        return;
    past->count =
        (uint32_t)xe_codec_count(c, "past_modules", past->count, XE__PAST_MODULES, ROW_SIZE);
    for (uint32_t i = 0; i < past->count && !c->stopped; i++) {
        struct xe_past_module *row = &past->row[i];

        xe_codec_text(c, "name", row->name, sizeof(row->name));
        XE_CODEC(c, row->base);
        XE_CODEC(c, row->size);
        XE_CODEC(c, row->tid);
        XE_CODEC(c, row->cycle);
        for (const char *at = row->name; *at; at++)
            xe_codec_want(c, *at >= ' ' && *at < 0x7F, "a name with the character 0x%02x",
                          *at & 0xFF);
    }
    xe_codec_beside(c, false);
}
