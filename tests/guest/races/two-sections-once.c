/* Two threads enter one section after the other, always in the same order but for one round of
 * thirty each: when these meet, both are stuck. */
#include <xe360/kernel.h>

static struct critical_section a, b;

static void enter(struct critical_section *outer, struct critical_section *inner)
{
    RtlEnterCriticalSection(outer);
    RtlEnterCriticalSection(inner);
    RtlLeaveCriticalSection(inner);
    RtlLeaveCriticalSection(outer);
}

static u32 rounds(void *context)
{
    for (u32 i = 0; i < 30; i++) {
        if (i == (u32)context)
            enter(&b, &a);
        else
            enter(&a, &b);
        for (volatile u32 work = 0; work < 60 + 9 * (u32)context; work++)
            continue;
    }
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    RtlInitializeCriticalSection(&a);
    RtlInitializeCriticalSection(&b);
    ExCreateThread(&threads[0], 0, NULL, NULL, rounds, (void *)14, THREAD_ON(2));
    ExCreateThread(&threads[1], 0, NULL, NULL, rounds, (void *)40, THREAD_ON(4));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    return 0;
}
