/* The thread diagnostic, from threads made by hand. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/fixture.h"
#include "rpc/report/diagnostic_json.h"
#include "rpc/report/report_text.h"
#include "rpc/api/rows.h"

/* A function of a symbol without lines; ctx is the file that it is of, or NULL. */
static bool place(void *ctx, xe_gva address, bool call, struct xe_place *ret)
{
    *ret =
        (struct xe_place){.name = "wait_for_work", .named = true, .offset = address - 0x824AC500};
    if (ctx) {
        snprintf(ret->file, sizeof(ret->file), "%s", (const char *)ctx);
        ret->line = call ? 41 : 40;
    }
    return address == 0x824AC578;
}

static struct xe_thread_info parked_thread(uint32_t tid, uint32_t key)
{
    return (struct xe_thread_info){
        .tid = tid,
        .name = "worker",
        .handle = 0xF0 + 4 * tid,
        .kthread = 0xA0001000 + 0x1000 * tid,
        .state = XE_THREAD_WAITING,
        .hw_thread = tid % 6,
        .base_priority = 8,
        .priority = 9,
        .affinity = 0x3F,
        .pc = 0x82000000,
        .lr = 0x824AC578,
        .ctr = 5,
        .sp = 0x70000000,
        .start_routine = 0x82100000,
        .start_context = tid,
        .last_export = "NtWaitForSingleObjectEx",
        .last_export_args = {key, 1, 0, 0},
        .last_export_cycle = 900,
        .retired = 1000 + tid,
        .last_progress_cycle = 900,
        .frame = {{0x70000000, 0x824AC578}, {0x70000080, 0x82100040}},
        .frames = 2,
        .waiting = true,
        .wait_since_cycle = 900,
        .wait_src = "NtWaitForSingleObjectEx",
        .wait_lr = 0x824AC578,
        .wait_wrapper_lr = 0x82100040,
        .wait_object =
            {{.key = key, .kind.kind = XE_AUDIT_EVENT_MANUAL, .manual_reset = true, .waiters = 1}},
        .wait_objects = 1,
        .creator_tid = 1,
        .creator_lr = 0x82200000,
    };
}

/* One main thread that is suspended, three workers alike, one odd one with a time limit, one dead.
 */
static uint32_t scene(struct xe_thread_info *t)
{
    t[0] = (struct xe_thread_info){
        .tid = 1, .name = "ma\x01in", .state = XE_THREAD_SUSPENDED, .suspend_count = 1};
    t[1] = parked_thread(2, 0x1004);
    t[2] = parked_thread(3, 0x1008);
    t[3] = parked_thread(4, 0x100C);
    t[3].wait_all = true;
    t[4] = parked_thread(5, 0x1010);
    t[4].frame[1].lr = 0x82100044;
    t[4].timed = true;
    t[4].timeout_100ns = -10000;
    t[4].remaining_100ns = 500;
    t[4].alertable = true;
    t[4].wait_object[0].owner_tid = 2;
    t[4].held_lock[0] = 0x82004000;
    t[4].held_locks = 1;
    t[5] = (struct xe_thread_info){
        .tid = 6, .name = "", .state = XE_THREAD_TERMINATED, .exit_code = 3};
    return 6;
}

/* What an explanation of the scene says. */
static struct xe_explain_thread explained[6] = {
    {.now.tid = 1}, {.now.tid = 2, .stuck = XE_CERTAINTY_CERTAIN},
    {.now.tid = 3}, {.now.tid = 4},
    {.now.tid = 5}, {.now.tid = 6}};
static struct xe_explain explain = {.verdict = XE_VERDICT_STUCK,
                                    .certainty = XE_CERTAINTY_CERTAIN,
                                    .thread = explained,
                                    .threads = 6,
                                    .sentence = "is stuck: 5 of 5 threads can never run again "
                                                "(certain)"};

