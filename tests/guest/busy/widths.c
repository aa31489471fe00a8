/* Asks for fields of two thousand million characters. */
#include <xe360/kernel.h>

s32 sprintf(char *to, const char *format, ...);

static char text[0x10000];

int main(void)
{
    for (u32 i = 0;; i++)
        sprintf(text, "%*u|%-2000000000u|%.2000000000u|%02000000000u", 2000000000, i, i, i, i);
}
