/* Sockets on the network inside of an instance, called as a title does: what waits, and who ends
 * that. */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"
#include "base/codec.h"
#include "kernel/families/net.h"
#include "tests/support/fields.h"
#include "xe/promise.h"

#define PLACE  (SCRATCH + 0x100)
#define LENGTH (SCRATCH + 0x180)
#define SET    (SCRATCH + 0x200)
#define TIME   (SCRATCH + 0x400)
#define ROOM   (SCRATCH + 0x1000)
#define NOPE   UINT64_MAX /* -1 */
#define MS     10000u
#define TCP    1u
#define UDP    2u

static struct hle_bench h;
static struct xe_thread *first, *second;

static void setup(void)
{
    static const struct xe_kernel_config config = {
        .slice = 1000, .clock_hz = 1000000000, .network = XE_NET_VIRTUAL};

    hle_bench_init_as(&h, &config);
    first = h.thread;
    second = bench_thread(&h.bench, 1);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_socket, .init = setup, .fini = teardown);

static void as(struct xe_thread *thread)
{
    h.thread = thread;
}

static bool parked(const struct xe_thread *thread)
{
    return thread->state == XE_THREAD_WAITING;
}

static void pass(uint64_t time)
{
    bench_nobody(&h.bench);
    bench_pass(&h.bench, time);
}

static uint32_t last_error(void)
{
    return CALL32(&h, XAM, NetDll_WSAGetLastError, 0);
}

#define EXPECT_FAILS(call, error)                                                                  \
    do {                                                                                           \
        cr_expect_eq(call, NOPE);                                                                  \
        cr_expect_eq(last_error(), error);                                                         \
    } while (0)

static void place(uint32_t address, uint16_t port)
{
    xe_mem_set_u16(h.bench.mem, PLACE, 2);
    xe_mem_set_u16(h.bench.mem, PLACE + 2, port);
    xe_mem_set_u32(h.bench.mem, PLACE + 4, address);
}

static uint32_t made(uint32_t type, uint16_t port)
{
    uint32_t s = CALL32(&h, XAM, NetDll_socket, 1, 2, type, 0);

    cr_assert_neq(s, UINT32_MAX);
    place(0, port);
    if (port)
        cr_assert_eq(CALL(&h, XAM, NetDll_bind, 1, s, PLACE, 16), 0);
    return s;
}

static uint32_t promised;

static void see_promise(void *ctx, const struct xe_promise_info *info)
{
    (void)ctx;
    promised += info->kind == XE_PROMISE_NETWORK && info->due == XE_PROMISE_UNKNOWN;
}

static uint32_t promises(void)
{
    promised = 0;
    xe_kernel_promises(h.bench.kernel, see_promise, NULL);
    return promised;
}

/* A stream within the console, begun by the second thread and accepted by the first. */
static void connected(uint32_t *ret_server, uint32_t *ret_client)
{
    uint32_t listener = made(TCP, 80);

    cr_assert_eq(CALL(&h, XAM, NetDll_listen, 1, listener, 5), 0);
    CALL(&h, XAM, NetDll_accept, 1, listener, 0, 0);
    as(second);
    *ret_client = made(TCP, 0);
    place(0x7F000001, 80);
    CALL(&h, XAM, NetDll_connect, 1, *ret_client, PLACE, 16);
    cr_assert(parked(first) && parked(second));
    pass(2 * MS);
    cr_assert(!parked(first) && !parked(second));
    *ret_server = (uint32_t)first->cpu.gpr[3];
    cr_assert_eq(second->cpu.gpr[3], 0);
    cr_assert_neq(*ret_server, UINT32_MAX);
}

