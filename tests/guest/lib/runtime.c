/* More of what compilers call without being asked: moves and comparisons, 64-bit division. */
#include <xe360/types.h>

void *memmove(void *to, const void *from, unsigned long n);
int memcmp(const void *a, const void *b, unsigned long n);
u64 __udivdi3(u64 a, u64 b);
u64 __umoddi3(u64 a, u64 b);
s64 __divdi3(s64 a, s64 b);
s64 __moddi3(s64 a, s64 b);

void *memmove(void *to, const void *from, unsigned long n)
{
    u8 *t = to;
    const u8 *f = from;

    if (t <= f) {
        for (; n--;)
            *t++ = *f++;
        return to;
    }
    while (n--)
        t[n] = f[n];
    return to;
}

int memcmp(const void *a, const void *b, unsigned long n)
{
    const u8 *x = a, *y = b;

    for (; n--; x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

/* Shift and subtract; a divisor of 0 gives all ones and the dividend. */
static u64 divide(u64 a, u64 b, u64 *ret_rest)
{
    u64 quotient = 0, rest = 0;

    for (int bit = 63; bit >= 0; bit--) {
        rest = rest << 1 | (a >> bit & 1);
        quotient <<= 1;
        if (rest >= b) {
            rest -= b;
            quotient |= 1;
        }
    }
    *ret_rest = rest;
    return quotient;
}

u64 __udivdi3(u64 a, u64 b)
{
    u64 rest;

    return divide(a, b, &rest);
}

u64 __umoddi3(u64 a, u64 b)
{
    u64 rest;

    divide(a, b, &rest);
    return rest;
}

s64 __divdi3(s64 a, s64 b)
{
    u64 rest, q = divide(a < 0 ? -(u64)a : (u64)a, b < 0 ? -(u64)b : (u64)b, &rest);

    return (s64)((a < 0) != (b < 0) ? -q : q);
}

s64 __moddi3(s64 a, s64 b)
{
    u64 rest;

    divide(a < 0 ? -(u64)a : (u64)a, b < 0 ? -(u64)b : (u64)b, &rest);
    return (s64)(a < 0 ? -rest : rest);
}
