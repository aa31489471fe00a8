/* Sentences of the first screen, from JSON made by hand. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/report/report_text.h"

/* One root: an object of this kind, with these producers and one waiter, both as JSON. */
static void expect_line(const char *kind, bool complete, const char *producers, const char *apcs,
                        const char *line)
{
    json_error_t error;
    json_t *object = json_pack("{s:s, s:s, s:b, s:o}", "kind", kind, "key", "0x00001004",
                               "complete", complete, "producers", json_loads(producers, 0, &error));
    json_t *waiter =
        json_pack("{s:i, s:i, s:s, s:o}", "tid", 2, "since_cycle", 97, "src",
                  "NtWaitForSingleObjectEx", "apc_producers", json_loads(apcs, 0, &error));
    json_t *explain = json_pack("{s:{s:s}, s:i, s:s, s:[{s:s, s:[o], s:[o], s:i, s:i}], s:i}",
                                "verdict", "sentence", "t is stuck", "cycle", 100, "engine", "jit",
                                "roots", "certainty", "possible", "objects", object, "waiters",
                                waiter, "waiters_total", 1, "objects_total", 1, "roots_total", 1);
    char *text = xe_report_explain_text(explain);

    cr_assert(explain && text);
    cr_expect(strstr(text, line), "'%s' is not in:\n%s", line, text);
    free(text);
    json_decref(explain);
}

#define SIGNALLER                                                                                  \
    "[{\"kind\": \"signaller\", \"tid\": 3, \"state\": \"sleeping\", \"acts\": 7, "                \
    "\"last_act_cycle\": 90, \"last_act_src\": \"NtSetEvent\"}]"
#define POSTER(src)                                                                                \
    "[{\"kind\": \"apc\", \"tid\": 4, \"state\": \"running\", \"acts\": 1, "                       \
    "\"last_act_cycle\": 80, \"last_act_src\": \"" src "\"}]"

/* What is due behind the end of time never is. */
Test(explain_text, a_sleep_has_an_end_or_none)
{
    static const char sleeper[] = "[{\"kind\": \"signaller\", \"tid\": 3, \"state\": \"sleeping\", "
                                  "\"acts\": 7, \"last_act_cycle\": 90, \"last_act_src\": "
                                  "\"NtSetEvent\", \"until_100ns\": ";
    char json[256];

    snprintf(json, sizeof(json), "%snull}]", sleeper);
    expect_line("Event/Auto", true, json, "[]", "it sleeps for ever\n");
    snprintf(json, sizeof(json), "%s50000}]", sleeper);
    expect_line("Event/Auto", true, json, "[]", "it sleeps, for another 5.0 ms\n");
}

Test(explain_text, a_count_of_records_with_a_gap_is_no_count_of_what_was_done)
{
    expect_line("Event/Auto", true, SIGNALLER, "[]",
                "   tid 3 released it 7 times, last at cycle 90 (NtSetEvent); it sleeps\n");
    expect_line("Event/Auto", false, SIGNALLER, "[]",
                "   tid 3 is known to have released it 7 times, last at cycle 90 (NtSetEvent)");
}

Test(explain_text, of_a_lock_nothing_but_its_holder_is_told)
{
    expect_line("Event/Auto", true, "[]", "[]", "   nobody ever released it\n");
    expect_line("Event/Auto", false, "[]", "[]", "   who released it was not recorded");
    expect_line("CriticalSection", true, "[]", "[]", "   nobody holds it, as far as its memory");
    expect_line("RwLock", true, "[]", "[]", "   who is in it is not known\n");
}

Test(explain_text, an_apc_that_was_queued_has_alerted_nobody_yet)
{
    expect_line(
        "Event/Auto", true, "[]", POSTER("NtQueueApcThread"),
        "   tid 4 queued the waiter an APC once, at cycle 80 (NtQueueApcThread); it runs\n");
    expect_line("Event/Auto", true, "[]", POSTER("KeAlertThread"),
                "   tid 4 alerted the waiter once, at cycle 80 (KeAlertThread); it runs\n");
}

#define VERDICT(n, tids, code, sub)                                                                \
    "{\"waiters\": " #n ", \"tids\": " tids ", \"diagnosis\": {\"code\": \"" code                  \
    "\", \"sub\": \"" sub "\", \"detail\": \"so\"}}"

