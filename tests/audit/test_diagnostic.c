/* The thread diagnostic, from threads made by hand. */
#include <jansson.h>
#include <stdlib.h>

#include "audit/fixture.h"
#include "rpc/diagnostic_json.h"
#include "rpc/report_text.h"
#include "rpc/rows.h"

static const char *symbol(void *ctx, xe_gva address, uint32_t *ret_offset)
{
    (void)ctx;
    *ret_offset = address - 0x824AC500;
    return address == 0x824AC578 ? "wait_for_work" : NULL;
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

static json_t *make(struct xe_rpc_diagnostic *in, struct xe_thread_info *t)
{
    json_t *json;

    in->instance = "i-1";
    in->thread = t;
    in->symbol = symbol;
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
    {XE_STOP_QUIESCENT, 0, false, "hang: no thread can ever run again"},
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
        in.totals.threads[XE_THREAD_READY] = verdicts[i].ready;
        json = make(&in, &thread);
        cr_expect_str_eq(
            json_string_value(json_object_get(json_object_get(json, "verdict"), "text")),
            verdicts[i].text);
        json_decref(json);
    }
}

/* ---- who can still go on: a code for each small world, its truth written beside it -------------
 */

/* A handle on which one thread waits, as the audit judges it. */
static struct xe_audit_handle_report judged(uint32_t key, enum xe_audit_branch branch)
{
    return (struct xe_audit_handle_report){
        .given_key = key,
        .key = key,
        .diagnosis = {.branch = branch, .code = "CODE", .sub = "SUB", .text = "text"}};
}

static void waits_for(struct xe_thread_info *t, uint32_t key, enum xe_audit_object_kind kind,
                      uint32_t owner)
{
    t->wait_object[t->wait_objects++] =
        (struct xe_thread_wait_object){.key = key, .kind.kind = kind, .owner_tid = owner};
}

/* tid 1 runs, the others wait for nothing yet. */
struct world {
    struct xe_thread_info thread[4];
    struct xe_audit_handle_report handle[4];
    struct xe_audit_report blocking;
    enum xe_stop stop;
};

static void world_init(struct world *w)
{
    memset(w, 0, sizeof(*w));
    w->stop = XE_STOP_TARGET;
    w->thread[0] = (struct xe_thread_info){.tid = 1, .handle = 0x1000, .state = XE_THREAD_RUNNING};
    for (uint32_t i = 1; i < 4; i++) {
        w->thread[i] = parked_thread(i + 1, 0);
        w->thread[i].wait_objects = 0;
    }
    w->blocking = (struct xe_audit_report){.enabled = true, .handle = w->handle};
}

static void expect_code(struct world *w, uint32_t threads, const char *code, const char *sentence)
{
    struct xe_rpc_diagnostic in = {.stop = w->stop,
                                   .threads = threads,
                                   .blocking = &w->blocking,
                                   .title = {.loaded = true, .name = "t.xex"}};
    json_t *json = make(&in, w->thread), *verdict = json_object_get(json, "verdict");

    cr_expect_str_eq(json_string_value(json_object_get(verdict, "code")), code);
    cr_expect_str_eq(json_string_value(json_object_get(verdict, "sentence")), sentence);
    json_decref(json);
}

Test(verdict, an_event_that_nobody_ever_set)
{
    struct world w;

    world_init(&w);
    waits_for(&w.thread[1], 0x1004, XE_AUDIT_EVENT_MANUAL, 0);
    w.handle[w.blocking.handles++] = judged(0x1004, XE_AUDIT_D3_NO_PRODUCER);
    expect_code(
        &w, 2, "partly_stuck",
        "t.xex is partly stuck: 1 of 2 threads waits for what nobody is known to release (possible); "
        "1 goes on");
    w.thread[1].timed = true;
    expect_code(&w, 2, "running",
                "t.xex is running: 1 of 2 threads has work, 1 waits; nothing is known to be stuck");
}

Test(verdict, what_was_not_recorded_is_neither_stuck_nor_healthy)
{
    struct world w;

    world_init(&w);
    waits_for(&w.thread[1], 0x1004, XE_AUDIT_EVENT_MANUAL, 0);
    w.handle[w.blocking.handles++] = judged(0x1004, XE_AUDIT_D2_AUDIT_BLIND);
    w.blocking.enabled = false;
    expect_code(&w, 2, "running",
                "t.xex is running: 1 of 2 threads has work, 1 waits; whether they can ever wake "
                "was not recorded (--trace-handles)");
}

