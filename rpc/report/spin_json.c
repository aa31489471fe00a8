/* From what is found out about a thread (xe/spin.h) to the view that its JSON is made of. */
#include "rpc/report/spin_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *lock_kind(enum xe_ask_what what)
{
    switch (what) {
    case XE_ASKS_SECTION:
        return "CriticalSection";
    case XE_ASKS_RW_LOCK:
        return "RwLock";
    case XE_ASKS_SPIN_LOCK:
        return "SpinLock";
    case XE_ASKS_WORD:
        return "List";
    default:
        return "object";
    }
}

static void kind_of(const struct xe_explain *explain, const struct xe_spin_ask *ask, char text[64])
{
    text[0] = '\0';
    if (!ask->keys)
        return;
    snprintf(text, 64, "%s", lock_kind(ask->what));
    for (uint32_t i = 0; ask->object[0] && i < explain->objects; i++)
        if (explain->object[i].about.object_id == ask->object[0])
            xe_audit_kind_text(&explain->object[i].about.kind, text, 64);
}

static void name_word(const struct xe_spin_word *word, char *text, size_t size)
{
    const char *reg = word->place.register_name;

    if (word->where == XE_SPIN_DEVICE && reg)
        snprintf(text, size, "0x%08x (%s, %s)", word->address, word->place.name, reg);
    else if (word->where == XE_SPIN_DEVICE)
        snprintf(text, size, "0x%08x (%s)", word->address, word->place.name);
    else if (word->where == XE_SPIN_CLOCK)
        snprintf(text, size, "0x%08x (the kernel's clock)", word->address);
    else
        snprintf(text, size, "0x%08x", word->address);
}

void xe__spin_on(const struct xe_explain *explain, const struct xe_spin *spin,
                 char text[XE_RPC_SPIN_ON])
{
    char kind[64];

    if (spin->asks && spin->ask[0].keys) {
        kind_of(explain, &spin->ask[0], kind);
        snprintf(text, XE_RPC_SPIN_ON, "%s 0x%08x", kind, spin->ask[0].key[0]);
    } else if (spin->words) {
        name_word(&spin->word[0], text, XE_RPC_SPIN_ON);
    } else {
        snprintf(text, XE_RPC_SPIN_ON, "nothing");
    }
}

/* ---- the view -------------------------------------------------------------------------------- */

static void fill_words(struct xe_rpc_spin_view *view)
{
    for (uint32_t i = 0; i < view->about.words; i++) {
        struct xe_rpc_spin_word_view *word = &view->word[i];

        word->word = view->about.word[i];
        word->has_tid = word->word.where == XE_SPIN_STACK;
        word->has_object = word->word.where == XE_SPIN_OBJECT;
        if (word->word.has_value)
            snprintf(word->value, sizeof(word->value), "0x%0*" PRIx64, 2 * (int)word->word.size,
                     word->word.value);
    }
}

static void name_place(struct xe_instance *instance, uint32_t address, bool call,
                       char text[XE_RPC_SPIN_PLACE])
{
    struct xe_place place;

    text[0] = '\0';
    if (call ? xe_instance_place_of_call(instance, address, &place)
             : xe_instance_place(instance, address, &place))
        xe_place_text(&place, text);
}

/* Who goes on by itself or may be let go on. */
static bool fill_writers(const struct xe_explain *explain, uint32_t self,
                         struct xe_rpc_spin_view *view)
{
    view->writer = calloc(explain->threads + 1u, sizeof(*view->writer));
    for (uint32_t i = 0; view->writer && i < explain->threads; i++)
        if (i != self && explain->thread[i].live && !explain->thread[i].stuck)
            view->writer[view->writers++] = explain->thread[i].now.tid;
    return view->writer != NULL;
}

static bool fill(struct xe_instance *instance, const struct xe_explain *explain, uint32_t at,
                 struct xe_rpc_spin_view *view)
{
    const struct xe_explain_thread *thread = &explain->thread[at];
    const struct xe_spin *spin = thread->spin;

    *view = (struct xe_rpc_spin_view){
        .tid = thread->now.tid,
        .name = thread->now.name,
        .certainty = xe_certainty_name(spin->exact ? XE_CERTAINTY_CERTAIN : XE_CERTAINTY_POSSIBLE),
        .stuck = xe_certainty_name(thread->stuck),
        .about = *spin};
    name_place(instance, spin->first, false, view->place);
    fill_words(view);
    for (uint32_t i = 0; i < spin->asks; i++) {
        view->ask[i].ask = spin->ask[i];
        name_place(instance, spin->ask[i].lr, true, view->ask[i].place);
        kind_of(explain, &spin->ask[i], view->ask[i].kind);
    }
    for (uint32_t i = 0; i < 32; i++)
        if (spin->changes >> i & 1)
            view->change[view->changes++] = i;
    return fill_writers(explain, at, view);
}

bool xe__spins_make(struct xe_instance *instance, const struct xe_explain *explain, uint32_t most,
                    struct xe_rpc_spin_view **ret, uint32_t *ret_count)
{
    bool ok = true;

    *ret_count = 0;
    *ret = calloc(most, sizeof(**ret));
    for (uint32_t i = 0; *ret && ok && i < explain->threads && *ret_count < most; i++)
        if (explain->thread[i].spin)
            ok = fill(instance, explain, i, &(*ret)[(*ret_count)++]);
    return *ret && ok;
}

void xe__spins_free(struct xe_rpc_spin_view *spin, uint32_t count)
{
    for (uint32_t i = 0; spin && i < count; i++)
        free(spin[i].writer);
    free(spin);
}
