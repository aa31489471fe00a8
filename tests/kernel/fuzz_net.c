/* The network's exports, called with anything: the input says which, with which arguments, what
 * their structures hold, and what peers do meanwhile. Nothing crashes, and the state can be told.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "hle_bench.h"
#include "kernel/families/net.h"
#include "tests/support/fuzz.h"

#define RECORD    16u
#define RECORDS   64u
#define ARGUMENTS 12u
#define PEER      0x0A000001u
#define MS        10000u

const int fuzz_rounds = 150;

static struct hle_bench h;

/* ---- what a byte means ---------------------------------------------------------------------- */

/* Numbers of sockets and peers are multiples of four; structures lie a few words apart. */
static uint32_t value_of(uint8_t byte)
{
    static const uint32_t odd[] = {UINT32_MAX,     UNREADABLE, SCRATCH + SCRATCH_SIZE - 4,
                                   0x8004667E,     0x7F000001, XE_NET_BROADCAST,
                                   XE_NET_ADDRESS, 0x10000};

    if (byte < 0x60)
        return byte;
    if (byte < 0xF8)
        return SCRATCH + 0x20u * (byte - 0x60u);
    return odd[byte - 0xF8];
}

static void poke(const uint8_t *r)
{
    xe_gva at = value_of((uint8_t)(0x60 + r[1] % 0x98)) + (r[2] & 0x1C);

    xe_mem_write(h.bench.mem, at, r + 3, 4);
    at = value_of((uint8_t)(0x60 + r[7] % 0x98)) + (r[8] & 0x1C);
    xe_mem_set_u32(h.bench.mem, at, value_of(r[9]));
}

static void let_time_pass(const uint8_t *r)
{
    bench_nobody(&h.bench);
    bench_pass(&h.bench, (r[1] % 8u) * MS);
}

static void be_a_peer(const uint8_t *r)
{
    struct xe_net *net = xe_kernel_net_enter(h.bench.kernel);
    struct xe_net_place at = {PEER + (r[2] & 1u), r[3]}, console = {XE_NET_ADDRESS, value_of(r[4])};
    uint32_t peer = value_of(r[5]);
    char name[3] = {(char)('a' + r[6] % 8), (char)('a' + r[7] % 2), '\0'};

    if (r[1] % 4 == 0 && xe_net_open(net, true, r[8] & 1, &peer) == 0 &&
        xe_net_bind(net, peer, at) == 0 && (r[8] & 1))
        (void)(r[8] & 2 ? xe_net_listen(net, peer, 4) : xe_net_connect(net, peer, console));
    else if (r[1] % 4 == 1)
        xe_net_send(net, peer, r[8] & 1 ? NULL : &console, r, r[9] % RECORD);
    else if (r[1] % 4 == 2)
        xe_net_name_set(net, name, r[8] & 3 ? PEER : 0);
    else if (r[1] % 4 == 3 && xe_net_slot(net, peer) == XE_NET_SOCKETS)
        xe_net_close(net, peer);
    xe_kernel_net_leave(h.bench.kernel);
}

/* ---- calls ---------------------------------------------------------------------------------- */

static const struct xe_hle *row_of(uint32_t n)
{
    const struct xe_hle *tables[] = {xe_hle_sockets, xe_hle_sockets, xe_hle_net_names, xe_hle_xnet,
                                     xe_family_net.exports};
    const struct xe_hle *table = tables[n % 5];
    uint32_t rows = 0;

    while (table[rows].handler)
        rows++;
    return &table[n / 5 % rows];
}

static void call(const uint8_t *r)
{
    const struct xe_hle *row = row_of(r[1] | (uint32_t)r[2] << 8);
    uint64_t args[ARGUMENTS];

    for (uint32_t i = 0; i < ARGUMENTS; i++)
        args[i] = value_of(r[3 + i]);
    hle_call(&h, row->module, row->ordinal, ARGUMENTS, args);
    if (h.thread->state != XE_THREAD_WAITING)
        return;
    bench_nobody(&h.bench);
    bench_pass(&h.bench, 20 * MS);
    if (h.thread->state == XE_THREAD_WAITING)
        xe_kernel_wait_abort(h.thread, 0x101);
}

