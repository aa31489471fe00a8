/* What ends later on a socket of the title: transfers that tell by events or routines, and events
 * that are selected. */
#include "base/codec.h"
#include "kernel/families/net.h"
#include "socket_bench.h"
#include "tests/support/fields.h"

TestSuite(hle_socket_later, .init = setup, .fini = teardown);

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

Test(hle_socket_later, a_receive_ends_when_something_comes)
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

Test(hle_socket_later, results_can_be_waited_for)
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
Test(hle_socket_later, a_send_ends_when_there_is_room)
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

Test(hle_socket_later, transfers_end_in_their_order_and_with_their_socket)
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

Test(hle_socket_later, overlappeds_and_buffers_that_are_not_there)
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
Test(hle_socket_later, a_routine_is_queued_at_the_end)
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

Test(hle_socket_later, a_routine_hears_of_what_is_done_at_once_and_of_what_is_given_up)
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

Test(hle_socket_later, an_event_tells_once_until_somebody_reads)
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
Test(hle_socket_later, events_tell_how_a_stream_goes)
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
Test(hle_socket_later, an_event_tells_when_there_is_room_again)
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

Test(hle_socket_later, what_can_be_selected)
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
Test(hle_socket_later, every_field_of_a_transfer)
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
Test(hle_socket_later, every_field_of_what_is_selected)
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
