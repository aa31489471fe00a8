/* Small hangs with requests that the machine carries out (files, timers, listeners, sockets), and
 * with libraries, for check-explain.sh: its cases from 200 on. Threads are 2, 3, ... in the order
 * in which they start. */
#define TITLE "io_hangs"
#include "files.h"

#include <xe360/module.h>

#define AN_HOUR MS(3600000)

NTSTATUS NtCreateIoCompletion(HANDLE *port, u32 access, struct object_attributes *attributes,
                              u32 threads);
NTSTATUS NtRemoveIoCompletion(HANDLE port, u32 *key, u32 *context, struct io_status_block *iosb,
                              const s64 *timeout);
HANDLE XamNotifyCreateListener(u64 areas, u32 version);

struct place {
    u16 family, port;
    u32 address;
    u8 zero[8];
};
struct bytes {
    u32 size;
    void *at;
};
struct overlapped {
    u32 result[4];
    HANDLE event;
};
s32 NetDll_socket(u32 caller, u32 family, u32 type, u32 protocol);
s32 NetDll_bind(u32 caller, s32 s, const struct place *place, u32 size);
s32 NetDll_listen(u32 caller, s32 s, u32 backlog);
s32 NetDll_accept(u32 caller, s32 s, struct place *place, u32 *size);
s32 NetDll_WSARecv(u32 caller, s32 s, struct bytes *to, u32 count, u32 *got, u32 *flags,
                   struct overlapped *overlapped, void *routine);

static HANDLE one, two;
static struct io_status_block status[3];
static char buffer[0x400];

static u32 waits(void *context)
{
    wait((HANDLE)context);
    return 0;
}

static void doze(void)
{
    for (;;)
        sleep_ms(1);
}

/* A file whose requests are done later. */
static HANDLE open_async(void)
{
    HANDLE file = make("cache:\\io");

    NtWriteFile(file, 0, NULL, NULL, &done, buffer, sizeof(buffer), NULL);
    NtClose(file);
    create("cache:\\io", &file, GENERIC_READ | GENERIC_WRITE, 3, FILE_OPEN, OPTION_NO_FOLDER);
    return file;
}

static void read_at(HANDLE file, u32 n, HANDLE event, io_apc *apc, void *context)
{
    u64 at = (u64)n * 0x100;

    NtReadFile(file, event, apc, context, &status[n], buffer, 0x100, &at);
}

static s32 open_at(u32 type, u16 port)
{
    struct place place = {2, port, 0, {0}};
    s32 s = NetDll_socket(1, 2, type, 0);

    NetDll_bind(1, s, &place, sizeof(place));
    return s;
}

#if CASE == 200 /* three reads fill a port, four packets are waited for: nobody reads any more */
static volatile u32 packets;

static u32 takes(void *context)
{
    struct io_status_block block;
    u32 key, value;

    for (;;) {
        NtRemoveIoCompletion(one, &key, &value, &block, NULL);
        if (__sync_add_and_fetch(&packets, 1) == 4)
            NtSetEvent(two, NULL);
    }
}

int main(void)
{
    HANDLE file = open_async();
    u32 binding[2] = {0, 7};

    NtCreateIoCompletion(&one, 0x1F0003, NULL, 0);
    two = make_event(EVENT_MANUAL, 0);
    binding[0] = one;
    NtSetInformationFile(file, &done, binding, sizeof(binding), 0x1E);
    start(takes, NULL, 1);
    start(takes, NULL, 2);
    for (u32 i = 0; i < 3; i++)
        read_at(file, i, 0, NULL, (void *)(i + 1));
    wait(two);
}
#elif CASE == 201 /* who took its read back waits for its end once more */
static u32 reads(void *context)
{
    HANDLE file = open_async();

    read_at(file, 0, one, NULL, NULL);
    NtCancelIoFile(file, &done);
    wait(one);
    wait(one);
    return 0;
}

int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    start(reads, NULL, 1);
    doze();
}
#elif CASE == 202 /* healthy: the reads that one begins are what another waits for */
static u32 reads(void *context)
{
    HANDLE file = open_async();

    for (;;) {
        read_at(file, 0, one, NULL, NULL);
        sleep_ms(10);
    }
}

static u32 eats(void *context)
{
    for (;;)
        wait(one);
}

int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    start(reads, NULL, 1);
    start(eats, NULL, 2);
    doze();
}
#elif CASE == 203 /* the owner waits for a timer that it has armed itself: no circle */
static u32 holds(void *context)
{
    s64 due = AN_HOUR;

    wait(one);
    NtSetTimerEx(two, &due, NULL, 0, NULL, 0, 0, NULL);
    wait(two);
    return 0;
}

int main(void)
{
    NtCreateMutant(&one, NULL, 0);
    NtCreateTimer(&two, NULL, TIMER_AUTO);
    start(holds, NULL, 1);
    sleep_ms(1);
    start(waits, (void *)one, 2);
    doze();
}
#elif CASE == 204 /* the owner waits for a listener that main made, and that hears nothing */
static u32 holds(void *context)
{
    wait(one);
    wait(two);
    return 0;
}

int main(void)
{
    NtCreateMutant(&one, NULL, 0);
    two = XamNotifyCreateListener(2, 0);
    start(holds, NULL, 1);
    sleep_ms(1);
    start(waits, (void *)one, 2);
    doze();
}
#elif CASE == 205 /* a library's entry waits for what would be set when it is loaded */
HANDLE event_of(void);

#ifdef LIBRARY
XE_IMPORT(3, 1, event_of);

u32 DllMain(void *module, u32 reason, void *reserved)
{
    if (reason == DLL_PROCESS_ATTACH)
        wait(event_of());
    return 1;
}
#else
HANDLE event_of(void)
{
    return one;
}

int main(void)
{
    void *module;

    one = make_event(EVENT_AUTO, 0);
    XexLoadImage("game:\\205.dll", LOAD_TITLE_LIBRARY, 0, &module);
    NtSetEvent(one, NULL);
}
#endif
#elif CASE == 210 /* nobody connects, and nothing else runs */
static u32 serves(void *context)
{
    s32 listener = open_at(1, 80);
    struct place place;
    u32 size = sizeof(place);

    NetDll_listen(1, listener, 4);
    NetDll_accept(1, listener, &place, &size);
    NtSetEvent(one, NULL);
    return 0;
}

int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    start(serves, NULL, 1);
    wait(one);
}
#elif CASE == 211 /* a receive that was begun, and to which nobody sends */
static u32 receives(void *context)
{
    static struct overlapped overlapped;
    struct bytes to = {sizeof(buffer), buffer};
    s32 s = open_at(2, 1000);
    u32 got, flags = 0;

    overlapped.event = one;
    NetDll_WSARecv(1, s, &to, 1, &got, &flags, &overlapped, NULL);
    wait(one);
    return 0;
}

int main(void)
{
    one = make_event(EVENT_MANUAL, 0);
    start(receives, NULL, 1);
    doze();
}
#endif
