/* run --snapshot-load and --snapshot-save: a private worker's state from a file and into one. The
 * file is a snapshot as snapshot.export writes it; what is in it, only the worker looks at. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

bool ctl_run_snapshot_check(const struct ctl_options *o)
{
    if (o->has_at_cycle && !o->snapshot_save)
        ctl_fail("run: --at-cycle says when to save: give --snapshot-save, too");
    return !o->has_at_cycle || o->snapshot_save;
}

bool ctl_run_load(struct ctl *ctl, uint64_t *ret_cycle)
{
    json_t *result;

    *ret_cycle = 0;
    if (!ctl->o.snapshot_load)
        return true;
    if (!ctl_private_title(ctl, ctl->o.snapshot_load))
        return false;
    result = ctl_call(ctl, "snapshot.load",
                      json_pack("{s:s, s:s}", "instance", "local", "name", "file"));
    *ret_cycle = (uint64_t)json_integer_value(json_object_get(result, "cycle"));
    json_decref(result);
    return result;
}

static bool save(struct ctl *ctl)
{
    json_t *result = ctl_call(ctl, "snapshot.save",
                              json_pack("{s:s, s:s}", "instance", "local", "name", "file"));
    int fd = result ? ctl_private_take_file(ctl) : -1;
    bool saved = false;
    char from[32];

    snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
    if (fd >= 0)
        saved = ctl_copy(from, ctl->o.snapshot_save);
    else if (result)
        ctl_fail("the worker gave no snapshot");
    if (fd >= 0)
        close(fd);
    if (saved)
        ctl_say("cycle %lld is saved in '%s'",
                (long long)json_integer_value(json_object_get(result, "cycle")),
                ctl->o.snapshot_save);
    json_decref(result);
    return saved;
}

void ctl_run_save(struct ctl *ctl)
{
    ctl->unsaved |= !save(ctl);
}

bool ctl_run_to_save(struct ctl *ctl, uint64_t from, uint64_t *ret_instructions)
{
    uint64_t at = ctl->o.at_cycle;

    *ret_instructions = 0;
    if (!ctl->o.has_at_cycle)
        return true;
    if (at >= from && at - from <= ctl->o.count) {
        *ret_instructions = at - from;
        return true;
    }
    ctl_fail("run: --at-cycle=%" PRIu64 " is not on the way of this run, from cycle %" PRIu64
             " to %" PRIu64,
             at, from, from + ctl->o.count);
    ctl->exit = CTL_USAGE;
    return false;
}

bool ctl_run_is_there(struct ctl *ctl, const json_t *run)
{
    json_int_t cycle = json_integer_value(json_object_get(run, "cycle"));

    if ((uint64_t)cycle == ctl->o.at_cycle)
        return true;
    ctl_fail("run: it ended at cycle %lld, before cycle %" PRIu64 ": nothing is saved",
             (long long)cycle, ctl->o.at_cycle);
    ctl->unsaved = true;
    return false;
}

bool ctl_run_has_shown(const json_t *run, uint64_t *frames)
{
    uint64_t shown = (uint64_t)ctl_int_of(run, "frames"), asked = *frames;

    *frames -= shown < asked ? shown : asked;
    return asked && !*frames;
}

static void add(json_t *to, const json_t *from, const char *name)
{
    const json_t *more = json_object_get(from, name);

    if (more)
        json_object_set_new(
            to, name,
            json_integer(json_integer_value(json_object_get(to, name)) + json_integer_value(more)));
}

void ctl_run_join(json_t *run, const json_t *before)
{
    add(run, before, "target");
    add(run, before, "retired");
    add(run, before, "frames");
    add(json_object_get(run, "engine"), json_object_get(before, "engine"), "compared");
}
