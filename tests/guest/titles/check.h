/* What titles that check themselves share. A title defines TITLE and ends main with
 * `return verdict();`, so that its last line says "PASS title", or what failed; or it is made of
 * suites, includes <xe360/test.h> first, and the checks here are its test's. */
#ifndef XE_TITLE_CHECK_H
#define XE_TITLE_CHECK_H

#include <xe360/kernel.h>

#ifdef XE360_TEST_H
#define CHECK(condition) TEST_TRUE(condition)
#else
static u32 failures;

#define CHECK(condition) check((condition) != 0, #condition, __LINE__)

static inline void check(u32 good, const char *what, u32 line)
{
    if (good)
        return;
    failures++;
    DbgPrint("FAIL " TITLE ": %s (line %u)\n", what, line);
}

static inline int verdict(void)
{
    if (failures)
        DbgPrint("FAIL " TITLE ": %u checks\n", failures);
    else
        DbgPrint("PASS " TITLE "\n");
    return failures != 0;
}
#endif

static inline void sleep_ms(u32 ms)
{
    s64 interval = MS(ms);

    KeDelayExecutionThread(1, 0, &interval);
}

/* Give the other processors time to run into what this thread holds. */
static inline void linger(void)
{
    s64 interval = -200; /* 20 us */

    KeDelayExecutionThread(1, 0, &interval);
}

static inline HANDLE start(thread_start *function, void *context, u32 processor)
{
    HANDLE thread = 0;

    CHECK(ExCreateThread(&thread, 0, NULL, NULL, function, context, THREAD_ON(processor)) == 0);
    return thread;
}

static inline NTSTATUS wait(HANDLE handle)
{
    return NtWaitForSingleObjectEx(handle, 1, 0, NULL);
}

static inline NTSTATUS wait_ms(HANDLE handle, u32 ms)
{
    s64 timeout = MS(ms);

    return NtWaitForSingleObjectEx(handle, 1, 0, &timeout);
}

static inline void join(HANDLE thread)
{
    CHECK(wait(thread) == STATUS_SUCCESS);
    NtClose(thread);
}

static inline HANDLE make_event(u32 type, u32 state)
{
    HANDLE handle = 0;

    CHECK(NtCreateEvent(&handle, NULL, type, state) == STATUS_SUCCESS);
    return handle;
}

/* The body of a thread object, for Ke functions; the reference is kept to the end. */
static inline void *body_of(HANDLE handle)
{
    void *body = NULL;

    CHECK(ObReferenceObjectByHandle(handle, NULL, &body) == STATUS_SUCCESS);
    return body;
}

#endif
