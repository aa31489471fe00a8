/* The verdict: who can still go on.
 *
 * A thread that has no turn and no timeout may go on if something that it waits for may be
 * released: a thread by its end, a lock by its owner, what is signaled by those who did so before.
 * Threads start as stuck and are taken out while anybody is found who can help them; who is left
 * when nobody is found any more waits for each other, or for what nothing known will release. What
 * the audit did not record counts as help that may come, so that a thread is never called stuck for
 * lack of knowledge. */
#include "rpc/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/diagnostic_json.h"

struct view {
    const struct xe_rpc_diagnostic *in;
    bool *stuck; /* one for each thread */
};

/* ---- who can help --------------------------------------------------------------------------- */

static bool is_live(const struct xe_thread_info *t)
{
    return t->state != XE_THREAD_TERMINATED && !t->system;
}

/* Can this thread do anything any more? One that nobody knows might. */
static bool may_act(const struct view *view, uint32_t tid)
{
    for (uint32_t i = 0; i < view->in->threads; i++)
        if (view->in->thread[i].tid == tid)
            return view->in->thread[i].state != XE_THREAD_TERMINATED && !view->stuck[i];
    return true;
}

static bool may_end(const struct view *view, uint32_t key)
{
    for (uint32_t i = 0; i < view->in->threads; i++)
        if (view->in->thread[i].handle == key || view->in->thread[i].kthread == key)
            return !view->stuck[i];
    return true;
}

/* Does anybody who signaled it before live on? What the machine does by itself goes on. */
static bool may_be_signaled_again(const struct view *view, const struct xe_audit_handle_report *h)
{
    bool any = false;

    for (uint32_t i = 0; i < h->timeline_count; i++) {
        const struct xe_audit_rec *rec = &h->timeline[i];

        if (rec->op != XE_AUDIT_OP_SIGNAL && rec->op != XE_AUDIT_OP_PULSE)
            continue;
        any = true;
        if (!rec->guest || may_act(view, rec->tid))
            return true;
    }
    return !any;
}

static const struct xe_audit_handle_report *report_on(const struct view *view, uint32_t key)
{
    const struct xe_audit_report *blocking = view->in->blocking;

    for (uint32_t i = 0; blocking && i < blocking->handles; i++)
        if (blocking->handle[i].given_key == key)
            return &blocking->handle[i];
    return NULL;
}

static bool by_diagnosis(const struct view *view, uint32_t key)
{
    const struct xe_audit_handle_report *h = report_on(view, key);

    switch (h && view->in->blocking->enabled ? h->diagnosis.branch : XE_AUDIT_D1_NO_WAITER) {
    case XE_AUDIT_D3_NO_PRODUCER:
    case XE_AUDIT_D4_NOT_DELIVERED:
        return false;
    case XE_AUDIT_D5_STARVED:
        return may_be_signaled_again(view, h);
    default:
        return true;
    }
}

static bool may_be_released(const struct view *view, const struct xe_thread_wait_object *object)
{
    if (object->signaled)
        return true;
    if (object->owner_tid)
        return may_act(view, object->owner_tid);
    switch (object->kind.kind) {
    case XE_AUDIT_THREAD:
        return may_end(view, object->key);
    case XE_AUDIT_TIMER_MANUAL:
    case XE_AUDIT_TIMER_AUTO:
        return true; /* whether one is armed is not told here */
    default:
        return by_diagnosis(view, object->key);
    }
}

static bool may_go_on(const struct view *view, const struct xe_thread_info *t)
{
    uint32_t hopes = t->alertable; /* an APC may come */

    for (uint32_t i = 0; i < t->wait_objects; i++)
        hopes += may_be_released(view, &t->wait_object[i]);
    return t->wait_all && !t->alertable ? hopes == t->wait_objects
                                        : hopes > 0 || t->wait_objects == 0;
}

/* Whether each thread is stuck: nobody is in a title that has ended, all are where nothing can run.
 */
static void find_stuck(const struct xe_rpc_diagnostic *in, bool *stuck)
{
    bool over = in->stop == XE_STOP_EXIT || in->stop == XE_STOP_CRASH;
    bool nothing_runs = in->stop == XE_STOP_QUIESCENT, changed = !over && !nothing_runs;
    struct view view = {in, stuck};

    for (uint32_t i = 0; i < in->threads; i++) {
        const struct xe_thread_info *t = &in->thread[i];

        stuck[i] = !over && is_live(t) && (nothing_runs || (t->waiting && !t->timed));
    }
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < in->threads; i++)
            if (stuck[i] && may_go_on(&view, &in->thread[i])) {
                stuck[i] = false;
                changed = true;
            }
    }
}

/* Only owners and ends of threads are certain to be the only ones who can help. Who waits for all
 * of several objects is stuck by any one of them. */
