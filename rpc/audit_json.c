#include "rpc/audit_json.h"

#include "rpc/rows.h"

json_t *xe_rpc_audit_report_json(const struct xe_audit_report *report, const char *instance,
                                 enum xe_rpc_about about)
{
    struct xe_rpc_audit_view view = {
        .instance = instance ? instance : "", .about = about, .report = *report};

    for (uint32_t i = 0; i < report->handles; i++)
        if (report->handle[i].diagnosis.branch <= XE_AUDIT_D5_STARVED)
            view.codes[report->handle[i].diagnosis.branch]++;
    return xe_rpc_write(&xe_rpc_audit_report, &view);
}
