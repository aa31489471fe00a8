/* A length is read twice, once for the check and once for the use; its owner makes it too long for
 * a moment, in the sixth of twenty rounds only. */
#include <xe360/kernel.h>

static volatile u32 length = 4;

static u32 owns(void *context)
{
    for (u32 i = 0; i < 20; i++) {
        for (volatile u32 work = 0; work < 90; work++)
            continue;
        length = i == 5 ? 400 : 4;
        length = 4;
    }
    return 0;
}

static u32 uses(void *context)
{
    for (u32 i = 0; i < 20; i++) {
        if (length <= 16) {
            if (length > 16)
                *(volatile u32 *)0 = 0;
        }
        for (volatile u32 work = 0; work < 70; work++)
            continue;
    }
    return 0;
}

int main(void)
{
    HANDLE threads[2];

    ExCreateThread(&threads[0], 0, NULL, NULL, owns, NULL, THREAD_ON(1));
    ExCreateThread(&threads[1], 0, NULL, NULL, uses, NULL, THREAD_ON(2));
    for (u32 i = 0; i < 2; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    return 0;
}
