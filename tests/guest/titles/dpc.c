/* Deferred procedure calls: run at IRQL 2 with their arguments, not while the IRQL is raised, once
 * however often they were queued; they may signal. */
#define TITLE "dpc"
#include "check.h"

static struct kdpc dpc;
static volatile u32 calls, irql_seen, first, second, same;
static struct kevent done_body;

static void routine(struct kdpc *self, void *context, void *argument1, void *argument2)
{
    calls++;
    irql_seen = current_irql();
    first = (u32)argument1;
    second = (u32)argument2;
    same = self == &dpc && context == &calls;
    KeSetEvent(&done_body, 1, 0);
}

static void plain(void)
{
    CHECK(KeInsertQueueDpc(&dpc, (void *)11, (void *)22) == 1);
    CHECK(KeWaitForSingleObject(&done_body, 3, 1, 0, NULL) == STATUS_SUCCESS);
    CHECK(calls == 1 && irql_seen == 2 && first == 11 && second == 22 && same);
    CHECK(current_irql() == 0);
}

static void deferred(void)
{
    u32 irql = KfRaiseIrql(2);

    CHECK(irql == 0 && current_irql() == 2);
    CHECK(KeInsertQueueDpc(&dpc, (void *)1, (void *)2) == 1);
    CHECK(KeInsertQueueDpc(&dpc, (void *)3, (void *)4) == 0); /* queued already */
    for (volatile u32 i = 0; i < 1000; i++)
        ;
    CHECK(calls == 1);
    KfLowerIrql(irql);
    KeWaitForSingleObject(&done_body, 3, 1, 0, NULL);
    CHECK(calls == 2 && first == 1);
}

static void removed(void)
{
    u32 irql = KfRaiseIrql(2);

    KeInsertQueueDpc(&dpc, NULL, NULL);
    CHECK(KeRemoveQueueDpc(&dpc) == 1 && KeRemoveQueueDpc(&dpc) == 0);
    KfLowerIrql(irql);
    sleep_ms(2);
    CHECK(calls == 2);
}

int main(void)
{
    KeInitializeEvent(&done_body, EVENT_AUTO, 0);
    KeInitializeDpc(&dpc, routine, (void *)&calls);
    plain();
    deferred();
    removed();
    return verdict();
}
