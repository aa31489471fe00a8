/* Two threads of one processor look whether there is room, and add one: of the last place there is
 * only one. They make way to each other by themselves, though never in between. */
#include <xe360/kernel.h>

static volatile u32 used;

static u32 adds(void *context)
{
    for (u32 i = 0; i < 6; i++) {
        if (used < 9)
            used = used + 1;
        if (used > 9)
            *(volatile u32 *)0 = 0;
        NtYieldExecution();
    }
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    for (u32 i = 0; i < 2; i++)
        ExCreateThread(&threads[i], 0, NULL, NULL, adds, NULL, THREAD_ON(3));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (used > 9)
        *(volatile u32 *)0 = 0;
    return 0;
}
