/* Each of two threads sees that the place is free, once, and takes it. */
#include <xe360/kernel.h>

static volatile u32 taken, owners;

static u32 take(void *context)
{
    for (volatile u32 i = 0; i < (u32)context; i++)
        continue;
    if (!taken) {
        taken = 1;
        owners = owners + 1;
    }
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    for (u32 i = 0; i < 2; i++)
        ExCreateThread(&threads[i], 0, NULL, NULL, take, (void *)(20 + 7 * i), THREAD_ON(i + 1));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (owners != 1)
        *(volatile u32 *)0 = 0;
    return 0;
}
