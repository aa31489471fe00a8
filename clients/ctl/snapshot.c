/* xe360ctl snapshot: keep states of a daemon's instances, load them, move them as files. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

static void show_snapshot(const json_t *snapshot)
{
    printf("%s cycle=%lld digest=%s bytes=%lld created=%s%s title=", ctl_text_of(snapshot, "name"),
           ctl_int_of(snapshot, "cycle"), ctl_text_of(snapshot, "digest"),
           ctl_int_of(snapshot, "bytes"), ctl_text_of(snapshot, "created"),
           json_is_true(json_object_get(snapshot, "tainted")) ? " tainted" : "");
    ctl_put_text(stdout, ctl_text_of(json_object_get(snapshot, "title"), "name"));
    putchar('\n');
}

static void show_added(const json_t *result)
{
    show_snapshot(json_object_get(result, "snapshot"));
}

static void show_loaded(const json_t *result)
{
    printf("%s cycle=%lld digest=%s snapshot=%s\n", ctl_text_of(result, "instance"),
           ctl_int_of(result, "cycle"), ctl_text_of(result, "digest"), ctl_text_of(result, "name"));
}

static void show_removed(const json_t *result)
{
    printf("%s removed, %lld bytes freed\n", ctl_text_of(result, "name"),
           ctl_int_of(result, "freed_bytes"));
}

/* ---- the verbs ------------------------------------------------------------------------------- */

static int save(struct ctl *ctl)
{
    return ctl_show_call(ctl, "snapshot.save",
                         json_pack("{s:s, s:s, s:b}", "instance", ctl->o.arg[1], "name",
                                   ctl->o.arg[2], "replace", ctl->o.replace),
                         show_added);
}

static int load(struct ctl *ctl)
{
    return ctl_show_call(ctl, "snapshot.load",
                         json_pack("{s:s, s:s}", "instance", ctl->o.arg[1], "name", ctl->o.arg[2]),
                         show_loaded);
}

static json_t *named(const struct ctl *ctl)
{
    return json_pack("{s:s}", "name", ctl->o.arg[1]);
}

static int get(struct ctl *ctl)
{
    return ctl_show_call(ctl, "snapshot.get", named(ctl), show_snapshot);
}

static int take_away(struct ctl *ctl)
{
    return ctl_show_call(ctl, "snapshot.remove", named(ctl), show_removed);
}

static int list(struct ctl *ctl)
{
    json_t *cursor = json_null(), *page, *all = NULL, *item;
    size_t i;

    do {
        page = ctl_call(ctl, "snapshot.list",
                        json_pack("{s:i, s:o}", "limit", 1000, "cursor", cursor));
        json_array_foreach(json_object_get(page, "damaged"), i, item)
            ctl_say("%s", json_string_value(item));
        cursor = json_incref(json_object_get(page, "next_cursor"));
        ctl_take_page(ctl, &all, page, show_snapshot);
    } while (json_is_string(cursor));
    json_decref(cursor);
    return ctl_end_pages(ctl, all, page != NULL);
}

bool ctl_copy(const char *from, const char *to)
{
    FILE *in = fopen(from, "re"), *out = in ? fopen(to, "we") : NULL;
    char bytes[65536];
    bool ok = in && out;
    size_t n;

    if (!ok)
        ctl_fail("'%s': %s", in ? to : from, strerror(errno));
    while (ok && (n = fread(bytes, 1, sizeof(bytes), in)) > 0)
        ok = fwrite(bytes, 1, n, out) == n;
    ok = ok && !ferror(in);
    if (out && (fclose(out) != 0 || !ok)) {
        ctl_fail("'%s' cannot be written: %s", to, strerror(errno));
        ok = false;
    }
    if (in)
        fclose(in);
    return ok;
}

static int export(struct ctl *ctl)
{
    json_t *result = ctl_call(ctl, "snapshot.export", named(ctl));
    int code = result ? CTL_OK : ctl->exit;

    if (result && ctl->o.output && !ctl_copy(ctl_text_of(result, "path"), ctl->o.output))
        code = CTL_HARNESS;
    if (code == CTL_OK && ctl->o.form)
        ctl_print(ctl, result);
    else if (code == CTL_OK)
        printf("%s\n", ctl->o.output ? ctl->o.output : ctl_text_of(result, "path"));
    json_decref(result);
    return code;
}

/* What is no file here may be one in the daemon's exchange. */
static int import(struct ctl *ctl)
{
    char real[PATH_MAX];
    const char *path = realpath(ctl->o.arg[1], real) ? real : ctl->o.arg[1];

    return ctl_show_call(ctl, "snapshot.import",
                         json_pack("{s:s, s:s, s:b}", "path", path, "name", ctl->o.arg[2],
                                   "replace", ctl->o.replace),
                         show_added);
}

int ctl_cmd_snapshot(struct ctl *ctl)
{
    static const struct {
        const char *name;
        int args;
        int (*run)(struct ctl *ctl);
    } verbs[] = {{"save", 3, save},    {"load", 3, load},        {"list", 1, list},
                 {"get", 2, get},      {"remove", 2, take_away}, {"export", 2, export},
                 {"import", 3, import}};

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(verbs[i].name, ctl->o.arg[0]) == 0 && verbs[i].args == ctl->o.args)
            return verbs[i].run(ctl);
    ctl_fail("snapshot: expected save INSTANCE NAME, load INSTANCE NAME, list, get NAME, remove "
             "NAME, export NAME, or import FILE NAME");
    return CTL_USAGE;
}
