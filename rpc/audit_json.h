/* Audit reports and records as JSON (schema xe360/audit-report/1, RPC.md section 7). */
#ifndef XE_RPC_AUDIT_JSON_H
#define XE_RPC_AUDIT_JSON_H

#include <jansson.h>

#include "xe/audit.h"

/* Owned by the caller; NULL when out of memory. instance is the id shown in the report. */
json_t *xe_rpc_audit_report_json(const struct xe_audit_report *report, const char *instance);
json_t *xe_rpc_audit_rec_json(const struct xe_audit_rec *rec);

#endif
