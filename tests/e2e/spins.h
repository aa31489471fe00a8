/* The cases of explain.c about threads that run in a circle. */

static volatile u32 flag, other, *place = &flag;
static struct critical_section section;
static u32 lock;
static u32 room[2 * 1024 * 1024]; /* 8 MiB */

static u32 until_flag(void *context)
{
    while (!flag)
        ;
    NtSetEvent((HANDLE)context, NULL);
    return 0;
}

static void work(u32 rounds)
{
    for (u32 i = 0; i < rounds; i++)
        sum = sum * 5 + 1;
}

static u32 sets_flag_after_wait(void *context)
{
    wait((HANDLE)context);
    flag = 1;
    return 0;
}

static u32 ends_at_once(void *context)
{
    if (context)
        flag = 1;
    return 3;
}

#if CASE == 31 /* healthy: main writes the flag when it is done with its work */
int main(void)
{
    start(until_flag, NULL, 1);
    work(100000000);
    flag = 1;
    doze();
}
#elif CASE == 32 /* who would write the flag waits for whom it keeps */
int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    thread[0] = start(until_flag, (void *)one, 1);
    start(sets_flag_after_wait, (void *)one, 2);
    wait(thread[0]);
}
#elif CASE == 33 /* who would have written it has ended; main only sleeps, again and again */
int main(void)
{
    start(until_flag, NULL, 1);
    start(ends_at_once, NULL, 2);
    doze();
}
#elif CASE == 34 /* a register of a device, for a bit that it never shows */
static u32 until_ready(void *context)
{
    while (!(*(volatile u32 *)0x7FEA1018 & 1))
        ;
    return (u32)context;
}

int main(void)
{
    join(start(until_ready, NULL, 1));
}
#elif CASE == 35 /* it counts, and would give up some day */
static u32 counts(void *context)
{
    u32 n = 0;

    while (!flag && n != 0xFFFFFFFE)
        n++;
    return n;
}

int main(void)
{
    join(start(counts, NULL, 1));
}
#elif CASE == 36 || CASE == 37 /* it looks at the time base; 37: at that alone, which is a delay   \
                                */
static u64 now(void)
{
    u64 ticks;

    __asm__ volatile("mftb %0" : "=r"(ticks));
    return ticks;
}

static u32 until_late(void *context)
{
    u32 end = (u32)now() + 0x70000000;

    while ((CASE == 37 || !flag) && (s32)((u32)now() - end) < 0)
        ;
    return (u32)context;
}

int main(void)
{
    join(start(until_late, NULL, 1));
}
#elif CASE == 38               /* tries a lock whose owner waits for an event that nobody sets */
static u32 owns(void *context)
{
    RtlEnterCriticalSection(&section);
    wait((HANDLE)context);
    return 0;
}

static u32 tries(void *context)
{
    while (!RtlTryEnterCriticalSection(&section))
        ;
    return (u32)context;
}

int main(void)
{
    RtlInitializeCriticalSection(&section);
    start(owns, (void *)make_event(EVENT_AUTO, 0), 1);
    sleep_ms(1);
    join(start(tries, NULL, 2));
}
#elif CASE == 39 ||                                                                                \
    CASE == 41   /* polls an event that nobody sets: by waits without time; by asking */
static u32 polls_event(void *context)
{
    u32 info[2] = {0, 0};

    while (CASE == 39 ? wait_ms((HANDLE)context, 0) != 0 : !info[1])
        if (CASE == 41)
            NtQueryEvent((HANDLE)context, info);
    NtSetEvent(two, NULL);
    return 0;
}

int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    two = make_event(EVENT_AUTO, 0);
    start(polls_event, (void *)one, 1);
    wait(two);
}
#elif CASE == 40 /* yields until a flag comes */
static u32 yields(void *context)
{
    while (!flag)
        sleep_ms(0);
    return (u32)context;
}

int main(void)
{
    join(start(yields, NULL, 1));
}
#elif CASE == 42 || CASE == 43 /* healthy: adds up 8 MiB again and again; fills them */
static u32 goes_through(void *context)
{
    volatile u32 *at = room;
    u32 total = 0;

    for (;;)
        for (u32 i = 0; i < sizeof(room) / 4; i++)
            if (CASE == 42)
                total += at[i];
            else
                at[i] = i;
    return total;
}

int main(void)
{
    join(start(goes_through, NULL, 1));
}
#elif CASE == 44               /* looks once in a while */
static u32 backs_off(void *context)
{
    while (!flag)
        for (u32 i = 0; i < 500; i++)
            __asm__ volatile("");
    return (u32)context;
}

int main(void)
{
    join(start(backs_off, NULL, 1));
}
#elif CASE == 45               /* looks by a function, through a pointer */
static __attribute__((noinline)) u32 is_there(volatile u32 *at)
{
    __asm__ volatile("");
    return *at;
}

static __attribute__((noinline)) u32 is_set(void)
{
    return is_there(*(volatile u32 *volatile *)&place) != 0;
}

static u32 calls(void *context)
{
    while (!is_set())
        ;
    return (u32)context;
}

