/* The smaller families: settings, firmware, files, GPU registers, xam. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "hle_bench.h"
#include "kernel/core/lacking.h"
#include "xe/promise.h"

#define OUT  (SCRATCH + 0x10)
#define TEXT (SCRATCH + 0x100)
#define ROOM (SCRATCH + 0x1000)
#define NOPE UINT64_MAX /* -1 */

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_system, .init = setup, .fini = teardown);

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

static bool parked(void)
{
    return h.thread->state == XE_THREAD_WAITING;
}

static void wake(void)
{
    if (!parked())
        return;
    bench_nobody(&h.bench);
    xe_kernel_wait_abort(h.thread, 0);
}

/* ---- machine -------------------------------------------------------------------------------- */

Test(hle_system, settings_answer_by_size_and_room)
{
    static const struct {
        uint32_t category, setting, buffer, room, status, value, size;
    } rows[] = {
        {3, 9, ROOM, 4, 0, 1, 4},
        {3, 9, ROOM, 100, 0, 1, 4},
        {3, 14, ROOM, 1, 0, 103u << 24, 1},
        {2, 3, ROOM, 2, 0, 0x00FF0000, 2},
        {3, 9, ROOM, 3, 0xC0000023, 0, 4},
        {3, 9, 0, 4, 0xC00000F1, 0, 4},
        {3, 9, 0, 0, 0, 0, 4},
        {3, 9, UNREADABLE, 4, 0xC00000F1, 0, 4},
        {3, 12, ROOM, 4, 0, 0x40, 4},
        {3, 8, ROOM, 8, 0, 0, 8},
        {8, 2, ROOM, 0x280, 0, 0, 0x280},
        {8, 2, ROOM, 0x27F, 0xC0000023, 0x44, 0x280},
        {3, 99, ROOM, 4, 0xC00000F0, 0, 0},
        {77, 1, ROOM, 4, 0xC00000EF, 0, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        xe_mem_set_u32(h.bench.mem, ROOM, rows[i].size > 4 ? 0x44 : 0);
        xe_mem_set_u16(h.bench.mem, OUT, 0);
        cr_expect_eq(CALL32(&h, XBOXKRNL, ExGetXConfigSetting, rows[i].category, rows[i].setting,
                            rows[i].buffer, rows[i].room, OUT),
                     rows[i].status, "row %zu", i);
        cr_expect_eq(word(ROOM), rows[i].value, "row %zu", i);
        cr_expect_eq(xe_mem_u16(h.bench.mem, OUT), rows[i].size, "row %zu", i);
    }
}

Test(hle_system, ends_are_ends)
{
    CALL(&h, XBOXKRNL, KeBugCheckEx, 0xF4, 1, 2, 3, 4);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_CRASH);
    cr_expect(strstr(xe_kernel_stop_detail(h.bench.kernel), "0x000000f4"));
    h.bench.kernel->stop = XE_STOP_NONE;
    CALL(&h, XBOXKRNL, HalReturnToFirmware, 1);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_EXIT);
    h.bench.kernel->stop = XE_STOP_NONE;
    CALL(&h, XBOXKRNL, DbgBreakPoint, 0);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_BREAK);
    h.bench.kernel->stop = XE_STOP_NONE;
    CALL(&h, XAM, XamLoaderLaunchTitle, UNREADABLE, 0);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_EXIT);
}

Test(hle_system, a_bug_check_of_0_is_the_end_of_a_program)
{
    uint32_t code;

    CALL(&h, XBOXKRNL, KeBugCheck, 0, 1);
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel),
                     "KeBugCheck(0) from 0x82001234, which is exit or abort");
    cr_expect_eq(bench_run(&h.bench, 1000, NULL), XE_STOP_EXIT);
    cr_expect_not(xe_kernel_exit_code(h.bench.kernel, &code), "it tells none");
}

Test(hle_system, a_program_that_ends_so_has_the_code_it_printed)
{
    uint32_t code = 0;

    hle_put(&h, TEXT, "[XAPI RETURN VALUE] 3");
    CALL(&h, XBOXKRNL, DbgPrint, TEXT);
    CALL(&h, XBOXKRNL, KeBugCheck, 0);
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel),
                     "KeBugCheck(0) from 0x82001234, which is exit or abort, code 0x00000003");
    cr_expect(xe_kernel_exit_code(h.bench.kernel, &code));
    cr_expect_eq(code, 3);
}

