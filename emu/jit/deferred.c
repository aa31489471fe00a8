/* What is put off; deferred.h explains it. */
#include "jit/deferred.h"

#include <string.h>

#include "jit/emit.h"

#define POOL (0xFFFFu & ~((1u << XMM_FREE) - 1))

void xe__jit_defer_nothing(struct xe_emit *e)
{
    uint32_t used = 0;

    for (uint32_t r = 0; r < FS_N; r++)
        if (e->homes->f[r] != NO_REG)
            used |= 1u << e->homes->f[r];
    memset(&e->off, 0, sizeof(e->off));
    memcpy(e->off.f_now, e->homes->f, sizeof(e->off.f_now));
    e->f_spare = POOL & ~used;
    e->off.f_free = e->f_spare;
}

/* ---- constants to be added ------------------------------------------------------------------- */

/* Where r stands among those that are added to later; off.adds: it is none of them. */
static uint32_t add_at(const struct xe_emit *e, uint32_t r)
{
    uint32_t i = 0;

    while (i < e->off.adds && e->off.add[i] != e->homes->g[r])
        i++;
    return i;
}

int32_t xe__jit_deferred_add(const struct xe_emit *e, uint32_t r)
{
    uint32_t i = add_at(e, r);

    return i < e->off.adds ? e->off.by[i] : 0;
}

bool xe__jit_defer_add(struct xe_emit *e, uint32_t r, int32_t by)
{
    uint32_t i = add_at(e, r);
    int32_t sum;

    if (!e->may_defer_adds || e->homes->g[r] == NO_REG || i == DEFERRED_MAX ||
        __builtin_add_overflow(xe__jit_deferred_add(e, r), by, &sum))
        return false;
    if (i == e->off.adds)
        e->off.add[e->off.adds++] = e->homes->g[r];
    e->off.by[i] = sum;
    xe__jit_writes(e, e->scan->g_written[r]);
    xe__jit_g_changes(e, r);
    return true;
}

void xe__jit_drop_add(struct xe_emit *e, uint32_t r)
{
    uint32_t i = add_at(e, r);

    if (i == e->off.adds)
        return;
    e->off.adds--;
    e->off.add[i] = e->off.add[e->off.adds];
    e->off.by[i] = e->off.by[e->off.adds];
}

static void add(struct xe_emit *e, int host, int32_t by)
{
    xe_x64(&e->a, X64_LEA64, host, x64_host(host, by));
}

void xe__jit_do_add(struct xe_emit *e, uint32_t r)
{
    if (xe__jit_deferred_add(e, r))
        add(e, e->homes->g[r], xe__jit_deferred_add(e, r));
    xe__jit_drop_add(e, r);
}

/* ---- FPRs elsewhere -------------------------------------------------------------------------- */

bool xe__jit_is_pinned(const struct xe_emit *e, int host)
{
    return e->off.record &&
           (e->off.operand[0] == host || e->off.operand[1] == host || e->off.operand[2] == host);
}

/* Its own one before any other, one that is nobody's before another's. */
int xe__jit_f_free_register(const struct xe_emit *e, uint32_t r, uint32_t avoid)
{
    uint32_t free = e->off.f_free & ~avoid;
    int home = e->homes->f[r];

    for (int x = XMM_FREE; x < 16; x++)
        if (xe__jit_is_pinned(e, x))
            free &= ~(1u << x);
    if (r >= F_VR || home == NO_REG || !free)
        return NO_REG;
    if (free >> home & 1)
        return home;
    if (!(e->off.f_moved >> r & 1) && __builtin_popcount(e->off.f_moved) == DEFERRED_MAX)
        return NO_REG;
    return __builtin_ctz(free & e->f_spare ? free & e->f_spare : free);
}

void xe__jit_f_move(struct xe_emit *e, uint32_t r, int host)
{
    if (host == e->off.f_now[r])
        return;
    e->off.f_free |= 1u << e->off.f_now[r];
    e->off.f_free &= ~(1u << host);
    e->off.f_now[r] = (int8_t)host;
    if (host == e->homes->f[r])
        e->off.f_moved &= ~(1u << r);
    else
        e->off.f_moved |= 1u << r;
}

static bool is_source(const struct xe_jit_deferred *note, int host)
{
    for (uint32_t i = 0; i < note->moves; i++)
        if (note->from[i] == host)
            return true;
    return false;
}

