/* Work of the graphics chip that is cut everywhere: long draws in a buffer within a buffer, and a
 * wait there for a word that this thread writes, again and again; an interrupt tells that it is
 * done. */
#define TITLE "gpu-waits"
#include "check.h"

u32 VdInitializeEngines(u32 flags, void *callback, void *context, void *pfp, void *me);
void VdInitializeRingBuffer(u32 physical, u32 log2_size);
void VdSetGraphicsInterruptCallback(void (*callback)(u32 source, void *context), void *context);

#define ROUNDS               4u
#define WPTR                 ((volatile u32 *)0x7FC80714)
#define TYPE3(opcode, count) (0xC0000000u | ((count)-1) << 16 | (opcode) << 8)
#define DRAWS                3u

static u32 *ring, write;
static volatile u32 *out, told, sum;
static struct kevent served;

static void callback(u32 source, void *context)
{
    if (source != 1)
        return;
    told++;
    KeSetEvent(&served, 1, 0);
}

static u32 *put(u32 *at, const u32 *word, u32 n)
{
    while (n--)
        *at++ = *word++;
    return at;
}

#define PUT(at, ...) put(at, (const u32[]){__VA_ARGS__}, sizeof((const u32[]){__VA_ARGS__}) / 4)

/* The outer buffer draws and calls the inner one, which draws, waits for a value and tells. */
static void make(u32 *outer, u32 *inner, u32 value)
{
    u32 *at = outer, out_at = MmGetPhysicalAddress((void *)out);

    for (u32 i = 0; i < DRAWS; i++)
        at = PUT(at, TYPE3(0x36, 1), 0xFFFF0084);
    at = PUT(at, TYPE3(0x3F, 2), MmGetPhysicalAddress(inner), 2 * DRAWS + 6 + 4);
    at = inner;
    for (u32 i = 0; i < DRAWS; i++)
        at = PUT(at, TYPE3(0x36, 1), 0xFFFF0084);
    at = PUT(at, TYPE3(0x3C, 5), 0x13, out_at | 2, value, 0xFFFFFFFF, 0x100);
    PUT(at, TYPE3(0x58, 3), 3, (out_at + 4) | 2, value);
}

static void go(u32 *outer)
{
    u32 *at = PUT(ring + write, TYPE3(0x3F, 2), MmGetPhysicalAddress(outer), 2 * DRAWS + 3,
                  TYPE3(0x54, 1), 4);

    write = at - ring;
    *WPTR = write;
}

int main(void)
{
    u32 *page = MmAllocatePhysicalMemoryEx(0, 4 * 4096, PAGE_READWRITE, 0, 0xFFFFFFFF, 0x1000);

    CHECK(page != NULL);
    ring = page;
    out = page + 1024;
    KeInitializeEvent(&served, EVENT_AUTO, 0);
    VdInitializeEngines(0x4F810000, NULL, NULL, NULL, NULL);
    VdSetGraphicsInterruptCallback(callback, NULL);
    VdInitializeRingBuffer(MmGetPhysicalAddress(ring), 9);
    for (u32 i = 1; i <= ROUNDS; i++) {
        make(page + 2048, page + 3072, i);
        go(page + 2048);
        for (u32 k = 0; k < 200000; k++) /* longer than the chip draws */
            sum = sum * 5 + 1;
        CHECK(out[1] == i - 1);
        out[0] = i;
        CHECK(KeWaitForSingleObject(&served, 3, 1, 0, NULL) == STATUS_SUCCESS);
        CHECK(out[1] == i && told == i);
    }
    VdSetGraphicsInterruptCallback(NULL, NULL);
    return verdict();
}
