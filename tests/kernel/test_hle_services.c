/* Services of xam: enumerators, tasks, messages, places and dates, what isn't there; and the system
 * management controller. */
#include <criterion/criterion.h>
#include <string.h>

#include "hle_bench.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/thread.h"

#define OUT     (SCRATCH + 0x10)
#define SIZE    (SCRATCH + 0x20)
#define TEXT    (SCRATCH + 0x100)
#define BUFFER  (SCRATCH + 0x1000)
#define OVERLAP (SCRATCH + 0x2000)
#define PENDING 0x3E5u
#define NO_MORE 0x012u
#define ROUTINE 0x82001000u

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
    cr_assert(xe_kernel_mount_scratch(h.bench.kernel, NULL));
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_services, .init = setup, .fini = teardown);

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

static void wide_is(xe_gva at, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++)
        cr_assert_eq(xe_mem_u16(h.bench.mem, at + 2 * (xe_gva)i), (uint8_t)text[i], "'%s', %zu",
                     text, i);
}

/* ---- what nobody has plugged in ---------------------------------------------------------------
 */

Test(hle_services, keyboard_mouse_and_camera_are_not_connected)
{
    cr_expect_eq(CALL32(&h, XBOXKRNL, HidReadKeys, 0, TEXT, BUFFER), 0xC000009D);
    cr_expect_eq(CALL32(&h, XBOXKRNL, HidReadMouseChanges, 0, TEXT), 0xC000009D);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XUsbcamCreate, BUFFER, 0x1000, OUT), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XUsbcamGetState, 0), 0);
    cr_expect_eq(word(TEXT), 0);
}

/* ---- enumerators ---------------------------------------------------------------------------- */

Test(hle_services, the_one_device_is_listed_once)
{
    uint32_t list;

    cr_expect_eq(CALL32(&h, XAM, XamContentCreateDeviceEnumerator, 1, 0, 4, SIZE, OUT), 0);
    cr_expect_eq(word(SIZE), 4 * 0x50);
    list = word(OUT);
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, list, 0, BUFFER, 0x140, SIZE, 0), 0);
    cr_expect_eq(word(SIZE), 1);
    cr_expect_eq(word(BUFFER), 1);
    cr_expect_eq(word(BUFFER + 4), 1, "a hard disk");
    wide_is(BUFFER + 0x18, "Hard Drive");
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, list, 0, BUFFER, 0x140, SIZE, 0), NO_MORE);
    cr_expect_eq(word(SIZE), 0);
    cr_expect_eq(CALL32(&h, XAM, CloseHandle, list), 1);
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, list, 0, BUFFER, 0x140, SIZE, 0), 6);
}

Test(hle_services, too_small_a_buffer_gets_nothing)
{
    CALL(&h, XAM, XamContentCreateDeviceEnumerator, 1, 0, 4, SIZE, OUT);
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, word(OUT), 0, BUFFER, 0x4F, SIZE, 0), 0x7A);
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, word(OUT), 0, BUFFER, 0x13F, SIZE, 0), 0x7A,
                 "as many as are read at once have room, whether they are there or not");
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, word(OUT), 0, BUFFER, 0, SIZE, 0), 0x7A);
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, word(OUT), 0, BUFFER, 4, SIZE, 0), 0,
                 "so many items, as some titles have it; and it is still there");
}

Test(hle_services, an_enumeration_ends_by_its_overlapped)
{
    cr_expect_eq(CALL32(&h, XAM, XamContentCreateEnumerator, 0, 0, 1, 0, 3, SIZE, OUT), 0);
    cr_expect_eq(word(SIZE), 3 * 0x134);
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, word(OUT), 0, BUFFER, 0x400, SIZE, OVERLAP), 0x57,
                 "one of the two");
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, word(OUT), 0, BUFFER, 0x400, 0, OVERLAP), PENDING);
    cr_expect_eq(word(OVERLAP), PENDING, "not yet");
    cr_expect_eq(CALL32(&h, XAM, XamGetOverlappedResult, OVERLAP, SIZE, 0), 0x3E4);
    hle_pass(&h);
    cr_expect_eq(word(OVERLAP), 0x65B);
    cr_expect_eq(word(OVERLAP + 24), 0x80070012);
    cr_expect_eq(CALL32(&h, XAM, XamGetOverlappedResult, OVERLAP, SIZE, 1), 0x65B);
}