/* What a title said last is often why it ended. */
Test(hle_system, ends_complete_the_last_line)
{
    char line[512];

    hle_put(&h, TEXT, "going");
    CALL(&h, XBOXKRNL, DbgPrint, TEXT);
    CALL(&h, XBOXKRNL, KeBugCheck, 0xE2);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, line), 1);
    CALL(&h, XBOXKRNL, DbgPrint, TEXT);
    CALL(&h, XBOXKRNL, HalReturnToFirmware, 1);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, line), 2);
    CALL(&h, XBOXKRNL, DbgPrint, TEXT);
    CALL(&h, XAM, XamLoaderLaunchTitle, 0, 0);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, line), 3);
}

/* What lies in the other registers is no parameter of KeBugCheck, which has one. */
Test(hle_system, a_bug_check_tells_what_was_passed)
{
    CALL(&h, XBOXKRNL, KeBugCheckEx, 0xF4, 1, 2, 3, 4);
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel),
                     "KeBugCheckEx: code 0x000000f4 (0x00000001 0x00000002 0x00000003 0x00000004) "
                     "from 0x82001234: a heap is damaged, or used from the wrong kind of process");
    h.bench.kernel->stop = XE_STOP_NONE;
    CALL(&h, XBOXKRNL, KeBugCheck, 0xE2, 1, 2, 3, 4);
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel),
                     "KeBugCheck: code 0x000000e2 from 0x82001234");
}

/* Exceptions nobody can dispatch end the instance; a thread's name is only a name. */
Test(hle_system, exceptions)
{
    xe_mem_set_u32(h.bench.mem, TEXT, 0x406D1388);
    xe_mem_set_u32(h.bench.mem, TEXT + 0x14, 0x1000);
    xe_mem_set_u32(h.bench.mem, TEXT + 0x18, ROOM);
    xe_mem_set_u32(h.bench.mem, TEXT + 0x1C, UINT32_MAX);
    hle_put(&h, ROOM, "worker");
    CALL(&h, XBOXKRNL, RtlRaiseException, TEXT);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_NONE);
    cr_expect_str_eq(h.thread->name, "worker");
    memset(xe_mem_view_rw(h.bench.mem, ROOM, 100), 'n', 100);
    CALL(&h, XBOXKRNL, RtlRaiseException, TEXT);
    cr_expect_eq(h.thread->name[0], 'n', "a long name is cut");
    xe_mem_set_u32(h.bench.mem, TEXT, 0xE06D7363);
    CALL(&h, XBOXKRNL, RtlRaiseException, TEXT);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_CRASH);
}

/* ---- files ---------------------------------------------------------------------------------- */

Test(hle_system, no_file_is_there)
{
    xe_mem_set_u32(h.bench.mem, TEXT + 4, TEXT + 0x20); /* OBJECT_ATTRIBUTES */
    hle_put(&h, TEXT + 0x40, "\\Device\\Cdrom0\\x");
    hle_put_counted(&h, TEXT + 0x20, 16, 17, TEXT + 0x40);
    xe_mem_set_u32(h.bench.mem, OUT, 7);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtOpenFile, OUT, 0, TEXT, ROOM, 0, 0), 0xC0000034);
    cr_expect_eq(word(OUT), 0);
    cr_expect_eq(word(ROOM), 0xC0000034, "and so says the status block");
    hle_put(&h, TEXT + 0x40, "game:\\default.bi");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryFullAttributesFile, TEXT, ROOM), 0xC0000034);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtOpenFile, OUT, 0, UNREADABLE, 0, 0, 0), 0xC000000D);
    hle_put_counted(&h, TEXT + 0x20, 0xFFFF, 0xFFFF, TEXT + 0x40);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtOpenFile, OUT, 0, TEXT, 0, 0, 0), 0xC0000033);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtReadFile, 0x1234, 0, 0, 0, ROOM, ROOM, 4, 0), 0xC0000008);
}

struct wanted {
    uint32_t rows;
    struct xe_lacking row[XE_LACKINGS];
};

static void see_wanted(void *ctx, const struct xe_lacking *lacking)
{
    struct wanted *wanted = ctx;

    wanted->row[wanted->rows++] = *lacking;
}

