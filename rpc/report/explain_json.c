/* From an explanation (xe/explain.h) to the views that its JSON is made of. */
#include "rpc/report/explain_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "rpc/report/crash.h"
#include "rpc/report/fingerprint.h"

/* What all steps need. */
struct making {
    struct xe_instance *instance;
    const struct xe_explain *explain;
    struct xe_rpc_explain_view *view;
    uint32_t *tids; /* owned: what groups point to */
    bool no_memory;
};

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void *take(struct making *m, uint32_t count, size_t size)
{
    void *room = calloc(count + 1u, size);

    m->no_memory |= !room;
    return room;
}

/* Of a call, by where it returns to: "main at parked.c:41", "main+0x28"; "" where nothing has a
 * name. */
static void name_place(const struct making *m, uint32_t address, char text[XE_RPC_EXPLAIN_PLACE])
{
    struct xe_place place;

    text[0] = '\0';
    if (address && xe_instance_place_of_call(m->instance, address, &place))
        xe_place_text(&place, text);
}

static void name_spin(const struct making *m, uint32_t tid, char text[XE_RPC_SPIN_ON])
{
    for (uint32_t i = 0; i < m->explain->threads; i++)
        if (m->explain->thread[i].now.tid == tid && m->explain->thread[i].spin)
            xe__rpc_spin_on(m->explain, m->explain->thread[i].spin, text);
}

/* ---- parts of a root ------------------------------------------------------------------------- */

static void fill_producer(const struct making *m, const struct xe_producer *who,
                          struct xe_rpc_producer_view *ret)
{
    *ret = (struct xe_rpc_producer_view){.who = *who,
                                         .has_until = who->until_cycle != XE_CYCLE_NONE,
                                         .has_acted = who->last_src != NULL};
    if (!ret->who.name)
        ret->who.name = "";
    name_place(m, who->last_lr, ret->place);
    if (who->standing == XE_STANDS_SPINNING || who->standing == XE_STANDS_POLLING)
        name_spin(m, who->tid, ret->spins_on);
}

static void fill_object(struct making *m, uint32_t at, uint32_t key,
                        struct xe_rpc_explained_object *ret)
{
    const struct xe_explain_object *object = &m->explain->object[at];

    ret->about = object->about;
    ret->key = key ? key : object->about.key;
    xe_explain_kind_text(object, ret->kind, sizeof(ret->kind));
    if (object->about.has_creator)
        name_place(m, object->about.created.lr, ret->made_at);
    ret->producers = least(object->producers, XE_RPC_EXPLAIN_LIST);
    ret->producer = take(m, ret->producers, sizeof(*ret->producer));
    for (uint32_t i = 0; ret->producer && i < ret->producers; i++)
        fill_producer(m, &m->explain->producer[object->first_producer + i].who, &ret->producer[i]);
}

/* The thread's own name for an object that it waits for; 0: it doesn't. */
static uint32_t key_of(const struct xe_explain *explain, uint32_t thread, uint32_t object)
{
    const struct xe_explain_thread *it = &explain->thread[thread];

    for (uint32_t i = it->first_link; i < it->first_link + it->links; i++)
        if (explain->link[i].object == object)
            return explain->link[i].key;
    return 0;
}

static struct xe_rpc_producer_view *fill_posters(struct making *m, uint32_t thread, uint32_t *ret_n)
{
    const struct xe_explain_thread *it = &m->explain->thread[thread];
    struct xe_rpc_producer_view *ret = it->posters ? take(m, it->posters, sizeof(*ret)) : NULL;

    for (uint32_t i = 0; ret && i < it->posters; i++)
        fill_producer(m, &m->explain->producer[it->first_poster + i].who, &ret[i]);
    *ret_n = ret ? it->posters : 0;
    return ret;
}

