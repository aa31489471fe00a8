/* What is held back: state of the guest that is, for now, not where it belongs.
 *
 * - Constants still to be added to integer registers. A loop that steps pointers adds them once
 *   for several passes; until then they are part of displacements.
 * - FPRs in other host registers than their own, so that a result need not overwrite operands that
 *   are wanted again, nor be copied.
 * - The record of the newest arithmetic instruction, while its operands are still in registers,
 *   which are pinned, or in the frame: most records are replaced before anybody looks.
 *
 * All is settled at the end of a block and before a call. Whoever leaves the straight path in
 * between - the code off the path, the fault handler - settles what was held back there, which is
 * noted as a debt: one for all places in a row where it is the same.
 */
#include <string.h>

#include "jit/jit_internal.h"

#define POOL (0xFFFFu & ~((1u << XMM_FREE) - 1))

void xe__held_reset(struct xe_emit *e)
{
    uint32_t used = 0;

    for (uint32_t r = 0; r < FS_N; r++)
        if (e->f_host[r] != NO_REG)
            used |= 1u << e->f_host[r];
    memset(&e->held, 0, sizeof(e->held));
    memcpy(e->held.f_now, e->f_host, sizeof(e->held.f_now));
    e->f_spare = POOL & ~used;
    e->held.f_free = e->f_spare;
}

/* ---- constants to be added ------------------------------------------------------------------- */

/* Where r stands among those owed to; held.adds: nothing is owed to it. */
static uint32_t owed_at(const struct xe_emit *e, uint32_t r)
{
    uint32_t i = 0;

    while (i < e->held.adds && e->held.add[i] != e->g_host[r])
        i++;
    return i;
}

int32_t xe__g_owed(const struct xe_emit *e, uint32_t r)
{
    uint32_t i = owed_at(e, r);

    return i < e->held.adds ? e->held.by[i] : 0;
}

bool xe__g_owe(struct xe_emit *e, uint32_t r, int32_t by)
{
    uint32_t i = owed_at(e, r);
    int32_t sum;

    if (!e->may_owe || e->g_host[r] == NO_REG || i == HELD_MAX ||
        __builtin_add_overflow(xe__g_owed(e, r), by, &sum))
        return false;
    if (i == e->held.adds)
        e->held.add[e->held.adds++] = e->g_host[r];
    e->held.by[i] = sum;
    e->g_written[r] = true;
    xe__g_changes(e, r);
    return true;
}

void xe__g_forgive(struct xe_emit *e, uint32_t r)
{
    uint32_t i = owed_at(e, r);

    if (i == e->held.adds)
        return;
    e->held.adds--;
    e->held.add[i] = e->held.add[e->held.adds];
    e->held.by[i] = e->held.by[e->held.adds];
}

static void add(struct xe_emit *e, int host, int32_t by)
{
    xe_x64(&e->a, X64_LEA64, host, x64_host(host, by));
}

void xe__g_settle(struct xe_emit *e, uint32_t r)
{
    if (xe__g_owed(e, r))
        add(e, e->g_host[r], xe__g_owed(e, r));
    xe__g_forgive(e, r);
}

/* ---- FPRs elsewhere -------------------------------------------------------------------------- */

bool xe__f_pinned(const struct xe_emit *e, int host)
{
    return e->held.record &&
           (e->held.operand[0] == host || e->held.operand[1] == host || e->held.operand[2] == host);
}

/* Its own one before any other, one that is nobody's before another's. */
int xe__f_other(const struct xe_emit *e, uint32_t r, uint32_t avoid)
{
    uint32_t free = e->held.f_free & ~avoid;
    int home = e->f_host[r];

    for (int x = XMM_FREE; x < 16; x++)
        if (xe__f_pinned(e, x))
            free &= ~(1u << x);
    if (r >= F_VR || home == NO_REG || !free)
        return NO_REG;
    if (free >> home & 1)
        return home;
    if (!(e->held.f_moved >> r & 1) && __builtin_popcount(e->held.f_moved) == HELD_MAX)
        return NO_REG;
    return __builtin_ctz(free & e->f_spare ? free & e->f_spare : free);
}

void xe__f_place(struct xe_emit *e, uint32_t r, int host)
{
    if (host == e->held.f_now[r])
        return;
    e->held.f_free |= 1u << e->held.f_now[r];
    e->held.f_free &= ~(1u << host);
    e->held.f_now[r] = (int8_t)host;
    if (host == e->f_host[r])
        e->held.f_moved &= ~(1u << r);
    else
        e->held.f_moved |= 1u << r;
}

