/* Bytes of containers; see source.h. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vfs/source.h"

bool xe_vfs_bytes_of_fd(int fd, struct xe_vfs_bytes *ret, struct xe_error *err)
{
    struct stat st;
    bool known = syscall(SYS_fstat, fd, &st) == 0; /* fstat may be a call that takes paths, too */

    if (known && S_ISREG(st.st_mode) && st.st_size >= 0) {
        *ret = (struct xe_vfs_bytes){.fd = fd, .size = (uint64_t)st.st_size};
        return true;
    }
    xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "%s", known ? "not a regular file" : strerror(errno));
    close(fd);
    return false;
}

void xe_vfs_bytes_of_file(struct xe_vfs_source *source, const struct xe_vfs_entry *file,
                          struct xe_vfs_bytes *ret)
{
    *ret = (struct xe_vfs_bytes){.fd = -1, .source = source, .file = file->id, .size = file->size};
}

void xe_vfs_bytes_close(struct xe_vfs_bytes *bytes)
{
    if (bytes->fd >= 0)
        close(bytes->fd);
    bytes->fd = -1;
    bytes->size = 0;
}

/* How many came; -1: errno says why. */
static ssize_t read_some(int fd, uint64_t offset, uint8_t *buffer, size_t n)
{
    ssize_t got;

    do
        got = pread(fd, buffer, n, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got;
}

static enum xe_vfs_result read_fd(const struct xe_vfs_bytes *bytes, uint64_t offset,
                                  uint8_t *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    *ret_got = 0;
    while (*ret_got < n) {
        ssize_t got = read_some(bytes->fd, offset + *ret_got, buffer + *ret_got, n - *ret_got);

        if (got < 0) {
            xe_error_set(err, XE_ERR_IMAGE_CORRUPT, "0x%zx bytes at 0x%" PRIx64 ": %s", n, offset,
                         strerror(errno));
            return XE_VFS_UNREADABLE;
        }
        if (!got)
            break;
        *ret_got += (size_t)got;
    }
    return XE_VFS_OK;
}

enum xe_vfs_result xe_vfs_bytes_read(const struct xe_vfs_bytes *bytes, uint64_t offset,
                                     void *buffer, size_t n, struct xe_error *err)
{
    enum xe_vfs_result result;
    size_t got = 0;

    if (offset > bytes->size || n > bytes->size - offset) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                     "0x%zx bytes at 0x%" PRIx64 " lie behind the end at 0x%" PRIx64, n, offset,
                     bytes->size);
        return XE_VFS_DAMAGED;
    }
    result = bytes->fd >= 0 ? read_fd(bytes, offset, buffer, n, &got, err)
                            : bytes->source->type->read(bytes->source, bytes->file, offset, buffer,
                                                        n, &got, err);
    if (result == XE_VFS_OK && got < n) {
        xe_error_set(err, XE_ERR_IMAGE_CORRUPT,
                     "the file became shorter: 0x%zx of 0x%zx bytes at 0x%" PRIx64, got, n, offset);
        return XE_VFS_UNREADABLE;
    }
    return result;
}
