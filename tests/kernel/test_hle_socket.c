/* Sockets on the network inside of an instance, called as a title does: what waits, and who ends
 * that. */
#include <string.h>

#include "kernel/families/net.h"
#include "socket_bench.h"

TestSuite(hle_socket, .init = setup, .fini = teardown);

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
