/* Two threads find that nobody has made it yet, and make it twice. */
#include <xe360/kernel.h>

static volatile u32 ready, made;

static u32 use(void *context)
{
    if (!ready) {
        made++;
        ready = 1;
    }
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    for (u32 i = 0; i < 2; i++) {
        ExCreateThread(&threads[i], 0, NULL, NULL, use, NULL, THREAD_ON(i + 1));
        for (volatile u32 pause = 0; pause < 50; pause++)
            continue;
    }
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (made != 1)
        *(volatile u32 *)0 = 0;
    return 0;
}
