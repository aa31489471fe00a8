/* Pages beside guest memory; or guest memory itself, where what is drawn comes back.
 * Guess: a title that writes to a page of a resolve what stood there before the resolve shows the
 * resolve's picture, not its own; nobody was seen to do that. */
#include <string.h>

#include "base/alloc.h"
#include "gpu/render/render_internal.h"

static const uint8_t *guest_page(const struct xe__render *render, uint32_t number)
{
    return xe_mem_view(render->mem, XE_MEM_PHYS_A + number * XE__RENDER_PAGE, XE__RENDER_PAGE);
}

static void forget(struct xe__render *render, uint32_t number)
{
    xe_free(render->shade[number]);
    render->shade[number] = NULL;
    render->shades--;
}

/* It guards nothing: a title that makes two pages alike spoils its own picture. */
static uint64_t hash_of(const uint8_t *page)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (uint32_t i = 0; i < XE__RENDER_PAGE; i += 4)
        hash = (hash ^ xe_load_be32(page + i)) * 0x100000001B3u, hash ^= hash >> 29;
    return hash;
}

/* Has nobody written to the guest's own since? */
static bool is_newer(struct xe__shade *shade, const uint8_t *guest)
{
    if (!shade->is_loaded || !guest)
        return guest && memcmp(shade->guest, guest, XE__RENDER_PAGE) == 0;
    if (hash_of(guest) != shade->hash)
        return false;
    memcpy(shade->guest, guest, XE__RENDER_PAGE);
    shade->is_loaded = false;
    return true;
}

/* The page beside, if it is newer than the guest's own. */
static struct xe__shade *shade_of(struct xe__render *render, uint32_t number, const uint8_t *guest)
{
    struct xe__shade *shade = render->shade[number];

    if (!shade || shade->seen == render->act)
        return shade;
    shade->seen = render->act;
    if (is_newer(shade, guest))
        return shade;
    forget(render, number);
    return NULL;
}

/* Guest memory itself: whoever keeps hashes or translations of it is told. */
static uint8_t *open_page(struct xe__render *render, uint32_t number)
{
    if (!render->open || render->open_number != number)
        render->open =
            xe_mem_view_rw(render->mem, XE_MEM_PHYS_A + number * XE__RENDER_PAGE, XE__RENDER_PAGE);
    render->open_number = number;
    return render->open;
}

const uint8_t *xe__render_page(void *ctx, uint32_t number)
{
    struct xe__render *render = ctx;
    const uint8_t *guest = guest_page(render, number);
    const struct xe__shade *shade = shade_of(render, number, guest);

    return shade ? shade->bytes : guest;
}

uint8_t *xe__render_page_rw(void *ctx, uint32_t number)
{
    struct xe__render *render = ctx;
    const uint8_t *guest;
    struct xe__shade *shade;

    if (render->reads_back)
        return open_page(render, number);
    guest = guest_page(render, number);
    shade = shade_of(render, number, guest);
    if (shade || !guest)
        return shade ? shade->bytes : NULL;
    if (render->shades < XE__RENDER_SHADE)
        shade = xe_calloc(1, sizeof(*shade));
    if (!shade) {
        xe__render_limit(render, render->shades < XE__RENDER_SHADE ? XE_GPU_LIMIT_MEMORY
                                                                   : XE_GPU_LIMIT_PAGES);
        return NULL;
    }
    memcpy(shade->bytes, guest, XE__RENDER_PAGE);
    memcpy(shade->guest, guest, XE__RENDER_PAGE);
    shade->seen = render->act;
    render->shade[number] = shade;
    render->shades++;
    return shade->bytes;
}

void xe__render_forget_pages(struct xe__render *render)
{
    for (uint32_t i = 0; i < XE__RENDER_PAGES; i++)
        if (render->shade[i])
            forget(render, i);
}

uint32_t xe__render_settle_pages(struct xe__render *render)
{
    for (uint32_t i = 0; i < XE__RENDER_PAGES; i++) {
        if (!render->shade[i])
            continue;
        if (is_newer(render->shade[i], guest_page(render, i)))
            render->shade[i]->hash = hash_of(render->shade[i]->guest);
        else
            forget(render, i);
    }
    return render->shades;
}
