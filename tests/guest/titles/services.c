/* What titles ask of xam and of the settings: tasks, heaps, lists, texts. */
#include <xe360/test.h>

#include "check.h"

#define INVALID      0x80070057u
#define NO_MORE      18u
#define USER_SETTING 3u /* category: of the user */
#define LANGUAGE     9u

u32 XamTaskSchedule(u32 (*routine)(void *argument), void *argument, void *attributes, HANDLE *task);
u32 XamTaskCloseHandle(HANDLE task);
u32 XamAlloc(u32 flags, u32 size, void **out);
u32 XamAllocEx(u32 wish, u32 flags, u32 size, void **out);
u32 XamFree(void *block);
s64 *XapiFormatTimeOut(s64 *timeout, u32 ms);
u32 RtlSleep(u32 ms, u32 alertable);
u32 RtlRandom(u32 *seed);
u32 XamContentCreateDeviceEnumerator(u32 type, u32 flags, u32 count, u32 *size, HANDLE *list);
u32 XamEnumerate(HANDLE list, u32 flags, void *buffer, u32 size, u32 *count, void *overlapped);
NTSTATUS ExGetXConfigSetting(u32 category, u32 setting, void *value, u32 size, u16 *wanted);
u32 XGetLanguage(void);
s32 sprintf(char *text, const char *format, ...);
NTSTATUS RtlMultiByteToUnicodeN(u16 *to, u32 room, u32 *size, const char *from, u32 from_size);
NTSTATUS RtlUnicodeToMultiByteN(char *to, u32 room, u32 *size, const u16 *from, u32 from_size);

static volatile u32 ran;

static u32 task(void *argument)
{
    ran = (u32)argument;
    return 7;
}

static void tasks_run(void)
{
    HANDLE handle = 0;

    TEST_EQUAL(XamTaskSchedule(task, (void *)42, NULL, &handle), 0);
    TEST_EQUAL(wait(handle), 0);
    TEST_EQUAL(ran, 42);
    TEST_EQUAL(XamTaskCloseHandle(handle), 0);
    TEST_EQUAL(XamTaskSchedule(NULL, NULL, NULL, &handle), INVALID);
}

static void blocks_are_given(void)
{
    u8 *block = NULL;

    TEST_EQUAL(XamAlloc(0, 100, (void **)&block), 0);
    TEST_NOT_EQUAL(block, NULL);
    for (u32 i = 0; i < 100; i++)
        TEST_EQUAL(block[i], 0);
    TEST_EQUAL(XamFree(block), 0);
    TEST_EQUAL(XamAlloc(0, 0x7FFFFFFF, (void **)&block), 0x8007000Eu);
}

static void pages_are_given(void)
{
    u8 *block = NULL;

    TEST_EQUAL(XamAllocEx(0x2F000000, 0x40000000, 5000, (void **)&block), 0);
    TEST_NOT_EQUAL(block, NULL);
    TEST_EQUAL(MmGetPhysicalAddress(block) % 0x8000, 0);
    block[4999] = 1;
    TEST_EQUAL(XamFree(block), 0);
    TEST_EQUAL(XamAllocEx(0, 0x40000000, 0x7FFFFFFF, (void **)&block), 0x8007000Eu);
}

static void time_passes(void)
{
    s64 timeout = 0, before, after;

    TEST_EQUAL(XapiFormatTimeOut(&timeout, 3), &timeout);
    TEST_EQUAL(timeout, MS(3));
    TEST_TRUE(!XapiFormatTimeOut(&timeout, 0xFFFFFFFF));
    KeQuerySystemTime(&before);
    TEST_EQUAL(RtlSleep(3, 0), 0);
    KeQuerySystemTime(&after);
    TEST_WITHIN(after - before, 30000, 10000);
}

static void numbers_follow_their_seed(void)
{
    u32 seed = 5, other = 5;

    for (u32 i = 0; i < 4; i++) {
        u32 number = RtlRandom(&seed);

        TEST_TRUE(number < 0x7FFFFFFF);
        TEST_EQUAL(RtlRandom(&other), number);
    }
    TEST_NOT_EQUAL(seed, 5);
}

static void lists_end(void)
{
    static u8 buffer[0x140];
    u32 size = 0, count = 0;
    HANDLE list = 0;

    TEST_EQUAL(XamContentCreateDeviceEnumerator(1, 0, 4, &size, &list), 0);
    TEST_EQUAL(size, sizeof(buffer));
    TEST_EQUAL(XamEnumerate(list, 0, buffer, sizeof(buffer), &count, NULL), 0);
    TEST_EQUAL(count, 1);
    TEST_EQUAL(XamEnumerate(list, 0, buffer, sizeof(buffer), &count, NULL), NO_MORE);
    TEST_EQUAL(NtClose(list), 0);
}

static void settings_are_read(void)
{
    u32 language = 0;
    u16 wanted = 0;

    TEST_EQUAL(ExGetXConfigSetting(USER_SETTING, LANGUAGE, &language, 4, &wanted), 0);
    TEST_EQUAL(wanted, 4);
    TEST_EQUAL(language, XGetLanguage());
    TEST_TRUE((s32)ExGetXConfigSetting(USER_SETTING, LANGUAGE, &language, 1, &wanted) < 0);
    TEST_TRUE((s32)ExGetXConfigSetting(99, 1, &language, 4, &wanted) < 0);
}

static void texts_are_made(void)
{
    char text[40], back[8] = "";
    u16 wide[8];
    u32 size = 0;

    TEST_EQUAL(sprintf(text, "%s|%5d|%-4x|%c", "one", -12, 0xAB, '!'), 16);
    TEST_STRING(text, "one|  -12|ab  |!");
    TEST_EQUAL(RtlMultiByteToUnicodeN(wide, sizeof(wide), &size, "four", 5), 0);
    TEST_EQUAL(size, 10);
    TEST_EQUAL(wide[3], 'r');
    TEST_EQUAL(RtlUnicodeToMultiByteN(back, sizeof(back), &size, wide, 10), 0);
    TEST_EQUAL(size, 5);
    TEST_STRING(back, "four");
}

static const struct test tests[] = {
    TEST(tasks_run),
    TEST(blocks_are_given),
    TEST(pages_are_given),
    TEST(time_passes),
    TEST(numbers_follow_their_seed),
    TEST(lists_end),
    TEST(settings_are_read),
    TEST(texts_are_made),
};
static const struct test_suite suites[] = {TEST_SUITE("services", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
