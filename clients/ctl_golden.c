/* Commands about goldens, which need no daemon: record, check. Each starts private workers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl.h"

static bool save(const char *path, const json_t *value)
{
    if (json_dump_file(value, path, JSON_INDENT(2)) == 0)
        return true;
    ctl_fail("'%s' cannot be written", path);
    return false;
}

int ctl_cmd_record(struct ctl *ctl)
{
    json_t *golden, *config = ctl_run_config(&ctl->o);
    int code = CTL_OK;

    ctl->o.raw = true; /* it is written as JSON */
    if (!ctl_private_start(ctl) || !ctl_private_title(ctl, ctl->o.arg[0])) {
        json_decref(config);
        return ctl->exit;
    }
    golden = ctl_call(ctl, "golden.record",
                      json_pack("{s:s, s:I, s:o}", "image", ctl->o.arg[0], "instructions",
                                (json_int_t)(ctl->o.has_count ? ctl->o.count : CTL_DEFAULT_RUN),
                                "config", config));
    if (!golden)
        return ctl->exit;
    if (!ctl->o.output)
        ctl_print_json(golden);
    else if (!save(ctl->o.output, golden))
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

/* A golden names its image as recorded: as it is, or beside the golden. Owned. */
static char *image_of(const char *golden_path, const json_t *golden)
{
    const char *path = json_string_value(json_object_get(json_object_get(golden, "image"), "path"));
    const char *slash = strrchr(golden_path, '/');
    FILE *there = path ? fopen(path, "re") : NULL;
    char *beside = NULL;

    if (there)
        fclose(there);
    if (!path || there || path[0] == '/' || !slash)
        return path ? strdup(path) : NULL;
    if (asprintf(&beside, "%.*s/%s", (int)(slash - golden_path), golden_path, path) < 0)
        return NULL;
    return beside;
}

static json_t *check_one(struct ctl *ctl, const char *path, json_t *golden)
{
    char *image = image_of(path, golden);
    json_t *verdict = NULL;

    if (!image) {
        ctl_fail("'%s': image.path: expected a string", path);
        ctl->exit = CTL_RPC;
    } else if (ctl_private_start(ctl) && ctl_private_title(ctl, image)) {
        verdict = ctl_call(ctl, "golden.check",
                           json_pack("{s:O, s:s}", "golden", golden, "image", image));
    }
    ctl_private_stop(ctl);
    free(image);
    return verdict;
}

static int check_file(struct ctl *ctl, const char *path)
{
    json_t *golden = ctl_load(path);
    json_t *verdict = golden ? check_one(ctl, path, golden) : NULL;
    bool pass = json_is_true(json_object_get(verdict, "pass"));
    int code = golden ? ctl->exit : CTL_HARNESS;

    if (verdict) {
        code = pass ? CTL_OK : CTL_CHECK_FAILED;
        if (ctl->o.json)
            ctl_print_json(verdict);
        else
            printf("%s %s\n", pass ? "ok" : "FAILED", path);
        if (!ctl->o.json)
            print_diffs(verdict);
    }
    json_decref(verdict);
    json_decref(golden);
    return code;
}

int ctl_cmd_check(struct ctl *ctl)
{
    int worst = CTL_OK;

    for (int i = 0; i < ctl->o.args; i++) {
        int code = check_file(ctl, ctl->o.arg[i]);

        worst = code > worst ? code : worst;
    }
    return worst;
}
