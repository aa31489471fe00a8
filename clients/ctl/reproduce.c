/* xe360ctl reproduce: run what a bundle tells again, with the reader's own image, and say whether
 * it came out the same and, if not, where it first differs. The bundle may be anybody's: it is
 * checked as it is read, and the worker checks the input log that it has. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/report/bundle_file.h"

#define WAIT_MS 1000

/* ---- the file -------------------------------------------------------------------------------- */

/* One byte more than a bundle may have tells that it is too long. */
static json_t *load(struct ctl *ctl, const char *path)
{
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *bytes = malloc(XE_BUNDLE_FILE_MAX + 1);
    FILE *file = fopen(path, "re");
    json_t *bundle = NULL;
    size_t size;

    ctl->exit = CTL_HARNESS;
    if (file && bytes) {
        size = fread(bytes, 1, XE_BUNDLE_FILE_MAX + 1, file);
        if (ferror(file))
            ctl_fail("'%s': %s", path, strerror(errno));
        else if (!(bundle = xe_bundle_unpack(bytes, size, &err)))
            ctl_fail("'%s': %s", path, err.text);
    } else {
        ctl_fail("'%s': %s", path, strerror(errno));
    }
    if (file)
        fclose(file);
    free(bytes);
    return bundle;
}

/* Is the reader's image that of the bundle? A worker that does nothing else looks. */
static bool has_image(struct ctl *ctl, const json_t *bundle, const char *path)
{
    const char *wanted = ctl_text_of(json_object_get(bundle, "image"), "sha256");
    json_t *image;
    bool same;

    if (!ctl_private_start(ctl) || !ctl_private_game(ctl, path))
        return false;
    image = ctl_call(ctl, "image.inspect", json_pack("{s:s}", "image", path));
    ctl_private_stop(ctl);
    if (!image)
        return false;
    same = !strcmp(ctl_text_of(image, "sha256"), wanted);
    if (!same) {
        ctl->exit = CTL_IMAGE;
        ctl_fail("'%s' is another image: its SHA-256 is %s, the bundle wants %s (%s)", path,
                 ctl_text_of(image, "sha256"), wanted,
                 ctl_text_of(json_object_get(bundle, "image"), "name"));
    }
    json_decref(image);
    return same;
}

/* ---- the run --------------------------------------------------------------------------------- */

static bool begin(struct ctl *ctl, const json_t *bundle, const char *path)
{
    const char *engine = ctl_engine(&ctl->o);
    const char *ran = ctl_text_of(json_object_get(bundle, "engine"), "ran");
    json_t *log = json_object_get(bundle, "input_log"), *created;

    if (!log) {
        ctl->exit = CTL_RPC;
        ctl_fail("it can't be run again: %s", ctl_text_of(bundle, "no_log"));
        return false;
    }
    if (!has_image(ctl, bundle, path) || !ctl_private_start(ctl) || !ctl_private_images(ctl, path))
        return false;
    created = ctl_call(ctl, "replay.start",
                       ctl_with_modules(ctl, json_pack("{s:s, s:O, s:s}", "image", path, "log", log,
                                                       "engine", engine ? engine : ran)));
    json_decref(created);
    return created && ctl_symbols(ctl, "local", path);
}

static json_t *await(struct ctl *ctl, json_t *run)
{
    while (run && !strcmp(ctl_text_of(run, "state"), "running")) {
        json_decref(run);
        run = ctl_call(ctl, "run.wait",
                       json_pack("{s:s, s:i}", "instance", "local", "wait_ms", WAIT_MS));
    }
    return run;
}

static json_t *play(struct ctl *ctl, const json_t *bundle)
{
    json_int_t every = ctl_int_of(json_object_get(bundle, "trail"), "every");
    json_t *params = json_pack("{s:s}", "instance", "local");

    if (every > 0)
        json_object_set_new(params, "digest_every", json_integer(every));
    return await(ctl, ctl_call(ctl, "run.start", params));
}

static json_t *step(struct ctl *ctl, json_t *run)
{
    json_t *error,
        *next = ctl_try(ctl, "run.start",
                        json_pack("{s:s, s:i}", "instance", "local", "instructions", 1), &error);

    json_decref(error); /* a title that has ended makes no step: then this run is the last */
    if (!next)
        return run;
    json_decref(run);
    return await(ctl, next);
}

static json_t *replay_status(struct ctl *ctl)
{
    return ctl_call(ctl, "replay.status", json_pack("{s:s}", "instance", "local"));
}

/* A crash or an end comes with the instruction that is the last of the count, and the log's end
 * behind it. */
