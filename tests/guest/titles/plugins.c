/* What plug-ins ask of xam: heaps, texts, places, users who aren't there, messages; and the
 * kernel's device queues. */
#include <xe360/test.h>

#include "check.h"

#define TOO_SMALL    0x8007007Au
#define NOT_FOUND    0x80070490u
#define INVALID      0x57u
#define NO_SUCH_USER 0x525u
#define IO_PENDING   997u
#define ENGLISH      1u
#define ZERO_MEMORY  8u

struct queue {
    s16 type;
    u8 busy, pad;
    u32 lock;
    struct list_entry list;
};
struct queue_entry {
    struct list_entry list;
    u32 key;
    u8 inserted, pad[3];
};

void *RtlCreateHeap(u32 flags, void *base, u32 reserve, u32 commit, void *lock, void *parameters);
void *RtlDestroyHeap(void *heap);
void *RtlAllocateHeap(void *heap, u32 flags, u32 size);
void *RtlReAllocateHeap(void *heap, u32 flags, void *block, u32 size);
u32 RtlFreeHeap(void *heap, u32 flags, void *block);
u32 RtlSizeHeap(void *heap, u32 flags, void *block);
u32 RtlValidateHeap(void *heap, u32 flags, void *block);
void *GetProcessHeap(void);
s32 lstrlenA(const char *text);
char *lstrcpynA(char *to, const char *from, s32 room);
char *lstrcatA(char *to, const char *from);
s32 WideCharToMultiByte(u32 page, u32 flags, const u16 *from, s32 length, char *to, s32 room,
                        const char *default_char, u32 *used);
u32 IsBadReadPtr(const void *at, u32 size);
u32 XamGetLanguageString(u32 language, u32 room, u16 *text);
u32 XGetLanguage(void);
u32 XamUserGetSigninInfo(u32 user, u32 flags, void *info);
u32 XamUserIsOnlineEnabled(u32 user);
u32 XamUserCheckPrivilege(u32 user, u32 privilege, u32 *out);
u32 XMsgStartIORequest(u32 app, u32 message, void *overlapped, void *buffer, u32 size);
u32 XMsgCompleteIORequest(void *overlapped, u32 result, u32 extended, u32 length);
u32 XamGetOverlappedResult(void *overlapped, u32 *length, u32 wait);
void GetSystemTime(u16 *time);
u32 SystemTimeToFileTime(const u16 *time, s64 *file_time);
u32 FileTimeToSystemTime(const s64 *file_time, u16 *time);
void KeInitializeDeviceQueue(struct queue *queue);
u32 KeInsertDeviceQueue(struct queue *queue, struct queue_entry *entry);
u32 KeInsertByKeyDeviceQueue(struct queue *queue, struct queue_entry *entry, u32 key);
struct queue_entry *KeRemoveDeviceQueue(struct queue *queue);

static void heaps_keep_their_blocks(void)
{
    u8 *heap = RtlCreateHeap(0, NULL, 0, 0, NULL, NULL), *block, *larger;

    TEST_NOT_EQUAL(heap, NULL);
    block = RtlAllocateHeap(heap, ZERO_MEMORY, 100);
    TEST_EQUAL(RtlSizeHeap(heap, 0, block), 100);
    TEST_EQUAL((u32)block % 8, 0);
    for (u32 i = 0; i < 100; i++)
        TEST_EQUAL(block[i], 0);
    block[99] = 7;
    larger = RtlReAllocateHeap(heap, ZERO_MEMORY, block, 5000);
    TEST_EQUAL(larger[99], 7);
    TEST_EQUAL(larger[100], 0);
    TEST_EQUAL(RtlSizeHeap(heap, 0, larger), 5000);
    TEST_TRUE(RtlValidateHeap(heap, 0, larger));
    TEST_TRUE(RtlFreeHeap(heap, 0, larger));
    TEST_TRUE(!RtlValidateHeap(heap, 0, larger));
    TEST_TRUE(!RtlDestroyHeap(heap));
    TEST_NOT_EQUAL(GetProcessHeap(), NULL);
    TEST_EQUAL(GetProcessHeap(), GetProcessHeap());
}

