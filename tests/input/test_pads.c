/* When events come to pass, and what a title is given. */
#include <criterion/criterion.h>
#include <string.h>

#include "input/pads_internal.h"
#include "tests/support/fields.h"

static struct xe_pads *pads;

static void setup(void)
{
    pads = xe_pads_create(1);
}

static void teardown(void)
{
    xe_pads_destroy(pads);
}

TestSuite(pads, .init = setup, .fini = teardown);

static const struct xe_pad *read_at(uint64_t cycle, uint64_t frames)
{
    return xe_pads_look(pads, 0, &(struct xe_pads_now){cycle, frames, 0}, true);
}

static uint32_t buttons_at(uint64_t cycle)
{
    return read_at(cycle, 0)->given.buttons;
}

static void press(enum xe_pad_clock clock, uint64_t at, enum xe_pad_clock lasts, uint64_t count)
{
    cr_assert(xe_pads_add(pads,
                          &(struct xe_pad_event){.act = XE_PAD_PRESS,
                                                 .clock = clock,
                                                 .at = at,
                                                 .lasts = lasts,
                                                 .count = count,
                                                 .state = {.buttons = 0x2000}},
                          NULL));
}

static void act(enum xe_pad_act what, uint64_t at, uint32_t buttons)
{
    cr_assert(xe_pads_add(
        pads, &(struct xe_pad_event){.act = what, .at = at, .state = {.buttons = buttons}}, NULL));
}

Test(pads, a_press_by_cycle_is_seen_from_its_first_look_on)
{
    press(XE_PAD_CYCLE, 100, XE_PAD_CYCLE, 50);
    cr_expect_eq(buttons_at(99), 0);
    cr_expect_eq(buttons_at(1000), 0x2000, "it begins when the title looks");
    cr_expect_eq(buttons_at(1049), 0x2000);
    cr_expect_eq(buttons_at(1050), 0);
    cr_expect_eq(xe_pads_script(pads).over, 1);
}

Test(pads, a_press_by_frame_lasts_frames)
{
    press(XE_PAD_FRAME, 3, XE_PAD_FRAME, 2);
    cr_expect_eq(read_at(0, 2)->given.buttons, 0);
    cr_expect_eq(read_at(0, 4)->given.buttons, 0x2000);
    cr_expect_eq(read_at(0, 5)->given.buttons, 0x2000);
    cr_expect_eq(read_at(0, 6)->given.buttons, 0);
}

Test(pads, a_press_by_poll_is_seen_by_so_many_reads)
{
    press(XE_PAD_POLL, 2, XE_PAD_POLL, 2);
    cr_expect_eq(buttons_at(0), 0);
    cr_expect_eq(buttons_at(0), 0x2000);
    cr_expect_eq(buttons_at(0), 0x2000);
    cr_expect_eq(buttons_at(0), 0);
    cr_expect_eq(xe_pads_get(pads, 0)->polls, 4);
}

/* A look that is no read begins it, but the first read is the first that counts. */
Test(pads, looks_at_what_there_is_are_no_polls)
{
    press(XE_PAD_CYCLE, 0, XE_PAD_POLL, 1);
    xe_pads_look(pads, 0, &(struct xe_pads_now){0}, false);
    cr_expect_eq(xe_pads_script(pads).going_on, 1);
    cr_expect_eq(buttons_at(0), 0x2000);
    cr_expect_eq(buttons_at(0), 0);
}

Test(pads, only_the_device_that_is_looked_at_moves)
{
    act(XE_PAD_SET, 0, 0x1000);
    xe_pads_look(pads, 1, &(struct xe_pads_now){9, 9, 0}, true);
    cr_expect_eq(xe_pads_script(pads).waiting, 1);
    cr_expect_eq(xe_pads_script(pads).next.act, XE_PAD_SET);
    cr_expect_eq(xe_pads_get(pads, 0)->given.buttons, 0);
}

Test(pads, presses_come_on_top_of_what_is_set)
{
    act(XE_PAD_SET, 0, 0x1000);
    press(XE_PAD_CYCLE, 0, XE_PAD_POLL, 1);
    cr_expect_eq(buttons_at(0), 0x3000);
    cr_expect_eq(buttons_at(0), 0x1000);
}

