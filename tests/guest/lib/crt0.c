/* Start-up: the kernel enters here on the main thread; main's return ends the title. A value other
 * than 0 is printed first, in the words of the console's own start-up code. */
#include <xe360/kernel.h>

int main(void);
void _start(void);

void _start(void)
{
    int value = main();

    if (value)
        DbgPrint("[XAPI RETURN VALUE] %d\n", value);
    XamLoaderTerminateTitle();
}

/* What a freestanding compiler may call. */
void *memset(void *to, int value, unsigned long n)
{
    volatile u8 *p = to;

    while (n--)
        *p++ = (u8)value;
    return to;
}

void *memcpy(void *to, const void *from, unsigned long n)
{
    volatile u8 *p = to;
    const u8 *q = from;

    while (n--)
        *p++ = *q++;
    return to;
}
