/* Wrong only if three threads are each stopped where it matters: two add while the third looks. */
#include <xe360/kernel.h>

static volatile u32 a, b, wrong;

static u32 add(void *context)
{
    for (u32 i = 0; i < 10; i++) {
        a = a + 1;
        b = b + 1;
    }
    return 0;
}

static u32 look(void *context)
{
    for (u32 i = 0; i < 10; i++)
        if (a > b + 1)
            wrong = 1;
    return 0;
}

int main(void)
{
    HANDLE threads[3];

    ExCreateThread(&threads[0], 0, NULL, NULL, add, NULL, THREAD_ON(1));
    ExCreateThread(&threads[1], 0, NULL, NULL, add, NULL, THREAD_ON(2));
    ExCreateThread(&threads[2], 0, NULL, NULL, look, NULL, THREAD_ON(3));
    for (u32 i = 0; i < 3; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (wrong)
        *(volatile u32 *)0 = 0;
    return 0;
}
