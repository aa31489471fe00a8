/* Three threads meet four times. The last to come lets the others go before it clears the count;
 * who is quick is counted for the next time already, and lost. */
#include <xe360/kernel.h>

static volatile u32 arrived, phase;

static u32 add_one(void)
{
    u32 value;

    __asm__ volatile("1: lwarx %0, 0, %1\n\t"
                     "addi %0, %0, 1\n\t"
                     "stwcx. %0, 0, %1\n\t"
                     "bne 1b"
                     : "=&r"(value)
                     : "r"(&arrived)
                     : "cr0", "memory");
    return value;
}

static u32 meets(void *context)
{
    for (u32 i = 0; i < 4; i++) {
        for (volatile u32 work = 0; work < (u32)context; work++)
            continue;
        if (add_one() == 3) {
            phase = i + 1;
            arrived = 0;
        }
        for (u32 tries = 0; phase <= i; tries++)
            if (tries == 20000)
                *(volatile u32 *)0 = 0;
    }
    return 0;
}

int main(void)
{
    HANDLE threads[3];

    for (u32 i = 0; i < 3; i++)
        ExCreateThread(&threads[i], 0, NULL, NULL, meets, (void *)(9 * i), THREAD_ON(2 * i));
    for (u32 i = 0; i < 3; i++)
        NtWaitForSingleObjectEx(threads[i], 1, 0, NULL);
    return 0;
}
