/* Counts of what is not there; see lacking.h. */
#include "kernel/core/lacking.h"

#include <string.h>

#include "base/codec.h"
#include "kernel/core/kernel_internal.h"

#define ROW_SIZE 16u /* encoded */

static const struct {
    const char *category, *text;
} rows[XE_LACKINGS] = {
#define LACKING(name, category, text) {category, text},
#include "xe/lacking.def"
};

const char *xe_lacking_wanted(const struct xe_call *call, enum xe_lacking_id id)
{
    struct xe__lacking *lacking = &call->kernel->lacking[id];

    if (!lacking->count++) {
        lacking->first_lr = call->lr;
        lacking->first_tid = call->thread ? call->thread->tid : 0;
    }
    return rows[id].text;
}

void xe_kernel_lacking(const struct xe_kernel *kernel,
                       void (*fn)(void *ctx, const struct xe_lacking *lacking), void *ctx)
{
    for (uint32_t i = 0; i < XE_LACKINGS; i++) {
        const struct xe__lacking *lacking = &kernel->lacking[i];

        if (lacking->count)
            fn(ctx, &(struct xe_lacking){.category = rows[i].category,
                                         .text = rows[i].text,
                                         .count = lacking->count,
                                         .first_lr = lacking->first_lr,
                                         .first_tid = lacking->first_tid});
    }
}

/* A state of before a row was added has fewer: nothing was wanted of the rest. */
void xe__lacking_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    size_t n;

    if (!xe_codec_section_beside(c, "lacking"))
        return;
    if (xe_codec_loading(c))
        memset(kernel->lacking, 0, sizeof(kernel->lacking));
    n = xe_codec_count(c, "rows", XE_LACKINGS, XE_LACKINGS, ROW_SIZE);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        XE_CODEC(c, kernel->lacking[i].count);
        XE_CODEC(c, kernel->lacking[i].first_lr);
        XE_CODEC(c, kernel->lacking[i].first_tid);
    }
    xe_codec_beside(c, false);
}