Test(pads, the_packet_changes_with_the_state_alone)
{
    uint32_t first = read_at(0, 0)->packet;

    cr_expect_eq(read_at(1, 0)->packet, first);
    act(XE_PAD_SET, 0, 0x1000);
    cr_expect_eq(read_at(2, 0)->packet, first + 1);
    cr_expect_eq(read_at(3, 0)->packet, first + 1);
    act(XE_PAD_SET, 0, 0x1000);
    cr_expect_eq(read_at(4, 0)->packet, first + 1, "the same again is no change");
}

Test(pads, what_is_unplugged_gives_nothing)
{
    act(XE_PAD_SET, 0, 0x1000);
    act(XE_PAD_DISCONNECT, 10, 0);
    act(XE_PAD_CONNECT, 20, 0);
    cr_expect(read_at(9, 0)->connected);
    cr_expect(!read_at(10, 0)->connected);
    cr_expect_eq(buttons_at(11), 0);
    cr_expect(read_at(20, 0)->connected);
    cr_expect_eq(buttons_at(20), 0x1000, "the button is still held");
}

Test(pads, clearing_ends_what_goes_on)
{
    press(XE_PAD_CYCLE, 0, XE_PAD_CYCLE, 1000000);
    press(XE_PAD_CYCLE, 5, XE_PAD_CYCLE, 1000000);
    cr_expect_eq(buttons_at(0), 0x2000);
    xe_pads_clear(pads);
    cr_expect_eq(buttons_at(10), 0);
    cr_expect_eq(xe_pads_script(pads).waiting, 0);
}

Test(pads, a_press_to_the_end_of_time_never_ends)
{
    press(XE_PAD_CYCLE, 0, XE_PAD_CYCLE, UINT64_MAX);
    cr_expect_eq(buttons_at(7), 0x2000);
    cr_expect_eq(buttons_at(UINT64_MAX - 1), 0x2000);
}

Test(pads, there_is_room_for_so_many_events)
{
    struct xe_error err = XE_ERROR_INIT;

    for (uint32_t i = 0; i < XE_PAD_EVENTS_MAX; i++)
        act(XE_PAD_SET, 100, 0);
    cr_expect(!xe_pads_add(pads, &(struct xe_pad_event){.act = XE_PAD_SET}, &err));
    cr_expect_eq(err.code, XE_ERR_QUOTA_EXCEEDED);
    buttons_at(100);
    act(XE_PAD_SET, 100, 0);
}

/* ---- keystrokes ----------------------------------------------------------------------------- */

static uint64_t now_100ns;

static void expect_stroke(uint32_t port, uint16_t key, uint16_t flags)
{
    struct xe_keystroke stroke = {0};

    cr_expect(xe_pads_keystroke(pads, port, now_100ns, &stroke));
    cr_expect_eq(stroke.key, key, "0x%x", stroke.key);
    cr_expect_eq(stroke.flags, flags, "0x%x: %u", stroke.key, stroke.flags);
}

static void expect_no_stroke(uint32_t port)
{
    struct xe_keystroke stroke;

    cr_expect(!xe_pads_keystroke(pads, port, now_100ns, &stroke));
}

static void set(struct xe_gamepad state)
{
    xe_pads_add(pads, &(struct xe_pad_event){.act = XE_PAD_SET, .state = state}, NULL);
    read_at(0, 0);
}

Test(pads, each_key_goes_down_and_up_once)
{
    set((struct xe_gamepad){.buttons = 0x1410, .rt = 200}); /* the guide button is no key */
    expect_stroke(0, 0x5800, XE_KEYSTROKE_DOWN);
    expect_stroke(0, 0x5814, XE_KEYSTROKE_DOWN);
    expect_stroke(0, 0x5807, XE_KEYSTROKE_DOWN);
    expect_no_stroke(0);
    set((struct xe_gamepad){.rt = 30});
    expect_stroke(0, 0x5800, XE_KEYSTROKE_UP);
    expect_stroke(0, 0x5814, XE_KEYSTROKE_UP);
    expect_stroke(0, 0x5807, XE_KEYSTROKE_UP);
    expect_no_stroke(0);
}

Test(pads, a_stick_leaves_one_direction_for_another)
{
    set((struct xe_gamepad){.ly = 20000, .ry = -8689});
    expect_stroke(0, 0x5820, XE_KEYSTROKE_DOWN);
    expect_no_stroke(0);
    set((struct xe_gamepad){.lx = -32768, .ly = -32768, .rx = 32767});
    expect_stroke(0, 0x5820, XE_KEYSTROKE_UP);
    expect_stroke(0, 0x5827, XE_KEYSTROKE_DOWN);
    expect_stroke(0, 0x5832, XE_KEYSTROKE_DOWN);
    expect_no_stroke(0);
}

