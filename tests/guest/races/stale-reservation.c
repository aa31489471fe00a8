/* A value is read before the pair of lwarx and stwcx. that stores one more than it: exclusive, and
 * too late. */
#include <xe360/kernel.h>

static volatile u32 count;

static u32 store_if_reserved(u32 value)
{
    u32 stored;

    __asm__ volatile("lwarx %0, 0, %1\n\t"
                     "stwcx. %2, 0, %1\n\t"
                     "li %0, 0\n\t"
                     "bne 1f\n\t"
                     "li %0, 1\n"
                     "1:"
                     : "=&r"(stored)
                     : "r"(&count), "r"(value)
                     : "cr0", "memory");
    return stored;
}

static u32 add(void *context)
{
    for (u32 i = 0; i < 20; i++)
        while (!store_if_reserved(count + 1))
            continue;
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    for (u32 i = 0; i < 2; i++)
        ExCreateThread(&threads[i], 0, NULL, NULL, add, NULL, THREAD_ON(i + 1));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (count != 40)
        *(volatile u32 *)0 = 0;
    return 0;
}
