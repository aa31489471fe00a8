#include "support/audit_histories.h"

#include <stdio.h>
#include <string.h>

static const char *const op_words[HISTORY_OPS] = {"wait-A", "wait-B",    "wait-blind",
                                                  "set",    "set-alias", "set-failed",
                                                  "reset",  "pulse",     "set-lost"};

/* ---- keeping notes --------------------------------------------------------------------------- */

void history_begin(struct history *history, bool manual, bool announced_late)
{
    history->manual = manual;
    history->announced_late = announced_late;
    history->notes = history->waits = history->attempts = history->wakes = 0;
    for (int i = 0; i < HISTORY_THREADS; i++) {
        history->parked_at[i] = -1;
        history->robbed[i] = false;
    }
}

static bool is_wait(enum history_op op)
{
    return op <= HISTORY_WAIT_BLIND;
}

static bool is_attempt(enum history_op op)
{
    return op >= HISTORY_SET && op != HISTORY_RESET;
}

void history_add(struct history *history, const struct history_note *note)
{
    int now = (int)history->notes;

    if (history->notes == HISTORY_MAX)
        return;
    history->note[history->notes++] = *note;
    if (is_wait(note->op) && note->parked)
        history->parked_at[note->op] = now;
    history->waits += note->op == HISTORY_WAIT_A || note->op == HISTORY_WAIT_B;
    history->attempts += is_attempt(note->op);
    for (int i = 0; i < HISTORY_THREADS; i++) {
        if (note->op == HISTORY_SET_LOST && history->parked_at[i] >= 0)
            history->robbed[i] = true;
        if (!note->woke[i])
            continue;
        history->parked_at[i] = -1;
        history->robbed[i] = false;
        history->wakes += i != HISTORY_BLIND;
    }
}

/* ---- enumerating ----------------------------------------------------------------------------- */

/* Play ops from the start; false when the last one is impossible. */
static bool replay(const struct history_driver *driver, struct history *history,
                   const enum history_op *op, unsigned n)
{
    driver->begin(driver->ctx, history);
    for (unsigned i = 0; i < n; i++) {
        struct history_note note = {.op = op[i]};

        if (!driver->play(driver->ctx, history, op[i], &note))
            return false;
        history_add(history, &note);
    }
    driver->end(driver->ctx, history);
    return true;
}

static unsigned long enumerate(const struct history_driver *driver, struct history *history,
                               enum history_op *op, unsigned n, unsigned depth)
{
    unsigned long played = 1;

    history_begin(history, history->manual, history->announced_late);
    if (!replay(driver, history, op, n))
        return 0;
    for (int next = 0; n < depth && next < HISTORY_OPS; next++) {
        op[n] = (enum history_op)next;
        played += enumerate(driver, history, op, n + 1, depth);
    }
    return played;
}

unsigned long history_enumerate(const struct history_driver *driver, unsigned depth, bool manual,
                                bool announced_late)
{
    static struct history history;
    enum history_op op[HISTORY_MAX];

    history.manual = manual;
    history.announced_late = announced_late;
    return enumerate(driver, &history, op, 0, depth);
}

/* ---- judging --------------------------------------------------------------------------------- */

static unsigned count_parked(const struct history *h, bool audited)
{
    unsigned n = 0;

    for (int i = 0; i < HISTORY_THREADS; i++)
        n += h->parked_at[i] >= 0 && (i != HISTORY_BLIND) == audited;
    return n;
}

static enum xe_audit_branch expected_branch(const struct history *h)
{
    if (count_parked(h, true) + count_parked(h, false) == 0)
        return XE_AUDIT_D1_NO_WAITER;
    if (h->waits == 0)
        return XE_AUDIT_D2_AUDIT_BLIND;
    if (h->attempts == 0)
        return XE_AUDIT_D3_NO_PRODUCER;
    return h->wakes == 0 ? XE_AUDIT_D4_NOT_DELIVERED : XE_AUDIT_D5_STARVED;
}

/* The waiter a report explains: the oldest audited one, else the oldest. */
static int explained(const struct history *h)
{
    int best = -1;

    for (int i = 0; i < HISTORY_BLIND; i++)
        if (h->parked_at[i] >= 0 && (best < 0 || h->parked_at[i] < h->parked_at[best]))
            best = i;
    return best >= 0 ? best : HISTORY_BLIND;
}

static bool woke_any(const struct history_note *note)
{
    return note->woke[HISTORY_A] || note->woke[HISTORY_B] || note->woke[HISTORY_BLIND];
}

static bool is_good(const struct history_note *note)
{
    return is_attempt(note->op) && note->op != HISTORY_SET_FAILED && note->primary;
}

/* Index of the last good primary signal, -1 if none. */
static int last_good(const struct history *h)
{
    int last = -1;

    for (unsigned i = 0; i < h->notes; i++)
        if (is_good(&h->note[i]))
            last = (int)i;
    return last;
}

/* Did a wait take a token between two notes: an audited one, or the blind one? */
static bool taken_between(const struct history *h, int from, int to, bool audited)
{
    for (int i = from + 1; i < to; i++) {
        const struct history_note *note = &h->note[i];

        if (is_wait(note->op) && note->took && (note->op != HISTORY_WAIT_BLIND) == audited)
            return true;
        if (!h->manual && audited && (note->woke[HISTORY_A] || note->woke[HISTORY_B]))
            return true;
        if (!h->manual && !audited && note->woke[HISTORY_BLIND])
            return true;
    }
    return false;
}

