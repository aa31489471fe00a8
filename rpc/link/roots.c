/* Image roots; see roots.h. */
#include "rpc/link/roots.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
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

static int open_beneath(int directory, const char *path)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                           .resolve =
                               RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

    return (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
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

int xe_roots_open(const struct xe_roots *roots, const char *path, struct xe_error *err)
{
    bool forbidden = path[0] == '/', denied = false, absent = false, is_root = false;

    for (size_t i = 0; i < roots->count; i++) {
        const char *rest = path;
        int fd;

        if (path[0] == '/')
            rest = below(path, roots->root[i].real);
        if (path[0] == '/' && !rest && roots->root[i].given[0] == '/')
            rest = below(path, roots->root[i].given);
        is_root |= !strcmp(path, roots->root[i].real) || !strcmp(path, roots->root[i].given);
        if (!rest)
            continue;
        forbidden = false;
        fd = open_beneath(roots->root[i].fd, rest);
        if (fd >= 0)
            return regular(fd, path, err);
        denied |= errno == EXDEV || errno == ELOOP || errno == EACCES;
        absent |= errno == ENOENT || errno == ENOTDIR;
    }
    if (roots->count == 0)
        xe_error_set(err, XE_ERR_PATH_FORBIDDEN, "the daemon has no --root to take images from");
    else if (absent && !denied)
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s': no such file below the daemon's roots",
                     path);
    else if (is_root)
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s' is a root itself, not a title's file",
                     path);
    else if (forbidden || denied)
        xe_error_set(err, XE_ERR_PATH_FORBIDDEN, "'%s' is not below a root, or not readable", path);
    else
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s' cannot be opened below the daemon's roots",
                     path);
    return -1;
}

int xe_roots_open_any(const char *path, struct xe_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd >= 0)
        return regular(fd, path, err);
    xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "'%s': %s", path, strerror(errno));
    return -1;
}