static void expect_wanted(uint32_t tid, uint64_t count)
{
    struct wanted wanted = {0};

    xe_kernel_lacking(h.bench.kernel, see_wanted, &wanted);
    cr_assert_eq(wanted.rows, 1);
    cr_expect_str_eq(wanted.row[0].category, "gpu");
    cr_expect_str_eq(wanted.row[0].text, "a GPU command that this build does not carry out");
    cr_expect_eq(wanted.row[0].first_tid, tid);
    cr_expect_eq(wanted.row[0].count, count);
}

/* As many as there are, from whom was first; and so it is told where the state is loaded. */
Test(hle_system, what_is_wanted_is_counted_and_saved)
{
    uint32_t first = h.thread->tid;
    struct xe_codec c;
    uint8_t *bytes;
    size_t size;

    bench_as(&h.bench, h.thread);
    xe_kernel_lacking_found(h.bench.kernel, XE_LACKING_GPU_COMMAND);
    bench_as(&h.bench, bench_thread(&h.bench, 1));
    xe_kernel_lacking_found(h.bench.kernel, XE_LACKING_GPU_COMMAND);
    xe_codec_init_save(&c);
    xe__kernel_lacking_state(&c, h.bench.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, &size);
    xe_codec_fini(&c);
    xe_kernel_lacking_found(h.bench.kernel, XE_LACKING_GPU_COMMAND);
    xe_codec_init_load(&c, bytes, size);
    xe__kernel_lacking_state(&c, h.bench.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    xe_free(bytes);
    expect_wanted(first, 2);
}

/* By number, as far as there is room; in a state, too. */
Test(hle_system, calls_of_the_hypervisor_are_counted_by_number)
{
    struct xe_kernel *kernel = h.bench.kernel;
    const struct xe__lacking_numbers *calls = &kernel->lacking_hypervisor;
    struct xe_codec c;
    uint8_t *bytes;
    size_t size;

    for (uint32_t i = 0; i < XE__LACKING_NUMBERS + 2; i++)
        xe_kernel_lacking_hypervisor(kernel, i, 0x82000000 + i);
    xe_kernel_lacking_hypervisor(kernel, 1, 0);
    xe_codec_init_save(&c);
    xe__kernel_lacking_state(&c, kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, &size);
    xe_codec_fini(&c);
    kernel->lacking_hypervisor = (struct xe__lacking_numbers){.count = 0};
    xe_codec_init_load(&c, bytes, size);
    xe__kernel_lacking_state(&c, kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    xe_free(bytes);
    cr_expect_eq(calls->count, XE__LACKING_NUMBERS);
    cr_expect_eq(calls->wanted[1].count, 2);
    cr_expect_eq(calls->wanted[1].first_lr, 0x82000001);
    cr_expect_eq(kernel->lacking[XE_LACKING_HYPERVISOR].count, 2);
}

struct files {
    uint32_t rows;
    uint64_t first, others;
    char name[XE__LACKING_FILE_NAME];
};

static void see_file(void *ctx, const struct xe_lacking *lacking)
{
    struct files *files = ctx;

    cr_expect_str_eq(lacking->category, "file");
    if (!files->rows++) {
        snprintf(files->name, sizeof(files->name), "%s", lacking->text);
        files->first = lacking->count;
    }
    if (!strcmp(lacking->text, "(other names)"))
        files->others = lacking->count;
}

static void open_file(const char *name)
{
    hle_put(&h, ROOM + 0x100, name);
    hle_put_counted(&h, ROOM + 0x40, (uint16_t)strlen(name), (uint16_t)strlen(name), ROOM + 0x100);
    xe_mem_set_u32(h.bench.mem, ROOM + 0x20, 0xFFFFFFFD);
    xe_mem_set_u32(h.bench.mem, ROOM + 0x24, ROOM + 0x40);
    CALL(&h, XBOXKRNL, NtOpenFile, ROOM, 0, ROOM + 0x20, ROOM + 0x60, 0, 0);
}

/* By name, and beyond those that have a place as one. */
Test(hle_system, files_that_are_not_there_are_counted_and_saved)
{
    struct files files = {0};
    struct xe_codec c;
    uint8_t *bytes;
    size_t size;
    char name[40];

    for (uint32_t i = 0; i < XE__LACKING_FILES + 3; i++) {
        snprintf(name, sizeof(name), "\\Device\\Cdrom0\\%u", i);
        open_file(name);
    }
    open_file("\\Device\\Cdrom0\\0");
    xe_codec_init_save(&c);
    xe__kernel_lacking_state(&c, h.bench.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, &size);
    xe_codec_fini(&c);
    h.bench.kernel->lacking_files = (struct xe__lacking_files){0};
    xe_codec_init_load(&c, bytes, size);
    xe__kernel_lacking_state(&c, h.bench.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    xe_free(bytes);
    xe_kernel_lacking(h.bench.kernel, see_file, &files);
    cr_expect_eq(files.rows, XE__LACKING_FILES + 1);
    cr_expect_str_eq(files.name, "\\Device\\Cdrom0\\0");
    cr_expect_eq(files.first, 2);
    cr_expect_eq(files.others, 3);
}

Test(hle_system, gpu_registers)
{
    static const uint32_t rows[][3] = {
        /* offset, written, read back */
        {0x1000, 0x12345678, 0x12345678},
        {0xFFFC, 7, 7},
        {0x1951 * 4, 0, 1},
        {0x1961 * 4, 0xFFFFFFFF, 0x050002D0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t value;
        xe_gva at = 0x7FC80000 + rows[i][0], fault;

        cr_expect_eq(xe_mem_store_slow(h.bench.mem, at, 4, rows[i][1], &fault), XE_MEM_OK);
        cr_expect_eq(xe_mem_load_slow(h.bench.mem, at, 4, &value, &fault), XE_MEM_OK);
        cr_expect_eq(value, rows[i][2], "row %zu", i);
    }
}

Test(hle_system, random_is_repeatable)
{
    uint8_t first[64];

    CALL(&h, XAM, NetDll_XNetRandom, 1, ROOM, sizeof(first));
    xe_mem_read(h.bench.mem, ROOM, first, sizeof(first));
    CALL(&h, XAM, NetDll_XNetRandom, 1, ROOM, sizeof(first));
    cr_expect_arr_neq(xe_mem_view(h.bench.mem, ROOM, 64), first, 64, "it goes on");
    hle_bench_fini(&h);
    hle_bench_init(&h);
    CALL(&h, XAM, NetDll_XNetRandom, 1, ROOM, sizeof(first));
    cr_expect_arr_eq(xe_mem_view(h.bench.mem, ROOM, 64), first, 64, "from the same start");
    CALL(&h, XAM, NetDll_XNetRandom, 1, ROOM, UINT32_MAX);
}

Test(hle_system, who_asks_to_be_told_of_threads_may_lead_the_list_in_circles)
{
    char text[512];

    CALL(&h, XBOXKRNL, ExRegisterThreadNotification, ROOM, 1);
    xe_mem_set_u32(h.bench.mem, ROOM + 8, ROOM + 0x48);
    xe_mem_set_u32(h.bench.mem, ROOM + 0x48, ROOM + 8);
    CALL(&h, XBOXKRNL, ExRegisterThreadNotification, ROOM + 0x80, 1);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
    xe_mem_set_u32(h.bench.mem, ROOM + 8, 0x40);
    CALL(&h, XBOXKRNL, ExRegisterThreadNotification, ROOM, 0);
    CALL(&h, XBOXKRNL, ExRegisterThreadNotification, 0x40, 1);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 2, "nothing can be registered there");
}

/* ---- xam ------------------------------------------------------------------------------------ */

Test(hle_system, message_boxes_complete_their_overlapped)
{
    struct xe_object *event = xe_kernel_event_create(h.bench.kernel, true, false);
    xe_handle handle = xe_kernel_handle_open(event);

    xe_mem_set_u32(h.bench.mem, TEXT, 0x3E5);
    xe_mem_set_u32(h.bench.mem, TEXT + 12, handle);
    cr_expect_eq(CALL(&h, XAM, XamShowMessageBoxUI, 0, 0, 0, 2, 0, 1, 0, OUT, TEXT), 0x3E5);
    cr_expect_eq(word(OUT), 1, "the focused button");
    cr_expect_eq(word(TEXT), 0);
    cr_expect_eq(xe_kernel_header_state(event), 1);
    xe_mem_set_u32(h.bench.mem, TEXT + 12, 0xDEAD);
    cr_expect_eq(CALL(&h, XAM, XamShowMessageBoxUI, 0, 0, 0, 2, 0, 0, 0, 0, TEXT), 0x3E5);
    cr_expect_eq(CALL(&h, XAM, XamShowMessageBoxUI, 0, 0, 0, 2, 0, 0, 0, 0, 0), 0);
    xe_kernel_object_unref(event);
}

Test(hle_system, listeners_hear_nothing)
{
    struct xe_object *event = xe_kernel_event_create(h.bench.kernel, true, false);
    uint64_t listener = CALL(&h, XAM, XamNotifyCreateListener, 0x2F, 0);
    char text[512];

    cr_expect(listener);
    cr_expect_eq(CALL(&h, XAM, XNotifyGetNext, listener, 0, OUT, OUT + 4), 0);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 0);
    CALL(&h, XAM, XNotifyGetNext, xe_kernel_handle_open(event), 0, OUT, OUT + 4);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1, "an event is no listener");
    cr_expect_eq(CALL(&h, XAM, CloseHandle, listener), 1);
    cr_expect_eq(CALL(&h, XAM, CloseHandle, listener), 0);
    xe_kernel_object_unref(event);
}

/* ---- promises ------------------------------------------------------------------------------- */

struct newest {
    struct xe_promise_info info;
    uint32_t count;
};

static void see(void *ctx, const struct xe_promise_info *info)
{
    struct newest *newest = ctx;

    newest->info = *info;
    newest->count++;
}

static struct newest newest_open(void)
{
    struct newest newest = {.count = 0};

    xe_kernel_promises(h.bench.kernel, see, &newest);
    return newest;
}

static struct newest newest_ended(void)
{
    struct newest newest = {.count = 0};

    xe_kernel_promises_ended(h.bench.kernel, see, &newest);
    return newest;
}

Test(hle_system, a_stub_with_an_overlapped_promises_what_nobody_keeps)
{
    struct xe_object *event = xe_kernel_event_create(h.bench.kernel, true, false);
    xe_handle handle = xe_kernel_handle_open(event);
    struct newest newest;

    xe_mem_set_u32(h.bench.mem, TEXT + 12, handle);
    CALL(&h, XAM, XamContentOpenFile, 0, 0, 0, 3, 0, 0, TEXT);
    newest = newest_open();
    cr_assert_eq(newest.count, 1);
    cr_expect_eq(newest.info.kind, XE_PROMISE_OVERLAPPED);
    cr_expect_eq(newest.info.due, XE_PROMISE_NEVER);
    cr_expect_eq(newest.info.object_id, event->id);
    cr_expect_eq(newest.info.key, handle);
    cr_expect_str_eq(newest.info.made.src, "XamContentOpenFile");
    cr_expect_eq(newest.info.made.lr, LR);
    xe_kernel_object_unref(event);
}

/* Each at its own argument. */
Test(hle_system, stubs_that_signal_later_are_rows_of_the_export_lists)
{
    struct xe_object *event = xe_kernel_event_create(h.bench.kernel, true, false);
    xe_handle handle = xe_kernel_handle_open(event);

    xe_mem_set_u32(h.bench.mem, TEXT + 12, handle);
    CALL(&h, XAM, XamShowPasscodeVerifyUI, 0, 0, TEXT);
    cr_expect_eq(newest_open().count, 1);
    cr_expect_eq(newest_open().info.object_id, event->id);
    CALL(&h, XAM, XamShowPasscodeVerifyUIEx, 0, 0, 0, TEXT + 0x40);
    CALL(&h, XAM, XamContentOpenFile, 0, 0, 0, 3, 0, 0, 0);
    cr_expect_eq(newest_open().count, 2, "a call without one is synchronous");
    CALL(&h, XAM, XamGetOverlappedResult, TEXT, 0, 0);
    cr_expect_eq(newest_open().count, 2, "asks for one, and starts none");
    xe_kernel_object_unref(event);
}

Test(hle_system, a_completed_overlapped_was_kept)
{
    struct xe_object *event = xe_kernel_event_create(h.bench.kernel, true, false);
    xe_handle handle = xe_kernel_handle_open(event);

    xe_mem_set_u32(h.bench.mem, TEXT + 12, handle);
    cr_expect_eq(CALL(&h, XAM, XamUserLogon, 0, 0, TEXT), 0x3E5);
    cr_expect_eq(newest_open().count, 1);
    cr_expect_eq(newest_open().info.due, XE_PROMISE_AT);
    cr_expect_eq(xe_kernel_header_state(event), 0);
    hle_pass(&h);
    cr_expect_eq(newest_open().count, 0);
    cr_assert_eq(newest_ended().count, 1);
    cr_expect_eq(newest_ended().info.state, XE_PROMISE_KEPT);
    cr_expect_eq(xe_kernel_header_state(event), 1);
    xe_mem_set_u32(h.bench.mem, TEXT + 12, 0xDEAD);
    CALL(&h, XAM, XamUserLogon, 0, 0, TEXT);
    hle_pass(&h);
    cr_expect_eq(newest_ended().info.state, XE_PROMISE_BROKEN, "that is no event");
    cr_expect_eq(CALL(&h, XAM, XamUserLogon, 0, 0, 0), 0, "synchronous");
    xe_kernel_object_unref(event);
}

Test(hle_system, a_graphics_callback_waits_for_two_things)
{
    CALL(&h, XBOXKRNL, VdSetGraphicsInterruptCallback, 0x82001000, 5);
    cr_expect_eq(newest_open().count, 2);
    cr_expect_eq(newest_open().info.kind, XE_PROMISE_VBLANK);
    cr_expect_eq(newest_open().info.key, 0x82001000);
    CALL(&h, XBOXKRNL, VdSetGraphicsInterruptCallback, 0x82002000, 5);
    cr_expect_eq(newest_open().count, 2);
    CALL(&h, XBOXKRNL, VdSetGraphicsInterruptCallback, 0, 0);
    cr_expect_eq(newest_open().count, 0);
    cr_expect_eq(newest_ended().info.state, XE_PROMISE_CANCELLED);
}

Test(hle_system, an_audio_callback_is_promised)
{
    xe_mem_set_u32(h.bench.mem, TEXT, 0x82003000);
    CALL(&h, XBOXKRNL, XAudioRegisterRenderDriverClient, TEXT, OUT);
    cr_assert_eq(newest_open().count, 1);
    cr_expect_eq(newest_open().info.kind, XE_PROMISE_AUDIO);
    cr_expect_eq(newest_open().info.key, 0x82003000);
    cr_expect_eq(newest_open().info.due, XE_PROMISE_AT);
    CALL(&h, XBOXKRNL, XAudioUnregisterRenderDriverClient, xe_mem_u32(h.bench.mem, OUT));
    cr_expect_eq(newest_open().count, 0);
}

Test(hle_system, a_capture_callback_is_never_called)
{
    xe_mem_set_u32(h.bench.mem, TEXT, 0x82003000);
    CALL(&h, XBOXKRNL, XAudioRegisterRenderDriverMECClient, TEXT, OUT);
    cr_assert_eq(newest_open().count, 1);
    cr_expect_eq(newest_open().info.due, XE_PROMISE_NEVER);
}

Test(hle_system, a_listener_is_promised_notifications)
{
    uint64_t listener = CALL(&h, XAM, XamNotifyCreateListener, 0x2F, 0);

    cr_assert_eq(newest_open().count, 1);
    cr_expect_eq(newest_open().info.kind, XE_PROMISE_NOTIFICATION);
    cr_expect_eq(newest_open().info.key, listener);
    cr_expect_neq(newest_open().info.object_id, 0);
    CALL(&h, XAM, CloseHandle, listener);
    cr_expect_eq(newest_open().count, 0);
}

Test(hle_system, sleep_sleeps)
{
    CALL(&h, XAM, Sleep, 5);
    cr_expect(parked());
    bench_pass(&h.bench, 60000);
    cr_expect_not(parked());
    CALL(&h, XAM, Sleep, UINT32_MAX);
    bench_pass(&h.bench, 1ull << 50);
    cr_expect(parked());
}

/* Garbage for the families that may park their caller. */
Test(hle_system, xam_survives_garbage)
{
    static const uint64_t garbage[] = {0, UINT64_MAX, 0x80000000, SCRATCH + SCRATCH_SIZE - 2, 8};
    const struct xe_hle *const tables[] = {xe_hle_xam_misc, xe_family_net.exports};

    for (size_t t = 0; t < 2; t++)
        for (const struct xe_hle *row = tables[t]; row->handler; row++)
            for (size_t g = 0; g < 5; g++) {
                uint64_t args[12];

                for (size_t i = 0; i < 12; i++)
                    args[i] = garbage[(g + i * (g & 1)) % 5];
                hle_call(&h, row->module, row->ordinal, 12, args);
                wake();
                h.bench.kernel->stop = XE_STOP_NONE;
            }
}
