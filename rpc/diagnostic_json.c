#include "rpc/diagnostic_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/json_bits.h"
#include "rpc/rpc.h"
#include "rpc/verdict.h"

#define hex32 xe_rpc_hex32
#define hex64 xe_rpc_hex64
#define count xe__json_count

/* ---- one thread ------------------------------------------------------------------------------ */

static json_t *frames_json(const struct xe_rpc_diagnostic *in, const struct xe_thread_info *t)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < t->frames; i++) {
        uint32_t offset = 0;
        const char *name = in->symbol ? in->symbol(in->symbol_ctx, t->frame[i].lr, &offset) : NULL;
        json_t *frame =
            json_pack("{s:o, s:o}", "sp", hex32(t->frame[i].sp), "lr", hex32(t->frame[i].lr));

        if (name) {
            json_object_set_new(frame, "symbol", xe__json_guest(name));
            json_object_set_new(frame, "offset", count(offset));
        }
        json_array_append_new(list, frame);
    }
    return list;
}

static json_t *wait_object_json(const struct xe_thread_wait_object *object)
{
    char kind[64];

    xe_audit_kind_text(&object->kind, kind, sizeof(kind));
    return json_pack("{s:o, s:s, s:b, s:b, s:o, s:o}", "key", hex32(object->key), "kind", kind,
                     "mr", (int)object->manual_reset, "sig", (int)object->signaled, "owner",
                     count(object->owner_tid), "waiters", count(object->waiters));
}

static json_t *wait_json(const struct xe_thread_info *t)
{
    json_t *objects, *wait;

    if (!t->waiting)
        return json_null();
    objects = json_array();
    for (uint32_t i = 0; i < t->wait_objects; i++)
        json_array_append_new(objects, wait_object_json(&t->wait_object[i]));
    wait = json_pack("{s:s, s:o, s:b, s:o, s:s, s:o, s:o}", "type", t->wait_all ? "all" : "any",
                     "objects", objects, "alertable", (int)t->alertable, "since_cycle",
                     count(t->wait_since_cycle), "src", t->wait_src ? t->wait_src : "?", "lr",
                     hex32(t->wait_lr), "wrapper_lr", hex32(t->wait_wrapper_lr));
    json_object_set_new(wait, "timeout_100ns",
                        t->timed ? json_integer(t->timeout_100ns) : json_null());
    json_object_set_new(wait, "remaining_100ns",
                        t->timed ? json_integer(t->remaining_100ns) : json_null());
    return wait;
}

static json_t *last_export_json(const struct xe_thread_info *t)
{
    json_t *args;

    if (!t->last_export)
        return json_null();
    args = json_array();
    for (size_t i = 0; i < sizeof(t->last_export_args) / sizeof(t->last_export_args[0]); i++)
        json_array_append_new(args, hex64(t->last_export_args[i]));
    return json_pack("{s:s, s:o, s:o}", "name", t->last_export, "args", args, "cycle",
                     count(t->last_export_cycle));
}

static json_t *locks_json(const struct xe_thread_info *t)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < t->held_locks; i++)
        json_array_append_new(list, hex32(t->held_lock[i]));
    return list;
}

static void add_schedule(json_t *object, const struct xe_thread_info *t)
{
    json_object_set_new(object, "hw_thread", count(t->hw_thread));
    json_object_set_new(object, "base_priority", json_integer(t->base_priority));
    json_object_set_new(object, "priority", json_integer(t->priority));
    json_object_set_new(object, "affinity", hex32(t->affinity));
    json_object_set_new(object, "suspend_count", count(t->suspend_count));
    json_object_set_new(object, "irql", count(t->irql));
    json_object_set_new(object, "retired", count(t->retired));
    json_object_set_new(object, "last_progress_cycle", count(t->last_progress_cycle));
}

static void add_place(json_t *object, const struct xe_thread_info *t)
{
    json_object_set_new(object, "pc", hex32(t->pc));
    json_object_set_new(object, "lr", hex32(t->lr));
    json_object_set_new(object, "ctr", hex64(t->ctr));
    json_object_set_new(object, "sp", hex32(t->sp));
    json_object_set_new(object, "start_routine", hex32(t->start_routine));
    json_object_set_new(object, "start_context", hex32(t->start_context));
    json_object_set_new(object, "creator_tid", count(t->creator_tid));
    json_object_set_new(object, "creator_lr", hex32(t->creator_lr));
    json_object_set_new(object, "last_export", last_export_json(t));
}

static json_t *thread_json(const struct xe_rpc_diagnostic *in, const struct xe_thread_info *t)
{
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:o, s:s, s:b}", "tid", count(t->tid), "name",
                  xe__json_guest(t->name), "handle", hex32(t->handle), "kthread", hex32(t->kthread),
                  "state", xe_thread_state_name(t->state), "system", (int)t->system);

    if (!object)
        return NULL;
    add_schedule(object, t);
    add_place(object, t);
    if (t->state == XE_THREAD_TERMINATED)
        json_object_set_new(object, "exit_code", hex32(t->exit_code));
    json_object_set_new(object, "frames", frames_json(in, t));
    json_object_set_new(object, "wait", wait_json(t));
    json_object_set_new(object, "held_locks", locks_json(t));
    return object;
}

/* ---- groups: threads with equal wait stacks -------------------------------------------------- */

static int compare_stacks(const struct xe_thread_info *a, const struct xe_thread_info *b)
{
    int order = strcmp(a->wait_src ? a->wait_src : "", b->wait_src ? b->wait_src : "");

    if (!order && a->wait_lr != b->wait_lr)
        order = a->wait_lr < b->wait_lr ? -1 : 1;
    if (!order && a->frames != b->frames)
        order = a->frames < b->frames ? -1 : 1;
    for (uint32_t i = 0; !order && i < a->frames; i++)
        if (a->frame[i].lr != b->frame[i].lr)
            order = a->frame[i].lr < b->frame[i].lr ? -1 : 1;
    return order;
}

