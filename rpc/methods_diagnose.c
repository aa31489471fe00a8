/* Rows of diagnose.*. */
#include "rpc/rows.h"

const struct xe_rpc_method xe_rpc_method_diagnose_explain = {
    .name = "diagnose.explain",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Is it stuck, behind what, who should have acted, what is lacking: the first screen.",
    .result = &xe_rpc_explain,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE, PARAM_FORMAT},
};
