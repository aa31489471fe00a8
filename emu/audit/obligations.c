/* Obligations: promises of asynchronous calls to signal a key, listed until kept.
 *
 * Kept ones are marked and swept out when they are the larger half; when too many stay open, the
 * oldest go. Ids rise, so the array is sorted by them. */
#include <string.h>

#include "audit/audit_internal.h"
#include "base/alloc.h"

static void sweep(struct xe_audit *audit)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < audit->obligations; i++)
        if (!audit->obligation[i].kept)
            audit->obligation[n++] = audit->obligation[i];
    audit->obligations = n;
}

static void forget_oldest(struct xe_audit *audit)
{
    uint32_t n = audit->obligations / 4 + 1;

    audit->obligations -= n;
    memmove(audit->obligation, audit->obligation + n,
            audit->obligations * sizeof(*audit->obligation));
}

uint64_t xe_audit_obligation(struct xe_audit *audit, const struct xe_audit_site *site, uint32_t key,
                             const char *what)
{
    if (!audit->enabled)
        return 0;
    if (audit->obligations >= XE__OBLIGATIONS)
        sweep(audit);
    if (audit->obligations >= XE__OBLIGATIONS)
        forget_oldest(audit);
    if (!xe_grow(&audit->obligation, &audit->obligation_capacity, audit->obligations,
                 sizeof(*audit->obligation))) {
        audit->no_memory++;
        return 0;
    }
    audit->obligation[audit->obligations++] = (struct xe__obligation){
        .id = ++audit->last_obligation, .key = key, .what = what, .site = *site};
    audit->obligations_open++;
    return audit->last_obligation;
}

static struct xe__obligation *find(const struct xe_audit *audit, uint64_t id)
{
    uint32_t low = 0, high = audit->obligations;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (audit->obligation[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < audit->obligations && audit->obligation[low].id == id ? &audit->obligation[low]
                                                                       : NULL;
}

void xe_audit_obligation_kept(struct xe_audit *audit, uint64_t id, uint64_t cycle)
{
    struct xe__obligation *it = find(audit, id);

    audit->now = cycle > audit->now ? cycle : audit->now;
    if (id == 0 || id > audit->last_obligation || (it && it->kept))
        return;
    if (it)
        it->kept = true; /* else forgotten, but a promise kept all the same */
    if (audit->obligations_open)
        audit->obligations_open--;
    audit->obligations_kept++;
}

static bool names(uint32_t key, const uint32_t *keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (key == keys[i] || xe__canonical(key) == xe__canonical(keys[i]))
            return true;
    return false;
}

const struct xe__obligation *xe__obligation_open(const struct xe_audit *audit, const uint32_t *keys,
                                                 uint32_t count)
{
    for (uint32_t i = 0; i < audit->obligations; i++)
        if (!audit->obligation[i].kept && names(audit->obligation[i].key, keys, count))
            return &audit->obligation[i];
    return NULL;
}