static bool is_source(const struct xe_jit_debt *debt, int host)
{
    for (uint32_t i = 0; i < debt->moves; i++)
        if (debt->from[i] == host)
            return true;
    return false;
}

/* All moves as if at once: first those whose target nobody needs; a ring is opened by XMM0. */
static void move_all(struct xe_emit *e, struct xe_jit_debt debt)
{
    while (debt.moves) {
        uint32_t i = 0;

        while (i < debt.moves && is_source(&debt, debt.to[i]))
            i++;
        if (i == debt.moves) {
            xe_x64(&e->a, X64_VMOVAPS, 0, x64_reg(debt.from[0]));
            debt.from[0] = 0;
            continue;
        }
        xe_x64(&e->a, X64_VMOVAPS, debt.to[i], x64_reg(debt.from[i]));
        debt.moves--;
        debt.from[i] = debt.from[debt.moves];
        debt.to[i] = debt.to[debt.moves];
    }
}

/* ---- the record ------------------------------------------------------------------------------ */

void xe__record_hold(struct xe_emit *e, uint32_t word, const int8_t operand[3])
{
    e->held.record = word;
    memcpy(e->held.operand, operand, sizeof(e->held.operand));
}

void xe__record_drop(struct xe_emit *e)
{
    e->held.record = 0;
}

void xe__record_spill(struct xe_emit *e, int8_t operand[3], int host)
{
    for (uint32_t i = 0; i < 3; i++)
        if (operand[i] == host) {
            xe_x64(&e->a, X64_VMOVSD_ST, host, x64_near(&e->frame->held[i]));
            operand[i] = HELD;
        }
}

void xe__f_unpin(struct xe_emit *e, int host)
{
    if (e->held.record)
        xe__record_spill(e, e->held.operand, host);
}

void xe__record_settle(struct xe_emit *e)
{
    uint32_t word = e->held.record;

    e->held.record = 0;
    if (word)
        xe__jit_fpu_record(e, word, e->held.operand);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* What is held back now. */
static struct xe_jit_debt debt_now(const struct xe_emit *e)
{
    struct xe_jit_debt debt;

    memset(&debt, 0, sizeof(debt)); /* debts are compared byte by byte */
    debt.single = e->known.single;
    debt.record = e->held.record;
    if (debt.record)
        memcpy(debt.operand, e->held.operand, sizeof(debt.operand));
    debt.adds = (uint8_t)e->held.adds;
    memcpy(debt.add, e->held.add, debt.adds * sizeof(debt.add[0]));
    memcpy(debt.by, e->held.by, debt.adds * sizeof(debt.by[0]));
    for (uint32_t moved = e->held.f_moved; moved; moved &= moved - 1) {
        uint32_t r = (uint32_t)__builtin_ctz(moved);

        debt.from[debt.moves] = e->held.f_now[r];
        debt.to[debt.moves++] = e->f_host[r];
    }
    return debt;
}

uint32_t xe__debt_note(struct xe_emit *e)
{
    static const struct xe_jit_debt none;
    struct xe_jit_debt debt = debt_now(e);

    if (e->measuring || memcmp(&debt, &none, sizeof(debt)) == 0)
        return 0;
    if (e->debts && memcmp(&debt, &e->debt[e->debts - 1], sizeof(debt)) == 0)
        return e->debts;
    if (!xe__jit_room(e, (void **)&e->debt, e->debts, &e->debt_room, sizeof(*e->debt)))
        return 0;
    e->debt[e->debts++] = debt;
    return e->debts;
}

void xe__debt_pay(struct xe_emit *e, uint32_t number)
{
    const struct xe_jit_debt *debt;

    if (!number)
        return;
    debt = &e->debt[number - 1];
    if (debt->single)
        xe_x64_imm(&e->a, X64_MOV32_I, 0, x64_near(&e->frame->single), (int32_t)debt->single);
    for (uint32_t i = 0; i < debt->adds; i++)
        add(e, debt->add[i], debt->by[i]);
    e->known.recorded = 0; /* by whatever ran before */
    if (debt->record)
        xe__jit_fpu_record(e, debt->record, debt->operand);
    move_all(e, *debt);
}

void xe__settle_but_formats(struct xe_emit *e)
{
    while (e->held.adds) {
        e->held.adds--;
        add(e, e->held.add[e->held.adds], e->held.by[e->held.adds]);
    }
    xe__record_settle(e);
    move_all(e, debt_now(e));
    memcpy(e->held.f_now, e->f_host, sizeof(e->held.f_now));
    e->held.f_moved = 0;
    e->held.f_free = e->f_spare;
}

void xe__settle(struct xe_emit *e)
{
    xe__settle_but_formats(e);
    xe__jit_fpu_canonical(e);
}
