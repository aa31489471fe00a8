/* One counts, the other looks once; wrong if it looks at one of a hundred counts. */
#include <xe360/kernel.h>

static volatile u32 count;

static u32 add(void *context)
{
    for (u32 i = 0; i < 100; i++)
        count = count + 1;
    return 0;
}

static u32 look(void *context)
{
    if (count >= 60 && count < 65)
        *(volatile u32 *)0 = 0;
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    ExCreateThread(&threads[0], 0, NULL, NULL, add, NULL, THREAD_ON(1));
    ExCreateThread(&threads[1], 0, NULL, NULL, look, NULL, THREAD_ON(4));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    return 0;
}
