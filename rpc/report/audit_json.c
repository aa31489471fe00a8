#include "rpc/report/audit_json.h"

#include "rpc/api/rows.h"

#define FEW        64u        /* handles that fit in any case */
#define PAGE_BYTES (2u << 20) /* of handles in one reply      */

/* How many handles make a page: all blocks of a key, or none of them, but for the first. */
static uint32_t fitting(const struct xe_audit_report *report)
{
    size_t size = 0;
    uint32_t n = 0, whole = 0;

    while (n < report->handles && size <= PAGE_BYTES) {
        json_t *one = xe_rpc_write(&xe_rpc_audit_handle, &report->handle[n]);

        if (report->handle[n].ordinal != report->handle[whole].ordinal)
            whole = n;
        size += one ? json_dumpb(one, NULL, 0, JSON_COMPACT) : 0;
        json_decref(one);
        n++;
    }
    if (size <= PAGE_BYTES)
        return n;
    return whole ? whole : n;
}

json_t *xe_rpc_audit_report_json(const struct xe_audit_report *report, const char *instance,
                                 enum xe_rpc_about about, const struct xe_rpc_page *page)
{
    struct xe_rpc_audit_view view = {.instance = instance ? instance : "",
                                     .about = about,
                                     .report = *report,
                                     .keys = page->keys};
    uint32_t asked = report->handles ? report->handle[report->handles - 1].ordinal + 1 : 0;

    if (report->handles > FEW)
        view.report.handles = fitting(report);
    view.next = page->cursor + (view.report.handles < report->handles
                                    ? report->handle[view.report.handles].ordinal
                                    : asked);
    view.more = view.next < page->keys;
    for (uint32_t i = 0; i < view.report.handles; i++)
        if (report->handle[i].diagnosis.branch <= XE_AUDIT_D5_STARVED)
            view.codes[report->handle[i].diagnosis.branch]++;
    return xe_rpc_write(&xe_rpc_audit_report, &view);
}
