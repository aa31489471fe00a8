/* The first takes a word away and puts it back, the second copies it, the third compares the copy
 * with a sum of its own: wrong only if the second came in the first's gap before the third. */
#include <xe360/kernel.h>

static volatile u32 word = 1, copy = 1;

static u32 first(void *context)
{
    for (volatile u32 i = 0; i < 55; i++)
        continue;
    word = 0;
    word = 1;
    return 0;
}

static u32 second(void *context)
{
    for (volatile u32 i = 0; i < 40; i++)
        continue;
    copy = word;
    return 0;
}

static u32 third(void *context)
{
    for (volatile u32 i = 0; i < 70; i++)
        continue;
    if (copy != 1)
        *(volatile u32 *)0 = 0;
    return 0;
}

int main(void)
{
    static thread_start *const starts[3] = {first, second, third};
    HANDLE threads[3];

    for (u32 i = 0; i < 3; i++)
        ExCreateThread(&threads[i], 0, NULL, NULL, starts[i], NULL, THREAD_ON(i + 1));
    for (u32 i = 0; i < 3; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    return 0;
}
