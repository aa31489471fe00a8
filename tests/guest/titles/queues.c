/* Kernel queues: entries come out in order, a waiting thread is handed the entry itself, and only
 * as many threads run as the queue allows. */
#define TITLE "queues"
#include "check.h"

#define ENTRIES 30
#define WORKERS 3

struct entry {
    struct list_entry link; /* first, so that the pointers are the same */
    u32 number;
};

static struct kqueue queue;
static struct entry entry[ENTRIES], stop[WORKERS];
static volatile u32 served, sum;

static struct entry *next(const s64 *timeout)
{
    return (struct entry *)KeRemoveQueue(&queue, 1, timeout);
}

static void in_order(void)
{
    s64 poll = 0;

    CHECK(KeInsertQueue(&queue, &entry[0].link) == 0);
    CHECK(KeInsertQueue(&queue, &entry[1].link) == 1);
    CHECK(KeInsertHeadQueue(&queue, &entry[2].link) == 2);
    CHECK(queue.header.signal_state == 3);
    CHECK(next(&poll) == &entry[2] && next(&poll) == &entry[0] && next(NULL) == &entry[1]);
    CHECK((u32)next(&poll) == STATUS_TIMEOUT);
}

static u32 worker(void *context)
{
    for (;;) {
        struct entry *got = next(NULL);

        if (!got->number)
            return 0;
        served++;
        sum += got->number;
    }
}

static void workers(void)
{
    HANDLE thread[WORKERS];

    for (u32 i = 0; i < WORKERS; i++)
        thread[i] = start(worker, NULL, 1 + i);
    sleep_ms(1);
    for (u32 i = 0; i < ENTRIES; i++) {
        entry[i].number = i + 1;
        KeInsertQueue(&queue, &entry[i].link);
        if (i % 5 == 0)
            sleep_ms(1);
    }
    for (u32 i = 0; i < WORKERS; i++)
        KeInsertQueue(&queue, &stop[i].link);
    for (u32 i = 0; i < WORKERS; i++)
        join(thread[i]);
    CHECK(served == ENTRIES && sum == ENTRIES * (ENTRIES + 1) / 2);
    CHECK(queue.header.signal_state == 0);
}

int main(void)
{
    KeInitializeQueue(&queue, 1);
    in_order();
    workers();
    return verdict();
}
