/* Stores through a null pointer. */
#include <xe360/kernel.h>

int main(void)
{
    u32 *volatile nowhere = NULL;

    DbgPrint("about to store\n");
    *nowhere = 1;
    return 0;
}
