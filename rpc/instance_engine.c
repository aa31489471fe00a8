/* debug.engine and debug.jit.get; debug.jit.list is with the other lists in instance_inspect.c. */
#include <stdlib.h>

#include "rpc/session_internal.h"
#include "xe/debug.h"

static void set_count(json_t *object, const char *name, uint64_t value)
{
    json_object_set_new(object, name, json_integer((json_int_t)value));
}

static json_t *top_json(const struct xe_engine_info *info)
{
    json_t *rows = json_array();

    for (uint32_t i = 0; i < info->tops; i++)
        json_array_append_new(rows, json_pack("{s:s, s:I}", "mnemonic", info->top[i].mnemonic,
                                              "calls", (json_int_t)info->top[i].calls));
    return rows;
}

/* Which engine was to be, and why it is another. */
static void set_asked(json_t *object, const struct xe_engine_info *info)
{
    json_object_set_new(object, "asked", json_string(xe_engine_name(info->asked)));
    if (info->engine != info->asked)
        json_object_set_new(object, "why", xe__json_text(info->why));
}

/* A check of so many instructions that compared none of them was none. */
static void say_if_in_vain(struct xe_engine_info *info, uint64_t retired)
{
    if (info->engine != XE_ENGINE_CHECK || info->compared || !retired)
        return;
    info->engine = XE_ENGINE_INTERPRETER;
    info->why = "nothing was compared, for no translated code ran";
}

static json_t *brief_json(struct xe_engine_info *info, uint64_t retired)
{
    json_t *object = json_object();

    say_if_in_vain(info, retired);
    json_object_set_new(object, "ran", json_string(xe_engine_name(info->engine)));
    set_asked(object, info);
    if (info->asked == XE_ENGINE_CHECK)
        set_count(object, "compared", info->compared);
    return object;
}

json_t *xe__session_engine_brief(const struct xe_instance *instance)
{
    struct xe_engine_info info;

    xe_instance_engine(instance, &info);
    return brief_json(&info, xe_instance_cycle(instance));
}

json_t *xe__session_run_engine(const struct xe_instance *instance, const struct xe_run *run)
{
    struct xe_engine_info info;

    xe_instance_engine(instance, &info);
    info.compared = run->compared;
    return brief_json(&info, run->retired);
}

uint64_t xe__session_compared(const struct xe_instance *instance)
{
    struct xe_engine_info info;

    xe_instance_engine(instance, &info);
    return info.compared;
}

json_t *xe__session_engine_json(const struct xe_instance *instance)
{
    struct xe_engine_info info;
    json_t *object = json_object(), *left = json_object();

    xe_instance_engine(instance, &info);
    say_if_in_vain(&info, xe_instance_cycle(instance));
    set_count(left, "budget", info.left_budget);
    set_count(left, "jump", info.left_jump);
    set_count(left, "interpret", info.left_interpret);
    set_count(left, "changed", info.left_changed);
    json_object_set_new(object, "engine", json_string(xe_engine_name(info.engine)));
    set_asked(object, &info);
    set_count(object, "regions", info.regions);
    set_count(object, "translated", info.translated);
    set_count(object, "words", info.words);
    set_count(object, "code_bytes", info.code_bytes);
    set_count(object, "flushes", info.flushes);
    set_count(object, "invalidations", info.invalidations);
    set_count(object, "faults", info.faults);
    json_object_set_new(object, "left", left);
    set_count(object, "calls", info.calls);
    json_object_set_new(object, "top", top_json(&info));
    set_count(object, "compared", info.compared);
    return object;
}

void xe__debug_engine(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__session_instance(call);
    json_t *result, *engine;

    if (!instance)
        return;
    result = xe__session_result(call, instance);
    engine = xe__session_engine_json(instance);
    json_object_update(result, engine);
    json_decref(engine);
    xe_rpc_reply(call, result);
}

json_t *xe__session_region_json(const struct xe_region_info *info)
{
    return json_pack("{s:o, s:I, s:I, s:I}", "head", xe_rpc_hex32(info->head), "words",
                     (json_int_t)info->words, "entries", (json_int_t)info->entries, "code_bytes",
                     (json_int_t)info->code_bytes);
}

static void add_line(void *ctx, const struct xe_region_line *line)
{
    char *code = xe__session_hex(line->code, line->size);
    json_t *object =
        json_pack("{s:s, s:s}", "part", xe_region_part_name(line->part), "code", code ? code : "");
    char text[80];

    free(code);
    if (line->part != XE_REGION_REST)
        json_object_set_new(object, "address", xe_rpc_hex32(line->address));
    if (line->part == XE_REGION_WORD) {
        xe_disassemble(line->word, line->address, text, sizeof(text));
        json_object_set_new(object, "word", xe_rpc_hex32(line->word));
        json_object_set_new(object, "text", json_string(text));
    }
    json_array_append_new(ctx, object);
}

void xe__debug_jit_get(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__session_instance(call);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_region_info info;
    json_t *lines, *result, *members;
    uint32_t address = xe_rpc_arg_u32(call, "address");

    if (!instance)
        return;
    lines = json_array();
    if (!xe_instance_region(instance, address, &info, add_line, lines)) {
        xe_error_set(&err, XE_ERR_HANDLE_UNKNOWN, "0x%08x is in no translation", address);
        xe_rpc_fail(call, &err);
        json_decref(lines);
        return;
    }
    result = xe__session_result(call, instance);
    members = xe__session_region_json(&info);
    json_object_update(result, members);
    json_decref(members);
    json_object_set_new(result, "lines", lines);
    xe_rpc_reply(call, result);
}
