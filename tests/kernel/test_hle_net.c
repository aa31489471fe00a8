/* The network family, on a console without a cable. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "hle_bench.h"
#include "kernel/core/lacking.h"
#include "kernel/core/release.h"
#include "xe/net.h"
#include "xe/promise.h"

#define OUT  (SCRATCH + 0x10)
#define TEXT (SCRATCH + 0x100)
#define ROOM (SCRATCH + 0x1000)
#define NOPE UINT64_MAX /* -1 */

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_net, .init = setup, .fini = teardown);

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

static bool parked(void)
{
    return h.thread->state == XE_THREAD_WAITING;
}

static void address_is(const char *text, uint32_t want)
{
    hle_put(&h, TEXT, text);
    cr_expect_eq(CALL32(&h, XAM, NetDll_inet_addr, TEXT), want, "'%s'", text);
}

Test(hle_net, addresses)
{
    address_is("192.168.1.20", 0xC0A80114);
    address_is("255.255.255.255", UINT32_MAX);
    address_is("1.2.3", UINT32_MAX);
    address_is("1.2.3.4.5", UINT32_MAX);
    address_is("1.2.3.256", UINT32_MAX);
    address_is("1.2.3.99999999999999999", UINT32_MAX);
    address_is("1.2.x.4", UINT32_MAX);
    address_is("", 0);
}

/* A socket that has a port; of any address. */
static uint64_t bound(uint32_t type, uint32_t port)
{
    uint64_t s = CALL(&h, XAM, NetDll_socket, 1, 2, type, 0);

    xe_mem_set_u32(h.bench.mem, TEXT, 2 << 16 | port);
    xe_mem_set_u32(h.bench.mem, TEXT + 4, 0);
    cr_assert_eq(CALL(&h, XAM, NetDll_bind, 1, s, TEXT, 16), 0);
    return s;
}

static void fails(uint64_t result, uint32_t error)
{
    cr_expect_eq(result, NOPE);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAGetLastError, 0), error);
}

static uint32_t never;

static void see_promise(void *ctx, const struct xe_promise_info *info)
{
    (void)ctx;
    never += info->kind == XE_PROMISE_NETWORK && info->due == XE_PROMISE_NEVER;
}

Test(hle_net, a_receive_that_begins_ends_with_its_socket)
{
    uint64_t s = bound(2, 1000);

    xe_mem_set_u32(h.bench.mem, TEXT, 64); /* a WSABUF */
    xe_mem_set_u32(h.bench.mem, TEXT + 4, ROOM + 0x100);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSARecv, 1, s, TEXT, 1, 0, OUT, ROOM, 0), NOPE);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAGetLastError, 0), 997);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSARecvFrom, 1, s, TEXT, 1, 0, OUT, 0, 0, ROOM + 32, 0),
                 NOPE);
    cr_expect_eq(word(ROOM + 32), 0x103);
    xe_kernel_promises(h.bench.kernel, see_promise, NULL);
    cr_expect_eq(never, 2, "nobody is there");
    CALL(&h, XAM, NetDll_WSAGetOverlappedResult, 1, s, ROOM, OUT, 1, OUT);
    cr_expect(parked());
    bench_nobody(&h.bench);
    xe_kernel_wait_abort(h.thread, 0x102);
    cr_expect_eq(CALL(&h, XAM, NetDll_closesocket, 1, s), 0);
    cr_expect_eq(word(ROOM), 995);
    cr_expect_eq(word(ROOM + 32), 995);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSARecv, 1, s + 4, TEXT, 1, 0, OUT, ROOM, 0), NOPE);
    cr_expect_eq(CALL(&h, XAM, NetDll_WSAGetLastError, 0), 10038);
}

Test(hle_net, sockets_of_a_console_that_is_alone)
{
    uint64_t s = bound(1, 80), other = CALL(&h, XAM, NetDll_socket, 1, 2, 1, 6);

    fails(CALL(&h, XAM, NetDll_bind, 1, s, TEXT, 16), 10022);
    fails(CALL(&h, XAM, NetDll_bind, 1, other, TEXT, 16), 10048);
    fails(CALL(&h, XAM, NetDll_recv, 1, other, ROOM, 10, 0), 10057);
    fails(CALL(&h, XAM, NetDll_send, 1, other, ROOM, 10, 0), 10057);
    fails(CALL(&h, XAM, NetDll_accept, 1, s, 0, 0), 10022);
    fails(CALL(&h, XAM, NetDll_recv, 1, s + 400, ROOM, 10, 0), 10038);
    cr_expect_eq(CALL(&h, XAM, NetDll_listen, 1, s, 5), 0);
    xe_mem_set_u32(h.bench.mem, TEXT + 4, 0x08080808);
    fails(CALL(&h, XAM, NetDll_connect, 1, s, TEXT, 16), 10022);
    fails(CALL(&h, XAM, NetDll_connect, 1, other, TEXT, 16), 10051);
    cr_expect_not(parked());
    CALL(&h, XAM, NetDll_accept, 1, s, 0, 0);
    cr_expect(parked(), "nobody ever comes");
    bench_pass(&h.bench, 1ull << 50);
    cr_expect(parked());
}

