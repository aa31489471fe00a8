/* Owning a path alone; see claim.h. The lock file may be removed while another process has opened
 * it and not locked it yet: a lock counts only on the file that the path names. */
#include "daemon/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

bool xe_claim_is_named(int fd, const char *path)
{
    struct stat open, named;

    return fstat(fd, &open) == 0 && lstat(path, &named) == 0 && open.st_dev == named.st_dev &&
           open.st_ino == named.st_ino;
}

static int owner(int fd)
{
    char text[16] = "";
    int pid;

    if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
        return -1;
    pid = atoi(text);
    return pid > 0 ? pid : -1;
}

/* Empty, or the number of a process: anything else is somebody's file, which isn't touched. */
static bool is_lock(int fd)
{
    char text[16];
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    n = pread(fd, text, sizeof(text) - 1, 0);
    if (n < 0 || st.st_size != n)
        return false;
    text[n] = '\0';
    return n == 0 || (text[n - 1] == '\n' && strspn(text, "0123456789") == (size_t)n - 1);
}

/* The locked file, or -1 with errno; EWOULDBLOCK: another process has it. */
static int lock(const char *path, int *ret_pid)
{
    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

        if (fd < 0)
            return -1;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
            int error = errno;

            *ret_pid = error == EWOULDBLOCK ? owner(fd) : 0;
            close(fd);
            errno = error;
            return -1;
        }
        if (!is_lock(fd)) {
            close(fd);
            errno = EEXIST;
            return -1;
        }
        if (xe_claim_is_named(fd, path))
            return fd;
        close(fd);
    }
}

bool xe_claim_take(struct xe_claim *claim, const char *path, int *ret_pid, struct xe_error *err)
{
    *claim = (struct xe_claim){.fd = -1};
    *ret_pid = 0;
    if (asprintf(&claim->path, "%s.lock", path) < 0) {
        claim->path = NULL;
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory to claim '%s'", path);
    }
    claim->fd = lock(claim->path, ret_pid);
    if (claim->fd >= 0 && ftruncate(claim->fd, 0) == 0 &&
        dprintf(claim->fd, "%d\n", (int)getpid()) > 0)
        return true;
    xe_error_set(err, XE_ERR_CONFIG_INVALID, "lock '%s': %s", claim->path,
                 *ret_pid ? "another process has it" : strerror(errno));
    if (claim->fd >= 0)
        xe_claim_release(claim);
    free(claim->path);
    claim->path = NULL;
    return false;
}

void xe_claim_release(struct xe_claim *claim)
{
    if (!claim->path)
        return;
    if (xe_claim_is_named(claim->fd, claim->path))
        unlink(claim->path);
    close(claim->fd);
    free(claim->path);
    claim->path = NULL;
}
