/* See claims.h. */
#include "oracle/claims.h"

#include <string.h>

typedef enum claim_holds holds;

static holds is(bool yes)
{
    return yes ? CLAIM_YES : CLAIM_NO;
}

static holds never(const struct claim *it)
{
    (void)it;
    return CLAIM_NO;
}

/* ---- the wait and the object ----------------------------------------------------------------- */

static bool is_replaced_at(const struct claim *it, uint32_t i)
{
    return it->waiter->identity[i] != it->model->object[it->waiter->wants[i]].identity;
}

static bool is_own_replaced(const struct claim *it)
{
    return it->identity != it->object->identity;
}

static bool is_stored_to(const struct oracle_object *object)
{
    return object->state > 0 && object->state != object->told;
}

/* All that the wait needs is there. */
static bool lacks_nothing(const struct claim *it)
{
    for (uint32_t i = 0; i < it->waiter->wanted; i++)
        if (!oracle_is_free(it->model, it->thread, it->waiter->wants[i]))
            return false;
    return it->waiter->all;
}

static holds stored(const struct claim *it)
{
    bool beside = false;

    if (is_own_replaced(it))
        return CLAIM_NO;
    if (is_stored_to(it->object))
        return CLAIM_YES;
    for (uint32_t i = 0; i < it->waiter->wanted; i++)
        beside |= is_stored_to(&it->model->object[it->waiter->wants[i]]);
    return is(beside && it->object->state > 0 && !it->waiter->suspended && lacks_nothing(it));
}

static holds replaced(const struct claim *it)
{
    bool beside = false;

    if (is_own_replaced(it))
        return CLAIM_YES;
    for (uint32_t i = 0; i < it->waiter->wanted; i++)
        beside |= is_replaced_at(it, i) && it->model->object[it->waiter->wants[i]].state > 0;
    return is(beside && it->object->state > 0 && !it->waiter->suspended && lacks_nothing(it));
}

static holds suspended(const struct claim *it)
{
    return is(it->waiter->suspended > 0);
}

static holds timed(const struct claim *it)
{
    return is(it->waiter->timed);
}

static holds refused(const struct claim *it)
{
    return is(it->object->kind == ORACLE_QUEUE && it->object->state > 0 &&
              !oracle_is_free(it->model, it->thread, it->at));
}

static holds closed(const struct claim *it)
{
    return is(!oracle_is_there(it->object));
}

/* ---- threads --------------------------------------------------------------------------------- */

/* The owner, or the thread that is joined; NOBODY. */
static uint32_t by_nature(const struct oracle *model, uint32_t at)
{
    const struct oracle_object *object = &model->object[at];

    if (object->kind == ORACLE_THREAD)
        return at - ORACLE_CAST;
    return object->kind == ORACLE_MUTANT && object->state <= 0 ? object->owner : ORACLE_NOBODY;
}

enum standing { RUNS, SLEEPS, WAITS, SUSPENDED, ENDED, NOBODY };

static enum standing standing_of(const struct oracle *model, uint32_t thread)
{
    const struct oracle_thread *it = &model->thread[thread < ORACLE_THREADS ? thread : 0];

    if (thread >= ORACLE_THREADS)
        return NOBODY;
    if (it->ended)
        return ENDED;
    if (oracle_waits(model, thread) && (it->wanted || !it->suspended))
        return it->timed ? SLEEPS : WAITS; /* no time ends the delay of one that is suspended */
    return it->suspended ? SUSPENDED : RUNS;
}

static enum standing nature(const struct claim *it)
{
    return standing_of(it->model, by_nature(it->model, it->at));
}

static holds owner_runs(const struct claim *it)
{
    return is(nature(it) == RUNS && it->object->kind == ORACLE_MUTANT);
}

static holds thread_runs(const struct claim *it)
{
    return is(nature(it) == RUNS && it->object->kind == ORACLE_THREAD);
}

static holds nature_sleeps(const struct claim *it)
{
    return is(nature(it) == SLEEPS);
}

