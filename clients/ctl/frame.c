/* Pictures: the newest one, told or as a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

#define PNG_MAX (256u << 20)

static bool write_file(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "we");
    bool ok = file && fwrite(bytes, size, 1, file) == 1;

    return file && fclose(file) == 0 && ok;
}

bool ctl_frame(struct ctl *ctl, const char *instance, const char *path)
{
    json_t *frame =
        ctl_call(ctl, "frame.get", json_pack("{s:s, s:b}", "instance", instance, "png", 1));
    size_t size = (size_t)ctl_int_of(frame, "png_bytes");
    uint8_t *bytes = frame && size <= PNG_MAX ? malloc(size + 1) : NULL;
    bool ok = bytes && size && ctl_base64(ctl_text_of(frame, "png"), bytes, size);

    if (frame && !ok)
        ctl_fail("the answer to frame.get is no picture");
    if (ok && !write_file(path, bytes, size)) {
        ctl_fail("'%s' cannot be written: %s", path, strerror(errno));
        ctl->exit = CTL_HARNESS;
        ok = false;
    } else if (ok) {
        ctl_say("picture %lld, %lld by %lld, is in '%s'", ctl_int_of(frame, "number"),
                ctl_int_of(frame, "width"), ctl_int_of(frame, "height"), path);
    }
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

int ctl_cmd_frame(struct ctl *ctl)
{
    if (ctl->o.output)
        return ctl_frame(ctl, ctl->o.arg[0], ctl->o.output) ? CTL_OK : ctl->exit;
    return ctl_show_call(ctl, "frame.get", ctl_instance_param(ctl), show_frame);
}
