/* Reports that are too long for one reply come in pages: here they are one again. */
#include "clients/ctl.h"

/* The verdicts of another page's summary are counted with those of the first. */
static void add_summary(json_t *to, const json_t *from)
{
    json_t *codes = json_object_get(to, "codes"), *count;
    const char *code;

    json_object_foreach(json_object_get(from, "codes"), code, count) json_object_set_new(
        codes, code,
        json_integer(json_integer_value(json_object_get(codes, code)) + json_integer_value(count)));
    json_object_set_new(to, "handles",
                        json_integer(json_integer_value(json_object_get(to, "handles")) +
                                     json_integer_value(json_object_get(from, "handles"))));
}

static void add_handles(json_t *all, const json_t *page)
{
    json_array_extend(json_object_get(all, "handles"), json_object_get(page, "handles"));
    add_summary(json_object_get(all, "summary"), json_object_get(page, "summary"));
}

/* All pages of a report; takes params. */
static json_t *all_pages(struct ctl *ctl, const char *method, json_t *params,
                         void (*add)(json_t *all, const json_t *page))
{
    json_t *all = ctl_call(ctl, method, json_incref(params)), *page, *cursor;

    while (all && json_is_integer(cursor = json_object_get(all, "next_cursor"))) {
        json_object_set(params, "cursor", cursor);
        page = ctl_call(ctl, method, json_incref(params));
        if (!page) {
            json_decref(all);
            all = NULL;
            break;
        }
        add(all, page);
        json_object_set(all, "next_cursor", json_object_get(page, "next_cursor"));
        json_decref(page);
    }
    json_decref(params);
    return all;
}

json_t *ctl_audit_report(struct ctl *ctl, json_t *params)
{
    return all_pages(ctl, "audit.report", params, add_handles);
}
