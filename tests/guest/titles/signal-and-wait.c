/* NtSignalAndWaitForSingleObjectEx: hand a token over and wait for the answer in one call, with
 * every kind of object that can be signaled. */
#define TITLE "signal-and-wait"
#include "check.h"

#define ROUNDS 20

static HANDLE ball, answer;
static volatile u32 bounced;

static u32 other_side(void *context)
{
    for (u32 i = 0; i < ROUNDS; i++) {
        CHECK(wait(ball) == STATUS_SUCCESS);
        bounced++;
        CHECK(NtSetEvent(answer, NULL) == STATUS_SUCCESS);
    }
    return 0;
}

static void rally(HANDLE signal)
{
    HANDLE thread;

    ball = signal;
    bounced = 0;
    thread = start(other_side, NULL, 3);
    for (u32 i = 1; i <= ROUNDS; i++) {
        CHECK(NtSignalAndWaitForSingleObjectEx(ball, answer, 1, 0, NULL) == STATUS_SUCCESS);
        CHECK(bounced == i);
    }
    join(thread);
}

static u32 takes_mutant(void *context)
{
    CHECK(wait(ball) == STATUS_SUCCESS);
    bounced = 99;
    NtReleaseMutant(ball, NULL);
    NtSetEvent(answer, NULL);
    return 0;
}

static void with_mutant(void)
{
    HANDLE thread;

    NtCreateMutant(&ball, NULL, 1);
    thread = start(takes_mutant, NULL, 2);
    sleep_ms(1);
    CHECK(bounced != 99);
    CHECK(NtSignalAndWaitForSingleObjectEx(ball, answer, 1, 0, NULL) == STATUS_SUCCESS);
    CHECK(bounced == 99);
    join(thread);
    CHECK(NtSignalAndWaitForSingleObjectEx(ball, answer, 1, 0, NULL) == STATUS_MUTANT_NOT_OWNED);
}

/* The signal counts even when the wait gives up. */
static void timed_out(void)
{
    HANDLE event = make_event(EVENT_AUTO, 0);
    s64 brief = MS(2);

    CHECK(NtSignalAndWaitForSingleObjectEx(event, answer, 1, 0, &brief) == STATUS_TIMEOUT);
    CHECK(wait_ms(event, 0) == STATUS_SUCCESS);
    CHECK(NtSignalAndWaitForSingleObjectEx(0x7777, answer, 1, 0, &brief) == STATUS_INVALID_HANDLE);
}

int main(void)
{
    HANDLE semaphore;

    answer = make_event(EVENT_AUTO, 0);
    NtCreateSemaphore(&semaphore, NULL, 0, 1);
    rally(make_event(EVENT_AUTO, 0));
    rally(semaphore);
    with_mutant();
    timed_out();
    return verdict();
}
