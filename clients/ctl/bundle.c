/* xe360ctl bundle and run --bundle: a run as a file that goes into a bug report. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"
#include "rpc/report/bundle_file.h"

bool ctl_bundle_open(struct ctl *ctl, struct ctl_output *out, const char *path)
{
    if (!ctl_output_open(out, path))
        ctl->exit = CTL_HARNESS;
    else
        return true;
    return false;
}

/* As it is: it is not to be printed. */
static json_t *fetch(struct ctl *ctl, const char *instance)
{
    bool raw = ctl->o.raw;
    json_t *bundle;

    ctl->o.raw = true;
    bundle = ctl_call(ctl, "diagnose.bundle", json_pack("{s:s}", "instance", instance));
    ctl->o.raw = raw;
    return bundle;
}

static bool write_all(struct ctl_output *out, const uint8_t *file, size_t size)
{
    return (ftruncate(fileno(out->file), 0) == 0 || errno == EINVAL) &&
           fwrite(file, 1, size, out->file) == size && fflush(out->file) == 0;
}

bool ctl_bundle_write(struct ctl *ctl, struct ctl_output *out, const char *instance)
{
    struct xe_error err = XE_ERROR_INIT;
    json_t *bundle = instance ? fetch(ctl, instance) : NULL;
    uint8_t *file = NULL;
    size_t size = 0;
    bool ok = false;

    if (bundle && !(file = xe_bundle_pack(bundle, &size, &err))) {
        ctl_fail("%s", err.text);
        ctl->exit = CTL_HARNESS;
    }
    if (file && !(ok = write_all(out, file, size))) {
        ctl_fail("'%s' cannot be written: %s", out->path, strerror(errno));
        ctl->exit = CTL_HARNESS;
    }
    if (!ok && out->made)
        unlink(out->path);
    fclose(out->file);
    ctl_signal_keep(out->path);
    if (ok && json_object_get(bundle, "no_log"))
        ctl_say("this bundle can't be run again: %s",
                json_string_value(json_object_get(bundle, "no_log")));
    free(file);
    json_decref(bundle);
    return ok;
}

int ctl_cmd_bundle(struct ctl *ctl)
{
    struct ctl_output out;

    if (!ctl->o.output) {
        ctl_fail("bundle: -o FILE says where it goes");
        return CTL_USAGE;
    }
    if (!ctl_bundle_open(ctl, &out, ctl->o.output) || !ctl_bundle_write(ctl, &out, ctl->o.arg[0]))
        return ctl->exit;
    return CTL_OK;
}