static bool only_threads_help(const struct view *view, const struct xe_thread_info *t)
{
    uint32_t certain = 0;

    for (uint32_t i = 0; i < t->wait_objects; i++) {
        const struct xe_thread_wait_object *object = &t->wait_object[i];

        certain += (object->owner_tid || object->kind.kind == XE_AUDIT_THREAD) &&
                   !may_be_released(view, object);
    }
    return t->wait_all ? certain > 0 : certain == t->wait_objects;
}

static bool never_signaled(const struct view *view, const struct xe_thread_info *t)
{
    for (uint32_t i = 0; i < t->wait_objects; i++) {
        const struct xe_audit_handle_report *h = report_on(view, t->wait_object[i].key);

        if (h && h->diagnosis.branch == XE_AUDIT_D3_NO_PRODUCER &&
            t->wait_object[i].kind.kind != XE_AUDIT_THREAD)
            return true;
    }
    return false;
}

/* How sure it is that those who are stuck are: EXPLAIN.md's words. */
static const char *certainty_of(const struct view *view)
{
    bool certain = true, likely = true;

    if (view->in->stop == XE_STOP_QUIESCENT)
        return "certain";
    for (uint32_t i = 0; i < view->in->threads; i++) {
        certain &= !view->stuck[i] || only_threads_help(view, &view->in->thread[i]);
        likely &= !view->stuck[i] || !never_signaled(view, &view->in->thread[i]);
    }
    return certain ? "certain" : likely ? "likely" : "possible";
}

/* ---- the sentence --------------------------------------------------------------------------- */

struct counts {
    uint32_t live, stuck, able, timed, suspended; /* able: it has or gets a turn */
    const char *certainty;                        /* of those who are stuck */
};

static struct counts count_threads(const struct view *view)
{
    const struct xe_rpc_diagnostic *in = view->in;
    struct counts n = {.certainty = certainty_of(view)};

    for (uint32_t i = 0; i < in->threads; i++) {
        const struct xe_thread_info *t = &in->thread[i];

        n.live += is_live(t);
        n.stuck += view->stuck[i];
        n.suspended += is_live(t) && t->suspend_count > 0 && !view->stuck[i];
        n.able += is_live(t) && (t->state == XE_THREAD_READY || t->state == XE_THREAD_RUNNING);
        n.timed += is_live(t) && t->waiting && t->timed;
    }
    return n;
}

static const char *code_of(const struct xe_rpc_diagnostic *in, const struct counts *n)
{
    switch (in->stop) {
    case XE_STOP_CRASH:
        return "crashed";
    case XE_STOP_EXIT:
        return "exited";
    case XE_STOP_QUIESCENT:
        return "stuck";
    default:
        return n->stuck ? "partly_stuck" : n->able || in->threads == 0 ? "running" : "idle";
    }
}

static const char *plural(uint32_t n)
{
    return n == 1 ? "" : "s";
}

/* "; 1 goes on; 2 wait for what may still come": the others. */
static void add_others(const struct counts *n, char *text, size_t size)
{
    uint32_t hopeful = n->live - n->stuck - n->able - n->suspended;
    size_t used = strlen(text);

    if (n->able)
        used += (size_t)snprintf(text + used, size - used, "; %u go%s on", n->able,
                                 n->able == 1 ? "es" : "");
    if (n->suspended)
        used += (size_t)snprintf(text + used, size - used, "; %u %s suspended", n->suspended,
                                 n->suspended == 1 ? "is" : "are");
    if (hopeful)
        snprintf(text + used, size - used, "; %u wait%s for what may still come", hopeful,
                 hopeful == 1 ? "s" : "");
}

/* "is partly stuck: 6 of 7 threads wait for what nobody is known to release (possible); 1 goes on".
 */
static void describe_partly_stuck(const struct counts *n, char *text, size_t size)
{
    bool certain = !strcmp(n->certainty, "certain");

    snprintf(text, size, "is partly stuck: %u of %u thread%s wait%s for %s (%s)", n->stuck, n->live,
             plural(n->live), n->stuck == 1 ? "s" : "",
             certain ? "each other, or for what nobody can release"
                     : "what nobody is known to release",
             n->certainty);
    add_others(n, text, size);
}

/* What was not recorded is not called healthy either. */
static void describe_running(const struct xe_rpc_diagnostic *in, const struct counts *n, char *text,
                             size_t size)
{
    uint32_t waiting = n->live - n->able;
    const char *known = in->blocking && in->blocking->enabled
                            ? "nothing is known to be stuck"
                            : "whether they can ever wake was not recorded (--trace-handles)";

    if (n->able && !waiting)
        snprintf(text, size, "is running: %u thread%s", n->able, plural(n->able));
    else if (n->able)
        snprintf(text, size, "is running: %u of %u threads %s work, %u wait%s; %s", n->able,
                 n->live, n->able == 1 ? "has" : "have", waiting, waiting == 1 ? "s" : "", known);
    else
        snprintf(text, size, "is idle: %u of %u thread%s wait%s with a timeout, none has work; %s",
                 n->timed, n->live, plural(n->live), n->timed == 1 ? "s" : "", known);
}

