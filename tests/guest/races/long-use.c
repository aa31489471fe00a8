/* A buffer is taken, and copied from later; its owner needs thousands of instructions to free it
 * and fill another, all between the two. */
#include <xe360/kernel.h>

static volatile u32 buffers[2][64];
static volatile u32 current;

static u32 refill(void *context)
{
    for (u32 round = 0; round < 40; round++) {
        u32 next = current ^ 1;

        for (u32 i = 0; i < 64; i++)
            buffers[next][i] = round + 1;
        current = next;
        next ^= 1; /* the one before is free */
        for (u32 i = 0; i < 64; i++)
            buffers[next][i] = 0xDEAD;
    }
    return 0;
}

int main(void)
{
    HANDLE thread;

    ExCreateThread(&thread, 0, NULL, NULL, refill, NULL, THREAD_ON(2));
    for (u32 i = 0; i < 40; i++) {
        u32 at = current;

        if (buffers[at][63] == 0xDEAD)
            *(volatile u32 *)0 = 0;
        for (volatile u32 pause = 0; pause < 50; pause++)
            continue;
    }
    return 0;
}
