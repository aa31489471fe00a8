#include "audit/fixture.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the world ------------------------------------------------------------------------------- */

static uint64_t world_cycle(void *ctx)
{
    const struct fake_world *tables = ctx;

    return tables->cycle;
}

static bool world_object(void *ctx, uint32_t key, struct xe_audit_object *ret)
{
    const struct fake_world *tables = ctx;

    for (const struct fake_object *it = tables->object; it->key; it++)
        if (it->key == key) {
            *ret = it->object;
            return true;
        }
    return false;
}

static void world_parked(void *ctx, uint32_t key,
                         void (*fn)(void *fn_ctx, const struct xe_audit_parked *who), void *fn_ctx)
{
    const struct fake_world *tables = ctx;

    for (const struct fake_parked *it = tables->parked; it->key; it++)
        if (it->key == key)
            fn(fn_ctx, &it->who);
}

/* A thread of the table of threads; else parked where the table of waits says; else it runs. */
static bool world_thread(void *ctx, uint32_t tid, struct xe_producer *ret)
{
    const struct fake_world *tables = ctx;

    *ret = (struct xe_producer){
        .tid = tid, .name = "", .standing = XE_STANDS_RUNNING, .until_cycle = XE_CYCLE_NONE};
    for (const struct fake_parked *it = tables->parked; it->key; it++)
        if (it->who.tid == tid) {
            ret->standing = XE_STANDS_WAITING;
            ret->waits_on = it->key;
            ret->wait_objects = it->who.wait_objects ? it->who.wait_objects : 1;
            ret->alertable = it->who.alertable;
            ret->timed = it->who.timed;
        }
    for (const struct xe_producer *it = tables->thread; it->tid; it++)
        if (it->tid == tid)
            *ret = *it;
    return true;
}

typedef void tell(void *ctx, const struct xe_producer *producer);

/* Whoever the tables say can release it by nature. */
static bool tell_natural(const struct fake_world *tables, uint32_t key,
                         const struct xe_audit_object *object, tell *fn, void *fn_ctx)
{
    bool thread = object && object->kind.kind == XE_AUDIT_THREAD;
    uint32_t tid = object ? object->producer_tid : 0;
    struct xe_producer who;

    for (const struct fake_parked *it = tables->parked; !tid && it->key; it++)
        if (it->key == key)
            tid = it->who.owner_tid;
    if (!tid)
        return false;
    world_thread((void *)tables, tid, &who);
    who.kind = thread ? XE_PRODUCER_THREAD : XE_PRODUCER_OWNER;
    if (fn)
        fn(fn_ctx, &who);
    return true;
}

static bool world_released(void *ctx, uint32_t key, uint64_t object_id, struct xe_released *ret,
                           tell *fn, void *fn_ctx)
{
    const struct fake_world *tables = ctx;
    struct xe_audit_signaller who[XE_AUDIT_SIGNALLERS];
    struct xe_audit_history history;
    struct xe_audit_object object;
    bool found = world_object(ctx, key, &object);
    uint32_t n = tables->audit ? xe_audit_signallers(tables->audit, object_id, who, &history) : 0;

    if (ret)
        *ret = (struct xe_released){.object_id = object_id, .key = key, .complete = true};
    if (ret && tables->closed)
        ret->closed = true;
    if (tables->timer.standing && fn) {
        fn(fn_ctx, &tables->timer);
    } else if (tell_natural(tables, key, found ? &object : NULL, fn, fn_ctx)) {
        if (ret)
            ret->by_nature = true;
    } else {
        for (uint32_t i = 0; fn && i < n; i++) {
            struct xe_producer it;

            world_thread(ctx, who[i].tid, &it);
            if (!who[i].guest)
                it = (struct xe_producer){.standing = XE_STANDS_HOST, .what = who[i].src};
            it.kind = who[i].guest ? XE_PRODUCER_SIGNALLER : XE_PRODUCER_HOST;
            it.acts = who[i].acts;
            it.last_seq = who[i].seq;
            it.last_cycle = who[i].cycle;
            it.last_src = who[i].src;
            it.last_lr = who[i].lr;
            it.longest_gap = who[i].longest_gap;
            fn(fn_ctx, &it);
        }
    }
    return true;
}

