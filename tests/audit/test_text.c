/* Reports as JSON and text: goldens, and the sample of the first report of this kind. */
#include <jansson.h>
#include <stdlib.h>

#include "audit/fixture.h"
#include "rpc/report/audit_json.h"
#include "rpc/report/report_text.h"
#include "rpc/api/rows.h"

#define HANG  0x1004u
#define WORK  0x100Cu
#define STALE 0x15E4u
#define BLIND 0x42450B5Cu

/* ---- the scene: four handles, as in a title that hangs --------------------------------------- */

static struct xe_audit_parked waiter(uint32_t tid, const char *name, uint64_t since, uint64_t id)
{
    return (struct xe_audit_parked){.tid = tid,
                                    .name = name,
                                    .since_cycle = since,
                                    .lr = 0x824AC578,
                                    .src = "NtWaitForSingleObjectEx",
                                    .wait_id = id,
                                    .audited_path = true,
                                    .eligible = true};
}

static struct fake_world scene_world(void)
{
    struct fake_world world = {
        .cycle = 500000000,
        .object = {{HANG, {.object_id = 1, .canonical_key = HANG, .waiters = 1}},
                   {WORK,
                    {.object_id = 2,
                     .canonical_key = WORK,
                     .kind = {XE_AUDIT_SEMAPHORE, 0, 4},
                     .waiters = 2}}},
        .parked = {{HANG, waiter(1, "main", 90211004, 1)},
                   {WORK, waiter(9, "worker\n1", 91000000, 5)},
                   {WORK, waiter(10, "", 91000001, 6)},
                   {BLIND, waiter(12, "audio", 92000000, 0)}},
        .peek = "CS owner=0x82001234 tid=9 locks=1",
    };

    world.parked[2].who.audited_path = false; /* no record of its own */
    world.parked[3].who.audited_path = false;
    world.parked[3].who.park = XE_AUDIT_PARK_CRITICAL_SECTION;
    world.parked[3].who.owner_tid = 9;
    world.parked[3].who.src = "RtlEnterCriticalSection";
    return world;
}

static void play_semaphore(struct xe_audit *audit)
{
    struct xe_audit_site site = site_at(3000, 1, "NtCreateSemaphore");
    struct xe_audit_act act = {.site = site_at(5000, 0, "timer"),
                               .key = WORK,
                               .object_id = 2,
                               .op = XE_AUDIT_OP_SIGNAL,
                               .effect = XE_AUDIT_WOKE,
                               .waiters_at = 1,
                               .eligible_at = 1,
                               .woken = 1};

    xe_audit_created(audit, &site, WORK, 2, &(struct xe_audit_kind){XE_AUDIT_SEMAPHORE, 0, 4},
                     true);
    park_at(audit, 4000, 9, WORK, 2, 4);
    act.site.guest = false;
    act.site.origin_src = "NtSetTimerEx";
    act.site.origin_cycle = 4500;
    act.site.origin_tid = 1;
    act.site.origin_lr = 0x82001000;
    xe_audit_record(audit, &act);
    xe_audit_record(audit, &(struct xe_audit_act){.site = act.site,
                                                  .key = WORK,
                                                  .object_id = 2,
                                                  .op = XE_AUDIT_OP_WAKE,
                                                  .effect = XE_AUDIT_SATISFIED,
                                                  .wait_id = 4,
                                                  .tid_woken = 9});
    park_at(audit, 91000000, 9, WORK, 2, 5);
}