static json_t *make(struct xe_rpc_diagnostic *in, struct xe_thread_info *t)
{
    json_t *json;

    in->explain = &explain;

    in->instance = "i-1";
    in->thread = t;
    in->place = place;
    in->totals.threads[XE_THREAD_SUSPENDED] = 1;
    in->totals.threads[XE_THREAD_WAITING] = 4;
    in->totals.threads[XE_THREAD_TERMINATED] = 1;
    json = xe_rpc_diagnostic_make(in);
    cr_assert_not_null(json);
    return json;
}

static void add_blocking(struct xe_audit_report *report, struct xe_audit_handle_report *h)
{
    static struct xe_audit_waiter waiter = {.tid = 2};

    *h = (struct xe_audit_handle_report){
        .given_key = 0x1004,
        .key = 0x1004,
        .waiters = 1,
        .waiter = &waiter,
        .diagnosis = {.branch = XE_AUDIT_D3_NO_PRODUCER,
                      .code = "NO_PRODUCER",
                      .sub = "NO_CANDIDATE",
                      .text = "producer is a missing kernel signal source (or BST-paradox "
                              "upstream)"}};
    *report = (struct xe_audit_report){.handle = h, .handles = 1};
}

Test(audit_diagnostic, text_and_json_are_golden)
{
    struct xe_thread_info thread[6];
    struct xe_audit_report blocking;
    struct xe_audit_handle_report handle;
    struct xe_rpc_diagnostic in = {.cycle = 100000000,
                                   .virtual_us = 2000000,
                                   .seed = 7,
                                   .stop = XE_STOP_QUIESCENT,
                                   .threads = scene(thread)};
    json_t *json;
    char *text, *dump;

    add_blocking(&blocking, &handle);
    in.blocking = &blocking;
    in.title = (struct xe_title_info){.loaded = true,
                                      .name = "default.xex",
                                      .sha256 = {0xAB, 0xCD},
                                      .title_id = 0x58580001,
                                      .base = 0x82000000,
                                      .entry = 0x82000100};
    json = make(&in, thread);
    text = xe_report_diagnostic_text(json);
    dump = json_dumps(json, JSON_INDENT(1));
    expect_golden("thread-diagnostic.txt", text);
    expect_golden("thread-diagnostic.json", dump);
    cr_expect_not_null(strstr(text, "mr=true, sig=false"));
    cr_expect_not_null(strstr(text, "draws=0"));
    free(text);
    free(dump);
    json_decref(json);
}

Test(audit_diagnostic, what_a_title_tells_of_itself_is_in_the_head)
{
    struct xe_rpc_diagnostic in = {
        .title = {.loaded = true, .name = "a.xex", .called = "The Wait"}};
    json_t *json = make(&in, NULL);
    char *text = xe_report_diagnostic_text(json);

    cr_expect_not_null(strstr(text, " called=\"The Wait\"\n"), "%s", text);
    free(text);
    json_decref(json);
    in.title.called[0] = '\0';
    json = make(&in, NULL);
    cr_expect_null(json_object_get(json_object_get(json, "title"), "called"));
    json_decref(json);
}

/* The sentence names two causes; which it is here is known. */
Test(audit_diagnostic, what_the_fixed_sentence_leaves_open_follows_it)
{
    struct xe_thread_info thread[6];
    struct xe_audit_report blocking;
    struct xe_audit_handle_report handle;
    struct xe_rpc_diagnostic in = {.threads = scene(thread), .blocking = &blocking};
    struct xe_audit_diagnosis *said = &handle.diagnosis;
    json_t *json;
    char *text;

    add_blocking(&blocking, &handle);
    said->sub = "PRODUCER_BLOCKED";
    snprintf(said->detail, sizeof(said->detail), "upstream: tid=3 never gets a turn");
    json = make(&in, thread);
    text = xe_report_diagnostic_text(json);
    cr_expect_not_null(strstr(text, "[NO_PRODUCER/PRODUCER_BLOCKED] producer is a missing kernel "
                                    "signal source (or BST-paradox upstream); upstream: tid=3 "
                                    "never gets a turn\n"),
                       "%s", text);
    free(text);
    json_decref(json);
}

