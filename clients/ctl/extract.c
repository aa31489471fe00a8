/* Files of an instance taken out: one, or a folder with all that is in it. Names are what a worker
 * says, so one that would lead elsewhere is refused, and a folder is only filled that was made for
 * it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

static json_t *params_of(const struct ctl *ctl, const char *path)
{
    json_t *params = ctl_instance_param(ctl);

    json_object_set_new(params, "path", json_string(path));
    return params;
}

static bool refuse(struct ctl *ctl, const char *path, const char *why)
{
    ctl_fail("'%s' %s", path, why);
    ctl->exit = CTL_HARNESS;
    return false;
}

/* ---- a file --------------------------------------------------------------------------------- */

/* The bytes of one answer. false: told. */
static bool write_bytes(FILE *file, const json_t *page, uint64_t count)
{
    uint8_t *bytes = malloc(count + 1);
    bool ok = bytes && ctl_base64(ctl_text_of(page, "bytes"), bytes, count);

    if (!ok)
        ctl_fail("the answer to vfs.read is no file");
    ok = ok && fwrite(bytes, 1, count, file) == count;
    free(bytes);
    return ok;
}

static bool copy(struct ctl *ctl, const char *path, FILE *file)
{
    uint64_t at = 0, count;
    bool ok = true;

    do {
        json_t *params = params_of(ctl, path), *page;

        json_object_set_new(params, "offset", json_integer((json_int_t)at));
        page = ctl_call(ctl, "vfs.read", params);
        count = (uint64_t)ctl_int_of(page, "count");
        ok = page && write_bytes(file, page, count);
        at += count;
        json_decref(page);
    } while (ok && count);
    return ok;
}

static bool take_file(struct ctl *ctl, const char *path, const char *to)
{
    struct ctl_output out;
    bool ok;

    if (!ctl_output_open(&out, to)) {
        ctl->exit = CTL_HARNESS;
        return false;
    }
    ok = (ftruncate(fileno(out.file), 0) == 0 || errno == EINVAL) && copy(ctl, path, out.file);
    if (fclose(out.file) != 0 && ok)
        ok = refuse(ctl, out.path, "cannot be written");
    if (!ok && out.made)
        unlink(out.path);
    ctl_signal_keep(out.path);
    return ok;
}

/* ---- a folder ------------------------------------------------------------------------------- */

static bool take(struct ctl *ctl, const char *path, const char *to, bool folder);

static bool is_plain(const char *name)
{
    return *name && strcmp(name, ".") && strcmp(name, "..") && !strpbrk(name, "/\\");
}

static bool take_item(struct ctl *ctl, const json_t *item, const char *path, const char *to)
{
    const char *name = ctl_text_of(item, "name");
    bool slash = *path && path[strlen(path) - 1] == '\\', ok;
    char *from = NULL, *into = NULL;

    if (!is_plain(name))
        return refuse(ctl, name, "is no name of a file");
    ok = asprintf(&from, "%s%s%s", path, slash ? "" : "\\", name) >= 0 &&
         asprintf(&into, "%s/%s", to, name) >= 0 &&
         take(ctl, from, into, json_is_true(json_object_get(item, "folder")));
    free(from);
    free(into);
    return ok;
}

static bool take_folder(struct ctl *ctl, const char *path, const char *to)
{
    json_t *params = params_of(ctl, path), *page = NULL, *items, *last;
    bool ok = true, more = true;

    if (mkdir(to, 0777) != 0) {
        ctl_fail("'%s' cannot be made: %s", to, strerror(errno));
        ctl->exit = CTL_HARNESS;
        ok = false;
    }
    while (ok && more && (page = ctl_call(ctl, "vfs.list", json_incref(params)))) {
        items = json_object_get(page, "items");
        for (size_t i = 0; ok && i < json_array_size(items); i++)
            ok = take_item(ctl, json_array_get(items, i), path, to);
        last = json_array_get(items, json_array_size(items) - 1);
        more = last && json_is_true(json_object_get(page, "more"));
        if (more)
            json_object_set(params, "after", json_object_get(last, "name"));
        json_decref(page);
    }
    json_decref(params);
    return ok && !more;
}

static bool take(struct ctl *ctl, const char *path, const char *to, bool folder)
{
    return folder ? take_folder(ctl, path, to) : take_file(ctl, path, to);
}

/* To its name here, unless -o says where. What isn't there leaves what is here alone. */
int ctl_extract(struct ctl *ctl)
{
    const char *path = ctl->o.arg[2], *name = path + strlen(path);
    json_t *file = ctl_call(ctl, "vfs.stat", params_of(ctl, path));
    bool ok = file;

    while (name > path && name[-1] != '\\' && name[-1] != ':' && name[-1] != '/')
        name--;
    if (ctl->o.output)
        name = ctl->o.output;
    if (ok && !*name)
        ok = refuse(ctl, path, "has no name here: -o says where it is to go");
    ok = ok && take(ctl, path, name, json_is_true(json_object_get(file, "folder")));
    json_decref(file);
    return ok ? CTL_OK : ctl->exit;
}
