/* compare: two runs, as `run -j -o FILE` tells them. Equal are those that came to the same state;
 * where they didn't, it is told in what, and, if both have a trail of digests, from which cycle on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

/* What is compared, in the order in which it is told: what is run first, then what came of it. */
static const char *const members[] = {
    "thread_diagnostic.title.sha256",
    "thread_diagnostic.seed",
    "run.target",
    "run.stop_reason",
    "run.detail",
    "run.exit_code",
    "run.cycle",
    "run.virtual_us",
    "run.digest",
    "thread_diagnostic.verdict.code",
    "thread_diagnostic.verdict.sentence",
    "explain.fingerprint",
    "explain.roots_total",
    "thread_diagnostic.export_calls",
    "thread_diagnostic.stub_calls",
    "thread_diagnostic.draws",
    "thread_diagnostic.swaps",
    "exit_status",
};

/* A member by its path; NULL: it isn't there. */
static const json_t *member_of(const json_t *value, const char *path)
{
    char name[64];
    size_t size;

    for (; value && *path; path += size + (path[size] == '.')) {
        size = strcspn(path, ".");
        snprintf(name, sizeof(name), "%.*s", (int)size, path);
        value = json_object_get(value, name);
    }
    return value;
}

static bool same(const json_t *a, const json_t *b)
{
    return (!a && !b) || json_equal(a, b);
}

/* Owned. */
static json_t *there_or_null(const json_t *value)
{
    return value ? json_incref((json_t *)value) : json_null();
}

static json_t *differences(const json_t *a, const json_t *b)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const json_t *x = member_of(a, members[i]), *y = member_of(b, members[i]);

        if (!same(x, y))
            json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "member", members[i], "a",
                                                  there_or_null(x), "b", there_or_null(y)));
    }
    return list;
}

/* The first digest of the one trail that the other has of the same cycle, and differently; null:
 * none, or no trails. */
static json_t *first_difference(const json_t *a, const json_t *b)
{
    const json_t *ours = json_object_get(a, "digest_trail"), *x;
    const json_t *theirs = json_object_get(b, "digest_trail");
    size_t i, k = 0;

    json_array_foreach(ours, i, x)
    {
        const json_t *y = json_array_get(theirs, k);

        while (y && ctl_int_of(y, "cycle") < ctl_int_of(x, "cycle"))
            y = json_array_get(theirs, ++k);
        if (y && ctl_int_of(y, "cycle") == ctl_int_of(x, "cycle") &&
            !same(json_object_get(x, "digest"), json_object_get(y, "digest")))
            return json_pack("{s:O, s:O, s:O}", "cycle", json_object_get(x, "cycle"), "a",
                             json_object_get(x, "digest"), "b", json_object_get(y, "digest"));
    }
    return json_null();
}

static bool has_states(const json_t *run)
{
    return member_of(run, "run.digest") || member_of(run, "digest_trail");
}

static void show(const json_t *all)
{
    const json_t *first = json_object_get(all, "first_difference"), *d;
    size_t i;

    if (json_is_true(json_object_get(all, "equal")))
        puts(json_is_true(json_object_get(all, "states"))
                 ? "equal, in all that is compared"
                 : "equal, but for their states: not both have a digest (run --stable-digest)");
    json_array_foreach(json_object_get(all, "differences"), i, d)
    {
        char *a = json_dumps(json_object_get(d, "a"), JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
        char *b = json_dumps(json_object_get(d, "b"), JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

        printf("%s: %s and %s\n", ctl_text_of(d, "member"), a ? a : "", b ? b : "");
        free(a);
        free(b);
    }
    if (json_is_object(first))
        printf("states differ at cycle %lld, the first that both have a digest of\n",
               ctl_int_of(first, "cycle"));
}

/* NULL: told. */
static json_t *load(const char *path)
{
    json_t *run = ctl_load(path);

    if (!run || !strcmp(ctl_text_of(run, "schema"), "xe360/run/1"))
        return run;
    ctl_fail("'%s' is no run, as `xe360ctl run TITLE -j -o FILE` writes one", path);
    json_decref(run);
    return NULL;
}

int ctl_cmd_compare(struct ctl *ctl)
{
    json_t *a = load(ctl->o.arg[0]), *b = a ? load(ctl->o.arg[1]) : NULL, *all, *list, *first;
    int code = CTL_HARNESS;
    bool equal;

    if (b) {
        list = differences(a, b);
        first = first_difference(a, b);
        equal = !json_array_size(list) && json_is_null(first);
        all = json_pack("{s:s, s:b, s:b, s:o, s:o}", "schema", "xe360/compare/1", "equal", equal,
                        "states", has_states(a) && has_states(b), "differences", list,
                        "first_difference", first);
        ctl_show_result(ctl, all, show);
        code = equal ? CTL_OK : CTL_CHECK_FAILED;
    }
    json_decref(a);
    json_decref(b);
    return code;
}
