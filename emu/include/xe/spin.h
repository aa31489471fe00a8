/* Threads that run and come nowhere: they spin on words of memory, or put the same question to the
 * kernel again and again. Found out by a trial that leaves no trace (cpu/trial.h); reading side.
 * Owner thread: the instance's. */
#ifndef XE_SPIN_H
#define XE_SPIN_H

#include "xe/device.h"
#include "xe/types.h"
#include "xe/writers.h"

struct xe_kernel;

#define XE_SPIN_WORDS   8u
#define XE_SPIN_ASKS    4u
#define XE_SPIN_OBJECTS 8u /* of one question */

/* What a word is that a spin reads: by whom it can be written. */
enum xe_spin_where {
    XE_SPIN_MEMORY, /* whoever runs                                */
    XE_SPIN_STACK,  /* the same; it lies in the stack of `tid`     */
    XE_SPIN_OBJECT, /* the head of a kernel object                 */
    XE_SPIN_DEVICE, /* a device's register                         */
    XE_SPIN_CLOCK,  /* the kernel's clock writes it, every millisecond */
    XE_SPIN_WHERES
};
/* In the order of the enum. */
#define XE_SPIN_WHERE_WORDS "memory", "stack", "object", "device", "clock"

struct xe_spin_word {
    xe_gva address;
    uint32_t size; /* bytes */
    enum xe_spin_where where;
    bool has_value; /* of 1, 2, 4 or 8 bytes */
    uint64_t value;
    uint32_t tid;                 /* STACK                          */
    uint64_t object_id;           /* OBJECT                         */
    struct xe_device_place place; /* DEVICE                         */
    struct xe_writers writers;    /* if somebody watches it         */
};

/* By what a question names that which it asks for. */
enum xe_ask_what {
    XE_ASKS_NOTHING,
    XE_ASKS_HANDLE,
    XE_ASKS_HANDLES,
    XE_ASKS_POINTER,
    XE_ASKS_POINTERS,
    XE_ASKS_SECTION,
    XE_ASKS_RW_LOCK,
    XE_ASKS_SPIN_LOCK,
    XE_ASKS_WORD,
    XE_ASKS_OVERLAPPED,
    XE_ASKS_TIME, /* nothing in particular; the argument, if any, is where it is stored */
};

struct xe_spin_ask {
    const char *src; /* export, static */
    uint32_t lr;
    uint64_t times;
    bool answers; /* it returns, and with this: */
    uint64_t answer;
    enum xe_ask_what what;
    uint32_t keys;                    /* 0: it asks for nothing in particular */
    uint32_t key[XE_SPIN_OBJECTS];    /* as the title named it                */
    uint64_t object[XE_SPIN_OBJECTS]; /* id; 0: the kernel knows none         */
    uint32_t owner;                   /* tid of who holds a lock; 0: unknown  */
};

struct xe_spin {
    bool exact;            /* certain: registers and memory recur; else only memory does      */
    bool clock;            /* it looks at the time, too                                       */
    uint64_t since_cycle;  /* nothing new has come of it since then                           */
    uint64_t instructions; /* that it has retired since                                      */
    uint64_t period;       /* instructions, if exact                                          */
    xe_gva first, last;    /* instructions of the loop's own function                         */
    uint32_t changes;      /* general registers that do, bit by bit, if not exact             */
    uint32_t words;
    struct xe_spin_word word[XE_SPIN_WORDS]; /* what it waits for comes first                */
    bool more;                               /* than there is room for                       */
    uint32_t asks;
    struct xe_spin_ask ask[XE_SPIN_ASKS];
};

/* Does this thread spin or poll? false: it does neither, as far as can be told. Changes nothing. */
bool xe_kernel_spin(const struct xe_kernel *kernel, uint32_t tid, struct xe_spin *ret);

#define XE_SPIN_STORES 4u

/* Instructions of the title that would store to a word whenever they run, as those before them tell
 * where they store to. What goes through a pointer can't be told so. */
struct xe_spin_stores {
    xe_gva address;
    uint32_t size;                /* these two are asked for                              */
    uint32_t count;               /* all there are                                        */
    xe_gva at[XE_SPIN_STORES];    /* the first of them                                    */
    uint32_t tid[XE_SPIN_STORES]; /* whose start routine leads there; 0: none, by itself */
};

/* Fills in count, at and tid of each word. One look at the title's code. */
void xe_kernel_spin_stores(const struct xe_kernel *kernel, struct xe_spin_stores *word,
                           uint32_t words);

#endif
