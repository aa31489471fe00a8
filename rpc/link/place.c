/* The default socket; see place.h. Source: systemd.exec(5), XDG Base Directory Specification. */
#include "rpc/link/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first of a list with colons; 0: there is none. */
static int first_of(const char *name, const char **ret_folder)
{
    *ret_folder = getenv(name);
    return *ret_folder ? (int)strcspn(*ret_folder, ":") : 0;
}

/* A folder that its owner, us, shares with nobody: what stands in it was put there by us. */
static bool is_ours(const char *folder)
{
    struct stat st;

    return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
           !(st.st_mode & 077);
}

/* In /tmp anybody may have been first. */
static bool use_tmp(const char *folder, bool make, struct xe_error *err)
{
    struct stat st;

    if (make)
        mkdir(folder, 0700);
    if (is_ours(folder) || (!make && lstat(folder, &st) < 0))
        return true;
    return xe_error_set(err, XE_ERR_CONFIG_INVALID,
                        "folder '%s' for the socket is not ours alone; give --socket PATH, or set "
                        "XDG_RUNTIME_DIR",
                        folder);
}

bool xe_link_place(bool make, char **ret_path, struct xe_error *err)
{
    const char *given;
    char folder[64];
    int size = first_of("RUNTIME_DIRECTORY", &given);

    if (!size)
        size = first_of("XDG_RUNTIME_DIR", &given);
    if (!size) {
        snprintf(folder, sizeof(folder), "/run/user/%u", geteuid());
        if (geteuid() == 0) {
            strcpy(folder, "/run/xe360d");
            if (make)
                mkdir(folder, 0700);
        } else if (!is_ours(folder)) {
            snprintf(folder, sizeof(folder), "/tmp/xe360d-%u", geteuid());
            if (!use_tmp(folder, make, err))
                return false;
        }
        given = folder;
        size = (int)strlen(folder);
    }
    if (asprintf(ret_path, "%.*s/xe360d.sock", size, given) < 0)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the socket's path");
    return true;
}
