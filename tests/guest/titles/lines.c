/* Prints ten lines and ends with a code of its own. */
#include <xe360/kernel.h>

int main(void)
{
    for (u32 i = 1; i <= 10; i++)
        DbgPrint("line %u\n", i);
    return 7;
}