static void type(const char *word)
{
    struct xe_pad_event event = {
        .act = XE_PAD_KEY, .port = XE_PAD_KEYBOARD, .lasts = XE_PAD_POLL, .count = 1};

    cr_assert(xe_pad_key(word, &event.key));
    cr_assert(xe_pads_add(pads, &event, NULL));
}

Test(pads, keys_of_the_keyboard_come_in_order)
{
    struct xe_pads_now now = {0};

    type("x");
    xe_pads_look(pads, XE_PAD_KEYBOARD, &now, true);
    type("enter");
    xe_pads_look(pads, XE_PAD_KEYBOARD, &now, true);
    expect_stroke(XE_PAD_KEYBOARD, 0x58, XE_KEYSTROKE_DOWN);
    expect_stroke(XE_PAD_KEYBOARD, 0x58, XE_KEYSTROKE_UP);
    expect_stroke(XE_PAD_KEYBOARD, 0x0D, XE_KEYSTROKE_DOWN);
    expect_no_stroke(XE_PAD_KEYBOARD);
    for (int i = 0; i < 100; i++)
        type("a");
    xe_pads_look(pads, XE_PAD_KEYBOARD, &now, true);
    for (uint32_t i = 0; i < XE__PADS_KEYSTROKES; i++)
        cr_expect(xe_pads_keystroke(pads, XE_PAD_KEYBOARD, 0, &(struct xe_keystroke){0}));
    expect_no_stroke(XE_PAD_KEYBOARD);
}

Test(pads, the_key_pressed_last_repeats)
{
    set((struct xe_gamepad){.buttons = 0x1000});
    expect_stroke(0, 0x5800, XE_KEYSTROKE_DOWN);
    set((struct xe_gamepad){.buttons = 0x3000});
    expect_stroke(0, 0x5801, XE_KEYSTROKE_DOWN);
    now_100ns = 3999999;
    expect_no_stroke(0);
    now_100ns = 4000000;
    expect_stroke(0, 0x5801, XE_KEYSTROKE_DOWN | XE_KEYSTROKE_REPEAT);
    expect_no_stroke(0);
    now_100ns = 4999999;
    expect_no_stroke(0);
    now_100ns = 9000000; /* several have passed */
    expect_stroke(0, 0x5801, XE_KEYSTROKE_DOWN | XE_KEYSTROKE_REPEAT);
    expect_no_stroke(0);
    set((struct xe_gamepad){.buttons = 0x1000});
    expect_stroke(0, 0x5801, XE_KEYSTROKE_UP);
    now_100ns = 99000000;
    expect_no_stroke(0);
}

Test(pads, the_key_typed_last_repeats)
{
    struct xe_pad_event event = {
        .act = XE_PAD_KEY, .port = XE_PAD_KEYBOARD, .lasts = XE_PAD_POLL, .count = 4};
    struct xe_pads_now now = {0};

    for (uint32_t i = 0; i < 2; i++) {
        cr_assert(xe_pad_key(i ? "b" : "a", &event.key));
        cr_assert(xe_pads_add(pads, &event, NULL));
        xe_pads_look(pads, XE_PAD_KEYBOARD, &now, true);
    }
    expect_stroke(XE_PAD_KEYBOARD, 'A', XE_KEYSTROKE_DOWN);
    expect_stroke(XE_PAD_KEYBOARD, 'B', XE_KEYSTROKE_DOWN);
    now.time = 4000000;
    xe_pads_look(pads, XE_PAD_KEYBOARD, &now, true);
    expect_stroke(XE_PAD_KEYBOARD, 'B', XE_KEYSTROKE_DOWN | XE_KEYSTROKE_REPEAT);
    expect_no_stroke(XE_PAD_KEYBOARD);
    now.time = 4999999;
    xe_pads_look(pads, XE_PAD_KEYBOARD, &now, true);
    expect_no_stroke(XE_PAD_KEYBOARD);
}

/* ---- plugging in and out, without a look ----------------------------------------------------- */