static json_t *scene_report(void)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world tables = scene_world();
    struct xe_audit_world world = fake_world(&tables);
    struct xe_audit_report report;
    json_t *json;

    focus_on(audit, "0x1004,0x42450b5c,0x100c,0x15e4");
    create_at(audit, 0, HANG, 1, XE_AUDIT_EVENT_MANUAL);
    play_semaphore(audit);
    create_at(audit, 6000, STALE, 3, XE_AUDIT_EVENT_AUTO);
    close_at(audit, 7000, STALE);
    for (uint64_t i = 0; i < 20; i++)
        act_at(audit, 8000 + i, 4, STALE, 0, XE_AUDIT_OP_SIGNAL, XE_AUDIT_FAILED);
    park_at(audit, 90211004, 1, HANG, 1, 1);
    cr_assert(xe_audit_report_make(audit, &world, NULL, 0, &report, NULL));
    json = xe_rpc_audit_report_json(&report, "i-7f3a", XE_RPC_ABOUT_FOCUS,
                                    &(struct xe_rpc_page){.keys = 4});
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
    cr_assert_not_null(json);
    return json;
}

Test(audit_text, report_as_text_is_golden)
{
    json_t *json = scene_report();
    char *text = xe_report_audit_text(json);

    expect_golden("audit-report.txt", text);
    free(text);
    json_decref(json);
}

Test(audit_text, report_as_json_is_golden)
{
    json_t *json = scene_report();
    char *text = json_dumps(json, JSON_INDENT(1));

    expect_golden("audit-report.json", text);
    free(text);
    json_decref(json);
}

/* With a wait's, a wake's and a timer's records, and a handle that was closed. */
Test(audit_text, the_report_fits_its_rows)
{
    const struct xe_rpc_field field = {.name = "report", .type = &xe_rpc_audit_report};
    struct xe_rpc_misfit misfit;
    json_t *json = scene_report();

    cr_expect(xe_rpc_check(&field, json, "report", &misfit), "%s: expected %s", misfit.path,
              misfit.expected);
    json_object_set_new(json_array_get(json_object_get(json, "handles"), 0), "new", json_true());
    cr_expect_not(xe_rpc_check(&field, json, "report", &misfit));
    cr_expect_str_eq(misfit.path, "report.handles[0].new");
    json_decref(json);
}

/* ---- text = render(JSON) --------------------------------------------------------------------- */

Test(audit_text, text_needs_nothing_but_the_json)
{
    json_t *json = scene_report();
    char *wire = json_dumps(json, JSON_COMPACT);
    json_t *again = json_loads(wire, 0, NULL);
    char *one = xe_report_audit_text(json), *two = xe_report_audit_text(again);

    cr_assert_str_eq(one, two);
    free(one);
    free(two);
    free(wire);
    json_decref(again);
    json_decref(json);
}

Test(audit_text, any_json_renders)
{
    static const char *const inputs[] = {"{}",
                                         "[]",
                                         "{\"handles\":[{}]}",
                                         "{\"handles\":[3,null]}",
                                         "{\"handles\":{\"a\":1}}",
                                         "{\"handles\":[{\"timeline\":[1],\"waiters_list\":[[]],"
                                         "\"flags\":[\"%s%n\"],\"kind\":\"%s\"}]}"};

    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        json_t *json = json_loads(inputs[i], 0, NULL);
        char *audit = xe_report_audit_text(json), *threads = xe_report_diagnostic_text(json);

        cr_assert_not_null(audit);
        cr_assert_not_null(threads);
        free(audit);
        free(threads);
        json_decref(json);
    }
}

/* ---- the sample of the contract ------------------------------------------------------------ */

static const char sample[] =
    "=== Handle audit (focus) ===\n"
    "handle=0x00001004 kind=Event/Manual waiters=1 signaled=false\n"
    "  signal_attempts=0 (primary=0, ghost=0)\n"
    "  waits=1 wakes=0\n"
    "  created cycle=0 tid=1 lr=0x824a9f6c src=NtCreateEvent\n"
    "  => producer is a missing kernel signal source (or BST-paradox upstream)\n"
    "handle=0x42450b5c kind=<UNCREATED> waiters=1\n"
    "  signal_attempts=0 (primary=0, ghost=0)\n"
    "  waits=0 wakes=0 <AUDIT_BLIND>\n"
    "  => waiter parked via non-audited path\n";

