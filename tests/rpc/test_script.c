/* Scripts of what happens to controllers: what is taken, and what is said of what isn't. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "worker/session/script.h"

static struct xe_pad_event *event;
static size_t count;
static struct xe_error err;

static bool take(const char *text)
{
    free(event);
    event = NULL;
    count = 0;
    err = (struct xe_error)XE_ERROR_INIT;
    return xe__session_script_read(text, strlen(text), "s.yaml", &event, &count, &err);
}

static void teardown(void)
{
    free(event);
    event = NULL;
}

TestSuite(script, .fini = teardown);

Test(script, every_form_of_an_event)
{
    cr_assert(take("- cycle: 1900000000\n"
                   "  press: [a, rb]\n"
                   "  for: {cycles: 5000}\n"
                   "- {frame: 7, pad: 4, set: {lt: 255, rx: -32768, buttons: guide}}\n"
                   "- poll: 3\n"
                   "  pad: 2\n"
                   "  press:\n"
                   "    buttons: []\n"
                   "    ly: 32767\n"
                   "- {cycle: 0, pad: 3, connect: true}\n"
                   "- {cycle: 1, disconnect: true}\n"
                   "- {poll: 9, key: page_up, for: {frames: 2}}\n"),
              "%s", err.text);
    cr_assert_eq(count, 6);
    cr_expect_eq(event[0].act, XE_PAD_PRESS);
    cr_expect_eq(event[0].at, 1900000000);
    cr_expect_eq(event[0].state.buttons, 0x1200);
    cr_expect_eq(event[0].lasts, XE_PAD_CYCLE);
    cr_expect_eq(event[0].count, 5000);
    cr_expect_eq(event[1].act, XE_PAD_SET);
    cr_expect_eq(event[1].clock, XE_PAD_FRAME);
    cr_expect_eq(event[1].port, 3);
    cr_expect_eq(event[1].state.lt, 255);
    cr_expect_eq(event[1].state.rx, -32768);
    cr_expect_eq(event[1].state.buttons, 0x400);
    cr_expect_eq(event[2].state.ly, 32767);
    cr_expect_eq(event[2].state.buttons, 0);
    cr_expect_eq(event[2].lasts, XE_PAD_POLL, "the default");
    cr_expect_eq(event[2].count, 1);
    cr_expect_eq(event[3].act, XE_PAD_CONNECT);
    cr_expect_eq(event[4].act, XE_PAD_DISCONNECT);
    cr_expect_eq(event[4].port, 0);
    cr_expect_eq(event[5].act, XE_PAD_KEY);
    cr_expect_eq(event[5].port, XE_PAD_KEYBOARD);
    cr_expect_str_eq(xe_pad_key_word(event[5].key), "page_up");
    for (size_t i = 0; i < count; i++)
        cr_expect(xe_pad_event_check(&event[i], NULL), "event %zu", i);
}

Test(script, an_empty_list_is_one)
{
    cr_expect(take("[]"), "%s", err.text);
    cr_expect_eq(count, 0);
    cr_expect(take("--- []\n...\n"), "%s", err.text);
}

Test(script, what_is_wrong_is_told_with_its_place)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "s.yaml:1:1: expected a list of events, found the end"},
        {"a: 1", "s.yaml:1:1: expected a list of events, found a mapping"},
        {"- 7", "s.yaml:1:3: expected an event, as {cycle: 1000, press: [a]}, found '7'"},
        {"- cycle: 5\n  prss: [a]", "s.yaml:2:3: there is no 'prss' here; did you mean 'press'?"},
        {"- cycle: 5\n  press: [a, strat]",
         "s.yaml:2:14: expected a button, found 'strat'; did you mean 'start'?"},
        {"- {cycle: 5, press: [[a]]}", "s.yaml:1:22: expected a button, found a list"},
        {"- {cycle: 5, key: escpe}",
         "s.yaml:1:19: expected a key, found 'escpe'; did you mean 'escape'?"},
        {"- {cycle: -1, press: a}",
         "s.yaml:1:11: expected a number from 0 to 9007199254740991, found '-1'"},
        {"- {cycle: 0x10, press: a}",
         "s.yaml:1:11: expected a number from 0 to 9007199254740991, found '0x10'"},
        {"- {cycle: 99999999999999999999, press: a}",
         "s.yaml:1:11: expected a number from 0 to 9007199254740991, found "
         "'99999999999999999999'"},
        {"- {cycle: '', press: a}",
         "s.yaml:1:11: expected a number from 0 to 9007199254740991, found ''"},
        {"- {cycle: 1, pad: 5, press: a}", "s.yaml:1:19: expected a number from 1 to 4, found '5'"},
        {"- {cycle: 1, set: {lx: 32768}}",
         "s.yaml:1:24: expected a number from -32768 to 32767, found '32768'"},
        {"- {cycle: 1, set: {lz: 1}}",
         "s.yaml:1:20: there is no 'lz' here; did you mean 'lt', 'lx' or 'ly'?"},
        {"- {cycle: 1, press: a, for: {polls: 0}}",
         "s.yaml:1:37: expected a number from 1 to 9007199254740991, found '0'"},
        {"- {cycle: 1, press: a, for: 5}",
         "s.yaml:1:29: expected how long, as {polls: 2}, found '5'"},
        {"- {cycle: 1, press: a, for: {polls: 2, frames: 2}}",
         "s.yaml:1:49: expected one of cycles, frames and polls"},
        {"- {cycle: 1, poll: 2, press: a}",
         "s.yaml:1:3: expected one of cycle, frame and poll in an event"},
        {"- {press: a}", "s.yaml:1:3: expected one of cycle, frame and poll in an event"},
        {"- {cycle: 1}",
         "s.yaml:1:3: expected one of press, set, connect, disconnect and key in an event"},
        {"- {cycle: 1, press: a, key: b}",
         "s.yaml:1:3: expected one of press, set, connect, disconnect and key in an event"},
        {"- {cycle: 1, connect: true, for: {polls: 1}}",
         "s.yaml:1:3: only press and key have a 'for'"},
        {"- {cycle: 1, pad: 1, key: b}", "s.yaml:1:3: a key is the keyboard's and has no 'pad'"},
        {"- {cycle: 1, connect: yes}", "s.yaml:1:23: expected true, found 'yes'"},
        {"- {cycle: 1, cycle: 2, press: a}", "s.yaml:1:14: 'cycle' stands here twice"},
        {"- &x {cycle: 1, press: a}", "s.yaml:1:3: anchors and aliases are refused"},
        {"- *x", "s.yaml:1:3: anchors and aliases are refused"},
        {"- !!map {cycle: 1, press: a}", "s.yaml:1:3: tags are refused"},
        {"- {cycle: 1, press: a}\n---\n[]", "s.yaml:2:1: expected the end, found a document"},
        {"- {cycle: 1, press: a", "s.yaml:2:1: did not find expected ',' or '}'"},
        {"- {cycle: \"\\e[2J\", press: a}",
         "s.yaml:1:11: expected a number from 0 to 9007199254740991, found '?[2J'"},
        {"- {cycle: 1, \"press\\0\": a}", "s.yaml:1:14: expected a name, found 'press?'"},
        {"\xff\xfe", NULL},
        {"- {cycle: 1, press: \x01}", NULL},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        cr_expect(!take(bad[i].text), "%s", bad[i].text);
        cr_expect_eq(err.code, XE_ERR_SCRIPT_MALFORMED, "%s: %s", bad[i].text, err.text);
        if (bad[i].says)
            cr_expect_str_eq(err.text, bad[i].says, "%s: %s", bad[i].text, err.text);
    }
}

static char *repeated(const char *text, size_t times)
{
    size_t size = strlen(text);
    char *all = malloc(size * times + 1);

    for (size_t i = 0; i < times; i++)
        memcpy(all + i * size, text, size);
    all[size * times] = '\0';
    return all;
}

Test(script, size_depth_and_number_have_bounds)
{
    char *text = repeated("- {cycle: 1, press: a}\n", XE_PAD_EVENTS_MAX + 1);

    cr_expect(!take(text));
    cr_expect_str_eq(err.text, "s.yaml:1025:3: expected at most 1024 events");
    *strrchr(text, '-') = '\0';
    cr_expect(take(text), "%s", err.text);
    cr_expect_eq(count, XE_PAD_EVENTS_MAX);
    free(text);
    text = repeated(" ", XE_SCRIPT_MAX + 1);
    cr_expect(!take(text));
    cr_expect_str_eq(err.text, "s.yaml: has 131073 bytes, expected at most 131072");
    free(text);
    text = repeated("[", 100000);
    cr_expect(!take(text));
    cr_expect_str_eq(err.text, "s.yaml:1:2: expected an event, as {cycle: 1000, press: [a]}, "
                               "found a list");
    free(text);
}
