/* Reserves half of the address space and asks for its attributes, which takes a look at each page.
 */
#include <xe360/kernel.h>

int main(void)
{
    struct memory_info info;
    u32 size = 0x20000000;
    void *base = NULL;

    NtAllocateVirtualMemory(&base, &size, MEM_RESERVE | MEM_LARGE_PAGES, PAGE_READWRITE, 0);
    for (;;)
        NtQueryVirtualMemory(base, &info, 0);
}
