/* Words of reports. */
#include <stdio.h>

#include "xe/audit.h"

static const char *const op_names[XE_AUDIT_OPS] = {XE_AUDIT_OP_WORDS};
static const char *const effect_names[XE_AUDIT_EFFECTS] = {XE_AUDIT_EFFECT_WORDS};

static const char *const kind_names[] = {
    [XE_AUDIT_EVENT_MANUAL] = "Event/Manual",
    [XE_AUDIT_EVENT_AUTO] = "Event/Auto",
    [XE_AUDIT_SEMAPHORE] = "Semaphore",
    [XE_AUDIT_MUTANT] = "Mutant",
    [XE_AUDIT_TIMER_MANUAL] = "Timer/Manual",
    [XE_AUDIT_TIMER_AUTO] = "Timer/Auto",
    [XE_AUDIT_THREAD] = "Thread",
    [XE_AUDIT_FILE] = "File",
    [XE_AUDIT_IO_COMPLETION] = "IoCompletion",
    [XE_AUDIT_CRITICAL_SECTION] = "CriticalSection",
    [XE_AUDIT_RW_LOCK] = "RwLock",
    [XE_AUDIT_QUEUE] = "Queue",
    [XE_AUDIT_NOTIFY] = "Notify",
    [XE_AUDIT_LOADER_LOCK] = "LoaderLock",
    [XE_AUDIT_UNCREATED] = "<UNCREATED>",
    [XE_AUDIT_CLOSED] = "<CLOSED>",
};

const char *xe_audit_op_name(enum xe_audit_op op)
{
    return (unsigned)op < XE_AUDIT_OPS ? op_names[op] : "?";
}

const char *xe_audit_effect_name(enum xe_audit_effect effect)
{
    return (unsigned)effect < XE_AUDIT_EFFECTS ? effect_names[effect] : "?";
}

void xe_audit_kind_text(const struct xe_audit_kind *kind, char *text, size_t size)
{
    if ((unsigned)kind->kind > XE_AUDIT_CLOSED)
        snprintf(text, size, "?");
    else if (kind->kind == XE_AUDIT_SEMAPHORE)
        snprintf(text, size, "Semaphore(%d/%d)", (int)kind->count, (int)kind->limit);
    else
        snprintf(text, size, "%s", kind_names[kind->kind]);
}
