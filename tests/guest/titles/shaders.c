/* Shaders that xe360-ucode made of text: one comes with the command, one lies in memory, and both
 * are loaded, one of them twice, before something is drawn. */
#define TITLE "shaders"
#include "check.h"

#include "shaders/triangle.ps.h"
#include "shaders/triangle.vs.h"

u32 VdInitializeEngines(u32 flags, void *callback, void *context, void *pfp, void *me);
void VdInitializeRingBuffer(u32 physical, u32 log2_size);

#define RING_LOG2 9u
#define WORDS(a)  (sizeof(a) / sizeof((a)[0]))
#define WPTR      (*(volatile u32 *)0x7FC80714)

#define TYPE3(opcode, count) (0xC0000000u | ((count)-1) << 16 | (opcode) << 8)
enum { IM_LOAD = 0x27, IM_LOAD_IMMEDIATE = 0x2B, DRAW_2 = 0x36, FENCE = 0x58 };
enum { VERTEX, PIXEL };

static u32 *ring, write;

static void *physical(u32 size)
{
    void *p = MmAllocatePhysicalMemoryEx(0, size, PAGE_READWRITE, 0, 0xFFFFFFFF, 0x1000);

    CHECK(p != NULL);
    return p;
}

static void emit(u32 word)
{
    ring[write++] = word;
}

static void load_from_memory(const unsigned *code, u32 words)
{
    u32 *copy = physical(0x1000);

    for (u32 i = 0; i < words; i++)
        copy[i] = code[i];
    for (u32 times = 0; times < 2; times++) {
        emit(TYPE3(IM_LOAD, 2));
        emit(MmGetPhysicalAddress(copy) | PIXEL);
        emit(words);
    }
}

static void load_with_command(const unsigned *code, u32 words)
{
    emit(TYPE3(IM_LOAD_IMMEDIATE, 2 + words));
    emit(VERTEX);
    emit(words);
    for (u32 i = 0; i < words; i++)
        emit(code[i]);
}

int main(void)
{
    volatile u32 *done = physical(0x1000);

    ring = physical(8u << RING_LOG2);
    CHECK(VdInitializeEngines(0x4F810000, NULL, NULL, NULL, NULL) == 1);
    VdInitializeRingBuffer(MmGetPhysicalAddress(ring), RING_LOG2);
    load_with_command(triangle_vs, WORDS(triangle_vs));
    load_from_memory(triangle_ps, WORDS(triangle_ps));
    emit(TYPE3(DRAW_2, 1));
    emit(3 << 16 | 0x84);
    emit(TYPE3(FENCE, 3));
    emit(3);
    emit(MmGetPhysicalAddress((void *)done) | 2);
    emit(1);
    WPTR = write;
    for (u32 i = 0; i < 1000000 && !*done; i++)
        ;
    CHECK(*done == 1);
    return verdict();
}
