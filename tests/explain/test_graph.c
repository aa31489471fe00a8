/* The graph's answers are those that trying everything gives: nobody is called stuck who could go
 * on, and nobody who can't is missed, for each of the three ways to ask. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "explain/world.h"

#define WORLDS 20000u

static uint32_t soak(void)
{
    const char *times = getenv("XE_SOAK");

    return times ? (uint32_t)strtoul(times, NULL, 10) : 1;
}

static void compare(const struct world *world, enum xe_certainty level, uint32_t *stuck)
{
    uint32_t can_run = world_can_run(world, level);
    struct world_graph it;
    char text[512];

    world_graph(world, &it);
    cr_assert(xe__explain_graph_solve(&it.graph));
    for (uint32_t i = 0; i < world->threads; i++) {
        bool says = it.thread[i].stuck >= level, is = !(can_run >> i & 1);

        if (!world->thread[i].waits)
            continue;
        stuck[level] += is;
        if (says == is)
            continue;
        world_text(world, text, sizeof(text));
        cr_assert_fail("%s: t%u is %s, and is said to be %s: %s", xe_certainty_name(level), i,
                       is ? "stuck" : "not stuck", xe_certainty_name(it.thread[i].stuck), text);
    }
}

Test(explain_graph, agrees_with_trying_everything)
{
    uint32_t stuck[XE_CERTAINTIES] = {0};
    uint64_t seed = 1;
    struct world world;

    for (uint32_t i = 0; i < WORLDS * soak(); i++) {
        world_make(&seed, &world);
        for (int level = XE_CERTAINTY_POSSIBLE; level <= XE_CERTAINTY_CERTAIN; level++)
            compare(&world, (enum xe_certainty)level, stuck);
    }
    for (int level = XE_CERTAINTY_POSSIBLE; level <= XE_CERTAINTY_CERTAIN; level++)
        cr_expect_gt(stuck[level], WORLDS / 100, "%s was hardly ever asked for",
                     xe_certainty_name((enum xe_certainty)level));
    cr_expect(stuck[XE_CERTAINTY_POSSIBLE] > stuck[XE_CERTAINTY_LIKELY] &&
              stuck[XE_CERTAINTY_LIKELY] > stuck[XE_CERTAINTY_CERTAIN]);
}
