/* The Rtl's calls at their edges: lengths, cuts, ranges, as Windows documents and tests them. */
#include <xe360/test.h>

#include "check.h"

#define BUFFER_OVERFLOW  0x80000005u
#define BUFFER_TOO_SMALL 0xC0000023u

struct string {
    u16 length, maximum;
    char *buffer;
};
struct wide_string {
    u16 length, maximum;
    u16 *buffer;
};
struct fields {
    s16 year, month, day, hour, minute, second, milliseconds, weekday;
};

void RtlInitAnsiString(struct string *to, const char *from);
void RtlInitUnicodeString(struct wide_string *to, const u16 *from);
void RtlCopyString(struct string *to, const struct string *from);
NTSTATUS RtlAppendStringToString(struct string *to, const struct string *from);
s32 RtlCompareString(const struct string *a, const struct string *b, u32 ignore_case);
NTSTATUS RtlUnicodeStringToAnsiString(struct string *to, const struct wide_string *from,
                                      u32 allocate);
NTSTATUS RtlAnsiStringToUnicodeString(struct wide_string *to, const struct string *from,
                                      u32 allocate);
void RtlFreeAnsiString(struct string *string);
NTSTATUS RtlMultiByteToUnicodeN(u16 *to, u32 room, u32 *size, const char *from, u32 from_size);
NTSTATUS RtlUnicodeToMultiByteN(char *to, u32 room, u32 *size, const u16 *from, u32 from_size);
u32 RtlCompareMemory(const void *a, const void *b, u32 size);
u32 RtlCompareMemoryUlong(const void *memory, u32 size, u32 word);
void RtlFillMemoryUlong(void *memory, u32 size, u32 word);
void RtlTimeToTimeFields(const s64 *time, struct fields *fields);
u32 RtlTimeFieldsToTime(const struct fields *fields, s64 *time);
u32 RtlNtStatusToDosError(NTSTATUS status);
u32 RtlUpperChar(u32 c);
u32 RtlLowerChar(u32 c);
s32 _snprintf(char *text, u32 size, const char *format, ...);

static const u16 wide_abc[] = {'a', 'b', 'c', 0};

static void strings_have_their_lengths(void)
{
    struct string narrow = {9, 9, (char *)1};
    struct wide_string wide = {9, 9, (u16 *)1};

    RtlInitAnsiString(&narrow, "abc");
    TEST_EQUAL(narrow.length, 3);
    TEST_EQUAL(narrow.maximum, 4);
    RtlInitUnicodeString(&wide, wide_abc);
    TEST_EQUAL(wide.length, 6);
    TEST_EQUAL(wide.maximum, 8);
    RtlInitAnsiString(&narrow, "");
    TEST_EQUAL(narrow.length, 0);
    TEST_EQUAL(narrow.maximum, 1);
    RtlInitAnsiString(&narrow, NULL);
    TEST_EQUAL(narrow.maximum, 0);
    TEST_TRUE(!narrow.buffer);
    RtlInitUnicodeString(&wide, NULL);
    TEST_EQUAL(wide.length, 0);
    TEST_TRUE(!wide.buffer);
}

static void copies_are_cut(void)
{
    char room[4] = "....";
    struct string to = {0, 2, room}, from;

    RtlInitAnsiString(&from, "abc");
    RtlCopyString(&to, &from);
    TEST_EQUAL(to.length, 2);
    TEST_MEMORY(room, "ab..", 4);
    RtlCopyString(&to, NULL);
    TEST_EQUAL(to.length, 0);
    TEST_EQUAL(to.maximum, 2);
}

/* What has no room changes nothing. */
static void appends_are_whole(void)
{
    char room[5] = "ab...";
    struct string to = {2, 4, room}, from;

    RtlInitAnsiString(&from, "cd");
    TEST_STATUS(RtlAppendStringToString(&to, &from), STATUS_SUCCESS);
    TEST_EQUAL(to.length, 4);
    TEST_MEMORY(room, "abcd.", 5);
    from.length = 1;
    TEST_STATUS(RtlAppendStringToString(&to, &from), BUFFER_TOO_SMALL);
    TEST_EQUAL(to.length, 4);
    from.length = 0;
    TEST_STATUS(RtlAppendStringToString(&to, &from), STATUS_SUCCESS);
}

