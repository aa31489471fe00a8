/* Between the files that collect facts. */
#ifndef XE_EXPLAIN_COLLECT_INTERNAL_H
#define XE_EXPLAIN_COLLECT_INTERNAL_H

#include "base/map.h"
#include "explain/explain_internal.h"
#include "kernel/core/foresee.h"
#include "kernel/core/interrupt.h"
#include "kernel/core/release.h"

struct xe__collector {
    const struct xe_kernel *kernel;
    struct xe_explain *facts;
    struct xe__graph *graph;
    struct xe_map thread, object; /* by tid, by id: index + 1 */
    size_t thread_room, object_room, link_room, producer_room;
    size_t graph_thread_room, graph_object_room, graph_link_room, graph_producer_room;
    const struct xe_object **source; /* owned: of each object */
    size_t source_room;
    struct xe_trial_read *word; /* owned: that are spun on */
    uint32_t words, foreseen;
    bool lost; /* the registry of promises is not complete */
    unsigned what;
    uint32_t routine_tid; /* of the kernel's thread that runs an interrupt's routine and comes
                           * nowhere; 0: none does */
    struct xe_interrupt_info line; /* of the GPU */
    bool no_memory;
};

/* ---- collect.c ------------------------------------------------------------------------------- */

/* Index of a thread; XE__NONE: none. */
uint32_t xe__explain_thread_index(const struct xe__collector *c, uint32_t tid);
/* One that is no thread of the kernel's; XE__NONE: no memory. */
uint32_t xe__explain_add_actor(struct xe__collector *c, const struct xe_producer *now,
                               const struct xe__graph_thread *node);
/* What is no object of the kernel's, but has an owner: a lock that only memory knows, a hardware
 * thread. */
uint32_t xe__explain_owned_index(struct xe__collector *c, const char *what, uint32_t key,
                                 uint32_t owner);
void xe__explain_add_link(struct xe__collector *c, uint32_t thread, uint32_t object, uint32_t key,
                          bool taken);
/* One more producer, of nothing yet; ctx is the collector. */
void xe__explain_add_producer(void *ctx, const struct xe_producer *who);

/* ---- spins.c --------------------------------------------------------------------------------- */

/* A routine that the GPU's interrupts call, and that never returns, is told as the thread that runs
 * it. */
void xe__explain_find_routine(struct xe__collector *c);
/* Is it the title's, or runs such a routine? */
bool xe__explain_is_told(const struct xe__collector *c, const struct xe_thread *thread);
/* Whom do threads that run wait for? After all threads. */
void xe__explain_find_spins(struct xe__collector *c);
/* Nothing at all is left that could end a spin. */
bool xe__explain_is_quiet_but_for_spins(struct xe__collector *c);

/* ---- writers.c ------------------------------------------------------------------------------- */

/* All words that threads spin on. false: no memory. */
bool xe__explain_take_words(struct xe__collector *c);
/* Who wrote the words that this thread spins on; after all links. */
void xe__explain_writers(struct xe__collector *c, uint32_t at);

/* ---- gpu.c ----------------------------------------------------------------------------------- */

#define XE__EXPLAIN_FENCE   "GpuFence"
#define XE__EXPLAIN_ROUTINE "GraphicsCallback"

/* Before the links: the GPU, if the title has to do with it, as somebody who waits and acts. */
void xe__explain_gpu_add(struct xe__collector *c);
/* What it waits for; after the threads' own links. */
void xe__explain_gpu_links(struct xe__collector *c);
/* A word that a thread spins on is one that the GPU writes: true, if it depends on the GPU. */
bool xe__explain_gpu_word(struct xe__collector *c, uint32_t thread, uint32_t word);
/* Whose acts those of an interrupt's routine are: XE__NONE: the machine's own. */
uint32_t xe__explain_gpu_producer(const struct xe__collector *c, const struct xe_producer *who);
/* Last: is it worth telling, and what may its promises still do? */
void xe__explain_gpu_finish(struct xe__collector *c);

#endif