/* All moves as if at once: first those whose target nobody needs; a ring is opened by XMM0. */
static void move_all(struct xe_emit *e, struct xe_jit_deferred note)
{
    while (note.moves) {
        uint32_t i = 0;

        while (i < note.moves && is_source(&note, note.to[i]))
            i++;
        if (i == note.moves) {
            xe_x64(&e->a, X64_VMOVAPS, 0, x64_reg(note.from[0]));
            note.from[0] = 0;
            continue;
        }
        xe_x64(&e->a, X64_VMOVAPS, note.to[i], x64_reg(note.from[i]));
        note.moves--;
        note.from[i] = note.from[note.moves];
        note.to[i] = note.to[note.moves];
    }
}

/* ---- the record ------------------------------------------------------------------------------ */

void xe__jit_defer_record(struct xe_emit *e, uint32_t word, const int8_t operand[3])
{
    e->off.record = word;
    memcpy(e->off.operand, operand, sizeof(e->off.operand));
}

void xe__jit_drop_record(struct xe_emit *e)
{
    e->off.record = 0;
}

void xe__jit_spill_operands(struct xe_emit *e, int8_t operand[3], int host)
{
    for (uint32_t i = 0; i < 3; i++)
        if (operand[i] == host) {
            xe_x64(&e->a, X64_VMOVSD_ST, host, x64_near(&e->frame->spilled[i]));
            operand[i] = OPERAND_SPILLED;
        }
}

void xe__jit_unpin(struct xe_emit *e, int host)
{
    if (e->off.record)
        xe__jit_spill_operands(e, e->off.operand, host);
}

void xe__jit_do_record(struct xe_emit *e)
{
    uint32_t word = e->off.record;

    e->off.record = 0;
    if (word)
        xe__jit_write_record(e, word, e->off.operand);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* All that is put off now. */
static struct xe_jit_deferred all_now(const struct xe_emit *e)
{
    struct xe_jit_deferred note;

    memset(&note, 0, sizeof(note)); /* notes are compared byte by byte */
    note.single = e->known.single;
    note.record = e->off.record;
    if (note.record)
        memcpy(note.operand, e->off.operand, sizeof(note.operand));
    note.adds = (uint8_t)e->off.adds;
    memcpy(note.add, e->off.add, note.adds * sizeof(note.add[0]));
    memcpy(note.by, e->off.by, note.adds * sizeof(note.by[0]));
    for (uint32_t moved = e->off.f_moved; moved; moved &= moved - 1) {
        uint32_t r = (uint32_t)__builtin_ctz(moved);

        note.from[note.moves] = e->off.f_now[r];
        note.to[note.moves++] = e->homes->f[r];
    }
    return note;
}

uint32_t xe__jit_note_deferred(struct xe_emit *e)
{
    static const struct xe_jit_deferred none;
    struct xe_jit_deferred note = all_now(e), *noted = e->notes.deferred;
    uint32_t n = e->notes.deferreds;

    if (memcmp(&note, &none, sizeof(note)) == 0)
        return 0;
    if (n && memcmp(&note, &noted[n - 1], sizeof(note)) == 0)
        return n;
    if (!xe__jit_room(e, (void **)&e->notes.deferred, n, &e->notes.deferred_room, sizeof(note)))
        return 0;
    e->notes.deferred[n] = note;
    return ++e->notes.deferreds;
}

void xe__jit_do_noted(struct xe_emit *e, uint32_t number)
{
    struct xe_jit_deferred note;

    if (!number)
        return;
    note = e->notes.deferred[number - 1];
    if (note.single)
        xe_x64_imm(&e->a, X64_MOV32_I, 0, x64_near(&e->frame->single), (int32_t)note.single);
    for (uint32_t i = 0; i < note.adds; i++)
        add(e, note.add[i], note.by[i]);
    e->known.recorded = 0; /* by whatever ran before */
    if (note.record)
        xe__jit_write_record(e, note.record, note.operand);
    move_all(e, note);
}

void xe__jit_do_deferred_but_formats(struct xe_emit *e)
{
    while (e->off.adds) {
        e->off.adds--;
        add(e, e->off.add[e->off.adds], e->off.by[e->off.adds]);
    }
    xe__jit_do_record(e);
    move_all(e, all_now(e));
    memcpy(e->off.f_now, e->homes->f, sizeof(e->off.f_now));
    e->off.f_moved = 0;
    e->off.f_free = e->f_spare;
}

void xe__jit_do_deferred(struct xe_emit *e)
{
    xe__jit_do_deferred_but_formats(e);
    xe__jit_fpu_canonical(e);
}
