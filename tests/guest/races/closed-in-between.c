/* An event is set if a flag says that it is open; its owner clears the flag and closes it, one
 * after the other. */
#include <xe360/kernel.h>

static volatile u32 open = 1;
static HANDLE event;

static u32 sets(void *context)
{
    for (u32 i = 0; i < 15; i++) {
        if (open && NtSetEvent(event, NULL) != STATUS_SUCCESS)
            *(volatile u32 *)0 = 0;
        for (volatile u32 work = 0; work < 31; work++)
            continue;
    }
    return 0;
}

int main(void)
{
    HANDLE thread;

    NtCreateEvent(&event, NULL, 1, 0);
    ExCreateThread(&thread, 0, NULL, NULL, sets, NULL, THREAD_ON(1));
    for (volatile u32 work = 0; work < 287; work++)
        continue;
    open = 0;
    NtClose(event);
    NtWaitForSingleObjectEx(thread, 1, 0, NULL);
    return 0;
}