static bool world_waited_for(void *ctx, uint64_t object_id, struct xe_audit_object *ret)
{
    const struct fake_world *tables = ctx;

    for (const struct fake_nameless *it = tables->nameless; it->object.object_id; it++)
        if (it->object.object_id == object_id) {
            *ret = it->object;
            return true;
        }
    return false;
}

static void world_parked_by_id(void *ctx, uint64_t object_id,
                               void (*fn)(void *fn_ctx, const struct xe_audit_parked *who),
                               void *fn_ctx)
{
    const struct fake_world *tables = ctx;

    for (const struct fake_nameless *it = tables->nameless; it->object.object_id; it++)
        if (it->object.object_id == object_id)
            fn(fn_ctx, &it->who);
}

static bool world_peek(void *ctx, uint32_t key, char *text, size_t size)
{
    const struct fake_world *tables = ctx;

    (void)key;
    if (!tables->peek)
        return false;
    snprintf(text, size, "%s", tables->peek);
    return true;
}

static bool world_promise(void *ctx, uint64_t object_id, struct xe_audit_promise *ret)
{
    const struct fake_world *tables = ctx;

    *ret = (struct xe_audit_promise){"overlapped", "XamContentCreateEx", 7, 2, 0x824a9f6c};
    return tables->promised == object_id;
}

static bool fate_of(void *ctx, uint32_t tid, struct xe_audit_fate *ret)
{
    const struct fake_world *tables = ctx;

    for (const struct fake_fate *it = tables->fate; it->tid; it++)
        if (it->tid == tid) {
            *ret = it->fate;
            return true;
        }
    return false;
}

struct xe_audit_world fake_world(struct fake_world *tables)
{
    tables->fates = (struct xe_audit_fates){tables, fate_of};
    return (struct xe_audit_world){.ctx = tables,
                                   .fates = tables->fate[0].tid ? &tables->fates : NULL,
                                   .over = tables->over,
                                   .cycle = world_cycle,
                                   .object = world_object,
                                   .parked = world_parked,
                                   .waited_for = world_waited_for,
                                   .parked_by_id = world_parked_by_id,
                                   .released = world_released,
                                   .thread = world_thread,
                                   .promise = world_promise,
                                   .peek = world_peek};
}

/* ---- the audit ------------------------------------------------------------------------------- */

struct xe_audit *audit_on(uint32_t ring)
{
    struct xe_audit *audit = xe_audit_create(ring, NULL);

    cr_assert_not_null(audit);
    xe_audit_enable(audit, true, 0);
    return audit;
}

void focus_on(struct xe_audit *audit, const char *list)
{
    struct xe_error err = XE_ERROR_INIT;
    uint32_t *keys, count;

    cr_assert(xe_audit_focus_parse(list, &keys, &count, &err), "%s", err.text);
    cr_assert(xe_audit_focus_set(audit, keys, count, &err), "%s", err.text);
    xe_audit_keys_free(keys);
}

struct xe_audit_site site_at(uint64_t cycle, uint32_t tid, const char *src)
{
    return (struct xe_audit_site){
        .cycle = cycle, .tid = tid, .lr = 0x824A9F6C, .pc = 0x824A9F68, .src = src, .guest = true};
}

void create_at(struct xe_audit *audit, uint64_t cycle, uint32_t key, uint64_t object_id,
               enum xe_audit_object_kind kind)
{
    struct xe_audit_site site = site_at(cycle, 1, "NtCreateEvent");

    xe_audit_created(audit, &site, key, object_id, &(struct xe_audit_kind){.kind = kind}, true);
}