Test(hle_socket, threads_wait_for_each_other)
{
    uint32_t server, client;

    connected(&server, &client);
    cr_expect_eq(promises(), 0);
    as(first);
    CALL(&h, XAM, NetDll_recv, 1, server, ROOM, 100, 0);
    cr_expect(parked(first));
    cr_expect_eq(promises(), 1, "somebody may send");
    as(second);
    hle_put(&h, ROOM + 0x100, "hello");
    cr_expect_eq(CALL(&h, XAM, NetDll_send, 1, client, ROOM + 0x100, 5, 0), 5);
    cr_expect(parked(first));
    pass(MS);
    cr_expect(!parked(first) && first->cpu.gpr[3] == 5 && hle_is(&h, ROOM, "hello"));
    cr_expect_eq(promises(), 0);
    cr_expect_eq(CALL(&h, XAM, NetDll_shutdown, 1, client, 1), 0);
    as(first);
    CALL(&h, XAM, NetDll_recv, 1, server, ROOM, 100, 0);
    pass(MS);
    cr_expect(!parked(first) && first->cpu.gpr[3] == 0, "the end is told");
    cr_expect(xe_kernel_check(h.bench.kernel, (char[200]){0}, 200));
}

Test(hle_socket, a_sender_waits_until_the_other_reads)
{
    uint32_t server, client;

    connected(&server, &client);
    cr_expect_eq(CALL(&h, XAM, NetDll_send, 1, client, ROOM, 0x10000, 0), 0x10000);
    CALL(&h, XAM, NetDll_send, 1, client, ROOM, 10, 0);
    cr_expect(parked(second));
    pass(MS);
    cr_expect(parked(second), "it has arrived, and nobody took it");
    as(first);
    cr_expect_eq(CALL(&h, XAM, NetDll_recv, 1, server, ROOM, 100, 0), 100);
    cr_expect(!parked(second) && second->cpu.gpr[3] == 10);
}

static void set_of_one(uint32_t s)
{
    xe_mem_set_u32(h.bench.mem, SET, 1);
    xe_mem_set_u32(h.bench.mem, SET + 4, s);
}

static uint32_t in_set(void)
{
    return xe_mem_u32(h.bench.mem, SET);
}

Test(hle_socket, select_waits_for_what_comes_first)
{
    uint32_t s = made(UDP, 1000), from = made(UDP, 2000);

    set_of_one(s);
    xe_mem_set_u32(h.bench.mem, TIME, 0);
    xe_mem_set_u32(h.bench.mem, TIME + 4, 5000);
    CALL(&h, XAM, NetDll_select, 1, 0, SET, 0, 0, TIME);
    cr_expect(parked(first));
    pass(5 * MS);
    cr_expect(!parked(first) && first->cpu.gpr[3] == 0 && in_set() == 0);
    set_of_one(s);
    CALL(&h, XAM, NetDll_select, 1, 0, SET, 0, 0, 0);
    as(second);
    place(XE_NET_ADDRESS, 1000);
    cr_expect_eq(CALL(&h, XAM, NetDll_sendto, 1, from, ROOM, 7, 0, PLACE, 16), 7);
    pass(MS);
    cr_expect(!parked(first) && first->cpu.gpr[3] == 1 && in_set() == 1);
    as(first);
    cr_expect_eq(CALL(&h, XAM, NetDll_select, 1, 0, 0, SET, 0, 0), 1, "it can be sent to");
    xe_mem_set_u32(h.bench.mem, LENGTH, 16);
    cr_expect_eq(CALL(&h, XAM, NetDll_recvfrom, 1, s, ROOM, 100, 0, PLACE, LENGTH), 7);
    cr_expect_eq(xe_mem_u16(h.bench.mem, PLACE + 2), 2000);
    cr_expect_eq(xe_mem_u32(h.bench.mem, PLACE + 4), XE_NET_ADDRESS);
    xe_mem_set_u32(h.bench.mem, TIME + 4, 0);
    set_of_one(s);
    cr_expect_eq(CALL(&h, XAM, NetDll_select, 1, 0, SET, 0, 0, TIME), 0);
    cr_expect(in_set() == 0 && !parked(first));
}

Test(hle_socket, select_checks_its_sets)
{
    EXPECT_FAILS(CALL(&h, XAM, NetDll_select, 1, 0, 0, 0, 0, 0), 10022);
    set_of_one(77);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_select, 1, 0, SET, 0, 0, 0), 10038);
    xe_mem_set_u32(h.bench.mem, SET, 65);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_select, 1, 0, 0, 0, SET, 0), 10014);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_select, 1, 0, UNREADABLE, 0, 0, 0), 10014);
    set_of_one(made(UDP, 0));
    xe_mem_set_u32(h.bench.mem, TIME, UINT32_MAX);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_select, 1, 0, SET, 0, 0, TIME), 10022);
    cr_expect_not(parked(first));
}

