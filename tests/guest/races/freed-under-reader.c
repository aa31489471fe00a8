/* A pointer is taken out of its place and used a few instructions later; thousands of instructions
 * after it began, its owner puts another there, once, and poisons the first. */
#include <xe360/kernel.h>

static volatile u32 first[8], second[8];
static volatile u32 *volatile place = first;

static u32 replaces(void *context)
{
    for (volatile u32 i = 0; i < 1500; i++)
        continue;
    place = second;
    first[3] = 0xDEAD;
    return 0;
}

static u32 reads(void *context)
{
    for (u32 i = 0; i < 200; i++) {
        volatile u32 *taken = place;

        if (taken[3] == 0xDEAD)
            *(volatile u32 *)0 = 0;
        for (volatile u32 work = 0; work < 12; work++)
            continue;
    }
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    ExCreateThread(&threads[0], 0, NULL, NULL, replaces, NULL, THREAD_ON(3));
    ExCreateThread(&threads[1], 0, NULL, NULL, reads, NULL, THREAD_ON(1));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    return 0;
}
