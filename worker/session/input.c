/* input.*: what happens to the controllers of the session's instance, and what they are. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/script.h"
#include "worker/session/session_internal.h"
#include "xe/gpu.h"
#include "xe/pads.h"

/* ---- entering ------------------------------------------------------------------------------- */

static bool enter(struct xe_rpc_call *call, struct xe_instance *instance,
                  const struct xe_pad_event *event, size_t count, bool replace,
                  struct xe_error *err)
{
    struct xe_session *session = xe__session(call);
    bool done;

    if (session->active)
        return xe_error_set(err, XE_ERR_RUN_IN_PROGRESS, "run r-%" PRIu64 " is going on",
                            session->runs);
    done = xe_instance_pad_events(instance, event, count, replace, err);
    xe__rpc_session_tell_taint(session);
    return done;
}

/* The state that the parameters name. */
static struct xe_gamepad state_of(const struct xe_rpc_call *call)
{
    struct xe_gamepad state = {.buttons = 0};
    const json_t *word;
    size_t i;

    json_array_foreach(xe_rpc_arg_json(call, "buttons"), i, word)
    {
        state.buttons |= xe_pad_button(json_string_value(word));
    }
#define PAD_AXIS(word, type, min, max, doc) state.word = (type)xe_rpc_arg_int(call, #word);
#include "xe/pads.def"
    return state;
}

static bool has_state(const struct xe_rpc_call *call)
{
    bool has = xe_rpc_has(call, "buttons");

#define PAD_AXIS(word, type, min, max, doc) has |= xe_rpc_has(call, #word);
#include "xe/pads.def"
    return has;
}

static uint32_t port_of(const struct xe_rpc_call *call)
{
    return (uint32_t)xe_rpc_arg_int(call, "pad") - 1;
}

static void reply_entered(struct xe_rpc_call *call, struct xe_instance *instance,
                          const struct xe_pad_event *event, size_t count)
{
    struct xe_error err = XE_ERROR_INIT;

    if (enter(call, instance, event, count, false, &err))
        xe__session_reply_changed(call, instance);
    else
        xe_rpc_fail(call, &err);
}

void xe__session_input_set(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_pad_event event[2];
    size_t count = 0;

    if (!instance)
        return;
    if (xe_rpc_has(call, "connected"))
        event[count++] = (struct xe_pad_event){
            .act = xe_rpc_arg_bool(call, "connected") ? XE_PAD_CONNECT : XE_PAD_DISCONNECT,
            .port = port_of(call)};
    if (!count || has_state(call))
        event[count++] = (struct xe_pad_event){
            .act = XE_PAD_SET, .port = port_of(call), .state = state_of(call)};
    reply_entered(call, instance, event, count);
}

/* How long a press lasts: one of its counts, a poll if there is none. */
static bool length_of(const struct xe_rpc_call *call, struct xe_pad_event *event,
                      struct xe_error *err)
{
    static const char *const counts[XE_PAD_CLOCKS] = {
#define PAD_CLOCK(NAME, word, count, doc) count,
#include "xe/pads.def"
    };
    int given = 0;

    event->lasts = XE_PAD_POLL;
    event->count = 1;
    for (uint32_t i = 0; i < XE_PAD_CLOCKS; i++)
        if (xe_rpc_has(call, counts[i])) {
            event->lasts = i;
            event->count = (uint64_t)xe_rpc_arg_int(call, counts[i]);
            given++;
        }
    return given < 2 ||
           xe_error_set(err, XE_ERR_INVALID_PARAMS, "expected one of cycles, frames and polls");
}

void xe__session_input_press(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const char *key = xe_rpc_arg_string(call, "key");
    struct xe_pad_event event = {
        .act = XE_PAD_PRESS, .port = port_of(call), .state = state_of(call)};
    struct xe_error err = XE_ERROR_INIT;

    if (!instance)
        return;
    if (key && xe_pad_key(key, &event.key)) {
        event.act = XE_PAD_KEY;
        event.port = XE_PAD_KEYBOARD;
        event.state = (struct xe_gamepad){.buttons = 0};
    }
    if (length_of(call, &event, &err))
        reply_entered(call, instance, &event, 1);
    else
        xe_rpc_fail(call, &err);
}

/* ---- scripts -------------------------------------------------------------------------------- */

static void reply_script(struct xe_rpc_call *call, struct xe_instance *instance)
{
    const struct xe_kernel *kernel = xe_instance_kernel(instance);
    const struct xe_gpu *gpu = xe_kernel_gpu(kernel);
    struct xe_pad_script script;
    struct xe_rpc_script_view view;

    xe_kernel_pad_script(kernel, &script);
    view = (struct xe_rpc_script_view){.base = xe__rpc_session_base(call, instance),
                                       .waiting = script.waiting,
                                       .going_on = script.going_on,
                                       .over = script.over,
                                       .frames = gpu ? xe_gpu_counters(gpu)->swaps : 0,
                                       .next = {script.next, script.next.port + 1}};
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_script, &view));
}

void xe__session_input_script_load(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const char *text = xe_rpc_arg_string(call, "text"), *file = xe_rpc_arg_string(call, "file");
    struct xe_error err = XE_ERROR_INIT;
    struct xe_pad_event *event = NULL;
    size_t count = 0;

    if (!instance)
        return;
    if (xe__session_script_read(text, strlen(text), file ? file : "script", &event, &count, &err) &&
        enter(call, instance, event, count, !xe_rpc_arg_bool(call, "add"), &err))
        reply_script(call, instance);
    else
        xe_rpc_fail(call, &err);
    free(event);
}

void xe__session_input_script_status(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);

    if (instance)
        reply_script(call, instance);
}

/* ---- looking -------------------------------------------------------------------------------- */

void xe__session_input_get(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_list_view list;

    if (!instance)
        return;
    list.base = xe__rpc_session_base(call, instance);
    list.items = json_array();
    for (uint32_t port = 0; port < XE_PADS; port++) {
        const struct xe_rpc_pad_view view = {port + 1,
                                             *xe_kernel_pad(xe_instance_kernel(instance), port)};

        json_array_append_new(list.items, xe_rpc_write(&xe_rpc_pad, &view));
    }
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_pad_list, &list));
    json_decref(list.items);
}

struct callers {
    const struct xe_instance *instance;
    struct xe_pad_caller caller[XE_PAD_CALLERS];
    uint32_t count;
};

static void take_caller(void *ctx, const struct xe_pad_caller *caller)
{
    struct callers *callers = ctx;

    callers->caller[callers->count++] = *caller;
}

static int newest_first(const void *a, const void *b)
{
    const struct xe_pad_caller *x = a, *y = b;

    return (x->newest < y->newest) - (x->newest > y->newest);
}

void xe__session_input_poll_log(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct callers callers = {.instance = instance};
    struct xe_rpc_list_view list;

    if (!instance)
        return;
    xe_kernel_pad_callers(xe_instance_kernel(instance), take_caller, &callers);
    qsort(callers.caller, callers.count, sizeof(callers.caller[0]), newest_first);
    list.base = xe__rpc_session_base(call, instance);
    list.items = json_array();
    for (uint32_t i = 0; i < callers.count; i++) {
        struct xe_rpc_pad_caller_view view = {.number = callers.caller[i].port + 1,
                                              .caller = callers.caller[i]};

        xe_instance_place(instance, view.caller.lr, &view.place);
        json_array_append_new(list.items, xe_rpc_write(&xe_rpc_pad_caller, &view));
    }
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_poll_log, &list));
    json_decref(list.items);
}
