/* MANY threads wait for one event that nobody sets, and main for the first of them: what reports
 * say of that comes in bounded size. */
#include <xe360/kernel.h>

static HANDLE gate;

static u32 waiter(void *context)
{
    return (u32)NtWaitForSingleObjectEx(gate, 1, 0, NULL);
}

int main(void)
{
    HANDLE thread = 0;

    NtCreateEvent(&gate, NULL, EVENT_MANUAL, 0);
    for (u32 i = 0; i < MANY; i++)
        if (ExCreateThread(&thread, 0, NULL, NULL, waiter, NULL, THREAD_ON(i % 6)))
            return 1;
    return NtWaitForSingleObjectEx(thread, 1, 0, NULL);
}
