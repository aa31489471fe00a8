/* Parts of the first screen, for reports that have one. */
#ifndef XE_RPC_REPORT_EXPLAIN_TEXT_H
#define XE_RPC_REPORT_EXPLAIN_TEXT_H

#include "rpc/report/text_buffer.h"

/* Roots, who goes on, what is healthy; of a diagnose.explain. */
void xe__rpc_text_add_explanation(struct xe__text *text, const json_t *explain);
/* A line on the GPU, if threads are stuck and it may have to do with that. */
void xe__rpc_text_add_gpu(struct xe__text *text, const json_t *explain);
void xe__rpc_text_add_lacking(struct xe__text *text, const json_t *lacking);
/* "fingerprint: xf1:...", if there is one. */
void xe__rpc_text_add_fingerprint(struct xe__text *text, const json_t *explain);
/* One line of it (schema xe360/milestones/1), if there is one. */
void xe__rpc_text_add_milestones(struct xe__text *text, const json_t *milestones);
void xe__rpc_text_add_next(struct xe__text *text, const json_t *next);
/* "100,000,000" */
const char *xe__rpc_grouped(long long value, char text[32]);

#endif
