/* Code that changes itself: a function is written, run, changed and run again. */
#include <xe360/kernel.h>

static u32 code[8] __attribute__((aligned(128)));

static void publish(void)
{
    __asm__ volatile("dcbst 0,%0\n sync\n icbi 0,%0\n isync" : : "r"(code) : "memory");
}

int main(void)
{
    u32 (*volatile function)(void) = (u32(*)(void))code;
    u32 sum = 0;

    code[1] = 0x4E800020; /* blr */
    for (u32 i = 0; i < 100; i++) {
        code[0] = 0x38600000 | i; /* li r3, i */
        publish();
        sum += function();
    }
    DbgPrint(sum == 4950 ? "PASS selfmod\n" : "FAIL selfmod: %u\n", sum);
    return 0;
}
