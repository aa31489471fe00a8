/* The oracle: reads cases from standard input, lets a (qemu user mode) PowerPC execute each, writes
 * it back at once. Built twice: 64-bit for results, 32-bit for the flags of 32-bit mode, because
 * titles run with MSR[SF] off and user mode Linux on a 64-bit core runs with it on. */
#include "state.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern const char harness_begin[], harness_end[], harness_slot[];

static sigjmp_buf trapped;

static void on_signal(int number)
{
    siglongjmp(trapped, number == SIGTRAP ? 3 : number == SIGALRM ? 5 : 4);
}

static void *map_at(unsigned long address, size_t size)
{
    void *p = mmap((void *)address, size, PROT_READ | PROT_WRITE | PROT_EXEC,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

static void flush(const uint32_t *from, size_t words)
{
    for (size_t i = 0; i < words; i += 8)
        __asm__ volatile("dcbst 0,%0; sync; icbi 0,%0" : : "r"(from + i) : "memory");
    __asm__ volatile("sync; isync" : : : "memory");
}

/* The sequence, and behind it a branch to what follows the slot. */
static void place_program(const struct oracle_case *c)
{
    uint32_t *code = (uint32_t *)(unsigned long)ORACLE_PROGRAM;

    memcpy(code, c->program, 4 * c->words);
    code[c->words] = 0x48000000u | ((ORACLE_SLOT + 4 - ORACLE_PROGRAM - 4 * c->words) & 0x03FFFFFC);
    flush(code, c->words + 1);
}

static void run(struct oracle_case *c)
{
    static struct oracle_case here __attribute__((aligned(16)));
    uint32_t *slot = (uint32_t *)(unsigned long)ORACLE_SLOT;
    uint8_t *memory = (uint8_t *)(unsigned long)ORACLE_MEMORY;
#if defined(__powerpc64__) && (!defined(_CALL_ELF) || _CALL_ELF == 1)
    /* ELFv1: a function pointer is a descriptor. */
    static unsigned long descriptor[3];
    void (*code)(struct oracle_case *) = (void (*)(struct oracle_case *))descriptor;

    descriptor[0] = ORACLE_CODE;
#else
    void (*code)(struct oracle_case *) = (void (*)(struct oracle_case *))(unsigned long)ORACLE_CODE;
#endif
    int how = sigsetjmp(trapped, 1);

    if (how) {
        c->path = (uint64_t)how;
        return;
    }
    here = *c;
    memcpy(memory, c->memory, ORACLE_BYTES);
    *slot = (uint32_t)c->word;
    flush(slot, 1);
    if (c->words > 0 && c->words <= ORACLE_WORDS)
        place_program(c);
    alarm(5);
    code(&here);
    alarm(0);
    memcpy(here.memory, memory, ORACLE_BYTES);
    *c = here;
}

int main(void)
{
    static struct oracle_case c;

    if (!map_at(ORACLE_CODE, 0x10000) || !map_at(ORACLE_MEMORY, 0x10000))
        return 1;
    memcpy((void *)(unsigned long)ORACLE_CODE, harness_begin,
           (size_t)(harness_end - harness_begin) + 4);
    signal(SIGTRAP, on_signal);
    signal(SIGILL, on_signal);
    signal(SIGSEGV, on_signal);
    signal(SIGBUS, on_signal);
    signal(SIGFPE, on_signal);
    signal(SIGALRM, on_signal);
    while (fread(&c, sizeof(c), 1, stdin) == 1) {
        run(&c);
        if (fwrite(&c, sizeof(c), 1, stdout) != 1 || fflush(stdout) != 0)
            return 1;
    }
    return 0;
}
