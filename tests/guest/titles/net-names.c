/* What comes by UDP to port 1000 is a name to look up; its address goes back, until the name is
 * "quit". Receives are begun, and their end is waited for. Where nobody is on the network, one is
 * begun, and ends with its socket. */
#define TITLE "net-names"
#include "check.h"

#define CALLER     1u
#define AF_INET    2u
#define DATAGRAM   2u
#define CONSOLE    0x0A000002u
#define PENDING    0x103u
#define IO_PENDING 997u
#define ABORTED    995u
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
struct dns {
    s32 status;
    u32 count, address[8];
};

s32 NetDll_socket(u32 caller, u32 family, u32 type, u32 protocol);
s32 NetDll_closesocket(u32 caller, s32 s);
s32 NetDll_bind(u32 caller, s32 s, const struct place *place, u32 size);
s32 NetDll_sendto(u32 caller, s32 s, const void *bytes, u32 size, u32 flags,
                  const struct place *place, u32 place_size);
s32 NetDll_WSARecvFrom(u32 caller, s32 s, struct buffer *buffers, u32 count, u32 *received,
                       u32 *flags, struct place *from, u32 *from_size,
                       struct overlapped *overlapped, void *routine);
u32 NetDll_WSAGetOverlappedResult(u32 caller, s32 s, struct overlapped *overlapped, u32 *bytes,
                                  u32 wait, u32 *flags);
u32 NetDll_WSAGetLastError(void);
HANDLE NetDll_WSACreateEvent(void);
u32 NetDll_XNetDnsLookup(u32 caller, const char *name, HANDLE event, struct dns **dns);
u32 NetDll_XNetDnsRelease(u32 caller, struct dns *dns);
u32 NetDll_XNetGetTitleXnAddr(u32 caller, u32 *address);

static struct overlapped later;
static char text[64];
static struct place from;
static u32 from_size, flags;

static void begin(s32 s)
{
    struct buffer room = {sizeof(text) - 1, text};
    u32 received;

    from_size = sizeof(from);
    flags = 0;
    CHECK(NetDll_WSARecvFrom(CALLER, s, &room, 1, &received, &flags, &from, &from_size, &later,
                             NULL) == NONE);
    CHECK(NetDll_WSAGetLastError() == IO_PENDING);
    CHECK(later.result == PENDING);
}

static u32 look_up(const char *name)
{
    struct dns *dns = NULL;
    u32 address = 0;

    CHECK(NetDll_XNetDnsLookup(CALLER, name, 0, &dns) == 0);
    if (dns && dns->status == 0 && dns->count)
        address = dns->address[0];
    CHECK(NetDll_XNetDnsRelease(CALLER, dns) == 0);
    return address;
}

/* false: it was told to quit. */
static u32 serve(s32 s)
{
    u32 bytes = 0, address;

    begin(s);
    CHECK(NetDll_WSAGetOverlappedResult(CALLER, s, &later, &bytes, 1, &flags) == 1);
    text[bytes] = '\0';
    address = look_up(text);
    DbgPrint("%s = %08x\n", text, address);
    CHECK(NetDll_sendto(CALLER, s, &address, 4, 0, &from, sizeof(from)) == 4);
    return text[0] != 'q';
}

int main(void)
{
    struct place place = {AF_INET, 1000, 0, {0}};
    s32 s = NetDll_socket(CALLER, AF_INET, DATAGRAM, 0);
    u32 address[9] = {0};

    later.event = NetDll_WSACreateEvent();
    CHECK(NetDll_bind(CALLER, s, &place, sizeof(place)) == 0);
    NetDll_XNetGetTitleXnAddr(CALLER, address);
    while (address[0] == CONSOLE && serve(s))
        ;
    begin(s);
    CHECK(NetDll_closesocket(CALLER, s) == 0);
    CHECK(later.result == ABORTED);
    CHECK(wait_ms(later.event, 0) == 0);
    return verdict();
}
