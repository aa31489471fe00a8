#include "state/state.h"

#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "kernel/core/kernel.h"
#include "mem/frozen.h"
#include "mem/mem.h"
#include "state/inputs.h"

/* What it is and of what, for whoever loads or compares it. */
static void head(struct xe_codec *c, const struct xe_state_parts *parts)
{
    static const char expected[] = "xe360 state " XE_DIGEST_VERSION;
    char format[32];
    uint8_t title[32];

    if (c->mode == XE_CODEC_HASH)
        return;
    xe_codec_section(c, "head");
    snprintf(format, sizeof(format), "%s", expected);
    xe_codec_text(c, "format", format, sizeof(format));
    xe_codec_want(c, strcmp(format, expected) == 0, "'%s', where '%s' is known", format, expected);
    memcpy(title, parts->title, sizeof(title));
    xe_codec_bytes(c, "title", title, sizeof(title));
    xe_codec_want(c, memcmp(title, parts->title, sizeof(title)) == 0, "of another title");
}

/* Memory last: loading the kernel may write to it. */
void xe_state_visit(struct xe_codec *c, const struct xe_state_parts *parts)
{
    head(c, parts);
    if (c->stopped)
        return;
    xe_inputs_state(c, parts->inputs);
    xe_kernel_state(c, parts->kernel);
    if (xe_codec_section_beside(c, "audit")) {
        xe_audit_state(c, parts->audit, xe_kernel_source);
        xe_codec_beside(c, false);
    }
    xe_codec_section(c, parts->frozen ? "memory map" : "memory");
    if (parts->frozen)
        xe_mem_state_frozen(c, parts->mem, parts->memory);
    else
        xe_mem_state(c, parts->mem);
}
