/* Sockets and the wire: streams, datagrams, what would block, how ends are told, hostile sizes. */
#include <string.h>

#include <criterion/criterion.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "net/net_internal.h"
#include "tests/support/fields.h"

#define MS          10000u
#define PEER        0x0A000001u
#define CHECK(call) cr_assert_eq(call, 0)

static struct xe_net *net;
static uint64_t now;

static void setup(void)
{
    net = xe_net_create();
    now = 0;
}

static void teardown(void)
{
    xe_net_destroy(net);
}

TestSuite(net, .init = setup, .fini = teardown);

static void pass(uint64_t time)
{
    now += time;
    xe_net_now(net, now);
}

static uint32_t opened(bool outside, bool stream)
{
    uint32_t number = 0;

    CHECK(xe_net_open(net, outside, stream, &number));
    return number;
}

static struct xe_net_place at(uint32_t address, uint32_t port)
{
    return (struct xe_net_place){address, port};
}

static uint32_t bound(bool outside, bool stream, uint32_t address, uint32_t port)
{
    uint32_t number = opened(outside, stream);

    CHECK(xe_net_bind(net, number, at(address, port)));
    return number;
}

static uint32_t listening(uint32_t port, uint32_t backlog)
{
    uint32_t number = bound(false, true, 0, port);

    CHECK(xe_net_listen(net, number, backlog));
    return number;
}

static struct xe_net_info info_of(uint32_t number)
{
    struct xe_net_info info;

    cr_assert(xe_net_info(net, number, &info));
    return info;
}

static void expect_bytes(uint32_t number, const char *want)
{
    char bytes[64] = "";
    struct xe_net_place from;
    uint32_t size;

    CHECK(xe_net_receive(net, number, false, bytes, sizeof(bytes) - 1, &size, &from));
    cr_expect_str_eq(bytes, want);
    cr_expect_eq(size, strlen(want));
}

static uint32_t receive_error(uint32_t number)
{
    struct xe_net_place from;
    uint8_t bytes[16];
    uint32_t size;

    return xe_net_receive(net, number, false, bytes, sizeof(bytes), &size, &from);
}

/* Two ends of a stream: a peer's, and the title's that accepted it. */
static void connected(uint32_t *ret_peer, uint32_t *ret_own)
{
    uint32_t listener = listening(1000, 2);

    *ret_peer = bound(true, true, PEER, 0);
    CHECK(xe_net_connect(net, *ret_peer, at(XE_NET_ADDRESS, 1000)));
    pass(2 * MS);
    CHECK(xe_net_accept(net, listener, ret_own));
}

Test(net, a_stream_begins_carries_bytes_and_ends)
{
    uint32_t listener = listening(1000, 2), peer = bound(true, true, PEER, 0), own;

    cr_expect_eq(xe_net_accept(net, listener, &own), XE_NET_EWOULDBLOCK);
    CHECK(xe_net_connect(net, peer, at(XE_NET_ADDRESS, 1000)));
    cr_expect_eq(info_of(peer).state, XE_NET_CONNECTING);
    pass(MS - 1);
    cr_expect_not(xe_net_readable(net, listener), "nothing is faster than the wire");
    pass(1);
    cr_expect(xe_net_readable(net, listener));
    CHECK(xe_net_accept(net, listener, &own));
    cr_expect_eq(info_of(own).remote.address, PEER);
    cr_expect_eq(info_of(own).local.port, 1000);
    pass(MS);
    cr_expect_eq(info_of(peer).state, XE_NET_CONNECTED);
    CHECK(xe_net_send(net, peer, NULL, "he", 2));
    CHECK(xe_net_send(net, peer, NULL, "llo", 3));
    cr_expect_eq(receive_error(own), XE_NET_EWOULDBLOCK);
    pass(MS);
    cr_expect_eq(xe_net_pending(net, own), 5);
    expect_bytes(own, "hello");
    xe_net_close(net, peer);
    cr_expect_not(xe_net_readable(net, own));
    pass(MS);
    cr_expect(xe_net_readable(net, own));
    expect_bytes(own, "");
    CHECK(xe_net_send(net, own, NULL, "x", 1));
    pass(2 * MS);
    cr_expect_eq(receive_error(own), XE_NET_ECONNRESET, "nobody is there to take it");
    cr_expect_eq(xe_net_send(net, own, NULL, "x", 1), XE_NET_ECONNRESET);
}

