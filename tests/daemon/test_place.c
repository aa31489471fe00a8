/* Where daemon and clients meet when nobody says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "rpc/link/place.h"

static char *place(bool make)
{
    struct xe_error err = XE_ERROR_INIT;
    char *path = NULL;

    cr_assert(xe_link_place(make, &path, &err), "%s", err.text);
    return path;
}

Test(place, environment_comes_first)
{
    static const struct {
        const char *runtime, *xdg, *path;
    } rows[] = {{"/run/a", "/run/b", "/run/a/xe360d.sock"},
                {"/run/a:/run/c", "/run/b", "/run/a/xe360d.sock"},
                {NULL, "/run/b", "/run/b/xe360d.sock"},
                {"", "/run/b", "/run/b/xe360d.sock"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *path;

        unsetenv("RUNTIME_DIRECTORY");
        if (rows[i].runtime)
            setenv("RUNTIME_DIRECTORY", rows[i].runtime, 1);
        setenv("XDG_RUNTIME_DIR", rows[i].xdg, 1);
        path = place(false);
        cr_expect_str_eq(path, rows[i].path);
        free(path);
    }
}

/* A user without a session, as cron, su and CI jobs are; empty variables are none. */
static void become_nobody(void)
{
    setenv("RUNTIME_DIRECTORY", "", 1);
    setenv("XDG_RUNTIME_DIR", "", 1);
    if (geteuid() == 0)
        cr_assert_eq(seteuid(61234), 0);
}

Test(place, who_has_no_session_gets_a_folder_of_his_own)
{
    char *path, *again, *slash;
    struct stat st;

    become_nobody();
    path = place(true);
    again = place(false);
    cr_expect_str_eq(path, again);
    slash = strrchr(path, '/');
    cr_assert(slash > path, "a socket in the root folder");
    *slash = '\0';
    cr_assert_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_uid, geteuid());
    cr_expect_eq(st.st_mode & 077, 0);
    if (!strncmp(path, "/tmp/", 5))
        rmdir(path);
    free(path);
    free(again);
}

/* Who was there first may be somebody who waits for clients. */
Test(place, a_folder_that_others_can_write_to_is_refused)
{
    struct xe_error err = XE_ERROR_INIT;
    char folder[64], *path = NULL;

    become_nobody();
    snprintf(folder, sizeof(folder), "/run/user/%u", geteuid());
    if (access(folder, F_OK) == 0)
        cr_skip_test("/tmp isn't used where there is a session");
    snprintf(folder, sizeof(folder), "/tmp/xe360d-%u", geteuid());
    rmdir(folder);
    cr_assert_eq(mkdir(folder, 0700), 0);
    cr_assert_eq(chmod(folder, 0777), 0);
    for (int make = 0; make < 2; make++) {
        cr_expect_not(xe_link_place(make, &path, &err));
        cr_expect(strstr(err.text, folder) && strstr(err.text, "--socket"), "%s", err.text);
    }
    rmdir(folder);
}
