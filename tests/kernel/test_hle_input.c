/* Controllers and the keyboard, as titles ask for them. */
#include <criterion/criterion.h>

#include "hle_bench.h"
#include "input/pads.h"
#include "kernel/families/input.h"
#include "tests/support/fields.h"

#define ROOM          (SCRATCH + 0x1000)
#define NOT_CONNECTED 0x48Fu
#define EMPTY         0x10D2u

static struct hle_bench h;
static struct xe_pads *pads;

static void setup(void)
{
    hle_bench_init(&h);
    pads = xe_kernel_pads(h.bench.kernel);
    cr_assert(xe_pads_add(pads, &(struct xe_pad_event){.act = XE_PAD_CONNECT, .port = 1}, NULL));
    cr_assert(xe_pads_add(pads,
                          &(struct xe_pad_event){.act = XE_PAD_SET,
                                                 .port = 1,
                                                 .state = {0x2001, 7, 255, -32768, 32767, 1, -2}},
                          NULL));
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_input, .init = setup, .fini = teardown);

static uint32_t word(uint32_t n)
{
    return xe_mem_u32(h.bench.mem, ROOM + 4 * n);
}

Test(hle_input, a_state_as_it_lies_in_guest_memory)
{
    cr_expect_eq(CALL32(&h, XAM, XamInputGetState, 1, 1, ROOM), 0);
    cr_expect_eq(word(0), 1, "the packet");
    cr_expect_eq(word(1), 0x200107FF);
    cr_expect_eq(word(2), 0x80007FFF);
    cr_expect_eq(word(3), 0x0001FFFE);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetState, 1, 0, 0), 0, "the state may be NULL");
    cr_expect_eq(xe_pads_get(pads, 1)->polls, 2);
}

Test(hle_input, what_is_not_there_is_not_connected)
{
    cr_expect_eq(CALL32(&h, XAM, XamInputGetState, 0, 1, ROOM), NOT_CONNECTED);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetState, 4, 1, ROOM), NOT_CONNECTED);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetState, 1, 2, ROOM), NOT_CONNECTED, "a keyboard");
    cr_expect_eq(CALL32(&h, XAM, XamInputGetCapabilities, 0, 1, ROOM), NOT_CONNECTED);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystroke, 0, 1, ROOM), NOT_CONNECTED);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystroke, 9, 0, ROOM), NOT_CONNECTED);
    cr_expect_eq(CALL32(&h, XAM, XamUserGetDeviceContext, 0, 0, ROOM), 0x8007048F);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XInputdReadState, 0x10000000, ROOM, ROOM, 0), 0xC000009D);
    cr_expect_eq(word(0), 0);
}

Test(hle_input, anybody_is_the_first_that_is_plugged_in)
{
    CALL(&h, XAM, XamInputGetState, 1, 1, 0);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetState, 0xFF, 1, ROOM), 0);
    cr_expect_eq(word(1), 0x200107FF);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetState, 0, 0x40000001, ROOM), 0);
    cr_expect_eq(xe_pads_get(pads, 1)->polls, 3);
}

Test(hle_input, bad_arguments)
{
    cr_expect_eq(CALL32(&h, XAM, XamInputSetState, 1, 1, 0), 0xA0);
    cr_expect_eq(CALL32(&h, XAM, XamInputSetState, 1, 1, UNREADABLE), 0xA0);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetCapabilities, 1, 1, 0), 0xA0);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystroke, 1, 1, UNREADABLE), 0xA0);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystrokeEx, UNREADABLE, 1, ROOM), 0xA0);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetState, 1, 1, SCRATCH + SCRATCH_SIZE - 8), 0,
                 "what does not fit is not stored");
    cr_expect_eq(xe_mem_u32(h.bench.mem, SCRATCH + SCRATCH_SIZE - 8), 0);
}

Test(hle_input, motors_are_kept_as_the_title_set_them)
{
    xe_mem_set_u32(h.bench.mem, ROOM, 0x1234FFFF);
    cr_expect_eq(CALL32(&h, XAM, XamInputSetState, 0, 1, ROOM), NOT_CONNECTED);
    cr_expect_eq(CALL32(&h, XAM, XamInputSetState, 1, 1, ROOM), 0);
    cr_expect_eq(xe_pads_get(pads, 1)->left_motor, 0x1234);
    cr_expect_eq(xe_pads_get(pads, 1)->right_motor, 0xFFFF);
    cr_expect_eq(xe_pads_get(pads, 1)->polls, 0, "setting is not reading");
}

Test(hle_input, capabilities_of_a_gamepad)
{
    cr_expect_eq(CALL32(&h, XAM, XamInputGetCapabilitiesEx, 1, 1, 1, ROOM), 0);
    cr_expect_eq(word(0), 0x01010000);
    cr_expect_eq(word(1), 0xF3FFFFFF);
    cr_expect_eq(word(4), 0xFFFFFFFF);
    cr_expect_eq(word(5), 0);
}

