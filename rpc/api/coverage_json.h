/* What this build has of the console (xe/coverage.h) as system.coverage answers it. */
#ifndef XE_RPC_API_COVERAGE_JSON_H
#define XE_RPC_API_COVERAGE_JSON_H

#include <jansson.h>

#include "xe/coverage.h"

/* By enum xe_coverage_state. */
#define XE_RPC_COVERAGE_STATES "done", "partial", "missing"

struct xe_rpc_coverage_sum_view {
    enum xe_coverage_kind kind;
    const char *doc;
    uint32_t count[XE_COVERAGE_STATES];
};

struct xe_rpc_coverage_view {
    json_t *summary, *items;
    const char *next_cursor; /* NULL: the last page */
};

/* A page of at most limit rows. params: what, state, module and cursor of system.coverage, checked
 * by its row. Owned by the caller; NULL: out of memory. For programs that have libxe_coverage.a. */
json_t *xe_rpc_coverage_json(const json_t *params, size_t limit);

#endif
