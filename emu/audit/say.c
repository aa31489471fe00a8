/* What a diagnosis says: sub-reason, conclusion, detail, the records that it cites. */
#include "audit/diagnose.h"

#include <stdarg.h>
#include <stdio.h>

bool xe__audit_say(struct xe_audit_diagnosis *ret, const char *sub, const char *format, ...)
{
    va_list args;

    ret->sub = sub;
    va_start(args, format);
    vsnprintf(ret->detail, sizeof(ret->detail), format, args);
    va_end(args);
    return true;
}

void xe__audit_conclude(struct xe_audit_diagnosis *ret, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(ret->text, sizeof(ret->text), format, args);
    va_end(args);
}

/* Of a wait all that lacks others, too, only this object is spoken. */
void xe__audit_conclude_open(const struct xe__case *it, struct xe_audit_diagnosis *ret,
                             const char *producer)
{
    const char *again = it->report->signal_attempts.total ? "again " : "";

    if (it->waiter->wait_all && it->waiter->unsignaled_count)
        xe__audit_conclude(
            ret, "not signalled %syet: %s can still signal it; the wait lacks others, too", again,
            producer);
    else
        xe__audit_conclude(ret, "not signalled %syet: %s can still release it", again, producer);
}

/* Of a wait any, and of one that alerts end, only this object is spoken. */
void xe__audit_conclude_shut(const struct xe__case *it, struct xe_audit_diagnosis *ret,
                             const char *cause)
{
    const struct xe_audit_parked *who = it->waiter;

    if (!who->wait_all && who->others)
        xe__audit_conclude(ret, "nothing known can signal it: %s; the wait has other objects",
                           cause);
    else if (who->alertable)
        xe__audit_conclude(ret, "nothing known can signal it: %s; an APC can end the wait", cause);
    else
        xe__audit_conclude(ret, "nothing known can release it: %s", cause);
}

void xe__audit_conclude_blocked(const struct xe__case *it, struct xe_audit_diagnosis *ret,
                                const struct xe_producer *who)
{
    if (it->report->signal_attempts.total)
        xe__audit_conclude(ret, "not signalled again: %s, which can release it, is parked itself",
                           xe__audit_thread_text(who->tid).text);
}

void xe__audit_cite(struct xe_audit_diagnosis *ret, uint64_t seq)
{
    if (seq && ret->evidence_count < sizeof(ret->evidence) / sizeof(ret->evidence[0]))
        ret->evidence[ret->evidence_count++] = seq;
}
