/* The bridge between gdb and the API: what a debugger comes to is told by a worker, which is not to
 * be trusted with what it says. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rpc/gdb/bridge.h"
#include "xe/stop.h"

struct api {
    const char *run, *threads; /* what run.get and thread.list answer */
    uint32_t sets, removes;    /* calls of debug.break.set of an exception, and remove of its id */
    char said[4096];
    size_t said_size;
};

static void call(void *ctx, const char *method, json_t *params, xe_gdb_done *done, void *done_ctx)
{
    struct api *api = ctx;
    const char *text = "{}";

    if (strcmp(method, "run.get") == 0)
        text = api->run;
    else if (strcmp(method, "thread.list") == 0 && api->threads)
        text = api->threads;
    else if (strcmp(method, "debug.break.set") == 0) {
        api->sets += !strcmp(json_string_value(json_object_get(params, "kind")), "exception");
        text = "{\"id\": 9}";
    } else if (strcmp(method, "debug.break.remove") == 0)
        api->removes += json_integer_value(json_object_get(params, "id")) == 9;

    json_decref(params);
    done(done_ctx, json_loads(text, 0, NULL), NULL);
}

static void send_bytes(void *ctx, const void *bytes, size_t size)
{
    struct api *api = ctx;

    cr_assert_leq(api->said_size + size, sizeof(api->said) - 1);
    memcpy(api->said + api->said_size, bytes, size);
    api->said_size += size;
}

static void end(void *ctx)
{
    (void)ctx;
}

static struct xe_gdb_bridge *bridge_to(struct api *api)
{
    const struct xe_gdb_caller caller = {api, call};
    const struct xe_gdb_host host = {api, send_bytes, end};
    struct xe_gdb_bridge *bridge = xe_gdb_bridge_create(&caller, &host, XE_GDB_VIEW_32);

    cr_assert_not_null(bridge);
    return bridge;
}

static const struct {
    const char *run, *said;
} runs[] = {
    {"{}", "+$T05#b9"},
    {"[1]", "+$T05#b9"},
    {"{\"detail\": \"tid 3\"}", "+$T05#b9"},
    {"{\"state\": 1, \"stop_reason\": 2, \"detail\": \"tid 3\"}", "+$T05#b9"},
    {"{\"stop_reason\": \"crash\"}", "+$T0b#e6"},
    {"{\"stop_reason\": \"crash\", \"detail\": \"alignment, tid 3\"}", "+$T0b#e6"},
    {"{\"stop_reason\": \"crash\", \"stop\": {\"cause\": \"unaligned_reserve\"}}", "+$T0a#e5"},
    {"{\"stop_reason\": \"crash\", \"stop\": {\"cause\": \"break_call\"}}", "+$T0b#e6"},
    {"{\"stop_reason\": \"crash\", \"stop\": {\"cause\": 7, \"tid\": \"x\"}}", "+$T0b#e6"},
    {"{\"stop_reason\": \"crash\", \"stop\": [3]}", "+$T0b#e6"},
    {"{\"stop_reason\": \"crash\", \"stop\": {\"tid\": 4294967297}}", "+$T0b#e6"},
    {"{\"stop_reason\": \"target\", \"stop\": {\"cause\": \"trap\", \"tid\": 3}}", "+$T05#b9"},
    {"{\"stop_reason\": \"break\", \"break\": 7}", "+$T05#b9"},
    {"{\"stop_reason\": \"break\", \"break\": {\"id\": \"x\", \"tid\": -1}}", "+$T05#b9"},
    {"{\"stop_reason\": \"no such\", \"detail\": \"%s%n\"}", "+$T05#b9"},
};

Test(gdb_bridge, attaches_to_whatever_a_worker_says)
{
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        struct api api = {.run = runs[i].run};
        struct xe_gdb_bridge *bridge = bridge_to(&api);

        xe_gdb_receive(xe_gdb_bridge_engine(bridge), "$?#3f", 5);
        cr_expect_str_eq(api.said, runs[i].said, "%s: %s", runs[i].run, api.said);
        xe_gdb_bridge_close(bridge);
    }
}

