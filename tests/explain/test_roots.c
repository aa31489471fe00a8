/* What everything else waits behind. */
#include <criterion/criterion.h>

#include "base/alloc.h"
#include "explain/world.h"

/* Threads 0..n-1, each with one wait for one object; -1: it acts. */
struct simple {
    int wants, owner; /* the object it wants; whose the object of its number is (-1: an event) */
};

static struct xe__graph make(const struct simple *row, uint32_t n)
{
    struct xe__graph graph = {.thread = xe_calloc(n, sizeof(*graph.thread)),
                              .object = xe_calloc(n, sizeof(*graph.object)),
                              .link = xe_calloc(n, sizeof(*graph.link)),
                              .producer = xe_calloc(n, sizeof(*graph.producer)),
                              .threads = n,
                              .objects = n};

    for (uint32_t i = 0; i < n; i++) {
        graph.object[i] = (struct xe__graph_object){.by_nature = row[i].owner >= 0,
                                                    .known = true,
                                                    .untouched = row[i].owner < 0,
                                                    .first_producer = graph.producers,
                                                    .producers = row[i].owner >= 0};
        if (row[i].owner >= 0)
            graph.producer[graph.producers++] = (struct xe__graph_producer){
                .object = i, .thread = (uint32_t)row[i].owner, .steady = true};
        graph.thread[i] = (struct xe__graph_thread){.acts = row[i].wants < 0,
                                                    .waits = row[i].wants >= 0,
                                                    .first_link = graph.links,
                                                    .links = row[i].wants >= 0};
        if (row[i].wants >= 0)
            graph.link[graph.links++] =
                (struct xe__graph_link){.thread = i, .object = (uint32_t)row[i].wants};
    }
    cr_assert(xe__explain_graph_solve(&graph));
    return graph;
}

static void done(struct xe__graph *graph, struct xe__graph_roots *roots)
{
    xe__explain_graph_roots_fini(roots);
    xe_free(graph->thread);
    xe_free(graph->object);
    xe_free(graph->link);
    xe_free(graph->producer);
}

Test(explain_roots, a_ring_beside_a_running_thread_is_one_root)
{
    /* 0, 1, 2 hold 0, 1, 2 and want the next one; 3 waits for 0's; 4 runs. */
    static const struct simple rows[] = {{1, 0}, {2, 1}, {0, 2}, {0, -1}, {-1, -1}};
    struct xe__graph graph = make(rows, 5);
    struct xe__graph_roots roots;

    cr_assert(xe__explain_graph_find_roots(&graph, &roots));
    cr_assert_eq(roots.roots, 1);
    cr_expect(roots.root[0].cycle);
    cr_expect_eq(roots.root[0].certainty, XE_CERTAINTY_CERTAIN);
    cr_assert_eq(roots.root[0].threads, 3);
    for (uint32_t i = 0; i < 3; i++)
        cr_expect_eq(roots.thread[i], i, "in the order of the edges");
    cr_assert_eq(roots.root[0].behind, 1);
    cr_expect_eq(roots.waiter[roots.root[0].first_behind], 3);
    cr_expect_eq(graph.thread[4].stuck, XE_CERTAINTY_NONE);
    done(&graph, &roots);
}

Test(explain_roots, one_event_with_a_chain_behind_it_is_one_root)
{
    /* 0 waits for event 4 and holds 0; 1 waits for 0, 2 for 1's, 3 for 4 too; 4 runs. */
    static const struct simple rows[] = {{4, 0}, {0, 1}, {1, 2}, {4, 3}, {-1, -1}};
    struct xe__graph graph = make(rows, 5);
    struct xe__graph_roots roots;

    cr_assert(xe__explain_graph_find_roots(&graph, &roots));
    cr_assert_eq(roots.roots, 1);
    cr_expect(!roots.root[0].cycle);
    cr_expect_eq(roots.root[0].certainty, XE_CERTAINTY_POSSIBLE, "an event may still be set");
    cr_expect_eq(roots.object[roots.root[0].first_object], 4);
    cr_expect_eq(roots.root[0].waiters, 2);
    cr_expect_eq(roots.root[0].behind, 2);
    done(&graph, &roots);
}

Test(explain_roots, the_objects_of_a_wait_any_are_one_root)
{
    static const struct simple rows[] = {{0, -1}, {-1, -1}, {-1, -1}};
    struct xe__graph graph = make(rows, 3);
    struct xe__graph_roots roots;

    graph.link = xe_reallocarray(graph.link, 3, sizeof(*graph.link));
    for (uint32_t i = 0; i < 3; i++)
        graph.link[i] = (struct xe__graph_link){.thread = 0, .object = i};
    graph.links = graph.thread[0].links = 3;
    cr_assert(xe__explain_graph_solve(&graph) && xe__explain_graph_find_roots(&graph, &roots));
    cr_assert_eq(roots.roots, 1);
    cr_expect_eq(roots.root[0].objects, 3);
    cr_expect_eq(roots.root[0].waiters, 1);
    graph.thread[0].all = true;
    xe__explain_graph_roots_fini(&roots);
    cr_assert(xe__explain_graph_solve(&graph) && xe__explain_graph_find_roots(&graph, &roots));
    cr_expect_eq(roots.roots, 3, "of a wait all each is missing by itself");
    done(&graph, &roots);
}