Test(verdict, a_ring_of_locks_beside_a_running_thread)
{
    struct world w;

    world_init(&w);
    w.blocking.enabled = false; /* owners are known without records */
    waits_for(&w.thread[1], 0x1004, XE_AUDIT_MUTANT, 3);
    waits_for(&w.thread[2], 0x1008, XE_AUDIT_MUTANT, 4);
    waits_for(&w.thread[3], 0x100C, XE_AUDIT_CRITICAL_SECTION, 2);
    expect_code(&w, 4, "partly_stuck",
                "t.xex is partly stuck: 3 of 4 threads wait for each other, or for what "
                "nobody can release (certain); 1 goes on");
    w.thread[3].timed = true; /* gives up, and then releases what it holds */
    expect_code(&w, 4, "running",
                "t.xex is running: 1 of 4 threads has work, 3 wait; whether they can ever wake "
                "was not recorded (--trace-handles)");
    w.thread[3].timed = false;
    waits_for(&w.thread[3], 0x1010, XE_AUDIT_TIMER_AUTO, 0); /* any of two */
    expect_code(&w, 4, "running",
                "t.xex is running: 1 of 4 threads has work, 3 wait; whether they can ever wake "
                "was not recorded (--trace-handles)");
    w.thread[3].wait_all = true;
    expect_code(&w, 4, "partly_stuck",
                "t.xex is partly stuck: 3 of 4 threads wait for each other, or for what "
                "nobody can release (certain); 1 goes on");
}

Test(verdict, a_join_is_as_stuck_as_the_thread)
{
    struct world w;

    world_init(&w);
    waits_for(&w.thread[1], 0x1000, XE_AUDIT_THREAD, 0); /* joins tid 1, which runs */
    w.handle[w.blocking.handles++] = judged(0x1000, XE_AUDIT_D3_NO_PRODUCER);
    expect_code(&w, 2, "running",
                "t.xex is running: 1 of 2 threads has work, 1 waits; nothing is known to be stuck");
    waits_for(&w.thread[2], w.thread[3].handle, XE_AUDIT_THREAD, 0);
    waits_for(&w.thread[3], 0x1004, XE_AUDIT_SEMAPHORE, 0);
    w.handle[w.blocking.handles++] = judged(0x1004, XE_AUDIT_D3_NO_PRODUCER);
    expect_code(&w, 4, "partly_stuck",
                "t.xex is partly stuck: 2 of 4 threads wait for what nobody is known to release "
                "(possible); 1 goes on; 1 waits for what may still come");
}

Test(verdict, a_signaller_that_lives_may_do_it_again)
{
    struct world w;

    world_init(&w);
    waits_for(&w.thread[1], 0x1004, XE_AUDIT_EVENT_AUTO, 0);
    w.handle[w.blocking.handles++] = judged(0x1004, XE_AUDIT_D5_STARVED);
    w.handle[0].timeline[w.handle[0].timeline_count++] =
        (struct xe_audit_rec){.op = XE_AUDIT_OP_SIGNAL, .tid = 1, .guest = true};
    expect_code(&w, 2, "running",
                "t.xex is running: 1 of 2 threads has work, 1 waits; nothing is known to be stuck");
    w.handle[0].timeline[0].tid = 3; /* has ended */
    w.thread[2].state = XE_THREAD_TERMINATED;
    w.thread[2].waiting = false;
    expect_code(
        &w, 3, "partly_stuck",
        "t.xex is partly stuck: 1 of 2 threads waits for what nobody is known to release (likely); "
        "1 goes on");
    w.handle[0].timeline[0].guest = false; /* a timer's doing */
    expect_code(&w, 3, "running",
                "t.xex is running: 1 of 2 threads has work, 1 waits; nothing is known to be stuck");
}

/* An APC may come; and in a title that has ended nobody waits for anything. */
Test(verdict, who_can_be_alerted_or_has_ended_is_not_stuck)
{
    struct world w;

    world_init(&w);
    waits_for(&w.thread[1], 0x1004, XE_AUDIT_EVENT_MANUAL, 0);
    w.handle[w.blocking.handles++] = judged(0x1004, XE_AUDIT_D3_NO_PRODUCER);
    w.thread[1].alertable = true;
    expect_code(&w, 2, "running",
                "t.xex is running: 1 of 2 threads has work, 1 waits; nothing is known to be stuck");
    w.thread[1].alertable = false;
    w.thread[2].state = XE_THREAD_SUSPENDED;
    w.thread[2].suspend_count = 1;
    w.thread[2].waiting = false;
    expect_code(&w, 3, "partly_stuck",
                "t.xex is partly stuck: 1 of 3 threads waits for what nobody is known to release "
                "(possible); 1 goes on; 1 is suspended");
    w.stop = XE_STOP_EXIT;
    expect_code(&w, 3, "exited", "t.xex has ended by itself: ");
}

Test(verdict, stops_say_more_than_threads)
{
    struct world w;

    world_init(&w);
    w.stop = XE_STOP_EXIT;
    expect_code(&w, 1, "exited", "t.xex has ended by itself: ");
    w.stop = XE_STOP_CRASH;
    expect_code(&w, 1, "crashed", "t.xex crashed: ");
    w.stop = XE_STOP_QUIESCENT;
    expect_code(&w, 1, "stuck", "t.xex is stuck: 1 of 1 thread can never run again (certain)");
    w.stop = XE_STOP_TARGET;
    expect_code(&w, 1, "running", "t.xex is running: 1 thread");
    w.thread[0].state = XE_THREAD_WAITING;
    w.thread[0].waiting = w.thread[0].timed = true;
    expect_code(
        &w, 1, "idle",
        "t.xex is idle: 1 of 1 thread waits with a timeout, none has work; nothing is known "
        "to be stuck");
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
