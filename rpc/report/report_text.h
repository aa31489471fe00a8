/* Reports as text, made from their JSON alone (xe360-audit-report(7)): the daemon's worker and the
 * client print the same. Links nothing but Jansson. */
#ifndef XE_RPC_REPORT_REPORT_TEXT_H
#define XE_RPC_REPORT_REPORT_TEXT_H

#include <jansson.h>

/* Owned by the caller (free); NULL when out of memory. Members that are missing print as nothing.
 */
char *xe_report_audit_text(const json_t *report);
char *xe_report_diagnostic_text(const json_t *report);
/* The first screen (schema xe360/explain/1). */
char *xe_report_explain_text(const json_t *explain);
/* Who runs and comes nowhere (schema xe360/livelock/1). */
char *xe_report_livelock_text(const json_t *livelock);
/* How far a title has come (schema xe360/milestones/1). */
char *xe_report_milestones_text(const json_t *milestones);
/* A wait graph (schema xe360/wait-graph/1) for graphviz. */
char *xe_report_graph_dot(const json_t *graph);
/* All of a private run (schema xe360/run/1), its first screen first. */
char *xe_report_run_text(const json_t *run);
char *xe_report_image_text(const json_t *image);
/* A disc image or a package (schema xe360/container/1). */
char *xe_report_container_text(const json_t *container);

#endif
