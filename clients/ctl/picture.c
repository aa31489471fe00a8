/* frame diff: two pictures held against each other, here, so that it needs no daemon: PNG files, or
 * the newest pictures of instances. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/rows.h"
#include "rpc/api/views.h"
#include "xe/picture.h"

/* ---- where they come from ------------------------------------------------------------------- */

/* All of a file that is open, owned (free); NULL: it can't be had. */
static uint8_t *read_all(int fd, size_t *ret_size)
{
    struct stat st;
    uint8_t *bytes = NULL;
    size_t done = 0;

    errno = EFBIG;
    if (fstat(fd, &st) == 0 && st.st_size >= 0 && st.st_size <= (off_t)XE_PICTURE_BYTES)
        bytes = malloc((size_t)st.st_size + 1);
    while (bytes && done < (size_t)st.st_size) {
        ssize_t n = read(fd, bytes + done, (size_t)st.st_size - done);

        if (n <= 0)
            break;
        done += (size_t)n;
    }
    *ret_size = done;
    return bytes;
}

static bool parse(const char *name, const uint8_t *bytes, size_t size, struct xe_picture *ret)
{
    struct xe_error err = XE_ERROR_INIT;

    if (xe_picture_read(bytes, size, ret, &err))
        return true;
    ctl_fail("'%s': %s", name, err.text);
    return false;
}

static bool load_file(const char *path, int fd, struct xe_picture *ret)
{
    size_t size = 0;
    uint8_t *bytes = read_all(fd, &size);
    bool ok = bytes && parse(path, bytes, size, ret);

    if (!bytes)
        ctl_fail("'%s' cannot be read: %s", path, strerror(errno));
    free(bytes);
    return ok;
}

/* A file goes before an instance of the same name. */
static bool load(struct ctl *ctl, const char *name, struct xe_picture *ret)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    uint8_t *bytes;
    size_t size;
    bool ok;

    if (fd >= 0) {
        ok = load_file(name, fd, ret);
        close(fd);
    } else {
        bytes = ctl_frame_png(ctl, name, &size, NULL);
        if (!bytes) /* told, and why is kept */
            return false;
        ok = parse(name, bytes, size, ret);
        free(bytes);
    }
    if (!ok)
        ctl->exit = CTL_HARNESS;
    return ok;
}

/* ---- what there is to say ------------------------------------------------------------------- */

static void tell(const struct ctl *ctl, const struct xe_rpc_picture_diff_view *view)
{
    if (ctl->o.form) {
        json_t *json = xe_rpc_write(&xe_rpc_picture_diff, view);

        ctl_print(ctl, json);
        json_decref(json);
    } else if (view->equal) {
        printf("equal: %llu pixels\n", (unsigned long long)view->diff.compared);
    } else {
        printf("different: %llu of %llu pixels, the first at %u,%u; a channel by %u of 255; SSIM "
               "%u.%06u\n",
               (unsigned long long)view->diff.different, (unsigned long long)view->diff.compared,
               view->diff.x, view->diff.y, view->diff.greatest, view->diff.ssim / XE_PICTURE_ALIKE,
               view->diff.ssim % XE_PICTURE_ALIKE);
    }
}

static bool write_heat(struct ctl *ctl, const struct xe_picture *a, const struct xe_picture *b)
{
    struct xe_picture heat = {.pixels = NULL};
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *bytes = NULL;
    size_t size = 0;
    bool ok;

    if (xe_picture_heat(a, b, ctl->o.mask, ctl->o.masks, &heat, &err))
        bytes = xe_picture_write(&heat, &size, &err);
    ok = bytes && ctl_write_picture(ctl->o.output, bytes, size);
    if (!bytes)
        ctl_fail("%s", err.text);
    xe_picture_bytes_free(bytes);
    xe_picture_fini(&heat);
    return ok;
}

static int compare(struct ctl *ctl, const struct xe_picture *a, const struct xe_picture *b)
{
    struct xe_rpc_picture_diff_view view = {.equal = false};
    struct xe_error err = XE_ERROR_INIT;

    if (!xe_picture_compare(a, b, ctl->o.mask, ctl->o.masks, &view.diff, &err)) {
        ctl_fail("%s", err.text);
        return CTL_CHECK_FAILED;
    }
    view.equal = !view.diff.different;
    tell(ctl, &view);
    if (ctl->o.output && !write_heat(ctl, a, b))
        return CTL_HARNESS;
    return view.equal ? CTL_OK : CTL_CHECK_FAILED;
}

int ctl_frame_diff(struct ctl *ctl)
{
    struct xe_picture a = {.pixels = NULL}, b = {.pixels = NULL};
    int code;

    if (load(ctl, ctl->o.arg[1], &a) && load(ctl, ctl->o.arg[2], &b))
        code = compare(ctl, &a, &b);
    else
        code = ctl->exit;
    xe_picture_fini(&a);
    xe_picture_fini(&b);
    return code;
}
