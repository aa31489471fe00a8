/* Fills 64 MiB again and again: one call takes as long as a million instructions. */
#include <xe360/kernel.h>

void RtlFillMemoryUlong(void *to, u32 size, u32 value);

int main(void)
{
    u32 size = 0x4000000;
    void *base = NULL;

    NtAllocateVirtualMemory(&base, &size, MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES,
                            PAGE_READWRITE, 0);
    for (u32 i = 1;; i++)
        RtlFillMemoryUlong(base, size, i);
}