Test(hle_socket, who_waits_for_what_ends_goes_on)
{
    uint32_t s = made(UDP, 1000);

    CALL(&h, XAM, NetDll_recv, 1, s, ROOM, 100, 0);
    as(second);
    cr_expect_eq(CALL(&h, XAM, NetDll_closesocket, 1, s), 0);
    cr_expect_not(parked(first));
    cr_expect_eq(first->cpu.gpr[3], NOPE);
    as(first);
    cr_expect_eq(last_error(), 10038);
    cr_expect_eq(promises(), 0);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_closesocket, 1, s), 10038);
}

Test(hle_socket, options_say_what_blocks_and_for_how_long)
{
    uint32_t s = made(UDP, 1000), tcp = made(TCP, 0);

    xe_mem_set_u32(h.bench.mem, ROOM, 3); /* milliseconds */
    cr_expect_eq(CALL(&h, XAM, NetDll_setsockopt, 1, s, 0xFFFF, 0x1006, ROOM, 4), 0);
    xe_mem_set_u32(h.bench.mem, LENGTH, 4);
    cr_expect_eq(CALL(&h, XAM, NetDll_getsockopt, 1, s, 0xFFFF, 0x1006, ROOM + 8, LENGTH), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 8), 3);
    CALL(&h, XAM, NetDll_recv, 1, s, ROOM, 100, 0);
    cr_expect(parked(first));
    pass(3 * MS);
    cr_expect(!parked(first) && first->cpu.gpr[3] == NOPE);
    cr_expect_eq(last_error(), 10060);
    cr_expect_eq(CALL(&h, XAM, NetDll_ioctlsocket, 1, s, 0x8004667E, ROOM), 0);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_recv, 1, s, ROOM, 100, 0), 10035);
    cr_expect_eq(CALL(&h, XAM, NetDll_ioctlsocket, 1, tcp, 0x8004667E, ROOM), 0);
    place(XE_NET_ADDRESS, 99);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_connect, 1, tcp, PLACE, 16), 10035);
    set_of_one(tcp);
    CALL(&h, XAM, NetDll_select, 1, 0, 0, 0, SET, 0);
    cr_expect(parked(first));
    pass(2 * MS);
    cr_expect(!parked(first) && first->cpu.gpr[3] == 1, "it failed");
    cr_expect_eq(CALL(&h, XAM, NetDll_getsockopt, 1, tcp, 0xFFFF, 0x1007, ROOM, LENGTH), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM), 10061);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_setsockopt, 1, s, 0xFFFF, 0x7777, ROOM, 4), 10042);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_setsockopt, 1, s, 0xFFFF, 0x1006, UNREADABLE, 4), 10014);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_ioctlsocket, 1, s, 0x1234, ROOM), 10022);
}

Test(hle_socket, arguments_are_checked)
{
    uint32_t s = made(UDP, 1000);

    EXPECT_FAILS(CALL(&h, XAM, NetDll_socket, 1, 23, 1, 0), 10047);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_socket, 1, 2, 3, 0), 10044);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_socket, 1, 2, 1, 17), 10041);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_socket, 1, 2, 1, 99), 10043);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_bind, 1, s, UNREADABLE, 16), 10014);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_bind, 1, s, PLACE, 8), 10014);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_recv, 1, s, ROOM, UINT32_MAX, 0), 10014);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_send, 1, s, UNREADABLE, 4, 0), 10014);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_send, 1, s, ROOM, 4, 0), 10057);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_shutdown, 1, s, 3), 10022);
    place(UINT32_MAX, 1000);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_sendto, 1, s, ROOM, 4, 0, PLACE, 16), 10013);
    xe_mem_set_u32(h.bench.mem, LENGTH, 16);
    cr_expect_eq(CALL(&h, XAM, NetDll_getsockname, 1, s, PLACE, LENGTH), 0);
    cr_expect_eq(xe_mem_u16(h.bench.mem, PLACE + 2), 1000);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_getpeername, 1, s, PLACE, LENGTH), 10057);
    xe_mem_set_u32(h.bench.mem, LENGTH, 15);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_getsockname, 1, s, PLACE, LENGTH), 10014);
}