static void describe(const struct xe_rpc_diagnostic *in, const struct counts *n, char *text,
                     size_t size)
{
    const char *detail = in->stop_detail ? in->stop_detail : "";

    if (in->stop == XE_STOP_CRASH)
        snprintf(text, size, "crashed: %s", detail);
    else if (in->stop == XE_STOP_EXIT)
        snprintf(text, size, "has ended by itself: %s", detail);
    else if (in->stop == XE_STOP_QUIESCENT)
        snprintf(text, size, "is stuck: %u of %u thread%s can never run again (certain)", n->stuck,
                 n->live, plural(n->live));
    else if (in->stop == XE_STOP_BREAK && detail[0])
        snprintf(text, size, "has stopped at a breakpoint: %s", detail);
    else if (n->stuck)
        describe_partly_stuck(n, text, size);
    else
        describe_running(in, n, text, size);
}

static void say(const struct xe_rpc_diagnostic *in, const struct counts *n, char *text, size_t size)
{
    const char *name = in->title.name[0] ? in->title.name : "the title";
    char what[400];

    if (in->title.loaded) {
        describe(in, n, what, sizeof(what));
        snprintf(text, size, "%s %s", name, what);
    } else {
        snprintf(text, size, "no title is loaded");
    }
}

/* ---- the words of the diagnostic ------------------------------------------------------------ */

static const char *verdict_word(const struct xe_rpc_diagnostic *in, const struct counts *n)
{
    switch (in->stop) {
    case XE_STOP_CRASH:
        return "crashed";
    case XE_STOP_EXIT:
        return "exited";
    case XE_STOP_QUIESCENT:
        return "hang: no thread can ever run again";
    default:
        break;
    }
    if (in->threads == 0)
        return "nothing is loaded";
    if (in->totals.threads[XE_THREAD_READY] + in->totals.threads[XE_THREAD_RUNNING])
        return "running";
    return n->timed ? "all threads are parked, a timer will wake one" : "all threads are parked";
}

/* The kind of an object as its waiters know it: the audit has no name for what it never saw made.
 */
static void kind_text(const struct xe_rpc_diagnostic *in, const struct xe_audit_handle_report *h,
                      char *text, size_t size)
{
    const struct xe_audit_kind *kind = &h->kind;

    for (uint32_t i = 0; i < in->threads; i++)
        for (uint32_t k = 0; in->thread[i].waiting && k < in->thread[i].wait_objects; k++)
            if (in->thread[i].wait_object[k].key == h->given_key)
                kind = &in->thread[i].wait_object[k].kind;
    xe_audit_kind_text(kind, text, size);
}

static bool blocks_the_stuck(const struct view *view, const struct xe_audit_handle_report *h)
{
    for (uint32_t i = 0; i < h->waiters; i++)
        for (uint32_t k = 0; k < view->in->threads; k++)
            if (view->in->thread[k].tid == h->waiter[i].tid && view->stuck[k])
                return true;
    return false;
}

/* Handles that block somebody. */
static void find_roots(const struct view *view, struct xe_rpc_verdict_view *ret)
{
    const struct xe_audit_report *blocking = view->in->blocking;

    for (uint32_t i = 0; blocking && i < blocking->handles; i++) {
        const struct xe_audit_handle_report *h = &blocking->handle[i];
        struct xe_rpc_root_view *root = &ret->root[ret->roots];

        if (!h->waiters)
            continue;
        kind_text(view->in, h, root->kind, sizeof(root->kind));
        root->key = h->given_key;
        root->stuck = blocks_the_stuck(view, h);
        root->waiter = h->waiter;
        root->waiters = h->waiters;
        root->diagnosis = h->diagnosis;
        ret->roots++;
    }
}

bool xe__verdict_make(const struct xe_rpc_diagnostic *in, struct xe_rpc_verdict_view *ret)
{
    struct view view = {in, calloc(in->threads + 1u, sizeof(bool))};
    uint32_t handles = in->blocking ? in->blocking->handles : 0;
    struct counts n;

    *ret = (struct xe_rpc_verdict_view){.root = calloc(handles + 1u, sizeof(*ret->root))};
    if (!view.stuck || !ret->root) {
        free(view.stuck);
        return false;
    }
    find_stuck(in, view.stuck);
    n = count_threads(&view);
    ret->code = code_of(in, &n);
    ret->certainty = n.stuck ? n.certainty : NULL;
    ret->text = verdict_word(in, &n);
    ret->stop = in->stop;
    ret->detail = in->stop_detail ? in->stop_detail : "";
    say(in, &n, ret->sentence, sizeof(ret->sentence));
    find_roots(&view, ret);
    free(view.stuck);
    return true;
}

void xe__verdict_fini(struct xe_rpc_verdict_view *view)
{
    free(view->root);
}
