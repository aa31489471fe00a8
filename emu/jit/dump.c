/* Translations for people to look at. */
#include "jit/emit.h"

static struct xe_region_info info_of(const struct xe_jit_region *region)
{
    return (struct xe_region_info){.head = region->head,
                                   .words = region->words,
                                   .entries = region->entries,
                                   .code_bytes = region->end - region->begin};
}

uint32_t xe_jit_regions(const struct xe_jit *jit,
                        void (*fn)(void *ctx, const struct xe_region_info *info), void *ctx)
{
    uint32_t live = 0;

    for (uint32_t i = 0; i < jit->regions; i++) {
        struct xe_region_info info = info_of(jit->region[i]);

        if (jit->region[i]->dead)
            continue;
        live++;
        if (fn)
            fn(ctx, &info);
    }
    return live;
}

static bool has(const struct xe_jit_region *region, uint32_t pc)
{
    for (uint32_t i = 0; i < region->places; i++)
        if (region->place[i].pc == (pc | WHAT_WORD))
            return true;
    return false;
}

/* Code may be in several translations; the newest is the likeliest to run. Where it heads one, that
 * is asked for. */
static const struct xe_jit_region *find(const struct xe_jit *jit, uint32_t pc)
{
    const struct xe_jit_region *found = NULL;

    for (uint32_t i = jit->regions; i-- > 0;) {
        const struct xe_jit_region *region = jit->region[i];

        if (region->dead)
            continue;
        if (region->head == pc)
            return region;
        if (!found && has(region, pc))
            found = region;
    }
    return found;
}

static void tell(const struct xe_jit *jit, const struct xe_jit_region *region, uint32_t n,
                 void (*fn)(void *ctx, const struct xe_region_line *line), void *ctx)
{
    static const enum xe_region_part part[] = {
        [WHAT_WORD] = XE_REGION_WORD, [WHAT_HEAD] = XE_REGION_HEAD, [WHAT_REST] = XE_REGION_REST};
    const struct xe_jit_place *place = &region->place[n];
    uint32_t end = n + 1 < region->places ? place[1].at : region->end;
    struct xe_region_line line = {.part = part[place->pc & 3],
                                  .address = place->pc & ~3u,
                                  .size = end - place->at,
                                  .code = jit->write + place->at};

    if (line.part != XE_REGION_REST)
        line.word = xe_load_be32(jit->engine->env.mem->base + line.address);
    fn(ctx, &line);
}

bool xe_jit_region(const struct xe_jit *jit, xe_gva address, struct xe_region_info *ret,
                   void (*fn)(void *ctx, const struct xe_region_line *line), void *ctx)
{
    const struct xe_jit_region *region = find(jit, address & ~3u);

    if (!region)
        return false;
    *ret = info_of(region);
    for (uint32_t i = 0; i < region->places; i++)
        tell(jit, region, i, fn, ctx);
    return true;
}
