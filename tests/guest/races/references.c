/* References are counted down without a lock: both threads may find that they had the last, or
 * none. */
#include <xe360/kernel.h>

static volatile u32 references = 2, freed;

static u32 drop(void *context)
{
    for (volatile u32 i = 0; i < 60; i++)
        continue;
    references = references - 1;
    if (references == 0)
        freed = freed + 1;
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    for (u32 i = 0; i < 2; i++)
        ExCreateThread(&threads[i], 0, NULL, NULL, drop, NULL, THREAD_ON(i + 1));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (freed != 1)
        *(volatile u32 *)0 = 0;
    return 0;
}