Test(net, streams_within_the_console)
{
    uint32_t listener = listening(80, 1), client = opened(false, true), server;

    CHECK(xe_net_connect(net, client, at(0x7F000001, 80)));
    cr_expect_eq(xe_net_connect(net, client, at(0x7F000001, 80)), XE_NET_EALREADY);
    cr_expect_not(xe_net_writable(net, client));
    pass(2 * MS);
    cr_expect(xe_net_writable(net, client));
    cr_expect_eq(xe_net_connect(net, client, at(0x7F000001, 80)), XE_NET_EISCONN);
    CHECK(xe_net_accept(net, listener, &server));
    CHECK(xe_net_send(net, server, NULL, "hi", 2));
    CHECK(xe_net_shutdown(net, server, false, true));
    cr_expect_eq(xe_net_send(net, server, NULL, "hi", 2), XE_NET_ESHUTDOWN);
    pass(MS);
    expect_bytes(client, "hi");
    expect_bytes(client, "");
    CHECK(xe_net_send(net, client, NULL, "still", 5));
    pass(MS);
    expect_bytes(server, "still");
}

static void expect_refused(struct xe_net_place place, uint32_t error)
{
    uint32_t client = opened(false, true);

    CHECK(xe_net_connect(net, client, place));
    pass(2 * MS);
    cr_expect(xe_net_failed(net, client));
    cr_expect_eq(xe_net_take_error(net, client), error);
    cr_expect_eq(xe_net_take_error(net, client), 0);
    cr_expect_eq(receive_error(client), XE_NET_ENOTCONN);
    xe_net_close(net, client);
}

Test(net, who_is_not_there_refuses_or_is_not_reached)
{
    uint32_t listener = listening(80, 1), first = opened(false, true), server;

    bound(true, false, PEER, 7);
    expect_refused(at(XE_NET_ADDRESS, 81), XE_NET_ECONNREFUSED);
    expect_refused(at(PEER, 7), XE_NET_ECONNREFUSED);
    expect_refused(at(0x0A000063, 7), XE_NET_EHOSTUNREACH);
    CHECK(xe_net_connect(net, first, at(XE_NET_ADDRESS, 80)));
    pass(2 * MS);
    expect_refused(at(XE_NET_ADDRESS, 80), XE_NET_ECONNREFUSED); /* one may wait */
    CHECK(xe_net_accept(net, listener, &server));
    xe_net_close(net, listener);
    cr_expect_eq(info_of(first).state, XE_NET_CONNECTED);
}

Test(net, what_was_not_accepted_ends_with_its_listener)
{
    uint32_t listener = listening(80, 1), client = opened(false, true);

    CHECK(xe_net_connect(net, client, at(XE_NET_ADDRESS, 80)));
    pass(2 * MS);
    xe_net_close(net, listener);
    pass(MS);
    cr_expect_eq(info_of(client).state, XE_NET_BROKEN);
    cr_expect_eq(receive_error(client), XE_NET_ECONNRESET);
}

Test(net, a_peer_listens_and_keeps_what_it_is_sent)
{
    uint32_t peer = bound(true, true, PEER, 80), client = opened(false, true);
    struct xe_net_info info;

    CHECK(xe_net_listen(net, peer, 5));
    CHECK(xe_net_connect(net, client, at(PEER, 80)));
    pass(2 * MS);
    cr_assert_eq(info_of(client).state, XE_NET_CONNECTED);
    for (uint32_t i = 0; i < XE_NET_KEPT_MAX + 10; i++) {
        CHECK(xe_net_send(net, client, NULL, "word", 4));
        pass(MS);
    }
    cr_assert(xe_net_peer(net, info_of(client).other, &info));
    cr_expect_eq(info.came, XE_NET_KEPT_MAX + 10);
    cr_expect_eq(info.lost, 10);
    cr_expect(!xe_net_peer(net, client, &info), "the title's own is no peer");
}

Test(net, a_sender_waits_for_room)
{
    static uint8_t bytes[XE_NET_WINDOW];
    struct xe_net_place from;
    uint32_t peer, own, size;

    connected(&peer, &own);
    CHECK(xe_net_send(net, peer, NULL, bytes, sizeof(bytes) - 1));
    cr_expect_eq(xe_net_room(net, peer), 1);
    CHECK(xe_net_send(net, peer, NULL, bytes, 100)); /* some room takes all of it */
    cr_expect_eq(xe_net_send(net, peer, NULL, bytes, 1), XE_NET_EWOULDBLOCK);
    pass(MS);
    cr_expect_not(xe_net_writable(net, peer));
    CHECK(xe_net_receive(net, own, true, bytes, 1000, &size, &from));
    cr_expect_not(xe_net_writable(net, peer), "a peek takes nothing");
    CHECK(xe_net_receive(net, own, false, bytes, 1000, &size, &from));
    cr_expect(xe_net_writable(net, peer));
    for (uint32_t i = 0; i < XE__NET_QUEUE; i++)
        if (xe_net_send(net, peer, NULL, bytes, 1))
            return;
    cr_expect_eq(xe_net_send(net, peer, NULL, bytes, 1), XE_NET_EWOULDBLOCK, "packets have an end");
}

