/* Mutants: recursion, ownership, exclusion, and what an owner leaves behind when it dies. */
#define TITLE "mutants"
#include "check.h"

#define THREADS 4
#define ROUNDS  50

static HANDLE mutant;
static volatile u32 inside, total;

static void recursion(void)
{
    HANDLE handle;
    s32 previous = 9;

    NtCreateMutant(&handle, NULL, 1);
    CHECK(wait_ms(handle, 0) == STATUS_SUCCESS);
    CHECK(NtReleaseMutant(handle, &previous) == STATUS_SUCCESS && previous == -1);
    CHECK(NtReleaseMutant(handle, &previous) == STATUS_SUCCESS && previous == 0);
    CHECK(NtReleaseMutant(handle, NULL) == STATUS_MUTANT_NOT_OWNED);
    NtClose(handle);
}

static u32 worker(void *context)
{
    for (u32 i = 0; i < ROUNDS; i++) {
        u32 seen;

        CHECK(wait(mutant) == STATUS_SUCCESS);
        CHECK(inside++ == 0);
        seen = total;
        linger();
        total = seen + 1;
        inside--;
        CHECK(NtReleaseMutant(mutant, NULL) == STATUS_SUCCESS);
    }
    return 0;
}

static void exclusion(void)
{
    HANDLE thread[THREADS];

    NtCreateMutant(&mutant, NULL, 0);
    for (u32 i = 0; i < THREADS; i++)
        thread[i] = start(worker, NULL, i + 1);
    for (u32 i = 0; i < THREADS; i++)
        join(thread[i]);
    CHECK(total == THREADS * ROUNDS);
}

static u32 not_the_owner(void *context)
{
    CHECK(NtReleaseMutant(mutant, NULL) == STATUS_MUTANT_NOT_OWNED);
    CHECK(wait_ms(mutant, 1) == STATUS_TIMEOUT);
    return 0;
}

static void ownership(void)
{
    wait(mutant);
    join(start(not_the_owner, NULL, 3));
    NtReleaseMutant(mutant, NULL);
}

static struct kmutant body;

static u32 take_and_die(void *context)
{
    wait(mutant);
    wait(mutant);
    KeWaitForSingleObject(&body, 3, 1, 0, NULL);
    return 0;
}

/* The next owner is told once; it owns the mutant once, however often the dead one did. */
static void abandonment(void)
{
    HANDLE list[2];

    KeInitializeMutant(&body, 0);
    CHECK(body.header.signal_state == 1);
    join(start(take_and_die, NULL, 2));
    CHECK(wait(mutant) == STATUS_ABANDONED);
    CHECK(wait(mutant) == STATUS_SUCCESS);
    CHECK(NtReleaseMutant(mutant, NULL) == STATUS_SUCCESS);
    CHECK(NtReleaseMutant(mutant, NULL) == STATUS_SUCCESS);
    CHECK(KeWaitForSingleObject(&body, 3, 1, 0, NULL) == STATUS_ABANDONED);
    CHECK(KeReleaseMutant(&body, 1, 0, 0) == 0 && body.header.signal_state == 1);

    join(start(take_and_die, NULL, 2));
    list[0] = make_event(EVENT_AUTO, 0);
    list[1] = mutant;
    CHECK(NtWaitForMultipleObjectsEx(2, list, WAIT_ANY, 1, 0, NULL) == STATUS_ABANDONED + 1);
}

int main(void)
{
    recursion();
    exclusion();
    ownership();
    abandonment();
    return verdict();
}
