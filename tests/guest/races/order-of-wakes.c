/* Two threads wait for one event; the first to come is taken to be the first to be woken. */
#include <xe360/kernel.h>

static volatile u32 woken, wrong;
static HANDLE event;

static void pause(void)
{
    for (volatile u32 i = 0; i < 2000; i++)
        continue;
}

static u32 take_turn(void *context)
{
    NtWaitForSingleObjectEx(event, 1, 0, NULL);
    if (woken++ != (u32)context)
        wrong = 1;
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    NtCreateEvent(&event, NULL, 1, 0);
    for (u32 i = 0; i < 2; i++) {
        ExCreateThread(&threads[i], 0, NULL, NULL, take_turn, (void *)i, THREAD_ON(i + 1));
        pause();
    }
    for (u32 i = 0; i < 2; i++) {
        NtSetEvent(event, NULL);
        pause();
    }
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (wrong)
        *(volatile u32 *)0 = 0;
    return 0;
}