static void step(const uint8_t *r)
{
    static void (*const acts[])(const uint8_t *r) = {call, call, call,      call,
                                                     poke, poke, be_a_peer, let_time_pass};

    acts[r[0] % 8](r);
}

static void tell_state(void)
{
    struct xe_codec c;
    uint8_t *bytes;
    size_t size;

    xe_codec_init_save(&c);
    xe_codec_section(&c, "net");
    xe__kernel_net_state(&c, xe__net_of(h.bench.kernel));
    bytes = xe_codec_end(&c) ? xe_codec_take(&c, &size) : NULL;
    if (!bytes)
        abort();
    xe_codec_fini(&c);
    xe_free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct xe_kernel_config config = {
        .slice = 1000, .clock_hz = 1000000000, .network = XE_NET_VIRTUAL};
    size_t at = 0;

    hle_bench_init_as(&h, &config);
    for (uint32_t n = 0; n < RECORDS && size - at >= RECORD; n++, at += RECORD)
        step(data + at);
    tell_state();
    hle_bench_fini(&h);
    return 0;
}

/* ---- seeds ---------------------------------------------------------------------------------- */

static uint32_t index_of(uint32_t ordinal)
{
    for (uint32_t n = 0; n < 5 * 256; n++)
        if (row_of(n)->ordinal == ordinal)
            return n;
    abort();
}

static uint8_t *put(uint8_t *r, uint32_t ordinal, const uint8_t args[ARGUMENTS])
{
    uint32_t n = index_of(ordinal);

    r[1] = (uint8_t)n;
    r[2] = (uint8_t)(n >> 8);
    memcpy(r + 3, args, ARGUMENTS);
    return r + RECORD;
}

/* A word there, and behind it what a byte means. */
static uint8_t *put_poke(uint8_t *r, uint8_t at, uint32_t word, uint8_t next)
{
    r[0] = 4;
    r[1] = r[7] = at;
    r[8] = 4;
    r[9] = next;
    xe_store_be32(r + 3, word);
    return r + RECORD;
}

#define CALL_(r, export, ...) put(r, XE_ORD_XAM_NetDll_##export, (uint8_t[ARGUMENTS]){__VA_ARGS__})

/* A datagram socket that is bound, receives that begin, and what is sent to it; or a stream. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    uint8_t *bytes = i < 2 ? calloc(RECORDS, RECORD) : NULL, *r = bytes;
    uint8_t type = i ? 1 : 2;

    if (!bytes)
        return NULL;
    r = put_poke(r, 1, 0x00020050, 0xFC); /* a place: port 80 of 127.0.0.1 */
    r = put_poke(r, 2, 0x10, 0x90);       /* a buffer         */
    r = CALL_(r, socket, 1, 2, type, 0);  /* number 4         */
    r = CALL_(r, bind, 1, 4, 0x61, 16);
    if (i)
        r = CALL_(r, listen, 1, 4, 4);
    r = CALL_(r, socket, 1, 2, type, 0); /* number 8 */
    r = CALL_(r, WSARecvFrom, 1, 4, 0x62, 1, 0x70, 0x71, 0x72, 0x73, 0x74, 0);
    r = CALL_(r, WSARecv, 1, 4, 0x62, 1, 0x70, 0x71, 0x75, 0);
    r = CALL_(r, connect, 1, 8, 0x61, 16);
    r = CALL_(r, WSASend, 1, 8, 0x62, 1, 0x70, 0, 0x76, 0);
    r = CALL_(r, sendto, 1, 8, 0x80, 9, 0, 0x61, 16);
    r = CALL_(r, select, 1, 0, 0x62, 0x63, 0x64, 0x65);
    r = CALL_(r, WSAGetOverlappedResult, 1, 4, 0x74, 0x70, 1, 0x71);
    r = CALL_(r, XNetDnsLookup, 1, 0x80, 0, 0x70);
    r = CALL_(r, WSACancelOverlappedIO, 1, 4);
    r = CALL_(r, closesocket, 1, 4);
    *ret_size = (size_t)(r - bytes);
    return bytes;
}