/* The event is reset at first and set at last; the routine is queued to the thread that called. */
Test(hle_services, a_result_that_comes_later_signals_and_calls)
{
    uint32_t list;

    CALL(&h, XAM, XamContentCreateDeviceEnumerator, 1, 0, 4, SIZE, OUT);
    list = word(OUT);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateEvent, OUT, 0, 0, 1), 0);
    xe_mem_set_u32(h.bench.mem, OVERLAP + 12, word(OUT));
    xe_mem_set_u32(h.bench.mem, OVERLAP + 16, ROUTINE);
    cr_expect_eq(CALL32(&h, XAM, XamEnumerate, list, 0, BUFFER, 0x400, 0, OVERLAP), PENDING);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryEvent, word(OUT), SIZE), 0);
    cr_expect_eq(word(SIZE + 4), 0, "reset");
    cr_expect_eq(h.thread->apcs[XE_APC_USER].count, 0);
    hle_pass(&h);
    cr_expect_eq(word(OVERLAP), 0);
    cr_expect_eq(word(OVERLAP + 4), 1, "how many there were");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryEvent, word(OUT), SIZE), 0);
    cr_expect_eq(word(SIZE + 4), 1, "set");
    cr_expect_eq(h.thread->apcs[XE_APC_USER].count, 1);
}

Test(hle_services, results_come_in_the_order_of_their_calls_or_when_they_are_cancelled)
{
    uint32_t list;

    CALL(&h, XAM, XamContentCreateDeviceEnumerator, 1, 0, 1, SIZE, OUT);
    list = word(OUT);
    CALL(&h, XAM, XamEnumerate, list, 0, BUFFER, 0x400, 0, OVERLAP);
    CALL(&h, XAM, XamEnumerate, list, 0, BUFFER, 0x400, 0, OVERLAP + 0x40);
    CALL(&h, XAM, XMsgCancelIORequest, OVERLAP + 0x40, 0);
    cr_expect_eq(word(OVERLAP), PENDING);
    cr_expect_eq(word(OVERLAP + 0x40), 0x65B, "the list was at its end");
    hle_pass(&h);
    cr_expect_eq(word(OVERLAP), 0);
    cr_expect_eq(h.bench.kernel->laters.count, 0);
}

Test(hle_services, achievements_need_more_room_with_their_texts)
{
    CALL(&h, XAM, XamUserCreateAchievementEnumerator, 0, 0, 0, 0, 0, 10, SIZE, OUT);
    cr_expect_eq(word(SIZE), 10 * 0x24);
    CALL(&h, XAM, XamUserCreateAchievementEnumerator, 0, 0, 0, 7, 0, 10, SIZE, OUT);
    cr_expect_eq(word(SIZE), 10 * (0x24 + 0x1D0));
}

Test(hle_services, a_titles_own_enumerator_shows_its_words)
{
    uint32_t body;

    cr_expect_eq(CALL32(&h, XAM, XamCreateEnumeratorHandle, 0xFF, 0xFE, 1, 2, 0x40, 5, 3, OUT), 0);
    cr_expect_eq(CALL32(&h, XAM, XamGetPrivateEnumStructureFromHandle, word(OUT), SIZE), 0);
    body = word(SIZE);
    cr_expect_eq(word(body), 0xFE);
    cr_expect_eq(word(body + 0x0C), 0xFF);
    cr_expect_eq(word(body + 0x10), 5);
    cr_expect_eq(CALL32(&h, XAM, XamGetPrivateEnumStructureFromHandle, 0x77770, SIZE), 6);
    cr_expect_eq(word(SIZE), 0);
    cr_expect_eq(CALL32(&h, XAM, XamCreateEnumeratorHandle, 0, 0, 0, 0, UINT32_MAX, 5, 3, OUT),
                 0x57);
}

Test(hle_services, what_is_known_of_devices)
{
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceData, 1, BUFFER), 0);
    cr_expect_eq(word(BUFFER), 1);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceData, 2, BUFFER), 0x48F);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceName, 1, BUFFER, 11), 0);
    wide_is(BUFFER, "Hard Drive");
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceName, 1, BUFFER, 10), 0x7A);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceState, 1, OVERLAP), PENDING);
    hle_pass(&h);
    cr_expect_eq(word(OVERLAP), 0);
    cr_expect_eq(CALL32(&h, XAM, XamContentGetDeviceState, 3, 0), 0x48F);
}

/* ---- tasks ---------------------------------------------------------------------------------- */

