/* Small worlds of threads and objects, and the truth about them by trying all that could happen.
 *
 * A thread that can act may set an event, give back what it holds, end, and let others go on that
 * are suspended or wait alertably. Which of that counts is the level's business: a certain answer
 * allows all of it, a likely one that events are set by those only who did so before, a possible
 * one by those only who still do. Words that a thread spins on are written by anybody who acts; for
 * a possible answer only by those who don't just idle. Where their writers are known, others write
 * them for a certain answer alone. */
#ifndef XE_TESTS_EXPLAIN_WORLD_H
#define XE_TESTS_EXPLAIN_WORLD_H

#include "explain/graph.h"

#define WORLD_THREADS 4u
#define WORLD_OBJECTS 4u
#define WORLD_NOBODY  4u /* an owner: none   */
#define WORLD_DEAD    5u /* one that has ended */

enum world_kind { WORLD_EVENT, WORLD_MUTANT, WORLD_THREAD };

struct world_thread {
    bool ended, suspended, timed, waits, all, alertable;
    bool spins, circles;    /* waits for words, too; or may come out of it by itself */
    bool idles;             /* writes no words                                 */
    bool known;             /* writers are all who ever wrote the words of one that spins */
    uint8_t writer;         /* threads, bit by bit                             */
    bool strangers;         /* more have let it go on than are told             */
    uint8_t wants;          /* objects, bit by bit                              */
    uint8_t poster, steady; /* threads that let it go on before; that still do  */
};

struct world_object {
    enum world_kind kind;
    uint8_t owner;          /* mutants, and the thread of a thread object    */
    bool known;             /* events: setters are all there are             */
    bool promised;          /* something armed will set it                   */
    uint8_t setter, steady; /* threads, bit by bit; steady ones are setters */
};

struct world {
    struct world_thread thread[WORLD_THREADS];
    struct world_object object[WORLD_OBJECTS];
    uint32_t threads, objects;
};

/* A small number that follows from the seed, which moves on. */
uint32_t world_random(uint64_t *seed, uint32_t below);
/* A world in which every wait makes sense: nobody waits for what is there already. */
void world_make(uint64_t *seed, struct world *ret);

/* Threads that act in some world that can come of this one, bit by bit. */
uint32_t world_can_run(const struct world *world, enum xe_certainty level);

/* The same as a graph, in arrays that the world's holder keeps. */
struct world_graph {
    struct xe__graph graph;
    struct xe__graph_thread thread[WORLD_THREADS];
    struct xe__graph_object object[WORLD_OBJECTS];
    struct xe__graph_link link[WORLD_THREADS * WORLD_OBJECTS];
    struct xe__graph_producer producer[WORLD_THREADS * (WORLD_OBJECTS + 2 * WORLD_THREADS)];
};
void world_graph(const struct world *world, struct world_graph *ret);

/* One line that shows it, for failures. */
void world_text(const struct world *world, char *text, size_t size);

#endif
