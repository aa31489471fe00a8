/* Files for titles: --mount and the title's own folder. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clients/ctl/ctl.h"

#define MOUNTS 7

/* A file is named by its folder and its name in it: what belongs to it lies there, too. */
static bool split(char *path, const char **ret_file)
{
    struct stat st;
    char *slash;

    *ret_file = NULL;
    if (stat(path, &st) < 0)
        return false;
    if (S_ISDIR(st.st_mode))
        return true;
    slash = strrchr(path, '/'); /* it is absolute */
    *ret_file = slash + 1;
    *slash = '\0';
    return S_ISREG(st.st_mode);
}

bool ctl_mount_add(struct ctl_options *o, const char *text, char *wrong, size_t size)
{
    const char *equals = strchr(text, '='), *file;
    char real[PATH_MAX];

    if (!equals || equals == text || !equals[1]) {
        snprintf(wrong, size, "--mount '%s': expected DRIVE=PATH", text);
        return false;
    }
    if (!realpath(equals + 1, real) || !split(real, &file)) {
        snprintf(wrong, size, "--mount '%s': there is no such folder or file", equals + 1);
        return false;
    }
    if (!o->mounts)
        o->mounts = json_array();
    if (json_array_size(o->mounts) == MOUNTS) {
        snprintf(wrong, size, "--mount: there are more than %d", MOUNTS);
        return false;
    }
    json_array_append_new(o->mounts,
                          json_pack("{s:s%, s:s, s:s*}", "device", text, (size_t)(equals - text),
                                    "path", *real ? real : "/", "file", file));
    return true;
}

void ctl_mount_params(const struct ctl_options *o, json_t *params)
{
    if (o->no_game_folder)
        json_object_set_new(params, "game_folder", json_false());
    if (o->mounts)
        json_object_set(params, "mounts", o->mounts);
}