/* Two WSABUFs; then what is too much, or not there. */
Test(hle_socket, many_buffers_are_one_send)
{
    uint32_t s = made(UDP, 1000);

    hle_put(&h, ROOM, "abc");
    xe_mem_set_u32(h.bench.mem, SET, 2);
    xe_mem_set_u32(h.bench.mem, SET + 4, ROOM);
    xe_mem_set_u32(h.bench.mem, SET + 8, 1);
    xe_mem_set_u32(h.bench.mem, SET + 12, ROOM + 2);
    place(XE_NET_ADDRESS, 1000);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSASendTo, 1, s, SET, 2, LENGTH, 0, PLACE, 16, 0, 0), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, LENGTH), 3);
    pass(MS);
    cr_expect_eq(CALL(&h, XAM, NetDll_recv, 1, s, ROOM + 0x10, 100, 0), 3);
    cr_expect(hle_is(&h, ROOM + 0x10, "abc"));
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSASendTo, 1, s, SET, 65, 0, 0, PLACE, 16, 0, 0), 10055);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSASendTo, 1, s, UNREADABLE, 1, 0, 0, PLACE, 16, 0, 0),
                 10014);
    xe_mem_set_u32(h.bench.mem, SET + 4, UNREADABLE);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSASendTo, 1, s, SET, 2, 0, 0, PLACE, 16, 0, 0), 10014);
    xe_mem_set_u32(h.bench.mem, SET, 0x7FFFFFFF);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSASendTo, 1, s, SET, 2, 0, 0, PLACE, 16, 0, 0), 10055);
}

Test(hle_socket, many_buffers_are_one_receive)
{
    uint32_t s = made(UDP, 1000);

    hle_put(&h, ROOM, "hello");
    place(XE_NET_ADDRESS, 1000);
    cr_expect_eq(CALL(&h, XAM, NetDll_sendto, 1, s, ROOM, 6, 0, PLACE, 16), 6);
    xe_mem_set_u32(h.bench.mem, SET, 2);
    xe_mem_set_u32(h.bench.mem, SET + 4, ROOM + 0x10);
    xe_mem_set_u32(h.bench.mem, SET + 8, 10);
    xe_mem_set_u32(h.bench.mem, SET + 12, ROOM + 0x12);
    xe_mem_set_u32(h.bench.mem, LENGTH, 0);
    xe_mem_set_u32(h.bench.mem, TIME, 16);
    CALL(&h, XAM, NetDll_WSARecvFrom, 1, s, SET, 2, LENGTH + 4, LENGTH, PLACE, TIME, 0, 0);
    cr_expect(parked(first));
    pass(MS);
    cr_expect(!parked(first) && first->cpu.gpr[3] == 0);
    cr_expect(hle_is(&h, ROOM + 0x10, "hello"));
    cr_expect_eq(xe_mem_u32(h.bench.mem, LENGTH + 4), 6);
    cr_expect_eq(xe_mem_u16(h.bench.mem, PLACE + 2), 1000);
}

/* ---- transfers that end later --------------------------------------------------------------- */

#define OVERLAPPED (SCRATCH + 0x600)
#define PENDING    0x103u

/* An overlapped with an event of its own. */
static uint32_t overlapped(xe_gva at)
{
    uint32_t event = CALL32(&h, XAM, NetDll_WSACreateEvent, 0);

    xe_mem_set_u32(h.bench.mem, at + 16, event);
    return event;
}

static bool is_set(uint32_t event)
{
    return xe_kernel_object_signaled(xe_kernel_handle_object(h.bench.kernel, event));
}

static void room_for(uint32_t size)
{
    xe_mem_set_u32(h.bench.mem, SET, size);
    xe_mem_set_u32(h.bench.mem, SET + 4, ROOM);
    xe_mem_set_u32(h.bench.mem, LENGTH, 0);
}

static uint32_t result(uint32_t s, xe_gva at, bool wait)
{
    return CALL32(&h, XAM, NetDll_WSAGetOverlappedResult, 1, s, at, LENGTH + 4, wait, LENGTH);
}

