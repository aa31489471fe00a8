/* A thread counts to 120, a call each; who looks once, somewhat later, must not find 59. */
#include <xe360/kernel.h>

static volatile u32 count;

static u32 counts(void *context)
{
    for (u32 i = 0; i < 120; i++) {
        count = count + 1;
        NtYieldExecution();
    }
    return 0;
}

static u32 looks(void *context)
{
    for (volatile u32 i = 0; i < 66; i++)
        continue;
    if (count == 59)
        *(volatile u32 *)0 = 0;
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    ExCreateThread(&threads[0], 0, NULL, NULL, counts, NULL, THREAD_ON(1));
    ExCreateThread(&threads[1], 0, NULL, NULL, looks, NULL, THREAD_ON(2));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    return 0;
}
