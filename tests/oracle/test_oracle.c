/* What the kernel does with waits, and what is said of them, against a model of its own: all short
 * histories of a few small casts (a share of them in `make check`, every third in `make soak`), and
 * long ones at random. A failure prints the history. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/judge.h"

#define LONGEST 64u
#define LONG    40u  /* moves of a random history  */
#define RANDOM  600u /* of them                    */

struct history {
    struct oracle_move move[LONGEST];
    uint32_t moves;
};

#define M(verb) (1u << ORACLE_##verb)
#define EVENTS  (M(SET) | M(RESET) | M(PULSE))
#define WAITS   (M(WAIT) | M(WAIT_ANY) | M(WAIT_ALL))
#define ENDS    (M(WAIT_TIMED) | M(POLL) | M(PASS) | M(SLEEP))
#define THREADS (M(EXIT) | M(SUSPEND) | M(RESUME))
#define ALERTS  (M(WAIT_ALERTABLE) | M(APC))
#define NAMES   (M(CLOSE) | M(DUPLICATE) | M(CREATE) | M(INITIALIZE))
#define STORES  (M(STORE) | M(STORE_ZERO))
#define TIMERS  (M(ARM) | M(ARM_PERIODIC) | M(CANCEL) | M(PASS))
#define AUDIT   (M(DEAF) | M(LISTEN) | M(FOCUS))
#define ALL     ((1u << ORACLE_VERBS) - 1)

/* Small casts for all short histories. */
static const struct scene {
    struct oracle_cast cast;
    uint32_t depth, share; /* one of so many is played */
} scenes[] = {
    {{EVENTS | WAITS | THREADS, {ORACLE_EVENT_AUTO, ORACLE_EVENT_MANUAL}, 2, false}, 4, 997},
    {{EVENTS | M(WAIT) | ENDS | ALERTS, {ORACLE_EVENT_AUTO}, 2, false}, 4, 499},
    {{EVENTS | M(WAIT) | NAMES | STORES, {ORACLE_EVENT_AUTO}, 2, false}, 4, 59},
    {{EVENTS | M(WAIT) | NAMES | STORES, {ORACLE_EVENT_MANUAL}, 2, true}, 4, 59},
    {{M(RELEASE) | WAITS | NAMES, {ORACLE_SEMAPHORE, ORACLE_SEMAPHORE}, 2, false}, 4, 499},
    {{M(UNLOCK) | WAITS | THREADS | M(CLOSE), {ORACLE_MUTANT, ORACLE_MUTANT}, 2, false}, 4, 2503},
    {{M(UNLOCK) | M(WAIT) | M(EXIT), {ORACLE_MUTANT, ORACLE_MUTANT}, 3, false}, 5, 1499},
    {{M(UNLOCK) | EVENTS | WAITS, {ORACLE_MUTANT, ORACLE_EVENT_AUTO}, 2, true}, 4, 997},
    {{TIMERS | WAITS | M(CLOSE), {ORACLE_TIMER_AUTO, ORACLE_TIMER_MANUAL}, 2, false}, 4, 499},
    {{M(INSERT) | M(REMOVE) | M(SET) | M(WAIT) | M(EXIT),
      {ORACLE_QUEUE, ORACLE_EVENT_AUTO},
      3,
      false},
     4,
     97},
    {{EVENTS | M(WAIT) | AUDIT | NAMES, {ORACLE_EVENT_AUTO}, 2, false}, 4, 59},
};

static struct {
    struct history history;
    unsigned long played, seen, every;
    unsigned long told[XE_CERTAINTIES]; /* of parked threads, and right */
} now;

static void fail(const char *what)
{
    char text[4096];

    oracle_text(now.history.move, now.history.moves, text, sizeof(text));
    cr_assert_fail("%s: %s", what, text);
}