Test(net, datagrams_find_whom_they_are_for)
{
    uint32_t own = bound(false, false, 0, 1000), peer = bound(true, false, PEER, 4000);
    uint32_t other = bound(true, false, PEER + 9, 4000), size;
    struct xe_net_place to = at(XE_NET_ADDRESS, 1000), from;
    uint8_t bytes[4];

    CHECK(xe_net_send(net, peer, &to, "query", 5));
    CHECK(xe_net_send(net, other, &to, "q2", 2));
    cr_expect_eq(receive_error(own), XE_NET_EWOULDBLOCK);
    pass(MS);
    cr_expect_eq(xe_net_pending(net, own), 5);
    cr_expect_eq(xe_net_receive(net, own, false, bytes, 4, &size, &from), XE_NET_EMSGSIZE);
    cr_expect(size == 4 && !memcmp(bytes, "quer", 4));
    cr_expect(from.address == PEER && from.port == 4000);
    CHECK(xe_net_connect(net, own, at(PEER, 4000)));
    CHECK(xe_net_receive(net, own, false, bytes, 4, &size, &from));
    CHECK(xe_net_send(net, other, &to, "q3", 2));
    pass(MS);
    cr_expect_eq(receive_error(own), XE_NET_EWOULDBLOCK, "it is connected to another");
    CHECK(xe_net_send(net, own, NULL, "answer", 6));
    pass(MS);
    cr_expect_eq(info_of(peer).came, 1);
    cr_expect_eq(info_of(other).came, 0);
}

Test(net, a_broadcast_comes_to_all_but_its_sender)
{
    uint32_t own = bound(false, false, 0, 7), peer = bound(true, false, PEER, 7);
    uint32_t other = bound(true, false, PEER + 9, 7), deaf = bound(true, false, PEER + 9, 8);
    struct xe_net_place all = at(UINT32_MAX, 7);

    CHECK(xe_net_send(net, own, &all, "a", 1));
    pass(MS);
    cr_expect_eq(info_of(peer).came + info_of(other).came, 2);
    cr_expect_eq(info_of(own).came + info_of(deaf).came, 0);
}

Test(net, places_are_checked)
{
    uint32_t s = bound(false, true, 0, 80), again = opened(false, true), peer = opened(true, false);

    cr_expect_eq(xe_net_bind(net, s, at(0, 81)), XE_NET_EINVAL, "it has one");
    cr_expect_eq(xe_net_bind(net, again, at(0, 80)), XE_NET_EADDRINUSE);
    cr_expect_eq(xe_net_bind(net, again, at(PEER, 80)), XE_NET_EADDRNOTAVAIL);
    *xe_net_option(net, s, XE_NET_REUSE) = *xe_net_option(net, again, XE_NET_REUSE) = 1;
    CHECK(xe_net_bind(net, again, at(0, 80)));
    cr_expect_eq(xe_net_bind(net, peer, at(XE_NET_ADDRESS, 80)), XE_NET_EADDRNOTAVAIL);
    cr_expect_eq(xe_net_bind(net, peer, at(UINT32_MAX, 80)), XE_NET_EADDRNOTAVAIL);
    CHECK(bound(false, false, 0, 80) ? 0 : 1);
    cr_expect_eq(xe_net_listen(net, peer, 1), XE_NET_EOPNOTSUPP);
    cr_expect_eq(xe_net_connect(net, s, at(0, 80)), XE_NET_EADDRNOTAVAIL);
    cr_expect_eq(xe_net_bind(net, 0x7FFFFFFF, at(0, 80)), XE_NET_ENOTSOCK);
}

Test(net, there_is_an_end_to_everything)
{
    static uint8_t bytes[XE_NET_DATAGRAM + 1];
    uint32_t own = bound(false, false, 0, 7), number;
    struct xe_net_place to = at(XE_NET_ADDRESS, 7);

    cr_expect_eq(xe_net_send(net, own, &to, bytes, sizeof(bytes)), XE_NET_EMSGSIZE);
    for (uint32_t i = 0; i < 3 * XE__NET_WIRE; i++)
        CHECK(xe_net_send(net, own, &to, bytes, i % 1000));
    cr_expect_leq(xe_net_flying(net), XE__NET_WIRE);
    pass(MS);
    cr_expect_leq(info_of(own).unread, XE_NET_WINDOW);
    cr_expect_leq(info_of(own).datagrams, XE__NET_QUEUE);
    cr_expect_gt(info_of(own).lost, 0);
    for (uint32_t i = 1; i < XE_NET_SOCKETS; i++)
        opened(false, true);
    cr_expect_eq(xe_net_open(net, false, true, &number), XE_NET_EMFILE);
}

