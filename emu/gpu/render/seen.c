/* Pictures that were seen: whether a title draws anything new. */
#include "base/codec.h"
#include "gpu/render/render_internal.h"

static bool is_new(const struct xe__render *render, uint64_t hash)
{
    for (uint32_t i = 0; i < render->counts.distinct; i++)
        if (render->seen[i] == hash)
            return false;
    return true;
}

void xe__render_see(struct xe__render *render, uint64_t hash)
{
    struct xe_frame_counts *counts = &render->counts;

    counts->alike = counts->made++ && hash == render->newest ? counts->alike + 1 : 1;
    render->newest = hash;
    if (counts->distinct < XE_FRAMES_DISTINCT && is_new(render, hash))
        render->seen[counts->distinct++] = hash;
}

void xe__render_seen_state(struct xe_codec *c, struct xe__render *render)
{
    XE_CODEC(c, render->counts.made);
    XE_CODEC(c, render->counts.alike);
    XE_CODEC(c, render->newest);
    render->counts.distinct = (uint32_t)xe_codec_count(c, "distinct", render->counts.distinct,
                                                       XE_FRAMES_DISTINCT, sizeof(render->seen[0]));
    for (uint32_t i = 0; i < render->counts.distinct && !c->stopped; i++)
        XE_CODEC(c, render->seen[i]);
}