static const char *next_token(const char *at, size_t *n)
{
    at += strspn(at, " \n");
    *n = strcspn(at, " \n");
    return at;
}

/* Are the sample's tokens all in text, in the same order? */
static bool has_tokens_of_sample(const char *text)
{
    size_t want_n, got_n;
    const char *want = next_token(sample, &want_n), *got = next_token(text, &got_n);

    for (; want_n && got_n; got = next_token(got + got_n, &got_n))
        if (want_n == got_n && !strncmp(want, got, got_n))
            want = next_token(want + want_n, &want_n);
    return want_n == 0;
}

Test(audit_text, tokens_of_the_sample_come_in_its_order)
{
    json_t *json = scene_report();
    char *text = xe_report_audit_text(json);

    cr_assert(has_tokens_of_sample(text), "%s", text);
    free(text);
    json_decref(json);
}

Test(audit_text, kinds_are_named)
{
    char text[64];

    xe_audit_kind_text(&(struct xe_audit_kind){XE_AUDIT_SEMAPHORE, -1, 4}, text, sizeof(text));
    cr_expect_str_eq(text, "Semaphore(-1/4)");
    xe_audit_kind_text(&(struct xe_audit_kind){.kind = XE_AUDIT_TIMER_AUTO}, text, sizeof(text));
    cr_expect_str_eq(text, "Timer/Auto");
    xe_audit_kind_text(&(struct xe_audit_kind){.kind = XE_AUDIT_UNCREATED}, text, sizeof(text));
    cr_expect_str_eq(text, "<UNCREATED>");
    for (int op = XE_AUDIT_OP_CREATE; op < XE_AUDIT_OPS; op++)
        cr_expect_str_neq(xe_audit_op_name((enum xe_audit_op)op), "?");
    for (int effect = 0; effect < XE_AUDIT_EFFECTS; effect++)
        cr_expect_str_neq(xe_audit_effect_name((enum xe_audit_effect)effect), "?");
}

/* A focus that is too large for one reply comes in pages: each handle once, in order. */
Test(audit_text, what_does_not_fit_goes_on_another_page)
{
    enum { KEYS = 4096 };
    struct xe_audit *audit = audit_on(16);
    struct fake_world tables = {0};
    struct xe_audit_world world = fake_world(&tables);
    struct xe_rpc_page page = {.keys = KEYS};
    static uint32_t keys[KEYS];
    uint32_t seen = 0, pages = 0;

    for (uint32_t i = 0; i < KEYS; i++) {
        keys[i] = 0x2000 + 4 * i;
        create_at(audit, i, keys[i], i + 1, XE_AUDIT_EVENT_AUTO);
        for (uint64_t k = 0; k < 4; k++)
            act_at(audit, 10000 + k, 4, keys[i], i + 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    }
    for (bool more = true; more; pages++) {
        struct xe_audit_report report;
        json_t *json, *handle;
        size_t i;

        cr_assert(xe_audit_report_make(audit, &world, keys + page.cursor, KEYS - page.cursor,
                                       &report, NULL));
        json = xe_rpc_audit_report_json(&report, "i-1", XE_RPC_ABOUT_FOCUS, &page);
        cr_assert_not_null(json);
        cr_expect_lt(json_dumpb(json, NULL, 0, JSON_COMPACT), XE_RPC_REPLY_MAX);
        json_array_foreach(json_object_get(json, "handles"), i, handle)
        {
            char want[16];

            snprintf(want, sizeof(want), "0x%08x", keys[seen++]);
            cr_assert_str_eq(json_string_value(json_object_get(handle, "key")), want);
        }
        more = json_is_integer(json_object_get(json, "next_cursor"));
        page.cursor = (uint32_t)json_integer_value(json_object_get(json, "next_cursor"));
        json_decref(json);
        xe_audit_report_fini(&report);
    }
    cr_expect_eq(seen, KEYS);
    cr_expect_gt(pages, 1);
    xe_audit_destroy(audit);
}
