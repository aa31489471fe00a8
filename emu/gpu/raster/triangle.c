/* Which samples a triangle covers, and what is between its corners there.
 * Guess: where samples lie in a pixel (what Vulkan has as a standard for four, of which two are
 * taken where there are two); a picture of a console's would settle it. */
#include <string.h>

#include "gpu/raster/raster_internal.h"

#define STEPS  XE__RASTER_STEPS
#define MIDDLE (STEPS / 2)

struct edge {
    int64_t by_x, by_y; /* for a step */
    int64_t at;         /* the first step of pixel 0, 0: below 0 it is outside */
};

struct triangle {
    struct xe_raster *raster;
    const struct xe__corner *corner;
    const struct xe__origin *origin;
    struct edge edge[3]; /* the one that doesn't touch the corner of its number */
    int32_t bias[3];     /* taken off edges that have no samples of their own   */
    double area;
    bool is_front;
};

void xe__raster_sample(enum xe_gpu_edram_samples samples, uint32_t sample, int32_t ret[2])
{
    static const int32_t place[4][2] = {{6, 2}, {2, 10}, {14, 6}, {10, 14}};

    ret[0] = ret[1] = MIDDLE;
    if (samples == XE_GPU_1X)
        return;
    if (samples == XE_GPU_2X)
        sample = sample ? 3 : 0;
    memcpy(ret, place[sample & 3], sizeof(place[0]));
}

/* ---- edges ---------------------------------------------------------------------------------- */

/* From a to b, clockwise with y down: what is on it belongs to it if it is a left or a top one. */
static void make_edge(const struct xe__corner *a, const struct xe__corner *b, struct edge *ret,
                      int32_t *ret_bias)
{
    int64_t x = (int64_t)b->x - a->x, y = (int64_t)b->y - a->y;

    ret->by_x = -y;
    ret->by_y = x;
    ret->at = y * a->x - x * a->y;
    *ret_bias = y < 0 || (y == 0 && x > 0) ? 0 : 1;
}

static int64_t edge_at(const struct edge *edge, int64_t x, int64_t y)
{
    return edge->at + edge->by_x * x + edge->by_y * y;
}

/* A bit for each sample of a pixel that is inside; from: the edges at its first step. */
static uint32_t coverage(const struct triangle *t, const int64_t from[3])
{
    enum xe_gpu_edram_samples samples = t->raster->state.samples;
    uint32_t n = xe_gpu_samples(samples), ret = 0;

    for (uint32_t i = 0; i < n; i++) {
        int32_t at[2];
        bool inside = true;

        xe__raster_sample(samples, i, at);
        for (uint32_t k = 0; k < 3; k++)
            inside =
                inside && from[k] + t->edge[k].by_x * at[0] + t->edge[k].by_y * at[1] >= t->bias[k];
        ret |= (uint32_t)inside << i;
    }
    return ret;
}

/* What an edge may have more at a step of a quad than at its first. */
static int64_t most_more(const struct edge *edge)
{
    return (edge->by_x > 0 ? edge->by_x * 2 * STEPS : 0) +
           (edge->by_y > 0 ? edge->by_y * 2 * STEPS : 0);
}

/* Of a row of quads, by number from the one at x on: those that aren't entirely outside of an edge.
 * first, end: those there are before. */
static void span(const struct edge *edge, int32_t x, int32_t y, int64_t *first, int64_t *end)
{
    int64_t at = edge_at(edge, (int64_t)x * STEPS, (int64_t)y * STEPS) + most_more(edge);
    int64_t by = edge->by_x * 2 * STEPS, n;

    if (by == 0 && at < 0)
        *end = *first;
    if (by > 0 && at < 0) {
        n = (by - 1 - at) / by;
        *first = n > *first ? n : *first;
    }
    if (by < 0) {
        n = at < 0 ? 0 : at / -by + 1;
        *end = n < *end ? n : *end;
    }
}

/* ---- between corners ------------------------------------------------------------------------ */

/* Parts of the three corners at a place, in steps. */
static void parts_at(const struct triangle *t, int64_t x, int64_t y, double ret[3])
{
    for (uint32_t i = 0; i < 3; i++)
        ret[i] = (double)edge_at(&t->edge[i], x, y) / t->area;
}

