/* The flag comes before the data, and both after two hundred thousand instructions. */
#include <xe360/kernel.h>

static volatile u32 flag, data;

static u32 publish(void *context)
{
    for (volatile u32 i = 0; i < 40000; i++)
        continue;
    flag = 1;
    data = 7;
    return 0;
}

int main(void)
{
    HANDLE thread;

    ExCreateThread(&thread, 0, NULL, NULL, publish, NULL, THREAD_ON(2));
    while (!flag)
        continue;
    if (data != 7)
        *(volatile u32 *)0 = 0;
    return 0;
}
