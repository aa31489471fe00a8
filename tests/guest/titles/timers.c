/* Timers: one-shot and periodic, manual and auto, absolute and relative, cancelled, with APCs and
 * DPCs; and the clocks they are measured with. */
#define TITLE "timers"
#include "check.h"

#define HUNDRED_NS_PER_MS 10000

static s64 now(void)
{
    s64 time;

    KeQuerySystemTime(&time);
    return time;
}

static HANDLE make_timer(u32 type)
{
    HANDLE handle = 0;

    CHECK(NtCreateTimer(&handle, NULL, type) == STATUS_SUCCESS);
    return handle;
}

static u32 set(HANDLE timer, s64 due, u32 period_ms)
{
    u32 previous = 9;

    CHECK(NtSetTimerEx(timer, &due, NULL, 1, NULL, 0, period_ms, &previous) == STATUS_SUCCESS);
    return previous;
}

static u32 took_ms(s64 since)
{
    return (u32)((now() - since) / HUNDRED_NS_PER_MS);
}

static void one_shot(void)
{
    HANDLE manual = make_timer(TIMER_MANUAL), automatic = make_timer(TIMER_AUTO);
    s64 since = now();

    CHECK(wait_ms(manual, 0) == STATUS_TIMEOUT);
    set(manual, MS(5), 0);
    set(automatic, MS(7), 0);
    CHECK(wait(manual) == STATUS_SUCCESS && took_ms(since) >= 5 && took_ms(since) < 7);
    CHECK(wait_ms(manual, 0) == STATUS_SUCCESS); /* stays */
    CHECK(wait(automatic) == STATUS_SUCCESS && took_ms(since) >= 7 && took_ms(since) < 9);
    CHECK(wait_ms(automatic, 0) == STATUS_TIMEOUT); /* consumed */
    set(manual, MS(1000), 0);
    CHECK(wait_ms(manual, 0) == STATUS_TIMEOUT); /* arming clears */
    NtClose(manual);
    NtClose(automatic);
}

static void absolute(void)
{
    HANDLE timer = make_timer(TIMER_AUTO);
    s64 since = now();

    set(timer, since + 4 * HUNDRED_NS_PER_MS, 0);
    CHECK(wait(timer) == STATUS_SUCCESS && took_ms(since) >= 4 && took_ms(since) < 6);
    set(timer, since, 0); /* long ago: due at once */
    CHECK(wait_ms(timer, 2) == STATUS_SUCCESS);
    NtClose(timer);
}

static void periodic(void)
{
    HANDLE timer = make_timer(TIMER_AUTO);
    s64 since = now();
    u32 was_set = 9;

    set(timer, MS(2), 3);
    for (u32 i = 0; i < 5; i++)
        CHECK(wait(timer) == STATUS_SUCCESS);
    CHECK(took_ms(since) >= 14 && took_ms(since) < 17);
    CHECK(NtCancelTimer(timer, &was_set) == STATUS_SUCCESS);
    CHECK(wait_ms(timer, 10) == STATUS_TIMEOUT);
    NtClose(timer);
}

static volatile u32 apc_calls, apc_low, apc_high;

static void on_timer(void *context, void *low, void *high)
{
    apc_calls += (u32)context;
    apc_low = (u32)low;
    apc_high = (u32)high;
}

static void with_apc(void)
{
    HANDLE timer = make_timer(TIMER_AUTO);
    s64 due = MS(2), since = now(), fired, forever = MS(100000);

    CHECK(NtSetTimerEx(timer, &due, on_timer, 1, (void *)5, 0, 0, NULL) == STATUS_SUCCESS);
    CHECK(KeDelayExecutionThread(1, 1, &forever) == STATUS_USER_APC);
    fired = (s64)((u64)apc_high << 32 | apc_low);
    CHECK(apc_calls == 5 && fired >= since + 2 * HUNDRED_NS_PER_MS && fired <= now());
    NtClose(timer);
}

static struct ktimer ktimer;
static struct kdpc kdpc;
static volatile u32 dpc_calls;

static void on_dpc(struct kdpc *dpc, void *context, void *argument1, void *argument2)
{
    dpc_calls += dpc == &kdpc && context == &ktimer;
}

static void by_pointer(void)
{
    s64 since = now();

    KeInitializeTimerEx(&ktimer, TIMER_MANUAL, 1);
    KeInitializeDpc(&kdpc, on_dpc, &ktimer);
    CHECK(KeSetTimer(&ktimer, MS(3), &kdpc) == 0);
    CHECK(KeWaitForSingleObject(&ktimer, 3, 1, 0, NULL) == STATUS_SUCCESS);
    CHECK(took_ms(since) >= 3 && took_ms(since) < 5);
    sleep_ms(1);
    CHECK(dpc_calls == 1 && ktimer.header.signal_state == 1);
    CHECK(KeSetTimerEx(&ktimer, MS(1), 2, &kdpc) == 0);
    sleep_ms(8); /* due at 1, 3, 5, 7 */
    CHECK(KeSetTimer(&ktimer, MS(1000), NULL) == 1);
    CHECK(dpc_calls == 5);
    CHECK(KeCancelTimer(&ktimer) == 1);
    CHECK(KeCancelTimer(&ktimer) == 0);
}

static void clocks(void)
{
    u32 tick = KeTimeStampBundle.tick_count;
    u64 interrupt_time = KeQueryInterruptTime();
    s64 system_time = now();

    sleep_ms(20);
    CHECK(KeTimeStampBundle.tick_count - tick >= 19 && KeTimeStampBundle.tick_count - tick <= 22);
    interrupt_time = KeQueryInterruptTime() - interrupt_time;
    CHECK(interrupt_time >= 200000 && interrupt_time < 220000);
    CHECK(took_ms(system_time) >= 20 && took_ms(system_time) < 22);
    CHECK(KeQueryPerformanceFrequency() == 50000000);
}

int main(void)
{
    one_shot();
    absolute();
    periodic();
    with_apc();
    by_pointer();
    clocks();
    return verdict();
}
