/* What the families nt-*.c share: titles that hold the kernel against what NT documents, a line for
 * each check. A name that begins with ? says what the console may do otherwise. */
#ifndef XE_TITLE_NT_H
#define XE_TITLE_NT_H

#include <xe360/kernel.h>

static u32 checks, misses;

/* A line of its own for each: which ones failed is seen at once. */
static inline void is(const char *name, u32 got, u32 want)
{
    checks++;
    misses += got != want;
    if (got == want)
        DbgPrint("PASS " FAMILY " %s\n", name);
    else
        DbgPrint("FAIL " FAMILY " %s: %08x, not %08x\n", name, got, want);
}

#define IS(name, got, want) is(name, (u32)(got), (u32)(want))
#define SO(name, condition) is(name, (condition) ? 1 : 0, 1)

static inline int verdict(void)
{
    if (misses)
        DbgPrint("FAIL " FAMILY ": %u of %u checks\n", misses, checks);
    else
        DbgPrint("PASS " FAMILY "\n");
    return misses != 0;
}

static inline void sleep_ms(u32 ms)
{
    s64 interval = MS(ms);

    KeDelayExecutionThread(0, 0, &interval);
}

/* Another processor does what it has to do until it waits. */
static inline void settle(void)
{
    sleep_ms(1);
}

static inline HANDLE start_as(thread_start *function, void *context, u32 flags)
{
    HANDLE thread = 0;

    ExCreateThread(&thread, 0, NULL, NULL, function, context, flags);
    return thread;
}

static inline HANDLE start(thread_start *function, void *context, u32 processor)
{
    return start_as(function, context, THREAD_ON(processor));
}

static inline NTSTATUS wait_for(HANDLE handle, u32 ms)
{
    s64 timeout = MS(ms);

    return NtWaitForSingleObjectEx(handle, 1, 0, &timeout);
}

static inline NTSTATUS poll(HANDLE handle)
{
    return wait_for(handle, 0);
}

static inline NTSTATUS poll_at(void *object)
{
    s64 now = 0;

    return KeWaitForSingleObject(object, 3, 0, 0, &now);
}

static inline void join(HANDLE thread)
{
    wait_for(thread, 1000);
    NtClose(thread);
}

static inline HANDLE event_of(u32 type, u32 state)
{
    HANDLE handle = 0;

    NtCreateEvent(&handle, NULL, type, state);
    return handle;
}

/* The body of an object, for Ke functions; the reference is kept to the end. */
static inline void *body_of(HANDLE handle)
{
    void *body = NULL;

    ObReferenceObjectByHandle(handle, NULL, &body);
    return body;
}

static inline u32 word_at(const void *object, u32 offset)
{
    return *(const volatile u32 *)((const u8 *)object + offset);
}

static inline u32 byte_at(const void *object, u32 offset)
{
    return ((const volatile u8 *)object)[offset];
}

#endif
