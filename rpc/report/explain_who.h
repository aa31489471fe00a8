/* Parts of sentences on the first screen: who it is, how it stands, what it did. Each takes the
 * JSON object in which the facts are. */
#ifndef XE_RPC_REPORT_EXPLAIN_WHO_H
#define XE_RPC_REPORT_EXPLAIN_WHO_H

#include "rpc/report/text_buffer.h"

#define LIST_MAX 6u /* of a list on the first screen */

void xe__rpc_say_cycle(struct xe__text *text, const char *before, long long cycle);
/* "worker (tid 2)" or "tid 2". */
void xe__rpc_say_thread(struct xe__text *text, const json_t *thread);
/* `before` and the time that is left, if there is an end. */
void xe__rpc_say_until(struct xe__text *text, const json_t *who, const char *before);
/* " in main+0x28"; nothing if it isn't known. */
void xe__rpc_say_place(struct xe__text *text, const json_t *who);
/* What it does, as the end of a sentence about it. */
void xe__rpc_say_standing(struct xe__text *text, const json_t *who);
/* Of diagnose.explain: what is known of this thread's spin; NULL: it doesn't. As the end of a
 * sentence about it; and the lines below that. */
const json_t *xe__rpc_spin_of(const json_t *explain, const json_t *thread);
void xe__rpc_say_spin(struct xe__text *text, const json_t *spin);
void xe__rpc_say_spin_details(struct xe__text *text, const json_t *spin);
/* Threads that still run and could write (act) what is waited for, or that there are none. */
void xe__rpc_say_writers(struct xe__text *text, const json_t *writers, const char *act);
/* Of diagnose.explain: what the GPU does, as a sentence; and the lines below that. */
void xe__rpc_say_gpu(struct xe__text *text, const json_t *explain);
void xe__rpc_say_gpu_details(struct xe__text *text, const json_t *explain);
/* A line for each word of a spin that the GPU writes. */
void xe__rpc_say_fences(struct xe__text *text, const json_t *spin);
/* A line for each. */
void xe__rpc_say_producers(struct xe__text *text, const json_t *object);
void xe__rpc_say_apc_producers(struct xe__text *text, const json_t *waiter);
/* What a group of threads waits for, and one who may release that. */
void xe__rpc_say_awaited(struct xe__text *text, const json_t *group);

#endif
