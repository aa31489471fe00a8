/* MANY files in one folder: made, listed, looked for, deleted. */
#include <xe360/files.h>
#include <xe360/test.h>

static char path[] = "cache:\\many\\f00000";
static struct ansi_string name = {0, sizeof(path), path};
static struct object_attributes attributes = {ROOT_DOS_DEVICES, &name, 0x40};
static struct io_status_block done;

static struct object_attributes *numbered(u32 n)
{
    name.length = sizeof(path) - 1;
    for (u32 i = sizeof(path) - 2; path[i] != 'f'; i--, n /= 10)
        path[i] = (char)('0' + n % 10);
    return &attributes;
}

static struct object_attributes *folder(void)
{
    name.length = sizeof("cache:\\many") - 1;
    return &attributes;
}

static NTSTATUS make(struct object_attributes *what, u32 options)
{
    HANDLE handle;
    NTSTATUS status = NtCreateFile(&handle, GENERIC_READ | GENERIC_WRITE, what, &done, NULL, 0, 0,
                                   FILE_CREATE, options);

    if (status == STATUS_SUCCESS)
        NtClose(handle);
    return status;
}

static void are_made(void)
{
    u32 wrong = 0;

    TEST_STATUS(make(folder(), OPTION_FOLDER), STATUS_SUCCESS);
    for (u32 i = 0; i < MANY; i++)
        wrong += make(numbered(i * 7919 % MANY), OPTION_NO_FOLDER) != STATUS_SUCCESS;
    TEST_EQUAL(wrong, 0);
    TEST_STATUS(make(numbered(MANY / 2), OPTION_NO_FOLDER), STATUS_OBJECT_NAME_COLLISION);
}

static void are_listed(void)
{
    struct file_directory entry;
    HANDLE handle;
    u32 n = 0;

    TEST_STATUS(
        NtOpenFile(&handle, ACCESS_SYNC | 1, folder(), &done, 7, OPTION_SYNC | OPTION_FOLDER),
        STATUS_SUCCESS);
    while (NtQueryDirectoryFile(handle, 0, NULL, NULL, &done, &entry, sizeof(entry), NULL, 0) ==
           STATUS_SUCCESS)
        n++;
    TEST_EQUAL(n, MANY);
    NtClose(handle);
}

static void are_found(void)
{
    struct file_network_open info;
    u32 wrong = 0;

    for (u32 i = 0; i < MANY; i++)
        wrong += NtQueryFullAttributesFile(numbered(i), &info) != STATUS_SUCCESS;
    TEST_EQUAL(wrong, 0);
}

static void are_deleted(void)
{
    struct file_network_open info;
    u32 wrong = 0;

    for (u32 i = 0; i < MANY; i++)
        wrong += NtDeleteFile(numbered(i)) != STATUS_SUCCESS;
    TEST_EQUAL(wrong, 0);
    TEST_STATUS(NtQueryFullAttributesFile(numbered(0), &info), STATUS_OBJECT_NAME_NOT_FOUND);
}

static const struct test tests[] = {
    TEST(are_made),
    TEST(are_listed),
    TEST(are_found),
    TEST(are_deleted),
};

int main(void)
{
    static const struct test_suite suites[] = {TEST_SUITE("files", tests)};

    return TEST_RUN(suites);
}
