/* Input logs as JSON, schema xe360/input-log/1: what record.stop answers, replay.start takes, and a
 * file holds. Made from the rows of xe/inputs.def. */
#ifndef XE_RPC_API_INPUTS_JSON_H
#define XE_RPC_API_INPUTS_JSON_H

#include <jansson.h>

#include "xe/inputs.h"

#define XE_INPUT_LOG_SCHEMA "xe360/input-log/1"

/* The members that are the log's own: inputs, points, end; into object. */
void xe__inputs_json(json_t *object, const struct xe_input_log *log);

/* Read what fits the row xe_rpc_input_log. Free it in any case. */
bool xe__inputs_read(const json_t *json, struct xe_input_log *ret, struct xe_error *err);
void xe__inputs_free(struct xe_input_log *log);

#endif