/* 0 waits for all of 1's and an event, 1 for 0's. */
Test(explain_roots, a_cycle_is_named_though_it_waits_for_more)
{
    static const struct simple rows[] = {{1, 0}, {0, 1}, {-1, -1}};
    struct xe__graph graph = make(rows, 3);
    struct xe__graph_roots roots;

    graph.link = xe_reallocarray(graph.link, 3, sizeof(*graph.link));
    graph.link[0] = (struct xe__graph_link){.thread = 0, .object = 1};
    graph.link[1] = (struct xe__graph_link){.thread = 0, .object = 2};
    graph.link[2] = (struct xe__graph_link){.thread = 1, .object = 0};
    graph.links = 3;
    graph.thread[0].links = 2;
    graph.thread[0].all = true;
    graph.thread[1].first_link = 2;
    cr_assert(xe__explain_graph_solve(&graph) && xe__explain_graph_find_roots(&graph, &roots));
    cr_assert_eq(roots.roots, 2, "%u", roots.roots);
    cr_expect(roots.root[0].cycle);
    cr_expect_eq(roots.root[0].certainty, XE_CERTAINTY_CERTAIN);
    cr_expect_eq(roots.root[0].threads, 2);
    cr_expect_eq(roots.object[roots.root[1].first_object], 2);
    done(&graph, &roots);
}

/* Every root is reached by somebody, no stuck thread is behind none, whatever the world. */
Test(explain_roots, every_stuck_thread_is_at_or_behind_a_root)
{
    uint64_t seed = 7;
    struct world world;

    for (uint32_t i = 0; i < 20000; i++) {
        struct world_graph it;
        struct xe__graph_roots roots;
        uint32_t told = 0, stuck = 0;
        char text[512];

        world_make(&seed, &world);
        world_graph(&world, &it);
        cr_assert(xe__explain_graph_solve(&it.graph) &&
                  xe__explain_graph_find_roots(&it.graph, &roots));
        for (uint32_t t = 0; t < world.threads; t++)
            stuck |= (uint32_t)(it.thread[t].stuck != XE_CERTAINTY_NONE) << t;
        for (uint32_t k = 0; k < roots.threads; k++)
            told |= 1u << roots.thread[k];
        for (uint32_t k = 0; k < roots.waiters; k++)
            told |= 1u << roots.waiter[k];
        for (uint32_t k = 0; k < roots.roots; k++)
            cr_expect(roots.root[k].threads + roots.root[k].waiters > 0 &&
                      roots.root[k].certainty != XE_CERTAINTY_NONE);
        world_text(&world, text, sizeof(text));
        cr_assert_eq(told, stuck, "told %x, stuck %x: %s", told, stuck, text);
        xe__explain_graph_roots_fini(&roots);
    }
}

/* A chain of any depth, and its cost: what it takes grows with the threads, not with their square.
 */
Test(explain_roots, ten_thousand_threads_in_one_chain)
{
    static struct simple rows[10000];
    struct xe__graph_roots roots;
    struct xe__graph graph;

    for (int i = 0; i < 10000; i++)
        rows[i] = (struct simple){(i + 1) % 10000, i};
    rows[9998].wants = 9999; /* whose owner is 9999 itself, which runs: nobody is stuck */
    rows[9999].wants = -1;
    graph = make(rows, 10000);
    cr_assert(xe__explain_graph_find_roots(&graph, &roots));
    cr_expect_eq(roots.roots, 0);
    done(&graph, &roots);
    rows[9999].wants = 0;
    graph = make(rows, 10000);
    cr_assert(xe__explain_graph_find_roots(&graph, &roots));
    cr_expect_eq(roots.roots, 1);
    cr_expect_eq(roots.root[0].threads, 10000);
    cr_expect_lt(roots.work, 11 * 10000, "%llu edges", (unsigned long long)roots.work);
    done(&graph, &roots);
}

/* 2,000 events with a waiter each, that holds a mutant; one thread waits for all the mutants, and
 * holds one that 2,000 more want: behind every root, told once. */
Test(explain_roots, two_thousand_roots_are_walked_once)
{
    enum { ROOTS = 2000, ALL = 3 * ROOTS };
    static struct simple rows[ALL + 1];
    struct xe__graph_roots roots;
    struct xe__graph graph;
    uint32_t behind = 0;

    for (int i = 0; i < ROOTS; i++) {
        rows[i] = (struct simple){ROOTS + i, i};   /* holds its own, wants an event */
        rows[ROOTS + i] = (struct simple){-1, -1}; /* the event; runs               */
        rows[2 * ROOTS + i] = (struct simple){ALL, -1};
    }
    rows[ALL] = (struct simple){0, ALL};
    graph = make(rows, ALL + 1);
    graph.link = xe_reallocarray(graph.link, graph.links + ROOTS, sizeof(*graph.link));
    graph.thread[ALL].first_link = graph.links;
    graph.thread[ALL].links = ROOTS;
    graph.thread[ALL].all = true;
    for (uint32_t i = 0; i < ROOTS; i++)
        graph.link[graph.links++] = (struct xe__graph_link){.thread = ALL, .object = i};
    cr_assert(xe__explain_graph_solve(&graph) && xe__explain_graph_find_roots(&graph, &roots));
    cr_expect_eq(roots.roots, ROOTS);
    for (uint32_t i = 0; i < roots.roots; i++) {
        cr_expect_eq(roots.root[i].waiters, 1);
        behind += roots.root[i].behind;
    }
    cr_expect_eq(behind, ROOTS + 1, "%u", behind);
    cr_expect_lt(roots.work, 10 * graph.links, "%llu edges", (unsigned long long)roots.work);
    done(&graph, &roots);
}
