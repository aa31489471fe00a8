/* The sum is made under a lock, and stored after it. */
#include <xe360/kernel.h>

static volatile u32 count;
static HANDLE lock;

static u32 add(void *context)
{
    for (u32 i = 0; i < 2; i++) {
        u32 sum;

        NtWaitForSingleObjectEx(lock, 1, 0, NULL);
        sum = count + 1;
        NtReleaseMutant(lock, NULL);
        count = sum;
    }
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    NtCreateMutant(&lock, NULL, 0);
    for (u32 i = 0; i < 2; i++)
        ExCreateThread(&threads[i], 0, NULL, NULL, add, NULL, THREAD_ON(i + 1));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    if (count != 4)
        *(volatile u32 *)0 = 0;
    return 0;
}
