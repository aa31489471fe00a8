/* Input logs as JSON, schema xe360/input-log/1: what record.stop answers, replay.start takes, and a
 * file holds. Made from the rows of xe/inputs.def. */
#ifndef XE_RPC_API_INPUTS_JSON_H
#define XE_RPC_API_INPUTS_JSON_H

#include <jansson.h>

#include "xe/inputs.h"

#define XE_INPUT_LOG_SCHEMA "xe360/input-log/1"

/* A log of this title and these settings, which are borrowed. NULL without memory. */
json_t *xe__rpc_inputs_json(const struct xe_title_info *title, json_t *config, json_t *mounts,
                            const struct xe_input_log *log);

/* Read what fits the row xe_rpc_input_log. Free it in any case. */
bool xe__rpc_inputs_read(const json_t *json, struct xe_input_log *ret, struct xe_error *err);
void xe__rpc_inputs_free(struct xe_input_log *log);

#endif
