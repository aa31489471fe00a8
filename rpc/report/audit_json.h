/* Audit reports and records as JSON (schema xe360/audit-report/1, xe360-rpc-results(7)). The text
 * report is rendered from this alone, so whatever it prints must be here. The rows are in
 * members_audit.c: a value added to the structs of xe/audit.h is a row there, and nothing else. */
#ifndef XE_RPC_REPORT_AUDIT_JSON_H
#define XE_RPC_REPORT_AUDIT_JSON_H

#include <jansson.h>

#include "xe/audit.h"

/* What a report is about: handles that were named, the focus, what threads wait for. */
enum xe_rpc_about { XE_RPC_ABOUT_HANDLES, XE_RPC_ABOUT_FOCUS, XE_RPC_ABOUT_BLOCKING };

struct xe_rpc_audit_view {
    const char *instance;
    enum xe_rpc_about about;
    struct xe_audit_report report;           /* borrowed */
    bool more;                               /* handles do not all fit */
    uint32_t next, keys;                     /* cursor of the first left out; of how many keys */
    uint32_t codes[XE_AUDIT_D5_STARVED + 1]; /* handles by branch */
};

/* Which of a list of keys a report is about: from `cursor` on, of `keys`. */
struct xe_rpc_page {
    uint32_t cursor, keys;
};

/* As many handles as fit into a reply. Owned by the caller; NULL when out of memory. instance is
 * the id shown in the report. */
json_t *xe_rpc_audit_report_json(const struct xe_audit_report *report, const char *instance,
                                 enum xe_rpc_about about, const struct xe_rpc_page *page);

#endif