/* One that doesn't wait for it, but asks again and again. */
static void fill_poll(const struct xe_spin *spin, struct xe_rpc_explained_waiter *ret)
{
    for (uint32_t i = 0; i < spin->asks; i++)
        for (uint32_t k = 0; k < spin->ask[i].keys && !ret->polls; k++)
            if (spin->ask[i].key[k] == ret->key) {
                ret->polls = spin->ask[i].times;
                ret->src = spin->ask[i].src;
                ret->lr = spin->ask[i].lr;
            }
}

static void fill_waiter(struct making *m, uint32_t thread, uint32_t object,
                        struct xe_rpc_explained_waiter *ret)
{
    const struct xe_explain_thread *it = &m->explain->thread[thread];

    *ret = (struct xe_rpc_explained_waiter){.tid = it->now.tid,
                                            .name = it->now.name,
                                            .certainty = xe_certainty_name(it->stuck),
                                            .since_cycle = it->now.since_cycle,
                                            .src = it->wait_src,
                                            .lr = it->wait_lr,
                                            .all = it->now.wait_all,
                                            .alertable = it->now.alertable,
                                            .suspended = it->suspended};
    if (object != UINT32_MAX) {
        ret->key = key_of(m->explain, thread, object);
        xe_explain_kind_text(&m->explain->object[object], ret->kind, sizeof(ret->kind));
    }
    if (it->spin)
        fill_poll(it->spin, ret);
    name_place(m, ret->lr, ret->place);
    ret->poster = fill_posters(m, thread, &ret->posters);
}

/* Of the objects of a root, the one that the thread waits for first. */
static uint32_t wanted_of(const struct xe_explain *explain, const struct xe_explain_root *root,
                          uint32_t thread)
{
    for (uint32_t i = 0; i < root->objects; i++)
        if (key_of(explain, thread, root->object[i]))
            return root->object[i];
    return UINT32_MAX;
}

/* ---- why ------------------------------------------------------------------------------------- */

static void say(struct xe_rpc_explained_root *ret, const char *sub, const char *text,
                const char *detail)
{
    ret->code = "NO_PRODUCER";
    ret->sub = sub;
    snprintf(ret->text, sizeof(ret->text), "%s", text);
    snprintf(ret->detail, sizeof(ret->detail), "%s", detail);
}

/* Several may wait for one object for different reasons. */
static void take_verdicts(struct making *m, const struct xe_audit_handle_report *handle,
                          struct xe_rpc_explained_root *ret)
{
    uint32_t n = least(handle->verdicts, XE_RPC_EXPLAIN_VERDICTS);

    if (n < 2)
        return;
    ret->verdict = take(m, n, sizeof(*ret->verdict));
    if (!ret->verdict)
        return;
    memcpy(ret->verdict, handle->verdict, n * sizeof(*ret->verdict));
    ret->verdicts = n;
}

/* What the audit says of the object that most wait for. */
static void ask_audit(struct making *m, uint32_t key, struct xe_rpc_explained_root *ret)
{
    const struct xe_audit_diagnosis *diagnosis;
    struct xe_audit_report report;

    say(ret, "NO_CANDIDATE", "nothing is known that can release it", "");
    if (!xe_explain_audit_report(xe_instance_kernel(m->instance), m->explain, &key, 1, &report,
                                 NULL))
        return;
    diagnosis = &report.handle[0].diagnosis;
    ret->code = diagnosis->code;
    ret->sub = diagnosis->sub;
    snprintf(ret->text, sizeof(ret->text), "%s", diagnosis->text);
    snprintf(ret->detail, sizeof(ret->detail), "%s", diagnosis->detail);
    ret->call_at = diagnosis->call_at;
    if (ret->call_at)
        name_place(m, ret->call_at + 4, ret->call_place);
    ret->evidences = least(diagnosis->evidence_count, XE_RPC_EXPLAIN_EVIDENCE);
    memcpy(ret->evidence, diagnosis->evidence, ret->evidences * sizeof(ret->evidence[0]));
    take_verdicts(m, &report.handle[0], ret);
    xe_audit_report_fini(&report);
}

