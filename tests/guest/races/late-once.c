/* Both threads compute for a long time, each for itself, and then add to a counter without a lock,
 * once. */
#include <xe360/kernel.h>

static volatile u32 total;

static u32 computes(void *context)
{
    u32 value = (u32)context;

    for (u32 i = 0; i < 40000 + (u32)context; i++)
        value = value * 1664525 + 1013904223;
    total = total + (value | 1) / (value | 1);
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    ExCreateThread(&threads[0], 0, NULL, NULL, computes, (void *)3, THREAD_ON(2));
    ExCreateThread(&threads[1], 0, NULL, NULL, computes, (void *)40, THREAD_ON(5));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (total != 2)
        *(volatile u32 *)0 = 0;
    return 0;
}
