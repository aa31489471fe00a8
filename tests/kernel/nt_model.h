/* NT's dispatcher in the small: a few threads on two processors, with waits, priorities, APCs,
 * alerts, suspension, timers and a queue, from the documented rules and not from our kernel. It has
 * no pointers and no time of its own: what time it is comes from outside. Source: the rules as the
 * DDK documents them, and facts of public tests of NT. */
#ifndef XE_TESTS_KERNEL_NT_MODEL_H
#define XE_TESTS_KERNEL_NT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define NT_THREADS    4u
#define NT_PROCESSORS 2u
#define NT_WAITS      3u      /* objects of one wait             */
#define NT_APCS       8u      /* queued on one thread            */
#define NT_ENTRIES    16u     /* in the queue                    */
#define NT_ENTRY      0x1000u /* a wait's result: this and the number of the entry */
#define NT_NOBODY     0xFFu

enum nt_object { /* what there is */
                 NT_EVENT_AUTO,
                 NT_EVENT_MANUAL,
                 NT_SEMAPHORE,
                 NT_MUTANT,
                 NT_OTHER_MUTANT,
                 NT_TIMER_AUTO,
                 NT_TIMER_MANUAL,
                 NT_QUEUE,
                 NT_OBJECTS
};
#define NT_SEMAPHORE_LIMIT 3
#define NT_QUEUE_LIMIT     1u

enum nt_state { NT_READY, NT_RUNNING, NT_WAITING, NT_SUSPENDED };

enum nt_apc {
    NT_APC_NORMAL,
    NT_APC_SPECIAL,
    NT_APC_SUSPENDS,
    NT_APC_OF_TIMER, /* + 0, 1: of which */
    NT_APC_OF_OTHER_TIMER
};

struct nt_wait {
    uint8_t object[NT_WAITS], count;
    bool all, alertable, user, timed, remove; /* remove: an entry of the queue */
    bool poll;
    uint64_t due, seq;
};

struct nt_thread {
    enum nt_state state;
    uint8_t processor;
    int32_t base, priority, quantum;
    int64_t place;                       /* among the ready of its priority */
    bool held;                           /* its wait was interrupted, and goes on when it runs */
    bool in_normal, in_special, in_user; /* routines that run when it does */
    bool again;                          /* is suspended again after those */
    bool serves;                         /* the queue */
    bool alerted[2];                     /* kernel, user */
    uint8_t suspended, region;
    uint8_t kernel[NT_APCS + 1], kernels; /* enum nt_apc */
    uint8_t user[NT_APCS], users;         /* likewise     */
    struct nt_wait wait;
    uint32_t result; /* of its last wait; an entry of the queue: its number */
};

struct nt_thing {
    int32_t state;
    uint8_t owner; /* of a mutant  */
    bool abandoned;
    uint8_t line[NT_THREADS * NT_WAITS], waiting; /* threads, next first */
    bool armed, apc_queued;                       /* timers */
    uint8_t apc_thread, apc_user;
    uint64_t due, seq, period;
};

struct nt {
    struct nt_thread thread[NT_THREADS];
    struct nt_thing thing[NT_OBJECTS];
    uint8_t current[NT_PROCESSORS]; /* or NT_NOBODY */
    uint8_t entry[NT_ENTRIES], entries;
    int64_t last, first; /* places given at the end, and in front */
    uint64_t seq, now;
};

void nt_begin(struct nt *nt);

/* What a thread can do. Increments: of the priority of whoever is woken. */
void nt_set(struct nt *nt, uint32_t event, int32_t increment);
void nt_reset(struct nt *nt, uint32_t event);
void nt_pulse(struct nt *nt, uint32_t event, int32_t increment);
void nt_release(struct nt *nt, int32_t count, int32_t increment); /* the semaphore */
void nt_unlock(struct nt *nt, uint32_t thread, uint32_t mutant, bool abandon, int32_t increment);
void nt_arm(struct nt *nt, uint32_t timer, uint64_t due, uint64_t period);
void nt_arm_apc(struct nt *nt, uint32_t timer, uint32_t thread, bool user);
void nt_cancel(struct nt *nt, uint32_t timer);
void nt_insert(struct nt *nt, uint8_t entry, bool front);
void nt_wait_begin(struct nt *nt, uint32_t thread, const struct nt_wait *wait);
bool nt_apc_insert(struct nt *nt, uint32_t thread, enum nt_apc kind, bool user, int32_t increment);
bool nt_alert(struct nt *nt, uint32_t thread, bool user);
bool nt_test_alert(struct nt *nt, uint32_t thread, bool user);
void nt_suspend(struct nt *nt, uint32_t thread);
void nt_resume(struct nt *nt, uint32_t thread);
void nt_rebase(struct nt *nt, uint32_t thread, int32_t base);
void nt_boost(struct nt *nt, uint32_t thread, int32_t increment);
bool nt_yield(struct nt *nt, uint32_t thread);

/* Time has come: what is due, and then, if the clock ticked, what is over. */
void nt_pass(struct nt *nt, uint64_t now, bool ticked);
/* Who runs on each processor, and has nothing more to do before its next instruction. */
void nt_settle(struct nt *nt);

/* How many threads the queue sees at work. */
uint32_t nt_at_work(const struct nt *nt);

/* ---- between the two files ------------------------------------------------------------------- */

void nt__ready(struct nt *nt, uint32_t thread, bool front);
void nt__block(struct nt *nt, uint32_t thread, enum nt_state state);
void nt__offer(struct nt *nt, uint32_t thread); /* it is no longer at work */
void nt__hold(struct nt *nt, uint32_t thread);
void nt__end_wait(struct nt *nt, uint32_t thread, uint32_t result);
void nt__take_up(struct nt *nt, uint32_t thread);
void nt__apc_left(struct nt *nt, uint8_t kind);
bool nt__deliver_user(struct nt *nt, uint32_t thread);

#endif
