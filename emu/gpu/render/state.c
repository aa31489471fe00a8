/* What pictures to come depend on: EDRAM, and pages beside guest memory that are newer than it. It
 * goes beside the state: states are the same with any renderer. A state of an instance without a
 * renderer has none of it, and one without leaves it out. The newest picture stays behind.
 * Where what is drawn comes back to the title, what that depends on is state: a component that has
 * the renderer's name. */
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "gpu/render/render_internal.h"
#include "xe/frame.h"

#define TILE XE_GPU_EDRAM_TILE_WORDS

/* ---- EDRAM ---------------------------------------------------------------------------------- */

static bool is_empty(const uint32_t *tile)
{
    for (uint32_t i = 0; i < TILE; i++)
        if (tile[i])
            return false;
    return true;
}

/* As words one by one, but digests of 10 MiB are taken often where they are state. */
static void tile_state(struct xe_codec *c, uint32_t *tile)
{
    uint8_t bytes[4 * TILE];

    for (uint32_t i = 0; i < TILE; i++)
        xe_store_be32(bytes + 4 * i, tile[i]);
    xe_codec_bytes(c, "edram", bytes, sizeof(bytes));
    for (uint32_t i = 0; xe_codec_loading(c) && i < TILE; i++)
        tile[i] = xe_load_be32(bytes + 4 * i);
}

static void edram_state(struct xe_codec *c, struct xe__render *render)
{
    uint32_t used = 0, tile = 0;
    size_t n;

    for (uint32_t i = 0; i < XE_GPU_EDRAM_TILES; i++)
        used += !is_empty(render->edram + i * TILE);
    n = xe_codec_count(c, "tiles", used, XE_GPU_EDRAM_TILES, 4 * (TILE + 1));
    if (xe_codec_loading(c))
        memset(render->edram, 0, sizeof(render->edram));
    for (size_t i = 0; i < n && !c->stopped; i++, tile++) {
        while (!xe_codec_loading(c) && is_empty(render->edram + tile * TILE))
            tile++;
        xe_codec_up_to(c, "tile", &tile, XE_GPU_EDRAM_TILES - 1);
        if (!c->stopped)
            tile_state(c, render->edram + tile * TILE);
    }
}

/* ---- pages ---------------------------------------------------------------------------------- */

static void page_state(struct xe_codec *c, struct xe__render *render, uint32_t number)
{
    struct xe__shade *shade;

    xe_codec_up_to(c, "page", &number, XE__RENDER_PAGES - 1);
    if (xe_codec_loading(c) && !c->stopped) {
        if (!xe_codec_want(c, !render->shade[number], "page %u comes twice", number))
            return;
        render->shade[number] = xe_calloc(1, sizeof(*shade));
        if (!render->shade[number]) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for pages of pictures");
            return;
        }
        render->shade[number]->is_loaded = true;
        render->shades++;
    }
    if (c->stopped)
        return;
    shade = render->shade[number];
    XE_CODEC(c, shade->hash);
    xe_codec_bytes(c, "bytes", shade->bytes, sizeof(shade->bytes));
}

/* Memory may not be there yet, and a title may write to it before the next act: what it has to be
 * for a page to be the newer one is told by hash. */
static void pages_state(struct xe_codec *c, struct xe__render *render)
{
    uint32_t at = 0, live = xe_codec_loading(c) ? 0 : xe__render_settle_pages(render);
    size_t n = xe_codec_count(c, "pages", live, XE__RENDER_SHADE, 12 + XE__RENDER_PAGE);

    if (xe_codec_loading(c))
        xe__render_forget_pages(render);
    for (size_t i = 0; i < n && !c->stopped; i++, at++) {
        while (!xe_codec_loading(c) && !render->shade[at])
            at++;
        page_state(c, render, at);
    }
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* What may still be drawn, and where it goes on from. */
static void work_state(struct xe_codec *c, struct xe__render *render)
{
    XE_CODEC(c, render->time);
    XE_CODEC(c, render->pool);
    xe_codec_want(c, render->pool <= XE__RENDER_POOL, "work of %llu ns",
                  (unsigned long long)render->pool);
}

static void aside_state(struct xe_codec *c, struct xe__render *render)
{
    work_state(c, render);
    edram_state(c, render);
    pages_state(c, render);
}

static void back_state(struct xe_codec *c, struct xe__render *render)
{
    xe_codec_section(c, xe_renderer_name(XE_RENDERER_REFERENCE));
    work_state(c, render);
    XE_CODEC(c, render->samples.tested);
    XE_CODEC(c, render->samples.stencil_failed);
    XE_CODEC(c, render->samples.z_failed);
    XE_CODEC(c, render->samples.passed);
    XE_CODEC(c, render->queries);
    edram_state(c, render);
}

void xe_render_state(struct xe_codec *c, const struct xe_gpu_renderer *renderer)
{
    struct xe__render *render = xe__render_of(renderer);
    bool has = render;

    if (render && render->reads_back)
        back_state(c, render);
    if (!xe_codec_section_beside(c, "pictures"))
        return;
    XE_CODEC(c, has);
    if (render && xe_codec_loading(c)) {
        render->frame = (struct xe_frame){0};
        render->notes = 0; /* they were of another past */
    }
    if (has && render) {
        xe__render_seen_state(c, render);
        if (!render->reads_back)
            aside_state(c, render);
    } else if (render) {
        render->counts = (struct xe_frame_counts){0};
        memset(render->edram, 0, sizeof(render->edram));
        xe__render_forget_pages(render);
    } else if (has && !c->stopped) {
        xe_codec_read(c, c->section_end - c->in.at); /* whoever saved it had one */
    }
    xe_codec_beside(c, false);
}
