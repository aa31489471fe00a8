/* Two threads take two critical sections in opposite order. */
#include <xe360/kernel.h>

static struct critical_section first, second;

static u32 other(void *context)
{
    s64 pause = MS(1);

    RtlEnterCriticalSection(&second);
    KeDelayExecutionThread(1, 0, &pause);
    RtlEnterCriticalSection(&first);
    return 0;
}

int main(void)
{
    s64 pause = MS(1);
    HANDLE thread;

    RtlInitializeCriticalSection(&first);
    RtlInitializeCriticalSection(&second);
    ExCreateThread(&thread, 0, NULL, NULL, other, NULL, THREAD_ON(3));
    RtlEnterCriticalSection(&first);
    KeDelayExecutionThread(1, 0, &pause);
    DbgPrint("crossing\n");
    RtlEnterCriticalSection(&second);
    return 0;
}