static void strings_are_compared(void)
{
    struct string small, large, longer;

    RtlInitAnsiString(&small, "abc");
    RtlInitAnsiString(&large, "ABC");
    RtlInitAnsiString(&longer, "abcd");
    TEST_EQUAL(RtlCompareString(&small, &large, 1), 0);
    TEST_EQUAL(RtlCompareString(&small, &large, 0), 'a' - 'A');
    TEST_EQUAL(RtlCompareString(&small, &longer, 0), -1);
    TEST_TRUE(RtlCompareString(&longer, &small, 1) > 0);
}

/* A string that is cut keeps room for its end. */
static void conversions_are_cut(void)
{
    char room[4] = "....";
    struct string narrow = {0, 3, room};
    struct wide_string wide;
    u16 wide_room[4] = {7, 7, 7, 7};

    RtlInitUnicodeString(&wide, wide_abc);
    TEST_STATUS(RtlUnicodeStringToAnsiString(&narrow, &wide, 0), BUFFER_OVERFLOW);
    TEST_EQUAL(narrow.length, 2);
    TEST_MEMORY(room, "ab\0.", 4);
    narrow.maximum = 4;
    TEST_STATUS(RtlUnicodeStringToAnsiString(&narrow, &wide, 0), STATUS_SUCCESS);
    TEST_STRING(room, "abc");
    wide = (struct wide_string){0, 6, wide_room};
    TEST_STATUS(RtlAnsiStringToUnicodeString(&wide, &narrow, 0), BUFFER_OVERFLOW);
    TEST_EQUAL(wide_room[3], 7);
    wide.maximum = 8;
    TEST_STATUS(RtlAnsiStringToUnicodeString(&wide, &narrow, 0), STATUS_SUCCESS);
    TEST_EQUAL(wide.length, 6);
    TEST_EQUAL(wide_room[3], 0);
}

static void allocated_strings_are_freed(void)
{
    struct string narrow = {0, 0, NULL};
    struct wide_string wide;

    RtlInitUnicodeString(&wide, wide_abc);
    TEST_STATUS(RtlUnicodeStringToAnsiString(&narrow, &wide, 1), STATUS_SUCCESS);
    TEST_EQUAL(narrow.length, 3);
    TEST_EQUAL(narrow.maximum, 4);
    TEST_STRING(narrow.buffer, "abc");
    RtlFreeAnsiString(&narrow);
    TEST_TRUE(!narrow.buffer);
    TEST_EQUAL(narrow.maximum, 0);
}

static void characters_are_cut(void)
{
    char narrow[4] = "....";
    u16 wide[3] = {7, 7, 7};
    u32 size = 99;

    TEST_STATUS(RtlUnicodeToMultiByteN(narrow, 2, &size, wide_abc, 8), STATUS_SUCCESS);
    TEST_EQUAL(size, 2);
    TEST_MEMORY(narrow, "ab..", 4);
    TEST_STATUS(RtlMultiByteToUnicodeN(wide, 5, &size, "abc", 3), STATUS_SUCCESS);
    TEST_EQUAL(size, 4);
    TEST_EQUAL(wide[2], 7);
    TEST_STATUS(RtlMultiByteToUnicodeN(wide, 6, NULL, "abc", 1), STATUS_SUCCESS);
    TEST_EQUAL(wide[1], 'b');
}

static void memory_is_compared(void)
{
    u32 words[4] = {5, 5, 6, 5};

    TEST_EQUAL(RtlCompareMemory("abcd", "abXd", 4), 2);
    TEST_EQUAL(RtlCompareMemory("abcd", "abcd", 4), 4);
    TEST_EQUAL(RtlCompareMemory("a", "b", 0), 0);
    TEST_EQUAL(RtlCompareMemoryUlong(words, 16, 5), 8);
    TEST_EQUAL(RtlCompareMemoryUlong(words, 7, 5), 4);
    TEST_EQUAL(RtlCompareMemoryUlong(words, 3, 5), 0);
    RtlFillMemoryUlong(words, 11, 9);
    TEST_EQUAL(words[1], 9);
    TEST_EQUAL(words[2], 6);
}

struct date {
    const char *name;
    struct fields fields;
    u32 good;
};

