/* Pure computation, for ever. */
#include <xe360/kernel.h>

volatile u32 sink;

int main(void)
{
    for (u32 i = 1;; i++)
        sink = sink * 1664525 + i;
}
