/* What a run stopped for, as JSON (xe_rpc_stop). */
#include "rpc/session_internal.h"

static json_t *arguments_json(const struct xe_stop_info *info)
{
    json_t *arguments = json_array();

    for (uint32_t i = 0; i < info->arguments && i < XE_STOP_ARGUMENTS; i++)
        json_array_append_new(arguments, xe_rpc_hex32(info->argument[i]));
    return arguments;
}

json_t *xe__session_stop_json(const struct xe_stop_info *info, const char *detail)
{
    json_t *stop = json_pack("{s:s, s:o}", "reason", xe_stop_name(info->reason), "text",
                             xe__json_text(detail[0] ? detail : xe_stop_doc(info->reason)));

    if (info->cause)
        json_object_set_new(stop, "cause", json_string(xe_cause_name(info->cause)));
    if (info->tid) {
        json_object_set_new(stop, "tid", json_integer(info->tid));
        json_object_set_new(stop, "pc", xe_rpc_hex32(info->pc));
        json_object_set_new(stop, "lr", xe_rpc_hex32(info->lr));
    }
    if (xe_cause_has(info->cause) & XE_STOP_HAS_ADDRESS)
        json_object_set_new(stop, "address", xe_rpc_hex32(info->address));
    if (info->has_code)
        json_object_set_new(stop, "code", xe_rpc_hex32(info->code));
    if (info->arguments)
        json_object_set_new(stop, "arguments", arguments_json(info));
    return stop;
}