static void explain_why(struct making *m, const struct xe_explain_root *root,
                        struct xe_rpc_explained_root *ret)
{
    if (xe__rpc_gpu_why(m->explain, root, ret))
        return;
    if (root->cycle)
        say(ret, "DEADLOCK", "nothing known can release it: deadlock", "");
    else if (root->objects && m->explain->object[root->object[0]].what)
        say(ret, "OWNER_ENDED", "nothing known can release it: who held it has ended", "");
    else if (!root->objects && root->spins)
        say(ret, "SPINS", "nothing known can release it: it runs in a circle", "");
    else if (root->objects)
        ask_audit(m, m->explain->object[root->object[0]].about.key, ret);
    else
        say(ret, "SUSPENDED", "nothing known can release it: suspended", "");
}

/* ---- roots ----------------------------------------------------------------------------------- */

static void fill_cycle(struct making *m, const struct xe_explain_root *root,
                       struct xe_rpc_explained_root *ret)
{
    ret->cycles_all = root->cycle ? root->threads : 0;
    ret->cycles = least(ret->cycles_all, XE_RPC_EXPLAIN_LIST);
    ret->cycle = take(m, ret->cycles, sizeof(*ret->cycle));
    for (uint32_t i = 0; ret->cycle && i < ret->cycles; i++)
        fill_waiter(m, root->thread[i], xe_explain_cycle_object(m->explain, root, i),
                    &ret->cycle[i]);
}

/* The first object that keeps a stuck thread. */
static uint32_t stuck_object(const struct xe_explain *explain, uint32_t thread)
{
    const struct xe_explain_thread *it = &explain->thread[thread];

    for (uint32_t i = it->first_link; i < it->first_link + it->links; i++)
        if (!explain->link[i].taken && explain->object[explain->link[i].object].stuck)
            return explain->link[i].object;
    return UINT32_MAX;
}

static void fill_waiters(struct making *m, const struct xe_explain_root *root,
                         struct xe_rpc_explained_root *ret)
{
    ret->waiters_all = root->waiters;
    ret->waiters = least(root->waiters, XE_RPC_EXPLAIN_LIST);
    ret->waiter = take(m, ret->waiters, sizeof(*ret->waiter));
    for (uint32_t i = 0; ret->waiter && i < ret->waiters; i++)
        fill_waiter(m, root->waiter[i], wanted_of(m->explain, root, root->waiter[i]),
                    &ret->waiter[i]);
    ret->behinds_all = root->behinds;
    ret->behinds = least(root->behinds, XE_RPC_EXPLAIN_LIST);
    ret->behind = take(m, ret->behinds, sizeof(*ret->behind));
    ret->chain = take(m, ret->behinds, sizeof(*ret->chain));
    for (uint32_t i = 0; ret->behind && ret->chain && i < ret->behinds; i++) {
        ret->behind[i] = m->explain->thread[root->behind[i]].now.tid;
        fill_waiter(m, root->behind[i], stuck_object(m->explain, root->behind[i]), &ret->chain[i]);
    }
}

/* A pool has idle threads. */
static void fill_alike(struct making *m, const struct xe_explain_root *root,
                       struct xe_rpc_explained_root *ret)
{
    const struct xe_explain *explain = m->explain;

    if (root->cycle || !root->waiters)
        return;
    ret->alike = take(m, explain->threads, sizeof(*ret->alike));
    for (uint32_t i = 0; ret->alike && i < explain->threads; i++)
        if (explain->thread[i].live && !explain->thread[i].stuck && !explain->thread[i].suspended &&
            explain->thread[i].start_routine == explain->thread[root->waiter[0]].start_routine &&
            ret->alikes < XE_RPC_EXPLAIN_LIST)
            ret->alike[ret->alikes++] = explain->thread[i].now.tid;
}