Test(hle_socket, a_receive_ends_when_something_comes)
{
    uint32_t s = made(UDP, 1000), event = overlapped(OVERLAPPED);

    room_for(16);
    xe_mem_set_u32(h.bench.mem, TIME, 16);
    CALL(&h, XAM, NetDll_WSASetEvent, event);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecvFrom, 1, s, SET, 1, LENGTH + 4, LENGTH, PLACE + 0x20,
                      TIME, OVERLAPPED, 0),
                 997);
    cr_expect_not(parked(first) || is_set(event), "begun, and no more");
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED), PENDING);
    cr_expect_eq(result(s, OVERLAPPED, false), 0);
    cr_expect_eq(last_error(), 996);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, OVERLAPPED, 0), 10022);
    place(XE_NET_ADDRESS, 1000);
    hle_put(&h, ROOM + 0x100, "hello");
    CALL(&h, XAM, NetDll_sendto, 1, s, ROOM + 0x100, 6, 0, PLACE, 16);
    pass(MS);
    cr_expect(is_set(event));
    cr_expect(hle_is(&h, ROOM, "hello"));
    cr_expect_eq(xe_mem_u16(h.bench.mem, PLACE + 0x22), 1000);
    cr_expect_eq(result(s, OVERLAPPED, true), 1);
    cr_expect_eq(xe_mem_u32(h.bench.mem, LENGTH + 4), 6);
}

Test(hle_socket, results_can_be_waited_for)
{
    uint32_t server, client;

    connected(&server, &client);
    as(first);
    room_for(16);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, server, SET, 1, 0, LENGTH, OVERLAPPED, 0), 997);
    result(server, OVERLAPPED, true);
    cr_expect(parked(first));
    cr_expect_eq(promises(), 2, "somebody may write: the receive, and the wait for it");
    as(second);
    hle_put(&h, ROOM + 0x100, "later");
    CALL(&h, XAM, NetDll_send, 1, client, ROOM + 0x100, 6, 0);
    pass(MS);
    cr_expect(!parked(first) && first->cpu.gpr[3] == 1);
    cr_expect_eq(xe_mem_u32(h.bench.mem, LENGTH + 4), 6);
    cr_expect(hle_is(&h, ROOM, "later"));
    cr_expect_eq(promises(), 0);
}

/* A stream that is full, until the other end reads. */
Test(hle_socket, a_send_ends_when_there_is_room)
{
    uint32_t server, client, event = overlapped(OVERLAPPED);

    connected(&server, &client);
    as(second);
    room_for(XE_NET_WINDOW);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSASend, 1, client, SET, 1, LENGTH + 4, 0, OVERLAPPED, 0), 0);
    cr_expect(is_set(event));
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSASend, 1, client, SET, 1, LENGTH + 4, 0, OVERLAPPED, 0),
                 997);
    cr_expect_not(is_set(event));
    pass(MS);
    as(first);
    CALL(&h, XAM, NetDll_recv, 1, server, SCRATCH + 0x12000 - XE_NET_WINDOW / 2, 0x8000, 0);
    CALL(&h, XAM, NetDll_recv, 1, server, SCRATCH + 0x12000 - XE_NET_WINDOW / 2, 0x8000, 0);
    pass(2 * MS);
    cr_expect(is_set(event));
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED + 4), XE_NET_WINDOW);
}

Test(hle_socket, transfers_end_in_their_order_and_with_their_socket)
{
    uint32_t s = made(UDP, 1000), event = overlapped(OVERLAPPED), at = OVERLAPPED;

    room_for(4);
    for (uint32_t i = 0; i < XE__NET_PENDING; i++, at += 20)
        EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, at, 0), 997);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, at, 0), 10055);
    place(XE_NET_ADDRESS, 1000);
    CALL(&h, XAM, NetDll_sendto, 1, s, ROOM, 3, 0, PLACE, 16);
    CALL(&h, XAM, NetDll_sendto, 1, s, ROOM, 9, 0, PLACE, 16);
    pass(MS);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED + 4), 3);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED + 20), 10040, "it was longer");
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED + 24), 4);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED + 40), PENDING);
    cr_expect(is_set(event));
    cr_expect_eq(result(s, OVERLAPPED + 20, false), 0);
    cr_expect_eq(last_error(), 10040);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSACancelOverlappedIO, 1, s), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, at - 20), 995);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, OVERLAPPED, 0), 997);
    result(s, OVERLAPPED, true);
    cr_expect(parked(first));
    as(second);
    CALL(&h, XAM, NetDll_closesocket, 1, s);
    cr_expect(!parked(first) && first->cpu.gpr[3] == 0);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSACancelOverlappedIO, 1, s), 10038);
}

