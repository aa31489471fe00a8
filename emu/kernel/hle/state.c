/* The export families as state, and the counts of calls beside it. */
#include <stdio.h>

#include "base/codec.h"
#include "kernel/hle/hle_internal.h"

#define ENTRY_SIZE 8u /* encoded: length of a module's name, ordinal */

/* ---- exports that no list knows ------------------------------------------------------------- */

/* Loading: the title asked for it when it ran; those that it imports are here already. */
static void take_entry(struct xe_codec *c, struct xe_hle_state *hle, uint32_t i, const char *module,
                       uint32_t ordinal)
{
    const struct xe__hle_entry *entry;

    if (c->stopped)
        return;
    entry = xe__hle_entry_of(hle, xe__hle_module(module), module, ordinal);
    xe_codec_want(c, entry == &hle->entry[i], "export %s!#%u", module, ordinal);
}

static void entries_state(struct xe_codec *c, struct xe_hle_state *hle)
{
    size_t n = xe_codec_count(c, "exports", hle->entries - hle->known, XE__HLE_ENTRIES - hle->known,
                              ENTRY_SIZE);

    xe_codec_want(c, n >= hle->entries - hle->known, "%zu exports, the title imports %u", n,
                  hle->entries - hle->known);
    for (uint32_t i = hle->known; i < hle->known + n && !c->stopped; i++) {
        const struct xe__hle_entry *entry = &hle->entry[i];
        char module[sizeof(hle->other[0])] = "";
        uint32_t ordinal = entry->ordinal;

        if (!xe_codec_loading(c))
            snprintf(module, sizeof(module), "%s", entry->module);
        xe_codec_text(c, "module", module, sizeof(module));
        xe_codec_u32(c, "ordinal", &ordinal);
        if (xe_codec_loading(c))
            take_entry(c, hle, i, module, ordinal);
    }
}

static void variables_state(struct xe_codec *c, struct xe_hle_state *hle)
{
    XE_CODEC(c, hle->variable_page);
    xe_codec_up_to(c, "variable_used", &hle->variable_used, XE__HLE_VARIABLE_BYTES);
    hle->variables = (uint32_t)xe_codec_count(c, "variables", hle->variables, XE__HLE_VARIABLES, 8);
    for (uint32_t i = 0; i < hle->variables; i++) {
        XE_CODEC(c, hle->variable[i].ordinal);
        XE_CODEC(c, hle->variable[i].address);
    }
}

/* ---- what was called ------------------------------------------------------------------------ */

static void calls_of(struct xe_codec *c, struct xe__hle_entry *entry)
{
    XE_CODEC(c, entry->calls);
    XE_CODEC(c, entry->first_lr);
    XE_CODEC(c, entry->last_tid);
    XE_CODEC(c, entry->last_lr);
    XE_CODEC(c, entry->last_cycle);
    XE_CODEC(c, entry->last_result);
}

/* Loading: nothing was called before. */
static void clear_calls(struct xe_hle_state *hle)
{
    for (uint32_t i = 0; i < hle->entries; i++) {
        struct xe__hle_entry *entry = &hle->entry[i];

        entry->calls = entry->last_cycle = entry->last_result = 0;
        entry->first_lr = entry->last_tid = entry->last_lr = 0;
    }
}

static void calls_state(struct xe_codec *c, struct xe_hle_state *hle)
{
    uint32_t called = 0, i = 0;
    size_t n;

    for (uint32_t k = 0; k < hle->entries; k++)
        called += hle->entry[k].calls != 0;
    n = xe_codec_count(c, "called", called, XE__HLE_ENTRIES, 40);
    if (xe_codec_loading(c))
        clear_calls(hle);
    for (size_t k = 0; k < n && !c->stopped; k++, i++) {
        while (!xe_codec_loading(c) && !hle->entry[i].calls)
            i++;
        xe_codec_up_to(c, "export", &i, hle->entries - 1);
        calls_of(c, &hle->entry[i]);
    }
}

/* Stubs that the log tells of already. */
static void callers_state(struct xe_codec *c, struct xe_hle_state *hle)
{
    XE_CODEC(c, hle->stub_calls);
    hle->callers = (uint32_t)xe_codec_count(c, "callers", hle->callers, XE__HLE_CALLERS, 8);
    for (uint32_t i = 0; i < hle->callers; i++) {
        XE_CODEC(c, hle->caller[i].entry);
        XE_CODEC(c, hle->caller[i].lr);
    }
}

void xe_hle_state_visit(struct xe_codec *c, struct xe_kernel *kernel)
{
    struct xe_hle_state *hle = xe_kernel_hle(kernel);

    entries_state(c, hle);
    variables_state(c, hle);
    xe__kernel_families_state(c, hle);
    if (!xe_codec_section_beside(c, "calls"))
        return;
    calls_state(c, hle);
    callers_state(c, hle);
    xe_codec_beside(c, false);
}
