/* tests/rpc/cases/<method>/<case>.json against a real daemon with fake workers: the request, what
 * must be done before, the reply's pattern. Every
 * reply is checked against the row's result by test_daemon_call, and every method must have a case
 * that succeeds. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rpc/rpc.h"
#include "tests/support/daemon.h"
#include "xe/settings.h"

static bool succeeded[XE_RPC_METHODS];

static void prepare(const struct test_daemon *d, const json_t *test)
{
    const char *title = json_string_value(json_object_get(test, "title"));
    json_t *steps = json_object_get(test, "before"), *step;
    size_t i;

    if (title) {
        test_daemon_title(d, "case.fake", title);
        json_decref(test_daemon_result(d, "instance.create",
                                       json_pack("{s:s, s:s}", "image", "case.fake", "name", "t")));
    }
    json_array_foreach(steps, i, step) json_decref(test_daemon_result(
        d, json_string_value(json_array_get(step, 0)), json_incref(json_array_get(step, 1))));
}

static void run_case(const struct test_daemon *d, const struct xe_rpc_method *method,
                     const char *name, const json_t *test)
{
    json_t *pattern = json_object_get(test, "result"), *error = json_object_get(test, "error");
    json_t *reply, *result;

    prepare(d, test);
    reply = test_daemon_call(d, method->name, json_incref(json_object_get(test, "params")));
    result = json_object_get(reply, "result");
    if (result)
        succeeded[xe_rpc_method_id(method)] = true;
    if (pattern)
        cr_expect(test_json_matches(pattern, result), "%s: got %s", name, json_dumps(reply, 0));
    else
        cr_expect(error && test_json_matches(error, json_object_get(reply, "error")), "%s: got %s",
                  name, json_dumps(reply, 0));
    if (json_object_get(test, "title") && strcmp(method->name, "instance.destroy"))
        json_decref(test_daemon_result(d, "instance.destroy", json_pack("{s:s}", "instance", "t")));
    json_decref(reply);
}

/* A case may be about builds with a fault plan, or without. */
static bool is_of_other_builds(const json_t *test)
{
    const json_t *wanted = json_object_get(test, "fault_plan");

    return wanted && json_is_true(wanted) != xe_fault_plan();
}

static void run_file(const struct xe_rpc_method *method, const char *path)
{
    struct test_daemon d;
    json_error_t where;
    json_t *test = json_load_file(path, 0, &where);

    cr_assert(test, "%s:%d: %s", path, where.line, where.text);
    if (is_of_other_builds(test)) {
        json_decref(test);
        return;
    }
    test_daemon_start(&d, NULL, NULL);
    test_daemon_title(&d, "ok.fake", "FAKE");
    test_daemon_title(&d, "text.txt", "no title at all");
    run_case(&d, method, path, test);
    cr_expect_eq(test_daemon_stop(&d), 0, "%s", path);
    json_decref(test);
}

static void run_method(const struct xe_rpc_method *method)
{
    const char *top = getenv("XE_SRCDIR");
    char folder[512], path[1024];
    struct dirent **entries = NULL;
    int count;

    snprintf(folder, sizeof(folder), "%s/tests/rpc/cases/%s", top ? top : ".", method->name);
    count = scandir(folder, &entries, NULL, alphasort);
    cr_expect(count > 2, "%s has no cases", method->name);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        if (strstr(path, ".json"))
            run_file(method, path);
        free(entries[i]);
    }
    free(entries);
}

Test(rpc_cases, every_method_answers_as_written, .timeout = 120)
{
    for (int i = 0; i < XE_RPC_METHODS; i++)
        run_method(xe_rpc_methods[i]);
    for (int i = 0; i < XE_RPC_METHODS; i++)
        cr_expect(succeeded[i], "%s never succeeded", xe_rpc_methods[i]->name);
}