/* Where lines are known, frames and waits tell the call's; nothing else changes. */
Test(audit_diagnostic, calls_have_lines)
{
    struct xe_thread_info thread[6];
    struct xe_rpc_diagnostic in = {.threads = scene(thread), .place_ctx = (void *)"src/jobs.c"};
    json_t *json = make(&in, thread), *frame;
    char *text = xe_report_diagnostic_text(json);

    frame = json_object_get(json_array_get(json_object_get(json, "threads"), 1), "frames");
    frame = json_array_get(frame, 0);
    cr_expect_str_eq(json_string_value(json_object_get(frame, "function")), "wait_for_work");
    cr_expect_str_eq(json_string_value(json_object_get(frame, "file")), "src/jobs.c");
    cr_expect_eq(json_integer_value(json_object_get(frame, "line")), 41);
    cr_expect_not_null(strstr(text, "lr=0x824ac578 wait_for_work at jobs.c:41\n"), "%s", text);
    free(text);
    json_decref(json);
}

static void expect_fits(const json_t *json, bool wanted)
{
    const struct xe_rpc_field field = {.name = "report", .type = &xe_rpc_thread_diagnostic};
    struct xe_rpc_misfit misfit = {.path = ""};

    cr_expect_eq(xe_rpc_check(&field, json, "report", &misfit), wanted, "%s: expected %s",
                 misfit.path, misfit.expected);
}

/* With a title and without, with threads in every state. */
Test(audit_diagnostic, the_report_fits_its_rows)
{
    struct xe_thread_info thread[6];
    struct xe_audit_report blocking;
    struct xe_audit_handle_report handle;
    struct xe_rpc_diagnostic in = {.threads = scene(thread)};
    json_t *json = make(&in, thread);

    expect_fits(json, true);
    json_decref(json);
    add_blocking(&blocking, &handle);
    in.blocking = &blocking;
    in.title.loaded = true;
    json = make(&in, thread);
    expect_fits(json, true);
    json_object_del(json_array_get(json_object_get(json, "threads"), 0), "lr");
    expect_fits(json, false);
    json_decref(json);
}

Test(audit_diagnostic, equal_wait_stacks_are_folded)
{
    struct xe_thread_info thread[6];
    struct xe_rpc_diagnostic in = {.threads = scene(thread)};
    json_t *json = make(&in, thread), *groups = json_object_get(json, "groups");
    json_t *tids;

    cr_assert_eq(json_array_size(groups), 1);
    tids = json_object_get(json_array_get(groups, 0), "tids");
    cr_assert_eq(json_array_size(tids), 3);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(json_integer_value(json_array_get(tids, (size_t)i)), 2 + i);
    json_decref(json);
}

static const struct {
    enum xe_stop stop;
    uint32_t ready;
    bool timed;
    const char *text;
} verdicts[] = {
    {XE_STOP_CRASH, 1, false, "crashed"},
    {XE_STOP_EXIT, 0, false, "exited"},
    {XE_STOP_QUIESCENT, 0, false, "hang: no thread can run again by itself"},
    {XE_STOP_TARGET, 1, false, "running"},
    {XE_STOP_TARGET, 0, true, "all threads are parked, a timer will wake one"},
    {XE_STOP_TARGET, 0, false, "all threads are parked"},
};

Test(audit_diagnostic, verdict_says_how_it_stands)
{
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        struct xe_thread_info thread = parked_thread(2, 0x1004);
        struct xe_rpc_diagnostic in = {.stop = verdicts[i].stop, .threads = 1};
        json_t *json;

        thread.timed = verdicts[i].timed;
        explain.count.timed = verdicts[i].timed;
        in.totals.threads[XE_THREAD_READY] = verdicts[i].ready;
        json = make(&in, &thread);
        cr_expect_str_eq(
            json_string_value(json_object_get(json_object_get(json, "verdict"), "text")),
            verdicts[i].text);
        json_decref(json);
    }
}