Test(hle_services, a_task_is_a_thread_that_may_be_cancelled)
{
    struct xe_thread *task;

    cr_expect_eq(CALL32(&h, XAM, XamTaskSchedule, ROUTINE, 7, 0, OUT), 0);
    task = xe_kernel_thread_of(xe_kernel_handle_object(h.bench.kernel, word(OUT)));
    cr_assert_not_null(task);
    cr_expect_eq(task->start_routine, ROUTINE);
    cr_expect_eq(task->start_context, 7);
    cr_expect_eq(CALL32(&h, XAM, XamTaskShouldExit, 0), 0);
    CALL(&h, XAM, XamTaskCancel, word(OUT));
    CALL(&h, XAM, XamTaskCancel, word(OUT));
    cr_expect_eq(CALL32(&h, XAM, XamTaskShouldExit, 0), 0, "that is another thread");
    CALL(&h, XAM, XamTaskCancel, xe_kernel_handle_open(h.thread->object));
    cr_expect_eq(CALL32(&h, XAM, XamTaskShouldExit, 0), 1);
    cr_expect_eq(CALL32(&h, XAM, XamTaskCloseHandle, word(OUT)), 0);
    cr_expect_eq(CALL32(&h, XAM, XamTaskSchedule, 0, 7, 0, OUT), 0x80070057);
}

/* ---- messages ------------------------------------------------------------------------------- */

Test(hle_services, messages_are_answered_by_rows)
{
    char text[512];

    xe_mem_set_u32(h.bench.mem, BUFFER + 4, OUT);
    cr_expect_eq(CALL32(&h, XAM, XMsgInProcessCall, 0xFA, 0x0007000B, BUFFER, 0), 0);
    cr_expect_eq(word(OUT), 0x3F800000);
    cr_expect_eq(CALL32(&h, XAM, XMsgStartIORequest, 0xFB, 0x000B0006, OVERLAP, BUFFER, 0x18),
                 PENDING);
    cr_expect_eq(word(OVERLAP), 0);
    cr_expect_eq(CALL32(&h, XAM, XMsgInProcessCall, 0xFA, 0x12345, BUFFER, 0), 0x80004005);
    cr_expect_eq(CALL32(&h, XAM, XMsgInProcessCall, 0x55, 0x12345, BUFFER, 0), 0x80070490);
    cr_expect_eq(hle_logged(&h, XE_LOG_STUB, text), 2, "both are told");
    cr_expect_eq(CALL32(&h, XAM, XMsgStartIORequest, 0x55, 0x12345, 0, BUFFER, 0), 0x57);
    cr_expect_eq(xe_kernel_thread_last_error(h.thread), 0x490);
}

/* ---- places, dates -------------------------------------------------------------------------- */

Test(hle_services, codes_of_places_and_languages)
{
    cr_expect_eq(CALL32(&h, XAM, XamGetLocale, 0), 36);
    CALL(&h, XAM, XamGetLocaleString, 36, 8, TEXT);
    wide_is(TEXT, "US");
    CALL(&h, XAM, XamGetCountryString, 103, 8, TEXT);
    wide_is(TEXT, "US");
    CALL(&h, XAM, XamGetCountryString, 110, 8, TEXT);
    wide_is(TEXT, "ZW");
    CALL(&h, XAM, XamGetCountryString, 0, 8, TEXT);
    wide_is(TEXT, "ZZ");
    cr_expect_eq(CALL32(&h, XAM, XamGetCountryString, 17, 8, TEXT), 0x80070490);
    cr_expect_eq(CALL32(&h, XAM, XamGetCountryString, 200, 8, TEXT), 0x80070490);
    cr_expect_eq(CALL32(&h, XAM, XamGetCountryString, 103, 2, TEXT), 0x8007007A);
    cr_expect_eq(CALL32(&h, XAM, XamGetCountryString, 103, 0x80000000, TEXT), 0x80070057);
    CALL(&h, XAM, XamGetLanguageString, 17, 8, TEXT);
    wide_is(TEXT, "zh");
    CALL(&h, XAM, XamGetLanguageLocaleString, 1, 36, 8, TEXT);
    wide_is(TEXT, "en-US");
    CALL(&h, XAM, XamGetOnlineLanguageAndCountryString, 13, 25, 8, TEXT);
    wide_is(TEXT, "da-DK");
}

