/* Commands about goldens, which need no daemon: record, check. Each starts private workers. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

bool ctl_output_open(struct ctl_output *out, const char *path)
{
    int fd = -1;

    *out = (struct ctl_output){.path = path};
    if (!path)
        return true;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    out->made = fd >= 0;
    if (fd < 0 && errno == EEXIST)
        fd = open(path, O_WRONLY | O_CLOEXEC);
    out->file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (out->made)
        ctl_signal_unlink(path);
    if (!out->file)
        ctl_fail("'%s' cannot be written: %s", path, strerror(errno));
    return out->file != NULL;
}

bool ctl_output_close(struct ctl_output *out, const json_t *value)
{
    bool ok = true;

    if (!out->path) {
        if (value)
            ctl_print_json(value);
        return true;
    }
    if (value && ftruncate(fileno(out->file), 0) < 0 && errno != EINVAL)
        ok = false;
    if (value)
        ok = ok && json_dumpf(value, out->file, JSON_INDENT(2)) == 0 &&
             fputc('\n', out->file) != EOF;
    else if (out->made)
        unlink(out->path);
    ok &= fclose(out->file) == 0;
    ctl_signal_keep(out->path);
    if (!ok)
        ctl_fail("'%s' cannot be written: %s", out->path, strerror(errno));
    return ok;
}

/* How it ended is told, so that nobody keeps a golden of a crash unawares. */
static void say_end(const json_t *golden)
{
    const json_t *result = json_object_get(golden, "result");
    const char *detail = json_string_value(json_object_get(result, "detail"));

    ctl_say("recorded: stop=%s cycle=%lld%s%s",
            json_string_value(json_object_get(result, "stop_reason")),
            json_integer_value(json_object_get(result, "cycle")),
            detail && *detail ? " detail=" : "", detail ? detail : "");
}

static json_t *record(struct ctl *ctl)
{
    json_t *config = ctl_run_config(&ctl->o);

    if (ctl->o.picture && !json_object_get(config, "renderer"))
        json_object_set_new(config, "renderer", json_string("reference"));
    ctl->o.raw = true; /* it is written as JSON */
    if (!ctl->o.has_count)
        ctl->o.count = CTL_DEFAULT_RUN;
    if (ctl_private_start(ctl) && ctl_private_images(ctl, ctl->o.arg[0]))
        return ctl_call(
            ctl, "golden.record",
            ctl_with_modules(ctl, json_pack("{s:s, s:I, s:o, s:b}", "image", ctl->o.arg[0],
                                            "instructions", (json_int_t)ctl->o.count, "config",
                                            config, "picture", ctl->o.picture)));
    json_decref(config);
    return NULL;
}

int ctl_cmd_record(struct ctl *ctl)
{
    struct ctl_output out;
    json_t *golden;
    int code = CTL_OK;

    if (!ctl_output_open(&out, ctl->o.output))
        return CTL_HARNESS;
    golden = record(ctl);
    if (golden)
        say_end(golden);
    else
        code = ctl->exit;
    if (!ctl_output_close(&out, golden))
        code = CTL_HARNESS;
    json_decref(golden);
    return code;
}

static void print_diffs(const json_t *verdict)
{
    json_t *diffs = json_object_get(verdict, "diffs"), *diff;
    size_t i;

    json_array_foreach(diffs, i, diff)
    {
        char *expected = json_dumps(json_object_get(diff, "expected"), JSON_ENCODE_ANY);
        char *found = json_dumps(json_object_get(diff, "found"), JSON_ENCODE_ANY);

        printf("  %s: expected %s, found %s\n", json_string_value(json_object_get(diff, "member")),
               expected, found);
        free(expected);
        free(found);
    }
}

/* A golden names its image as recorded: as it is, or beside the golden; --image goes before that.
 * Owned. */
static char *image_of(const struct ctl *ctl, const char *golden_path, const json_t *golden)
{
    const char *path = json_string_value(json_object_get(json_object_get(golden, "image"), "path"));
    const char *slash = strrchr(golden_path, '/');
    FILE *there = path ? fopen(path, "re") : NULL;
    char *beside = NULL;

    if (there)
        fclose(there);
    if (ctl->o.image)
        return strdup(ctl->o.image);
    if (!path || there || path[0] == '/' || !slash)
        return path ? strdup(path) : NULL;
    if (asprintf(&beside, "%.*s/%s", (int)(slash - golden_path), golden_path, path) < 0)
        return NULL;
    return beside;
}

static json_t *check_one(struct ctl *ctl, const char *path, json_t *golden)
{
    char *image = image_of(ctl, path, golden);
    json_t *verdict = NULL;

    if (!image) {
        ctl_fail("'%s' is no golden: image.path: expected a string", path);
        ctl->exit = CTL_HARNESS;
    } else if (ctl_private_start(ctl) && ctl_private_images(ctl, image)) {
        verdict =
            ctl_call(ctl, "golden.check",
                     ctl_with_modules(ctl, json_pack("{s:O, s:s, s:s*}", "golden", golden, "image",
                                                     image, "engine", ctl_engine(&ctl->o))));
    }
    ctl_private_stop(ctl);
    free(image);
    return verdict;
}

/* {golden, exit_status} and either pass, diffs and engine, or error. */
static json_t *outcome(const char *path, const json_t *verdict, int code)
{
    json_t *one = json_pack("{s:s, s:i}", "golden", path, "exit_status", code), *error;

    if (verdict) {
        json_object_set_new(one, "pass", json_boolean(code == CTL_OK));
        json_object_set(one, "diffs", json_object_get(verdict, "diffs"));
        json_object_set(one, "engine",
                        json_object_get(json_object_get(verdict, "found"), "engine"));
    } else {
        error = ctl_take_error();
        json_object_set_new(one, "error", error ? error : json_null());
    }
    return one;
}

static void show_outcome(const char *path, const json_t *verdict, bool pass)
{
    fputs(!verdict ? "ERROR " : pass ? "ok " : "FAILED ", stdout);
    ctl_put_text(stdout, path);
    putchar('\n');
    if (verdict && !pass)
        print_diffs(verdict);
}

static json_t *check_file(struct ctl *ctl, const char *path, int *ret_code)
{
    json_t *golden = ctl_load(path);
    json_t *verdict = golden ? check_one(ctl, path, golden) : NULL, *one;
    bool pass = json_is_true(json_object_get(verdict, "pass")) &&
                !ctl_checked_nothing(json_object_get(verdict, "found"));

    *ret_code = verdict ? (pass ? CTL_OK : CTL_CHECK_FAILED) : golden ? ctl->exit : CTL_HARNESS;
    one = outcome(path, verdict, *ret_code);
    if (!ctl->o.form)
        show_outcome(path, verdict, pass);
    json_decref(verdict);
    json_decref(golden);
    return one;
}

int ctl_cmd_check(struct ctl *ctl)
{
    json_t *all = json_array(), *report;
    int worst = CTL_OK;

    if (ctl->o.image && ctl->o.args > 1) {
        ctl_fail("check: --image is of one golden, %d are given", ctl->o.args);
        json_decref(all);
        return CTL_USAGE;
    }
    for (int i = 0; i < ctl->o.args && !ctl_caught_signal(); i++) {
        int code;

        ctl_progress_begin();
        json_array_append_new(all, check_file(ctl, ctl->o.arg[i], &code));
        worst = code > worst ? code : worst;
    }
    report = json_pack("{s:s, s:b, s:o}", "schema", "xe360/check/1", "pass", worst == CTL_OK,
                       "goldens", all);
    if (ctl->o.form)
        ctl_print(ctl, report);
    json_decref(report);
    return worst;
}
