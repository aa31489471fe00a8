/* One of two threads forgets the critical section. */
#include <xe360/kernel.h>

static volatile u32 count;
static struct critical_section section;

static u32 with(void *context)
{
    for (u32 i = 0; i < 5; i++) {
        RtlEnterCriticalSection(&section);
        count = count + 1;
        RtlLeaveCriticalSection(&section);
    }
    return 0;
}

static u32 without(void *context)
{
    for (volatile u32 i = 0; i < 25; i++)
        continue;
    count = count + 1;
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    RtlInitializeCriticalSection(&section);
    ExCreateThread(&threads[0], 0, NULL, NULL, with, NULL, THREAD_ON(1));
    ExCreateThread(&threads[1], 0, NULL, NULL, without, NULL, THREAD_ON(2));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (count != 6)
        *(volatile u32 *)0 = 0;
    return 0;
}
