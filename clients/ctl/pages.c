/* Lists and reports that are too long for one reply come in pages: here they are one again. */
#include "clients/ctl/ctl.h"

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

static json_int_t tid_at(const json_t *threads, size_t i)
{
    return json_integer_value(json_object_get(json_array_get(threads, i), "tid"));
}

/* Both have their threads in order of the ids, and so has the result. One that ended between two
 * pages can be on both: the later tells. */
static void add_threads(json_t *all, const json_t *page)
{
    const json_t *a = json_object_get(all, "threads"), *b = json_object_get(page, "threads");
    json_t *merged = json_array();
    size_t i = 0, j = 0, left = json_array_size(a), right = json_array_size(b);

    while (i < left || j < right) {
        bool first = j == right || (i < left && tid_at(a, i) < tid_at(b, j));

        if (!first && i < left && tid_at(a, i) == tid_at(b, j))
            i++;
        json_array_append(merged, first ? json_array_get(a, i++) : json_array_get(b, j++));
    }
    json_object_set_new(all, "threads", merged);
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

json_t *ctl_thread_diagnostic(struct ctl *ctl, json_t *params)
{
    json_t *all = all_pages(ctl, "thread.diagnostic", params, add_threads);

    if (all)
        json_object_set_new(all, "threads_omitted", json_integer(0));
    return all;
}

/* ---- lists ---------------------------------------------------------------------------------- */

void ctl_take_page(const struct ctl *ctl, json_t **all, json_t *page,
                   void (*show)(const json_t *item))
{
    json_t *items = json_object_get(page, "items"), *item;
    size_t i;

    if (page && ctl->o.form == CTL_JSONL) /* lines need no end to be waited for */
        ctl_print(ctl, page);
    else if (page && ctl->o.form && !*all)
        *all = json_incref(page);
    else if (page && ctl->o.form)
        json_array_extend(json_object_get(*all, "items"), items);
    else
        json_array_foreach(items, i, item) show(item);
    json_decref(page);
}

int ctl_end_pages(const struct ctl *ctl, json_t *all, bool complete)
{
    if (all && json_object_get(all, "next_cursor"))
        json_object_set_new(all, "next_cursor", json_null());
    if (all && json_object_get(all, "more"))
        json_object_set_new(all, "more", json_false());
    if (all && complete)
        ctl_print(ctl, all);
    json_decref(all);
    return complete ? CTL_OK : ctl->exit;
}