/* Play the history at hand on a new kernel, comparing at each step. */
static void perform(const struct oracle_cast *cast)
{
    struct stage stage;
    struct oracle model;

    oracle_begin(&model, cast);
    stage_begin(&stage, &model);
    for (uint32_t i = 0; i < now.history.moves; i++) {
        const char *wrong;

        oracle_play(&model, &now.history.move[i]);
        stage_play(&stage, &now.history.move[i], &model);
        wrong = stage_differs(&stage, &model);
        if (!wrong)
            wrong = judge_explanation(&stage, &model, now.told);
        for (uint32_t at = 0; at < ORACLE_FIRST_LOST && !wrong; at++)
            wrong = judge_audit(&stage, &model, at);
        if (wrong) {
            now.history.moves = i + 1;
            fail(wrong);
        }
    }
    stage_end(&stage);
    now.played++;
}

static void enumerate(const struct scene *scene, const struct oracle *model)
{
    struct oracle_move move[ORACLE_MOVES];
    uint32_t n = oracle_moves(model, move);

    if (now.history.moves == scene->depth || !n) {
        if (now.seen++ % now.every == 0)
            perform(&scene->cast);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct oracle next = *model;

        now.history.move[now.history.moves++] = move[i];
        oracle_play(&next, &move[i]);
        enumerate(scene, &next);
        now.history.moves--;
    }
}

static uint32_t soak(void)
{
    const char *times = getenv("XE_SOAK");

    return times ? (uint32_t)strtoul(times, NULL, 10) : 1;
}

/* That nothing is wrong with what is never said says nothing. */
static void expect_all_told(void)
{
    printf("healthy %lu, possible %lu, likely %lu, certain %lu\n", now.told[XE_CERTAINTY_NONE],
           now.told[XE_CERTAINTY_POSSIBLE], now.told[XE_CERTAINTY_LIKELY],
           now.told[XE_CERTAINTY_CERTAIN]);
    for (int i = 0; i < XE_CERTAINTIES; i++)
        cr_expect_gt(now.told[i], 0, "%s is never said", xe_certainty_name((enum xe_certainty)i));
}

Test(oracle, short_histories, .timeout = 3600)
{
    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        struct oracle model;
        unsigned long before = now.played;

        now.seen = now.history.moves = 0;
        now.every = soak() > 1 ? 3 : scenes[i].share;
        oracle_begin(&model, &scenes[i].cast);
        enumerate(&scenes[i], &model);
        printf("scene %zu: %lu histories, %lu played\n", i, now.seen, now.played - before);
        cr_expect_gt(now.played, before);
    }
    expect_all_told();
}

/* ---- those that were told wrong -------------------------------------------------------------- */

/* Each found by the tests below, and cut down. Objects: the cast's, then the threads from 3 on. */
static const struct {
    struct oracle_cast cast;
    struct oracle_move move[8];
    uint32_t moves;
} wrong[] = {
    /* A queued APC counted as a promise that its thread ends. */
    {{ALL, {ORACLE_EVENT_AUTO}, 2, false},
     {{ORACLE_APC, 0, 1, 0}, {ORACLE_SLEEP, 0, 0, 0}, {ORACLE_WAIT, 1, 4, 0}},
     3},
    /* A timer that goes on and on counted as somebody who acts. */
    {{ALL, {ORACLE_TIMER_AUTO, ORACLE_TIMER_MANUAL}, 2, false},
     {{ORACLE_WAIT_ALL, 0, 0, 1}, {ORACLE_ARM_PERIODIC, 1, 1, 0}, {ORACLE_WAIT, 1, 4, 0}},
     3},
    /* A wait all with a stored state lacked nothing, and so nobody could end it. */
    {{ALL, {ORACLE_EVENT_MANUAL, ORACLE_EVENT_MANUAL}, 2, false},
     {{ORACLE_WAIT_ALL, 0, 0, 1}, {ORACLE_SET, 1, 1, 0}, {ORACLE_STORE, 1, 0, 0}},
     3},
    /* A timer counted as hope for a waiter that is suspended. */
    {{ALL, {ORACLE_TIMER_AUTO}, 3, false},
     {{ORACLE_WAIT, 2, 0, 0},
      {ORACLE_SUSPEND, 1, 2, 0},
      {ORACLE_ARM, 0, 0, 0},
      {ORACLE_WAIT, 1, 3, 0},
      {ORACLE_WAIT, 0, 3, 0}},
     5},
    /* Of those who set a timer only the last was known. */
    {{ALL, {ORACLE_TIMER_AUTO}, 2, false},
     {{ORACLE_ARM, 1, 0, 0},
      {ORACLE_ARM, 0, 0, 0},
      {ORACLE_WAIT, 0, 0, 0},
      {ORACLE_CANCEL, 1, 0, 0}},
     4},
    /* The expiry of a timer that is signaled already was no hope, though it wakes. */
    {{ALL, {ORACLE_TIMER_MANUAL, ORACLE_SEMAPHORE}, 2, false},
     {{ORACLE_WAIT_ALL, 0, 0, 1},
      {ORACLE_ARM_PERIODIC, 1, 0, 0},
      {ORACLE_PASS, 0, 0, 0},
      {ORACLE_STORE, 1, 1, 0},
      {ORACLE_EXIT, 1, 0, 0}},
     5},
    /* A store of what the last call had left was no store, and a fault of the emulator. */
    {{ALL, {ORACLE_EVENT_MANUAL}, 2, false},
     {{ORACLE_SET, 1, 0, 0},
      {ORACLE_STORE_ZERO, 1, 0, 0},
      {ORACLE_WAIT, 0, 0, 0},
      {ORACLE_STORE, 1, 0, 0}},
     4},
    /* The same of a wait all, which the set of another object found without it. */
    {{ALL, {ORACLE_EVENT_MANUAL, ORACLE_EVENT_MANUAL}, 2, false},
     {{ORACLE_WAIT_ALL, 0, 0, 1},
      {ORACLE_SET, 1, 0, 0},
      {ORACLE_STORE_ZERO, 1, 0, 0},
      {ORACLE_SET, 1, 1, 0},
      {ORACLE_STORE, 1, 0, 0}},
     5},
};

