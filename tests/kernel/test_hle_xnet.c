/* What a title asks of the network inside of an instance besides sockets. */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/families/net.h"

#define LENGTH (SCRATCH + 0x180)
#define ROOM   (SCRATCH + 0x1000)

static struct hle_bench h;

static void setup(void)
{
    static const struct xe_kernel_config config = {
        .slice = 1000, .clock_hz = 1000000000, .network = XE_NET_VIRTUAL};

    hle_bench_init_as(&h, &config);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_xnet, .init = setup, .fini = teardown);

static bool is_set(uint32_t event)
{
    return xe_kernel_object_signaled(xe_kernel_handle_object(h.bench.kernel, event));
}

Test(hle_xnet, lookups_end_at_once_and_find_nothing)
{
    uint32_t event = CALL32(&h, XAM, NetDll_WSACreateEvent, 0), dns;

    hle_put(&h, ROOM, "xbox.example");
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetDnsLookup, 1, ROOM, event, LENGTH), 0);
    dns = xe_mem_u32(h.bench.mem, LENGTH);
    cr_expect_eq(xe_mem_u32(h.bench.mem, dns), 11001);
    cr_expect_eq(xe_mem_u32(h.bench.mem, dns + 4), 0);
    cr_expect(xe_kernel_object_signaled(xe_kernel_handle_object(h.bench.kernel, event)));
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetDnsRelease, 1, dns), 0);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetDnsRelease, 1, dns), 10022);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetDnsLookup, 1, ROOM, event, UNREADABLE), 10014);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosServiceLookup, 1, 0, 0, LENGTH), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, xe_mem_u32(h.bench.mem, LENGTH)), 0);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosRelease, 1, xe_mem_u32(h.bench.mem, LENGTH)), 0);
}

Test(hle_xnet, names_that_a_client_gave_are_found)
{
    struct xe_net *net = xe_kernel_net_enter(h.bench.kernel);
    uint32_t dns;

    cr_assert_eq(xe_net_name_set(net, "xbox.example", 0x0A000001), 0);
    hle_put(&h, ROOM, "XBOX.example");
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetDnsLookup, 1, ROOM, 0, LENGTH), 0);
    dns = xe_mem_u32(h.bench.mem, LENGTH);
    cr_expect_eq(xe_mem_u32(h.bench.mem, dns), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, dns + 4), 1);
    cr_expect_eq(xe_mem_u32(h.bench.mem, dns + 8), 0x0A000001);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetDnsLookup, 1, UNREADABLE, 0, LENGTH), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, xe_mem_u32(h.bench.mem, LENGTH)), 11001);
}

Test(hle_xnet, qualities_are_those_of_nobody)
{
    uint32_t event = CALL32(&h, XAM, NetDll_WSACreateEvent, 0), qos;

    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosLookup, 1, 2, 0, 0, 0, 1, 0, 0, 0, 0, event, LENGTH),
                 0);
    qos = xe_mem_u32(h.bench.mem, LENGTH);
    cr_expect_eq(xe_mem_u32(h.bench.mem, qos), 3);
    cr_expect_eq(xe_mem_u32(h.bench.mem, qos + 4), 0, "none is pending");
    cr_expect_eq(xe_mem_u32(h.bench.mem, qos + 8 + 48), 0x01000000, "over, and not contacted");
    cr_expect(is_set(event));
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosRelease, 1, qos), 0);
    cr_expect_eq(
        CALL(&h, XAM, NetDll_XNetQosLookup, 1, UINT32_MAX, 0, 0, 0, 1, 0, 0, 0, 0, 0, LENGTH),
        10022);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosLookup, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, UNREADABLE),
                 10014);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosListen, 1, ROOM, ROOM, 16, 0, 1), 0);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosListen, 1, UNREADABLE, 0, 0, 0, 1), 10014);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosListen, 1, ROOM, ROOM, UINT32_MAX, 0, 1), 10014);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosGetListenStats, 1, ROOM, ROOM + 16), 10022);
    xe_mem_set_u32(h.bench.mem, ROOM + 16, 28);
    xe_mem_set_u32(h.bench.mem, ROOM + 40, 7);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetQosGetListenStats, 1, ROOM, ROOM + 16), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 40), 0);
}

Test(hle_xnet, keys_and_the_port_of_system_link)
{
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetCreateKey, 1, ROOM, ROOM + 8), 0);
    cr_expect_eq(xe_mem_u8(h.bench.mem, ROOM) & 0xF0, 0, "of system link");
    cr_expect_neq(xe_mem_u64(h.bench.mem, ROOM + 8), xe_mem_u64(h.bench.mem, ROOM + 16));
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetRegisterKey, 1, ROOM, ROOM + 8), 0);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetUnregisterKey, 1, ROOM), 0);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetCreateKey, 1, ROOM, UNREADABLE), 10014);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetRegisterKey, 1, UNREADABLE, ROOM), 10014);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetUnregisterKey, 1, UNREADABLE), 10014);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetGetSystemLinkPort, 1, LENGTH), 0);
    cr_expect_eq(xe_mem_u16(h.bench.mem, LENGTH), 3074);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetSetSystemLinkPort, 1, 1000), 0);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetGetSystemLinkPort, 1, LENGTH), 0);
    cr_expect_eq(xe_mem_u16(h.bench.mem, LENGTH), 1000);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetGetSystemLinkPort, 1, UNREADABLE), 10014);
}

Test(hle_xnet, addresses_and_options)
{
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetInAddrToString, 1, XE_NET_ADDRESS, ROOM, 9), 0);
    cr_expect(hle_is(&h, ROOM, "10.0.0.2"));
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetInAddrToString, 1, XE_NET_ADDRESS, ROOM, 8), 10040);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetInAddrToString, 1, 0, UNREADABLE, 16), 10014);
    xe_mem_set_u32(h.bench.mem, LENGTH, 12);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetGetOpt, 1, 1, ROOM, LENGTH), 10040);
    cr_expect_eq(xe_mem_u32(h.bench.mem, LENGTH), 13);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetGetOpt, 1, 1, ROOM, LENGTH), 0);
    cr_expect_eq(xe_mem_u8(h.bench.mem, ROOM), 13);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetGetOpt, 1, 2, ROOM, LENGTH), 10022);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetGetDebugXnAddr, 1, ROOM), 1);
    cr_expect_eq(xe_mem_u8(h.bench.mem, ROOM), 0);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetXnAddrToInAddr, 1, ROOM, ROOM, ROOM), 1);
    cr_expect_eq(CALL(&h, XAM, NetDll_XNetRegisterKey, 1, ROOM, ROOM), 0);
}
