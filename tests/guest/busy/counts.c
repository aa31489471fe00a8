/* Prints short lines, one after the other. */
#include <xe360/kernel.h>

int main(void)
{
    for (u32 i = 1;; i++)
        DbgPrint("line %u\n", i);
}