Test(hle_net, there_is_an_end_to_sockets)
{
    for (uint32_t i = 0; i < XE_NET_SOCKETS; i++)
        cr_assert_neq(CALL(&h, XAM, NetDll_socket, 1, 2, 1, 6), NOPE);
    fails(CALL(&h, XAM, NetDll_socket, 1, 2, 1, 6), 10024);
}

Test(hle_net, a_console_that_is_alone_reaches_nobody)
{
    uint64_t s = bound(2, 1000);

    xe_mem_set_u32(h.bench.mem, TEXT, 2 << 16 | 1000);
    for (uint32_t i = 0; i < 2; i++) {
        xe_mem_set_u32(h.bench.mem, TEXT + 4, i ? 0xC0A80005 : 0x7F000001);
        fails(CALL(&h, XAM, NetDll_sendto, 1, s, ROOM, 6, 0, TEXT, 16), 10051);
        fails(CALL(&h, XAM, NetDll_connect, 1, s, TEXT, 16), 10051);
    }
}

/* Its own address, as it is told, is one of its own. */
Test(hle_net, its_address_can_be_bound)
{
    uint64_t s = CALL(&h, XAM, NetDll_socket, 1, 2, 2, 0);

    CALL(&h, XAM, NetDll_XNetGetTitleXnAddr, 1, ROOM);
    xe_mem_set_u32(h.bench.mem, TEXT, 2 << 16 | 1000);
    xe_mem_set_u32(h.bench.mem, TEXT + 4, word(ROOM));
    cr_expect_eq(CALL(&h, XAM, NetDll_bind, 1, s, TEXT, 16), 0);
    xe_mem_set_u32(h.bench.mem, OUT, 16);
    cr_expect_eq(CALL(&h, XAM, NetDll_getsockname, 1, s, ROOM + 0x40, OUT), 0);
    cr_expect_eq(word(ROOM + 0x44), word(ROOM));
}

static void count_network(void *ctx, const struct xe_lacking *lacking)
{
    if (!strcmp(lacking->category, "network"))
        *(uint64_t *)ctx += lacking->count;
}

/* Nobody of the title would end such a wait. */
Test(hle_net, who_waits_for_ever_waits_for_the_network)
{
    struct xe_producer now;
    uint64_t asked = 0;

    xe_mem_set_u32(h.bench.mem, ROOM + 4, (uint32_t)bound(2, 1000));
    xe_mem_set_u32(h.bench.mem, ROOM, 1);
    CALL(&h, XAM, NetDll_select, 1, 0, ROOM, 0, 0, 0);
    cr_expect(parked());
    xe_kernel_thread_standing(h.thread, &now);
    cr_expect_eq(now.standing, XE_STANDS_NETWORK);
    xe_kernel_lacking(h.bench.kernel, count_network, &asked);
    cr_expect_eq(asked, 1);
}

Test(hle_net, select_waits_for_its_timeout)
{
    uint64_t s = bound(2, 1000);

    xe_mem_set_u32(h.bench.mem, ROOM + 4, (uint32_t)s);
    xe_mem_set_u32(h.bench.mem, TEXT, 2); /* seconds, microseconds */
    xe_mem_set_u32(h.bench.mem, TEXT + 4, 500000);
    xe_mem_set_u32(h.bench.mem, ROOM, 1);
    CALL(&h, XAM, NetDll_select, 1, 0, ROOM, 0, 0, TEXT);
    cr_expect(parked());
    bench_pass(&h.bench, 24999000);
    cr_expect(parked());
    bench_pass(&h.bench, 2000);
    cr_expect_not(parked());
    cr_expect(h.thread->cpu.gpr[3] == 0 && word(ROOM) == 0, "no socket is ready");
    xe_mem_set_u32(h.bench.mem, ROOM, 1);
    xe_mem_set_u32(h.bench.mem, TEXT, UINT32_MAX);
    cr_expect_eq(CALL(&h, XAM, NetDll_select, 1, 0, ROOM, 0, 0, TEXT), NOPE);
    cr_expect_not(parked());
    xe_mem_set_u32(h.bench.mem, ROOM, UINT32_MAX);
    xe_mem_set_u32(h.bench.mem, ROOM + 4 * 64, 77);
    cr_expect_eq(CALL(&h, XAM, NetDll___WSAFDIsSet, 77, ROOM), 1);
    cr_expect_eq(CALL(&h, XAM, NetDll___WSAFDIsSet, 78, ROOM), 0);
}
