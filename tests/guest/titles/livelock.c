/* A thread spins on a flag that another would set, which waits for what comes after the spin: both
 * for ever, and main with them. */
#include <xe360/kernel.h>

static volatile u32 flag;
static HANDLE seen;

static u32 spins(void *context)
{
    while (!flag)
        continue;
    NtSetEvent(seen, NULL);
    return 0;
}

static u32 sets(void *context)
{
    NtWaitForSingleObjectEx(seen, 1, 0, NULL);
    flag = 1;
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    NtCreateEvent(&seen, NULL, EVENT_AUTO, 0);
    ExCreateThread(&threads[0], 0, NULL, NULL, spins, NULL, THREAD_ON(1));
    ExCreateThread(&threads[1], 0, NULL, NULL, sets, NULL, THREAD_ON(2));
    NtWaitForSingleObjectEx(threads[0], 1, 0, NULL);
    return 0;
}
