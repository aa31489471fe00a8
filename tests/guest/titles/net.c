/* A server: what comes by TCP to port 80 goes back in capitals, what comes by UDP to port 1000 goes
 * back with its length in front, until that is "quit". A thread of its own is a client of it. Where
 * nobody is on the network, it only sees that. */
#define TITLE "net"
#include "check.h"

#define CALLER      1u
#define AF_INET     2u
#define STREAM      1u
#define DATAGRAM    2u
#define LOOPBACK    0x7F000001u
#define UNREACHABLE 10051u
#define CLIENTS     8u
#define NONE        (-1)

struct place {
    u16 family, port;
    u32 address;
    u8 zero[8];
};
struct set {
    u32 count;
    s32 socket[64];
};

s32 NetDll_socket(u32 caller, u32 family, u32 type, u32 protocol);
s32 NetDll_closesocket(u32 caller, s32 s);
s32 NetDll_shutdown(u32 caller, s32 s, u32 how);
s32 NetDll_bind(u32 caller, s32 s, const struct place *place, u32 size);
s32 NetDll_listen(u32 caller, s32 s, u32 backlog);
s32 NetDll_accept(u32 caller, s32 s, struct place *place, u32 *size);
s32 NetDll_connect(u32 caller, s32 s, const struct place *place, u32 size);
s32 NetDll_send(u32 caller, s32 s, const void *bytes, u32 size, u32 flags);
s32 NetDll_recv(u32 caller, s32 s, void *bytes, u32 size, u32 flags);
s32 NetDll_sendto(u32 caller, s32 s, const void *bytes, u32 size, u32 flags,
                  const struct place *place, u32 place_size);
s32 NetDll_recvfrom(u32 caller, s32 s, void *bytes, u32 size, u32 flags, struct place *place,
                    u32 *place_size);
s32 NetDll_select(u32 caller, u32 n, struct set *read, struct set *write, struct set *except,
                  const void *timeout);
u32 NetDll___WSAFDIsSet(s32 s, const struct set *set);
u32 NetDll_WSAGetLastError(void);

static s32 client[CLIENTS];

static s32 open_at(u32 type, u16 port)
{
    struct place place = {AF_INET, port, 0, {0}};
    s32 s = NetDll_socket(CALLER, AF_INET, type, 0);

    CHECK(s != NONE);
    CHECK(NetDll_bind(CALLER, s, &place, sizeof(place)) == 0);
    return s;
}

/* ---- the client within ---------------------------------------------------------------------- */

static s32 call_server(void)
{
    struct place place = {AF_INET, 80, LOOPBACK, {0}};
    s32 s = NetDll_socket(CALLER, AF_INET, STREAM, 0);

    if (NetDll_connect(CALLER, s, &place, sizeof(place)) == 0)
        return s;
    CHECK(NetDll_WSAGetLastError() == UNREACHABLE);
    NetDll_closesocket(CALLER, s);
    return NONE;
}

static u32 talk(void *context)
{
    s32 s = (s32)(u32)context;
    char bytes[16] = {0};
    u32 n = 0;
    s32 got;

    CHECK(NetDll_send(CALLER, s, "within", 6, 0) == 6);
    CHECK(NetDll_shutdown(CALLER, s, 1) == 0);
    while ((got = NetDll_recv(CALLER, s, bytes + n, sizeof(bytes) - 1 - n, 0)) > 0)
        n += (u32)got;
    CHECK(got == 0);
    DbgPrint("client: %s\n", bytes);
    NetDll_closesocket(CALLER, s);
    return 0;
}

/* ---- the server ----------------------------------------------------------------------------- */

static void take(s32 listener)
{
    struct place place;
    u32 size = sizeof(place), i = 0;
    s32 s = NetDll_accept(CALLER, listener, &place, &size);

    CHECK(s != NONE && size == sizeof(place));
    while (i < CLIENTS && client[i])
        i++;
    DbgPrint("server: %08x\n", place.address);
    if (i < CLIENTS)
        client[i] = s;
    else
        NetDll_closesocket(CALLER, s);
}

static void serve(u32 i)
{
    char bytes[256];
    s32 n = NetDll_recv(CALLER, client[i], bytes, sizeof(bytes), 0);

    for (s32 k = 0; k < n; k++)
        if (bytes[k] >= 'a' && bytes[k] <= 'z')
            bytes[k] -= 'a' - 'A';
    if (n > 0) {
        CHECK(NetDll_send(CALLER, client[i], bytes, (u32)n, 0) == n);
        return;
    }
    DbgPrint("server: %s\n", n ? "reset" : "end");
    NetDll_closesocket(CALLER, client[i]);
    client[i] = 0;
}

/* false: it was told to quit. */
static u32 answer(s32 udp)
{
    struct place from;
    u32 size = sizeof(from);
    u8 bytes[300];
    s32 n = NetDll_recvfrom(CALLER, udp, bytes + 1, sizeof(bytes) - 1, 0, &from, &size);

    if (n < 0)
        return 1;
    bytes[0] = (u8)n;
    CHECK(NetDll_sendto(CALLER, udp, bytes, (u32)n + 1, 0, &from, sizeof(from)) == n + 1);
    DbgPrint("datagram: %u bytes from %08x:%u\n", (u32)n, from.address, from.port);
    return n != 4 || bytes[1] != 'q';
}

static u32 turn(s32 tcp, s32 udp)
{
    struct set set = {2, {tcp, udp}};
    u32 go_on = 1;

    for (u32 i = 0; i < CLIENTS; i++)
        if (client[i])
            set.socket[set.count++] = client[i];
    CHECK(NetDll_select(CALLER, 0, &set, NULL, NULL, NULL) > 0);
    for (u32 i = 0; i < CLIENTS; i++)
        if (client[i] && NetDll___WSAFDIsSet(client[i], &set))
            serve(i);
    if (NetDll___WSAFDIsSet(tcp, &set))
        take(tcp);
    if (NetDll___WSAFDIsSet(udp, &set))
        go_on = answer(udp);
    return go_on;
}

int main(void)
{
    s32 tcp = open_at(STREAM, 80), udp = open_at(DATAGRAM, 1000), s;
    HANDLE thread;

    CHECK(NetDll_listen(CALLER, tcp, 4) == 0);
    s = call_server();
    if (s == NONE) {
        DbgPrint("nobody is there\n");
        return verdict();
    }
    thread = start(talk, (void *)(u32)s, 2);
    while (turn(tcp, udp))
        ;
    join(thread);
    return verdict();
}