Test(hle_input, keystrokes_say_whose_they_are)
{
    xe_mem_set_u32(h.bench.mem, ROOM + 0x40, 0xFF);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystrokeEx, ROOM + 0x40, 1, ROOM), 0);
    cr_expect_eq(word(0), 0x58010000, "B");
    cr_expect_eq(word(1), 0x00010100, "down, of the second user");
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 0x40), 1);
    for (int i = 0; i < 4; i++) /* up, the trigger, both sticks */
        cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystroke, 1, 0, ROOM), i < 3 ? 0 : EMPTY, "%d", i);
}

Test(hle_input, the_keyboard_is_the_first_users)
{
    struct xe_pad_event event = {
        .act = XE_PAD_KEY, .port = XE_PAD_KEYBOARD, .lasts = XE_PAD_POLL, .count = 1};

    cr_assert(xe_pad_key("q", &event.key));
    cr_assert(xe_pads_add(pads, &event, NULL));
    cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystroke, 0xFF, 1, ROOM), 0, "the pad's B");
    cr_expect_eq(word(0) >> 16, 0x5801);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystroke, 0xFF, 2, ROOM), 0);
    cr_expect_eq(word(0), 0x00510071);
    cr_expect_eq(word(1), 0x00010014);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystroke, 0, 2, ROOM), 0);
    cr_expect_eq(word(1), 0x00020014);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetKeystroke, 0, 2, ROOM), EMPTY);
}

Test(hle_input, a_devices_context_leads_back_to_it)
{
    cr_expect_eq(CALL32(&h, XAM, XamUserGetDeviceContext, 1, 0, ROOM), 0);
    cr_expect_eq(word(0), 0x10000001);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XInputdReadState, word(0), ROOM + 4, ROOM + 8, 0), 0);
    cr_expect_eq(word(1), 1);
    cr_expect_eq(word(2), 0x200107FF);
    CALL(&h, XBOXKRNL, XInputdPowerDownDevice, 7);
    cr_expect(xe_pads_get(pads, 1)->connected, "that is no device");
    CALL(&h, XBOXKRNL, XInputdPowerDownDevice, 0x10000001);
    cr_expect_eq(CALL32(&h, XAM, XamInputGetState, 1, 1, ROOM), NOT_CONNECTED);
}

/* ---- who asks ------------------------------------------------------------------------------- */

static void count_caller(void *ctx, const struct xe_pad_caller *caller)
{
    struct xe_pad_caller *sum = ctx;

    sum->times += caller->times;
    sum->port = caller->port;
    sum->lr = caller->lr;
    sum->name = caller->name;
}

Test(hle_input, who_asks_is_kept)
{
    struct xe_pad_caller sum = {.name = NULL};

    for (int i = 0; i < 5; i++)
        CALL(&h, XAM, XamInputGetState, 1, 1, ROOM);
    xe_kernel_pad_callers(h.bench.kernel, count_caller, &sum);
    cr_expect_eq(sum.times, 5);
    cr_expect_eq(sum.port, 1);
    cr_expect_eq(sum.lr, LR);
    cr_expect_str_eq(sum.name, "XamInputGetState");
}

static void caller_state(struct xe_codec *c, void *sample)
{
    xe_codec_beside(c, true);
    xe__kernel_pad_caller_state(c, sample);
    xe_codec_beside(c, false);
}

#define C struct xe_pad_caller
Test(hle_input, every_field_of_a_caller)
{
    static const struct field_range except[] = {
        FIELD(C, name, FIELD_LEADS, "told by its text"),
        FIELD(C, port, FIELD_BESIDE, "reports only"),
        FIELD(C, tid, FIELD_BESIDE, "reports only"),
        FIELD(C, lr, FIELD_BESIDE, "reports only"),
        FIELD_HOLE(C, lr, times),
        FIELD(C, times, FIELD_BESIDE, "reports only"),
        FIELD(C, first, FIELD_BESIDE, "reports only"),
        FIELD(C, newest, FIELD_BESIDE, "reports only"),
    };
    struct xe_pad_caller caller = {.name = "XamInputGetState"};

    fields_check(&(struct field_test){"struct xe_pad_caller", &caller, sizeof(caller), caller_state,
                                      except, sizeof(except) / sizeof(except[0])});
}

Test(hle_input, a_caller_without_an_export_is_refused)
{
    struct xe__input *self = xe_kernel_family_self(h.bench.kernel, &xe_family_input);
    struct xe_codec save, load;

    self->callers = 1;
    xe_codec_init_save(&save);
    xe_codec_section(&save, "kernel");
    xe__kernel_input_state(&save, self);
    cr_assert(xe_codec_end(&save));
    xe_codec_init_load(&load, save.bytes, save.size);
    xe_codec_section(&load, "kernel");
    xe__kernel_input_state(&load, self);
    cr_expect(!xe_codec_end(&load));
    cr_expect_str_eq(load.error.text, "kernel: caller 0 called no export");
    xe_codec_fini(&load);
    xe_codec_fini(&save);
}
