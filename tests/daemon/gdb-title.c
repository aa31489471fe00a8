/* What check-gdb.sh debugs: two threads, a call, a local, data of every size, a vector. Built with
 * debug information and without optimising. */
#include <xe360/kernel.h>

typedef float vector __attribute__((vector_size(16)));

volatile u32 total, ticks, watched = 5;
volatile double half = 0.5;
u8 bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
vector four = {1.0f, 2.0f, 3.0f, 4.0f};

__attribute__((noinline)) u32 add(u32 a, u32 b)
{
    u32 sum = a + b;

    return sum;
}

__attribute__((noinline)) void touch(u32 value)
{
    watched = value;
}

__attribute__((noinline)) u32 look(void)
{
    return watched;
}

__attribute__((noinline)) void vectors(void)
{
    four = four + four;
}

__attribute__((noinline)) void doubles(void)
{
    half = half + half;
}

static u32 tick(void *context)
{
    for (;;)
        ticks += (u32)context;
}

int main(void)
{
    HANDLE thread;

    ExCreateThread(&thread, 0, NULL, NULL, tick, (void *)1, THREAD_ON(2));
    for (u32 i = 1;; i++) {
        total = add(total, i);
        touch(total);
        total = look();
        vectors();
        doubles();
        bytes[2]++;
    }
}
