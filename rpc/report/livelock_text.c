/* Who runs and comes nowhere, from the JSON of diagnose.livelock alone. */
#include "rpc/report/explain_who.h"
#include "rpc/report/report_text.h"

static void add_head(struct xe__text *text, const json_t *report)
{
    const char *certainty = xe__rpc_get_string(report, "certainty");
    long long spins = xe__rpc_get_int(report, "spins_total");

    if (spins)
        xe__rpc_text_add(text, "%lld thread%s in a circle", spins, spins == 1 ? " runs" : "s run");
    else
        xe__rpc_text_add(text, "no thread runs in a circle");
    if (*certainty)
        xe__rpc_text_add(text, ", for ever (%s)", certainty);
    xe__rpc_say_cycle(text, "; ", xe__rpc_get_int(report, "cycle"));
    xe__rpc_text_add(text, "\n");
    if (xe__rpc_get_bool(report, "livelocked"))
        xe__rpc_text_add(text, "a run that is to stop on a livelock stops for this\n");
}

static void add_spins(struct xe__text *text, const json_t *report)
{
    const json_t *spins = json_object_get(report, "spins"), *spin;
    size_t i;

    json_array_foreach(spins, i, spin)
    {
        xe__rpc_text_add(text, "\n");
        xe__rpc_say_thread(text, spin);
        xe__rpc_text_add(text, " ");
        xe__rpc_say_spin(text, spin);
        xe__rpc_text_add(text, " (%s)\n", xe__rpc_get_string(spin, "stuck"));
        xe__rpc_say_spin_details(text, spin);
    }
    if (xe__rpc_get_int(report, "spins_total") > (long long)json_array_size(spins))
        xe__rpc_text_add(text, "and %lld more\n",
                         xe__rpc_get_int(report, "spins_total") -
                             (long long)json_array_size(spins));
}

static void add_starved(struct xe__text *text, const json_t *report)
{
    const json_t *thread;
    size_t i;

    json_array_foreach(json_object_get(report, "starved"), i, thread)
    {
        xe__rpc_text_add(text, "\n");
        xe__rpc_say_thread(text, thread);
        xe__rpc_say_cycle(text, " has work and gets no turn, since ",
                          xe__rpc_get_int(thread, "since_cycle"));
        if (xe__rpc_get_int(thread, "by_tid"))
            xe__rpc_text_add(text, "; tid %lld has its hardware thread",
                             xe__rpc_get_int(thread, "by_tid"));
        xe__rpc_text_add(text, "\n");
    }
}

char *xe_report_livelock_text(const json_t *livelock)
{
    struct xe__text text = {0};

    add_head(&text, livelock);
    add_spins(&text, livelock);
    add_starved(&text, livelock);
    return xe__rpc_text_take(&text);
}
