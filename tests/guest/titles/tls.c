/* Thread-local storage: static data that every thread starts with a fresh copy of, and slots. */
#define TITLE "tls"
#include "check.h"

#define THREADS 4
#define SLOTS   8

static XE_TLS u32 counter = 1000;
static XE_TLS u8 letters[8] = "initial";

static u32 slot[SLOTS];

static u32 worker(void *context)
{
    u32 me = (u32)context;

    CHECK(*XE_TLS_OF(counter) == 1000 && (*XE_TLS_OF(letters))[6] == 'l');
    for (u32 i = 0; i < SLOTS; i++)
        CHECK(KeTlsGetValue(slot[i]) == 0);
    for (u32 round = 1; round <= 20; round++) {
        *XE_TLS_OF(counter) += me;
        for (u32 i = 0; i < SLOTS; i++)
            KeTlsSetValue(slot[i], me * 100 + i + round);
        linger();
        for (u32 i = 0; i < SLOTS; i++)
            CHECK(KeTlsGetValue(slot[i]) == me * 100 + i + round);
        CHECK(*XE_TLS_OF(counter) == 1000 + me * round);
    }
    return 0;
}

int main(void)
{
    HANDLE thread[THREADS];

    for (u32 i = 0; i < SLOTS; i++) {
        slot[i] = KeTlsAlloc();
        CHECK(slot[i] != 0xFFFFFFFF);
        CHECK(KeTlsSetValue(slot[i], i + 1));
    }
    *XE_TLS_OF(counter) = 5;
    (*XE_TLS_OF(letters))[6] = 'x';
    for (u32 i = 0; i < THREADS; i++)
        thread[i] = start(worker, (void *)(i + 1), i + 1);
    for (u32 i = 0; i < THREADS; i++)
        join(thread[i]);
    CHECK(*XE_TLS_OF(counter) == 5 && counter == 1000);
    for (u32 i = 0; i < SLOTS; i++)
        CHECK(KeTlsGetValue(slot[i]) == i + 1);
    CHECK(KeTlsFree(slot[3]));
    CHECK(KeTlsAlloc() == slot[3] && KeTlsGetValue(slot[3]) == 0);
    return verdict();
}
