/* What a run stopped for, as the API tells it (xe_rpc_stop). */
#include "worker/session/session_internal.h"

struct xe_rpc_stop_view xe__rpc_session_stop(const struct xe_stop_info *info, const char *detail)
{
    return (struct xe_rpc_stop_view){
        .reason = xe_stop_name(info->reason),
        .cause = info->cause ? xe_cause_name(info->cause) : NULL,
        .text = detail[0] ? detail : xe_stop_doc(info->reason),
        .info = *info,
        .has_address = xe_cause_has(info->cause) & XE_STOP_HAS_ADDRESS,
    };
}
