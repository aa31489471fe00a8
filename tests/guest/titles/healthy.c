/* A healthy producer and consumer over a semaphore and an event; ends by itself. */
#include <xe360/kernel.h>

#define ITEMS 100

static HANDLE full, done;
static volatile u32 produced, consumed;

static u32 consumer(void *context)
{
    while (consumed < ITEMS) {
        NtWaitForSingleObjectEx(full, 1, 0, NULL);
        consumed++;
    }
    NtSetEvent(done, NULL);
    return 0;
}

int main(void)
{
    HANDLE thread;

    NtCreateSemaphore(&full, NULL, 0, ITEMS);
    NtCreateEvent(&done, NULL, EVENT_MANUAL, 0);
    ExCreateThread(&thread, 0, NULL, NULL, consumer, NULL, THREAD_ON(2));
    for (produced = 0; produced < ITEMS; produced++)
        NtReleaseSemaphore(full, 1, NULL);
    NtWaitForSingleObjectEx(done, 1, 0, NULL);
    NtWaitForSingleObjectEx(thread, 1, 0, NULL);
    DbgPrint(consumed == ITEMS ? "PASS healthy\n" : "FAIL healthy: %u\n", consumed);
    return 0;
}