Test(pads, a_plug_waits_for_no_look)
{
    struct xe_pads_now now = {99, 0, 0};
    bool by_frame;

    act(XE_PAD_DISCONNECT, 100, 0);
    act(XE_PAD_CONNECT, 200, 0);
    press(XE_PAD_CYCLE, 50, XE_PAD_CYCLE, 1);
    cr_expect_eq(xe_pads_next_plug(pads, &by_frame), 100);
    cr_expect(!by_frame);
    cr_expect(!xe_pads_plug(pads, &now));
    now.cycle = 100;
    cr_expect(xe_pads_plug(pads, &now));
    cr_expect(!xe_pads_get(pads, 0)->connected);
    cr_expect_eq(xe_pads_next_plug(pads, &by_frame), 200);
    now.cycle = 200;
    cr_expect(xe_pads_plug(pads, &now));
    cr_expect(xe_pads_get(pads, 0)->connected);
    cr_expect_eq(xe_pads_script(pads).waiting, 1, "a press waits for its look");
    cr_expect_eq(xe_pads_next_plug(pads, &by_frame), UINT64_MAX);
}

Test(pads, what_was_plugged_in_already_is_no_change)
{
    act(XE_PAD_CONNECT, 5, 0);
    cr_expect(!xe_pads_plug(pads, &(struct xe_pads_now){5, 0, 0}));
    cr_expect_eq(xe_pads_script(pads).over, 1);
}

Test(pads, plugs_come_by_frame_too_and_by_poll_with_a_look)
{
    struct xe_pad_event event = {.act = XE_PAD_DISCONNECT, .clock = XE_PAD_FRAME, .at = 3};
    bool by_frame;

    cr_assert(xe_pads_add(pads, &event, NULL));
    event.clock = XE_PAD_POLL;
    cr_assert(xe_pads_add(pads, &event, NULL));
    cr_expect_eq(xe_pads_next_plug(pads, &by_frame), UINT64_MAX);
    cr_expect(by_frame);
    cr_expect(!xe_pads_plug(pads, &(struct xe_pads_now){1000, 2, 0}));
    cr_expect(xe_pads_plug(pads, &(struct xe_pads_now){1000, 3, 0}));
    cr_expect_eq(xe_pads_script(pads).waiting, 1);
}

/* ---- what an event may say ------------------------------------------------------------------ */

#define EVENT(...)                                                                                 \
    (struct xe_pad_event)                                                                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

Test(pads, events_that_make_no_sense_are_refused)
{
    const struct xe_pad_event bad[] = {
        {.act = XE_PAD_ACTS},
        {.act = XE_PAD_SET, .port = 4},
        {.act = XE_PAD_SET, .clock = XE_PAD_CLOCKS},
        {.act = XE_PAD_SET, .count = 1},
        {.act = XE_PAD_PRESS},
        {.act = XE_PAD_PRESS, .count = 1, .lasts = XE_PAD_CLOCKS},
        {.act = XE_PAD_KEY, .count = 1},
        {.act = XE_PAD_KEY, .count = 1, .port = XE_PAD_KEYBOARD, .key = 1000},
        {.act = XE_PAD_SET, .state = {.buttons = 0x800}},
        {.act = XE_PAD_SET, .state = {.buttons = 0x10000}},
        {.act = XE_PAD_SET, .state = {.lt = 256}},
        {.act = XE_PAD_SET, .state = {.lx = -32769}},
        {.act = XE_PAD_SET, .state = {.ry = 32768}},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;

        cr_expect(!xe_pad_event_check(&bad[i], &err), "event %zu", i);
        cr_expect_eq(err.code, XE_ERR_SCRIPT_MALFORMED, "event %zu: %s", i, err.text);
    }
    cr_expect(
        xe_pad_event_check(&EVENT(.act = XE_PAD_SET, .state = {.lt = 255, .lx = -32768}), NULL));
    cr_expect(xe_pad_event_check(&EVENT(.act = XE_PAD_PRESS, .port = 3, .count = 1), NULL));
}

Test(pads, words_are_known_and_near_ones_offered)
{
    enum xe_pad_clock clock;
    char near[256];
    uint32_t key;

    cr_expect_eq(xe_pad_button("rb"), 0x200);
    cr_expect_eq(xe_pad_button("z"), 0);
    cr_expect(xe_pad_clock("poll", &clock) && clock == XE_PAD_POLL);
    cr_expect_str_eq(xe_pad_clock_word(XE_PAD_FRAME), "frame");
    cr_expect(!xe_pad_clock("second", &clock));
    cr_expect(xe_pad_key("escape", &key));
    cr_expect_str_eq(xe_pad_key_word(key), "escape");
    cr_expect_str_eq(xe_pad_near_button("strat", near), "; did you mean 'start'?");
    cr_expect_str_eq(xe_pad_near_key("escpe", near), "; did you mean 'escape'?");
}

