/* Kernel queues and completion ports: who of several is woken, how many may be at work, what is
 * left of an entry, and what a rundown gives back. */
#define FAMILY "nt-queues"
#include "nt.h"

#define NOTHING ((struct list_entry *)STATUS_TIMEOUT)

NTSTATUS NtCreateIoCompletion(HANDLE *port, u32 access, struct object_attributes *attributes,
                              u32 threads);
NTSTATUS NtSetIoCompletion(HANDLE port, u32 key, u32 context, NTSTATUS status, u32 information);
NTSTATUS NtQueryIoCompletion(HANDLE port, u32 *depth);
NTSTATUS NtRemoveIoCompletion(HANDLE port, u32 *key, u32 *context, struct io_status_block *iosb,
                              const s64 *timeout);
struct list_entry *KeRundownQueue(struct kqueue *queue);

/* One for each part: who has served a queue is counted there until it serves another. */
static struct kqueue queue, others, patient, limited;
static struct list_entry entry[4];
static volatile u32 order, working, go_on;
static HANDLE port;

static struct list_entry *take(struct kqueue *from)
{
    s64 now = 0;

    return KeRemoveQueue(from, 0, &now);
}

static void entries(void)
{
    KeInitializeQueue(&queue, 2);
    IS("type", queue.header.type, 4);
    IS("maximum", queue.maximum, 2);
    IS("first insert finds 0", KeInsertQueue(&queue, &entry[0]), 0);
    IS("second insert finds 1", KeInsertQueue(&queue, &entry[1]), 1);
    IS("insert at the head finds 2", KeInsertHeadQueue(&queue, &entry[2]), 2);
    IS("the head comes first", take(&queue), &entry[2]);
    IS("a removed entry points nowhere", entry[2].next, 0);
    IS("then in order", take(&queue), &entry[0]);
    IS("to the last", take(&queue), &entry[1]);
    IS("the last points nowhere, too", entry[1].next, 0);
    IS("nothing left", take(&queue), NOTHING);
    IS("nobody but us is at work", queue.current, 1);
}

static void rundown(void)
{
    static struct kqueue other;

    KeInitializeQueue(&other, 1);
    IS("rundown of an empty queue", KeRundownQueue(&other), 0);
    for (u32 i = 0; i < 3; i++)
        KeInsertQueue(&other, &entry[i]);
    IS("rundown gives the first", KeRundownQueue(&other), &entry[0]);
    IS("which leads to the second", entry[0].next, &entry[1]);
    IS("and so on", entry[1].next, &entry[2]);
    IS("and from the last back to it", entry[2].next, &entry[0]);
    IS("backwards as well", entry[0].prev, &entry[2]);
    KeInitializeQueue(&other, 1);
    KeInsertQueue(&other, &entry[3]);
    KeRundownQueue(&other);
    IS("one entry is a ring of one", entry[3].next, &entry[3]);
    IS("both ways", entry[3].prev, &entry[3]);
}

static u32 serve_once(void *context)
{
    KeRemoveQueue(&others, 0, NULL);
    order = order * 10 + (u32)context;
    return 0;
}

static void last_first(void)
{
    HANDLE thread[3];

    KeInitializeQueue(&others, 3);
    for (u32 i = 0; i < 3; i++) {
        thread[i] = start(serve_once, (void *)(i + 1), 1 + i);
        settle();
    }
    order = 0;
    for (u32 i = 0; i < 3; i++) {
        IS("an entry that is handed over counts as none", KeInsertQueue(&others, &entry[i]), 0);
        settle();
    }
    IS("who came last is woken first", order, 321);
    for (u32 i = 0; i < 3; i++)
        join(thread[i]);
    IS("who ended is not at work", others.current, 0);
}

/* Who gave up is in no line any more, and who comes back stands in front. */
static u32 serve_impatiently(void *context)
{
    s64 soon = MS(2);

    while (!go_on && KeRemoveQueue(&patient, 0, &soon) == NOTHING)
        order++;
    return 0;
}

static void gave_up(void)
{
    HANDLE thread;

    KeInitializeQueue(&patient, 1);
    order = go_on = 0;
    thread = start(serve_impatiently, NULL, 1);
    sleep_ms(5);
    IS("it gave up", order, 2);
    KeInsertQueue(&patient, &entry[0]);
    settle();
    IS("and got it in the end", patient.header.signal_state, 0);
    go_on = 1;
    join(thread);
}

static u32 work_until_told(void *context)
{
    KeRemoveQueue(&limited, 0, NULL);
    working++;
    while (!go_on)
        ;
    sleep_ms(3);
    return 0;
}

static void concurrency(void)
{
    HANDLE one, two;

    KeInitializeQueue(&limited, 1);
    working = go_on = 0;
    one = start(work_until_told, NULL, 1);
    two = start(work_until_told, NULL, 2);
    settle();
    KeInsertQueue(&limited, &entry[0]);
    KeInsertQueue(&limited, &entry[1]);
    settle();
    IS("one is at work", working, 1);
    IS("its place is taken", limited.current, 1);
    IS("an entry waits", limited.header.signal_state, 1);
    go_on = 1;
    settle();
    IS("when it waits itself the next may work", working, 2);
    join(one);
    join(two);
}

static u32 serve_port(void *context)
{
    struct io_status_block iosb;
    u32 key = 0, value;

    NtRemoveIoCompletion(port, &key, &value, &iosb, NULL);
    order = order * 10 + key;
    working++;
    while (!go_on)
        ;
    sleep_ms(3);
    return 0;
}

static void ports(void)
{
    struct io_status_block iosb = {7, 8};
    HANDLE one, two, event = event_of(0, 0);
    u32 key = 5, value = 6, depth = 9;
    s64 now = 0;

    IS("create", NtCreateIoCompletion(&port, 0x1F0003, NULL, 1), 0);
    IS("empty", NtRemoveIoCompletion(port, &key, &value, &iosb, &now), STATUS_TIMEOUT);
    SO("leaves what it was given", key == 5 && value == 6 && iosb.status == 7);
    IS("of another type", NtSetIoCompletion(event, 1, 2, 3, 4), 0xC0000024);
    IS("of nothing", NtSetIoCompletion(0x7F000, 1, 2, 3, 4), 0xC0000008);
    NtSetIoCompletion(port, 1, 2, 3, 4);
    NtQueryIoCompletion(port, &depth);
    IS("depth", depth, 1);
    IS("remove", NtRemoveIoCompletion(port, &key, &value, &iosb, &now), 0);
    SO("gives what was posted",
       key == 1 && value == 2 && iosb.status == 3 && iosb.information == 4);
    order = working = go_on = 0;
    one = start(serve_port, NULL, 1);
    settle();
    two = start(serve_port, NULL, 2);
    sleep_ms(2); /* this thread waits: it isn't at work for the port */
    NtSetIoCompletion(port, 1, 0, 0, 0);
    NtSetIoCompletion(port, 2, 0, 0, 0);
    settle();
    IS("a port for one has one at work", working, 1);
    go_on = 1;
    settle();
    IS("and the other when that one waits", working, 2);
    IS("packets are in order", order, 12);
    join(one);
    join(two);
    IS("close", NtClose(port), 0);
}

int main(void)
{
    entries();
    rundown();
    last_first();
    gave_up();
    concurrency();
    ports();
    return verdict();
}