Test(oracle, histories_that_were_told_wrong)
{
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        memcpy(now.history.move, wrong[i].move, sizeof(wrong[i].move));
        now.history.moves = wrong[i].moves;
        perform(&wrong[i].cast);
    }
}

/* ---- at random ------------------------------------------------------------------------------- */

static uint32_t below(uint64_t *seed, uint32_t n)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) % n);
}

/* First what to do, then to what: else the many waits for two objects crowd out all others. */
static struct oracle_move choose(uint64_t *seed, const struct oracle_move *move, uint32_t n)
{
    uint32_t verbs = 0, same = 0, pick, verb = 0;

    for (uint32_t i = 0; i < n; i++)
        verbs |= 1u << move[i].verb;
    pick = below(seed, (uint32_t)__builtin_popcount(verbs));
    while (!(verbs >> verb & 1) || pick-- > 0)
        verb++;
    for (uint32_t i = 0; i < n; i++)
        same += move[i].verb == verb;
    pick = below(seed, same);
    for (uint32_t i = 0;; i++)
        if (move[i].verb == verb && pick-- == 0)
            return move[i];
}

static void make_cast(uint64_t *seed, struct oracle_cast *ret)
{
    *ret = (struct oracle_cast){.menu = ALL, .pointers = below(seed, 2)};
    ret->threads = (uint8_t)(2 + below(seed, ORACLE_THREADS - 1));
    for (uint32_t i = 0; i < ORACLE_CAST; i++)
        ret->kind[i] = (uint8_t)(ORACLE_EVENT_AUTO + below(seed, ORACLE_TIMER_MANUAL));
    if (below(seed, 4) == 0)
        ret->kind[0] = ORACLE_QUEUE;
}

Test(oracle, long_histories, .timeout = 3600)
{
    uint64_t seed = 1;
    struct oracle_move move[ORACLE_MOVES];

    for (uint32_t i = 0; i < RANDOM * soak(); i++) {
        struct oracle_cast cast;
        struct oracle model;
        uint32_t n;

        make_cast(&seed, &cast);
        oracle_begin(&model, &cast);
        now.history.moves = 0;
        while (now.history.moves < LONG && (n = oracle_moves(&model, move))) {
            now.history.move[now.history.moves] = choose(&seed, move, n);
            oracle_play(&model, &now.history.move[now.history.moves++]);
        }
        perform(&cast);
    }
    expect_all_told();
}
