/* The end of threads: by return, by ExTerminateThread, through a start-up routine; exit codes,
 * handles that outlive them, and stacks that come back however many threads there were. */
#define TITLE "thread-exit"
#include "check.h"

#define GENERATIONS 300

/* Words of a KTHREAD. Source: public private-structure headers. */
#define EXIT_STATUS  (0x140 / 4)
#define SIGNAL_STATE (0x004 / 4)
#define THREAD_ID    (0x14C / 4)

static u32 returns(void *context)
{
    return (u32)context;
}

static __attribute__((noinline)) void deep(u32 depth, u32 code)
{
    volatile u32 frame[64];

    frame[depth % 64] = code;
    if (depth)
        deep(depth - 1, code + frame[depth % 64] - code);
    ExTerminateThread(code);
}

static u32 terminates(void *context)
{
    deep(20, (u32)context);
    return 0;
}

static void exit_code(thread_start *function, u32 code)
{
    HANDLE thread = start(function, (void *)code, 2);
    volatile u32 *body = body_of(thread);

    CHECK(wait(thread) == STATUS_SUCCESS);
    CHECK(wait_ms(thread, 0) == STATUS_SUCCESS); /* stays signaled */
    CHECK(body[SIGNAL_STATE] == 1 && body[EXIT_STATUS] == code);
    CHECK(NtClose(thread) == STATUS_SUCCESS);
    CHECK(NtClose(thread) == STATUS_INVALID_HANDLE);
    ObDereferenceObject((void *)body);
}

static volatile u32 started;

/* Like a C library's: gets the start routine and its argument, ends the thread itself. */
static void startup(thread_start *function, void *context)
{
    started++;
    ExTerminateThread(function(context) + 1);
}

static void through_startup(void)
{
    HANDLE thread;
    u32 id = 0;
    volatile u32 *body;

    ExCreateThread(&thread, 0x8000, &id, startup, returns, (void *)41, THREAD_ON(5));
    body = body_of(thread);
    CHECK(wait(thread) == STATUS_SUCCESS);
    CHECK(started == 1 && body[EXIT_STATUS] == 42 && id && body[THREAD_ID] == id);
    NtClose(thread);
}

static volatile u32 sum;

static u32 adds(void *context)
{
    sum += (u32)context;
    return 0;
}

static void generations(void)
{
    for (u32 i = 1; i <= GENERATIONS; i++) {
        HANDLE thread = 0;
        NTSTATUS status =
            ExCreateThread(&thread, 0x100000, NULL, NULL, adds, (void *)i, THREAD_ON(i % 6));

        if (status != STATUS_SUCCESS) {
            DbgPrint("thread %u: %08x\n", i, status);
            break;
        }
        join(thread);
    }
    CHECK(sum == GENERATIONS * (GENERATIONS + 1) / 2);
}

int main(void)
{
    exit_code(returns, 7);
    exit_code(terminates, 0xC0DE);
    through_startup();
    generations();
    return verdict();
}
