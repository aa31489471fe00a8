/* What the kernel does with waits, and what is said of them, against a model of its own: all short
 * histories of a few small casts (a share of them in `make check`; in `make soak` all, of the large
 * ones every third), and long ones at random. A failure prints the history. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/claims.h"
#include "oracle/judge.h"
#include "oracle/stories.h"

#define LONGEST 64u
#define LONG    40u  /* moves of a random history  */
#define RANDOM  600u /* of them                    */

struct history {
    struct oracle_move move[LONGEST];
    uint32_t moves;
};

#define M(verb) (1ull << ORACLE_##verb)
#define EVENTS  (M(SET) | M(RESET) | M(PULSE))
#define WAITS   (M(WAIT) | M(WAIT_ANY) | M(WAIT_ALL))
#define ENDS    (M(WAIT_TIMED) | M(POLL) | M(PASS) | M(SLEEP))
#define THREADS (M(EXIT) | M(SUSPEND) | M(RESUME))
#define ALERTS  (M(WAIT_ALERTABLE) | M(APC))
#define NAMES   (M(CLOSE) | M(DUPLICATE) | M(CREATE) | M(INITIALIZE))
#define STORES  (M(STORE) | M(STORE_ZERO))
#define TIMERS  (M(ARM) | M(ARM_PERIODIC) | M(CANCEL) | M(PASS))
#define AUDIT   (M(DEAF) | M(LISTEN) | M(FOCUS) | M(STALE))
#define GHOSTS  (M(CLOSE) | M(FOCUS) | M(STALE) | M(CREATE) | M(WAIT))
#define ALL     (M(VERBS) - 1)

/* Small casts for all short histories. */
static const struct scene {
    struct oracle_cast cast;
    uint32_t depth, share; /* one of so many is played    */
    uint32_t soaked;       /* the same, in `make soak`    */
} scenes[] = {
    {{EVENTS | WAITS | THREADS, {ORACLE_EVENT_AUTO, ORACLE_EVENT_MANUAL}, 2, false}, 4, 997, 3},
    {{EVENTS | M(WAIT) | ENDS | ALERTS, {ORACLE_EVENT_AUTO}, 2, false}, 4, 499, 3},
    {{EVENTS | M(WAIT) | NAMES | STORES, {ORACLE_EVENT_AUTO}, 2, false}, 4, 59, 1},
    {{EVENTS | M(WAIT) | NAMES | STORES, {ORACLE_EVENT_MANUAL}, 2, true}, 4, 59, 1},
    {{M(RELEASE) | WAITS | NAMES, {ORACLE_SEMAPHORE, ORACLE_SEMAPHORE}, 2, false}, 4, 499, 3},
    {{M(UNLOCK) | WAITS | THREADS | M(CLOSE), {ORACLE_MUTANT, ORACLE_MUTANT}, 2, false},
     4,
     2503,
     3},
    {{M(UNLOCK) | M(WAIT) | M(EXIT), {ORACLE_MUTANT, ORACLE_MUTANT}, 3, false}, 5, 1499, 3},
    {{M(UNLOCK) | EVENTS | WAITS, {ORACLE_MUTANT, ORACLE_EVENT_AUTO}, 2, true}, 4, 997, 3},
    {{TIMERS | WAITS | M(CLOSE), {ORACLE_TIMER_AUTO, ORACLE_TIMER_MANUAL}, 2, false}, 4, 499, 3},
    {{M(INSERT) | M(REMOVE) | M(SET) | M(WAIT) | M(EXIT),
      {ORACLE_QUEUE, ORACLE_EVENT_AUTO},
      3,
      false},
     4,
     97,
     1},
    {{EVENTS | M(WAIT) | AUDIT | NAMES, {ORACLE_EVENT_AUTO}, 2, false}, 4, 59, 1},
    {{M(SET) | M(WAIT) | M(BLIND) | M(CLOSE) | M(DEAF), {ORACLE_EVENT_AUTO}, 2, false}, 4, 7, 1},
    {{GHOSTS | M(SET), {ORACLE_EVENT_MANUAL}, 2, false}, 5, 41, 1},
    {{GHOSTS | M(ARM), {ORACLE_TIMER_AUTO}, 2, false}, 5, 41, 1},
    {{M(OVERFLOW) | M(RELEASE) | M(WAIT) | M(POLL), {ORACLE_SEMAPHORE}, 2, false}, 4, 7, 1},
    {{M(INSERT) | M(REMOVE) | M(DEAF) | M(LISTEN), {ORACLE_QUEUE}, 3, false}, 6, 29, 1},
    {{M(WAIT_ALERTABLE) | M(APC) | M(SET), {ORACLE_EVENT_AUTO}, 2, false}, 4, 29, 1},
    {{M(SET) | M(WAIT) | M(SLEEP) | THREADS, {ORACLE_EVENT_AUTO}, 2, false}, 5, 97, 1},
};

static struct {
    struct history history;
    const struct oracle_cast *cast; /* that plays it */
    unsigned long played, seen, every;
    unsigned long told[XE_CERTAINTIES]; /* of parked threads, and right */
} now;

static void fail(const char *what)
{
    const struct oracle_cast *cast = now.cast;
    char text[4096];

    oracle_text(now.history.move, now.history.moves, text, sizeof(text));
    cr_assert_fail("%s: %u threads, kinds %u %u %u%s: %s", what, cast->threads, cast->kind[0],
                   cast->kind[1], cast->kind[2], cast->pointers ? " by pointer" : "", text);
}