Test(hle_socket, overlappeds_and_buffers_that_are_not_there)
{
    uint32_t s = made(UDP, 1000);

    room_for(4);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, UNREADABLE, 0), 10014);
    cr_expect_eq(result(s, UNREADABLE, true), 0);
    cr_expect_eq(last_error(), 87);
    xe_mem_set_u32(h.bench.mem, OVERLAPPED, PENDING);
    cr_expect_eq(result(s, OVERLAPPED, true), 0, "the title says so, and nobody else");
    cr_expect_eq(last_error(), 996);
    xe_mem_set_u32(h.bench.mem, OVERLAPPED + 16, 0xBAD);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, OVERLAPPED, 0), 997);
    xe_mem_set_u32(h.bench.mem, SET + 4, UNREADABLE);
    place(XE_NET_ADDRESS, 1000);
    CALL(&h, XAM, NetDll_sendto, 1, s, ROOM, 3, 0, PLACE, 16);
    pass(MS);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED), 10014);
}

/* ---- routines ------------------------------------------------------------------------------- */

#define ROUTINE 0x82001000u

static uint32_t queued(const struct xe_thread *thread)
{
    return thread->apcs[XE_APC_USER].count;
}

/* The routine is its thread's, and the event anybody's. */
Test(hle_socket, a_routine_is_queued_at_the_end)
{
    uint32_t s = made(UDP, 1000), event = overlapped(OVERLAPPED);

    room_for(16);
    CALL(&h, XAM, NetDll_WSASetEvent, event);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, OVERLAPPED, ROUTINE), 997);
    cr_expect(is_set(event), "it is let alone");
    CALL(&h, XAM, NetDll_WSAResetEvent, event);
    cr_expect_eq(queued(first), 0);
    as(second);
    place(XE_NET_ADDRESS, 1000);
    CALL(&h, XAM, NetDll_sendto, 1, s, ROOM + 0x100, 6, 0, PLACE, 16);
    pass(MS);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED + 4), 6);
    cr_expect_not(is_set(event));
    cr_expect_eq(queued(first), 1);
    cr_expect_eq(queued(second), 0);
}

Test(hle_socket, a_routine_hears_of_what_is_done_at_once_and_of_what_is_given_up)
{
    uint32_t s = made(UDP, 1000);

    room_for(16);
    place(XE_NET_ADDRESS, 1000);
    cr_expect_eq(
        CALL(&h, XAM, NetDll_WSASendTo, 1, s, SET, 1, 0, 0, PLACE, 16, OVERLAPPED, ROUTINE), 0);
    cr_expect_eq(queued(first), 1);
    pass(MS);
    EXPECT_FAILS(
        CALL(&h, XAM, NetDll_WSARecvFrom, 1, s, SET, 1, 0, LENGTH, 0, 0, UNREADABLE, ROUTINE),
        10014);
    cr_expect_eq(queued(first), 1, "nothing has begun");
    cr_expect_eq(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, OVERLAPPED, ROUTINE), 0);
    cr_expect_eq(queued(first), 2);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, OVERLAPPED, ROUTINE), 997);
    CALL(&h, XAM, NetDll_closesocket, 1, s);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OVERLAPPED), 995);
    cr_expect_eq(queued(first), 3);
}

/* ---- events that are selected -----------------------------------------------------------------
 */

enum { FD_READ = 1, FD_WRITE = 2, FD_ACCEPT = 8, FD_CONNECT = 16, FD_CLOSE = 32 };

/* true: it was set, and is no more. */
static bool take(uint32_t event)
{
    bool set = is_set(event);

    CALL(&h, XAM, NetDll_WSAResetEvent, event);
    return set;
}

static void send_to(uint32_t s, uint16_t port)
{
    place(XE_NET_ADDRESS, port);
    CALL(&h, XAM, NetDll_sendto, 1, s, ROOM, 4, 0, PLACE, 16);
    pass(MS);
    as(first);
}

