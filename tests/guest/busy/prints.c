/* Prints lines of 16 000 characters as fast as it can. */
#include <xe360/kernel.h>

int main(void)
{
    for (u32 i = 0;; i++)
        DbgPrint("%16000u\n", i);
}
