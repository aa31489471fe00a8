/* Small hangs with the graphics chip, and healthy titles that look like one, for check-explain.sh:
 * its cases from 100 on. What the chip stores goes to `out`; its word WORD is for a fence each.
 * Threads are 2, 3, ... in the order in which they start. */
#define TITLE "gpu_hangs"
#include "check.h"

u32 VdInitializeEngines(u32 flags, void *callback, void *context, void *pfp, void *me);
void VdInitializeRingBuffer(u32 physical, u32 log2_size);
void VdEnableRingBufferRPtrWriteBack(u32 physical, u32 log2_block);
void VdSetGraphicsInterruptCallback(void (*callback)(u32 source, void *context), void *context);
void VdSwap(void *ring, const u32 *fetch, u32 a, u32 b, u32 c, void **buffer, u32 *format,
            u32 *colours);

#define REGISTER             ((volatile u32 *)0x7FC80000)
#define WPTR                 0x1C5
#define TYPE3(opcode, count) (0xC0000000u | ((count)-1) << 16 | (opcode) << 8)
#define RING_WORDS           1024u
#define WORD                 16 /* of out: the fence */
#define FLAG                 20 /* of out: what the chip waits for */

static u32 *ring, at, out_at, *buffer;
static volatile u32 *out, sum;
static struct kevent served;
static u32 lock;

static void emit(u32 word)
{
    ring[at++] = word;
}

static void kick(void)
{
    REGISTER[WPTR] = at;
}

static void fence(u32 value)
{
    emit(TYPE3(0x58, 3));
    emit(3);
    emit((out_at + 4 * WORD) | 2);
    emit(value);
}

/* Wait until (FLAG & 0xFF) is a value. */
static void wait_for(u32 value)
{
    emit(TYPE3(0x3C, 5));
    emit(0x13);
    emit((out_at + 4 * FLAG) | 2);
    emit(value);
    emit(0xFF);
    emit(0x100);
}

static void interrupt(u32 mask)
{
    emit(TYPE3(0x54, 1));
    emit(mask);
}

static void set_up(void)
{
    ring = MmAllocatePhysicalMemoryEx(0, 3 * 4096, PAGE_READWRITE, 0, 0xFFFFFFFF, 0x1000);
    out = ring + RING_WORDS;
    buffer = ring + 2 * RING_WORDS;
    out_at = MmGetPhysicalAddress((void *)out);
    KeInitializeEvent(&served, EVENT_AUTO, 0);
    VdInitializeEngines(0x4F810000, NULL, NULL, NULL, NULL);
    VdInitializeRingBuffer(MmGetPhysicalAddress(ring), 9);
    VdEnableRingBufferRPtrWriteBack(out_at + 32, 6);
}

static u32 until_fence(void *context)
{
    while (out[WORD] != (u32)context)
        ;
    return 0;
}

static void await(u32 value)
{
    kick();
    until_fence((void *)value);
}

static u32 until_served(void *context)
{
    for (u32 i = 0; i < (u32)context; i++)
        KeWaitForSingleObject(&served, 3, 1, 0, NULL);
    return 0;
}

/* The chip's own interrupt, and the vertical blank. */
static void serve(u32 source, void *context)
{
    if (source == (u32)context)
        KeSetEvent(&served, 1, 0);
}

static void doze(void)
{
    for (;;)
        sleep_ms(1);
}

static void busy(void)
{
    for (;;)
        sum = sum * 5 + 1;
}

#if CASE == 100 /* the fence that is waited for was never submitted; others were */
int main(void)
{
    set_up();
    for (u32 i = 1; i <= 4; i++)
        fence(i);
    await(4);
    start(until_fence, (void *)5, 1);
    doze();
}
#elif CASE == 101 /* it lies in the ring, but the write pointer was not advanced */
int main(void)
{
    set_up();
    fence(3);
    await(3);
    fence(4);
    start(until_fence, (void *)4, 1);
    doze();
}
#elif CASE == 102 /* the chip waits for a word that nobody writes, and the fence is behind that */
int main(void)
{
    set_up();
    wait_for(7);
    fence(1);
    kick();
    start(until_fence, (void *)1, 1);
    doze();
}
#elif CASE == 103 /* the chip waits for what no value can be, while others have work */
int main(void)
{
    set_up();
    wait_for(0x107);
    fence(1);
    kick();
    start(until_fence, (void *)1, 1);
    busy();
}
#elif CASE == 104 /* an interrupt comes, and no routine was set that would tell the thread */
int main(void)
{
    set_up();
    interrupt(4);
    fence(1);
    start(until_served, (void *)1, 1);
    await(1);
    doze();
}
#elif CASE == 105 /* the command interrupts no hardware thread */
int main(void)
{
    set_up();
    VdSetGraphicsInterruptCallback(serve, (void *)1);
    interrupt(0);
    fence(1);
    start(until_served, (void *)1, 1);
    await(1);
    doze();
}
#elif CASE == 106 /* a frame is swapped in the ring, and never given to the chip */
int main(void)
{
    static u32 fetch[6], format, colours;
    void *front = (void *)out;

    set_up();
    VdSwap(&ring[at], fetch, 0, 0, 0, &front, &format, &colours);
    at += 64;
    fence(1);
    await(1);
    VdSwap(&ring[at], fetch, 0, 0, 0, &front, &format, &colours);
    at += 64;
    fence(2);
    start(until_fence, (void *)2, 1);
    doze();
}
#elif CASE == 107 /* who waits for the vertical blank holds what its routine wants */
static void locks(u32 source, void *context)
{
    KfReleaseSpinLock(&lock, KfAcquireSpinLock(&lock));
    serve(source, context);
}