static void by_perspective(const struct triangle *t, double part[3])
{
    double sum = 0;

    for (uint32_t i = 0; i < 3; i++) {
        part[i] = part[i] * t->corner[i].inverse;
        sum += part[i];
    }
    for (uint32_t i = 0; i < 3; i++)
        part[i] = sum != 0 ? part[i] / sum : part[i];
}

/* Interpolators of which a bit is set in `which`. */
static void interpolate(const struct triangle *t, const double part[3], uint32_t which,
                        float ret[XE_RASTER_INTERPOLATORS][4])
{
    const struct xe__corner *c = t->corner;
    uint32_t smooth = t->raster->state.smooth;

    for (uint32_t i = 0; i < t->raster->shader.interpolators; i++) {
        if (!(which >> i & 1))
            continue;
        for (uint32_t k = 0; k < 4; k++)
            ret[i][k] = smooth >> i & 1
                            ? (float)(part[0] * c[0].out[i][k] + part[1] * c[1].out[i][k] +
                                      part[2] * c[2].out[i][k])
                            : t->origin->provoking[i][k];
    }
}

/* Where a pixel is looked at: its middle; or, if that isn't covered, the first sample that is. */
static void centroid(const struct triangle *t, uint32_t covered, int32_t ret[2])
{
    ret[0] = ret[1] = MIDDLE;
    if (covered && covered != (1u << xe_gpu_samples(t->raster->state.samples)) - 1)
        xe__raster_sample(t->raster->state.samples, (uint32_t)__builtin_ctz(covered), ret);
}

static void fill_pixel(const struct triangle *t, struct xe_raster_quad *quad, uint32_t i)
{
    int32_t x = quad->x + (int32_t)(i & 1), y = quad->y + (int32_t)(i >> 1), at[2];
    uint32_t centre = t->raster->state.centre;
    double part[3];

    parts_at(t, (int64_t)x * STEPS + MIDDLE, (int64_t)y * STEPS + MIDDLE, part);
    by_perspective(t, part);
    interpolate(t, part, centre, quad->in[i]);
    if (t->raster->state.samples != XE_GPU_1X) {
        centroid(t, quad->covered[i], at);
        parts_at(t, (int64_t)x * STEPS + at[0], (int64_t)y * STEPS + at[1], part);
        by_perspective(t, part);
    }
    interpolate(t, part, ~centre, quad->in[i]);
    if (quad->is_point) {
        quad->sprite[i][0] = ((float)x + 0.5f - t->origin->left) / t->origin->width;
        quad->sprite[i][1] = ((float)y + 0.5f - t->origin->top) / t->origin->height;
    }
}

static double absolute(double x)
{
    return x < 0 ? -x : x;
}

static void find_depths(const struct triangle *t, int32_t x, int32_t y, struct xe__depths *ret)
{
    const struct xe_raster_state *state = &t->raster->state;
    bool flat = t->origin->is_point || t->origin->is_line;
    uint32_t face = t->is_front ? 0 : 1;
    double part[3], steep;

    memset(ret, 0, sizeof(*ret));
    parts_at(t, (int64_t)x * STEPS + MIDDLE, (int64_t)y * STEPS + MIDDLE, part);
    for (uint32_t i = 0; i < 3; i++) {
        ret->at += part[i] * t->corner[i].z;
        ret->by_x += (double)(t->edge[i].by_x * STEPS) / t->area * t->corner[i].z;
        ret->by_y += (double)(t->edge[i].by_y * STEPS) / t->area * t->corner[i].z;
    }
    steep = absolute(ret->by_x) > absolute(ret->by_y) ? absolute(ret->by_x) : absolute(ret->by_y);
    if (flat ? state->offsets_lines : state->offsets[face])
        ret->offset = steep * state->offset_slope[face] + state->offset_depth[face];
}

/* ---- quads ---------------------------------------------------------------------------------- */

static bool is_in(const struct xe_gpu_rect *rect, int32_t x, int32_t y)
{
    return x >= rect->left && x < rect->right && y >= rect->top && y < rect->bottom;
}

static bool may_be_drawn(const struct xe_raster_state *state, int32_t x, int32_t y)
{
    uint32_t within = 0;

    if (!is_in(&state->scissor, x, y))
        return false;
    if (state->clip_rule == 0xFFFF)
        return true;
    for (uint32_t i = 0; i < XE_RASTER_CLIP_RECTS; i++)
        within |= (uint32_t)is_in(&state->clip_rect[i], x, y) << i;
    return state->clip_rule >> within & 1;
}