static void fill_objects(struct making *m, const struct xe_explain_root *root,
                         struct xe_rpc_explained_root *ret)
{
    ret->objects_all = root->objects;
    ret->objects = least(root->objects, XE_RPC_EXPLAIN_ROOTS);
    ret->object = take(m, ret->objects, sizeof(*ret->object));
    for (uint32_t i = 0; ret->object && i < ret->objects; i++) {
        uint32_t key = 0;

        for (uint32_t k = 0; !key && k < root->waiters; k++)
            key = key_of(m->explain, root->waiter[k], root->object[i]);
        fill_object(m, root->object[i], key, &ret->object[i]);
    }
}

static void fill_root(struct making *m, const struct xe_explain_root *root,
                      struct xe_rpc_explained_root *ret)
{
    ret->what = root->cycle ? "cycle" : root->objects ? "object" : "thread";
    ret->certainty = xe_certainty_name(root->certainty);
    ret->since_cycle = root->since_cycle;
    ret->has_thread = !root->cycle && root->threads;
    if (ret->has_thread)
        fill_producer(m, &m->explain->thread[root->thread[0]].now, &ret->thread);
    explain_why(m, root, ret);
    fill_objects(m, root, ret);
    fill_cycle(m, root, ret);
    fill_waiters(m, root, ret);
    fill_alike(m, root, ret);
}

static void fill_roots(struct making *m)
{
    struct xe_rpc_explain_view *view = m->view;

    view->roots_all = m->explain->roots;
    view->root = take(m, least(m->explain->roots, XE_RPC_EXPLAIN_ROOTS), sizeof(*view->root));
    while (view->root && view->roots < least(m->explain->roots, XE_RPC_EXPLAIN_ROOTS)) {
        fill_root(m, &m->explain->root[view->roots], &view->root[view->roots]);
        view->roots++;
    }
}

/* ---- those who go on ------------------------------------------------------------------------- */

