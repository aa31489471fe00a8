/* Who waits for whom, as a graph of numbers, and the one question asked of it: can a thread ever go
 * on? Knows nothing of the kernel, so that tests can make any world.
 *
 * A thread may go on if it acts by itself, or when for a wait any one, for a wait all each of its
 * objects has a producer that may. Everybody starts without hope; hope spreads from those who act
 * until nobody new gets any, each edge looked at once. What counts as hope is asked three times,
 * from generous to strict, and the most generous answer that still leaves a thread without any says
 * how sure it is that the thread is stuck:
 *   certain:  only owners and ends of threads are no hope by themselves; all else may come, and so
 *             may an APC for an alertable wait or somebody who resumes, while anything acts at all;
 *   likely:   an object whose past releasers are all known is no hope by itself; an open promise
 * is; possible: hope is a promise, or a producer that goes on as it used to.
 *
 * A thread that spins waits for words of memory, which anybody who acts may write: that is hope but
 * for a possible answer, where those only count who have not had their chance yet. Where all who
 * ever wrote them are known, they alone are hope, but for a certain answer. */
#ifndef XE_EXPLAIN_GRAPH_H
#define XE_EXPLAIN_GRAPH_H

#include "xe/explain.h"

#define XE__NONE UINT32_MAX

struct xe__graph_thread {
    bool ended;
    bool acts;      /* runs, or its wait or delay has an end in time, and it isn't suspended */
    bool waits;     /* for its links; else it is suspended or has ended                      */
    bool suspended; /* whatever else it does                                                 */
    bool spins;     /* and waits for words, which whoever acts may write                     */
    bool known;     /* all who ever wrote these are producers of the thread itself           */
    bool circles;   /* it may end what it waits for by itself: that it spins is not certain  */
    bool idles;     /* acts, but has come round since the newest spin and wrote no word      */
    bool all, alertable;
    bool promised;  /* something will run on it whatever it waits for                        */
    bool strangers; /* others have ended its alertable waits, too, who are not told  */
    uint32_t first_link, links;
    uint32_t first_poster, posters; /* producers of the thread itself: they end its alertable waits;
                                     * who only writes its words is not among them */
    /* The answer: NONE, it may go on. */
    enum xe_certainty stuck;
};

struct xe__graph_object {
    bool by_nature; /* only its producers can release it, and all are told               */
    bool known;     /* all who ever released it are among its producers                  */
    bool promised;  /* something armed will release it                                   */
    bool untouched; /* nobody ever released it                                           */
    uint32_t first_producer, producers;
    enum xe_certainty stuck;
};

/* One object of a thread's wait; those of a thread stand together. */
struct xe__graph_link {
    uint32_t thread, object;
    bool taken; /* a wait all has this one as good as taken */
};

/* Of one object, or of a thread that can be alerted; those of one stand together. */
struct xe__graph_producer {
    uint32_t object; /* XE__NONE: it ends the wait of the thread `target`, or writes its words */
    uint32_t target;
    uint32_t thread; /* XE__NONE: no thread                                            */
    bool host;       /* no thread, but may act                                         */
    bool steady;     /* an owner or the thread itself; or it acted not long ago */
};

struct xe__graph {
    struct xe__graph_thread *thread;
    struct xe__graph_object *object;
    struct xe__graph_link *link;
    struct xe__graph_producer *producer;
    uint32_t threads, objects, links, producers;
    bool quiet;    /* nothing at all can run: all are stuck for certain              */
    bool promises; /* something armed may release anything (a DPC, a callback)       */
    bool fresh;    /* one of those has not come round since the newest spin          */
};

/* The same edges by their other end: links by object, producers by thread. Those of n are
 * at[n]..at[n + 1]. */
struct xe__graph_index {
    uint32_t *waiter_at, *waiter, *product_at, *product; /* owned */
};
/* Find threads and objects of the graph by number; false: out of memory. */
bool xe__explain_graph_index_init(struct xe__graph_index *index, const struct xe__graph *graph);
void xe__explain_graph_index_fini(struct xe__graph_index *index);

/* Fills in `stuck` of threads and objects. false: no memory. */
bool xe__explain_graph_solve(struct xe__graph *graph);

/* ---- what everything waits behind ----------------------------------------------------------- */

/* A part of the graph that waits for nothing outside of it: one object that nobody stuck can
 * release, or threads that wait for each other. Those of one wait any are one root. */
struct xe__graph_root {
    enum xe_certainty certainty;
    bool cycle;
    uint32_t first_object, objects; /* in xe__graph_roots.object                         */
    uint32_t first_thread, threads; /* in .thread: of a cycle in order; else one, or none */
    uint32_t first_waiter, waiters; /* in .waiter: wait for the objects themselves       */
    uint32_t first_behind, behind;  /* in .waiter: wait for those, and so on; each thread
                                     * behind one root alone, the surest                 */
};

struct xe__graph_roots {
    struct xe__graph_root *root; /* owned, as are the others */
    uint32_t *object, *thread, *waiter;
    uint32_t roots, objects, threads, waiters;
    uint64_t work; /* edges that were looked at */
    size_t root_room, object_room, thread_room, waiter_room;
};

/* What everything else waits behind, with how many are behind each; false: out of memory. */
bool xe__explain_graph_find_roots(const struct xe__graph *graph, struct xe__graph_roots *ret);
void xe__explain_graph_roots_fini(struct xe__graph_roots *roots);

#endif