Test(hle_services, numbers_of_places_and_languages)
{
    cr_expect_eq(CALL32(&h, XAM, XamGetOnlineCountryFromLocale, 36), 103);
    cr_expect_eq(CALL32(&h, XAM, XamGetOnlineCountryFromLocale, 1), 6);
    cr_expect_eq(CALL32(&h, XAM, XamGetLocaleFromOnlineCountry, 35), 35);
    cr_expect_eq(CALL32(&h, XAM, XamGetLocaleFromOnlineCountry, 2), 0, "Albania has none");
    cr_expect_eq(CALL32(&h, XAM, XamGetCountryFromOnlineCountry, 94), 0);
    cr_expect_eq(CALL32(&h, XAM, XamGetLanguageFromOnlineLanguage, 10), 17);
    cr_expect_eq(CALL32(&h, XAM, XamGetLanguageFromOnlineLanguage, 17), 13);
    cr_expect_eq(CALL32(&h, XAM, XamGetLanguageFromOnlineLanguage, 13), 1,
                 "Danish is English here");
    cr_expect_eq(CALL32(&h, XAM, XamGetLanguageFromOnlineLanguage, 99), 0);
}

/* Times in 100 ns since 1601. */
Test(hle_services, dates_and_times)
{
    static const struct {
        uint64_t time;
        const char *date, *clock;
    } known[] = {
        {0, "01/01/1601", "00:00"},
        {116444736000000000ull, "01/01/1970", "00:00"},
        {125962560000000000ull, "02/29/2000", "00:00"},
        {125963423400000000ull, "02/29/2000", "23:59"},
        {127752984600000000ull, "11/01/2005", "06:01"},
        {159017471400000000ull, "11/27/2104", "23:59"},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        CALL(&h, XAM, XamFormatDateString, 0, known[i].time, TEXT, 32);
        wide_is(TEXT, known[i].date);
        CALL(&h, XAM, XamFormatTimeString, 0, known[i].time, TEXT, 32);
        wide_is(TEXT, known[i].clock);
    }
}

Test(hle_services, places_of_resources)
{
    hle_put_wide(&h, BUFFER, "skin");
    hle_put_wide(&h, BUFFER + 0x100, "main.xur");
    CALL(&h, XAM, XamBuildResourceLocator, 0x82ABCDEF, BUFFER, BUFFER + 0x100, TEXT, 100);
    wide_is(TEXT, "section://82ABCDEF,skin#main.xur");
    CALL(&h, XAM, XamBuildResourceLocator, 0, BUFFER, 0, TEXT, 100);
    wide_is(TEXT, "file://media:/skin.xzp#");
    CALL(&h, XAM, XamBuildXamResourceLocator, BUFFER + 0x100, TEXT, 100);
    wide_is(TEXT, "file://media:/xam.xzp#main.xur");
    cr_expect_eq(CALL32(&h, XAM, XamBuildXamResourceLocator, BUFFER + 0x100, TEXT, 10), 0x8007007A);
    cr_expect_eq(CALL32(&h, XAM, XamBuildResourceLocator, 0, 0, 0, TEXT, 100), 0x80070057);
}

/* ---- what isn't there ----------------------------------------------------------------------- */

Test(hle_services, what_a_person_would_be_asked_is_answered)
{
    hle_put_wide(&h, BUFFER, "proposed");
    cr_expect_eq(CALL32(&h, XAM, XamShowKeyboardUI, 0, 0, BUFFER, 0, 0, TEXT, 6, OVERLAP), PENDING);
    wide_is(TEXT, "propo");
    cr_expect_eq(CALL32(&h, XAM, XamShowDeviceSelectorUI, 0, 1, 0, 0, OUT, OVERLAP), PENDING);
    cr_expect_eq(word(OUT), 1);
    cr_expect_eq(CALL32(&h, XAM, XamShowDeviceSelectorUI, 0, 1, 0, 0, OUT, 0), 0x57);
    cr_expect_eq(CALL32(&h, XAM, XamShowSigninUI, 1, 0), 0);
    cr_expect_eq(CALL32(&h, XAM, XamShowMarketplaceDownloadItemsUI, 0, 0, 0, 0, OUT, OVERLAP),
                 PENDING);
    cr_expect_eq(word(OVERLAP), 0x4C7);
}

Test(hle_services, tiles_are_white)
{
    CALL(&h, XAM, XamReadTileToTexture, 0, 0, 0, 0, BUFFER, 16, 4, 0);
    cr_expect_eq(word(BUFFER + 60), 0xFFFFFFFF);
    cr_expect_eq(word(BUFFER + 64), 0);
    cr_expect_eq(
        CALL32(&h, XAM, XamReadTileToTexture, 0, 0, 0, 0, BUFFER, UINT32_MAX, UINT32_MAX, 0),
        0x65B);
    cr_expect_eq(CALL32(&h, XAM, XamVoiceCreate, 0, 0, OUT), 5);
    cr_expect_eq(CALL32(&h, XAM, XamAvatarInitialize, 0, 0, 0, 0, 0, 0), UINT32_MAX);
}

