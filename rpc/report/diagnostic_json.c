#include "rpc/report/diagnostic_json.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"

/* ---- one thread ------------------------------------------------------------------------------ */

static void find_place(const struct xe_rpc_diagnostic *in, xe_gva address, bool call,
                       struct xe_place *ret)
{
    if (!in->place || !in->place(in->place_ctx, address, call, ret))
        *ret = (struct xe_place){.line = 0};
}

static void fill_spin(const struct xe_explain *explain, struct xe_rpc_thread_view *view)
{
    for (uint32_t i = 0; i < explain->threads; i++) {
        const struct xe_explain_thread *it = &explain->thread[i];

        if (it->now.tid != view->info.tid || !it->spin)
            continue;
        view->spins.certainty =
            xe_certainty_name(it->spin->exact ? XE_CERTAINTY_CERTAIN : XE_CERTAINTY_POSSIBLE);
        view->spins.stuck = xe_certainty_name(it->stuck);
        view->spins.since_cycle = it->spin->since_cycle;
        view->spins.instructions = it->spin->instructions;
        xe__rpc_spin_on(explain, it->spin, view->spins.on);
    }
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
    if (in->explain)
        fill_spin(in->explain, &view);
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

/* ---- pages ----------------------------------------------------------------------------------- */

#define PAGE_BYTES (2u << 20) /* of threads in one reply */

/* Where a thread stands among all: first those that live, by id, then those that have ended, the
 * latest first. While a title runs it only ever moves back, so pages leave none out. */
static uint64_t rank_of(const struct xe_thread_info *t)
{
    return t->state == XE_THREAD_TERMINATED ? (UINT64_C(1) << 32) + (UINT32_MAX - t->tid) : t->tid;
}

static int by_rank(const void *a, const void *b)
{
    uint64_t left = rank_of(*(const struct xe_thread_info *const *)a);
    uint64_t right = rank_of(*(const struct xe_thread_info *const *)b);

    return left < right ? -1 : left > right;
}

/* Make the threads of the page that begins at the cursor, each at its index: by rank as many as
 * fit, but one in any case. */
static void make_page(struct xe_rpc_diagnostic_view *view, const struct xe_thread_info **thread,
                      json_t **made)
{
    const struct xe_rpc_diagnostic *in = &view->in;
    uint32_t n = 0;
    size_t size = 0;

    for (uint32_t i = 0; i < in->threads; i++)
        if (rank_of(&in->thread[i]) >= in->cursor)
            thread[n++] = &in->thread[i];
    qsort(thread, n, sizeof(*thread), by_rank);
    for (uint32_t i = 0; i < n && !view->more; i++) {
        json_t *one = thread_json(in, thread[i]);

        size += json_dumpb(one, NULL, 0, JSON_COMPACT);
        view->more = i > 0 && (i == in->limit || size > PAGE_BYTES);
        if (view->more) {
            view->next = rank_of(thread[i]);
            json_decref(one);
        } else {
            made[thread[i] - in->thread] = one;
        }
    }
}

/* The page of threads, in order of their ids; false without memory. */
static bool add_threads(struct xe_rpc_diagnostic_view *view)
{
    uint32_t threads = view->in.threads;
    const struct xe_thread_info **thread = calloc(threads + 1u, sizeof(*thread));
    json_t **made = calloc(threads + 1u, sizeof(*made));
    bool ok = thread && made;

    view->threads = json_array();
    if (ok) {
        make_page(view, thread, made);
        for (uint32_t i = 0; i < threads; i++)
            if (made[i])
                json_array_append_new(view->threads, made[i]);
    }
    view->threads_omitted = threads - (uint32_t)json_array_size(view->threads);
    free(thread);
    free(made);
    return ok && view->threads;
}

/* ---- the whole ------------------------------------------------------------------------------- */

json_t *xe_rpc_diagnostic_make(const struct xe_rpc_diagnostic *in)
{
    struct xe_rpc_diagnostic_view view = {.in = *in, .instance = in->instance ? in->instance : ""};
    struct folding folding;
    json_t *result = NULL;

    if (folding_init(&folding, in->threads) && xe__rpc_verdict_make(in, &view.verdict) &&
        add_threads(&view)) {
        view.groups = in->cursor ? 0 : fold(in, &folding);
        view.group = folding.view;
        result = xe_rpc_write(&xe_rpc_thread_diagnostic, &view);
    }
    xe__rpc_verdict_fini(&view.verdict);
    folding_fini(&folding);
    json_decref(view.threads);
    return result;
}
