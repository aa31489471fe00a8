/* Files as xam's Windows calls have them: opening, moving about, listing, and last errors. */
#include <xe360/test.h>

#include "check.h"

#define READ          0x80000000u
#define WRITE         0x40000000u
#define CREATE_NEW    1u
#define CREATE_ALWAYS 2u
#define OPEN_EXISTING 3u
#define OPEN_ALWAYS   4u
#define FOLDER        0x10u
#define NONE          0xFFFFFFFFu

#define NO_FILE        2u
#define NO_PATH        3u
#define INVALID_FILE   6u
#define NO_MORE        18u
#define FILE_EXISTS    80u
#define ALREADY_EXISTS 183u

struct found {
    u32 attributes, times[6], size_high, size, reserved[2];
    char name[260], other_name[14];
};

HANDLE CreateFileA(const char *path, u32 access, u32 share, void *security, u32 how, u32 flags,
                   HANDLE like);
u32 CloseHandle(HANDLE handle);
u32 ReadFile(HANDLE file, void *buffer, u32 size, u32 *read, void *overlapped);
u32 WriteFile(HANDLE file, const void *buffer, u32 size, u32 *written, void *overlapped);
u32 SetFilePointer(HANDLE file, s32 distance, s32 *high, u32 from);
u32 GetFileSize(HANDLE file, u32 *high);
u32 SetEndOfFile(HANDLE file);
u32 GetFileAttributesA(const char *path);
u32 DeleteFileA(const char *path);
u32 CreateDirectoryA(const char *path, void *security);
u32 CopyFileA(const char *from, const char *to, u32 keep);
HANDLE FindFirstFileA(const char *path, struct found *found);
u32 FindNextFileA(HANDLE search, struct found *found);
u32 GetLastError(void);
void SetLastError(u32 error);

static HANDLE open(const char *path, u32 how)
{
    return CreateFileA(path, READ | WRITE, 0, NULL, how, 0, 0);
}

static void fails_with(u32 error)
{
    TEST_EQUAL(GetLastError(), error);
    SetLastError(0);
}

static void files_are_made_and_opened(void)
{
    HANDLE file = open("cache:\\one.txt", CREATE_ALWAYS);

    TEST_NOT_EQUAL(file, NONE);
    TEST_EQUAL(GetLastError(), 0);
    TEST_TRUE(CloseHandle(file));
    TEST_EQUAL(open("cache:\\one.txt", CREATE_NEW), NONE);
    fails_with(FILE_EXISTS);
    file = open("cache:\\one.txt", OPEN_ALWAYS);
    fails_with(ALREADY_EXISTS);
    TEST_TRUE(CloseHandle(file));
    TEST_TRUE(!CloseHandle(file));
    fails_with(INVALID_FILE);
    TEST_EQUAL(open("cache:\\two.txt", OPEN_EXISTING), NONE);
    fails_with(NO_FILE);
    TEST_EQUAL(open("cache:\\none\\two.txt", CREATE_ALWAYS), NONE);
    fails_with(NO_PATH);
    TEST_TRUE(DeleteFileA("cache:\\one.txt"));
    TEST_TRUE(!DeleteFileA("cache:\\one.txt"));
    fails_with(NO_FILE);
}

static void files_have_a_place_in_them(void)
{
    HANDLE file = open("cache:\\place.txt", CREATE_ALWAYS);
    char text[8] = "";
    u32 n = 9;

    TEST_TRUE(WriteFile(file, "abcdef", 6, &n, NULL));
    TEST_EQUAL(n, 6);
    TEST_EQUAL(SetFilePointer(file, -4, NULL, 2), 2);
    TEST_TRUE(ReadFile(file, text, 2, &n, NULL));
    TEST_EQUAL(n, 2);
    TEST_STRING(text, "cd");
    TEST_EQUAL(SetFilePointer(file, 0, NULL, 1), 4);
    TEST_TRUE(SetEndOfFile(file));
    TEST_EQUAL(GetFileSize(file, NULL), 4);
    TEST_TRUE(ReadFile(file, text, 2, &n, NULL)); /* the end is no failure */
    TEST_EQUAL(n, 0);
    TEST_EQUAL(SetFilePointer(file, -5, NULL, 1), NONE);
    fails_with(131);
    CloseHandle(file);
    TEST_TRUE(DeleteFileA("cache:\\place.txt"));
}

static void files_are_copied(void)
{
    HANDLE file = open("cache:\\from.txt", CREATE_ALWAYS);
    u32 n;

    WriteFile(file, "text", 4, &n, NULL);
    CloseHandle(file);
    TEST_TRUE(CopyFileA("cache:\\from.txt", "cache:\\to.txt", 1));
    TEST_TRUE(!CopyFileA("cache:\\from.txt", "cache:\\to.txt", 1));
    fails_with(FILE_EXISTS);
    TEST_TRUE(CopyFileA("cache:\\from.txt", "cache:\\to.txt", 0));
    TEST_EQUAL(GetFileAttributesA("cache:\\to.txt") & FOLDER, 0);
    TEST_EQUAL(GetFileAttributesA("cache:\\none.txt"), NONE);
    fails_with(NO_FILE);
    DeleteFileA("cache:\\from.txt");
    DeleteFileA("cache:\\to.txt");
}

static void folders_are_listed(void)
{
    static struct found found;
    HANDLE search;

    TEST_TRUE(CreateDirectoryA("cache:\\folder", NULL));
    TEST_TRUE(!CreateDirectoryA("cache:\\folder", NULL));
    fails_with(ALREADY_EXISTS);
    TEST_EQUAL(GetFileAttributesA("cache:\\folder") & FOLDER, FOLDER);
    CloseHandle(open("cache:\\folder\\a.txt", CREATE_ALWAYS));
    CloseHandle(open("cache:\\folder\\b.bin", CREATE_ALWAYS));
    search = FindFirstFileA("cache:\\folder\\*.txt", &found);
    TEST_NOT_EQUAL(search, NONE);
    TEST_STRING(found.name, "a.txt");
    TEST_EQUAL(found.size, 0);
    TEST_TRUE(!FindNextFileA(search, &found));
    fails_with(NO_MORE);
    CloseHandle(search);
    TEST_EQUAL(FindFirstFileA("cache:\\folder\\*.none", &found), NONE);
    fails_with(NO_FILE);
    TEST_TRUE(DeleteFileA("cache:\\folder\\a.txt"));
    TEST_TRUE(DeleteFileA("cache:\\folder\\b.bin"));
}

static const struct test tests[] = {
    TEST(files_are_made_and_opened),
    TEST(files_have_a_place_in_them),
    TEST(files_are_copied),
    TEST(folders_are_listed),
};
static const struct test_suite suites[] = {TEST_SUITE("windows' files", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
