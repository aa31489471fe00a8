/* Takes blocks of pool until there are no more, and gives them back in the order of taking. */
#include <xe360/kernel.h>

void *ExAllocatePool(u32 size);
void ExFreePool(void *at);

static void *at[70000];

int main(void)
{
    for (;;) {
        u32 n = 0;

        while (n < 70000 && (at[n] = ExAllocatePool(5000)))
            n++;
        while (n--)
            ExFreePool(at[n]);
    }
}