/* ---- the system management controller ------------------------------------------------------- */

static void ask(uint8_t command)
{
    xe_mem_set_u32(h.bench.mem, BUFFER, (uint32_t)command << 24);
    CALL(&h, XBOXKRNL, HalSendSMCMessage, BUFFER, TEXT);
}

Test(hle_services, the_controller_answers_queries)
{
    ask(0x0A);
    cr_expect_eq(word(TEXT), 0x0A620000, "the tray is closed");
    ask(0x12);
    cr_expect_eq(word(TEXT), 0x12410203);
    ask(0x04);
    cr_expect_eq(word(TEXT) >> 24, 4);
    ask(0x07);
    cr_expect_eq(word(TEXT), 0x07002D00, "45 degrees");
}

Test(hle_services, the_controller_takes_orders)
{
    char text[512];

    xe_mem_set_u32(h.bench.mem, TEXT, 0x11223344);
    ask(0x8C);
    cr_expect_eq(word(TEXT), 0x11223344, "no answer");
    cr_expect_eq(hle_logged(&h, XE_LOG_INFO, text), 1);
    cr_expect(strstr(text, "order 0x8c"), "%s", text);
    CALL(&h, XBOXKRNL, HalSendSMCMessage, 0, TEXT);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
    xe_mem_set_u32(h.bench.mem, BUFFER, 0x82010000);
    CALL(&h, XBOXKRNL, HalSendSMCMessage, BUFFER, 0);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->cause, XE_CAUSE_FIRMWARE);
}

/* ---- results that can't be told ------------------------------------------------------------- */

#define EVENT_OF(at) CALL32(&h, XBOXKRNL, NtCreateEvent, at, 0, 1, 0)

static void count_alive(void *ctx, const struct xe_thread_info *info)
{
    *(uint32_t *)ctx += info->state != XE_THREAD_TERMINATED;
}

static uint32_t alive(void)
{
    uint32_t n = 0;

    xe_kernel_threads(h.bench.kernel, count_alive, &n);
    return n;
}

/* Nothing is left that nobody could ever name. */
Test(hle_services, pointers_that_are_not_mapped_get_nothing)
{
    uint32_t before;
    char text[512];

    cr_assert_eq(EVENT_OF(OUT), 0);
    before = word(OUT);
    cr_expect_eq(EVENT_OF(UNREADABLE), 0xC0000005);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateSemaphore, UNREADABLE, 0, 1, 1), 0xC0000005);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateMutant, UNREADABLE, 0, 0), 0xC0000005);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateTimer, UNREADABLE, 0, 1), 0xC0000005);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtDuplicateObject, before, UNREADABLE, 1), 0xC0000005);
    cr_expect_eq(word(OUT), before, "and the source stays open");
    cr_expect_eq(CALL32(&h, XBOXKRNL, ObReferenceObjectByHandle, before, 0, UNREADABLE),
                 0xC0000005);
    cr_expect_eq(CALL32(&h, XBOXKRNL, ObLookupThreadByThreadId, h.thread->tid, UNREADABLE),
                 0xC0000005);
    cr_expect_eq(CALL32(&h, XAM, XamSessionCreateHandle, UNREADABLE), 0x57);
    cr_expect_eq(CALL32(&h, XAM, XamShowDeviceSelectorUI, 0, 1, 0, 0, UNREADABLE, OVERLAP), 0x57);
    cr_expect(hle_logged(&h, XE_LOG_GUEST, text) > 3);
    for (uint32_t handle = before + 4; handle < before + 0x100; handle += 4)
        cr_expect_null(xe_kernel_handle_object(h.bench.kernel, handle), "0x%x", handle);
}

Test(hle_services, threads_that_nobody_can_name_do_not_run)
{
    uint32_t threads = alive();

    cr_expect_eq(CALL32(&h, XBOXKRNL, ExCreateThread, UNREADABLE, 0, 0, 0, ROUTINE, 0, 0),
                 0xC0000005);
    cr_expect_eq(CALL32(&h, XBOXKRNL, ExCreateThread, UNREADABLE, 0, 0, 0, ROUTINE, 0, 0x80),
                 0xC0000005);
    cr_expect_eq(CALL32(&h, XAM, XamTaskSchedule, ROUTINE, 0, 0, UNREADABLE), 0x80070057);
    cr_expect_eq(alive(), threads, "none of them runs");
}
