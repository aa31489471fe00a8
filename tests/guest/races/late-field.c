/* A thread is made before the field is set that it reads. */
#include <xe360/kernel.h>

static volatile u32 size;

static u32 work(void *context)
{
    if (size != 16)
        *(volatile u32 *)0 = 0;
    return 0;
}

int main(void)
{
    HANDLE thread;

    ExCreateThread(&thread, 0, NULL, NULL, work, NULL, THREAD_ON(2));
    size = 16;
    NtWaitForSingleObjectEx(thread, 1, 0, NULL);
    return 0;
}
