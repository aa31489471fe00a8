/* Reports of the audit against the model: counts and codes, and of each wait the sub-reason, which
 * must hold while no earlier row of the contract does (claims.h); and what sentences say. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "oracle/claims.h"
#include "oracle/judge.h"
#include "oracle/truth.h"

struct trial {
    const struct stage *stage;
    const struct oracle *model;
    const struct xe_audit_handle_report *report;
    const struct oracle_object *object;
    const struct judge_fates *fates;
    struct oracle_past heard, truth;
    uint32_t at, identity, waiters;
};

static char complaint[512];

/* ---- who waits ------------------------------------------------------------------------------- */

static bool waits_for(const struct oracle_thread *it, uint32_t identity)
{
    for (uint32_t i = 0; it->parked && i < it->wanted; i++)
        if (it->identity[i] == identity)
            return true;
    return false;
}

static uint32_t count_waiters(const struct oracle *model, uint32_t identity)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < model->threads; i++)
        n += waits_for(&model->thread[i], identity);
    return n;
}

/* ---- counts and codes ------------------------------------------------------------------------ */

static enum xe_audit_branch branch_of(const struct trial *t)
{
    if (!t->waiters)
        return XE_AUDIT_D1_NO_WAITER;
    if (!t->heard.waits)
        return XE_AUDIT_D2_AUDIT_BLIND;
    if (!(t->heard.signals + t->heard.ghosts))
        return XE_AUDIT_D3_NO_PRODUCER;
    return t->heard.wakes ? XE_AUDIT_D5_STARVED : XE_AUDIT_D4_NOT_DELIVERED;
}

static const char *judge_counts(const struct trial *t)
{
    const struct xe_audit_handle_report *r = t->report;
    const struct oracle_past *heard = &t->heard;

    if (r->waiters != t->waiters)
        return "count of waiters";
    if (r->signal_attempts.primary != heard->signals || r->signal_attempts.ghost != heard->ghosts)
        return "count of signal attempts";
    if (r->failed != heard->failed + heard->ghosts)
        return "count of attempts that failed";
    if (r->waits != heard->waits || r->polls != heard->polls)
        return "count of waits";
    if (r->wakes != heard->wakes || r->timeouts != heard->expired)
        return "count of ends of waits";
    if (r->blind != (t->waiters && !heard->waits))
        return "AUDIT_BLIND";
    return r->diagnosis.branch == branch_of(t) ? NULL : "code";
}

/* ---- nobody waits, or nobody was heard to wait ----------------------------------------------- */

static const char *nobody_sub(const struct trial *t)
{
    const struct oracle_past *heard = &t->heard;

    if (!t->report->timeline_total)
        return "NEVER_TOUCHED";
    if (heard->waits && heard->polls + heard->expired == heard->waits)
        return "WAITS_TIMED_OUT";
    if (heard->waits)
        return "WAITS_SATISFIED";
    return heard->signals + heard->ghosts ? "SIGNALED_NOBODY_WAITED" : "IDLE";
}

/* What it says without a word on records must be so, whoever listened. */
static bool got_it(const struct trial *t)
{
    return t->truth.waits != t->truth.polls + t->truth.expired;
}

static const char *judge_nobody(const struct trial *t)
{
    const struct xe_audit_diagnosis *said = &t->report->diagnosis;
    const struct oracle_past *truth = &t->truth, *heard = &t->heard;

    if (strcmp(said->sub, nobody_sub(t)) != 0)
        return nobody_sub(t);
    if (!strstr(said->text, "recorded") && strstr(said->text, "without it") && got_it(t))
        return "a wait got it";
    if (strstr(said->detail, "since cycle") || strstr(said->detail, "record"))
        return NULL;
    return truth->waits + truth->signals != heard->waits + heard->signals ? "more was done with it"
                                                                          : NULL;
}