static char *render_root(const char *root)
{
    json_t *explain =
        json_pack("{s:{s:s}, s:i, s:s, s:[o], s:i}", "verdict", "sentence", "t is stuck", "cycle",
                  100, "engine", "jit", "roots", json_loads(root, 0, NULL), "roots_total", 1);
    char *text = xe_report_explain_text(explain);

    cr_assert(explain && text);
    json_decref(explain);
    return text;
}

Test(explain_text, waiters_with_reasons_of_their_own_have_them_told)
{
    char *text = render_root(
        "{\"why\": {\"code\": \"STARVED\", \"sub\": \"PULSE_MISSED\", \"detail\": \"so\"}, "
        "\"verdicts\": [" VERDICT(1, "[2]", "STARVED", "PULSE_MISSED") ", " VERDICT(
            20, "[3, 4, 5]", "STARVED", "RESET_BEFORE_WAIT") ", " VERDICT(1, "[9]", "STARVED",
                                                                          "PRODUCER_RUNNING") "]}");

    cr_expect(strstr(text, "   tid 2: STARVED/PULSE_MISSED: so\n"
                           "   tids 3 to 5 and 17 more: STARVED/RESET_BEFORE_WAIT: so\n"),
              "%s", text);
    cr_expect_null(strstr(text, "tid 9"), "who could release it is told: %s", text);
    free(text);
    text = render_root("{\"why\": {\"code\": \"STARVED\", \"sub\": \"PULSE_MISSED\", "
                       "\"detail\": \"so\"}}");
    cr_expect(strstr(text, "   STARVED/PULSE_MISSED: so\n"), "%s", text);
    free(text);
}

static void expect_no_line_is_long(const char *text)
{
    for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
        cr_expect_leq(end - line, 100, "%.*s", (int)(end - line), line);
}

/* Sixty words of this length, with a blank before each. */
static void add_words(char text[1024], const char *word)
{
    text[0] = '\0';
    for (int i = 0; i < 60; i++) {
        strcat(text, i ? " " : "");
        strcat(text, word);
    }
}

Test(explain_text, long_lines_are_broken_at_blanks_and_commands_are_not)
{
    char words[1024];
    json_t *explain;
    char *text;

    add_words(words, "stuck");
    explain =
        json_pack("{s:{s:s}, s:i, s:s, s:[{s:s, s:s}], s:[{s:[{s:s}], s:{s:s, s:s, s:s}}], s:i}",
                  "verdict", "sentence", words, "cycle", 100, "engine", "jit", "next", "command",
                  words, "why", "to see", "roots", "objects", "kind", "Event/Auto", "why", "code",
                  "STARVED", "sub", "PULSE_MISSED", "detail", words, "roots_total", 1);
    text = xe_report_explain_text(explain);
    cr_assert(explain && text);
    cr_expect(strstr(text, "\nnext:  stuck") && strlen(strstr(text, "\nnext:  ")) > 360, "%s",
              text);
    strstr(text, "\nnext:  ")[1] = '\0';
    expect_no_line_is_long(text);
    cr_expect(strstr(text, "stuck stuck\n   stuck"), "the sentence goes on inside: %s", text);
    cr_expect(strstr(text, "stuck\n      stuck"), "a root's line does further inside: %s", text);
    cr_expect(strstr(text, ". cycle 100, engine jit\n"), "%s", text);
    free(text);
    json_decref(explain);
}

/* What has no blanks stays whole; a character of two bytes is one column. */
Test(explain_text, a_word_is_never_broken)
{
    char word[] = "________________________________________________________________________________"
                  "________________________________________";
    char columns[256] = "";
    json_t *explain;
    char *text;

    for (int i = 0; i < 60; i++)
        strcat(columns, "\xc3\xa4");
    explain = json_pack("{s:{s:s+++}, s:i, s:s}", "verdict", "sentence", columns, " x ", word,
                        " end", "cycle", 100, "engine", "jit");
    text = xe_report_explain_text(explain);
    cr_assert(explain && text);
    cr_expect_eq(strstr(text, " x\n") - text, 120, "%s", text);
    cr_expect(strstr(text, "\n   ___") && strstr(text, "___\n   end. cycle"), "%s", text);
    free(text);
    json_decref(explain);
}
