/* User APCs: in order, only at alertable waits, each wait ended by them says so; with an APC object
 * of the title's own, and to the thread itself. */
#define TITLE "apcs"
#include "check.h"

static volatile u32 order, calls;
static volatile NTSTATUS result;
static HANDLE event;

static void note(void *context, void *argument1, void *argument2)
{
    order = order * 10 + (u32)context;
    calls += (u32)argument1 - (u32)argument2;
}

static u32 deaf_then_alertable(void *context)
{
    s64 forever = MS(100000);

    CHECK(wait(event) == STATUS_SUCCESS); /* not alertable: APCs stay queued */
    CHECK(order == 0);
    result = NtWaitForSingleObjectEx(event, 1, 1, &forever);
    return 0;
}

static void queued_while_deaf(void)
{
    HANDLE thread = start(deaf_then_alertable, NULL, 1);

    sleep_ms(1);
    for (u32 i = 1; i <= 3; i++)
        CHECK(NtQueueApcThread(thread, note, (void *)i, (void *)12, (void *)11) == STATUS_SUCCESS);
    sleep_ms(1);
    CHECK(order == 0);
    NtSetEvent(event, NULL);
    join(thread);
    CHECK(order == 123 && calls == 3 && result == STATUS_USER_APC);
}

static u32 alertable(void *context)
{
    s64 forever = MS(100000);

    result = KeDelayExecutionThread(1, 1, &forever);
    return 0;
}

static void wakes_a_delay(void)
{
    HANDLE thread = start(alertable, NULL, 4);

    order = 0;
    sleep_ms(1);
    NtQueueApcThread(thread, note, (void *)7, NULL, NULL);
    join(thread);
    CHECK(order == 7 && result == STATUS_USER_APC);
}

static volatile u32 kernel_calls;

static void kernel_routine(struct kapc *apc, void **normal, void **context, void **argument1,
                           void **argument2)
{
    kernel_calls++;
    *context = (void *)((u32)*context + 1); /* it may change what the normal routine gets */
}

static void own_object(void)
{
    static struct kapc apc;
    HANDLE thread = start(alertable, NULL, 3);
    void *body = body_of(thread);

    order = kernel_calls = 0;
    sleep_ms(1);
    KeInitializeApc(&apc, body, kernel_routine, NULL, note, 1, (void *)4);
    CHECK(KeInsertQueueApc(&apc, (void *)2, (void *)1, 0) == 1);
    join(thread);
    CHECK(kernel_calls == 1 && order == 5 && result == STATUS_USER_APC);
    CHECK(KeInsertQueueApc(&apc, NULL, NULL, 0) == 0); /* the thread is over */
    ObDereferenceObject(body);
}

static void to_oneself(void)
{
    static struct kapc apc;

    order = 0;
    NtQueueApcThread(CURRENT_THREAD, note, (void *)6, NULL, NULL);
    CHECK(order == 0);
    KeTestAlertThread(1);
    CHECK(order == 6);
    KeInitializeApc(&apc, current_thread(), kernel_routine, NULL, note, 1, NULL);
    CHECK(KeInsertQueueApc(&apc, NULL, NULL, 0) == 1);
    CHECK(KeInsertQueueApc(&apc, NULL, NULL, 0) == 0); /* queued already */
    CHECK(KeRemoveQueueApc(&apc) == 1 && KeRemoveQueueApc(&apc) == 0);
    KeTestAlertThread(1);
    CHECK(order == 6);
}

int main(void)
{
    event = make_event(EVENT_AUTO, 0);
    queued_while_deaf();
    wakes_a_delay();
    own_object();
    to_oneself();
    return verdict();
}