/* ---- state ---------------------------------------------------------------------------------- */

static uint8_t *saved(size_t *ret_size)
{
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    xe_codec_section(&c, "net");
    xe_net_state(&c, net);
    cr_assert(xe_codec_end(&c));
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

static bool load(const void *bytes, size_t size)
{
    struct xe_codec c;
    bool done;

    xe_codec_init_load(&c, bytes, size);
    xe_codec_section(&c, "net");
    xe_net_state(&c, net);
    done = xe_codec_end(&c);
    xe_codec_fini(&c);
    return done;
}

Test(net, goes_on_from_a_state_with_packets_in_flight)
{
    struct xe_net_place to = at(XE_NET_ADDRESS, 7);
    uint32_t peer, own, udp = bound(false, false, 0, 7);
    size_t size, again;
    uint8_t *bytes, *copy;

    connected(&peer, &own);
    CHECK(xe_net_send(net, peer, NULL, "one", 3));
    CHECK(xe_net_send(net, udp, &to, "self", 4));
    pass(MS / 2);
    CHECK(xe_net_send(net, peer, NULL, "two", 3));
    bytes = saved(&size);
    xe_net_destroy(net);
    net = xe_net_create();
    cr_assert(load(bytes, size));
    copy = saved(&again);
    cr_expect(size == again && !memcmp(bytes, copy, size));
    cr_expect_eq(xe_net_room(net, peer), XE_NET_WINDOW - 6);
    pass(MS / 2);
    expect_bytes(own, "one");
    expect_bytes(udp, "self");
    pass(MS / 2);
    expect_bytes(own, "two");
    for (size_t i = 0; i < size; i += 7) { /* whatever it says, it is refused or it holds */
        bytes[i] ^= 0x41;
        if (load(bytes, size))
            pass(MS);
        bytes[i] ^= 0x41;
    }
    xe_free(bytes);
    xe_free(copy);
}

static void socket_state(struct xe_codec *c, void *sample)
{
    xe__net_socket_state(c, sample);
}

#define S struct xe_net_socket
Test(net, every_field_is_state)
{
    static S s = {.state = XE_NET_OPEN};
    static const struct field_range except[] = {
        FIELD_HOLE(S, stream, local),
        FIELD_HOLE(S, deaf, error),
        FIELD(S, queue, FIELD_LEADS, "goes_on_from_a_state_with_packets_in_flight"),
        FIELD(S, coming, FIELD_NONE, "follows from the wire"),
        FIELD(S, coming_bytes, FIELD_NONE, "follows from the wire"),
    };

    fields_check(&(struct field_test){"xe_net_socket", &s, sizeof(s), socket_state, except,
                                      sizeof(except) / sizeof(except[0])});
}

static void name_state(struct xe_codec *c, void *sample)
{
    xe__net_name_state(c, sample);
}

Test(net, names_lead_somewhere_until_they_are_forgotten)
{
    static struct xe_net_name name = {.text = "text"};
    static const struct field_range except[] = {
        FIELD(struct xe_net_name, text, FIELD_LEADS, "a name is checked"),
    };
    char text[XE_NET_NAME + 1] = "";

    CHECK(xe_net_name_set(net, "a.example", 0x0A000001));
    CHECK(xe_net_name_set(net, "b.example", 0x0A000002));
    CHECK(xe_net_name_set(net, "A.EXAMPLE", 0x0A000003));
    cr_expect_eq(xe_net_lookup(net, "a.example"), 0x0A000003);
    CHECK(xe_net_name_set(net, "a.example", 0));
    cr_expect_eq(xe_net_lookup(net, "a.example"), 0);
    cr_expect_eq(xe_net_lookup(net, "b.Example"), 0x0A000002);
    cr_expect_eq(xe_net_name_set(net, "a.example", 0), XE_NET_EINVAL, "it is forgotten");
    cr_expect_eq(xe_net_name_set(net, "a b", 1), XE_NET_EINVAL);
    cr_expect_eq(xe_net_name_set(net, "", 1), XE_NET_EINVAL);
    memset(text, 'a', XE_NET_NAME);
    cr_expect_eq(xe_net_name_set(net, text, 1), XE_NET_EINVAL, "too long");
    for (char c = '!'; net->names < XE_NET_NAMES; c++)
        CHECK(xe_net_name_set(net, (char[]){c, '\0'}, 1));
    cr_expect_eq(xe_net_name_set(net, "one.more", 1), XE_NET_ENOBUFS);
    CHECK(xe_net_name_set(net, "!", 2));
    fields_check(&(struct field_test){"xe_net_name", &name, sizeof(name), name_state, except, 1});
}
