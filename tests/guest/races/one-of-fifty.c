/* A thread says fifty numbers, one after the other; who looks once must not find the 36th. */
#include <xe360/kernel.h>

static volatile u32 said;

static u32 says(void *context)
{
    for (u32 i = 1; i <= 50; i++) {
        said = i;
        DbgPrint("%u\n", i);
    }
    return 0;
}

static u32 looks(void *context)
{
    if (said == 36)
        *(volatile u32 *)0 = 0;
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    ExCreateThread(&threads[0], 0, NULL, NULL, says, NULL, THREAD_ON(4));
    ExCreateThread(&threads[1], 0, NULL, NULL, looks, NULL, THREAD_ON(3));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    return 0;
}
