/* Priorities that waits end with: who is boosted, how far, for how long, and what comes of it on
 * one processor. */
#define FAMILY "nt-boosts"
#include "nt.h"

void KeBoostPriorityThread(void *thread, s32 increment);
u32 KeSetDisableBoostThread(void *thread, u32 disable);
s32 KeSetPriorityThread(void *thread, s32 priority);

#define CPU 0 /* where main runs, too */

static struct kevent event;
static HANDLE handle, semaphore, mutant;
static volatile u32 order, seen, stop;

/* KTHREAD.Priority, and BasePriority. */
static u32 priority_of(void *thread)
{
    return byte_at(thread, 0x70);
}

static u32 base_of(void *thread)
{
    return byte_at(thread, 0xB9);
}

static u32 wait_at(void *object)
{
    KeWaitForSingleObject(object, 3, 0, 0, NULL);
    seen = priority_of(current_thread());
    order = order * 10 + 1;
    return 0;
}

/* A thread that waits by now, with so much more than its class's base. */
static HANDLE waiter(void *object, s32 base, u32 disable)
{
    HANDLE thread = start_as(wait_at, object, THREAD_ON(CPU) | THREAD_SUSPENDED);
    void *body = body_of(thread);

    KeSetBasePriorityThread(body, base);
    KeSetDisableBoostThread(body, disable);
    NtResumeThread(thread, NULL);
    settle();
    order = seen = 0;
    return thread;
}

static void set_by(s32 increment)
{
    KeSetEvent(&event, increment, 0);
    order = order * 10 + 2;
}

static void increments(void)
{
    static const struct {
        const char *name, *turns;
        s32 increment, base;
        u32 disable, priority, order;
    } rows[] = {
        {"none", "then who sets goes on", 0, 0, 0, 13, 21},
        {"one", "?then who waits runs at once", 1, 0, 0, 14, 12},
        {"up to the end of the class", "?likewise", 9, 0, 0, 15, 12},
        {"from a lower base", "not enough to run at once", 1, -2, 0, 12, 21},
        {"disabled", "likewise", 2, 0, 1, 13, 21},
        {"of who has real time", "it runs at once all the same", 2, 4, 0, 17, 12},
    };

    for (u32 i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        HANDLE thread = waiter(&event, rows[i].base, rows[i].disable);

        set_by(rows[i].increment);
        settle();
        IS(rows[i].name, seen, rows[i].priority);
        IS(rows[i].turns, order, rows[i].order);
        join(thread);
    }
}

/* By handle each call gives one. */
static void by_handle(void)
{
    HANDLE thread = waiter(body_of(handle), 0, 0);

    NtSetEvent(handle, NULL);
    join(thread);
    IS("an event of a handle", seen, 14);
    thread = waiter(body_of(semaphore), 0, 0);
    NtReleaseSemaphore(semaphore, 1, NULL);
    join(thread);
    IS("a semaphore", seen, 14);
    NtWaitForSingleObjectEx(mutant, 1, 0, NULL);
    thread = waiter(body_of(mutant), 0, 0);
    NtReleaseMutant(mutant, NULL);
    join(thread);
    IS("a mutant", seen, 14);
    thread = waiter(&event, 0, 0);
    KePulseEvent(&event, 2, 0);
    join(thread);
    IS("a pulse", seen, 15);
}

static u32 spin(void *context)
{
    while (!stop)
        seen = priority_of(current_thread());
    return 0;
}

static void decay(void)
{
    HANDLE thread = start(spin, NULL, 3);
    void *body = body_of(thread);

    stop = 0;
    settle();
    KeBoostPriorityThread(body, 2);
    settle();
    IS("boosted by call", seen, 15);
    sleep_ms(21);
    IS("a quantum later one step less", seen, 14);
    sleep_ms(20);
    IS("and back at its base", seen, 13);
    sleep_ms(40);
    IS("to stay there", seen, 13);
    KeBoostPriorityThread(body, -3);
    settle();
    IS("never less", seen, 13);
    IS("the base is what it was", base_of(body), 13);
    KeSetPriorityThread(body, 20);
    sleep_ms(50);
    IS("real time does not wear off", seen, 20);
    stop = 1;
    join(thread);
}

int main(void)
{
    KeInitializeEvent(&event, 1, 0);
    handle = event_of(1, 0);
    NtCreateSemaphore(&semaphore, NULL, 0, 1);
    NtCreateMutant(&mutant, NULL, 0);
    increments();
    by_handle();
    decay();
    return verdict();
}
