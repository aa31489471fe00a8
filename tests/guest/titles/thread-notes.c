/* Who asked for it is told of threads that begin and end, on those threads. */
#include <xe360/test.h>

#include "check.h"

struct registration {
    void (*routine)(struct registration *me, void *thread, u32 begins);
    u32 priority;
    struct list_entry links;
};

void ExRegisterThreadNotification(struct registration *registration, u32 create);

#define NOTES 16u

static struct note {
    struct registration *who;
    void *of, *on;
    u32 begins, worked;
} note[NOTES];
static u32 notes, worked;

static void hear(struct registration *me, void *thread, u32 begins)
{
    struct note *it = &note[notes++ % NOTES];

    *it = (struct note){me, thread, current_thread(), begins, worked};
}

static void hear_once(struct registration *me, void *thread, u32 begins)
{
    hear(me, thread, begins);
    ExRegisterThreadNotification(me, 0);
}

static struct registration low = {hear, 1, {NULL, NULL}}, high = {hear, 9, {NULL, NULL}};
static struct registration once = {hear_once, 5, {NULL, NULL}};

static u32 work(void *context)
{
    worked++;
    return 5;
}

static void *run_thread(void)
{
    HANDLE handle = start(work, NULL, 2);
    void *thread = body_of(handle);

    join(handle);
    return thread;
}

static void threads_begin_and_end(void)
{
    void *thread;

    notes = worked = 0;
    ExRegisterThreadNotification(&low, 1);
    TEST_EQUAL(notes, 0);
    thread = run_thread();
    TEST_EQUAL(notes, 2);
    for (u32 i = 0; i < 2; i++) {
        TEST_EQUAL(note[i].who, &low);
        TEST_EQUAL(note[i].of, thread);
        TEST_EQUAL(note[i].on, thread);
        TEST_EQUAL(note[i].begins, 1 - i);
        TEST_EQUAL(note[i].worked, i); /* before its first instruction, behind its last */
    }
    ExRegisterThreadNotification(&low, 0);
    run_thread();
    TEST_EQUAL(notes, 2);
}

static void the_highest_priority_hears_first(void)
{
    notes = 0;
    ExRegisterThreadNotification(&low, 1);
    ExRegisterThreadNotification(&high, 1);
    ExRegisterThreadNotification(&low, 1); /* twice is once */
    run_thread();
    TEST_EQUAL(notes, 4);
    for (u32 i = 0; i < 4; i++)
        TEST_EQUAL(note[i].who, i % 2 ? &low : &high);
    ExRegisterThreadNotification(&high, 0);
    ExRegisterThreadNotification(&low, 0);
}

static void a_routine_may_take_itself_back(void)
{
    notes = 0;
    ExRegisterThreadNotification(&low, 1);
    ExRegisterThreadNotification(&once, 1);
    ExRegisterThreadNotification(&high, 1);
    run_thread();
    TEST_EQUAL(notes, 5);
    TEST_EQUAL(note[1].who, &once);
    TEST_EQUAL(note[2].who, &low);
    TEST_EQUAL(note[4].who, &low);
    ExRegisterThreadNotification(&high, 0);
    ExRegisterThreadNotification(&low, 0);
    ExRegisterThreadNotification(&low, 0); /* it isn't there */
    run_thread();
    TEST_EQUAL(notes, 5);
}

static u32 leave(void *context)
{
    ExTerminateThread(7);
    return 0;
}

static void whoever_ends_itself_is_told_of(void)
{
    HANDLE handle;

    notes = 0;
    ExRegisterThreadNotification(&low, 1);
    handle = start(leave, NULL, 4);
    join(handle);
    TEST_EQUAL(notes, 2);
    TEST_EQUAL(note[1].begins, 0);
    ExRegisterThreadNotification(&low, 0);
}

static const struct test tests[] = {
    TEST(threads_begin_and_end),
    TEST(the_highest_priority_hears_first),
    TEST(a_routine_may_take_itself_back),
    TEST(whoever_ends_itself_is_told_of),
};
static const struct test_suite suites[] = {TEST_SUITE("thread notes", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
