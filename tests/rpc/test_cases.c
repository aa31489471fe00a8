/* tests/rpc/cases/<method>/<case>.json against a real daemon with real workers: the title (a
 * fixture of tests/guest, instance "t"), what must be done before (method, parameters, how often),
 * the request, the reply's pattern. Every reply is checked against the row's result by
 * test_daemon_call, and every method must have a case that succeeds. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rpc/api/rpc.h"
#include "tests/support/daemon.h"
#include "xe/settings.h"

static bool succeeded[XE_RPC_METHODS];

/* A case may be about an artifact: its text is put first, as PUT /v1/artifacts/SHA256 does. */
static void put_artifact(const struct test_daemon *d, const json_t *test)
{
    const char *text = json_string_value(json_object_get(test, "artifact"));
    const char *name =
        json_string_value(json_object_get(json_object_get(test, "params"), "sha256"));
    char request[512], *answer;
    int size;

    if (!text)
        return;
    size = snprintf(request, sizeof(request),
                    "PUT /v1/artifacts/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    "Content-Length: %zu\r\n\r\n%s",
                    name, strlen(text), text);
    answer = test_daemon_raw(d, false, request, (size_t)size);
    cr_expect(strstr(answer, " 201 "), "%s", answer);
    free(answer);
}

/* A fixture by its name, as `file` in the daemon's root. */
static void put_title(const struct test_daemon *d, const char *name, const char *file)
{
    char from[128];

    snprintf(from, sizeof(from), "tests/guest/titles/%.64s.xex", name);
    test_daemon_copy_as(d, from, file);
}

/* Returns the result of the last step, NULL if there is none. */
static json_t *prepare(const struct test_daemon *d, const json_t *test)
{
    const char *title = json_string_value(json_object_get(test, "title"));
    json_t *steps = json_object_get(test, "before"), *step, *last = NULL;
    size_t i;

    put_artifact(d, test);
    if (title) {
        put_title(d, title, "case.xex");
        json_decref(test_daemon_result(d, "instance.create",
                                       json_pack("{s:s, s:s}", "image", "case.xex", "name", "t")));
    }
    json_array_foreach(steps, i, step)
    {
        json_int_t times = json_integer_value(json_array_get(step, 2));

        do {
            json_decref(last);
            last = test_daemon_result(d, json_string_value(json_array_get(step, 0)),
                                      json_incref(json_array_get(step, 1)));
        } while (--times > 0);
    }
    return last;
}

/* A parameter "@name" is that member of what the last step gave. */
static json_t *params_of(const json_t *test, const json_t *last)
{
    json_t *params = json_deep_copy(json_object_get(test, "params")), *value;
    const char *key;

    json_object_foreach(params, key, value)
    {
        const char *text = json_string_value(value);

        if (text && text[0] == '@')
            json_object_set(params, key, json_object_get(last, text + 1));
    }
    return params;
}

static void run_case(const struct test_daemon *d, const struct xe_rpc_method *method,
                     const char *name, const json_t *test)
{
    json_t *pattern = json_object_get(test, "result"), *error = json_object_get(test, "error");
    json_t *reply, *result, *last = prepare(d, test);

    reply = test_daemon_call(d, method->name, params_of(test, last));
    json_decref(last);
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

#ifdef XE_XMA
#define DECODES true
#else
#define DECODES false
#endif

/* A case may be about builds with a fault plan, or without; about those that decode XMA, or don't.
 */
static bool is_of_other_builds(const json_t *test)
{
    const json_t *faults = json_object_get(test, "fault_plan");
    const json_t *xma = json_object_get(test, "xma");

    return (faults && json_is_true(faults) != xe_fault_plan()) ||
           (xma && json_is_true(xma) != DECODES);
}

static void run_file(const struct xe_rpc_method *method, const char *path)
{
    struct test_daemon d;
    json_error_t where;
    char *worker;
    json_t *test = json_load_file(path, 0, &where);

    cr_assert(test, "%s:%d: %s", path, where.line, where.text);
    if (is_of_other_builds(test)) {
        json_decref(test);
        return;
    }
    worker = test_build_path("xe360-worker");
    test_daemon_start_keeping(&d, worker);
    free(worker);
    put_title(&d, "spin", "ok.xex");
    test_daemon_copy_as(&d, "tests/guest/titles/spin.elf", "spin.elf");
    test_daemon_copy_as(&d, "tests/vfs/made/ok.iso", "ok.iso");
    test_daemon_copy_as(&d, "tests/vfs/made/ok.package", "ok.package");
    test_daemon_copy_as(&d, "tests/vfs/made/ok.svod", "ok.svod");
    test_daemon_copy_as(&d, "tests/vfs/made/ok.svod.data", "ok.svod.data");
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

Test(rpc_cases, every_method_answers_as_written, .timeout = 600)
{
    for (int i = 0; i < XE_RPC_METHODS; i++)
        run_method(xe_rpc_methods[i]);
    for (int i = 0; i < XE_RPC_METHODS; i++)
        cr_expect(succeeded[i], "%s never succeeded", xe_rpc_methods[i]->name);
}
