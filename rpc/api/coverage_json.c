#include "rpc/api/coverage_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rpc/api/rows.h"

#define KIND(NAME, word, doc) {word, doc},
static const struct {
    const char *word, *doc;
} kinds[XE_COVERAGE_KINDS] = {XE_COVERAGE_KINDS_OF(KIND)};
#undef KIND
static const char *const states[XE_COVERAGE_STATES] = {XE_RPC_COVERAGE_STATES};

static const char *text_of(const json_t *params, const char *name)
{
    return json_string_value(json_object_get(params, name));
}

static bool is_counted(const struct xe_coverage_row *row, const char *what, const char *module)
{
    return (!what || !strcmp(what, kinds[row->kind].word)) &&
           (!module || !strcasecmp(module, row->module));
}

/* A line for each kind that has something to count. */
static json_t *summary(const struct xe_rpc_coverage_sum_view sums[XE_COVERAGE_KINDS])
{
    json_t *array = json_array();

    for (int i = 0; i < XE_COVERAGE_KINDS; i++)
        if (sums[i].doc)
            json_array_append_new(array, xe_rpc_write(&xe_rpc_coverage_sum, &sums[i]));
    return array;
}

/* A cursor is the number of the row that a page begins with. */
json_t *xe_rpc_coverage_json(const json_t *params, size_t limit)
{
    const char *what = text_of(params, "what"), *state = text_of(params, "state");
    const char *module = text_of(params, "module"), *cursor = text_of(params, "cursor");
    uint64_t from = cursor ? strtoull(cursor, NULL, 10) : 0;
    struct xe_rpc_coverage_sum_view sums[XE_COVERAGE_KINDS] = {0};
    struct xe_rpc_coverage_view view = {.items = json_array()};
    char next[24];
    json_t *json;

    for (uint32_t i = 0; i < xe_coverage_rows; i++) {
        const struct xe_coverage_row *row = &xe_coverage[i];

        if (!is_counted(row, what, module))
            continue;
        sums[row->kind].kind = row->kind;
        sums[row->kind].doc = kinds[row->kind].doc;
        sums[row->kind].count[row->state]++;
        if (i < from || view.next_cursor || (state && strcmp(state, states[row->state])))
            continue;
        if (json_array_size(view.items) < limit) {
            json_array_append_new(view.items, xe_rpc_write(&xe_rpc_coverage_item, row));
        } else {
            snprintf(next, sizeof(next), "%" PRIu32, i);
            view.next_cursor = next;
        }
    }
    view.summary = summary(sums);
    json = xe_rpc_write(&xe_rpc_coverage, &view);
    json_decref(view.summary);
    json_decref(view.items);
    return json;
}