void close_at(struct xe_audit *audit, uint64_t cycle, uint32_t key)
{
    struct xe_audit_site site = site_at(cycle, 1, "NtClose");

    xe_audit_closed(audit, &site, key);
}

static const char *export_of(enum xe_audit_op op)
{
    return op == XE_AUDIT_OP_WAIT || op == XE_AUDIT_OP_WAKE ? "NtWaitForSingleObjectEx"
           : op == XE_AUDIT_OP_RESET                        ? "NtClearEvent"
           : op == XE_AUDIT_OP_PULSE                        ? "NtPulseEvent"
                                                            : "NtSetEvent";
}

void act_at(struct xe_audit *audit, uint64_t cycle, uint32_t tid, uint32_t key, uint64_t object_id,
            enum xe_audit_op op, enum xe_audit_effect effect)
{
    xe_audit_record(audit, &(struct xe_audit_act){.site = site_at(cycle, tid, export_of(op)),
                                                  .key = key,
                                                  .object_id = object_id,
                                                  .op = op,
                                                  .effect = effect,
                                                  .timeout = INT64_MAX});
}

void park_at(struct xe_audit *audit, uint64_t cycle, uint32_t tid, uint32_t key, uint64_t object_id,
             uint64_t wait_id)
{
    xe_audit_record(audit,
                    &(struct xe_audit_act){.site = site_at(cycle, tid, "NtWaitForSingleObjectEx"),
                                           .key = key,
                                           .object_id = object_id,
                                           .op = XE_AUDIT_OP_WAIT,
                                           .effect = XE_AUDIT_PARKED,
                                           .wait_id = wait_id,
                                           .timeout = INT64_MAX});
}

struct xe_audit_report report_on(const struct xe_audit *audit, struct fake_world *tables,
                                 uint32_t key)
{
    struct xe_audit_world world = fake_world(tables);
    struct xe_audit_report report;

    tables->audit = audit;
    cr_assert(xe_audit_report_make(audit, &world, &key, 1, &report, NULL));
    return report;
}

/* ---- goldens --------------------------------------------------------------------------------- */

void expect_golden(const char *name, const char *text)
{
    const char *source = getenv("XE_SRCDIR");
    char path[512], want[65536];
    size_t n;
    FILE *file;

    snprintf(path, sizeof(path), "%s/tests/audit/golden/%s", source ? source : ".", name);
    if (getenv("XE_UPDATE_GOLDEN")) {
        file = fopen(path, "w");
        cr_assert_not_null(file, "%s", path);
        fputs(text, file);
        fclose(file);
    }
    file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    n = fread(want, 1, sizeof(want) - 1, file);
    want[n] = '\0';
    fclose(file);
    cr_expect_str_eq(text, want, "%s differs; made:\n%s", name, text);
}

void expect_diagnosis(const struct xe_audit *audit, struct fake_world *world, uint32_t key,
                      const char *code, const char *sub, const char *text, const char *detail)
{
    struct xe_audit_report report = report_on(audit, world, key);
    const struct xe_audit_diagnosis *d = &report.handle[0].diagnosis;

    cr_expect_str_eq(d->code, code);
    cr_expect_str_eq(d->sub, sub);
    cr_expect_str_eq(d->text, text);
    cr_expect_str_eq(d->detail, detail);
    xe_audit_report_fini(&report);
}

struct xe_audit_parked parked_waiter(uint32_t tid, uint64_t since, uint64_t wait_id)
{
    return (struct xe_audit_parked){.tid = tid,
                                    .since_cycle = since,
                                    .src = "NtWaitForSingleObjectEx",
                                    .wait_id = wait_id,
                                    .audited_path = true,
                                    .eligible = true};
}

struct xe_audit *waiting_audit(struct fake_world *world)
{
    struct xe_audit *audit = audit_on(16);

    *world = (struct fake_world){.parked = {{KEY, parked_waiter(2, 10, 1)}}};
    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    park_at(audit, 10, 2, KEY, 1, 1);
    return audit;
}
