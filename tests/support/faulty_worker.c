/* Faults of a worker that no title can bring about: the real worker, with a few of its functions
 * wrapped by the linker. A title file asks for them by words behind its end, which no loader reads:
 * "faults: abort=N" (at cycle N the process dies), stall=N (it answers no more), pace=N (N
 * milliseconds pass after each instruction), load=N (parsing takes N milliseconds),
 * incomparable=N (of what check compared, N instructions don't count), unthawable=1 (nothing begins
 * from it), wrong=NAME (members of this name are what no row allows, in whatever it says), after=N
 * (but for the first N messages). A program called untranslating is on a host that translates
 * nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <sys/auxv.h>

#include "rpc/link/link.h"
#include "xe/frozen.h"
#include "xe/instance.h"

#define MARK     "faults:"
#define TAIL_MAX 128u

static struct {
    uint64_t abort_at, stall_at, pace, load_ms, incomparable, unthawable, after;
    char wrong[32];
} fault = {.abort_at = UINT64_MAX, .stall_at = UINT64_MAX};

/* The linker makes these of every other part's calls and of the functions themselves. */
#define WRAP(type, name, ...)                                                                      \
    type __real_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__)

/* ---- what a title asks for ------------------------------------------------------------------- */

static uint64_t word(const char *text, const char *name, uint64_t fallback)
{
    const char *found = strstr(text, name);

    return found ? strtoull(found + strlen(name), NULL, 10) : fallback;
}

static void take_faults(const uint8_t *file, size_t size)
{
    size_t tail = size < TAIL_MAX ? size : TAIL_MAX;
    const char *mark = memmem(file + size - tail, tail, MARK, strlen(MARK));
    char text[TAIL_MAX + 1] = "";

    if (!mark)
        return;
    memcpy(text, mark, (size_t)((const char *)file + size - mark));
    fault.abort_at = word(text, "abort=", UINT64_MAX);
    fault.stall_at = word(text, "stall=", UINT64_MAX);
    fault.pace = word(text, "pace=", 0);
    fault.load_ms = word(text, "load=", 0);
    fault.incomparable = word(text, "incomparable=", 0);
    fault.unthawable = word(text, "unthawable=", 0);
    fault.after = word(text, "after=", 0);
    mark = strstr(text, "wrong=");
    if (mark)
        sscanf(mark, "wrong=%31[a-z0-9_]", fault.wrong);
}

WRAP(struct xe_image *, xe_image_parse_as, const void *file, size_t size,
     const struct xe_image_options *options, const struct xe_breath *breath, struct xe_error *err)
{
    take_faults(file, size);
    for (uint64_t i = 0; i < fault.load_ms; i++) {
        poll(NULL, 0, 1);
        xe_breathe(breath);
    }
    return __real_xe_image_parse_as(file, size, options, breath, err);
}

/* ---- runs ------------------------------------------------------------------------------------ */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void fail_at(uint64_t cycle)
{
    if (cycle == fault.abort_at)
        abort();
    while (cycle == fault.stall_at)
        poll(NULL, 0, -1);
}

/* Instructions until something is to be done. */
static uint64_t piece_at(uint64_t cycle)
{
    uint64_t at = least(fault.abort_at - cycle, fault.stall_at - cycle);

    return fault.pace ? least(at, 1) : at;
}

/* In pieces: where a run is cut makes no difference to it. */
WRAP(bool, xe_instance_run, struct xe_instance *instance, uint64_t n, bool (*look)(void *ctx),
     void *look_ctx, struct xe_run_result *ret, struct xe_error *err)
{
    uint64_t retired = 0;
    bool ok;

    do {
        uint64_t piece = least(n - retired, piece_at(xe_instance_cycle(instance)));

        ok = __real_xe_instance_run(instance, piece, look, look_ctx, ret, err);
        retired += ret->retired;
        if (!ok || ret->stop != XE_STOP_TARGET)
            break;
        fail_at(ret->cycle);
        if (fault.pace)
            poll(NULL, 0, (int)fault.pace);
        if (retired < n && !look(look_ctx))
            ret->stop = ret->info.reason = XE_STOP_CANCEL;
    } while (retired < n && ret->stop == XE_STOP_TARGET);
    ret->retired = retired;
    return ok;
}

/* ---- what it says ---------------------------------------------------------------------------- */

/* No number of the API has a fraction, so nothing can be this. */
static void spoil(json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;
    void *next;

    json_array_foreach(value, i, member) spoil(member);
    json_object_foreach_safe(value, next, name, member)
    {
        if (strcmp(name, fault.wrong) == 0)
            json_object_set_new(value, name, json_real(0.5));
        else
            spoil(member);
    }
}

WRAP(enum xe_link_sent, xe_link_send, int socket, enum xe_link_kind kind, uint32_t id,
     const json_t *body, const struct xe_link_files *files, bool wait)
{
    json_t *said = json_deep_copy(body);
    enum xe_link_sent sent;

    if (fault.wrong[0] && fault.after == 0)
        spoil(said);
    else if (fault.wrong[0])
        fault.after--;
    sent = __real_xe_link_send(socket, kind, id, said, files, wait);
    json_decref(said);
    return sent;
}

/* ---- the rest -------------------------------------------------------------------------------- */

WRAP(bool, xe_instance_thaw, struct xe_instance *instance, const struct xe_frozen *frozen,
     struct xe_error *err)
{
    if (fault.unthawable)
        return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "load state: it was told to fail");
    return __real_xe_instance_thaw(instance, frozen, err);
}

WRAP(bool, xe_engine_can_translate, struct xe_error *err)
{
    const char *program = (const char *)getauxval(AT_EXECFN);

    if (program && strstr(program, "untranslating"))
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "told so by its name");
    return __real_xe_engine_can_translate(err);
}

WRAP(void, xe_instance_engine, const struct xe_instance *instance, struct xe_engine_info *ret)
{
    __real_xe_instance_engine(instance, ret);
    ret->compared -= least(ret->compared, fault.incomparable);
}