Test(audit_diagnostic, nothing_loaded)
{
    struct xe_rpc_diagnostic in = {.instance = "i-1", .stop_detail = NULL};
    json_t *json = xe_rpc_diagnostic_make(&in);
    char *text = xe_report_diagnostic_text(json);

    cr_assert_not_null(strstr(text, "nothing is loaded"));
    free(text);
    json_decref(json);
}

enum { MANY = 9000 };

/* Each of many threads is on one page, those that live on the first; groups are there, too. */
static void expect_page(const json_t *json, bool first, bool seen[MANY + 1])
{
    const json_t *thread;
    json_int_t last = 0;
    size_t i;

    cr_expect_lt(json_dumpb(json, NULL, 0, JSON_COMPACT), XE_RPC_REPLY_MAX);
    cr_expect_eq(json_array_size(json_object_get(json, "groups")), first);
    cr_assert_gt(json_array_size(json_object_get(json, "threads")), 0);
    json_array_foreach(json_object_get(json, "threads"), i, thread)
    {
        json_int_t tid = json_integer_value(json_object_get(thread, "tid"));

        cr_assert(tid > last && tid <= MANY && !seen[tid], "%lld", (long long)tid);
        cr_expect(first || json_object_get(thread, "exit_code"), "%lld", (long long)tid);
        seen[last = tid] = true;
    }
    cr_expect_eq(json_integer_value(json_object_get(json, "threads_omitted")),
                 MANY - json_array_size(json_object_get(json, "threads")));
    expect_fits(json, true);
}

Test(audit_diagnostic, what_does_not_fit_goes_on_another_page)
{
    static struct xe_thread_info thread[MANY];
    static bool seen[MANY + 1];
    struct xe_rpc_diagnostic in = {.threads = MANY};
    uint32_t pages = 0, count = 0;

    for (uint32_t i = 0; i < MANY; i++) {
        thread[i] = parked_thread(i + 1, 0x1004);
        if (i % 9) {
            thread[i].state = XE_THREAD_TERMINATED;
            thread[i].waiting = false;
        }
    }
    for (bool more = true; more; pages++) {
        json_t *json = make(&in, thread), *next = json_object_get(json, "next_cursor");

        expect_page(json, pages == 0, seen);
        more = json_is_integer(next);
        in.cursor = (uint64_t)json_integer_value(next);
        json_decref(json);
    }
    for (uint32_t tid = 1; tid <= MANY; tid++)
        count += seen[tid];
    cr_expect_eq(count, MANY);
    cr_expect_gt(pages, 1);
}

/* A limit makes pages shorter; the text tells where to go on, and on the last page nothing. */
Test(audit_diagnostic, limit_and_cursor_make_the_page)
{
    struct xe_thread_info thread[6];
    struct xe_rpc_diagnostic in = {.threads = scene(thread), .limit = 5};
    json_t *json = make(&in, thread);
    char *text = xe_report_diagnostic_text(json);

    cr_expect_eq(json_array_size(json_object_get(json, "threads")), 5);
    in.cursor = (uint64_t)json_integer_value(json_object_get(json, "next_cursor"));
    cr_expect_eq(in.cursor, 0x1FFFFFFF9);
    cr_expect_not_null(strstr(text, "more threads: cursor=8589934585 (1 are on other pages)\n"));
    free(text);
    json_decref(json);
    json = make(&in, thread);
    text = xe_report_diagnostic_text(json);
    cr_expect_eq(json_array_size(json_object_get(json, "threads")), 1);
    cr_expect_not_null(strstr(text, "thread tid=6 "));
    cr_expect_null(strstr(text, "cursor="));
    free(text);
    json_decref(json);
}
