/* The kernel's and xam's calls at their edges: refusals, previous values, ranges, as Windows
 * documents and tests them. */
#include <xe360/test.h>

#include "check.h"

#define BUFFER_TOO_SMALL  0xC0000023u
#define PARAMETER_MIX     0xC0000030u
#define NO_CATEGORY       0xC00000EFu
#define NO_SETTING        0xC00000F0u
#define FAILED            0xFFFFFFFFu
#define ALREADY_EXISTS    183u
#define NO_SUCH_APP       0x80070490u
#define NOT_CONNECTED     0x48Fu
#define NO_SUCH_USER      0x525u
#define HR_NO_SUCH_USER   0x80070525u
#define IO_INCOMPLETE     996u
#define ROOM_INSUFFICIENT 122u

struct slist_entry {
    struct slist_entry *next;
};
struct slist {
    struct slist_entry *first;
    u16 depth, sequence;
};

void *ExAllocatePoolTypeWithTag(u32 size, u32 tag, u32 type);
void ExFreePool(void *block);
u32 ExQueryPoolBlockSize(void *block);
struct slist_entry *InterlockedPushEntrySList(struct slist *head, struct slist_entry *entry);
struct slist_entry *InterlockedPopEntrySList(struct slist *head);
struct slist_entry *InterlockedFlushSList(struct slist *head);
NTSTATUS ObLookupThreadByThreadId(u32 id, void **thread);
NTSTATUS ExGetXConfigSetting(u32 category, u32 setting, void *value, u32 size, u16 *wanted);
extern void *const volatile __imp_ExEventObjectType;
extern void *const volatile __imp_ExThreadObjectType;

u32 XamUserGetSigninState(u32 user);
u32 XamUserGetName(u32 user, char *name, u32 size);
u32 XamUserGetXUID(u32 user, u32 mask, u64 *xuid);
u32 XamInputGetState(u32 user, u32 flags, void *state);
u32 XMsgInProcessCall(u32 app, u32 message, void *a, void *b);
u32 XamGetOverlappedResult(void *overlapped, u32 *length, u32 wait);
HANDLE CreateEventA(void *attributes, u32 manual, u32 state, const char *name);
u32 WaitForSingleObject(HANDLE handle, u32 ms);
u32 CloseHandle(HANDLE handle);
u32 GetLastError(void);
u32 SleepEx(u32 ms, u32 alertable);
s32 MultiByteToWideChar(u32 page, u32 flags, const char *from, s32 size, u16 *to, s32 room);

/* ---- objects -------------------------------------------------------------------------------- */

static void types_must_match(void)
{
    HANDLE event = make_event(EVENT_AUTO, 0);
    void *body = &event;

    TEST_STATUS(ObReferenceObjectByHandle(event, __imp_ExThreadObjectType, &body),
                STATUS_OBJECT_TYPE_MISMATCH);
    TEST_TRUE(!body);
    TEST_STATUS(ObReferenceObjectByHandle(event, __imp_ExEventObjectType, &body), STATUS_SUCCESS);
    TEST_NOT_EQUAL(body, NULL);
    TEST_STATUS(NtClose(event), STATUS_SUCCESS);
    TEST_EQUAL(KeSetEvent(body, 0, 0), 0); /* it lives by its reference */
    ObDereferenceObject(body);
    TEST_STATUS(ObReferenceObjectByHandle(event, NULL, &body), STATUS_INVALID_HANDLE);
    TEST_STATUS(NtClose(event), STATUS_INVALID_HANDLE);
    TEST_STATUS(NtClose(0), STATUS_INVALID_HANDLE);
    TEST_STATUS(ObLookupThreadByThreadId(0x7FFFFFFF, &body), STATUS_INVALID_PARAMETER);
}

static void duplicates_live_alone(void)
{
    HANDLE event = make_event(EVENT_MANUAL, 0), copy = 0, other = 0;
    u32 info[2];

    TEST_STATUS(NtDuplicateObject(event, &copy, 1), STATUS_SUCCESS); /* closes the source */
    TEST_STATUS(NtSetEvent(event, NULL), STATUS_INVALID_HANDLE);
    TEST_STATUS(NtSetEvent(copy, NULL), STATUS_SUCCESS);
    TEST_STATUS(NtDuplicateObject(copy, &other, 0), STATUS_SUCCESS);
    TEST_NOT_EQUAL(copy, other);
    NtClose(copy);
    TEST_STATUS(NtQueryEvent(other, info), STATUS_SUCCESS);
    TEST_EQUAL(info[1], 1);
    NtClose(other);
    TEST_STATUS(NtDuplicateObject(other, &copy, 0), STATUS_INVALID_HANDLE);
}

