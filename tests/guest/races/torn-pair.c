/* Two words are stored one after the other; who reads both in between finds halves of two. */
#include <xe360/kernel.h>

static volatile u32 low, high;

static u32 store(void *context)
{
    for (u32 i = 1; i <= 4; i++) {
        low = i;
        high = i;
        for (volatile u32 pause = 0; pause < 30; pause++)
            continue;
    }
    return 0;
}

int main(void)
{
    HANDLE thread;

    ExCreateThread(&thread, 0, NULL, NULL, store, NULL, THREAD_ON(2));
    for (u32 i = 0; i < 4; i++) {
        u32 first = low, second = high;

        if (first > second)
            *(volatile u32 *)0 = 0;
        for (volatile u32 pause = 0; pause < 40; pause++)
            continue;
    }
    return 0;
}