static holds nature_suspended(const struct claim *it)
{
    return is(nature(it) == SUSPENDED);
}

/* From thread to thread as long as each waits for one object that names who releases it: to
 * themselves again, or to one that runs or whose wait ends in time? */
static enum standing last_of(const struct oracle *model, uint32_t thread)
{
    for (uint32_t i = 0; i < 2 * ORACLE_THREADS && thread < ORACLE_THREADS; i++) {
        const struct oracle_thread *it = &model->thread[thread];

        if (standing_of(model, thread) != WAITS || it->suspended)
            return standing_of(model, thread) == WAITS ? SUSPENDED : standing_of(model, thread);
        if (it->wanted != 1 || it->alertable)
            return NOBODY;
        thread = by_nature(model, it->wants[0]);
    }
    return thread < ORACLE_THREADS ? WAITS : NOBODY;
}

static holds deadlock_with(const struct claim *it, uint32_t who)
{
    if ((it->ever >> it->thread & 1) || (it->ever >> who & 1))
        return CLAIM_NO;
    return last_of(it->model, it->thread) == WAITS ? CLAIM_YES : CLAIM_MAYBE;
}

static holds nature_deadlocked(const struct claim *it)
{
    return nature(it) == WAITS ? deadlock_with(it, by_nature(it->model, it->at)) : CLAIM_NO;
}

static holds nature_waits(const struct claim *it)
{
    uint32_t who = by_nature(it->model, it->at);

    if (nature(it) != WAITS || !(it->spared >> who & 1))
        return CLAIM_NO;
    return last_of(it->model, who) == RUNS ? CLAIM_YES : CLAIM_MAYBE;
}

static holds nature_blocked(const struct claim *it)
{
    return is(nature(it) == WAITS);
}

/* ---- timers ---------------------------------------------------------------------------------- */

static bool is_timer(const struct claim *it)
{
    return it->object->kind == ORACLE_TIMER_AUTO || it->object->kind == ORACLE_TIMER_MANUAL;
}

static holds unarmed(const struct claim *it)
{
    return is(is_timer(it) && !it->object->was_armed);
}

static holds cancelled(const struct claim *it)
{
    return is(is_timer(it) && !it->object->armed && it->object->cancelled);
}

static holds pending(const struct claim *it)
{
    return is(it->object->armed);
}

/* ---- records --------------------------------------------------------------------------------- */

static holds incomplete(const struct claim *it)
{
    const struct oracle_note *good = it->past.good < 0 ? NULL : &it->notes->note[it->past.good];
    bool since = good && good->cycle >= it->model->listened && !it->model->deaf;

    if (since)
        return CLAIM_NO;
    if (it->model->deaf || it->object->missed)
        return CLAIM_YES;
    return it->object->gap ? CLAIM_MAYBE : CLAIM_NO;
}

static holds alerted(const struct claim *it)
{
    bool may = it->waiter->alertable && it->waiter->wanted == 1;

    return may && it->ever >> it->thread & 1 ? CLAIM_MAYBE : CLAIM_NO;
}

static holds untouched(const struct claim *it)
{
    return is(!it->object->touched);
}

/* Another object of a wait any, which somebody who acts is known to signal. */
static holds other_acts(const struct claim *it)
{
    holds best = CLAIM_NO;

    for (uint32_t i = 0; !it->waiter->all && i < it->waiter->wanted; i++) {
        uint32_t at = it->waiter->wants[i], who = by_nature(it->model, at);
        struct oracle_past past;

        if (at == it->at)
            continue;
        if (it->model->object[at].armed || standing_of(it->model, who) == RUNS)
            return CLAIM_YES;
        if (standing_of(it->model, who) == SLEEPS || it->model->object[at].kind == ORACLE_QUEUE)
            best = CLAIM_MAYBE;
        oracle_past(it->notes, it->waiter->identity[i], true, &past);
        for (uint32_t k = 0; k < it->model->threads; k++)
            if (past.setters >> k & 1 && it->ever >> k & 1)
                best = CLAIM_MAYBE;
    }
    return best;
}