/* gdb's numbers: 4 ILL, 5 TRAP, 6 ABRT, 8 FPE, 10 BUS, 11 SEGV, 12 SYS. */
static const struct {
    enum xe_cause cause;
    unsigned signal;
} signals[] = {
    {XE_CAUSE_ILLEGAL, 4},     {XE_CAUSE_PRIVILEGED, 4},      {XE_CAUSE_TRAP, 5},
    {XE_CAUSE_DIVIDE_ZERO, 8}, {XE_CAUSE_DIVIDE_OVERFLOW, 8}, {XE_CAUSE_FLOAT, 8},
    {XE_CAUSE_SYSCALL, 12},    {XE_CAUSE_LOAD, 11},           {XE_CAUSE_STORE, 11},
    {XE_CAUSE_FETCH, 11},      {XE_CAUSE_ALIGNMENT, 10},      {XE_CAUSE_BUG_CHECK, 6},
    {XE_CAUSE_EXCEPTION, 6},   {XE_CAUSE_NO_LOCK, 6},         {XE_CAUSE_EXPORT_WORD, 6},
    {XE_CAUSE_KERNEL_JUMP, 6}, {XE_CAUSE_KERNEL_RETURN, 6},   {XE_CAUSE_MISMATCH, 6},
    {XE_CAUSE_HOST_MEMORY, 6}, {XE_CAUSE_INVARIANT, 6},       {XE_CAUSE_HOST_ERROR, 6},
    {XE_CAUSE_LAST_THREAD, 5}, {XE_CAUSE_TERMINATE, 5},       {XE_CAUSE_RUNTIME_EXIT, 5},
    {XE_CAUSE_LAUNCH, 5},      {XE_CAUSE_FIRMWARE, 5},        {XE_CAUSE_BREAK_WORD, 5},
    {XE_CAUSE_BREAK_CALL, 5},  {XE_CAUSE_BREAKPOINT, 5},      {XE_CAUSE_WATCHPOINT, 5},
    {XE_CAUSE_STACK, 11},      {XE_CAUSE_IMPORT, 6},          {XE_CAUSE_ATTACH, 6},
};

/* One that has exited is there to be looked at: no signal, and no thread that is at fault. */
Test(gdb_bridge, each_cause_has_its_signal_and_thread)
{
    cr_assert_eq(sizeof(signals) / sizeof(signals[0]), (size_t)XE_CAUSE_COUNT - 1);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        enum xe_stop reason = xe_cause_reason(signals[i].cause);
        const char *cause = xe_cause_name(signals[i].cause);
        char run[256], wanted[32];
        struct api api = {.run = run};
        struct xe_gdb_bridge *bridge = bridge_to(&api);

        snprintf(run, sizeof(run),
                 "{\"stop_reason\": \"%s\", \"stop\": {\"cause\": \"%s\", \"tid\": 26}}",
                 xe_stop_name(reason), cause);
        snprintf(wanted, sizeof(wanted), "+$T%02x%s", signals[i].signal,
                 reason == XE_STOP_EXIT ? "#" : "thread:1a;");
        xe_gdb_receive(xe_gdb_bridge_engine(bridge), "$?#3f", 5);
        cr_expect_eq(strncmp(api.said, wanted, strlen(wanted)), 0, "%s: %s", cause, api.said);
        xe_gdb_bridge_close(bridge);
    }
}

Test(gdb_bridge, a_threads_name_is_plain_text)
{
    struct api api = {.run = "{}",
                      .threads = "{\"threads\": [{\"tid\": 3, \"state\": \"ready\","
                                 "\"name\": \"a\\u001b]0;b\\u00e4\"}]}"};
    struct xe_gdb_bridge *bridge = bridge_to(&api);
    static const char packet[] = "$qThreadExtraInfo,3#b8";

    xe_gdb_receive(xe_gdb_bridge_engine(bridge), packet, strlen(packet));
    /* a?]0;b?? ready */
    cr_expect_not_null(strstr(api.said, "$613f5d303b623f3f207265616479#"), "%s", api.said);
    xe_gdb_bridge_close(bridge);
}

/* Once more takes it back, and so does going away. */
Test(gdb_bridge, stops_at_exceptions_as_long_as_it_is_told_to)
{
    struct api api = {.run = "{}"};
    struct xe_gdb_bridge *bridge = bridge_to(&api);
    static const char packet[] = "$qRcmd,657863657074696f6e73#b3";

    xe_gdb_receive(xe_gdb_bridge_engine(bridge), packet, strlen(packet));
    cr_expect(api.sets == 1 && api.removes == 0, "%u set, %u removed", api.sets, api.removes);
    cr_expect_not_null(strstr(api.said, "$O"), "%s", api.said);
    xe_gdb_receive(xe_gdb_bridge_engine(bridge), packet, strlen(packet));
    cr_expect(api.sets == 1 && api.removes == 1, "%u set, %u removed", api.sets, api.removes);
    xe_gdb_receive(xe_gdb_bridge_engine(bridge), packet, strlen(packet));
    xe_gdb_bridge_close(bridge);
    cr_expect(api.sets == 2 && api.removes == 2, "%u set, %u removed", api.sets, api.removes);
}
