/* What a thread spins on, in a few words. */
#include <stdio.h>

#include "rpc/report/spin_json.h"
#include "xe/gpu.h"

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
    case XE_ASKS_OVERLAPPED:
        return "Overlapped";
    case XE_ASKS_TIME:
        return "time";
    default:
        return "object";
    }
}

void xe__rpc_spin_kind(const struct xe_explain *explain, const struct xe_spin_ask *ask,
                       char text[64])
{
    text[0] = '\0';
    if (!ask->keys && ask->what != XE_ASKS_TIME)
        return;
    snprintf(text, 64, "%s", lock_kind(ask->what));
    for (uint32_t i = 0; ask->object[0] && i < explain->objects; i++)
        if (explain->object[i].about.object_id == ask->object[0])
            xe_audit_kind_text(&explain->object[i].about.kind, text, 64);
}

/* Those of the chip are no rows of devices.def. */
const char *xe__rpc_spin_register(const struct xe_spin_word *word)
{
    bool is_float;

    if (word->where != XE_SPIN_DEVICE || word->place.device != XE_DEVICE_GPU)
        return word->place.register_name;
    return xe_gpu_register_name(word->place.offset / 4, &is_float);
}

static void name_word(const struct xe_spin_word *word, char *text, size_t size)
{
    const char *reg = xe__rpc_spin_register(word);

    if (word->where == XE_SPIN_DEVICE && reg)
        snprintf(text, size, "0x%08x (%s, %s)", word->address, word->place.name, reg);
    else if (word->where == XE_SPIN_DEVICE)
        snprintf(text, size, "0x%08x (%s)", word->address, word->place.name);
    else if (word->where == XE_SPIN_CLOCK)
        snprintf(text, size, "0x%08x (the kernel's clock)", word->address);
    else
        snprintf(text, size, "0x%08x", word->address);
}

void xe__rpc_spin_on(const struct xe_explain *explain, const struct xe_spin *spin,
                     char text[XE_RPC_SPIN_ON])
{
    char kind[64];

    if (spin->asks && spin->ask[0].keys) {
        xe__rpc_spin_kind(explain, &spin->ask[0], kind);
        snprintf(text, XE_RPC_SPIN_ON, "%s 0x%08x", kind, spin->ask[0].key[0]);
    } else if (spin->words) {
        name_word(&spin->word[0], text, XE_RPC_SPIN_ON);
    } else {
        snprintf(text, XE_RPC_SPIN_ON, "nothing");
    }
}