Test(hle_socket, an_event_tells_once_until_somebody_reads)
{
    uint32_t s = made(UDP, 1000), event = CALL32(&h, XAM, NetDll_WSACreateEvent, 0);

    cr_expect_eq(CALL(&h, XAM, NetDll_WSAEventSelect, 1, s, event, FD_READ), 0);
    cr_expect_not(take(event));
    cr_expect_eq(promises(), 1);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_recv, 1, s, ROOM, 4, 0), 10035);
    send_to(s, 1000);
    cr_expect(take(event));
    send_to(s, 1000);
    cr_expect_not(is_set(event), "nobody has read");
    CALL(&h, XAM, NetDll_recv, 1, s, ROOM, 4, 0);
    cr_expect(take(event), "there is more");
    CALL(&h, XAM, NetDll_recv, 1, s, ROOM, 4, 0);
    cr_expect_not(take(event));
    send_to(s, 1000);
    cr_expect(take(event));
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAEventSelect, 1, s, event, FD_READ), 0);
    cr_expect(take(event), "it is so still");
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAEventSelect, 1, s, 0, 0), 0);
    cr_expect_eq(promises(), 0);
    CALL(&h, XAM, NetDll_recv, 1, s, ROOM, 4, 0);
    send_to(s, 1000);
    cr_expect_not(is_set(event), "nobody asks any more");
}

/* A stream within the console, told of by events alone. */
Test(hle_socket, events_tell_how_a_stream_goes)
{
    uint32_t listener = made(TCP, 80), client, server;
    uint32_t event = CALL32(&h, XAM, NetDll_WSACreateEvent, 0);
    uint32_t other = CALL32(&h, XAM, NetDll_WSACreateEvent, 0);

    CALL(&h, XAM, NetDll_WSAEventSelect, 1, listener, event, FD_ACCEPT | FD_READ | FD_CLOSE);
    CALL(&h, XAM, NetDll_listen, 1, listener, 5);
    client = made(TCP, 0);
    CALL(&h, XAM, NetDll_WSAEventSelect, 1, client, other, FD_CONNECT | FD_CLOSE);
    place(XE_NET_ADDRESS, 80);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_connect, 1, client, PLACE, 16), 10035);
    pass(2 * MS);
    as(first);
    cr_expect(take(event), "somebody connects");
    cr_expect(take(other), "and has");
    server = CALL32(&h, XAM, NetDll_accept, 1, listener, 0, 0);
    cr_expect_not(take(event));
    CALL(&h, XAM, NetDll_send, 1, client, ROOM, 4, 0);
    pass(MS);
    as(first);
    cr_expect(take(event), "the listener's event is the new one's, too");
    CALL(&h, XAM, NetDll_recv, 1, server, ROOM, 4, 0);
    cr_expect_not(take(event));
    CALL(&h, XAM, NetDll_closesocket, 1, client);
    pass(MS);
    as(first);
    cr_expect(take(event), "the end");
    cr_expect_not(take(other));
    CALL(&h, XAM, NetDll_closesocket, 1, server);
    CALL(&h, XAM, NetDll_closesocket, 1, listener);
    cr_expect_eq(promises(), 0);
}

/* Room is told of at first, and when a send was refused for want of it. */
Test(hle_socket, an_event_tells_when_there_is_room_again)
{
    uint32_t server, client, event = CALL32(&h, XAM, NetDll_WSACreateEvent, 0);

    connected(&server, &client);
    as(first);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAEventSelect, 1, client, event, FD_WRITE | FD_CONNECT), 0);
    cr_expect(take(event));
    CALL(&h, XAM, NetDll_send, 1, client, ROOM, 4, 0);
    cr_expect_not(take(event));
    for (uint32_t i = 0; i < 64 && CALL(&h, XAM, NetDll_send, 1, client, ROOM, 0x4000, 0) != NOPE;
         i++)
        ;
    cr_expect_eq(last_error(), 10035);
    cr_expect_not(take(event));
    for (uint32_t i = 0; i < 64 && !is_set(event); i++) {
        pass(MS);
        as(first);
        CALL(&h, XAM, NetDll_recv, 1, server, ROOM, 0x8000, 0);
    }
    cr_expect(is_set(event));
}