/* ---- the past -------------------------------------------------------------------------------- */

static holds ghosts_only(const struct claim *it)
{
    return is(it->past.signals == 0 && it->past.ghosts > 0);
}

static holds all_failed(const struct claim *it)
{
    return is(it->past.good < 0);
}

static bool after_wait(const struct claim *it, int32_t at)
{
    return at > it->parked;
}

/* There were good signals after the wait began, and each woke another thread. */
static holds taken_since(const struct claim *it)
{
    bool any = false;

    for (uint32_t i = (uint32_t)(it->parked + 1); i < it->notes->count; i++) {
        const struct oracle_note *note = &it->notes->note[i];

        if (note->identity != it->identity || !note->heard || note->what > ORACLE_PULSED)
            continue;
        if (!note->woke)
            return CLAIM_NO;
        any = true;
    }
    return is(any);
}

static bool was_used(const struct claim *it)
{
    return it->past.good >= 0 && it->notes->note[it->past.good].woke &&
           !after_wait(it, it->past.good);
}

/* Objects whose signallers are looked at at all. */
static bool by_history(const struct claim *it)
{
    return it->object->kind != ORACLE_MUTANT && it->object->kind != ORACLE_THREAD && !is_timer(it);
}

/* Of those who signalled it (steady ones alone, if so asked), how many stand so? */
static holds some_stand(const struct claim *it, enum standing standing, bool steady)
{
    uint32_t so = 0, others = 0;

    if (!was_used(it) || !by_history(it))
        return CLAIM_NO;
    for (uint32_t i = 0; i < it->model->threads; i++) {
        if (!(it->past.setters >> i & 1))
            continue;
        if (standing_of(it->model, i) == standing &&
            (!steady || oracle_is_steady(it->notes, it->identity, i, it->model->cycle)))
            so++;
        else
            others++;
    }
    if (!so)
        return CLAIM_NO;
    return others ? CLAIM_MAYBE : CLAIM_YES;
}

static holds steady_runs(const struct claim *it)
{
    return some_stand(it, RUNS, true);
}

static holds steady_sleeps(const struct claim *it)
{
    return some_stand(it, SLEEPS, true);
}

static holds setter_sleeps(const struct claim *it)
{
    return some_stand(it, SLEEPS, false);
}

static holds setter_suspended(const struct claim *it)
{
    return some_stand(it, SUSPENDED, false);
}

static holds setters_ended(const struct claim *it)
{
    holds ended = some_stand(it, ENDED, false);

    if (ended != CLAIM_YES || it->model->deaf || it->object->missed)
        return CLAIM_NO;
    return it->object->gap ? CLAIM_MAYBE : CLAIM_YES;
}

static holds setter_deadlocked(const struct claim *it)
{
    bool any = false;

    if (some_stand(it, WAITS, false) == CLAIM_NO)
        return CLAIM_NO;
    for (uint32_t i = 0; i < it->model->threads; i++)
        any |= it->past.setters >> i & 1 && deadlock_with(it, i) != CLAIM_NO;
    return any ? CLAIM_MAYBE : CLAIM_NO;
}

static holds setter_waits(const struct claim *it)
{
    bool any = false;

    for (uint32_t i = 0; i < it->model->threads; i++)
        any |= it->past.setters >> i & 1 && standing_of(it->model, i) == WAITS &&
               it->spared >> i & 1 &&
               oracle_is_steady(it->notes, it->identity, i, it->model->cycle);
    return any && was_used(it) && by_history(it) ? CLAIM_MAYBE : CLAIM_NO;
}

static holds setter_stopped(const struct claim *it)
{
    return is(was_used(it));
}

static holds pulse_missed(const struct claim *it)
{
    return is(it->past.good >= 0 && it->notes->note[it->past.good].what == ORACLE_PULSED &&
              !it->notes->note[it->past.good].woke);
}

/* A wait all could not use the signal when it came, so whatever took it away later did, too. */
static bool took_it_away(const struct claim *it, int32_t at)
{
    return at >= 0 && (it->waiter->all || !after_wait(it, at));
}