static const struct date dates[] = {
    {"the first", {1601, 1, 1, 0, 0, 0, 0, 9}, 1},
    {"before the first", {1600, 12, 31, 23, 59, 59, 999, 0}, 0},
    {"the last year", {30827, 12, 31, 0, 0, 0, 0, 0}, 1},
    {"after the last year", {30828, 1, 1, 0, 0, 0, 0, 0}, 0},
    {"a leap day", {2000, 2, 29, 0, 0, 0, 0, 0}, 1},
    {"no leap day", {1900, 2, 29, 0, 0, 0, 0, 0}, 0},
    {"a short month", {2006, 4, 31, 0, 0, 0, 0, 0}, 0},
    {"no month", {2006, 0, 1, 0, 0, 0, 0, 0}, 0},
    {"no such month", {2006, 13, 1, 0, 0, 0, 0, 0}, 0},
    {"no day", {2006, 1, 0, 0, 0, 0, 0, 0}, 0},
    {"no such hour", {2006, 1, 1, 24, 0, 0, 0, 0}, 0},
    {"no such minute", {2006, 1, 1, 0, 60, 0, 0, 0}, 0},
    {"no such second", {2006, 1, 1, 0, 0, 60, 0, 0}, 0},
    {"no such millisecond", {2006, 1, 1, 0, 0, 0, 1000, 0}, 0},
    {"a negative hour", {2006, 1, 1, -1, 0, 0, 0, 0}, 0},
};

/* There and back; the day of the week is not looked at. */
static void dates_are_checked(const void *row)
{
    const struct date *it = row;
    struct fields back;
    s64 time = 77;

    TEST_EQUAL(RtlTimeFieldsToTime(&it->fields, &time) & 0xFF, it->good);
    if (!it->good)
        return;
    RtlTimeToTimeFields(&time, &back);
    TEST_MEMORY(&back, &it->fields, 14);
}

static void days_of_the_week_are_known(void)
{
    struct fields fields;
    s64 time = 0;

    RtlTimeToTimeFields(&time, &fields);
    TEST_EQUAL(fields.year, 1601);
    TEST_EQUAL(fields.weekday, 1); /* a Monday */
    time = 127774368000000000;
    RtlTimeToTimeFields(&time, &fields);
    TEST_EQUAL(fields.year, 2005);
    TEST_EQUAL(fields.month, 11);
    TEST_EQUAL(fields.day, 26);
    TEST_EQUAL(fields.weekday, 6); /* a Saturday */
}

struct error {
    const char *name;
    NTSTATUS status;
    u32 error;
};

static const struct error errors[] = {
    {"success", 0, 0},
    {"pending", 0x103, 997},
    {"access violation", 0xC0000005, 998},
    {"invalid handle", 0xC0000008, 6},
    {"invalid parameter", 0xC000000D, 87},
    {"end of file", 0xC0000011, 38},
    {"no memory", 0xC0000017, 8},
    {"access denied", 0xC0000022, 5},
    {"object name not found", 0xC0000034, 2},
    {"path not found", 0xC000003A, 3},
    {"a Win32 error", 0x80070490, 0x490},
    {"an application's own", 0x20000123, 0x20000123},
    {"with the bit of NT's", 0xD0000008, 6},
    {"nobody's", 0xC0FFFFFF, 317},
};

static void statuses_have_errors(const void *row)
{
    const struct error *it = row;

    TEST_EQUAL(RtlNtStatusToDosError(it->status), it->error);
}

static void characters_have_cases(void)
{
    TEST_EQUAL(RtlUpperChar('a') & 0xFF, 'A');
    TEST_EQUAL(RtlUpperChar('z') & 0xFF, 'Z');
    TEST_EQUAL(RtlUpperChar('{') & 0xFF, '{');
    TEST_EQUAL(RtlLowerChar('A') & 0xFF, 'a');
    TEST_EQUAL(RtlLowerChar('@') & 0xFF, '@');
}

/* As the C library of the time had it: no end where there is no room for one. */
static void prints_are_cut(void)
{
    char text[5] = "....";

    TEST_EQUAL(_snprintf(text, 3, "abc"), 3);
    TEST_MEMORY(text, "abc.", 5);
    TEST_EQUAL(_snprintf(text, 2, "xyz"), -1);
    TEST_MEMORY(text, "xyc.", 5);
    TEST_EQUAL(_snprintf(text, 5, "%.2s", "abc"), 2);
    TEST_STRING(text, "ab");
}

static const struct test tests[] = {
    TEST(strings_have_their_lengths),
    TEST(copies_are_cut),
    TEST(appends_are_whole),
    TEST(strings_are_compared),
    TEST(conversions_are_cut),
    TEST(allocated_strings_are_freed),
    TEST(characters_are_cut),
    TEST(memory_is_compared),
    TEST_EACH(dates_are_checked, dates),
    TEST(days_of_the_week_are_known),
    TEST_EACH(statuses_have_errors, errors),
    TEST(characters_have_cases),
    TEST(prints_are_cut),
};
static const struct test_suite suites[] = {TEST_SUITE("edges-rtl", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
