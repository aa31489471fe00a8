/* Two threads park for ever on events that nobody can signal: nothing can run again. */
#include <xe360/kernel.h>

static HANDLE a, b;

static u32 other(void *context)
{
    NtWaitForSingleObjectEx(b, 1, 0, NULL);
    return 0;
}

int main(void)
{
    HANDLE thread;

    NtCreateEvent(&a, NULL, EVENT_AUTO, 0);
    NtCreateEvent(&b, NULL, EVENT_AUTO, 0);
    ExCreateThread(&thread, 0, NULL, NULL, other, NULL, 0);
    DbgPrint("parking\n");
    NtWaitForSingleObjectEx(a, 1, 0, NULL);
    return 0;
}
