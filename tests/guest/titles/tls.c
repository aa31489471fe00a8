/* Thread-local storage: static data that every thread starts with a fresh copy of, and slots. */
#include <xe360/test.h>

#include "check.h"

#define THREADS 4
#define SLOTS   8

static XE_TLS u32 counter = 1000;
static XE_TLS u8 letters[8] = "initial";

static u32 slot[SLOTS];

static u32 worker(void *context)
{
    u32 me = (u32)context;

    TEST_EQUAL(*XE_TLS_OF(counter), 1000);
    TEST_STRING((const char *)*XE_TLS_OF(letters), "initial");
    for (u32 i = 0; i < SLOTS; i++)
        TEST_EQUAL(KeTlsGetValue(slot[i]), 0);
    for (u32 round = 1; round <= 20; round++) {
        *XE_TLS_OF(counter) += me;
        for (u32 i = 0; i < SLOTS; i++)
            KeTlsSetValue(slot[i], me * 100 + i + round);
        linger();
        for (u32 i = 0; i < SLOTS; i++)
            TEST_EQUAL(KeTlsGetValue(slot[i]), me * 100 + i + round);
        TEST_EQUAL(*XE_TLS_OF(counter), 1000 + me * round);
    }
    return 0;
}

static void slots_are_given(void)
{
    for (u32 i = 0; i < SLOTS; i++) {
        slot[i] = KeTlsAlloc();
        TEST_NOT_EQUAL(slot[i], 0xFFFFFFFF);
        TEST_TRUE(KeTlsSetValue(slot[i], i + 1));
    }
}

static void threads_have_their_own(void)
{
    HANDLE thread[THREADS];

    *XE_TLS_OF(counter) = 5;
    (*XE_TLS_OF(letters))[6] = 'x';
    for (u32 i = 0; i < THREADS; i++)
        thread[i] = start(worker, (void *)(i + 1), i + 1);
    for (u32 i = 0; i < THREADS; i++)
        join(thread[i]);
    TEST_EQUAL(*XE_TLS_OF(counter), 5);
    TEST_EQUAL(counter, 1000);
    for (u32 i = 0; i < SLOTS; i++)
        TEST_EQUAL(KeTlsGetValue(slot[i]), i + 1);
}

static void a_slot_comes_back_empty(void)
{
    TEST_TRUE(KeTlsFree(slot[3]));
    TEST_EQUAL(KeTlsAlloc(), slot[3]);
    TEST_EQUAL(KeTlsGetValue(slot[3]), 0);
}

/* In this order: they share the slots. */
static const struct test tests[] = {
    TEST(slots_are_given),
    TEST(threads_have_their_own),
    TEST(a_slot_comes_back_empty),
};

int main(void)
{
    static const struct test_suite suites[] = {TEST_SUITE("thread-local storage", tests)};

    return TEST_RUN(suites);
}
