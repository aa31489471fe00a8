/* The graphics chip, without a library: a ring of commands, copies of scratch registers, fences,
 * waits of the chip for the processor and the other way round, indirect buffers, interrupts and
 * blanks, frames, and a ring that wraps. */
#define TITLE "gpu"
#include "check.h"

u32 VdInitializeEngines(u32 flags, void *callback, void *context, void *pfp, void *me);
void VdInitializeRingBuffer(u32 physical, u32 log2_size);
void VdEnableRingBufferRPtrWriteBack(u32 physical, u32 log2_block);
void VdSetGraphicsInterruptCallback(void (*callback)(u32 source, void *context), void *context);
/* The last two arguments, sizes, are left out: what they point to is unknown then. */
void VdSwap(void *ring, const u32 *fetch, u32 a, u32 b, u32 c, void **buffer, u32 *format,
            u32 *colours);

#define RING_WORDS 1024u /* log2 in 8 bytes: 9 */
#define REGISTER   ((volatile u32 *)0x7FC80000)
enum { RPTR = 0x1C4, WPTR = 0x1C5, SCRATCH_UMSK = 0x1DC, SCRATCH_ADDR, SCRATCH = 0x578 };

#define TYPE0(first, count)  (((count)-1) << 16 | (first))
#define TYPE3(opcode, count) (0xC0000000u | ((count)-1) << 16 | (opcode) << 8)
enum {
    INDIRECT = 0x3F,
    WAIT_MEM = 0x3C,
    MEM_WRITE = 0x3D,
    INTERRUPT = 0x54,
    FENCE = 0x58,
    DRAW_2 = 0x36
};

static u32 *ring, write;
static volatile u32
    *out;          /* a page of results; 0 to 7 are scratch registers' copies, 8 the read pointer */
static u32 out_at; /* where it lies for the chip */
static volatile u32 blanks, commands, wrong, last_copy;
static struct kevent served;

static void *physical(u32 size)
{
    void *p = MmAllocatePhysicalMemoryEx(0, size, PAGE_READWRITE, 0, 0xFFFFFFFF, 0x1000);

    CHECK(p != NULL);
    return p;
}

static void callback(u32 source, void *context)
{
    if (context != (void *)&out || current_irql() != 2)
        wrong++;
    if (source == 0 && REGISTER[0x1951] & 1) {
        blanks++;
    } else if (source == 1) {
        commands++;
        last_copy = out[3]; /* a copy made before the interrupt is there */
        KeSetEvent(&served, 1, 0);
    }
}

static void emit(u32 word)
{
    ring[write] = word;
    write = (write + 1) % RING_WORDS;
}

static void kick(void)
{
    REGISTER[WPTR] = write;
}

static void fence(u32 slot, u32 value)
{
    emit(TYPE3(FENCE, 3));
    emit(3);
    emit((out_at + 4 * slot) | 2);
    emit(value);
}

static u32 comes(u32 slot, u32 value)
{
    for (u32 i = 0; i < 1000000; i++)
        if (out[slot] == value)
            return 1;
    return 0;
}

static void set_up(void)
{
    ring = physical(RING_WORDS * 4);
    out = physical(0x1000);
    out_at = MmGetPhysicalAddress((void *)out);
    KeInitializeEvent(&served, EVENT_AUTO, 0);
    CHECK(VdInitializeEngines(0x4F810000, NULL, NULL, NULL, NULL) == 1);
    VdSetGraphicsInterruptCallback(callback, (void *)&out);
    VdInitializeRingBuffer(MmGetPhysicalAddress(ring), 9);
    VdEnableRingBufferRPtrWriteBack(out_at + 32, 6);
}

static void copies_and_fences(void)
{
    emit(TYPE0(SCRATCH_UMSK, 2));
    emit(0x20033 | 8);
    emit(out_at);
    emit(TYPE0(SCRATCH, 4));
    for (u32 i = 1; i <= 4; i++)
        emit(0x1100 * i);
    fence(16, 0xCAFE);
    kick();
    CHECK(comes(16, 0xCAFE));
    CHECK(out[0] == 0x1100 && out[1] == 0x2200 && out[2] == 0 && out[3] == 0x4400);
    CHECK(REGISTER[SCRATCH + 2] == 0x3300);
    for (u32 i = 0; i < 100000 && out[8] != write; i++)
        ;
    CHECK(out[8] == write && REGISTER[RPTR] == write);
}

/* The chip waits until this thread has written a word. */
static void waits(void)
{
    emit(TYPE3(WAIT_MEM, 5));
    emit(0x13);
    emit((out_at + 4 * 20) | 2);
    emit(7);
    emit(0xFF);
    emit(0x100);
    fence(17, 1);
    kick();
    sleep_ms(2);
    CHECK(out[17] == 0);
    out[20] = 0x107;
    CHECK(comes(17, 1));
}

static void buffers(void)
{
    u32 *outer = physical(0x1000), *inner = outer + 64, at = MmGetPhysicalAddress(outer);

    inner[0] = TYPE3(MEM_WRITE, 2);
    inner[1] = (out_at + 4 * 21) | 2;
    inner[2] = 21;
    outer[0] = TYPE3(INDIRECT, 2);
    outer[1] = at + 256;
    outer[2] = 3;
    outer[3] = TYPE3(MEM_WRITE, 2);
    outer[4] = (out_at + 4 * 22) | 2;
    outer[5] = 22;
    emit(TYPE3(INDIRECT, 2));
    emit(at);
    emit(6);
    fence(18, 1);
    kick();
    CHECK(comes(18, 1));
    CHECK(out[21] == 21 && out[22] == 22);
}

static void interrupts(void)
{
    for (u32 i = 1; i <= 3; i++) {
        emit(TYPE0(SCRATCH + 3, 1));
        emit(i);
        emit(TYPE3(INTERRUPT, 1));
        emit(1u << (i + 1));
        kick();
        CHECK(KeWaitForSingleObject(&served, 3, 1, 0, NULL) == STATUS_SUCCESS);
        CHECK(commands == i && last_copy == i);
    }
    blanks = 0;
    sleep_ms(100);
    CHECK(blanks >= 5 && blanks <= 7);
    CHECK(wrong == 0);
}

static void frames(void)
{
    static u32 fetch[6], format, colours;
    void *buffer = (void *)out;

    for (u32 i = 0; i < 40; i++) {
        if (RING_WORDS - write < 80) /* the kernel's words do not wrap */
            while (write)
                emit(0x80000000);
        emit(TYPE3(DRAW_2, 1));
        emit(3 << 16 | 0x84);
        VdSwap(&ring[write], fetch, 0, 0, 0, &buffer, &format, &colours);
        write = (write + 64) % RING_WORDS;
        emit(TYPE3(FENCE, 3));
        emit(0x80000003);
        emit((out_at + 4 * 23) | 2);
        emit(0);
        kick();
        CHECK(comes(23, i + 1));
    }
}

int main(void)
{
    set_up();
    copies_and_fences();
    waits();
    buffers();
    interrupts();
    frames();
    VdSetGraphicsInterruptCallback(NULL, NULL);
    return verdict();
}
