/* See notes.h. */
#include "oracle/notes.h"

static bool is_signal(const struct oracle_note *note)
{
    return note->what <= ORACLE_FAILED;
}

static bool is_good(const struct oracle_note *note)
{
    return note->what == ORACLE_SIGNALLED || note->what == ORACLE_PULSED;
}

static void count(const struct oracle_note *note, struct oracle_past *ret)
{
    ret->signals += is_signal(note);
    ret->failed += note->what == ORACLE_FAILED;
    ret->waits += note->what >= ORACLE_GOT && note->what <= ORACLE_PARKED;
    ret->wakes += note->what == ORACLE_WOKEN;
    ret->polls += note->what == ORACLE_POLLED;
    ret->expired += note->what == ORACLE_EXPIRED;
    if (is_good(note))
        ret->woken += (uint32_t)__builtin_popcount(note->woke);
}

static void follow(const struct oracle_note *note, int32_t at, struct oracle_past *ret)
{
    bool got = note->what == ORACLE_GOT || note->what == ORACLE_WOKEN;

    if (is_good(note)) {
        ret->good = at;
        ret->reset = ret->consumed = -1;
        if (note->actor < 8)
            ret->setters |= (uint8_t)(1u << note->actor);
    } else if (note->what == ORACLE_CLEARED && note->took && ret->reset < 0) {
        ret->reset = at;
    } else if (got && note->took && ret->consumed < 0) {
        ret->consumed = at;
    }
}

void oracle_past(const struct oracle_notes *notes, uint32_t identity, bool heard_only,
                 struct oracle_past *ret)
{
    *ret = (struct oracle_past){.good = -1, .reset = -1, .consumed = -1};
    for (uint32_t i = 0; i < notes->count; i++) {
        const struct oracle_note *note = &notes->note[i];

        if (note->identity != identity || (heard_only && !note->heard))
            continue;
        count(note, ret);
        follow(note, (int32_t)i, ret);
    }
}

int32_t oracle_parked_at(const struct oracle_notes *notes, uint32_t identity, uint32_t thread)
{
    for (int32_t i = (int32_t)notes->count - 1; i >= 0; i--)
        if (notes->note[i].identity == identity && notes->note[i].what == ORACLE_PARKED &&
            notes->note[i].actor == thread)
            return i;
    return -1;
}

bool oracle_is_steady(const struct oracle_notes *notes, uint32_t identity, uint32_t thread,
                      uint32_t now)
{
    uint32_t last = notes->born[identity], longest = 0;
    bool acted = false;

    for (uint32_t i = 0; i < notes->count; i++) {
        const struct oracle_note *note = &notes->note[i];

        if (note->identity != identity || !is_good(note) || !note->heard || note->actor != thread)
            continue;
        if (note->cycle - last > longest)
            longest = note->cycle - last;
        last = note->cycle;
        acted = true;
    }
    return acted && now - last <= 10 * longest;
}
