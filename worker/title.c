#include "worker/title.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "xe/container.h"

#define TITLE_MAX  ((off_t)1 << 30)
#define READ_SLICE ((size_t)1 << 20)

static bool read_all(int fd, void *bytes, size_t size, const struct xe_breath *breath)
{
    size_t used = 0;

    while (used < size) {
        size_t slice = size - used < READ_SLICE ? size - used : READ_SLICE;
        ssize_t n = pread(fd, (char *)bytes + used, slice, (off_t)used);

        xe_breathe(breath);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        used += (size_t)n;
    }
    return true;
}

static bool read_file(int fd, const struct xe_breath *breath, void **ret_bytes, size_t *ret_size,
                      struct xe_error *err)
{
    off_t size = lseek(fd, 0, SEEK_END);
    void *bytes;

    if (size < 0 || size > TITLE_MAX)
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "image of %lld bytes, at most %lld",
                            (long long)size, (long long)TITLE_MAX);
    bytes = malloc((size_t)size + 1);
    if (!bytes)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for an image of %lld bytes",
                            (long long)size);
    if (!read_all(fd, bytes, (size_t)size, breath)) {
        free(bytes);
        return xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "the image cannot be read");
    }
    *ret_bytes = bytes;
    *ret_size = (size_t)size;
    return true;
}

bool xe_title_take_file(int fd, const struct xe_breath *breath, void **ret_bytes, size_t *ret_size,
                        struct xe_error *err)
{
    bool taken = read_file(fd, breath, ret_bytes, ret_size, err);

    close(fd);
    return taken;
}

/* It reaches as far as a disc; no more of it is read than leads to its executable. */
bool xe_title_take(int fd, const struct xe_breath *breath, struct xe_session_title *title,
                   struct xe_error *err)
{
    struct xe_container *container;

    title->held = xe_container_is(fd);
    if (!title->held)
        return xe_title_take_file(fd, breath, &title->bytes, &title->size, err);
    container = xe_container_open(fd, title->name, title->beside, err);
    if (!container)
        return false;
    title->bytes = xe_container_executable(container, breath, (size_t)TITLE_MAX, &title->size, err);
    xe_container_close(container);
    return title->bytes != NULL;
}
