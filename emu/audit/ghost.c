/* Ghosts: records of focused keys under which nothing was created. Made at the first record, freed
 * when the key leaves the focus. */
#include "audit/audit_internal.h"
#include "base/alloc.h"

struct xe__ghost *xe__audit_ghost_find(const struct xe_audit *audit, uint32_t canonical)
{
    return xe_map_get(&audit->ghosts, canonical);
}

struct xe__ghost *xe__audit_ghost_get(struct xe_audit *audit, uint32_t canonical)
{
    struct xe__ghost *ghost = xe__audit_ghost_find(audit, canonical);

    if (ghost)
        return ghost;
    ghost = xe_calloc(1, sizeof(*ghost));
    if (!ghost || !xe_map_put(&audit->ghosts, canonical, ghost)) {
        xe_free(ghost);
        return NULL;
    }
    audit->ghost_trails++;
    return ghost;
}

void xe__audit_ghost_drop(struct xe_audit *audit, uint32_t canonical)
{
    struct xe__ghost *ghost = xe_map_take(&audit->ghosts, canonical);

    if (!ghost)
        return;
    xe__audit_body_fini(audit, &ghost->body);
    xe_free(ghost);
    if (--audit->ghost_trails == 0)
        xe_map_fini(&audit->ghosts);
}