static const char *judge_blind(const struct trial *t, uint32_t thread, const char *sub)
{
    const char *right = t->model->thread[thread].blind ? "CRITICAL_SECTION" : "PRE_AUDIT";

    return strcmp(sub, right) == 0 ? NULL : right;
}

/* ---- sentences ------------------------------------------------------------------------------- */

static const char *judge_signals(const struct trial *t, const char *text)
{
    bool landed = t->truth.signals > t->truth.failed, woke = t->truth.woken + t->truth.wakes > 0;

    if (strstr(text, "signal landed but no waiter was ever woken") && (!landed || woke))
        return landed ? "a waiter was woken" : "no signal landed";
    if (strstr(text, "signals and wakes were seen") && (!landed || !woke))
        return landed ? "nobody was woken" : "no signal was good";
    if (strstr(text, "no signal landed") && landed)
        return "a signal landed";
    return NULL;
}

/* May its wait end? It may be suspended besides, which is another matter. */
static bool may_end(const struct trial *t, uint32_t thread)
{
    struct oracle resumed = *t->model;

    if (t->fates->ever >> thread & 1)
        return true;
    resumed.thread[thread].suspended = 0;
    return oracle_can_act(&resumed, ORACLE_EVER, false) >> thread & 1;
}

static const char *judge_text(const struct trial *t, uint32_t thread, const char *text)
{
    if (strstr(text, "can still release it") && !strstr(text, "once it") && !may_end(t, thread))
        return "nothing can release it";
    return judge_signals(t, text);
}

/* Of a wait that went unheard only the cycle is known: what came in that cycle may have been before
 * it, for all that the audit can tell. */
static bool is_in_doubt(const struct claim *it)
{
    const struct oracle_note *parked = &it->notes->note[it->parked < 0 ? 0 : it->parked];

    if (it->parked < 0 || parked->heard)
        return false;
    for (uint32_t i = (uint32_t)it->parked + 1; i < it->notes->count; i++)
        if (it->notes->note[i].identity == it->identity &&
            it->notes->note[i].cycle == parked->cycle)
            return true;
    return false;
}

/* ---- each wait ------------------------------------------------------------------------------- */

static const char *judge_claim(const struct trial *t, uint32_t thread,
                               const struct xe_audit_diagnosis *said)
{
    struct claim claim = {
        .model = t->model,
        .notes = t->model->notes,
        .ever = t->fates->ever,
        .spared = t->fates->spared,
        .waiter = &t->model->thread[thread],
        .object = t->object,
        .past = t->heard,
        .thread = thread,
        .at = t->at,
        .identity = t->identity,
        .parked = oracle_parked_at(t->model->notes, t->identity, thread),
    };
    const char *wrong;

    if (said->branch == XE_AUDIT_D2_AUDIT_BLIND)
        return judge_blind(t, thread, said->sub);
    if (is_in_doubt(&claim))
        return NULL;
    wrong = claim_judge(&claim, said->branch >= XE_AUDIT_D4_NOT_DELIVERED, said->sub);
    return wrong ? wrong : judge_text(t, thread, said->text);
}

static void count_blind(const struct xe_audit_diagnosis *said)
{
    if (said->branch == XE_AUDIT_D2_AUDIT_BLIND)
        claim_count(said->sub);
}

static const char *judge_verdict(const struct trial *t, const struct xe_audit_verdict *verdict)
{
    const char *wrong = NULL;

    for (uint32_t i = 0; i < t->model->threads && !wrong; i++)
        for (uint32_t k = 0; k < verdict->tids && !wrong; k++)
            if (verdict->tid[k] == t->stage->thread[i]->tid)
                wrong = judge_claim(t, i, &verdict->diagnosis);
    if (wrong)
        snprintf(complaint, sizeof(complaint), "said %s/%s (%s), but: %s", verdict->diagnosis.code,
                 verdict->diagnosis.sub, verdict->diagnosis.text, wrong);
    else
        count_blind(&verdict->diagnosis);
    return wrong ? complaint : NULL;
}

