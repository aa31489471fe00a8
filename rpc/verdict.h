/* What became of a run, in one word and one sentence, and what its threads are blocked on. */
#ifndef XE_RPC_VERDICT_H
#define XE_RPC_VERDICT_H

#include "rpc/diagnostic_json.h"

/* {code, sentence, text, stop, detail, roots[]}: the verdict of a thread diagnostic. Owned by the
 * caller; NULL when out of memory. */
json_t *xe__verdict_json(const struct xe_rpc_diagnostic *in);

#endif
