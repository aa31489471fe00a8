/* Calls exports that nobody implements: loud, counted, and answered by a failure. */
#include <xe360/kernel.h>

u32 XuiElementGetParent(void *element, void **parent);
NTSTATUS StfsControlDevice(void *device);

int main(void)
{
    u32 a = XuiElementGetParent(NULL, NULL);
    NTSTATUS b = StfsControlDevice(NULL);

    DbgPrint(a == 0x80004001 && b == (NTSTATUS)0xC0000002 ? "PASS missing-export\n"
                                                          : "FAIL missing-export: %x %x\n",
             a, b);
    return 0;
}
