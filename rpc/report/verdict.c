/* The verdict of a thread diagnostic, in the explanation's words; and the handles that block
 * somebody, as the audit judges them. */
#include "rpc/report/verdict.h"

#include <stdio.h>
#include <stdlib.h>

#include "rpc/report/diagnostic_json.h"

static void say(const struct xe_rpc_diagnostic *in, char *text, size_t size)
{
    const char *name = in->title.name[0] ? in->title.name : "the title";

    if (in->title.loaded && in->explain)
        snprintf(text, size, "%s %s", name, in->explain->sentence);
    else
        snprintf(text, size, "no title is loaded");
}

static const char *verdict_word(const struct xe_rpc_diagnostic *in)
{
    switch (in->stop) {
    case XE_STOP_CRASH:
        return "crashed";
    case XE_STOP_EXIT:
        return "exited";
    case XE_STOP_QUIESCENT:
        return "hang: no thread can run again by itself";
    default:
        break;
    }
    if (in->threads == 0)
        return "nothing is loaded";
    if (in->explain && in->explain->verdict == XE_VERDICT_LIVELOCK)
        return "livelock: who runs, runs in a circle";
    if (in->totals.threads[XE_THREAD_READY] + in->totals.threads[XE_THREAD_RUNNING])
        return "running";
    return in->explain && in->explain->count.timed ? "all threads are parked, a timer will wake one"
                                                   : "all threads are parked";
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

static int by_tid(const void *key, const void *item)
{
    uint32_t tid = *(const uint32_t *)key;
    const struct xe_explain_thread *thread = item;

    return (tid > thread->now.tid) - (tid < thread->now.tid);
}

static bool is_stuck(const struct xe_explain *explain, uint32_t tid)
{
    const struct xe_explain_thread *thread =
        explain && explain->threads
            ? bsearch(&tid, explain->thread, explain->threads, sizeof(*explain->thread), by_tid)
            : NULL;

    return thread && (thread->stuck || explain->quiet);
}

/* Handles that block somebody. */
static void find_roots(const struct xe_rpc_diagnostic *in, struct xe_rpc_verdict_view *ret)
{
    const struct xe_audit_report *blocking = in->blocking;

    for (uint32_t i = 0; blocking && i < blocking->handles; i++) {
        const struct xe_audit_handle_report *h = &blocking->handle[i];
        struct xe_rpc_root_view *root = &ret->root[ret->roots];

        if (!h->waiters)
            continue;
        kind_text(in, h, root->kind, sizeof(root->kind));
        root->key = h->given_key;
        for (uint32_t k = 0; k < h->waiters; k++)
            root->stuck |= is_stuck(in->explain, h->waiter[k].tid);
        root->waiter = h->waiter;
        root->waiters = h->waiters;
        root->diagnosis = h->diagnosis;
        ret->roots++;
    }
}

bool xe__rpc_verdict_make(const struct xe_rpc_diagnostic *in, struct xe_rpc_verdict_view *ret)
{
    uint32_t handles = in->blocking ? in->blocking->handles : 0;
    enum xe_certainty sure = in->explain ? in->explain->certainty : XE_CERTAINTY_NONE;

    *ret = (struct xe_rpc_verdict_view){.root = calloc(handles + 1u, sizeof(*ret->root))};
    if (!ret->root)
        return false;
    ret->code = xe_verdict_name(in->explain ? in->explain->verdict : XE_VERDICT_RUNNING);
    ret->certainty = sure ? xe_certainty_name(sure) : NULL;
    ret->text = verdict_word(in);
    ret->stop = in->stop;
    ret->detail = in->stop_detail ? in->stop_detail : "";
    say(in, ret->sentence, sizeof(ret->sentence));
    find_roots(in, ret);
    return true;
}

void xe__rpc_verdict_fini(struct xe_rpc_verdict_view *view)
{
    free(view->root);
}
