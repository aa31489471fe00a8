/* Pictures: the newest one, told or as a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

#define PNG_MAX (256u << 20)

bool ctl_write_picture(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "we");
    bool ok = file && fwrite(bytes, size, 1, file) == 1;

    ok = file && fclose(file) == 0 && ok;
    if (!ok)
        ctl_fail("'%s' cannot be written: %s", path, strerror(errno));
    return ok;
}

uint8_t *ctl_frame_png(struct ctl *ctl, const char *instance, size_t *ret_size, json_t **ret_frame)
{
    json_t *frame =
        ctl_call(ctl, "frame.get", json_pack("{s:s, s:b}", "instance", instance, "png", 1));
    size_t size = (size_t)ctl_int_of(frame, "png_bytes");
    uint8_t *bytes = frame && size <= PNG_MAX ? malloc(size + 1) : NULL;
    bool ok = bytes && size && ctl_base64(ctl_text_of(frame, "png"), bytes, size);

    if (frame && !ok) {
        ctl_fail("the answer to frame.get is no picture");
        ctl->exit = CTL_RPC;
    }
    if (!ok) {
        free(bytes);
        bytes = NULL;
    }
    *ret_size = size;
    if (ret_frame && bytes)
        *ret_frame = frame;
    else
        json_decref(frame);
    return bytes;
}

bool ctl_frame(struct ctl *ctl, const char *instance, const char *path)
{
    json_t *frame = NULL;
    size_t size;
    uint8_t *bytes = ctl_frame_png(ctl, instance, &size, &frame);
    bool ok = bytes && ctl_write_picture(path, bytes, size);

    if (ok)
        ctl_say("picture %lld, %lld by %lld, is in '%s'", ctl_int_of(frame, "number"),
                ctl_int_of(frame, "width"), ctl_int_of(frame, "height"), path);
    else if (bytes)
        ctl->exit = CTL_HARNESS;
    free(bytes);
    json_decref(frame);
    return ok;
}

static void show_frame(const json_t *frame)
{
    printf("picture %lld of %lld by %lld, shown at %lld us: %s\n", ctl_int_of(frame, "number"),
           ctl_int_of(frame, "width"), ctl_int_of(frame, "height"), ctl_int_of(frame, "time") / 10,
           ctl_text_of(frame, "sha256"));
}

static void show_frames(const json_t *list)
{
    const json_t *frame;
    size_t i;

    json_array_foreach(json_object_get(list, "items"), i, frame)
    {
        printf("picture %lld at cycle %lld: %lld by %lld, %s\n", ctl_int_of(frame, "number"),
               ctl_int_of(frame, "at_cycle"), ctl_int_of(frame, "width"),
               ctl_int_of(frame, "height"), ctl_text_of(frame, "sha256"));
    }
}

int ctl_cmd_frames(struct ctl *ctl)
{
    return ctl_show_call(ctl, "frame.list", ctl_instance_param(ctl), show_frames);
}

int ctl_cmd_frame(struct ctl *ctl)
{
    if (ctl->o.args == 3 && !strcmp(ctl->o.arg[0], "diff"))
        return ctl_frame_diff(ctl);
    if (ctl->o.args != 1 || ctl->o.masks) {
        ctl_fail("frame: expected INSTANCE, or diff A B");
        return CTL_USAGE;
    }
    if (ctl->o.output)
        return ctl_frame(ctl, ctl->o.arg[0], ctl->o.output) ? CTL_OK : ctl->exit;
    return ctl_show_call(ctl, "frame.get", ctl_instance_param(ctl), show_frame);
}
