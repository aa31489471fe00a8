/* Two threads of one hardware thread and priority count without a lock. */
#include <xe360/kernel.h>

static volatile u32 count;

static u32 add(void *context)
{
    for (u32 i = 0; i < 3; i++) {
        u32 seen = count;

        count = seen + 1;
    }
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    for (u32 i = 0; i < 2; i++)
        ExCreateThread(&threads[i], 0, NULL, NULL, add, NULL, THREAD_ON(2));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (count != 6)
        *(volatile u32 *)0 = 0;
    return 0;
}