/* Threads of one kind that stand at one place. */
static int compare_standing(const struct xe_explain_thread *a, const struct xe_explain_thread *b)
{
    uint64_t x[] = {a->now.standing, a->wait_lr, a->start_routine, a->now.waits_on_id};
    uint64_t y[] = {b->now.standing, b->wait_lr, b->start_routine, b->now.waits_on_id};

    for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

static int by_standing(const void *a, const void *b)
{
    const struct xe_explain_thread *x = *(const struct xe_explain_thread *const *)a;
    const struct xe_explain_thread *y = *(const struct xe_explain_thread *const *)b;
    int order = compare_standing(x, y);

    return order ? order : (x->now.tid > y->now.tid) - (x->now.tid < y->now.tid);
}

static bool goes_on(const struct xe_explain_thread *it)
{
    return it->live && !it->stuck && !it->suspended && it->now.standing != XE_STANDS_WAITING &&
           it->now.standing != XE_STANDS_NETWORK;
}

static bool is_healthy(const struct xe_explain_thread *it)
{
    return it->healthy;
}

/* It may go on, but nothing shows that it will. */
static bool is_waiting(const struct xe_explain_thread *it)
{
    return it->live && !it->stuck && !it->healthy &&
           (it->suspended || it->now.standing == XE_STANDS_WAITING ||
            it->now.standing == XE_STANDS_NETWORK);
}

/* What keeps the first of them. */
static void fill_wanted(struct making *m, struct xe_rpc_explained_group *ret,
                        const struct xe_explain_thread *first)
{
    const struct xe_explain_link *link = m->explain->link + first->first_link;

    ret->object = take(m, XE_RPC_EXPLAIN_WANTED, sizeof(*ret->object));
    for (uint32_t i = 0; ret->object && i < first->links; i++)
        if (!link[i].taken && ret->objects < XE_RPC_EXPLAIN_WANTED)
            fill_object(m, link[i].object, link[i].key, &ret->object[ret->objects++]);
    ret->poster = fill_posters(m, (uint32_t)(first - m->explain->thread), &ret->posters);
}

static void add_group(struct making *m, struct xe_rpc_explained_group *ret,
                      const struct xe_explain_thread *first, uint32_t *tid)
{
    *ret = (struct xe_rpc_explained_group){.tid = tid, .src = first->wait_src};
    fill_producer(m, &first->now, &ret->first);
    name_place(m, first->wait_lr, ret->place);
    if (first->healthy)
        ret->certainty = xe_certainty_name(XE_CERTAINTY_NONE);
    else if (is_waiting(first) && first->now.standing != XE_STANDS_NETWORK &&
             (first->suspended || !first->now.timed))
        ret->certainty = xe_certainty_name(XE_CERTAINTY_POSSIBLE);
    fill_wanted(m, ret, first);
}

/* Folds the threads that `want` says into groups; returns how many there are. */
static uint32_t fold(struct making *m, bool (*want)(const struct xe_explain_thread *it),
                     struct xe_rpc_explained_group *group, uint32_t *tid)
{
    const struct xe_explain *explain = m->explain;
    const struct xe_explain_thread **list = take(m, explain->threads, sizeof(*list));
    uint32_t n = 0, groups = 0;

    for (uint32_t i = 0; list && i < explain->threads; i++)
        if (want(&explain->thread[i]))
            list[n++] = &explain->thread[i];
    if (list && n > 1)
        qsort(list, n, sizeof(*list), by_standing);
    for (uint32_t i = 0; i < n; i++) {
        tid[i] = list[i]->now.tid;
        if (!i || compare_standing(list[i - 1], list[i])) {
            if (groups == XE_RPC_EXPLAIN_LIST)
                break;
            add_group(m, &group[groups++], list[i], &tid[i]);
        }
        group[groups - 1].count++;
    }
    free(list);
    return groups;
}

static void fill_others(struct making *m)
{
    struct xe_rpc_explain_view *view = m->view;

    m->tids = take(m, m->explain->threads * 3, sizeof(*m->tids));
    view->going = take(m, XE_RPC_EXPLAIN_LIST, sizeof(*view->going));
    view->healthy = take(m, XE_RPC_EXPLAIN_LIST, sizeof(*view->healthy));
    view->waiting = take(m, XE_RPC_EXPLAIN_LIST, sizeof(*view->waiting));
    if (m->no_memory || !strcmp(view->verdict, "exited") || !strcmp(view->verdict, "crashed") ||
        m->explain->quiet)
        return;
    view->goings = fold(m, goes_on, view->going, m->tids);
    view->healthies = fold(m, is_healthy, view->healthy, m->tids + m->explain->threads);
    view->waitings = fold(m, is_waiting, view->waiting, m->tids + m->explain->threads * 2);
}

/* ---- what to type next ----------------------------------------------------------------------- */

static void add_next(struct xe_rpc_explain_view *view, const char *why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_next(struct xe_rpc_explain_view *view, const char *why, const char *format, ...)
{
    struct xe_rpc_next_view *next = &view->next[view->nexts];
    va_list args;

    if (view->nexts == sizeof(view->next) / sizeof(view->next[0]))
        return;
    next->why = why;
    va_start(args, format);
    vsnprintf(next->command, sizeof(next->command), format, args);
    va_end(args);
    view->nexts++;
}

static void fill_next(struct making *m)
{
    struct xe_rpc_explain_view *view = m->view;
    const struct xe_rpc_explained_root *root = view->roots ? &view->root[0] : NULL;

    if (!m->explain->threads)
        return;
    if (view->spins && view->spin[0].about.words)
        add_next(view, "stops where that is written; run on then", "xe360ctl watch %s 0x%08x",
                 view->instance, view->spin[0].word[0].word.address);
    if (view->spins)
        add_next(view, "the loop", "xe360ctl dis %s --at 0x%08x -n 8", view->instance,
                 view->spin[0].about.first);
    if (root && root->objects)
        add_next(view, "all that happened to it", "xe360ctl audit %s --focus 0x%08x",
                 view->instance, root->object[0].key);
    add_next(view, "every thread in full", "xe360ctl threads %s", view->instance);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void free_objects(struct xe_rpc_explained_object *object, uint32_t count)
{
    for (uint32_t i = 0; object && i < count; i++)
        free(object[i].producer);
    free(object);
}

static void free_waiters(struct xe_rpc_explained_waiter *waiter, uint32_t count)
{
    for (uint32_t i = 0; waiter && i < count; i++)
        free(waiter[i].poster);
    free(waiter);
}

static void free_groups(struct xe_rpc_explained_group *group, uint32_t count)
{
    for (uint32_t i = 0; group && i < count; i++) {
        free_objects(group[i].object, group[i].objects);
        free(group[i].poster);
    }
    free(group);
}

static void free_roots(struct xe_rpc_explain_view *view)
{
    for (uint32_t i = 0; i < view->roots; i++) {
        struct xe_rpc_explained_root *root = &view->root[i];

        free_objects(root->object, root->objects);
        free_waiters(root->cycle, root->cycles);
        free_waiters(root->waiter, root->waiters);
        free(root->behind);
        free(root->verdict);
        free(root->alike);
        free_waiters(root->chain, root->chain ? root->behinds : 0);
    }
    free(view->root);
}

static void fill_verdict(struct making *m)
{
    struct xe_rpc_explain_view *view = m->view;
    char crash[XE_RPC_CRASH_PLACE];
    const char *name = view->title.name[0] ? view->title.name : "the title";
    enum xe_certainty sure = m->explain->certainty;

    view->verdict = xe_verdict_name(m->explain->verdict);
    view->certainty = sure ? xe_certainty_name(sure) : NULL;
    view->count = m->explain->count;
    xe__rpc_crash_place(m->instance, crash);
    if (view->title.loaded)
        snprintf(view->sentence, sizeof(view->sentence), "%s %s%s", name, m->explain->sentence,
                 crash);
    else
        snprintf(view->sentence, sizeof(view->sentence), "no title is loaded");
}

static json_t *write_view(struct making *m)
{
    struct xe_rpc_explain_view *view = m->view;
    json_t *result = NULL;

    fill_verdict(m);
    m->no_memory |= !xe__rpc_spins_make(m->instance, m->explain, XE_RPC_EXPLAIN_LIST, &view->spin,
                                        &view->spins);
    m->no_memory |= !xe__rpc_explained_gpu_make(m->explain, &view->gpu);
    fill_roots(m);
    fill_others(m);
    fill_next(m);
    if (xe__rpc_lacking_find(m->instance, &view->lacking, &view->lackings) && !m->no_memory &&
        xe__rpc_fingerprint_make(m->instance, m->explain, view))
        result = xe_rpc_write(&xe_rpc_explain, view);
    free_roots(view);
    free_groups(view->going, view->goings);
    free_groups(view->healthy, view->healthies);
    free_groups(view->waiting, view->waitings);
    free(view->gpu.writer);
    free(view->lacking);
    xe__rpc_spins_free(view->spin, view->spins);
    xe__rpc_fingerprint_free(view);
    free(m->tids);
    return result;
}

static void keep_title(void *ctx, const struct xe_module_info *info)
{
    if (info->title)
        *(struct xe_module_info *)ctx = *info;
}

json_t *xe_rpc_explain_json(struct xe_instance *instance, const char *id)
{
    struct xe_engine_info engine;
    struct xe_audit_stats audit;
    struct xe_explain *explain =
        xe_explain_make(xe_instance_kernel(instance), xe_instance_last_stop(instance),
                        xe_instance_stop_detail(instance), NULL);
    struct xe_rpc_explain_view view = {.instance = id, .cycle = xe_instance_cycle(instance)};
    struct making m = {.instance = instance, .explain = explain, .view = &view};
    json_t *result;

    if (!explain)
        return NULL;
    xe_instance_title(instance, &view.title);
    xe_kernel_modules(xe_instance_kernel(instance), keep_title, &view.module);
    xe_instance_engine(instance, &engine);
    xe_audit_stats_get(xe_instance_audit(instance), &audit);
    view.engine = xe_engine_name(engine.engine);
    view.recorded = audit.enabled;
    result = write_view(&m);
    xe_explain_free(explain);
    return result;
}