static json_t *reach_end(struct ctl *ctl, json_t *run)
{
    json_t *status = run ? replay_status(ctl) : NULL;

    if (!strcmp(ctl_text_of(status, "state"), "playing"))
        run = step(ctl, run);
    json_decref(status);
    return run;
}

/* What a run meets, and nobody asks for. */
static bool is_met(const json_t *bundle)
{
    static const char *const met[] = {"crash", "exit", "hang", "break"};
    const char *reason = ctl_text_of(json_object_get(bundle, "stop"), "reason");

    for (size_t i = 0; i < sizeof(met) / sizeof(met[0]); i++)
        if (!strcmp(reason, met[i]))
            return true;
    return false;
}

/* The log ends where such a stop comes; one step more meets it. */
static json_t *meet_stop(struct ctl *ctl, const json_t *bundle, json_t *run)
{
    bool met = json_equal(json_object_get(json_object_get(bundle, "stop"), "reason"),
                          json_object_get(run, "stop_reason"));

    return is_met(bundle) && !met ? step(ctl, run) : run;
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* The first component that is another; NULL: none. */
static const char *differing(const json_t *there, const json_t *here)
{
    const char *name;
    json_t *digest;

    json_object_foreach((json_t *)(uintptr_t)there, name, digest)
    {
        if (!json_equal(digest, json_object_get(here, name)))
            return name;
    }
    return "state";
}

static json_t *difference(json_int_t equal, json_int_t cycle, const char *component)
{
    return json_pack("{s:I, s:I, s:s}", "equal_cycle", equal, "cycle", cycle, "component",
                     component);
}

/* By the trails: both are in order, and the bundle's says which cycles matter. NULL: no difference
 * is in them. */
static json_t *trail_difference(const json_t *bundle, const json_t *trail)
{
    const json_t *theirs = json_object_get(json_object_get(bundle, "trail"), "items"), *item;
    json_int_t equal = 0;
    size_t i, k = 0;

    json_array_foreach(theirs, i, item)
    {
        const json_t *here;

        while (k < json_array_size(trail) &&
               ctl_int_of(json_array_get(trail, k), "cycle") < ctl_int_of(item, "cycle"))
            k++;
        here = json_array_get(trail, k);
        if (!here || ctl_int_of(here, "cycle") != ctl_int_of(item, "cycle"))
            return NULL; /* the run ended before; its log says where */
        if (!json_equal(json_object_get(here, "digest"), json_object_get(item, "digest")))
            return difference(equal, ctl_int_of(item, "cycle"),
                              differing(json_object_get(item, "components"),
                                        json_object_get(here, "components")));
        equal = ctl_int_of(item, "cycle");
    }
    return NULL;
}

/* What the replay itself has seen, by the log's own digests; these are fewer, but the last is the
 * end's. */
static json_t *log_difference(const json_t *status)
{
    const json_t *found = json_object_get(status, "difference");
    const char *component = ctl_text_of(found, "component");

    return found ? difference(ctl_int_of(found, "equal_cycle"), ctl_int_of(found, "cycle"),
                              *component ? component : ctl_text_of(found, "text"))
                 : NULL;
}

static json_t *first_difference(struct ctl *ctl, const json_t *bundle, const json_t *status)
{
    json_t *trail = ctl_trail(ctl, "local"), *first = trail_difference(bundle, trail);
    json_t *other = log_difference(status);
    json_int_t equal = ctl_int_of(first, "equal_cycle");

    json_decref(trail);
    if (!first)
        return other;
    if (ctl_int_of(other, "equal_cycle") > equal &&
        ctl_int_of(other, "equal_cycle") < ctl_int_of(first, "cycle"))
        json_object_set(first, "equal_cycle", json_object_get(other, "equal_cycle"));
    json_decref(other);
    return first;
}

/* {there, here} */
static void add_pair(json_t *all, const char *name, json_t *there, json_t *here)
{
    json_object_set_new(all, name,
                        json_pack("{s:o, s:o}", "there", there ? json_incref(there) : json_null(),
                                  "here", here ? json_incref(here) : json_null()));
}

static void add_reports(struct ctl *ctl, const json_t *bundle, json_t *all)
{
    json_t *explain = ctl_call(ctl, "diagnose.explain", json_pack("{s:s}", "instance", "local"));
    json_t *milestones =
        ctl_call(ctl, "diagnose.milestones", json_pack("{s:s}", "instance", "local"));
    const json_t *there = json_object_get(bundle, "explain");

    add_pair(all, "verdict", json_object_get(json_object_get(there, "verdict"), "code"),
             json_object_get(json_object_get(explain, "verdict"), "code"));
    add_pair(all, "fingerprint", json_object_get(there, "fingerprint"),
             json_object_get(explain, "fingerprint"));
    add_pair(all, "milestones", json_object_get(json_object_get(bundle, "milestones"), "reached"),
             json_object_get(milestones, "reached"));
    json_decref(explain);
    json_decref(milestones);
}

/* The report, schema xe360/reproduced/1. Reading more of a run may make another of *run. */
static json_t *compared(struct ctl *ctl, const json_t *bundle, const json_t *status,
                        const json_t *digest, json_t **run)
{
    json_t *first = first_difference(ctl, bundle, status), *all;
    json_t *ours = json_string(PACKAGE_VERSION);
    bool same =
        !first && json_equal(json_object_get(bundle, "digest"), json_object_get(digest, "digest"));

    if (!same && !first)
        first = difference(ctl_int_of(status, "equal_cycle"), ctl_int_of(digest, "cycle"),
                           differing(json_object_get(bundle, "components"),
                                     json_object_get(digest, "components")));
    if (same)
        *run = meet_stop(ctl, bundle, *run);
    all =
        json_pack("{s:s, s:O, s:b, s:O, s:O*, s:o*, s:i}", "schema", "xe360/reproduced/1", "image",
                  json_object_get(bundle, "image"), "same", same, "cycle",
                  json_object_get(digest, "cycle"), "compared", json_object_get(status, "compared"),
                  "difference", first, "exit_status", same ? CTL_OK : CTL_CHECK_FAILED);
    add_pair(all, "version", json_object_get(bundle, "version"), ours);
    add_pair(all, "digest", json_object_get(bundle, "digest"), json_object_get(digest, "digest"));
    if (is_met(bundle))
        add_pair(all, "stop", json_object_get(json_object_get(bundle, "stop"), "reason"),
                 json_object_get(*run, "stop_reason"));
    add_reports(ctl, bundle, all);
    json_decref(ours);
    return all;
}

/* The same; run is given. NULL: told. */
static json_t *compare(struct ctl *ctl, const json_t *bundle, json_t *run)
{
    json_t *status = replay_status(ctl), *all = NULL;
    json_t *digest = ctl_call(ctl, "digest.get", json_pack("{s:s}", "instance", "local"));

    if (status && digest)
        all = compared(ctl, bundle, status, digest, &run);
    json_decref(status);
    json_decref(digest);
    json_decref(run);
    return all;
}

/* ---- the report ------------------------------------------------------------------------------ */

static void put_value(const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY);

    if (json_is_string(value))
        ctl_put_text(stdout, json_string_value(value));
    else
        ctl_put_text(stdout, !text || json_is_null(value) ? "none" : text);
    free(text);
}

