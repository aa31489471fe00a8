/* What is noted of code as it is written: places that fault, jumps to be completed, ways in. */
#include "base/alloc.h"
#include "jit/emit.h"

bool xe__jit_room(struct xe_emit *e, void **array, uint32_t count, uint32_t *have, size_t size)
{
    void *grown;

    if (count < *have)
        return true;
    grown = xe_reallocarray(*array, *have ? *have * 2 : 64, size);
    if (!grown) {
        e->failed = true;
        return false;
    }
    *have = *have ? *have * 2 : 64;
    *array = grown;
    return true;
}

/* The next of the notes of a kind; NULL: there is no room. */
#define NEXT(e, kind, kinds, room)                                                                 \
    (xe__jit_room(e, (void **)&(e)->notes.kind, (e)->notes.kinds, &(e)->notes.room,                \
                  sizeof(*(e)->notes.kind))                                                        \
         ? &(e)->notes.kind[(e)->notes.kinds++]                                                    \
         : NULL)

uint32_t xe__jit_offset(const struct xe_emit *e, const uint8_t *at)
{
    return (uint32_t)(at - e->jit->write);
}

void xe__jit_late(struct xe_emit *e, enum xe_jit_late_kind kind, uint8_t *from, uint32_t pc,
                  uint32_t count)
{
    struct xe_jit_late *late = NEXT(e, late, lates, late_room);

    if (late)
        *late = (struct xe_jit_late){.kind = kind,
                                     .from = from,
                                     .pc = pc,
                                     .count = count,
                                     .deferred = xe__jit_note_deferred(e),
                                     .home = e->home};
}

void xe__jit_interpret_if(struct xe_emit *e, enum xe_x64_cc cc)
{
    xe__jit_late(e, LATE_INTERPRET, xe_x64_jcc(&e->a, cc), e->pc, xe__jit_refund(e));
}

void xe__jit_site(struct xe_emit *e)
{
    struct xe_jit_site *site = NEXT(e, site, sites, site_room);

    if (site)
        *site = (struct xe_jit_site){.at = xe__jit_offset(e, e->a.at),
                                     .pc = e->pc,
                                     .refund = xe__jit_refund(e),
                                     .deferred = xe__jit_note_deferred(e),
                                     .home = (uint8_t)e->home,
                                     .flushing = e->flushing};
}

void xe__jit_place(struct xe_emit *e, uint32_t pc, enum xe_jit_what what)
{
    struct xe_jit_place *place = NEXT(e, place, places, place_room);

    if (place)
        *place = (struct xe_jit_place){.at = xe__jit_offset(e, e->a.at), .pc = pc | what};
}

void xe__jit_entry(struct xe_emit *e, const struct xe_jit_block *block)
{
    struct xe_jit_entry *entry = NEXT(e, entry, entries, entry_room);

    if (entry)
        *entry = (struct xe_jit_entry){.pc = block->pc, .code = xe__jit_offset(e, e->a.at)};
}