static holds reset_before(const struct claim *it)
{
    return is(took_it_away(it, it->past.reset));
}

static holds reset_by_other(const struct claim *it)
{
    return is(took_it_away(it, it->past.reset) &&
              it->notes->note[it->past.reset].actor != it->thread);
}

static holds consumed_earlier(const struct claim *it)
{
    return is(it->past.consumed >= 0 && !after_wait(it, it->past.consumed));
}

static holds taken_from_all(const struct claim *it)
{
    return is(took_it_away(it, it->past.consumed) && after_wait(it, it->past.consumed));
}

/* Nobody who was heard took it, and yet it is gone. */
static holds consumed_unheard(const struct claim *it)
{
    return is(it->past.good >= 0 && it->object->state <= 0);
}

static holds lacks_another(const struct claim *it)
{
    for (uint32_t i = 0; i < it->waiter->wanted; i++)
        if (it->waiter->wants[i] != it->at &&
            !oracle_is_free(it->model, it->thread, it->waiter->wants[i]))
            return is(it->waiter->all);
    return CLAIM_NO;
}

/* ---- the tables ------------------------------------------------------------------------------ */

struct row {
    const char *sub;
    holds (*holds)(const struct claim *it);
    const char *beyond; /* why no history reaches it; NULL: some do */
    unsigned long said;
};

#define NO_HISTORY(sub, why)                                                                       \
    {                                                                                              \
        sub, never, why, 0                                                                         \
    }
#define ROW(sub, holds)                                                                            \
    {                                                                                              \
        sub, holds, NULL, 0                                                                        \
    }
#define INJECTED "a fault of the kernel's: tests/kernel/test_histories.c injects it"
#define ONE_EACH "each thread has a hardware thread to itself: tests/kernel/test_release.c"
#define ABANDONS                                                                                   \
    "the kernel hands on what an owner that ends holds; locks: tests/e2e/test_diagnoses.c"
#define ENDS "the end signals the thread: tests/audit/test_diagnosis.c clears it again"
#define OTHER_PATHS                                                                                \
    "the way of parking is made up here: tests/kernel/test_records.c, tests/audit/test_diagnosis.c"
#define PROMISES                                                                                   \
    "nothing here makes promises: tests/kernel/test_promise.c, tests/e2e/test_diagnoses.c"

#define BY_NATURE                                                                                  \
    ROW("OWNER_RUNNING", owner_runs), NO_HISTORY("OWNER_STARVED", ONE_EACH), JOINED,               \
        NO_HISTORY("PRODUCER_STARVED", ONE_EACH), ROW("PRODUCER_SLEEPS", nature_sleeps),           \
        ROW("PRODUCER_SUSPENDED", nature_suspended), ROW("DEADLOCK", nature_deadlocked),           \
        ROW("PRODUCER_WAITS", nature_waits), ROW("PRODUCER_BLOCKED", nature_blocked),              \
        NO_HISTORY("OWNER_ENDED", ABANDONS), NO_HISTORY("PRODUCER_ENDED", ENDS),                   \
        ROW("TIMER_UNARMED", unarmed), ROW("TIMER_CANCELLED", cancelled),                          \
        ROW("TIMER_PENDING", pending)

#define JOINED ROW("JOIN_RUNNING", thread_runs)
static struct row unsignalled_rows[] = {
    ROW("STATE_STORED", stored),
    ROW("INITIALISED_AGAIN", replaced),
    ROW("SUSPENDED", suspended),
    ROW("TIMED_WAIT", timed),
    BY_NATURE,
    ROW("QUEUE_LIMIT", refused),
    NO_HISTORY("PROMISE_PENDING", PROMISES),
    ROW("OTHER_OBJECT", other_acts),
    ROW("CLOSED_WHILE_WAITED", closed),
    NO_HISTORY("OBLIGATION_UNMET", PROMISES),
    ROW("RECORDS_INCOMPLETE", incomplete),
    ROW("ALERTABLE", alerted),
    NO_HISTORY("PRODUCER_NOT_REACHED", "no thread here has code"),
    ROW("NO_CANDIDATE", untouched),
    ROW(NULL, NULL),
};