/* false: nothing of it is. */
static bool cover(const struct triangle *t, struct xe_raster_quad *quad)
{
    uint32_t any = 0;

    for (uint32_t i = 0; i < 4; i++) {
        int32_t x = quad->x + (int32_t)(i & 1), y = quad->y + (int32_t)(i >> 1);
        int64_t from[3];

        for (uint32_t k = 0; k < 3; k++)
            from[k] = edge_at(&t->edge[k], (int64_t)x * STEPS, (int64_t)y * STEPS);
        quad->covered[i] = 0;
        if (may_be_drawn(&t->raster->state, x, y))
            quad->covered[i] = (uint8_t)coverage(t, from);
        any |= quad->covered[i];
        t->raster->pixels += quad->covered[i] != 0;
    }
    return any;
}

static void fill_quad(const struct triangle *t, int32_t x, int32_t y)
{
    struct xe_raster_quad quad; /* all of it 0 would be most of the work of a small one */
    struct xe__depths depths;

    quad.x = x;
    quad.y = y;
    if (!cover(t, &quad))
        return;
    quad.is_front = t->is_front;
    quad.is_point = t->origin->is_point;
    quad.is_line = t->origin->is_line;
    quad.has_depth = false;
    quad.killed = quad.written = 0;
    memset(quad.sprite, 0, sizeof(quad.sprite));
    if (t->raster->state.z_test)
        find_depths(t, x, y, &depths);
    else
        memset(&depths, 0, sizeof(depths));
    if (!t->raster->state.is_depth_only) {
        for (uint32_t i = 0; i < 4; i++)
            fill_pixel(t, &quad, i);
        t->raster->shader.pixels(t->raster->shader.ctx, &quad);
    }
    xe__raster_output(t->raster, &quad, &depths);
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t most(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t pixel_of(int32_t steps)
{
    return steps >= 0 ? steps / STEPS : -((STEPS - 1 - steps) / STEPS);
}

static void fill(const struct triangle *t)
{
    const struct xe_gpu_rect *rect = &t->raster->state.scissor;
    const struct xe__corner *c = t->corner;
    int32_t left = pixel_of(least(c[0].x, least(c[1].x, c[2].x)));
    int32_t top = pixel_of(least(c[0].y, least(c[1].y, c[2].y)));
    int32_t right = pixel_of(most(c[0].x, most(c[1].x, c[2].x))) + 1;
    int32_t bottom = pixel_of(most(c[0].y, most(c[1].y, c[2].y))) + 1;

    left = most(left, rect->left) & ~1;
    top = most(top, rect->top) & ~1;
    right = least(right, rect->right);
    bottom = least(bottom, rect->bottom);
    for (int32_t y = top; y < bottom && xe__raster_goes_on(t->raster); y += 2) {
        int64_t first = 0, end = right > left ? (right - left + 1) / 2 : 0;

        for (uint32_t k = 0; k < 3; k++)
            span(&t->edge[k], left, y, &first, &end);
        t->raster->quads++;
        for (int64_t i = first; i < end && t->raster->quads < t->raster->most; i++) {
            t->raster->quads++;
            fill_quad(t, left + 2 * (int32_t)i, y);
        }
    }
}

void xe__raster_fill(struct xe_raster *raster, const struct xe__corner corner[3],
                     const struct xe__origin *origin)
{
    int64_t area = ((int64_t)corner[1].x - corner[0].x) * ((int64_t)corner[2].y - corner[0].y) -
                   ((int64_t)corner[2].x - corner[0].x) * ((int64_t)corner[1].y - corner[0].y);
    bool has_face = !origin->is_point && !origin->is_line, clockwise = area > 0;
    struct xe__corner c[3] = {corner[0], corner[clockwise ? 1 : 2], corner[clockwise ? 2 : 1]};
    struct triangle t = {.raster = raster, .corner = c, .origin = origin};

    t.is_front = !has_face || clockwise == raster->state.front_is_clockwise;
    raster->quads++;
    if (!area || (has_face && raster->state.culls[!t.is_front]))
        return;
    t.area = (double)(clockwise ? area : -area);
    for (uint32_t i = 0; i < 3; i++)
        make_edge(&c[(i + 1) % 3], &c[(i + 2) % 3], &t.edge[i], &t.bias[i]);
    fill(&t);
}