static const char *judge_block(const struct trial *t)
{
    const struct xe_audit_diagnosis *said = &t->report->diagnosis;
    const char *wrong = judge_counts(t);

    if (!wrong && !t->waiters)
        wrong = judge_nobody(t);
    if (wrong) {
        snprintf(complaint, sizeof(complaint), "said %s/%s (%s), but: %s", said->code, said->sub,
                 said->detail, wrong);
        return complaint;
    }
    if (!t->waiters)
        claim_count(said->sub);
    for (uint32_t k = 0; k < t->report->verdicts && !wrong; k++)
        wrong = judge_verdict(t, &t->report->verdict[k]);
    return wrong;
}

/* ---- the right block ------------------------------------------------------------------------- */

/* The object of the report's i-th block, by its model identity; 0: it is not asked about. */
static uint32_t identify(const struct trial *t, uint32_t i)
{
    const struct xe_audit_handle_report *r = t->report;
    const struct oracle_notes *notes = t->model->notes;

    if (i == 0 && oracle_is_there(t->object))
        return t->object->identity;
    if (!r->has_created)
        return 0;
    if (notes->born[t->object->identity] == r->created.cycle)
        return t->object->identity;
    for (uint32_t k = 0; k < t->model->threads; k++) {
        const struct oracle_thread *it = &t->model->thread[k];

        for (uint32_t n = 0; it->parked && n < it->wanted; n++)
            if (it->wants[n] == t->at && notes->born[it->identity[n]] == r->created.cycle)
                return it->identity[n];
    }
    return 0;
}

#define ALIASES (sizeof((struct xe_audit_handle_report){0}.aliases) / sizeof(uint32_t))

/* Ghosts are those of the place's number. That it is a name of this object can't be known if
 * another was asked for, and the audit heard neither how the object got it nor any call by it. */
static bool may_miss_ghosts(const struct trial *t)
{
    uint32_t place = t->object->place, number;
    bool listed;

    /* One that has lost its names lies behind the cast, and has no number. */
    number = place < ORACLE_CAST ? t->stage->number[place] : 0;
    listed = !number || t->report->key == number;

    /* It counts more of them than it lists. */
    for (uint32_t i = 0; i < t->report->alias_count && i < ALIASES; i++)
        listed |= t->report->aliases[i] == number;
    return t->object->gap && !t->object->named && !listed && !t->report->signal_attempts.ghost;
}

/* Ghosts are told with what the key named last. */
static void recall(struct trial *t, bool newest)
{
    struct oracle_past ghosts = {0};

    oracle_past(t->model->notes, t->identity, true, &t->heard);
    oracle_past(t->model->notes, t->identity, false, &t->truth);
    if (newest && !may_miss_ghosts(t))
        oracle_past(t->model->notes, ORACLE_GHOST + t->object->place, true, &ghosts);
    t->heard.ghosts = ghosts.signals;
    t->waiters = count_waiters(t->model, t->identity);
}

static const char *judge_object(struct trial *t)
{
    uint32_t key = t->stage->key[t->object->identity];
    struct xe_audit_report report;
    const char *wrong = NULL;

    cr_assert(xe_explain_audit_report(t->stage->bench.kernel, NULL, &key, 1, &report, NULL));
    for (uint32_t i = 0; i < report.handles && !wrong; i++) {
        t->report = &report.handle[i];
        t->identity = identify(t, i);
        if (!t->identity)
            continue;
        recall(t, i == 0);
        wrong = judge_block(t);
    }
    xe_audit_report_fini(&report);
    return wrong;
}

const char *judge_audit(const struct stage *stage, const struct oracle *model,
                        const struct judge_fates *fates)
{
    struct trial t = {.stage = stage, .model = model, .fates = fates};
    const char *wrong = NULL;

    for (t.at = 0; t.at < ORACLE_OBJECTS && !wrong; t.at++) {
        t.object = &model->object[t.at];
        if (t.object->kind != ORACLE_NOTHING)
            wrong = judge_object(&t);
    }
    return wrong;
}
