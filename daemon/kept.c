/* JSON values by name, on disk; see kept.h. */
#include "daemon/kept.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/shelf_internal.h"

static int open_folder(struct xe_shelf *shelf, const char *folder, struct xe_error *err)
{
    bool made = mkdirat(shelf->top, folder, 0700) == 0;
    int fd = -1;

    if ((made && fsync(shelf->top) == 0) || (!made && errno == EEXIST))
        fd = openat(shelf->top, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        xe__daemon_shelf_failed(err, folder);
    return fd;
}

/* All of it, under another name and flushed. */
static bool write_draft(struct xe_shelf *shelf, const char *name, const char *text)
{
    int fd = openat(shelf->tmp, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && xe__daemon_shelf_write_all(fd, text, strlen(text)) && fsync(fd) == 0;

    if (fd >= 0)
        ok &= close(fd) == 0;
    return ok;
}

bool xe_kept_put(struct xe_shelf *shelf, const char *folder, const char *name, const json_t *value,
                 struct xe_error *err)
{
    char *text = json_dumps(value, JSON_INDENT(1) | JSON_SORT_KEYS);
    int fd = text && xe_shelf_name_check(name, err) ? open_folder(shelf, folder, err) : -1;
    bool ok = fd >= 0;

    if (!text)
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for '%s'", name);
    if (ok)
        ok = (write_draft(shelf, name, text) && renameat(shelf->tmp, name, fd, name) == 0 &&
              fsync(fd) == 0) ||
             xe__daemon_shelf_failed(err, name);
    if (fd >= 0)
        close(fd);
    free(text);
    return ok;
}

bool xe_kept_remove(struct xe_shelf *shelf, const char *folder, const char *name,
                    struct xe_error *err)
{
    int fd = xe_shelf_name_check(name, err) ? open_folder(shelf, folder, err) : -1;
    bool ok = fd >= 0;

    if (ok)
        ok = ((unlinkat(fd, name, 0) == 0 || errno == ENOENT) && fsync(fd) == 0) ||
             xe__daemon_shelf_failed(err, name);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* NULL: it can't be read, is too long, or no JSON. */
static json_t *load(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    json_t *value = NULL;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= XE_KEPT_FILE_MAX)
        value = json_loadfd(fd, JSON_REJECT_DUPLICATES, NULL);
    if (fd >= 0)
        close(fd);
    return value;
}

bool xe_kept_each(struct xe_shelf *shelf, const char *folder,
                  void (*each)(void *ctx, const char *name, const json_t *value), void *ctx,
                  struct xe_error *err)
{
    int fd = open_folder(shelf, folder, err);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (xe_shelf_name_check(entry->d_name, NULL)) {
            json_t *value = load(fd, entry->d_name);

            each(ctx, entry->d_name, value);
            json_decref(value);
        }
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
    return dir || (fd < 0 ? false : xe__daemon_shelf_failed(err, folder));
}
