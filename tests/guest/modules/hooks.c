/* A title that changes its own code, as hooks do: a function is called until it is hot, then its
 * first words become a branch to another. */
#define TITLE "hooks"
#include "../titles/check.h"

u32 __attribute__((noinline)) plain(u32 x);
u32 __attribute__((noinline)) hooked(u32 x);

u32 __attribute__((noinline)) plain(u32 x)
{
    __asm__ volatile("" : "+r"(x));
    return x + 1;
}

u32 __attribute__((noinline)) hooked(u32 x)
{
    __asm__ volatile("" : "+r"(x));
    return x + 2;
}

static u32 sum(void)
{
    u32 (*volatile function)(u32) = plain;
    u32 n = 0;

    for (u32 i = 0; i < 1000; i++)
        n = function(n);
    return n;
}

int main(void)
{
    u32 *code = (u32 *)plain;

    CHECK(sum() == 1000);
    *code = 0x48000000 | (((u32)hooked - (u32)plain) & 0x03FFFFFC);
    __asm__ volatile("dcbst 0,%0\n sync\n icbi 0,%0\n isync" : : "r"(code) : "memory");
    CHECK(sum() == 2000);
    return verdict();
}
