/* A sleeper looks for work before it says that it sleeps; who brings work in between sees nobody to
 * wake. All that is brought later finds it asleep, but for the last: then it sleeps for ever. */
#include <xe360/kernel.h>

static volatile u32 brought, asleep;
static HANDLE wake;

static u32 works(void *context)
{
    u32 done = 0;

    while (done < 12) {
        if (brought == done) {
            asleep = 1;
            NtWaitForSingleObjectEx(wake, 1, 0, NULL);
        }
        done = brought;
    }
    return 0;
}

int main(void)
{
    HANDLE thread;

    NtCreateEvent(&wake, NULL, 1, 0);
    ExCreateThread(&thread, 0, NULL, NULL, works, NULL, THREAD_ON(4));
    for (u32 i = 0; i < 12; i++) {
        for (volatile u32 work = 0; work < 200; work++)
            continue;
        brought = brought + 1;
        if (asleep) {
            asleep = 0;
            NtSetEvent(wake, NULL);
        }
    }
    NtWaitForSingleObjectEx(thread, 1, 0, NULL);
    return 0;
}
