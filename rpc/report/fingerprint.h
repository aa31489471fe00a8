/* The shape of a hang, and its hash: the same for one hang in two builds of a title, at another
 * cycle, under another seed; doc/fingerprint.md says of what it is made. */
#ifndef XE_RPC_REPORT_FINGERPRINT_H
#define XE_RPC_REPORT_FINGERPRINT_H

#include "rpc/report/explain_json.h"

/* Fill view's fingerprint and shape from what else is there: roots and lacking. Does nothing where
 * nobody is stuck. false: no memory. */
bool xe__rpc_fingerprint_make(struct xe_instance *instance, const struct xe_explain *explain,
                              struct xe_rpc_explain_view *view);
void xe__rpc_fingerprint_free(struct xe_rpc_explain_view *view);

#endif