#undef JOINED
#define JOINED NO_HISTORY("JOIN_RUNNING", "only the end signals a thread")
static struct row signalled_rows[] = {
    NO_HISTORY("SIGNALED_NOW", INJECTED),
    NO_HISTORY("LOST_WAKE", INJECTED),
    ROW("STATE_STORED", stored),
    ROW("INITIALISED_AGAIN", replaced),
    ROW("QUEUE_LIMIT", refused),
    ROW("SUSPENDED", suspended),
    ROW("TIMED_WAIT", timed),
    ROW("WAIT_ALL_PARTIAL", lacks_another),
    BY_NATURE,
    ROW("CLOSED_WHILE_WAITED", closed),
    NO_HISTORY("PROMISE_PENDING", PROMISES),
    NO_HISTORY("OBLIGATION_UNMET", PROMISES),
    ROW("RECORDS_INCOMPLETE", incomplete),
    ROW("GHOST_ONLY", ghosts_only),
    ROW("ALL_FAILED", all_failed),
    ROW("TOKEN_TAKEN_BY_OTHER", taken_since),
    ROW("PRODUCER_RUNNING", steady_runs),
    ROW("PRODUCER_SLEEPS", steady_sleeps),
    ROW("RESET_BEFORE_WAIT", reset_by_other),
    ROW("PRODUCER_ENDED", setters_ended),
    ROW("PRODUCER_SLEEPS", setter_sleeps),
    ROW("PRODUCER_SUSPENDED", setter_suspended),
    ROW("DEADLOCK", setter_deadlocked),
    ROW("PRODUCER_WAITS", setter_waits),
    ROW("PRODUCER_STOPPED", setter_stopped),
    ROW("PULSE_MISSED", pulse_missed),
    ROW("RESET_BEFORE_WAIT", reset_before),
    ROW("CONSUMED_EARLIER", consumed_earlier),
    ROW("TOKEN_TAKEN_BY_OTHER", taken_from_all),
    ROW("CONSUMED_UNAUDITED", consumed_unheard),
    ROW(NULL, NULL),
};

const char *claim_judge(const struct claim *it, bool signalled, const char *sub)
{
    for (struct row *row = signalled ? signalled_rows : unsignalled_rows; row->sub; row++) {
        holds now = row->holds(it);

        if (!strcmp(row->sub, sub) && now != CLAIM_NO) {
            row->said++;
            return NULL;
        }
        if (now == CLAIM_YES)
            return row->sub;
    }
    return "no such row holds";
}

/* ---- without a wait that was heard ----------------------------------------------------------- */

static struct row other_rows[] = {
    ROW("NEVER_TOUCHED", NULL),
    ROW("WAITS_TIMED_OUT", NULL),
    ROW("WAITS_SATISFIED", NULL),
    ROW("SIGNALED_NOBODY_WAITED", NULL),
    ROW("IDLE", NULL),
    ROW("CRITICAL_SECTION", NULL),
    {"SPINLOCK", NULL, OTHER_PATHS, 0},
    {"RWLOCK", NULL, OTHER_PATHS, 0},
    {"DPC", NULL, OTHER_PATHS, 0},
    {"QUEUE", NULL, OTHER_PATHS, 0},
    ROW("PRE_AUDIT", NULL),
    {"UNKNOWN_PATH", NULL, "a gap of the audit: tests/audit/test_diagnosis.c", 0},
    ROW(NULL, NULL),
};

void claim_count(const char *sub)
{
    for (struct row *row = other_rows; row->sub; row++)
        row->said += !strcmp(row->sub, sub);
}

/* ---- which rows there are -------------------------------------------------------------------- */

static struct row *const tables[] = {unsignalled_rows, signalled_rows, other_rows};

void claim_each_row(void (*fn)(const char *sub, const char *beyond, unsigned long said))
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        for (const struct row *row = tables[i]; row->sub; row++)
            fn(row->sub, row->beyond, row->said);
}