static void print_pair(const json_t *all, const char *name)
{
    const json_t *pair = json_object_get(all, name);
    const json_t *there = json_object_get(pair, "there"), *here = json_object_get(pair, "here");

    if (!pair)
        return;
    printf("%-12s ", name);
    put_value(there);
    if (!json_equal(there, here)) {
        fputs(" in the bundle, ", stdout);
        put_value(here);
        fputs(" here", stdout);
    }
    putchar('\n');
}

static void print_text(const json_t *all)
{
    static const char *const pairs[] = {"digest",      "stop",       "verdict",
                                        "fingerprint", "milestones", "version"};
    const json_t *first = json_object_get(all, "difference");

    ctl_put_text(stdout, ctl_text_of(json_object_get(all, "image"), "name"));
    if (json_is_true(json_object_get(all, "same"))) {
        printf(": the same, to cycle %lld\n", ctl_int_of(all, "cycle"));
    } else {
        printf(": not the same: equal at cycle %lld, at cycle %lld no longer (",
               ctl_int_of(first, "equal_cycle"), ctl_int_of(first, "cycle"));
        ctl_put_text(stdout, ctl_text_of(first, "component"));
        puts(")");
    }
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        print_pair(all, pairs[i]);
}

int ctl_cmd_reproduce(struct ctl *ctl)
{
    json_t *bundle = load(ctl, ctl->o.arg[0]), *run = NULL, *all = NULL;
    int code;

    if (bundle && begin(ctl, bundle, ctl->o.arg[1]))
        run = reach_end(ctl, play(ctl, bundle));
    if (run)
        all = compare(ctl, bundle, run);
    code = all ? (int)ctl_int_of(all, "exit_status") : ctl->exit;
    if (all && ctl->o.form)
        ctl_print(ctl, all);
    else if (all)
        print_text(all);
    json_decref(all);
    json_decref(bundle);
    return code;
}