int main(void)
{
    join(start(calls, NULL, 1));
}
#elif CASE == 46               /* spins inside of a lock that others wait for */
static u32 spins_inside(void *context)
{
    RtlEnterCriticalSection(&section);
    while (!flag)
        ;
    RtlLeaveCriticalSection(&section);
    return (u32)context;
}

static u32 enters(void *context)
{
    RtlEnterCriticalSection(&section);
    flag = 1;
    return (u32)context;
}

int main(void)
{
    RtlInitializeCriticalSection(&section);
    thread[0] = start(spins_inside, NULL, 1);
    sleep_ms(1);
    start(enters, NULL, 2);
    start(enters, NULL, 3);
    join(thread[0]);
}
#elif CASE == 47               /* healthy: two that hand over to each other */
static u32 hands_over(void *context)
{
    for (;;) {
        while (flag != (u32)context)
            ;
        flag = !flag;
    }
}

int main(void)
{
    start(hands_over, (void *)0, 1);
    join(start(hands_over, (void *)1, 2));
}
#elif CASE == 48 /* a spin lock taken twice, which keeps whoever is ready on that processor */
static u32 takes_twice(void *context)
{
    KfAcquireSpinLock(&lock);
    KfAcquireSpinLock(&lock);
    return (u32)context;
}

int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    thread[0] = start(waits, (void *)one, 1);
    sleep_ms(1);
    start(takes_twice, NULL, 1);
    work(20000);
    NtSetEvent(one, NULL);
    wait(thread[0]);
}
#elif CASE == 49 /* spins above the only one that would write the flag */
static u32 hogs(void *context)
{
    KeSetBasePriorityThread(current_thread(), 10);
    return until_flag(context);
}

int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    start(sets_flag_after_wait, (void *)one, 1);
    sleep_ms(1);
    thread[0] = start(hogs, NULL, 1);
    sleep_ms(1);
    NtSetEvent(one, NULL);
    wait(thread[0]);
}
#elif CASE == 50 /* healthy: main writes it after it has slept ten times */
int main(void)
{
    start(until_flag, NULL, 1);
    for (u32 i = 0; i < 10; i++)
        sleep_ms(10);
    flag = 1;
    doze();
}
#elif CASE == 51 /* reads the head of an event that nobody sets */
static u32 reads_state(void *context)
{
    while (!((volatile u32 *)context)[1])
        ;
    return 0;
}

int main(void)
{
    void *body;

    ObReferenceObjectByHandle(make_event(EVENT_MANUAL, 0), NULL, &body);
    join(start(reads_state, body, 1));
}
#elif CASE == 52 /* healthy: a thread waits for a timer that is due, and then writes it */
static u32 waits_for_timer(void *context)
{
    wait((HANDLE)context);
    flag = 1;
    return 0;
}

int main(void)
{
    s64 due = MS(1000);

    NtCreateTimer(&one, NULL, TIMER_AUTO);
    NtSetTimerEx(one, &due, NULL, 1, NULL, 0, 0, NULL);
    start(waits_for_timer, (void *)one, 2);
    join(start(until_flag, NULL, 1));
}
#elif CASE == 53 /* runs in a circle and looks at nothing */
static u32 circles(void *context)
{
    for (;;)
        __asm__ volatile("");
    return (u32)context;
}

int main(void)
{
    start(circles, NULL, 1);
    busy();
}
#elif CASE == 55 /* main waits for a lock whose owner never gets a turn */
static u32 holds_and_works(void *context)
{
    KeSetBasePriorityThread(current_thread(), -5);
    wait((HANDLE)context);
    NtSetEvent(two, NULL);
    work(1000000);
    NtReleaseMutant((HANDLE)context, NULL);
    return 0;
}

static u32 computes(void *context)
{
    KeSetBasePriorityThread(current_thread(), 10);
    busy();
    return (u32)context;
}

int main(void)
{
    mutants();
    two = make_event(EVENT_AUTO, 0);
    start(holds_and_works, (void *)one, 1);
    wait(two);
    start(computes, NULL, 1);
    wait(one);
}
#elif CASE == 54 /* healthy: sets an event again and again, with the same answer each time */
static u32 feeds(void *context)
{
    for (;;)
        NtSetEvent((HANDLE)context, NULL);
}

int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    start(feeds, (void *)one, 1);
    for (;;)
        wait(one);
}
#elif CASE == 56 || CASE == 57 || CASE == 59 /* whoever set the flag ends and leaves it so */
static u32 leaves_it_set(void *context)
{
    flag = 1;
    return (u32)context;
}

static u32 while_set(void *context)
{
    while (flag)
        ;
    return (u32)context;
}

int main(void)
{
    if (CASE == 57) /* and main, which goes on, has written it, too */
        flag = 0;
    join(start(leaves_it_set, NULL, 1));
    start(while_set, NULL, 2);
    busy();
}
#elif CASE == 58                             /* whoever counted it waits for what never comes */
static u32 counts_to_three(void *context)
{
    for (u32 i = 0; i < 3; i++)
        flag++;
    wait((HANDLE)context);
    flag++;
    return 0;
}

static u32 until_four(void *context)
{
    while (flag < 4)
        ;
    return (u32)context;
}

int main(void)
{
    start(until_four, NULL, 1);
    start(counts_to_three, (void *)make_event(EVENT_AUTO, 0), 2);
    busy();
}
#endif