Test(hle_socket, what_can_be_selected)
{
    uint32_t s = made(UDP, 1000), event = CALL32(&h, XAM, NetDll_WSACreateEvent, 0), semaphore;

    cr_assert_eq(CALL(&h, XBOXKRNL, NtCreateSemaphore, ROOM, 0, 0, 1), 0);
    semaphore = xe_mem_u32(h.bench.mem, ROOM);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSAEventSelect, 1, s + 4, event, FD_READ), 10038);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSAEventSelect, 1, s, 0, FD_READ), 10022);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSAEventSelect, 1, s, 0xBAD, FD_READ), 10022);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSAEventSelect, 1, s, semaphore, FD_READ), 10022);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSAEventSelect, 1, s, event, 0x40), 10022);
    cr_expect_eq(promises(), 0);
}

static void net_state(struct xe_codec *c, void *sample)
{
    (void)sample;
    xe__kernel_net_state(c, xe__net_of(h.bench.kernel));
}

#define R struct xe__net_pending
Test(hle_socket, every_field_of_a_transfer)
{
    static const struct field_range except[] = {
        FIELD(R, done, FIELD_LEADS, "an object"),
        FIELD_HOLE(R, transfer.peek, transfer.buffers),
    };
    uint32_t s = made(UDP, 1000);

    room_for(4);
    EXPECT_FAILS(CALL(&h, XAM, NetDll_WSARecv, 1, s, SET, 1, 0, LENGTH, OVERLAPPED, 0), 997);
    fields_check(&(struct field_test){"xe__net_pending", xe__net_of(h.bench.kernel)->pending,
                                      sizeof(R), net_state, except,
                                      sizeof(except) / sizeof(except[0])});
}

#undef R
#define R struct xe__net_watch
Test(hle_socket, every_field_of_what_is_selected)
{
    static const struct field_range except[] = {FIELD_HOLE(R, told, event),
                                                FIELD(R, event, FIELD_LEADS, "an object")};
    uint32_t s = made(UDP, 1000), event = CALL32(&h, XAM, NetDll_WSACreateEvent, 0);
    struct xe__net *net = xe__net_of(h.bench.kernel);

    CALL(&h, XAM, NetDll_WSAEventSelect, 1, s, event, FD_READ);
    fields_check(&(struct field_test){"xe__net_watch", &net->watch[xe_net_slot(net->net, s)],
                                      sizeof(R), net_state, except, 2});
}
#undef R

/* ---- events ---------------------------------------------------------------------------------- */

Test(hle_socket, events_of_winsock)
{
    uint32_t a = CALL32(&h, XAM, NetDll_WSACreateEvent, 0);
    uint32_t b = CALL32(&h, XAM, NetDll_WSACreateEvent, 0);

    xe_mem_set_u32(h.bench.mem, ROOM, a);
    xe_mem_set_u32(h.bench.mem, ROOM + 4, b);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAWaitForMultipleEvents, 2, ROOM, 0, 0, 0), 0x102);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSASetEvent, b), 1);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAWaitForMultipleEvents, 2, ROOM, 0, 5, 0), 1);
    CALL(&h, XAM, NetDll_WSAWaitForMultipleEvents, 2, ROOM, 1, 5, 0);
    cr_expect(parked(first), "1 is all");
    pass(5 * MS);
    cr_expect(!parked(first) && first->cpu.gpr[3] == 0x102);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAResetEvent, b), 1);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAWaitForMultipleEvents, 2, ROOM, 0, 0, 0), 0x102);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSACloseEvent, b), 1);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSASetEvent, b), 0);
    cr_expect_eq(last_error(), 6);
    cr_expect_eq(CALL32(&h, XAM, NetDll_WSAWaitForMultipleEvents, 2, ROOM, 0, 0, 0), UINT32_MAX);
    cr_expect_eq(last_error(), 6);
    cr_expect_eq(CALL32(&h, XAM, NetDll_WSAWaitForMultipleEvents, 65, ROOM, 0, 0, 0), UINT32_MAX);
    cr_expect_eq(last_error(), 0x57);
}