static void kinds_are_checked(void)
{
    HANDLE handle = 0;
    s64 due = MS(1);

    TEST_STATUS(NtCreateEvent(&handle, NULL, 2, 0), STATUS_INVALID_PARAMETER);
    TEST_STATUS(NtCreateTimer(&handle, NULL, 2), STATUS_INVALID_PARAMETER);
    TEST_STATUS(NtCreateSemaphore(&handle, NULL, 0, 1), STATUS_SUCCESS);
    TEST_STATUS(NtReleaseSemaphore(handle, 0, NULL), STATUS_INVALID_PARAMETER);
    TEST_STATUS(NtReleaseSemaphore(handle, -1, NULL), STATUS_INVALID_PARAMETER);
    TEST_STATUS(NtSetTimerEx(handle, &due, NULL, 1, NULL, 0, 0, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    NtClose(handle);
}

static void names_are_shared(void)
{
    HANDLE first = CreateEventA(NULL, 1, 0, "edges"), second;

    TEST_EQUAL(GetLastError(), 0);
    second = CreateEventA(NULL, 0, 1, "edges");
    TEST_EQUAL(GetLastError(), ALREADY_EXISTS);
    TEST_NOT_EQUAL(first, second);
    TEST_EQUAL(WaitForSingleObject(second, 0), STATUS_TIMEOUT);
    TEST_TRUE(CloseHandle(first));
    TEST_TRUE(CloseHandle(second));
    TEST_EQUAL(WaitForSingleObject(second, 0), FAILED);
    TEST_EQUAL(GetLastError(), 6);
    TEST_TRUE(!CloseHandle(second));
}

/* ---- waits and time ------------------------------------------------------------------------- */

static void waits_for_several_are_checked(void)
{
    HANDLE twice[2], many[65];

    twice[0] = twice[1] = make_event(EVENT_MANUAL, 1);
    for (u32 i = 0; i < 65; i++)
        many[i] = twice[0];
    TEST_STATUS(NtWaitForMultipleObjectsEx(0, twice, WAIT_ANY, 1, 0, NULL),
                STATUS_INVALID_PARAMETER);
    TEST_STATUS(NtWaitForMultipleObjectsEx(65, many, WAIT_ANY, 1, 0, NULL),
                STATUS_INVALID_PARAMETER);
    TEST_STATUS(NtWaitForMultipleObjectsEx(1, twice, 2, 1, 0, NULL), STATUS_INVALID_PARAMETER);
    TEST_STATUS(NtWaitForMultipleObjectsEx(2, twice, WAIT_ALL, 1, 0, NULL), PARAMETER_MIX);
    TEST_STATUS(NtWaitForMultipleObjectsEx(64, many, WAIT_ANY, 1, 0, NULL), 0);
    NtClose(twice[0]);
}

static s64 now(void)
{
    s64 time;

    KeQuerySystemTime(&time);
    return time;
}

static void delays_are_of_three_kinds(void)
{
    s64 before = now(), interval = 0;

    TEST_TRUE(KeDelayExecutionThread(1, 0, &interval) >= 0); /* whether anybody took the turn */
    TEST_TRUE(now() - before < 10000);
    before = now();
    interval = MS(3);
    TEST_STATUS(KeDelayExecutionThread(1, 0, &interval), STATUS_SUCCESS);
    TEST_WITHIN(now() - before, 30000, 10000);
    before = now();
    interval = before + 50000;
    TEST_STATUS(KeDelayExecutionThread(1, 0, &interval), STATUS_SUCCESS);
    TEST_WITHIN(now() - before, 50000, 10000);
    before = now();
    interval = 1; /* long ago */
    TEST_STATUS(KeDelayExecutionThread(1, 0, &interval), STATUS_SUCCESS);
    TEST_TRUE(now() - before < 10000);
}

static void timers_come_again(void)
{
    static struct ktimer timer;
    s64 limit = MS(50), none = 0, before = now();

    KeInitializeTimerEx(&timer, TIMER_AUTO, 1);
    TEST_EQUAL(KeCancelTimer(&timer) & 0xFF, 0);
    TEST_EQUAL(KeSetTimerEx(&timer, MS(2), 4, NULL) & 0xFF, 0);
    TEST_EQUAL(KeSetTimerEx(&timer, MS(2), 4, NULL) & 0xFF, 1);
    for (u32 i = 0; i < 3; i++)
        TEST_STATUS(KeWaitForSingleObject(&timer, 0, 1, 0, &limit), STATUS_SUCCESS);
    TEST_WITHIN(now() - before, 100000, 15000);
    TEST_EQUAL(KeCancelTimer(&timer) & 0xFF, 1);
    TEST_EQUAL(KeCancelTimer(&timer) & 0xFF, 0);
    TEST_STATUS(KeWaitForSingleObject(&timer, 0, 1, 0, &none), STATUS_TIMEOUT);
    KeSetTimer(&timer, MS(1), NULL);
    sleep_ms(3);
    TEST_EQUAL(timer.header.signal_state, 1);
    TEST_EQUAL(KeCancelTimer(&timer) & 0xFF, 0); /* due already, and signalled still */
    TEST_EQUAL(timer.header.signal_state, 1);
    KeSetTimer(&timer, MS(100), NULL);
    TEST_EQUAL(timer.header.signal_state, 0);
    KeCancelTimer(&timer);
}

static void events_tell_their_past(void)
{
    struct kevent event;
    HANDLE handle = make_event(EVENT_AUTO, 1);
    u32 previous = 9;

    KeInitializeEvent(&event, EVENT_MANUAL, 0);
    TEST_EQUAL(KeSetEvent(&event, 0, 0), 0);
    TEST_EQUAL(KeSetEvent(&event, 0, 0), 1);
    TEST_EQUAL(KePulseEvent(&event, 0, 0), 1);
    TEST_EQUAL(KeResetEvent(&event), 0);
    TEST_STATUS(NtPulseEvent(handle, &previous), STATUS_SUCCESS);
    TEST_EQUAL(previous, 1);
    TEST_STATUS(NtSetEvent(handle, &previous), STATUS_SUCCESS);
    TEST_EQUAL(previous, 0);
    NtClose(handle);
}

static void threads_are_counted(void)
{
    u32 previous = 9;

    for (u32 i = 0; i < 2; i++) {
        TEST_EQUAL(SleepEx(0, 1), 0);
        TEST_STATUS(NtResumeThread(CURRENT_THREAD, &previous), STATUS_SUCCESS);
        TEST_EQUAL(previous, 0);
    }
    TEST_STATUS(KeSetAffinityThread(current_thread(), 0, &previous), STATUS_INVALID_PARAMETER);
}

/* ---- memory and lists ----------------------------------------------------------------------- */

static const struct pool {
    const char *name;
    u32 size, align;
} pools[] = {{"a byte", 1, 8},
             {"a few", 24, 8},
             {"most of a page", 4000, 8},
             {"a page", 4096, 4096},
             {"three pages", 12288, 4096}};

static void blocks_are_aligned(const void *row)
{
    const struct pool *it = row;
    u8 *block = ExAllocatePoolTypeWithTag(it->size, 0x45444745, 0);

    TEST_NOT_EQUAL(block, NULL);
    TEST_EQUAL((u32)block % it->align, 0);
    for (u32 i = 0; i < it->size; i++)
        block[i] = (u8)i;
    TEST_TRUE(ExQueryPoolBlockSize(block) >= it->size);
    ExFreePool(block);
}

static void lists_are_stacks(void)
{
    struct slist head = {NULL, 0, 0};
    struct slist_entry entry[3];

    TEST_TRUE(!InterlockedPopEntrySList(&head));
    TEST_TRUE(!InterlockedPushEntrySList(&head, &entry[0]));
    TEST_EQUAL(InterlockedPushEntrySList(&head, &entry[1]), &entry[0]);
    TEST_EQUAL(InterlockedPushEntrySList(&head, &entry[2]), &entry[1]);
    TEST_EQUAL(head.depth, 3);
    TEST_EQUAL(InterlockedPopEntrySList(&head), &entry[2]);
    TEST_EQUAL(head.depth, 2);
    TEST_EQUAL(InterlockedFlushSList(&head), &entry[1]);
    TEST_EQUAL(head.depth, 0);
    TEST_TRUE(!head.first && !InterlockedFlushSList(&head));
    TEST_TRUE(!entry[0].next);
}

static void slots_are_given_back(void)
{
    u32 slot = KeTlsAlloc();

    TEST_NOT_EQUAL(slot, FAILED);
    TEST_EQUAL(KeTlsGetValue(slot), 0);
    TEST_TRUE(KeTlsSetValue(slot, 7));
    TEST_EQUAL(KeTlsGetValue(slot), 7);
    TEST_TRUE(KeTlsFree(slot));
    TEST_EQUAL(KeTlsAlloc(), slot);
    TEST_EQUAL(KeTlsGetValue(slot), 0);
    KeTlsFree(slot);
}

/* ---- settings and xam ----------------------------------------------------------------------- */

static void settings_have_sizes(void)
{
    u32 value = 0x55555555;
    u16 wanted = 9;

    TEST_STATUS(ExGetXConfigSetting(3, 9, &value, 4, &wanted), STATUS_SUCCESS);
    TEST_EQUAL(wanted, 4);
    TEST_STATUS(ExGetXConfigSetting(3, 9, &value, 8, NULL), STATUS_SUCCESS);
    value = 0x55555555;
    TEST_STATUS(ExGetXConfigSetting(3, 9, &value, 3, &wanted), BUFFER_TOO_SMALL);
    TEST_EQUAL(value, 0x55555555);
    TEST_EQUAL(wanted, 4);
    TEST_STATUS(ExGetXConfigSetting(3, 9, NULL, 0, &wanted), STATUS_SUCCESS);
    TEST_EQUAL(wanted, 4);
    TEST_STATUS(ExGetXConfigSetting(0x60, 9, &value, 4, NULL), NO_CATEGORY);
    TEST_STATUS(ExGetXConfigSetting(3, 0x7FFF, &value, 4, NULL), NO_SETTING);
}

static void nobody_is_there(void)
{
    char name[17] = "?";
    u64 xuid = 9;

    for (u32 user = 1; user < 6; user++)
        TEST_EQUAL(XamUserGetSigninState(user), 0);
    TEST_EQUAL(XamUserGetName(3, name, sizeof(name)), NO_SUCH_USER);
    TEST_EQUAL(XamUserGetXUID(3, 3, &xuid), HR_NO_SUCH_USER);
    TEST_EQUAL(XMsgInProcessCall(0xF0, 1, NULL, NULL), NO_SUCH_APP);
}

static void packets_count_changes(void)
{
    u32 first[4] = {0}, second[4] = {0};

    TEST_EQUAL(XamInputGetState(0, 1, first), 0);
    TEST_EQUAL(XamInputGetState(0, 1, second), 0);
    TEST_EQUAL(first[0], second[0]);
    TEST_EQUAL(XamInputGetState(3, 1, second), NOT_CONNECTED);
    TEST_EQUAL(XamInputGetState(0, 1, NULL), 0);
}

static void results_may_be_to_come(void)
{
    u32 overlapped[7] = {997}, length = 9;

    TEST_EQUAL(XamGetOverlappedResult(overlapped, &length, 0), IO_INCOMPLETE);
    overlapped[0] = 5;
    overlapped[1] = 77;
    TEST_EQUAL(XamGetOverlappedResult(overlapped, &length, 0), 5);
    TEST_EQUAL(length, 77);
}

static void characters_have_room(void)
{
    u16 wide[3] = {7, 7, 7};

    TEST_EQUAL(MultiByteToWideChar(0, 0, "abc", -1, NULL, 0), 4);
    TEST_EQUAL(MultiByteToWideChar(0, 0, "abc", 2, wide, 3), 2);
    TEST_EQUAL(wide[2], 7);
    TEST_EQUAL(MultiByteToWideChar(0, 0, "abc", -1, wide, 3), 0);
    TEST_EQUAL(GetLastError(), ROOM_INSUFFICIENT);
}

static const struct test objects[] = {
    TEST(types_must_match),
    TEST(duplicates_live_alone),
    TEST(kinds_are_checked),
    TEST(names_are_shared),
};
static const struct test waits[] = {
    TEST(waits_for_several_are_checked), TEST(delays_are_of_three_kinds), TEST(timers_come_again),
    TEST(events_tell_their_past),        TEST(threads_are_counted),
};
static const struct test memory[] = {
    TEST_EACH(blocks_are_aligned, pools),
    TEST(lists_are_stacks),
    TEST(slots_are_given_back),
};
static const struct test xam[] = {
    TEST(settings_have_sizes),    TEST(nobody_is_there),      TEST(packets_count_changes),
    TEST(results_may_be_to_come), TEST(characters_have_room),
};
static const struct test_suite suites[] = {TEST_SUITE("objects", objects),
                                           TEST_SUITE("waits", waits), TEST_SUITE("memory", memory),
                                           TEST_SUITE("xam", xam)};

int main(void)
{
    return TEST_RUN(suites);
}