static int by_stack(const void *a, const void *b)
{
    const struct xe_thread_info *left = *(const struct xe_thread_info *const *)a;
    const struct xe_thread_info *right = *(const struct xe_thread_info *const *)b;
    int order = compare_stacks(left, right);

    return order ? order : left->tid < right->tid ? -1 : 1;
}

/* A run of threads with one stack, in tid order. */
struct group {
    const struct xe_thread_info *const *thread;
    uint32_t threads;
};

static int by_first_tid(const void *a, const void *b)
{
    const struct group *left = a, *right = b;

    return left->thread[0]->tid < right->thread[0]->tid ? -1 : 1;
}

static json_t *group_json(const struct group *group)
{
    const struct xe_thread_info *first = group->thread[0];
    json_t *tids = json_array(), *object;
    bool same_creator = true, same_start = true;

    for (uint32_t i = 0; i < group->threads; i++) {
        json_array_append_new(tids, count(group->thread[i]->tid));
        same_creator &= group->thread[i]->creator_lr == first->creator_lr;
        same_start &= group->thread[i]->start_routine == first->start_routine;
    }
    object = json_pack("{s:o, s:o, s:s, s:o, s:o}", "count", count(group->threads), "tids", tids,
                       "src", first->wait_src ? first->wait_src : "?", "lr", hex32(first->wait_lr),
                       "wrapper_lr", hex32(first->wait_wrapper_lr));
    json_object_set_new(object, "creator_lr",
                        same_creator ? hex32(first->creator_lr) : json_null());
    json_object_set_new(object, "start_routine",
                        same_start ? hex32(first->start_routine) : json_null());
    return object;
}

/* Cut the sorted threads into runs of two and more; returns how many. */
static uint32_t find_groups(const struct xe_thread_info *const *thread, uint32_t n,
                            struct group *ret)
{
    uint32_t groups = 0;

    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && !compare_stacks(thread[from], thread[to]);)
            to++;
        if (to - from > 1)
            ret[groups++] = (struct group){thread + from, to - from};
    }
    return groups;
}

static json_t *groups_json(const struct xe_rpc_diagnostic *in)
{
    const struct xe_thread_info **thread = calloc(in->threads + 1u, sizeof(*thread));
    struct group *group = calloc(in->threads / 2u + 1u, sizeof(*group));
    json_t *list = thread && group ? json_array() : NULL;
    uint32_t n = 0, groups;

    for (uint32_t i = 0; list && i < in->threads; i++)
        if (in->thread[i].waiting)
            thread[n++] = &in->thread[i];
    if (list) {
        qsort(thread, n, sizeof(*thread), by_stack);
        groups = find_groups((const struct xe_thread_info *const *)thread, n, group);
        qsort(group, groups, sizeof(*group), by_first_tid);
        for (uint32_t i = 0; i < groups; i++)
            json_array_append_new(list, group_json(&group[i]));
    }
    free(thread);
    free(group);
    return list;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static json_t *title_json(const struct xe_title_info *title)
{
    char sha256[65];

    if (!title->loaded)
        return json_null();
    for (int i = 0; i < 32; i++)
        snprintf(sha256 + 2 * i, 3, "%02x", title->sha256[i]);
    return json_pack("{s:o, s:s, s:o, s:o, s:o}", "name", xe__json_guest(title->name), "sha256",
                     sha256, "title_id", hex32(title->title_id), "base", hex32(title->base),
                     "entry", hex32(title->entry));
}

static json_t *states_json(const struct xe_kernel_totals *totals)
{
    json_t *states = json_object();

    for (int i = 0; i < XE_THREAD_STATES; i++)
        json_object_set_new(states, xe_thread_state_name((enum xe_thread_state)i),
                            count(totals->threads[i]));
    return states;
}

/* More would not fit into one answer: first those that have ended are left out, the oldest first.
 */
#define THREADS_MAX 2000u

static uint32_t live_threads(const struct xe_rpc_diagnostic *in)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < in->threads; i++)
        n += in->thread[i].state != XE_THREAD_TERMINATED;
    return n;
}

static json_t *threads_json(const struct xe_rpc_diagnostic *in)
{
    uint32_t live = live_threads(in), ended = in->threads - live;
    uint32_t room = live < THREADS_MAX ? THREADS_MAX - live : 0;
    uint32_t skip = ended > room ? ended - room : 0;
    json_t *list = json_array();

    for (uint32_t i = 0; i < in->threads && json_array_size(list) < THREADS_MAX; i++) {
        if (in->thread[i].state == XE_THREAD_TERMINATED && skip > 0)
            skip--;
        else
            json_array_append_new(list, thread_json(in, &in->thread[i]));
    }
    return list;
}

json_t *xe_rpc_diagnostic_make(const struct xe_rpc_diagnostic *in)
{
    json_t *threads = threads_json(in);

    return json_pack(
        "{s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "schema", "xe360/thread-diagnostic/1", "instance", in->instance ? in->instance : "",
        "cycle", count(in->cycle), "title", title_json(&in->title), "mode",
        in->mode ? in->mode : "", "seed", hex64(in->seed), "instructions", count(in->cycle),
        "virtual_us", count(in->virtual_us), "draws", count(in->totals.draws), "swaps",
        count(in->totals.swaps), "export_calls", count(in->totals.export_calls), "stub_calls",
        count(in->totals.stub_calls), "states", states_json(&in->totals), "verdict",
        xe__verdict_json(in), "threads", threads, "threads_omitted",
        count(in->threads - json_array_size(threads)), "groups", groups_json(in));
}
