/* Questions that a thread puts to the kernel again and again: asks.def says which exports ask. */
#ifndef XE_KERNEL_CORE_ASKS_H
#define XE_KERNEL_CORE_ASKS_H

#include "xe/spin.h"

struct xe_call;
struct xe_thread;

/* Calls in a row, none with a new question or answer, until it is polling. */
#define XE_POLLS 1000u

enum xe_ask_again {
    XE_AGAIN_ANY,
    XE_AGAIN_ZERO,
    XE_AGAIN_TIMEOUT,
    XE_AGAIN_INCOMPLETE,
    XE_AGAIN_RETRY,
};

/* A row of asks.def. */
struct xe_ask_row {
    const char *name;
    enum xe_ask_what what;
    uint32_t argument;
    enum xe_ask_again again;
};

/* NULL: the export does more than asking. */
const struct xe_ask_row *xe_kernel_ask_row(const char *name);

/* One question as it was put last. */
struct xe_ask {
    const char *src; /* export, static */
    uint32_t lr;
    uint32_t args; /* that count */
    uint64_t arg[4];
    uint64_t answer;
    uint64_t times;
};

/* Since when nothing new has come of a thread: no call but questions with the answers of before.
 * For reports alone. */
struct xe_still {
    uint64_t retired, cycle; /* the last time that something did */
    uint64_t asked;          /* calls since                      */
    uint32_t asks;           /* of them different ones           */
    struct xe_ask ask[XE_SPIN_ASKS];
};

/* A call has been served. */
void xe__kernel_still_called(struct xe_thread *thread, const struct xe_call *call);
/* Something new has come of it. */
void xe__kernel_still_ends(struct xe_thread *thread);
/* The question that a call from here with these registers would be; NULL: a new one. */
struct xe_cpu;
const struct xe_ask *xe__kernel_still_find(const struct xe_thread *thread, const char *src,
                                           const struct xe_cpu *cpu);

#endif
