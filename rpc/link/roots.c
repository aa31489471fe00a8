/* Image roots; see roots.h. */
#include "rpc/link/roots.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool xe_roots_add(struct xe_roots *roots, const char *path, struct xe_error *err)
{
    struct xe_root *root = &roots->root[roots->count];

    if (roots->count == XE_ROOTS_MAX)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "more than %d roots", XE_ROOTS_MAX);
    root->real = realpath(path, NULL);
    if (!root->real)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "root '%s': %s", path, strerror(errno));
    root->fd = open(root->real, O_PATH | O_DIRECTORY | O_CLOEXEC);
    root->given = strdup(path);
    if (root->fd >= 0 && root->given) {
        roots->count++;
        return true;
    }
    xe_error_set(err, XE_ERR_CONFIG_INVALID, "root '%s': %s", path, strerror(errno));
    free(root->given);
    free(root->real);
    return false;
}

void xe_roots_fini(struct xe_roots *roots)
{
    while (roots->count > 0) {
        struct xe_root *root = &roots->root[--roots->count];

        close(root->fd);
        free(root->given);
        free(root->real);
    }
}

/* The part of an absolute path below a directory; NULL if it is not below. */
static const char *below(const char *path, const char *directory)
{
    size_t size = strlen(directory);

    while (size > 1 && directory[size - 1] == '/')
        size--;
    if (strncmp(path, directory, size) || (path[size] != '/' && size > 1))
        return NULL;
    path += size;
    while (*path == '/')
        path++;
    return *path ? path : NULL;
}

enum what { FILE_ITSELF, FOLDER, FOLDER_OF };

static int open_at(int directory, const char *path, uint64_t flags)
{
    struct open_how how = {.flags = flags | O_CLOEXEC,
                           .resolve =
                               RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

    return (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
}

/* The part of a path before its last one; "." if that is all. Owned; NULL: no memory. */
static char *folder_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static int open_beneath(int directory, const char *path, enum what what)
{
    char *folder;
    int fd;

    if (what != FOLDER)
        fd = open_at(directory, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    else
        fd = open_at(directory, path, O_PATH | O_DIRECTORY);
    if (what != FOLDER_OF || fd < 0)
        return fd;
    close(fd); /* the file is there, and may be had */
    folder = folder_part(path);
    fd = folder ? open_at(directory, folder, O_PATH | O_DIRECTORY) : -1;
    free(folder);
    return fd;
}

static int regular(int fd, const char *path, struct xe_error *err)
{
    struct stat st;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    close(fd);
    xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s' is not a regular file", path);
    return -1;
}

/* Is it a root itself? */
static bool is_root(const struct xe_roots *roots, const char *path)
{
    for (size_t i = 0; i < roots->count; i++)
        if (!strcmp(path, roots->root[i].real) || !strcmp(path, roots->root[i].given))
            return true;
    return false;
}

/* What a path is below a root; NULL: it is not. */
static const char *rest_of(const struct xe_root *root, const char *path, enum what what)
{
    const char *rest = path[0] == '/' ? below(path, root->real) : path;

    if (!rest && root->given[0] == '/')
        rest = below(path, root->given);
    if (!rest && what == FOLDER && (!strcmp(path, root->real) || !strcmp(path, root->given)))
        rest = ".";
    return rest;
}

static int open_in_roots(const struct xe_roots *roots, const char *path, enum what what,
                         struct xe_error *err)
{
    bool forbidden = path[0] == '/', denied = false, absent = false;

    for (size_t i = 0; i < roots->count; i++) {
        const char *rest = rest_of(&roots->root[i], path, what);
        int fd;

        if (!rest)
            continue;
        forbidden = false;
        fd = open_beneath(roots->root[i].fd, rest, what);
        if (fd >= 0)
            return what == FILE_ITSELF ? regular(fd, path, err) : fd;
        denied |= errno == EXDEV || errno == ELOOP || errno == EACCES;
        absent |= errno == ENOENT || errno == ENOTDIR;
    }
    if (roots->count == 0)
        xe_error_set(err, XE_ERR_PATH_FORBIDDEN, "the daemon has no --root to take images from");
    else if (absent && !denied)
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s': no such %s below the daemon's roots", path,
                     what == FOLDER ? "folder" : "file");
    else if (is_root(roots, path))
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s' is a root itself, not a title's file",
                     path);
    else if (forbidden || denied)
        xe_error_set(err, XE_ERR_PATH_FORBIDDEN, "'%s' is not below a root, or not readable", path);
    else
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s' cannot be opened below the daemon's roots",
                     path);
    return -1;
}

int xe_roots_open(const struct xe_roots *roots, const char *path, struct xe_error *err)
{
    return open_in_roots(roots, path, FILE_ITSELF, err);
}

int xe_roots_open_folder(const struct xe_roots *roots, const char *path, struct xe_error *err)
{
    return open_in_roots(roots, path, FOLDER, err);
}

int xe_roots_open_folder_of(const struct xe_roots *roots, const char *path, struct xe_error *err)
{
    return open_in_roots(roots, path, FOLDER_OF, err);
}

int xe_roots_open_any_folder(const char *path, struct xe_error *err)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s': %s", path, strerror(errno));
    return fd;
}

int xe_roots_open_any_folder_of(const char *path, struct xe_error *err)
{
    char *folder = folder_part(path);
    int fd = folder ? xe_roots_open_any_folder(folder, err) : -1;

    free(folder);
    return fd;
}

int xe_roots_open_any(const char *path, struct xe_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd >= 0)
        return regular(fd, path, err);
    xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s': %s", path, strerror(errno));
    return -1;
}