/* ---- state ---------------------------------------------------------------------------------- */

#define CHECK(type, sample, function)                                                              \
    fields_check(&(struct field_test){#type, sample, sizeof(type), function, except,               \
                                      sizeof(except) / sizeof(except[0])})

static void pad_state(struct xe_codec *c, void *sample)
{
    xe__pad_state(c, sample);
}

static void pending_state(struct xe_codec *c, void *sample)
{
    xe__pad_pending_state(c, sample);
}

static void stroke_state(struct xe_codec *c, void *sample)
{
    xe__keystroke_state(c, sample);
}

Test(pads, every_field_is_state)
{
    static struct xe_pad pad;
    static struct xe__pad_pending pending;
    static struct xe_keystroke stroke;

    {
        static const struct field_range except[] = {
            FIELD_HOLE(struct xe_pad, connected, left_motor),
            FIELD_HOLE(struct xe_pad, right_motor, packet),
            FIELD_HOLE(struct xe_pad, packet, polls),
            FIELD_HOLE(struct xe_pad, repeats, struck),
        };
        CHECK(struct xe_pad, &pad, pad_state);
    }
    {
        static const struct field_range except[] = {
            FIELD_HOLE(struct xe_pad_event, clock, at),
            FIELD_HOLE(struct xe_pad_event, lasts, count),
            FIELD_HOLE(struct xe__pad_pending, begun, end),
        };
        CHECK(struct xe__pad_pending, &pending, pending_state);
    }
    {
        static const struct field_range except[] = {
            FIELD_TAIL(struct xe_keystroke, hid),
        };
        CHECK(struct xe_keystroke, &stroke, stroke_state);
    }
}

static void save(struct xe_codec *c)
{
    xe_codec_init_save(c);
    xe_codec_section(c, "pads");
    xe_pads_state(c, pads);
    cr_assert(xe_codec_end(c), "%s", c->error.text);
}

/* "" or why it was refused. */
static const char *load(struct xe_pads *to, const struct xe_codec *saved)
{
    static char text[512];
    struct xe_codec c;

    xe_codec_init_load(&c, saved->bytes, saved->size);
    xe_codec_section(&c, "pads");
    xe_pads_state(&c, to);
    xe_codec_end(&c);
    strcpy(text, c.error.text);
    return text;
}

Test(pads, a_saved_press_goes_on_where_it_was)
{
    struct xe_pads *first = pads, *second = xe_pads_create(1);
    struct xe_codec saved;

    press(XE_PAD_POLL, 2, XE_PAD_POLL, 2);
    press(XE_PAD_CYCLE, 50, XE_PAD_CYCLE, 10);
    type("q");
    buttons_at(0);
    cr_expect_eq(buttons_at(0), 0x2000);
    save(&saved);
    cr_assert_str_eq(load(second, &saved), "");
    for (uint64_t cycle = 1; cycle < 80; cycle += 3) {
        uint32_t expected = buttons_at(cycle), packet = pads->pad[0].packet;

        pads = second;
        cr_expect_eq(buttons_at(cycle), expected, "cycle %llu", (unsigned long long)cycle);
        cr_expect_eq(pads->pad[0].packet, packet);
        pads = first;
    }
    xe_codec_fini(&saved);
    xe_pads_destroy(second);
}

Test(pads, loading_refuses_events_that_make_no_sense)
{
    struct xe_codec saved;

    act(XE_PAD_SET, 0, 0);
    pads->pending[0].event.port = 4;
    save(&saved);
    cr_expect_str_eq(load(pads, &saved), "pads: event 0: pad: expected a number from 1 to 4");
    xe_codec_fini(&saved);
}

Test(pads, loading_refuses_states_that_no_pad_can_be_in)
{
    struct xe_codec saved;

    pads->pad[2].given.ry = 40000;
    save(&saved);
    cr_expect_str_eq(load(pads, &saved),
                     "pads: pad 0x2: ry: expected a number from -32768 to 32767");
    xe_codec_fini(&saved);
}
