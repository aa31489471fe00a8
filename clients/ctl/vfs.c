/* Files of an instance, as its title finds them: drives, folders, what it wrote. */
#include <stdio.h>
#include <string.h>

#include "clients/ctl/ctl.h"

static json_t *params_of(const struct ctl *ctl)
{
    json_t *params = ctl_instance_param(ctl);

    if (ctl->o.args > 2)
        json_object_set_new(params, "path", json_string(ctl->o.arg[2]));
    return params;
}

static void show_mounts(const json_t *mounts)
{
    json_t *items = json_object_get(mounts, "mounts"), *mount, *manifest;
    size_t i;

    json_array_foreach(items, i, mount)
    {
        printf("%-40s %s%s", ctl_text_of(mount, "device"), ctl_text_of(mount, "kind"),
               json_is_true(json_object_get(mount, "writable")) ? ", writable" : "");
        manifest = json_object_get(mount, "manifest");
        if (manifest)
            printf(", %s%lld files, %lld folders",
                   json_is_true(json_object_get(manifest, "whole")) ? "" : "more than ",
                   ctl_int_of(manifest, "files"), ctl_int_of(manifest, "folders"));
        putchar('\n');
    }
    printf("%lld of %lld bytes are written\n", ctl_int_of(mounts, "written"),
           ctl_int_of(mounts, "limit"));
}

static void show_file(const json_t *file, const char *name)
{
    bool folder = json_is_true(json_object_get(file, "folder"));

    if (folder)
        printf("%12s ", "folder");
    else
        printf("%12lld ", ctl_int_of(file, "size"));
    ctl_put_text(stdout, ctl_text_of(file, name));
    putchar('\n');
}

static void show_entry(const json_t *file)
{
    show_file(file, "name");
}

/* A folder, piece after piece. */
static int list(struct ctl *ctl)
{
    json_t *params = params_of(ctl), *page, *items, *last, *all = NULL;
    bool more = true;

    while (more && (page = ctl_call(ctl, "vfs.list", json_incref(params)))) {
        items = json_object_get(page, "items");
        last = json_array_get(items, json_array_size(items) - 1);
        more = last && json_is_true(json_object_get(page, "more"));
        if (more)
            json_object_set(params, "after", json_object_get(last, "name"));
        ctl_take_page(ctl, &all, page, show_entry);
    }
    json_decref(params);
    return ctl_end_pages(ctl, all, !more);
}

static void show_stat(const json_t *file)
{
    show_file(file, "name");
    printf("attributes=%lld%s\n", ctl_int_of(file, "attributes"),
           json_is_true(json_object_get(file, "changed")) ? ", changed by the title" : "");
}

static void show_differences(const json_t *page)
{
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(page, "items"), i, item)
    {
        if (!json_is_true(json_object_get(item, "removed"))) {
            show_file(item, "path");
            continue;
        }
        printf("%12s ", "removed");
        ctl_put_text(stdout, ctl_text_of(item, "path"));
        putchar('\n');
    }
    if (json_is_true(json_object_get(page, "more")))
        puts("and others");
}

static void show_reset(const json_t *result)
{
    printf("%s: what was written is gone, at cycle %lld\n", ctl_text_of(result, "instance"),
           ctl_int_of(result, "cycle"));
}

static bool is_verb(const char *word)
{
    static const char *const verbs[] = {"mounts", "ls", "stat", "extract", "diff", "reset"};

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (!strcmp(word, verbs[i]))
            return true;
    return false;
}

/* Many say first what they want, then of whom. */
static void put_instance_first(struct ctl *ctl)
{
    const char *word = ctl->o.args > 1 ? ctl->o.arg[0] : "";

    if (is_verb(word) && !is_verb(ctl->o.arg[1])) {
        ctl->o.arg[0] = ctl->o.arg[1];
        ctl->o.arg[1] = word;
    }
}

int ctl_cmd_vfs(struct ctl *ctl)
{
    const char *verb;
    bool path = ctl->o.args > 2;

    put_instance_first(ctl);
    verb = ctl->o.args > 1 ? ctl->o.arg[1] : "mounts";
    if (!strcmp(verb, "mounts") && !path)
        return ctl_show_call(ctl, "vfs.mounts", params_of(ctl), show_mounts);
    if (!strcmp(verb, "diff") && !path)
        return ctl_show_call(ctl, "vfs.overlay.diff", params_of(ctl), show_differences);
    if (!strcmp(verb, "reset") && !path)
        return ctl_show_call(ctl, "vfs.overlay.reset", params_of(ctl), show_reset);
    if (!strcmp(verb, "ls") && path)
        return list(ctl);
    if (!strcmp(verb, "stat") && path)
        return ctl_show_call(ctl, "vfs.stat", params_of(ctl), show_stat);
    if (!strcmp(verb, "extract") && path)
        return ctl_extract(ctl);
    ctl_fail("vfs: expected INSTANCE [mounts | ls PATH | stat PATH | extract PATH | diff | "
             "reset]");
    return CTL_USAGE;
}
