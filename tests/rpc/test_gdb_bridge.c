/* The bridge between gdb and the API: what a debugger comes to is told by a worker, which is not to
 * be trusted with what it says. */
#include <string.h>

#include <criterion/criterion.h>

#include "rpc/gdb_bridge.h"

struct api {
    const char *run, *threads; /* what run.get and thread.list answer */
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
    {"{\"stop_reason\": \"crash\", \"detail\": \"alignment\"}", "+$T0a#e5"},
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
