/* How far a title has come, from the JSON of diagnose.milestones alone: a line each, and one line
 * for the first screen of a run. */
#include <stdint.h>

#include "rpc/report/explain_text.h"
#include "rpc/report/explain_who.h"
#include "rpc/report/report_text.h"

#define TOLD_MAX 12u /* milestones on the first screen's line */

static void add_code(struct xe__text *text, const json_t *milestones)
{
    const json_t *code = json_object_get(milestones, "code");
    char number[32];

    xe__rpc_text_add(text, "%s kernel exports called",
                     xe__rpc_grouped(xe__rpc_get_int(code, "exports"), number));
    xe__rpc_text_add(text, " from %s%s places",
                     xe__rpc_get_bool(code, "call_sites_full") ? "more than " : "",
                     xe__rpc_grouped(xe__rpc_get_int(code, "call_sites"), number));
    if (xe__rpc_get_int(code, "call_sites") > 0)
        xe__rpc_say_cycle(text, ", the newest reached at ", xe__rpc_get_int(code, "newest_cycle"));
}

void xe__rpc_text_add_milestones(struct xe__text *text, const json_t *milestones)
{
    const json_t *list = json_object_get(milestones, "milestones"), *item;
    uint32_t told = 0;
    char cycle[32];
    size_t i;

    if (!json_is_object(milestones))
        return;
    xe__rpc_text_add(text, "\nmilestones:");
    json_array_foreach(list, i, item)
    {
        if (!xe__rpc_get_bool(item, "reached") || told++ >= TOLD_MAX)
            continue;
        xe__rpc_text_add(text, "%s %s %s", told == 1 ? "" : ",", xe__rpc_get_string(item, "name"),
                         xe__rpc_grouped(xe__rpc_get_int(item, "cycle"), cycle));
    }
    if (told > TOLD_MAX)
        xe__rpc_text_add(text, " and %u more", told - TOLD_MAX);
    xe__rpc_text_add(text, "%s; ", told ? "" : " none");
    add_code(text, milestones);
    xe__rpc_text_add(text, "\n");
}

static void add_reached(struct xe__text *text, const json_t *item)
{
    char cycle[32];

    xe__rpc_text_add(text, "%-12s cycle %s", xe__rpc_get_string(item, "name"),
                     xe__rpc_grouped(xe__rpc_get_int(item, "cycle"), cycle));
    if (json_object_get(item, "tid"))
        xe__rpc_text_add(text, " by tid %lld", xe__rpc_get_int(item, "tid"));
    if (*xe__rpc_get_string(item, "place"))
        xe__rpc_text_add(text, " in %s", xe__rpc_get_string(item, "place"));
    if (xe__rpc_get_bool(item, "own"))
        xe__rpc_text_add(text, ": the title's own");
    else
        xe__rpc_text_add(text, ": %s", xe__rpc_get_string(item, "doc"));
    xe__rpc_text_add(text, "\n");
}

static void add_pictures(struct xe__text *text, const json_t *pictures)
{
    if (!pictures)
        return;
    xe__rpc_text_add(text, "%lld pictures shown, %lld distinct", xe__rpc_get_int(pictures, "made"),
                     xe__rpc_get_int(pictures, "distinct"));
    if (xe__rpc_get_int(pictures, "alike") > 1)
        xe__rpc_text_add(text, ", the newest %lld alike", xe__rpc_get_int(pictures, "alike"));
    xe__rpc_text_add(text, "\n");
}

char *xe_report_milestones_text(const json_t *milestones)
{
    const json_t *list = json_object_get(milestones, "milestones"), *item;
    struct xe__text text = {0};
    size_t i;

    xe__rpc_text_add(&text, "%lld milestones reached", xe__rpc_get_int(milestones, "reached"));
    xe__rpc_say_cycle(&text, ", ", xe__rpc_get_int(milestones, "cycle"));
    xe__rpc_text_add(&text, "\n");
    json_array_foreach(list, i, item)
    {
        if (xe__rpc_get_bool(item, "reached"))
            add_reached(&text, item);
    }
    json_array_foreach(list, i, item)
    {
        if (!xe__rpc_get_bool(item, "reached"))
            xe__rpc_text_add(&text, "%-12s not yet: %s\n", xe__rpc_get_string(item, "name"),
                             xe__rpc_get_string(item, "doc"));
    }
    add_code(&text, milestones);
    xe__rpc_text_add(&text, "\n");
    add_pictures(&text, json_object_get(milestones, "pictures"));
    return xe__rpc_text_take(&text);
}
