/* A worker says that it is done, and has a result only then; who asks sleeps between its looks, and
 * takes the result without waiting for the worker's end. */
#include <xe360/kernel.h>

static volatile u32 done, result;

static u32 works(void *context)
{
    for (volatile u32 i = 0; i < 200; i++)
        continue;
    done = 1;
    result = 21;
    return 0;
}

int main(void)
{
    HANDLE worker;
    s64 pause = -500;

    ExCreateThread(&worker, 0, NULL, NULL, works, NULL, THREAD_ON(5));
    while (!done)
        KeDelayExecutionThread(1, 0, &pause);
    if (result != 21)
        *(volatile u32 *)0 = 0;
    NtWaitForSingleObjectEx(worker, 1, 0, NULL);
    return 0;
}
