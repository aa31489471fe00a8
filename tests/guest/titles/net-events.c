/* How titles hear of sockets without blocking: completion routines, and events that are selected.
 * What needs somebody on the network is skipped where nobody is. */
#include <xe360/test.h>

#include "check.h"

#define CALLER     1u
#define AF_INET    2u
#define DATAGRAM   2u
#define FD_READ    1u
#define IO_PENDING 997u
#define ABORTED    995u
#define UNREACHED  10051u
#define BLOCKS     10035u
#define LOOPBACK   0x7F000001u
#define NONE       (-1)

struct place {
    u16 family, port;
    u32 address;
    u8 zero[8];
};
struct buffer {
    u32 size;
    void *bytes;
};
struct overlapped {
    u32 result, bytes, offset[2];
    HANDLE event;
};
typedef void routine(u32 error, u32 bytes, struct overlapped *overlapped, u32 flags);

s32 NetDll_socket(u32 caller, u32 family, u32 type, u32 protocol);
s32 NetDll_closesocket(u32 caller, s32 s);
s32 NetDll_bind(u32 caller, s32 s, const struct place *place, u32 size);
s32 NetDll_sendto(u32 caller, s32 s, const void *bytes, u32 size, u32 flags,
                  const struct place *place, u32 place_size);
s32 NetDll_recv(u32 caller, s32 s, void *bytes, u32 size, u32 flags);
s32 NetDll_WSARecv(u32 caller, s32 s, struct buffer *buffers, u32 count, u32 *received, u32 *flags,
                   struct overlapped *overlapped, routine *routine);
s32 NetDll_WSAEventSelect(u32 caller, s32 s, HANDLE event, u32 what);
u32 NetDll_WSAGetLastError(void);
HANDLE NetDll_WSACreateEvent(void);
u32 SleepEx(u32 ms, u32 alertable);

static struct overlapped later;
static char text[32];
static volatile u32 calls, error, size;

static void ended(u32 with, u32 bytes, struct overlapped *overlapped, u32 flags)
{
    TEST_EQUAL(overlapped, &later);
    calls++;
    error = with;
    size = bytes;
}

static s32 bound(u16 port)
{
    struct place place = {AF_INET, port, 0, {0}};
    s32 s = NetDll_socket(CALLER, AF_INET, DATAGRAM, 0);

    TEST_EQUAL(NetDll_bind(CALLER, s, &place, sizeof(place)), 0);
    return s;
}

static s32 send_to(s32 s, u16 port)
{
    struct place place = {AF_INET, port, LOOPBACK, {0}};

    return NetDll_sendto(CALLER, s, "hello", 6, 0, &place, sizeof(place));
}

static void begin(s32 s)
{
    static struct buffer room = {sizeof(text), text};
    static u32 flags, received;

    calls = flags = 0;
    TEST_EQUAL(NetDll_WSARecv(CALLER, s, &room, 1, &received, &flags, &later, ended), NONE);
    TEST_EQUAL(NetDll_WSAGetLastError(), IO_PENDING);
}

/* Called by nobody but who waits alertably. */
static void routines_hear_of_what_is_given_up(void)
{
    s32 s = bound(1001);

    begin(s);
    TEST_EQUAL(NetDll_closesocket(CALLER, s), 0);
    TEST_EQUAL(later.result, ABORTED);
    sleep_ms(1);
    TEST_EQUAL(calls, 0);
    TEST_EQUAL(SleepEx(10, 1), STATUS_USER_APC);
    TEST_EQUAL(calls, 1);
    TEST_EQUAL(error, ABORTED);
    TEST_EQUAL(size, 0);
}

static void routines_hear_of_what_comes(void)
{
    s32 s = bound(1002);

    begin(s);
    if (send_to(s, 1002) == NONE && NetDll_WSAGetLastError() == UNREACHED)
        TEST_SKIP("nobody is on the network");
    TEST_EQUAL(SleepEx(1000, 1), STATUS_USER_APC);
    TEST_EQUAL(calls, 1);
    TEST_EQUAL(error, 0);
    TEST_EQUAL(size, 6);
    TEST_STRING(text, "hello");
    NetDll_closesocket(CALLER, s);
}

static void events_tell_once_until_somebody_reads(void)
{
    HANDLE event = NetDll_WSACreateEvent();
    s32 s = bound(1003);

    TEST_EQUAL(NetDll_WSAEventSelect(CALLER, s, event, FD_READ), 0);
    if (send_to(s, 1003) == NONE && NetDll_WSAGetLastError() == UNREACHED)
        TEST_SKIP("nobody is on the network");
    TEST_STATUS(wait_ms(event, 1000), STATUS_SUCCESS);
    NtClearEvent(event);
    send_to(s, 1003);
    TEST_STATUS(wait_ms(event, 50), STATUS_TIMEOUT);
    TEST_EQUAL(NetDll_recv(CALLER, s, text, sizeof(text), 0), 6);
    TEST_STATUS(wait_ms(event, 1000), STATUS_SUCCESS);
    TEST_EQUAL(NetDll_recv(CALLER, s, text, sizeof(text), 0), 6);
    TEST_EQUAL(NetDll_recv(CALLER, s, text, sizeof(text), 0), NONE);
    TEST_EQUAL(NetDll_WSAGetLastError(), BLOCKS);
    NetDll_closesocket(CALLER, s);
}

static const struct test tests[] = {
    TEST(routines_hear_of_what_is_given_up),
    TEST(routines_hear_of_what_comes),
    TEST(events_tell_once_until_somebody_reads),
};
static const struct test_suite suites[] = {TEST_SUITE("net-events", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
