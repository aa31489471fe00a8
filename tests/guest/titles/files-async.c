/* Requests that are done later: by the file itself, an event, an APC, a port; in which order, and
 * what becomes of those that are taken back. */
#define TITLE "files-async"
#include "files.h"

NTSTATUS NtCreateIoCompletion(HANDLE *port, u32 access, struct object_attributes *attributes,
                              u32 threads);
NTSTATUS NtRemoveIoCompletion(HANDLE port, u32 *key, u32 *context, struct io_status_block *iosb,
                              const s64 *timeout);

#define PART  0x10000u
#define PARTS 16u

static char part[PART * 2];
static struct io_status_block status[PARTS];
static HANDLE file;
static volatile u32 apcs, order;
static u32 packet;

static HANDLE open_async(void)
{
    HANDLE handle;

    CHECK(create("cache:\\async.bin", &handle, GENERIC_READ | GENERIC_WRITE, 3, FILE_OPEN,
                 OPTION_NO_FOLDER) == 0);
    return handle;
}

static NTSTATUS read_at(u32 n, HANDLE event, io_apc *apc, void *context)
{
    u64 at = (u64)n * PART;

    status[n].status = STATUS_PENDING;
    return NtReadFile(file, event, apc, context, &status[n], part, 0x100, &at);
}

static void fill(void)
{
    HANDLE handle = make("cache:\\async.bin");

    for (u32 i = 0; i < PARTS; i++) {
        part[0] = (char)('a' + i);
        CHECK(NtWriteFile(handle, 0, NULL, NULL, &done, part, PART, NULL) == 0);
    }
    NtClose(handle);
}

static void by_file(void)
{
    CHECK(read_at(1, 0, NULL, NULL) == STATUS_PENDING);
    CHECK(status[1].status == STATUS_PENDING);
    CHECK(wait_ms(file, 0) == STATUS_TIMEOUT);
    CHECK(wait(file) == 0);
    CHECK(status[1].status == 0 && status[1].information == 0x100 && part[0] == 'b');
    CHECK(wait_ms(file, 0) == 0);
}

static void by_event(void)
{
    HANDLE event = make_event(1, 1);

    CHECK(read_at(2, event, NULL, NULL) == STATUS_PENDING);
    CHECK(wait_ms(event, 0) == STATUS_TIMEOUT); /* it was reset */
    CHECK(wait(event) == 0);
    CHECK(status[2].status == 0 && part[0] == 'c');
    NtClose(event);
}

static void done_apc(void *context, struct io_status_block *block, u32 reserved)
{
    apcs++;
    order = order * 16 + (u32)(block - status);
    CHECK(context == &order && block->status == 0 && reserved == 0);
}

static void by_apc(void)
{
    s64 soon = MS(100);

    for (u32 i = 3; i < 6; i++)
        CHECK(read_at(i, 0, done_apc, (void *)&order) == STATUS_PENDING);
    CHECK(apcs == 0);
    while (apcs < 3)
        CHECK(KeDelayExecutionThread(1, 1, &soon) == STATUS_USER_APC);
    CHECK(order == 0x345);
}

static void by_port(void)
{
    struct io_status_block got;
    u32 key = 0, context = 0, binding[2];
    HANDLE event = make_event(0, 0);
    s64 now = 0;

    CHECK(NtCreateIoCompletion(&binding[0], 0x1F0003, NULL, 0) == 0);
    binding[1] = 0xFEED;
    CHECK(NtSetInformationFile(file, &done, binding, 8, 0x1E) == 0);
    CHECK(read_at(6, 0, NULL, &packet) == STATUS_PENDING);
    CHECK(read_at(7, event, NULL, NULL) == STATUS_PENDING); /* no context: no packet */
    CHECK(NtRemoveIoCompletion(binding[0], &key, &context, &got, NULL) == 0);
    CHECK(key == 0xFEED && context == (u32)&packet && got.status == 0 && got.information == 0x100);
    CHECK(wait(event) == 0 && status[7].status == 0);
    NtClose(event);
    CHECK(NtRemoveIoCompletion(binding[0], &key, &context, &got, &now) == STATUS_TIMEOUT);
    NtClose(binding[0]);
}

static void at_the_end(void)
{
    u64 at = (u64)PARTS * PART, near = at - 8;

    CHECK(NtReadFile(file, 0, NULL, NULL, &done, part, 16, &at) == STATUS_END_OF_FILE);
    CHECK(NtReadFile(file, 0, NULL, NULL, &done, part, 16, &near) == STATUS_PENDING);
    CHECK(wait(file) == 0 && done.status == 0 && done.information == 8);
}

static void taken_back(void)
{
    HANDLE event = make_event(0, 0);

    CHECK(read_at(8, event, NULL, NULL) == STATUS_PENDING);
    CHECK(NtCancelIoFile(file, &done) == 0);
    CHECK(status[8].status == STATUS_CANCELLED && wait_ms(event, 0) == 0);
    CHECK(read_at(9, event, NULL, NULL) == STATUS_PENDING);
    CHECK(wait_ms(event, 0) == STATUS_TIMEOUT);
    NtClose(file);
    CHECK(status[9].status == STATUS_CANCELLED && wait_ms(event, 0) == 0);
    NtClose(event);
}

/* Two threads with one synchronous file take turns. */
static u32 reader(void *context)
{
    char mine[0x100];
    u64 at = 0;

    for (u32 i = 0; i < PARTS; i++) {
        at = (u64)i * PART;
        CHECK(NtReadFile(file, 0, NULL, NULL, &status[(u32)context], mine, 0x100, &at) == 0);
        CHECK(mine[0] == (char)('a' + i) && status[(u32)context].information == 0x100);
    }
    return 0;
}

static void by_turns(void)
{
    HANDLE thread[2];

    CHECK(create("cache:\\async.bin", &file, GENERIC_READ | ACCESS_SYNC, 1, FILE_OPEN,
                 OPTION_SYNC) == 0);
    thread[0] = start(reader, (void *)0, 2);
    thread[1] = start(reader, (void *)1, 4);
    join(thread[0]);
    join(thread[1]);
    NtClose(file);
}

int main(void)
{
    fill();
    file = open_async();
    by_file();
    by_event();
    by_apc();
    by_port();
    at_the_end();
    taken_back();
    by_turns();
    return verdict();
}
