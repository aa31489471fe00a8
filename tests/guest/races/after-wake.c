/* A worker is woken again and again; it takes the order after it has said that it did. */
#include <xe360/kernel.h>

static volatile u32 order, taken;
static HANDLE go, done;

static u32 work(void *context)
{
    for (u32 i = 1; i <= 20; i++) {
        NtWaitForSingleObjectEx(go, 1, 0, NULL);
        NtSetEvent(done, NULL);
        taken = taken + order;
    }
    return 0;
}

int main(void)
{
    HANDLE thread;
    u32 sum = 0;

    NtCreateEvent(&go, NULL, 1, 0);
    NtCreateEvent(&done, NULL, 1, 0);
    ExCreateThread(&thread, 0, NULL, NULL, work, NULL, THREAD_ON(3));
    for (u32 i = 1; i <= 20; i++) {
        order = i;
        sum += i;
        NtSetEvent(go, NULL);
        NtWaitForSingleObjectEx(done, 1, 0, NULL);
        for (volatile u32 pause = 0; pause < 6; pause++)
            continue;
    }
    NtWaitForSingleObjectEx(thread, 1, 0, NULL);
    if (taken != sum)
        *(volatile u32 *)0 = 0;
    return 0;
}
