/* APCs and alerts: which run when, in what order, and what becomes of them at the end of a thread.
 */
#define FAMILY "nt-apcs"
#include "nt.h"

void KeEnterCriticalRegion(void);
void KeLeaveCriticalRegion(void);
u32 KeAlertResumeThread(void *thread);
u32 KeSuspendThread(void *thread);

static struct kapc one, two, three;
static volatile u32 order, result, inside;
static HANDLE gate;

static void normal(void *context, void *first, void *second)
{
    order = order * 10 + (u32)context;
}

static void special(struct kapc *apc, void **routine, void **context, void **first, void **second)
{
    order = order * 10 + 9;
    inside = inside * 10 + current_irql();
}

static void rundown(struct kapc *apc)
{
    order = order * 10 + 5;
    result = (u32)apc;
}

static u32 wait_for_gate(void *context)
{
    result = NtWaitForSingleObjectEx(gate, 1, (u32)context, NULL);
    return 0;
}

static u32 inside_a_region(void *context)
{
    KeEnterCriticalRegion();
    NtWaitForSingleObjectEx(gate, 1, 0, NULL);
    order = order * 10 + 1;
    KeLeaveCriticalRegion();
    order = order * 10 + 2;
    return 0;
}

static void regions(void)
{
    HANDLE thread = start(inside_a_region, NULL, 1);
    void *body = body_of(thread);

    settle();
    order = inside = 0;
    KeInitializeApc(&one, body, NULL, NULL, normal, 0, (void *)4);
    KeInitializeApc(&two, body, special, NULL, NULL, 0, NULL);
    IS("a normal one is queued", KeInsertQueueApc(&one, NULL, NULL, 0), 1);
    IS("and says so", one.inserted, 1);
    IS("not twice", KeInsertQueueApc(&one, NULL, NULL, 0), 0);
    settle();
    IS("it waits for the end of the region", order, 0);
    KeInsertQueueApc(&two, NULL, NULL, 0);
    settle();
    IS("a special one does not", order, 9);
    IS("it runs at APC level", inside, 1);
    IS("and is in no list any more", two.inserted, 0);
    NtSetEvent(gate, NULL);
    join(thread);
    IS("then the normal one had its turn", order, 9142);
}

/* It leaves the wait, and goes behind others with it. */
static void in_waits(void)
{
    HANDLE thread = start(wait_for_gate, NULL, 1);
    void *body = body_of(thread);

    settle();
    order = 0;
    result = 77;
    KeInitializeApc(&one, body, NULL, NULL, normal, 0, (void *)1);
    KeInitializeApc(&two, body, NULL, NULL, normal, 0, (void *)2);
    KeInitializeApc(&three, body, special, NULL, NULL, 0, NULL);
    NtSuspendThread(thread, NULL);
    KeInsertQueueApc(&one, NULL, NULL, 0);
    KeInsertQueueApc(&two, NULL, NULL, 0);
    settle();
    IS("while it is suspended none runs", order, 0);
    KeInsertQueueApc(&three, NULL, NULL, 0);
    settle();
    IS("but special ones", order, 9);
    NtResumeThread(thread, NULL);
    settle();
    IS("afterwards all do, in order", order, 912);
    IS("the wait goes on", result, 77);
    NtSetEvent(gate, NULL);
    join(thread);
    IS("and ends", result, STATUS_SUCCESS);
}

static void alerts(void)
{
    HANDLE thread = start(wait_for_gate, (void *)1, 1);

    settle();
    result = 77;
    IS("alert", KeAlertThread(body_of(thread), 1), 0);
    join(thread);
    IS("ends an alertable wait", result, STATUS_ALERTED);
    thread = start(wait_for_gate, NULL, 1);
    settle();
    result = 77;
    KeAlertThread(body_of(thread), 1);
    settle();
    IS("no other", result, 77);
    IS("was alerted before", KeAlertThread(body_of(thread), 1), 1);
    NtSetEvent(gate, NULL);
    join(thread);
    KeAlertThread(current_thread(), 1);
    IS("tested", KeTestAlertThread(1), 1);
    IS("and gone", KeTestAlertThread(1), 0);
    KeAlertThread(current_thread(), 0);
    IS("for the kernel, for later", NtWaitForSingleObjectEx(gate, 1, 1, NULL), STATUS_ALERTED);
    IS("once", wait_for(gate, 1), STATUS_TIMEOUT);
    KeAlertThread(current_thread(), 1);
    NtSetEvent(gate, NULL);
    IS("what is there comes first", NtWaitForSingleObjectEx(gate, 1, 1, NULL), STATUS_SUCCESS);
    IS("the alert stays", KeTestAlertThread(1), 1);
    NtQueueApcThread(CURRENT_THREAD, normal, (void *)3, NULL, NULL);
    KeAlertThread(current_thread(), 1);
    order = 0;
    IS("an alert comes before APCs", NtWaitForSingleObjectEx(gate, 1, 1, NULL), STATUS_ALERTED);
    IS("which stay queued", order, 0);
    IS("for the next", NtWaitForSingleObjectEx(gate, 1, 1, NULL), STATUS_USER_APC);
    IS("and run", order, 3);
}

static void alert_and_resume(void)
{
    HANDLE thread = start(wait_for_gate, (void *)1, 1);
    void *body = body_of(thread);

    settle();
    result = 77;
    NtSuspendThread(thread, NULL);
    IS("alert and resume", KeAlertResumeThread(body), 1);
    join(thread);
    IS("the wait is alerted when it goes on", result, STATUS_ALERTED);
    thread = start(wait_for_gate, NULL, 1);
    body = body_of(thread);
    settle();
    result = 77;
    IS("of a thread that isn't suspended", KeAlertResumeThread(body), 0);
    settle();
    IS("it keeps the alert for later", KeAlertThread(body, 0), 1);
    IS("and waits on", result, 77);
    NtSetEvent(gate, NULL);
    join(thread);
}

static u32 leave(void *context)
{
    KeInitializeApc(&one, current_thread(), special, rundown, normal, 1, (void *)1);
    KeInitializeApc(&two, current_thread(), special, NULL, normal, 1, (void *)2);
    KeInitializeApc(&three, current_thread(), special, rundown, normal, 1, (void *)3);
    KeInsertQueueApc(&one, NULL, NULL, 0);
    KeInsertQueueApc(&three, NULL, NULL, 0);
    if (context)
        ExTerminateThread(3);
    return 3;
}

static void ends(void)
{
    HANDLE thread;

    for (u32 i = 0; i < 2; i++) {
        order = 0;
        thread = start(leave, (void *)i, 2);
        wait_for(thread, 100);
        IS("its rundown routines ran", order, 55);
        IS("in order", result, &three);
        IS("and nothing is queued", one.inserted, 0);
        IS("nor can be", KeInsertQueueApc(&two, NULL, NULL, 0), 0);
        IS("its code is what it was", word_at(body_of(thread), 0x140), 3);
        NtClose(thread);
    }
}

int main(void)
{
    gate = event_of(1, 0);
    regions();
    in_waits();
    alerts();
    alert_and_resume();
    ends();
    return verdict();
}