static bool reset_between(const struct history *h, int from, int to)
{
    for (int i = from + 1; i < to; i++)
        if (h->note[i].op == HISTORY_RESET && h->note[i].changed)
            return true;
    return false;
}

static bool each_signal_since_woke_another(const struct history *h, int since)
{
    bool any = false;

    for (int i = since + 1; i < (int)h->notes; i++) {
        if (!is_good(&h->note[i]))
            continue;
        if (!woke_any(&h->note[i]))
            return false;
        any = true;
    }
    return any;
}

static unsigned count_attempts(const struct history *h, bool primary, bool good_only)
{
    unsigned n = 0;

    for (unsigned i = 0; i < h->notes; i++)
        n += is_attempt(h->note[i].op) && h->note[i].primary == primary &&
             !(good_only && h->note[i].op == HISTORY_SET_FAILED);
    return n;
}

static bool ghosts_only(const struct history *h)
{
    return count_attempts(h, true, true) == 0 && count_attempts(h, false, false) > 0;
}

static bool is_sound(const struct history *h, const char *sub)
{
    int wait = h->parked_at[explained(h)], good = last_good(h);

    if (!strcmp(sub, "GHOST_ONLY"))
        return ghosts_only(h);
    if (!strcmp(sub, "ALL_FAILED"))
        return count_attempts(h, true, true) + count_attempts(h, false, true) == 0;
    if (good < 0)
        return false;
    if (!strcmp(sub, "TOKEN_TAKEN_BY_OTHER"))
        return each_signal_since_woke_another(h, wait);
    if (!strcmp(sub, "PRODUCER_STOPPED"))
        return good < wait && woke_any(&h->note[good]) && !reset_between(h, good, wait);
    if (!strcmp(sub, "PRODUCER_RUNNING"))
        return good < wait && woke_any(&h->note[good]);
    if (!strcmp(sub, "PULSE_MISSED"))
        return h->note[good].op == HISTORY_PULSE && !woke_any(&h->note[good]);
    if (!strcmp(sub, "RESET_BEFORE_WAIT"))
        return reset_between(h, good, wait);
    if (!strcmp(sub, "CONSUMED_EARLIER"))
        return taken_between(h, good, wait, true);
    if (!strcmp(sub, "CONSUMED_UNAUDITED"))
        return taken_between(h, good, wait, false) && !taken_between(h, good, wait, true) &&
               !reset_between(h, good, wait);
    return false;
}

/* The two fixed sentences on signals and wakes say what happened, whatever was recorded. */
static const char *judge_text(const struct history *h, const char *text)
{
    bool landed = count_attempts(h, true, true) + count_attempts(h, false, true) > 0, woke = false;

    for (unsigned i = 0; i < h->notes; i++)
        woke |= woke_any(&h->note[i]);
    if (strstr(text, "signal landed but no waiter was ever woken") && (!landed || woke))
        return landed ? "a waiter was woken" : "no signal landed";
    if (strstr(text, "signals and wakes were seen") && (!landed || !woke))
        return landed ? "nobody was woken" : "no signal was good";
    return strstr(text, "no signal landed") && landed ? "a signal landed" : NULL;
}

static const char *judge_reason(const struct history *h, const char *sub)
{
    bool accuses = !strcmp(sub, "SIGNALED_NOW") || !strcmp(sub, "LOST_WAKE");

    if (accuses != h->robbed[explained(h)])
        return accuses ? "false accusation of the emulator" : "missed an injected lost wake";
    if (!accuses && !is_sound(h, sub))
        return "sub-reason does not hold";
    return NULL;
}

const char *history_judge(const struct history *h, const struct xe_audit_handle_report *r)
{
    unsigned audited = count_parked(h, true), blind = count_parked(h, false);

    if (r->waiters != audited + blind)
        return "waiters";
    if (r->waits != h->waits)
        return "waits";
    if (r->signal_attempts.total != h->attempts)
        return "signal attempts";
    if (r->signal_attempts.primary != count_attempts(h, true, false))
        return "primary signal attempts";
    if (r->wakes != h->wakes)
        return "wakes";
    if (r->diagnosis.branch != expected_branch(h))
        return "branch";
    if (r->blind != (r->waiters > 0 && h->waits == 0))
        return "AUDIT_BLIND";
    if (r->partial != (audited > 0 && blind > 0))
        return "AUDIT_PARTIAL";
    if (!r->diagnosis.sub || !r->diagnosis.text[0])
        return "no sub-reason";
    if (r->diagnosis.branch < XE_AUDIT_D4_NOT_DELIVERED)
        return NULL;
    if (judge_text(h, r->diagnosis.text))
        return judge_text(h, r->diagnosis.text);
    return judge_reason(h, r->diagnosis.sub);
}

void history_text(const struct history *h, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s%s:", h->manual ? "manual" : "auto",
                                   h->announced_late ? " announced late" : "");

    for (unsigned i = 0; i < h->notes && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, " %s", op_words[h->note[i].op]);
}
