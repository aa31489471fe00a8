/* What a run's end means to whoever called this program: its exit status. One table:
 * doc/explain.md, and xe360ctl(1), EXIT STATUS. */
#include <string.h>

#include "clients/ctl/ctl.h"
#include "xe/stop.h"

/* Every verdict's code, the status it has when it counts as a failure, and the word of --until and
 * --exit-on that stands for it and its like. */
static const struct verdict_row {
    const char *code, *like;
    int status;
    bool counts; /* without --exit-on or --until */
} rows[] = {
    {"exited", "exit", CTL_LIMIT, false},     {"crashed", "crash", CTL_CRASHED, true},
    {"stuck", "hang", CTL_HANG, true},        {"partly_stuck", "hang", CTL_HANG, false},
    {"livelock", "hang", CTL_HANG, false},    {"starved", "hang", CTL_HANG, false},
    {"running", "running", CTL_LIMIT, false}, {"idle", "idle", CTL_LIMIT, false},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool is_word(const char *text, size_t size, const char *word)
{
    return strlen(word) == size && !strncmp(text, word, size);
}

/* Does this word of a list mean the row? "diagnosis" is another name of "hang". */
static bool means(const char *text, size_t size, const struct verdict_row *row)
{
    return is_word(text, size, row->code) || is_word(text, size, row->like) ||
           (is_word(text, size, "diagnosis") && !strcmp(row->like, "hang"));
}

static bool is_listed(const char *list, const struct verdict_row *row)
{
    for (size_t size; *list; list += size + (list[size] == ',')) {
        size = strcspn(list, ",");
        if (means(list, size, row))
            return true;
    }
    return false;
}

bool ctl_exit_on_check(const char *list, const char **ret_word, size_t *ret_size)
{
    size_t size;

    do {
        bool known = false;

        size = strcspn(list, ",");
        for (size_t i = 0; i < ROWS; i++)
            known |= size > 0 && means(list, size, &rows[i]);
        if (!known) {
            *ret_word = list;
            *ret_size = size;
            return false;
        }
        list += size;
    } while (*list++ == ',');
    return true;
}

static const struct verdict_row *row_of(const char *code)
{
    for (size_t i = 0; i < ROWS; i++)
        if (!strcmp(rows[i].code, code))
            return &rows[i];
    return NULL;
}

bool ctl_exit_wants_hangs(const struct ctl_options *o)
{
    const struct verdict_row *part = row_of("partly_stuck");

    return (o->exit_on && is_listed(o->exit_on, part)) || (o->until && is_listed(o->until, part));
}

uint64_t ctl_frames(const struct ctl_options *o)
{
    if (o->frames)
        return o->frames;
    return o->until && !strcmp(o->until, xe_stop_name(XE_STOP_FRAME));
}

/* --until=hang ends with a deadlock of some threads too, and with a livelock. */
void ctl_stop_on(const struct ctl_options *o, uint64_t frames, json_t *params)
{
    if (frames)
        json_object_set_new(params, "frames", json_integer((json_int_t)frames));
    if (!o->until || strcmp(o->until, "hang") != 0)
        return;
    json_object_set_new(
        params, "stop_on",
        json_pack("[s, s]", xe_stop_name(XE_STOP_DEADLOCK), xe_stop_name(XE_STOP_LIVELOCK)));
    if (o->share)
        json_object_set_new(params, "stop_share", json_integer((json_int_t)o->share));
}

/* Of 32 bits a process hands on 8: what is not 0 must not become 0. */
static int guest_status(const json_t *run)
{
    json_int_t code = json_integer_value(json_object_get(run, "exit_code"));

    return code & 0xFF ? (int)(code & 0xFF) : code ? 0xFF : 0;
}

/* Does the verdict count as a failure? --exit-on says which do; --until=hang adds the hangs of a
 * part. */
static bool fails(const struct ctl_options *o, const struct verdict_row *row)
{
    if (o->exit_on)
        return is_listed(o->exit_on, row);
    return row->counts || (o->until && !strcmp(o->until, "hang") && !strcmp(row->like, "hang"));
}

int ctl_run_exit(const struct ctl *ctl, const json_t *run, const char *verdict)
{
    const char *reason = json_string_value(json_object_get(run, "stop_reason"));
    const struct ctl_options *o = &ctl->o;
    const struct verdict_row *row = row_of(verdict);
    bool came, cancelled;

    if (!row || !reason)
        return CTL_RPC;
    cancelled = xe_stop_find(reason) == XE_STOP_CANCEL;
    if (cancelled && (ctl_caught_signal() || !ctl_wall_was_spent()))
        return CTL_CANCELLED;
    if (fails(o, row))
        return row->status;
    if (cancelled)
        return CTL_LIMIT;
    came = !o->until || !strcmp(o->until, row->like) || !strcmp(o->until, reason);
    if (!came)
        return CTL_LIMIT;
    return o->guest_code && !strcmp(row->code, "exited") ? guest_status(run) : CTL_OK;
}

bool ctl_checked_nothing(const json_t *run)
{
    const json_t *engine = json_object_get(run, "engine");
    const char *asked = json_string_value(json_object_get(engine, "asked"));
    const char *ran = json_string_value(json_object_get(engine, "ran"));
    const char *why = json_string_value(json_object_get(engine, "why"));

    if (!asked || !ran || strcmp(asked, "check") != 0 || strcmp(ran, "check") == 0)
        return false;
    ctl_fail("engine=check: %s", why ? why : ran);
    return true;
}
