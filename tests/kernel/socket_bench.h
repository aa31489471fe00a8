/* Two threads with sockets on a workbench; each file of tests has its own. */
#ifndef XE_TESTS_KERNEL_SOCKET_BENCH_H
#define XE_TESTS_KERNEL_SOCKET_BENCH_H

#include <criterion/criterion.h>

#include "hle_bench.h"
#include "xe/net.h"
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

static inline void setup(void)
{
    static const struct xe_kernel_config config = {
        .slice = 1000, .clock_hz = 1000000000, .network = XE_NET_VIRTUAL};

    hle_bench_init_as(&h, &config);
    first = h.thread;
    second = bench_thread(&h.bench, 1);
}

static inline void teardown(void)
{
    hle_bench_fini(&h);
}

static inline void as(struct xe_thread *thread)
{
    h.thread = thread;
}

static inline bool parked(const struct xe_thread *thread)
{
    return thread->state == XE_THREAD_WAITING;
}

static inline void pass(uint64_t time)
{
    bench_nobody(&h.bench);
    bench_pass(&h.bench, time);
}

static inline uint32_t last_error(void)
{
    return CALL32(&h, XAM, NetDll_WSAGetLastError, 0);
}

#define EXPECT_FAILS(call, error)                                                                  \
    do {                                                                                           \
        cr_expect_eq(call, NOPE);                                                                  \
        cr_expect_eq(last_error(), error);                                                         \
    } while (0)

static inline void place(uint32_t address, uint16_t port)
{
    xe_mem_set_u16(h.bench.mem, PLACE, 2);
    xe_mem_set_u16(h.bench.mem, PLACE + 2, port);
    xe_mem_set_u32(h.bench.mem, PLACE + 4, address);
}

static inline uint32_t made(uint32_t type, uint16_t port)
{
    uint32_t s = CALL32(&h, XAM, NetDll_socket, 1, 2, type, 0);

    cr_assert_neq(s, UINT32_MAX);
    place(0, port);
    if (port)
        cr_assert_eq(CALL(&h, XAM, NetDll_bind, 1, s, PLACE, 16), 0);
    return s;
}

static uint32_t promised;

static inline void see_promise(void *ctx, const struct xe_promise_info *info)
{
    (void)ctx;
    promised += info->kind == XE_PROMISE_NETWORK && info->due == XE_PROMISE_UNKNOWN;
}

static inline uint32_t promises(void)
{
    promised = 0;
    xe_kernel_promises(h.bench.kernel, see_promise, NULL);
    return promised;
}

/* A stream within the console, begun by the second thread and accepted by the first. */
static inline void connected(uint32_t *ret_server, uint32_t *ret_client)
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

#endif
