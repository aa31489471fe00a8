/* Sound through a daemon with real workers: behind a snapshot and in a fork a title that plays XMA
 * sounds as if nothing had been; and what becomes of one whose decoder crashes, or isn't there. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/daemon.h"

#define PART 1300000 /* cycles, of 2.7 million */
#define REST 10000000

static struct test_daemon d;
static char folder[256], *worker;

/* A worker in a folder of its own, where it finds this program as its decoder; NULL: none. */
static void begin(const char *decoder)
{
    static const char *const names[] = {"xe360-worker", "xe360-xma"};
    const char *from[] = {"xe360-worker", decoder};
    char *in = test_build_path("tests/e2e/sound-XXXXXX"), path[512];

    cr_assert_not_null(mkdtemp(in));
    snprintf(folder, sizeof(folder), "%s", in);
    for (int i = 0; i < 2 && from[i]; i++) {
        char *target = test_build_path(from[i]);

        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        cr_assert_eq(link(target, path), 0, "%s", path);
        free(target);
    }
    free(in);
    snprintf(path, sizeof(path), "%s/xe360-worker", folder);
    worker = strdup(path);
    test_daemon_start_keeping(&d, worker);
    test_daemon_copy(&d, "tests/guest/titles/xma.xex");
}

static void end(void)
{
    char path[512];

    cr_expect_eq(test_daemon_stop(&d), 0);
    unlink(worker);
    snprintf(path, sizeof(path), "%s/xe360-xma", folder);
    unlink(path);
    rmdir(folder);
    free(worker);
}

static json_t *of(const char *instance)
{
    return json_pack("{s:s}", "instance", instance);
}

static void drop(json_t *result)
{
    json_decref(result);
}

static void create(const char *name)
{
    drop(test_daemon_result(&d, "instance.create",
                            json_pack("{s:s, s:s}", "image", "xma.xex", "name", name)));
}

static void run(const char *name, int n)
{
    drop(test_daemon_result(
        &d, "run.start",
        json_pack("{s:s, s:i, s:i}", "instance", name, "instructions", n, "wait_ms", 20000)));
}

static json_t *xma_of(const char *name)
{
    json_t *status = test_daemon_result(&d, "audio.status", of(name));
    json_t *xma = json_incref(json_object_get(status, "xma"));

    json_decref(status);
    return xma;
}

static const char *text(const json_t *object, const char *member)
{
    const char *value = json_string_value(json_object_get(object, member));

    return value ? value : "";
}

static const char *taint_of(const char *name)
{
    static char reason[64];
    json_t *instance = test_daemon_result(&d, "instance.get", of(name));

    snprintf(reason, sizeof(reason), "%s", text(json_object_get(instance, "taint"), "reason"));
    json_decref(instance);
    return reason;
}

#ifdef XE_XMA
/* What was heard, second by second, and the state. */
static json_t *heard(const char *name)
{
    json_t *hash = test_daemon_result(&d, "audio.hash", of(name));
    json_t *digest = test_daemon_result(&d, "digest.get", of(name));
    json_t *both = json_pack("{s:O, s:O}", "hash", json_object_get(hash, "items"), "digest",
                             json_object_get(digest, "digest"));

    json_decref(hash);
    json_decref(digest);
    return both;
}

Test(sound_worker, goes_on_behind_a_snapshot_and_in_a_fork, .timeout = 60)
{
    static const char *const others[] = {"loaded", "fork"};
    json_t *one, *xma;

    begin("xe360-xma");
    create("one");
    create("loaded");
    run("one", PART);
    drop(test_daemon_result(&d, "snapshot.save",
                            json_pack("{s:s, s:s}", "instance", "one", "name", "kept")));
    drop(test_daemon_result(&d, "instance.fork",
                            json_pack("{s:s, s:s}", "instance", "one", "name", "fork")));
    run("one", REST);
    one = heard("one");
    drop(test_daemon_result(&d, "snapshot.load",
                            json_pack("{s:s, s:s}", "instance", "loaded", "name", "kept")));
    for (int i = 0; i < 2; i++) {
        json_t *other;

        run(others[i], REST);
        other = heard(others[i]);
        cr_expect(json_equal(one, other), "%s", others[i]);
        cr_expect_str_eq(taint_of(others[i]), "", "%s", others[i]);
        json_decref(other);
    }
    xma = xma_of("one");
    cr_expect_str_eq(text(xma, "decoder"), "runs");
    cr_expect_str_eq(text(xma, "by"), text(xma, "version"));
    cr_expect_gt(json_integer_value(json_object_get(xma, "frames")), 180);
    cr_expect_eq(json_integer_value(json_object_get(xma, "broken")), 0);
    json_decref(xma);
    json_decref(one);
    end();
}
#endif

/* The title plays to its end. */
Test(sound_worker, a_decoder_that_crashes_is_told, .timeout = 60)
{
    json_t *xma;

    begin("tests/xma/fake-xma");
    create("one");
    run("one", REST);
    cr_expect_str_eq(taint_of("one"), "decoder_failed");
    xma = xma_of("one");
    cr_expect_str_eq(text(xma, "decoder"), "failed");
    cr_expect_str_eq(text(xma, "by"), "fake 1");
    cr_expect(strstr(text(xma, "why"), "has ended"), "%s", text(xma, "why"));
    cr_expect_eq(json_integer_value(json_object_get(xma, "failed")) + 3,
                 json_integer_value(json_object_get(xma, "frames")));
    json_decref(xma);
    cr_expect_str_eq(
        test_daemon_error(&d, "golden.record",
                          json_pack("{s:s, s:i}", "image", "xma.xex", "instructions", REST)),
        "state_tainted");
    end();
}

Test(sound_worker, one_that_is_not_there_is_told, .timeout = 60)
{
    json_t *xma, *golden;

    begin(NULL);
    create("one");
    run("one", REST);
    cr_expect_str_eq(taint_of("one"), "");
    xma = xma_of("one");
    cr_expect_str_eq(text(xma, "decoder"), "absent");
    cr_expect(strstr(text(xma, "why"), "not installed"), "%s", text(xma, "why"));
    cr_expect(json_equal(json_object_get(xma, "absent"), json_object_get(xma, "frames")));
    json_decref(xma);
    golden = test_daemon_result(&d, "golden.record",
                                json_pack("{s:s, s:i}", "image", "xma.xex", "instructions", REST));
    cr_expect_str_eq(text(json_object_get(golden, "result"), "decoder"), "none");
    json_decref(golden);
    end();
}
