/* Sentences about threads that spin or poll, for the first screen. */
#include <string.h>

#include "rpc/report/explain_text.h"
#include "rpc/report/explain_who.h"

#define TOLD 3u /* words of one spin that are named */

const json_t *xe__rpc_spin_of(const json_t *explain, const json_t *thread)
{
    const json_t *spin;
    size_t i;

    json_array_foreach(json_object_get(explain, "spins"), i, spin)
    {
        if (json_equal(json_object_get(spin, "tid"), json_object_get(thread, "tid")))
            return spin;
    }
    return NULL;
}

/* "0x7fc80714 (GPU registers, CP_RB_WPTR)" */
static void add_word(struct xe__text *text, const json_t *word)
{
    const char *device = xe__rpc_get_string(word, "device"),
               *where = xe__rpc_get_string(word, "where");
    const char *reg = xe__rpc_get_string(word, "register");

    xe__rpc_text_add(text, "%s", xe__rpc_get_string(word, "address"));
    if (*device)
        xe__rpc_text_add(text, " (%s%s%s)", device, *reg ? ", " : "", reg);
    else if (!strcmp(where, "clock"))
        xe__rpc_text_add(text, " (the kernel's clock)");
    else if (!strcmp(where, "stack"))
        xe__rpc_text_add(text, " (on the stack of tid %lld)", xe__rpc_get_int(word, "tid"));
}

static void add_words(struct xe__text *text, const json_t *spin)
{
    const json_t *words = json_object_get(spin, "words"), *word;
    size_t i;

    xe__rpc_text_add(text, "reads ");
    json_array_foreach(words, i, word)
    {
        if (i == TOLD)
            break;
        xe__rpc_text_add(text, i ? " and " : "");
        add_word(text, word);
    }
    if (json_array_size(words) > TOLD)
        xe__rpc_text_add(text, " and %zu more", json_array_size(words) - TOLD);
}

static void add_ask(struct xe__text *text, const json_t *ask)
{
    const json_t *keys = json_object_get(ask, "keys");
    char times[32];

    if (json_array_size(keys))
        xe__rpc_text_add(text, "asks for %s %s", xe__rpc_get_string(ask, "kind"),
                         json_string_value(json_array_get(keys, 0)));
    else
        xe__rpc_text_add(text, "asks for %s",
                         *xe__rpc_get_string(ask, "kind") ? "the time" : "nothing");
    if (json_array_size(keys) > 1)
        xe__rpc_text_add(text, " and %zu more", json_array_size(keys) - 1);
    xe__rpc_text_add(text, " again and again (%s, %s times)", xe__rpc_get_string(ask, "export"),
                     xe__rpc_grouped(xe__rpc_get_int(ask, "times"), times));
    xe__rpc_say_place(text, ask);
}

void xe__rpc_say_spin(struct xe__text *text, const json_t *spin)
{
    const json_t *asks = json_object_get(spin, "asks"), *ask = json_array_get(asks, 0);
    bool words = json_array_size(json_object_get(spin, "words")) > 0;

    if (words)
        add_words(text, spin);
    if (words && ask)
        xe__rpc_text_add(text, " and ");
    if (ask) {
        add_ask(text, ask);
    } else {
        xe__rpc_text_add(text, words ? " again and again" : "runs in a circle and reads nothing,");
        xe__rpc_say_place(text, spin);
    }
    xe__rpc_say_cycle(text, ask ? ", since " : ", no call since ",
                      xe__rpc_get_int(spin, "since_cycle"));
}

/* ---- what is known besides ------------------------------------------------------------------- */

static void add_values(struct xe__text *text, const json_t *spin)
{
    const json_t *words = json_object_get(spin, "words"), *word;
    size_t i;

    json_array_foreach(words, i, word)
    {
        if (i == TOLD || !*xe__rpc_get_string(word, "value"))
            break;
        xe__rpc_text_add(text, "%s%s is %s", i ? ", " : "   ", xe__rpc_get_string(word, "address"),
                         xe__rpc_get_string(word, "value"));
    }
    if (i)
        xe__rpc_text_add(text, "\n");
}

void xe__rpc_say_writers(struct xe__text *text, const json_t *writers, const char *act)
{
    const json_t *tid;
    size_t i;

    if (!json_array_size(writers)) {
        xe__rpc_text_add(text, "   no thread that could %s it can still run\n", act);
        return;
    }
    xe__rpc_text_add(text, "   who still runs, and could %s it:", act);
    json_array_foreach(writers, i, tid)
    {
        if (i == LIST_MAX)
            break;
        xe__rpc_text_add(text, "%s %lld", i ? "," : " tid", (long long)json_integer_value(tid));
    }
    if (json_array_size(writers) > LIST_MAX)
        xe__rpc_text_add(text, " and %zu more", json_array_size(writers) - LIST_MAX);
    xe__rpc_text_add(text, "\n");
}