int main(void)
{
    set_up();
    VdSetGraphicsInterruptCallback(locks, (void *)0);
    until_served((void *)2);
    KeTryToAcquireSpinLockAtRaisedIrql(&lock);
    until_served((void *)1);
}
#elif CASE ==                                                                                      \
    108 /* the fourth interrupt is behind a wait of the chip for a word that nobody writes */
int main(void)
{
    set_up();
    VdSetGraphicsInterruptCallback(serve, (void *)1);
    start(until_served, (void *)4, 1);
    for (u32 i = 1; i <= 3; i++) {
        interrupt(4);
        fence(i);
        await(i);
    }
    wait_for(7);
    interrupt(4);
    kick();
    doze();
}
#elif CASE == 109 /* the chip halted at a command that is cut off, and the fence is behind that */
int main(void)
{
    set_up();
    buffer[0] = TYPE3(0x58, 3);
    emit(TYPE3(0x3F, 2));
    emit(MmGetPhysicalAddress(buffer));
    emit(2);
    fence(1);
    kick();
    start(until_fence, (void *)1, 1);
    doze();
}
#elif CASE == 110 /* healthy: a thread waits for each vertical blank */
int main(void)
{
    set_up();
    VdSetGraphicsInterruptCallback(serve, (void *)0);
    until_served((void *)1000000);
}
#elif CASE == 111 /* healthy: the chip draws, and the fence is behind that */
int main(void)
{
    set_up();
    for (u32 i = 0; i < 400; i++) {
        emit(TYPE3(0x36, 1));
        emit(0xFFFF0084);
    }
    fence(1);
    kick();
    start(until_fence, (void *)1, 1);
    doze();
}
#elif CASE == 112 /* healthy: the word that the chip waits for is written when work is done */
int main(void)
{
    set_up();
    wait_for(7);
    fence(1);
    kick();
    start(until_fence, (void *)1, 1);
    for (u32 i = 0; i < 100000000; i++)
        sum = sum * 5 + 1;
    out[FLAG] = 7;
    doze();
}
#elif CASE == 113 /* the write pointer was advanced into the middle of the command */
int main(void)
{
    set_up();
    fence(1);
    at -= 2;
    kick();
    at += 2;
    start(until_fence, (void *)1, 1);
    doze();
}
#elif CASE == 114 /* the routine was taken back, and the blank is waited for */
int main(void)
{
    set_up();
    VdSetGraphicsInterruptCallback(serve, (void *)0);
    until_served((void *)3);
    VdSetGraphicsInterruptCallback(NULL, NULL);
    start(until_served, (void *)1, 1);
    doze();
}
#elif CASE == 115 /* a register is polled that the chip would move, were it not for its wait */
static u32 until_idle(void *context)
{
    while (REGISTER[0x1C4] != (u32)context)
        ;
    return 0;
}

int main(void)
{
    set_up();
    wait_for(7);
    kick();
    start(until_idle, (void *)at, 1);
    doze();
}
#elif CASE == 116 /* healthy: a thread is told by the interrupt of each of the chip's commands */
int main(void)
{
    set_up();
    VdSetGraphicsInterruptCallback(serve, (void *)1);
    start(until_served, (void *)1000000, 1);
    for (u32 i = 1;; i++) {
        interrupt(4);
        fence(i);
        while (at % (RING_WORDS / 2))
            emit(0x80000000);
        at %= RING_WORDS;
        await(i);
        sleep_ms(1);
    }
}
#elif CASE ==                                                                                      \
    117 /* as 102, and the title finds out by itself, as Direct3D does: by its thread's time */
static u32 thread_ms(void)
{
    return ((volatile u32 *)current_thread())[0x58 / 4];
}

static void dump(u32 waited)
{
    static const u32 indices[] = {0x1C0, 0x1C4, 0x1C5, 0x5D0, 0x578};

    DbgPrint("GPU hang: nothing for %u ms\n", waited);
    for (u32 i = 0; i < sizeof(indices) / sizeof(indices[0]); i++)
        DbgPrint("register %04x: %08x\n", indices[i], REGISTER[indices[i]]);
    DbgPrint("fence: %08x\n", out[WORD]);
}

int main(void)
{
    u32 since;

    set_up();
    emit(0x578); /* a scratch register, as a mark */
    emit(0xD3D);
    wait_for(7);
    fence(1);
    kick();
    since = thread_ms();
    while (out[WORD] != 1 && thread_ms() - since < 5)
        ;
    dump(thread_ms() - since);
    until_fence((void *)1);
}
#endif
