/* Who waits looks first, without a lock; a pulse between the look and the wait wakes nobody. */
#include <xe360/kernel.h>

static volatile u32 ready;
static HANDLE event;

static u32 announce(void *context)
{
    for (volatile u32 i = 0; i < 40; i++)
        continue;
    ready = 1;
    NtPulseEvent(event, NULL);
    return 0;
}

int main(void)
{
    HANDLE thread;

    NtCreateEvent(&event, NULL, 0, 0);
    ExCreateThread(&thread, 0, NULL, NULL, announce, NULL, THREAD_ON(2));
    if (!ready)
        NtWaitForSingleObjectEx(event, 1, 0, NULL);
    return 0;
}