static void add_writers(struct xe__text *text, const json_t *spin)
{
    if (json_array_size(json_object_get(spin, "words")))
        xe__rpc_say_writers(text, json_object_get(spin, "writers"), "write");
}

/* "   0x82030010 was written last by tid 3 at 0x82010040 in worker, cycle 97 (3 times in all)" */
static void add_last_writer(struct xe__text *text, const json_t *word)
{
    const json_t *writers = json_object_get(word, "writers");
    long long since = xe__rpc_get_int(writers, "since_cycle");
    char times[32];

    if (!writers)
        return;
    xe__rpc_text_add(text, "   %s was ", xe__rpc_get_string(word, "address"));
    if (xe__rpc_get_int(writers, "times")) {
        xe__rpc_text_add(text, "written last by ");
        xe__rpc_text_add_thread(text, xe__rpc_get_int(writers, "last_tid"));
        xe__rpc_text_add(text, " at %s", xe__rpc_get_string(writers, "last_pc"));
        if (*xe__rpc_get_string(word, "last_place"))
            xe__rpc_text_add(text, " in %s", xe__rpc_get_string(word, "last_place"));
        xe__rpc_say_cycle(text, ", ", xe__rpc_get_int(writers, "last_cycle"));
        if (xe__rpc_get_int(writers, "times") == 1)
            xe__rpc_text_add(text, " (once)");
        else
            xe__rpc_text_add(text, " (%s times in all)",
                             xe__rpc_grouped(xe__rpc_get_int(writers, "times"), times));
    } else {
        xe__rpc_text_add(text, "not written by any instruction");
    }
    if (since)
        xe__rpc_say_cycle(text, ", watched since ", since);
    xe__rpc_text_add(text, "\n");
}

/* "   code that stores to 0x82030010: 0x82010040 in worker at a.c:12 (tid 3)" */
static void add_stores(struct xe__text *text, const json_t *word)
{
    const json_t *stores = json_object_get(word, "stores"), *store;
    size_t i;

    json_array_foreach(stores, i, store)
    {
        xe__rpc_text_add(
            text, i ? ", " : "   code that stores to %s: ", xe__rpc_get_string(word, "address"));
        xe__rpc_text_add(text, "%s", xe__rpc_get_string(store, "pc"));
        xe__rpc_say_place(text, store);
        if (xe__rpc_get_int(store, "tid"))
            xe__rpc_text_add(text, " (tid %lld)", xe__rpc_get_int(store, "tid"));
    }
    if (i)
        xe__rpc_text_add(text, "%s\n", xe__rpc_get_bool(word, "more_stores") ? " and more" : "");
}

static void add_history(struct xe__text *text, const json_t *spin)
{
    const json_t *word;
    size_t i;

    json_array_foreach(json_object_get(spin, "words"), i, word)
    {
        if (i == TOLD)
            break;
        add_last_writer(text, word);
        add_stores(text, word);
    }
}

static void add_loop(struct xe__text *text, const json_t *spin)
{
    const json_t *changes = json_object_get(spin, "changes"), *reg;
    char number[32];
    size_t i;

    xe__rpc_text_add(text, "   the loop: %s to %s", xe__rpc_get_string(spin, "first"),
                     xe__rpc_get_string(spin, "last"));
    if (json_is_integer(json_object_get(spin, "period")))
        xe__rpc_text_add(text, ", %s instructions a round",
                         xe__rpc_grouped(xe__rpc_get_int(spin, "period"), number));
    json_array_foreach(changes, i, reg) xe__rpc_text_add(text, "%s r%lld", i ? "," : "; changes",
                                                         (long long)json_integer_value(reg));
    if (xe__rpc_get_bool(spin, "clock"))
        xe__rpc_text_add(text, "; it looks at the time");
    if (strcmp(xe__rpc_get_string(spin, "certainty"), "certain") != 0)
        xe__rpc_text_add(text, ", so it may end by itself");
    xe__rpc_text_add(text, "\n");
}

void xe__rpc_say_spin_details(struct xe__text *text, const json_t *spin)
{
    add_values(text, spin);
    xe__rpc_say_fences(text, spin);
    add_writers(text, spin);
    add_history(text, spin);
    add_loop(text, spin);
}