static void texts_are_cut(void)
{
    char text[8] = "........";
    u32 used = 9;

    TEST_EQUAL(lstrcpynA(text, "abcdef", 4), text);
    TEST_STRING(text, "abc");
    TEST_STRING(lstrcatA(text, "d"), "abcd");
    TEST_EQUAL(lstrlenA(text), 4);
    TEST_EQUAL(lstrlenA(NULL), 0);
    TEST_EQUAL(WideCharToMultiByte(0, 0, (const u16[]){'a', 0x65E5, 0}, -1, text, 8, NULL, &used),
               3);
    TEST_STRING(text, "a?");
    TEST_TRUE(used);
    TEST_TRUE(IsBadReadPtr((void *)0x10, 1));
    TEST_TRUE(!IsBadReadPtr(text, sizeof(text)));
}

static void places_have_names(void)
{
    u16 text[4] = {7, 7, 7, 7};

    if (XGetLanguage() != ENGLISH)
        TEST_SKIP("the console speaks another language");
    TEST_EQUAL(XamGetLanguageString(ENGLISH, 3, text), 0);
    TEST_EQUAL(text[0], 'e');
    TEST_EQUAL(text[2], 0);
    TEST_EQUAL(text[3], 7);
    TEST_EQUAL(XamGetLanguageString(ENGLISH, 2, text), TOO_SMALL);
    TEST_EQUAL(XamGetLanguageString(99, 4, text), NOT_FOUND);
}

static void nobody_has_rights(void)
{
    u32 info[10], out = 9;

    TEST_EQUAL(XamUserGetSigninInfo(3, 0, info), 0x80070000u | NO_SUCH_USER);
    TEST_EQUAL(XamUserIsOnlineEnabled(3), 0);
    TEST_TRUE(XamUserCheckPrivilege(3, 254, &out) != 0 || out == 0);
}

static void requests_are_completed(void)
{
    u32 overlapped[7] = {0}, length = 0;
    HANDLE event = make_event(EVENT_MANUAL, 0);

    TEST_EQUAL(XMsgStartIORequest(0xEE, 1, overlapped, NULL, 0), INVALID);
    overlapped[0] = IO_PENDING;
    overlapped[3] = event;
    TEST_EQUAL(XMsgCompleteIORequest(overlapped, 5, 0x80070005u, 12), 0);
    TEST_STATUS(wait_ms(event, 50), STATUS_SUCCESS);
    TEST_EQUAL(XamGetOverlappedResult(overlapped, &length, 1), 5);
    TEST_EQUAL(length, 12);
    TEST_EQUAL(overlapped[6], 0x80070005u);
    NtClose(event);
}

static void dates_go_and_come_back(void)
{
    u16 now[8], back[8];
    s64 time = 0;

    GetSystemTime(now);
    TEST_TRUE(now[0] >= 2005 && now[1] >= 1 && now[1] <= 12);
    TEST_TRUE(SystemTimeToFileTime(now, &time));
    TEST_TRUE(FileTimeToSystemTime(&time, back));
    TEST_MEMORY(back, now, sizeof(now));
    now[1] = 13;
    TEST_TRUE(!SystemTimeToFileTime(now, &time));
    time = -1;
    TEST_TRUE(!FileTimeToSystemTime(&time, back));
}

/* The first finds the device idle, and makes it busy. */
static void devices_are_served_in_order(void)
{
    struct queue queue;
    struct queue_entry entry[4];

    KeInitializeDeviceQueue(&queue);
    TEST_EQUAL(KeInsertDeviceQueue(&queue, &entry[0]) & 0xFF, 0);
    TEST_EQUAL(KeInsertByKeyDeviceQueue(&queue, &entry[1], 20) & 0xFF, 1);
    TEST_EQUAL(KeInsertByKeyDeviceQueue(&queue, &entry[2], 10) & 0xFF, 1);
    TEST_EQUAL(KeInsertDeviceQueue(&queue, &entry[3]) & 0xFF, 1);
    TEST_EQUAL(KeRemoveDeviceQueue(&queue), &entry[2]);
    TEST_EQUAL(KeRemoveDeviceQueue(&queue), &entry[1]);
    TEST_EQUAL(KeRemoveDeviceQueue(&queue), &entry[3]);
    TEST_TRUE(!KeRemoveDeviceQueue(&queue));
    TEST_TRUE(!queue.busy);
}

static const struct test tests[] = {
    TEST(heaps_keep_their_blocks),     TEST(texts_are_cut),          TEST(places_have_names),
    TEST(nobody_has_rights),           TEST(requests_are_completed), TEST(dates_go_and_come_back),
    TEST(devices_are_served_in_order),
};
static const struct test_suite suites[] = {TEST_SUITE("plugins", tests)};

int main(void)
{
    return TEST_RUN(suites);
}
