/* Records saved and loaded: no field is left out, the same is reported after, and hostile bytes
 * stay outside. */
#include "audit/fixture.h"

#include <stdlib.h>

#include "audit/state.h"
#include "base/alloc.h"
#include "rpc/report/audit_json.h"
#include "rpc/api/rows.h"
#include "tests/support/fields.h"

/* ---- every field ----------------------------------------------------------------------------- */

static const char *find(const char *text)
{
    static const char *const names[] = {"NtCreateEvent", "NtSetEvent", "NtPulseEvent",
                                        "NtClearEvent",  "NtClose",    "NtWaitForSingleObjectEx",
                                        "timer",         "a promise"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], text) == 0)
            return names[i];
    return NULL;
}

/* One struct, beside, with names of its own. */
static void beside(struct xe_codec *c, void *sample,
                   void (*state)(struct xe_codec *c, void *sample))
{
    struct xe__names names = {.find = find};

    c->world = &names;
    xe_codec_beside(c, true);
    state(c, sample);
    xe_codec_beside(c, false);
    xe__audit_names_fini(&names);
}

#define STATE(name, call)                                                                          \
    static void name##_inside(struct xe_codec *c, void *sample)                                    \
    {                                                                                              \
        call;                                                                                      \
    }                                                                                              \
    static void name(struct xe_codec *c, void *sample)                                             \
    {                                                                                              \
        beside(c, sample, name##_inside);                                                          \
    }
STATE(rec_state, xe__audit_rec_state(c, sample))
STATE(facts_state, xe__audit_facts_state(c, sample))
STATE(body_state, xe__audit_body_state(c, sample, 16))
STATE(wait_state, xe__audit_open_wait_state(c, sample))
STATE(signaller_state, xe__audit_signaller_state(c, sample))
STATE(link_state, xe__audit_link_state(c, sample))
STATE(trail_state, xe__audit_trail_state(c, sample, 16))
STATE(totals_state, xe__audit_totals_state(c, sample))

#define CHECK(type, sample, function)                                                              \
    fields_check(&(struct field_test){#type, sample, sizeof(type), function, except,               \
                                      sizeof(except) / sizeof(except[0])})
#define BESIDE(type, from, to)                                                                     \
    {                                                                                              \
        offsetof(type, from), offsetof(type, to) + sizeof(((type *)0)->to), FIELD_BESIDE,          \
            "reports only"                                                                         \
    }

#define R struct xe_audit_rec
#define REC_FIELDS                                                                                 \
    FIELD(R, src, FIELD_LEADS, "told by its text"), FIELD_HOLE(R, ghost, op),                      \
        FIELD_HOLE(R, wait_all, wait_id), FIELD(R, origin_src, FIELD_LEADS, "told by its text"),   \
        BESIDE(R, seq, origin_lr)
Test(audit_state, every_field_of_a_record)
{
    static const struct field_range except[] = {REC_FIELDS};
    struct xe_audit_rec rec = {.seq = 2, .src = "NtClose"};

    CHECK(R, &rec, rec_state);
}

#define M struct xe__mark
#define F struct xe__facts
#define MARK_FIELDS(which)                                                                         \
    {offsetof(F, which.src), offsetof(F, which.op), FIELD_LEADS, "told by its text"},              \
    {                                                                                              \
        offsetof(F, which.guest) + 1, offsetof(F, which) + sizeof(M), FIELD_NONE, "padding"        \
    }
Test(audit_state, every_field_of_the_facts)
{
    static const struct field_range except[] = {
        MARK_FIELDS(last_good),
        MARK_FIELDS(last_unserved),
        MARK_FIELDS(last_lost),
        MARK_FIELDS(last_failed),
        MARK_FIELDS(reset),
        MARK_FIELDS(consumed),
        {0, sizeof(F), FIELD_BESIDE, "reports only"},
    };
    static const struct xe__mark mark = {.seq = 1, .src = "NtSetEvent"};
    struct xe__facts facts;

    memset(&facts, 0, sizeof(facts)); /* padding, too */
    facts.last_good = facts.last_unserved = facts.last_lost = facts.last_failed = mark;
    facts.reset = facts.consumed = mark;
    CHECK(F, &facts, facts_state);
}

#define RING_FIELDS(which)                                                                         \
    {                                                                                              \
        offsetof(B, which), offsetof(B, which.total), FIELD_LEADS, "told record by record"         \
    }
#define B struct xe__body
Test(audit_state, every_field_of_a_body)
{
    static const struct field_range except[] = {
        RING_FIELDS(signals),
        RING_FIELDS(waits),
        RING_FIELDS(wakes),
        RING_FIELDS(resets),
        FIELD(B, facts, FIELD_LEADS, "every_field_of_the_facts"),
        FIELD(B, signallers.who, FIELD_LEADS, "every_field_of_a_signaller"),
        FIELD(B, signallers.count, FIELD_LEADS, "how many there are"),
        FIELD_HOLE(B, signallers.count, signallers.others),
        FIELD(B, first_open, FIELD_LEADS, "told wait by wait"),
        FIELD(B, last_open, FIELD_NONE, "the end of the same list"),
        FIELD_TAIL(B, consuming),
        {0, sizeof(B), FIELD_BESIDE, "reports only"},
    };
    struct xe__body body;

    memset(&body, 0, sizeof(body));
    CHECK(B, &body, body_state);
}

#define S struct xe_audit_signaller
Test(audit_state, every_field_of_a_signaller)
{
    static const struct field_range except[] = {
        FIELD(S, src, FIELD_LEADS, "told by its text"),
        FIELD_HOLE(S, guest, src),
        FIELD_HOLE(S, interrupt, acts),
        {0, sizeof(S), FIELD_BESIDE, "reports only"},
    };
    struct xe_audit_signaller who;

    memset(&who, 0, sizeof(who));
    who.src = "NtSetEvent";
    CHECK(S, &who, signaller_state);
}

#define W struct xe__open_wait
Test(audit_state, every_field_of_an_open_wait)
{
    static const struct field_range except[] = {
        FIELD(W, prev, FIELD_NONE, "the list's order"),
        FIELD(W, next, FIELD_NONE, "the list's order"),
        FIELD_TAIL(W, tid),
        {0, sizeof(W), FIELD_BESIDE, "reports only"},
    };
    struct xe__open_wait wait;

    memset(&wait, 0, sizeof(wait));
    CHECK(W, &wait, wait_state);
}

#define L struct xe__link
Test(audit_state, every_field_of_a_link)
{
    static const struct field_range except[] = {
        FIELD(L, key, FIELD_LEADS, "told by its number"),
        FIELD(L, trail, FIELD_LEADS, "told inside it"),
        FIELD(L, generation, FIELD_NONE, "told with the key"),
        FIELD_HOLE(L, has_closed, created),
        FIELD(L, created, FIELD_LEADS, "every_field_of_a_record"),
        FIELD(L, closed, FIELD_LEADS, "every_field_of_a_record"),
        FIELD(L, older, FIELD_NONE, "by generation"),
        FIELD(L, prev_alias, FIELD_NONE, "the list's order"),
        FIELD(L, next_alias, FIELD_NONE, "the list's order"),
        FIELD(L, prev_closed, FIELD_NONE, "told by a list of its own"),
        FIELD(L, next_closed, FIELD_NONE, "told by a list of its own"),
        FIELD(L, queued, FIELD_NONE, "told by a list of its own"),
        FIELD_TAIL(L, queued),
        {0, sizeof(L), FIELD_BESIDE, "reports only"},
    };
    struct xe__key key = {0};
    struct xe__link link;

    memset(&link, 0, sizeof(link));
    link.key = &key;
    CHECK(L, &link, link_state);
}

#define T struct xe__trail
Test(audit_state, every_field_of_a_trail)
{
    static const struct field_range except[] = {
        FIELD(T, created, FIELD_LEADS, "every_field_of_a_record"),
        FIELD(T, body, FIELD_LEADS, "every_field_of_a_body"),
        FIELD(T, first_alias, FIELD_LEADS, "told before it"),
        FIELD(T, last_alias, FIELD_LEADS, "told before it"),
        FIELD(T, focused, FIELD_NONE, "follows from the focus"),
        FIELD(T, focus_epoch, FIELD_NONE, "follows from the focus"),
        FIELD_HOLE(T, focused, focus_epoch),
        FIELD_HOLE(T, focus_epoch, created),
        FIELD_TAIL(T, last_alias),
        {0, sizeof(T), FIELD_BESIDE, "reports only"},
    };
    struct xe__trail trail;

    memset(&trail, 0, sizeof(trail));
    CHECK(T, &trail, trail_state);
}

#define A struct xe_audit
Test(audit_state, every_field_of_the_audit)
{
    static const struct field_range except[] = {
        FIELD_HOLE(A, trace, enabled_cycle),
        FIELD_HOLE(A, gaps, now),
        {offsetof(A, keys), sizeof(A), FIELD_LEADS, "lists; saved_and_loaded_reports_the_same"},
        {0, offsetof(A, keys), FIELD_BESIDE, "reports only"},
    };
    struct xe_audit *audit = audit_on(16);

    CHECK(A, audit, totals_state);
    xe_audit_destroy(audit);
}

/* ---- there and back -------------------------------------------------------------------------- */

static uint8_t *save(struct xe_audit *audit, size_t *ret_size)
{
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    cr_assert(xe_codec_section_beside(&c, "audit"));
    xe_audit_state(&c, audit, find);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

static bool load(struct xe_audit *audit, const uint8_t *bytes, size_t size, struct xe_error *err)
{
    struct xe_codec c;
    bool ok;

    xe_codec_init_load(&c, bytes, size);
    if (xe_codec_section_beside(&c, "audit"))
        xe_audit_state(&c, audit, find);
    ok = xe_codec_end(&c);
    *err = c.error;
    xe_codec_fini(&c);
    return ok;
}

#define KEYS 6u
static const uint32_t keys[KEYS] = {0x1000, 0x1004, 0x1008, 0x100C, 0x42450B5C, 0x1010};

/* What happens between time and time + 100: keys come, get aliases, go, and come again. */
static void happen(struct xe_audit *audit, uint64_t time)
{
    static uint64_t object;

    object = time * 10;
    for (uint32_t i = 0; i < 3; i++) {
        create_at(audit, time + i, keys[i], object + i, XE_AUDIT_EVENT_AUTO);
        act_at(audit, time + 10 + i, 2, keys[i], object + i, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
        park_at(audit, time + 20 + i, 4, keys[i], object + i, time + i);
        act_at(audit, time + 30 + i, 5, keys[i], object + i, XE_AUDIT_OP_RESET, XE_AUDIT_STATE);
    }
    create_at(audit, time + 40, keys[5], object, XE_AUDIT_EVENT_AUTO);
    for (uint32_t i = 0; i < 20; i++)
        act_at(audit, time + 50, 2, keys[4], 0, XE_AUDIT_OP_SIGNAL, XE_AUDIT_FAILED);
    close_at(audit, time + 90, keys[0]);
    close_at(audit, time + 91, keys[2]);
}

static struct xe_audit *with_history(void)
{
    struct xe_audit *audit = audit_on(16);

    focus_on(audit, "0x1004,0xE0001000,0x42450b5c");
    for (uint64_t time = 1000; time < 1700; time += 100)
        happen(audit, time);
    return audit;
}

/* By what is shown: names may be the same text at other addresses. */
static void expect_same_json(json_t *one, json_t *two, uint32_t key)
{
    cr_assert(one && two);
    cr_expect(json_equal(one, two), "key 0x%08x: %s, then %s", key, json_dumps(one, 0),
              json_dumps(two, 0));
    json_decref(one);
    json_decref(two);
}

static void expect_same_report(struct xe_audit *one, struct xe_audit *two, uint32_t key)
{
    struct fake_world tables = {.cycle = 5000};
    struct xe_audit_report a = report_on(one, &tables, key), b = report_on(two, &tables, key);
    const struct xe_rpc_page all = {0};

    expect_same_json(xe_rpc_audit_report_json(&a, "i-1", XE_RPC_ABOUT_HANDLES, &all),
                     xe_rpc_audit_report_json(&b, "i-1", XE_RPC_ABOUT_HANDLES, &all), key);
    xe_audit_report_fini(&a);
    xe_audit_report_fini(&b);
}

static void expect_same_life(struct xe_audit *one, struct xe_audit *two, uint32_t key)
{
    struct xe_audit_rec a[200], b[200];
    uint32_t n = xe_audit_timeline(one, key, 0, 200, a);

    cr_assert_eq(xe_audit_timeline(two, key, 0, 200, b), n);
    for (uint32_t i = 0; i < n; i++)
        expect_same_json(xe_rpc_write(&xe_rpc_audit_rec, &a[i]),
                         xe_rpc_write(&xe_rpc_audit_rec, &b[i]), key);
}

static void expect_same_reports(struct xe_audit *one, struct xe_audit *two)
{
    for (uint32_t i = 0; i < KEYS; i++) {
        expect_same_report(one, two, keys[i]);
        expect_same_life(one, two, keys[i]);
    }
}

Test(audit_state, saved_and_loaded_reports_the_same)
{
    struct xe_audit *whole = with_history(), *loaded = audit_on(16);
    struct xe_error err = XE_ERROR_INIT;
    size_t size, again_size;
    uint8_t *bytes = save(whole, &size), *again;

    happen(loaded, 10); /* is forgotten */
    cr_assert(load(loaded, bytes, size, &err), "%s", err.text);
    again = save(loaded, &again_size);
    cr_assert_eq(again_size, size);
    cr_expect_eq(memcmp(again, bytes, size), 0);
    expect_same_reports(whole, loaded);
    for (uint64_t time = 2000; time < 2500; time += 100) {
        happen(whole, time);
        happen(loaded, time);
        expect_same_reports(whole, loaded);
    }
    cr_expect_eq(xe_audit_in_focus(loaded, 0xE0001000), true);
    xe_free(bytes);
    xe_free(again);
    xe_audit_destroy(whole);
    xe_audit_destroy(loaded);
}

Test(audit_state, rings_of_another_size_are_refused)
{
    struct xe_audit *whole = with_history(), *other = audit_on(32);
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *bytes = save(whole, &size);

    cr_expect(!load(other, bytes, size, &err));
    cr_expect_str_eq(err.text, "audit: ring: 0x20 here, 0x10 in what is loaded");
    xe_free(bytes);
    xe_audit_destroy(whole);
    xe_audit_destroy(other);
}

Test(audit_state, a_name_that_nobody_has_is_not_saved)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_site site = site_at(1, 1, "nobody");
    struct xe_codec c;

    xe_audit_created(audit, &site, 0x1000, 1, &(struct xe_audit_kind){0}, true);
    xe_codec_init_save(&c);
    cr_assert(xe_codec_section_beside(&c, "audit"));
    xe_audit_state(&c, audit, find);
    cr_expect(!xe_codec_end(&c));
    cr_expect_str_eq(c.error.text, "audit: src: 'nobody' is no source of records");
    xe_codec_fini(&c);
    xe_audit_destroy(audit);
}

/* Every byte in turn gets three other values, and every length that is too short is tried: it is
 * refused, or can be used like any other. */
Test(audit_state, hostile_bytes_stay_outside)
{
    struct xe_audit *whole = with_history(), *loaded = audit_on(16);
    struct fake_world tables = {.cycle = 5000};
    struct xe_error err;
    size_t size;
    uint8_t *bytes = save(whole, &size);

    for (size_t at = 0; at < 3 * size; at++) {
        uint8_t *byte = &bytes[at / 3], was = *byte;

        *byte = (uint8_t)(at % 3 == 0 ? was ^ 1 : at % 3 == 1 ? 0xFF : was + 2);
        if (load(loaded, bytes, size, &err)) {
            for (uint32_t i = 0; i < KEYS; i++) {
                struct xe_audit_report report = report_on(loaded, &tables, keys[i]);

                xe_audit_report_fini(&report);
            }
            happen(loaded, 3000);
            happen(loaded, 4000);
        } else {
            cr_assert_neq(err.text[0], '\0');
        }
        *byte = was;
    }
    for (size_t n = 0; n < size; n += 1 + n / 64)
        cr_expect(!load(loaded, bytes, n, &err));
    xe_free(bytes);
    xe_audit_destroy(whole);
    xe_audit_destroy(loaded);
}
