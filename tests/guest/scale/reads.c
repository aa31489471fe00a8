/* MANY reads of 64 KiB under way at once: begun, done in their order, and taken back. */
#include <xe360/files.h>
#include <xe360/test.h>

#define PART  0x10000u
#define PARTS 16u /* of the file */

static char part[PART];
static struct io_status_block status[MANY];
static HANDLE file;

static HANDLE open_it(u32 disposition, u32 options)
{
    static struct ansi_string name = {0, 0, "cache:\\reads.bin"};
    struct object_attributes attributes = {ROOT_DOS_DEVICES, &name, 0x40};
    struct io_status_block done;
    HANDLE handle = 0;

    name.length = sizeof("cache:\\reads.bin") - 1;
    TEST_STATUS(NtCreateFile(&handle, GENERIC_READ | GENERIC_WRITE | ACCESS_SYNC, &attributes,
                             &done, NULL, 0, SHARE_READ, disposition, options),
                STATUS_SUCCESS);
    return handle;
}

static void is_written(void)
{
    HANDLE handle = open_it(FILE_OVERWRITE_IF, OPTION_SYNC);
    struct io_status_block done;

    for (u32 i = 0; i < PARTS; i++) {
        part[0] = (char)('a' + i);
        TEST_STATUS(NtWriteFile(handle, 0, NULL, NULL, &done, part, PART, NULL), STATUS_SUCCESS);
    }
    NtClose(handle);
}

static u32 begin(HANDLE event)
{
    u32 wrong = 0;

    for (u32 i = 0; i < MANY; i++) {
        u64 at = (u64)(i % PARTS) * PART;

        status[i].status = STATUS_PENDING;
        wrong += NtReadFile(file, i == MANY - 1 ? event : 0, NULL, NULL, &status[i], part, PART,
                            &at) != STATUS_PENDING;
    }
    return wrong;
}

static u32 ended(NTSTATUS expected, u32 information)
{
    u32 wrong = 0;

    for (u32 i = 0; i < MANY; i++)
        wrong += status[i].status != expected || status[i].information != information;
    return wrong;
}

/* The last one is done after all others. */
static void are_done(void)
{
    HANDLE event = 0;

    NtCreateEvent(&event, NULL, EVENT_AUTO, 0);
    file = open_it(FILE_OPEN, 0);
    TEST_EQUAL(begin(event), 0);
    TEST_STATUS(NtWaitForSingleObjectEx(event, 1, 0, NULL), STATUS_SUCCESS);
    TEST_EQUAL(ended(STATUS_SUCCESS, PART), 0);
    TEST_EQUAL(part[0], 'a' + (MANY - 1) % PARTS);
    NtClose(event);
}

static void are_taken_back(void)
{
    struct io_status_block done;

    TEST_EQUAL(begin(0), 0);
    TEST_STATUS(NtCancelIoFile(file, &done), STATUS_SUCCESS);
    TEST_EQUAL(ended(STATUS_CANCELLED, 0), 0);
}

static void go_with_their_file(void)
{
    TEST_EQUAL(begin(0), 0);
    NtClose(file);
    TEST_EQUAL(ended(STATUS_CANCELLED, 0), 0);
}

static const struct test tests[] = {
    TEST(is_written),
    TEST(are_done),
    TEST(are_taken_back),
    TEST(go_with_their_file),
};

int main(void)
{
    static const struct test_suite suites[] = {TEST_SUITE("reads", tests)};

    return TEST_RUN(suites);
}
