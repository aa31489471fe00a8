/* debug.engine and debug.jit.get; debug.jit.list is with the other lists in inspect.c. */
#include <stdlib.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/debug.h"

/* A check of so many instructions that compared none of them was none. */
static void say_if_in_vain(struct xe_engine_info *info, uint64_t retired)
{
    if (info->engine != XE_ENGINE_CHECK || info->compared || !retired)
        return;
    info->engine = XE_ENGINE_INTERPRETER;
    info->why = "nothing was compared, for no translated code ran";
}

/* Why it has another engine than it was to have, if it has. */
static void engine_of(const struct xe_instance *instance, uint64_t compared, uint64_t retired,
                      struct xe_engine_info *ret)
{
    xe_instance_engine(instance, ret);
    ret->compared = compared;
    say_if_in_vain(ret, retired);
    if (ret->engine == ret->asked)
        ret->why = NULL;
}

struct xe_engine_info xe__session_engine(const struct xe_instance *instance)
{
    struct xe_engine_info info;

    engine_of(instance, xe__rpc_session_compared(instance), xe_instance_cycle(instance), &info);
    return info;
}

json_t *xe__rpc_session_engine_brief(const struct xe_instance *instance)
{
    const struct xe_engine_info info = xe__session_engine(instance);

    return xe_rpc_write(&xe_rpc_engine_brief, &info);
}

void xe__rpc_session_run_engine(const struct xe_instance *instance, const struct xe_run *run,
                                struct xe_engine_info *ret)
{
    engine_of(instance, run->compared, run->retired, ret);
}

uint64_t xe__rpc_session_compared(const struct xe_instance *instance)
{
    struct xe_engine_info info;

    xe_instance_engine(instance, &info);
    return info.compared;
}

json_t *xe__rpc_session_engine_json(const struct xe_instance *instance)
{
    const struct xe_engine_info info = xe__session_engine(instance);

    return xe_rpc_write(&xe_rpc_engine, &info);
}

void xe__rpc_debug_engine(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_engine_view view;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.info = xe__session_engine(instance);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_engine_result, &view));
}

static void add_line(void *ctx, const struct xe_region_line *line)
{
    char *code = xe__rpc_hex_text(line->code, line->size);
    struct xe_rpc_region_line_view view = {.line = *line, .code = code ? code : ""};

    if (line->part == XE_REGION_WORD)
        xe_disassemble(line->word, line->address, view.text, sizeof(view.text));
    json_array_append_new(ctx, xe_rpc_write(&xe_rpc_region_line, &view));
    free(code);
}

void xe__rpc_debug_jit_get(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_rpc_region_view view;
    uint32_t address = xe_rpc_arg_u32(call, "address");

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.lines = json_array();
    if (xe_instance_region(instance, address, &view.info, add_line, view.lines)) {
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_region_result, &view));
    } else {
        xe_error_set(&err, XE_ERR_HANDLE_UNKNOWN, "0x%08x is in no translation", address);
        xe_rpc_fail(call, &err);
    }
    json_decref(view.lines);
}
