#include "rpc/diagnostic_json.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/rows.h"

/* ---- one thread ------------------------------------------------------------------------------ */

static void find_place(const struct xe_rpc_diagnostic *in, xe_gva address, bool call,
                       struct xe_place *ret)
{
    if (!in->place || !in->place(in->place_ctx, address, call, ret))
        *ret = (struct xe_place){.line = 0};
}

static json_t *thread_json(const struct xe_rpc_diagnostic *in, const struct xe_thread_info *t)
{
    struct xe_rpc_thread_view view = {.info = *t};

    for (uint32_t i = 0; i < t->frames && i < sizeof(view.frame) / sizeof(view.frame[0]); i++) {
        struct xe_rpc_frame_view *frame = &view.frame[i];

        frame->sp = t->frame[i].sp;
        frame->lr = t->frame[i].lr;
        find_place(in, frame->lr, true, &frame->call);
    }
    find_place(in, t->pc, false, &view.at);
    find_place(in, t->wait_wrapper_lr, true, &view.caller);
    return xe_rpc_write(&xe_rpc_thread, &view);
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

static struct xe_rpc_group_view group_view(const struct group *group, uint32_t *tid)
{
    const struct xe_thread_info *first = group->thread[0];
    struct xe_rpc_group_view view = {
        .count = group->threads,
        .tid = tid,
        .src = first->wait_src,
        .lr = first->wait_lr,
        .wrapper_lr = first->wait_wrapper_lr,
        .creator_lr = first->creator_lr,
        .start_routine = first->start_routine,
        .same_creator = true,
        .same_start = true,
    };

    for (uint32_t i = 0; i < group->threads; i++) {
        tid[i] = group->thread[i]->tid;
        view.same_creator &= group->thread[i]->creator_lr == first->creator_lr;
        view.same_start &= group->thread[i]->start_routine == first->start_routine;
    }
    return view;
}

/* Cut the sorted threads into runs of two and more; returns how many. */
static uint32_t find_groups(const struct xe_thread_info **thread, uint32_t n, struct group *ret)
{
    uint32_t groups = 0;

    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && !compare_stacks(thread[from], thread[to]);)
            to++;
        if (to - from > 1)
            ret[groups++] =
                (struct group){(const struct xe_thread_info *const *)thread + from, to - from};
    }
    return groups;
}

/* Room for the groups of so many threads. */
struct folding {
    const struct xe_thread_info **thread;
    struct group *group;
    struct xe_rpc_group_view *view;
    uint32_t *tid;
};

static bool folding_init(struct folding *f, uint32_t threads)
{
    f->thread = calloc(threads + 1u, sizeof(*f->thread));
    f->group = calloc(threads / 2u + 1u, sizeof(*f->group));
    f->view = calloc(threads / 2u + 1u, sizeof(*f->view));
    f->tid = calloc(threads + 1u, sizeof(*f->tid));
    return f->thread && f->group && f->view && f->tid;
}

static void folding_fini(struct folding *f)
{
    free(f->thread);
    free(f->group);
    free(f->view);
    free(f->tid);
}

/* Returns how many groups there are. */
static uint32_t fold(const struct xe_rpc_diagnostic *in, struct folding *f)
{
    uint32_t n = 0, groups, used = 0;

    for (uint32_t i = 0; i < in->threads; i++)
        if (in->thread[i].waiting)
            f->thread[n++] = &in->thread[i];
    qsort(f->thread, n, sizeof(*f->thread), by_stack);
    groups = find_groups(f->thread, n, f->group);
    qsort(f->group, groups, sizeof(*f->group), by_first_tid);
    for (uint32_t i = 0; i < groups; i++) {
        f->view[i] = group_view(&f->group[i], f->tid + used);
        used += f->group[i].threads;
    }
    return groups;
}

/* ---- the whole ------------------------------------------------------------------------------- */

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
    struct xe_rpc_diagnostic_view view = {
        .in = *in, .instance = in->instance ? in->instance : "", .threads = threads_json(in)};
    struct folding folding;
    json_t *result = NULL;

    if (folding_init(&folding, in->threads) && xe__verdict_make(in, &view.verdict) &&
        view.threads) {
        view.groups = fold(in, &folding);
        view.group = folding.view;
        view.threads_omitted = in->threads - (uint32_t)json_array_size(view.threads);
        result = xe_rpc_write(&xe_rpc_thread_diagnostic, &view);
    }
    xe__verdict_fini(&view.verdict);
    folding_fini(&folding);
    json_decref(view.threads);
    return result;
}
