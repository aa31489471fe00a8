/* The thread diagnostic as JSON (schema xe360/thread-diagnostic/1, AUDIT.md section 8). */
#ifndef XE_RPC_DIAGNOSTIC_JSON_H
#define XE_RPC_DIAGNOSTIC_JSON_H

#include <jansson.h>

#include "xe/instance.h"

/* Owned by the caller; NULL when out of memory. id is the instance id shown in the report. */
json_t *xe_rpc_diagnostic_json(struct xe_instance *instance, const char *id);

#endif
