/* One thread waits, another signals. With the dispatcher's fault injected (the first wake is lost)
 * the waiter sleeps on although its event is signaled; without it this ends by itself. */
#include <xe360/kernel.h>

static HANDLE event;

static u32 waiter(void *context)
{
    NtWaitForSingleObjectEx(event, 1, 0, NULL);
    DbgPrint("woken\n");
    return 0;
}

int main(void)
{
    HANDLE thread;
    s64 pause = MS(1);

    NtCreateEvent(&event, NULL, EVENT_MANUAL, 0);
    ExCreateThread(&thread, 0, NULL, NULL, waiter, NULL, THREAD_ON(1));
    for (volatile u32 i = 0; i < 20000; i++)
        ;
    NtSetEvent(event, NULL);
    (void)pause;
    NtWaitForSingleObjectEx(thread, 1, 0, NULL);
    DbgPrint("PASS lost-wake\n");
    return 0;
}