/* What is told of it at this step. NULL: all is right. */
static const char *judge_step(const struct stage *stage, const struct oracle *model)
{
    const char *wrong = stage_differs(stage, model);
    struct judge_fates fates;

    if (wrong)
        return wrong;
    judge_fates(model, &fates);
    wrong = judge_explanation(stage, model, &fates, now.told);
    return wrong ? wrong : judge_audit(stage, model, &fates);
}

/* Play the history at hand on a new kernel, comparing at each step. */
static void perform(const struct oracle_cast *cast)
{
    static struct oracle_notes notes;
    struct stage stage;
    struct oracle model;

    now.cast = cast;
    oracle_begin(&model, cast, &notes);
    stage_begin(&stage, &model);
    for (uint32_t i = 0; i < now.history.moves; i++) {
        const char *wrong;

        oracle_play(&model, &now.history.move[i]);
        stage_play(&stage, &now.history.move[i], &model);
        wrong = judge_step(&stage, &model);
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

static unsigned long judged(void)
{
    unsigned long n = 0;

    for (int i = 0; i < XE_CERTAINTIES; i++)
        n += now.told[i];
    return n;
}

static void expect_row(const char *sub, const char *beyond, unsigned long said)
{
    if (beyond)
        cr_expect_eq(said, 0, "%s is said, though %s", sub, beyond);
    else
        cr_expect_gt(said, 0, "%s is never said", sub);
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

static void perform_stories(void)
{
    for (uint32_t i = 0; i < oracle_story_count; i++) {
        now.history.moves = oracle_stories[i].moves;
        memcpy(now.history.move, oracle_stories[i].move, sizeof(oracle_stories[i].move));
        perform(&oracle_stories[i].cast);
    }
}

Test(oracle, short_histories, .timeout = 6 * 3600)
{
    perform_stories();
    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        struct oracle model;
        unsigned long before = now.played, waits = judged();

        now.seen = now.history.moves = 0;
        now.every = soak() > 1 ? scenes[i].soaked : scenes[i].share;
        oracle_begin(&model, &scenes[i].cast, NULL);
        enumerate(&scenes[i], &model);
        printf("scene %zu: %lu histories, %lu played, %lu waits judged\n", i, now.seen,
               now.played - before, judged() - waits);
        fflush(stdout); /* a soak takes hours */
        cr_expect_gt(now.played, before);
    }
    expect_all_told();
    claim_each_row(expect_row);
}

/* ---- the contract ---------------------------------------------------------------------------- */

static const char *sought;
static bool found;

static void look_for(const char *sub, const char *beyond, unsigned long said)
{
    (void)beyond;
    (void)said;
    found |= !strcmp(sub, sought);
}

/* "| A, B to C | when |": each name shall be a row here. */
static void check_line(char *line)
{
    char *cell = strtok(line, "|");

    for (char *name = cell ? strtok(cell, ", ") : NULL; name; name = strtok(NULL, ", ")) {
        if (strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != strlen(name))
            continue;
        sought = name;
        found = false;
        claim_each_row(look_for);
        cr_expect(found, "doc/audit.md names %s, which is no row of claims.c", name);
    }
}

Test(oracle, rows_are_those_of_the_contract)
{
    const char *source = getenv("XE_SRCDIR");
    char path[1024], line[1024];
    bool inside = false;
    uint32_t rows = 0;
    FILE *file;

    snprintf(path, sizeof(path), "%s/doc/audit.md", source ? source : ".");
    file = fopen(path, "r");
    cr_assert(file, "%s", path);
    while (fgets(line, sizeof(line), file)) {
        inside |= !strncmp(line, "## Sub-reasons", 14);
        rows += inside && line[0] == '|';
        if (inside && line[0] == '|')
            check_line(line);
    }
    fclose(file);
    cr_expect_gt(rows, 60);
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
    uint32_t same = 0, pick, verb = 0;
    uint64_t verbs = 0;

    for (uint32_t i = 0; i < n; i++)
        verbs |= 1ull << move[i].verb;
    pick = below(seed, (uint32_t)__builtin_popcountll(verbs));
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
    *ret = (struct oracle_cast){.pointers = below(seed, 2)};
    for (uint32_t i = 0; i < ORACLE_VERBS; i++) /* without some, others get further */
        ret->menu |= (uint64_t)(below(seed, 4) > 0) << i;
    ret->threads = (uint8_t)(2 + below(seed, ORACLE_THREADS - 1));
    for (uint32_t i = 0; i < ORACLE_CAST; i++)
        ret->kind[i] = (uint8_t)(ORACLE_EVENT_AUTO + below(seed, ORACLE_TIMER_MANUAL));
    if (below(seed, 4) == 0)
        ret->kind[0] = ORACLE_QUEUE;
}

Test(oracle, long_histories, .timeout = 6 * 3600)
{
    uint64_t seed = 1;
    struct oracle_move move[ORACLE_MOVES];

    for (uint32_t i = 0; i < RANDOM * soak(); i++) {
        struct oracle_cast cast;
        struct oracle model;
        uint32_t n;

        make_cast(&seed, &cast);
        oracle_begin(&model, &cast, NULL);
        now.history.moves = 0;
        while (now.history.moves < LONG && (n = oracle_moves(&model, move))) {
            now.history.move[now.history.moves] = choose(&seed, move, n);
            oracle_play(&model, &now.history.move[now.history.moves++]);
        }
        perform(&cast);
    }
    expect_all_told();
}
