/* Priorities on one processor: the higher one runs alone while it can, equals share, and a change
 * counts at once. */
#define TITLE "priorities"
#include "check.h"

#define CPU 2

static volatile u32 stop, ran[3];
static volatile u32 last_started;

static u32 spinner(void *context)
{
    last_started = (u32)context;
    while (!stop)
        ran[(u32)context]++;
    return 0;
}

static void restart(HANDLE thread[2], void *body[2], s32 first, s32 second)
{
    stop = 0;
    for (u32 i = 0; i < 2; i++) {
        ExCreateThread(&thread[i], 0, NULL, NULL, spinner, (void *)i,
                       THREAD_SUSPENDED | THREAD_ON(CPU));
        body[i] = body_of(thread[i]);
        ran[i] = 0;
    }
    KeSetBasePriorityThread(body[0], first);
    KeSetBasePriorityThread(body[1], second);
    for (u32 i = 0; i < 2; i++)
        NtResumeThread(thread[i], NULL);
}

static void finish(HANDLE thread[2], void *body[2])
{
    stop = 1;
    for (u32 i = 0; i < 2; i++) {
        join(thread[i]);
        ObDereferenceObject(body[i]);
    }
}

/* The lower thread started first and is pushed off. */
static void higher_runs_alone(void)
{
    HANDLE thread[2];
    void *body[2];
    u32 seen;

    restart(thread, body, -2, 2);
    sleep_ms(1);
    seen = ran[0];
    sleep_ms(3);
    CHECK(ran[1] > 1000 && ran[0] == seen);
    CHECK(KeQueryBasePriorityThread(body[1]) == 2);
    CHECK(KeSetBasePriorityThread(body[1], -5) == 2);
    seen = ran[1];
    sleep_ms(3);
    CHECK(ran[0] > 1000 && ran[1] - seen < 1000);
    finish(thread, body);
}

static void equals_share(void)
{
    HANDLE thread[2];
    void *body[2];

    restart(thread, body, 0, 0);
    sleep_ms(50); /* several quanta */
    finish(thread, body);
    CHECK(ran[0] > 1000 && ran[1] > 1000);
    CHECK(ran[0] < 3 * ran[1] && ran[1] < 3 * ran[0]);
}

static u32 where(void *context)
{
    *(volatile u32 *)context = current_processor();
    return 0;
}

static void affinity(void)
{
    u32 previous = 0;
    volatile u32 seen = 9;

    for (u32 i = 0; i < 6; i++) {
        join(start(where, (void *)&seen, i));
        CHECK(seen == i);
    }
    CHECK(current_processor() == 0);
    CHECK(KeSetAffinityThread(current_thread(), 1u << 4, &previous) == STATUS_SUCCESS);
    CHECK(previous == 1);
    sleep_ms(1);
    CHECK(current_processor() == 4);
    CHECK(KeSetAffinityThread(current_thread(), 0, &previous) == STATUS_INVALID_PARAMETER);
    KeSetAffinityThread(current_thread(), 1, &previous);
    CHECK(previous == 1u << 4);
}

int main(void)
{
    higher_runs_alone();
    equals_share();
    affinity();
    return verdict();
}
