/* From shaded positions to corners in the window: clipping, the viewport, the grid, facing.
 *
 * Clipping is on lines between vertices as they were shaded, plane by plane. What lies far outside
 * of the window is cut off, too, so that corners are small whole numbers. Where registers turn
 * clipping off, only that is done.
 * Guess: lines are parallelograms as wide as the registers say, at least a pixel, along their
 * steeper axis; a picture of a console's would settle it. */
#include "gpu/raster/raster_internal.h"

#define FAR_OUT 16384.0 /* pixels */
#define W_LEAST 0x1p-40
#define PLANES  (3 + XE_RASTER_PLANES + 4) /* w, near, far, the title's, around the window */
#define POLYGON (3 + PLANES)

struct point {
    double p[4]; /* clip space */
    float out[XE_RASTER_INTERPOLATORS][4];
};

/* ---- clip space ----------------------------------------------------------------------------- */

static bool is_number(double x)
{
    return x - x == 0;
}

/* false: it is nowhere. */
static bool to_clip_space(const struct xe_raster_state *state, const struct xe_raster_vertex *v,
                          struct point *ret)
{
    double w = state->w_given ? (double)v->position[3] : 1 / (double)v->position[3];

    if (!state->clips && !(w > 0))
        w = 1;
    for (uint32_t i = 0; i < 3; i++) {
        bool divided = i < 2 ? state->xy_divided : state->z_divided;

        ret->p[i] = divided ? v->position[i] * w : v->position[i];
    }
    ret->p[3] = w;
    for (uint32_t i = 0; i < XE_RASTER_INTERPOLATORS * 4; i++)
        ret->out[i / 4][i % 4] = v->out[i / 4][i % 4];
    return is_number(ret->p[0]) && is_number(ret->p[1]) && is_number(ret->p[2]) && is_number(w);
}

/* How far a point is on the inner side of a plane; the last four are the window's far edges. */
static double distance(const struct xe_raster_state *state, uint32_t plane, const double p[4])
{
    double axis, sum = 0;

    switch (plane) {
    case 0:
        return p[3] - W_LEAST;
    case 1:
        return state->from_minus_w ? p[2] + p[3] : p[2];
    case 2:
        return p[3] - p[2];
    default:
        break;
    }
    if (plane < 3 + XE_RASTER_PLANES) {
        for (uint32_t i = 0; i < 4; i++)
            sum += state->plane[plane - 3][i] * p[i];
        return sum;
    }
    plane -= 3 + XE_RASTER_PLANES;
    axis = p[plane / 2] * state->scale[plane / 2] +
           p[3] * ((double)state->offset[plane / 2] + state->window[plane / 2]);
    return FAR_OUT * p[3] + (plane & 1 ? -axis : axis);
}

static bool is_used(const struct xe_raster_state *state, uint32_t plane)
{
    if (plane >= 3 + XE_RASTER_PLANES)
        return true;
    if (plane < 3)
        return state->clips;
    return state->clips && !state->planes_cull && state->planes >> (plane - 3) & 1;
}

/* Where planes cull only: is all of it outside of one of them? */
static bool is_culled(const struct xe_raster_state *state, const struct point *point, uint32_t n)
{
    for (uint32_t plane = 0; state->clips && state->planes_cull && plane < XE_RASTER_PLANES;
         plane++) {
        uint32_t outside = 0;

        for (uint32_t i = 0; state->planes >> plane & 1 && i < n; i++)
            outside += distance(state, 3 + plane, point[i].p) < 0;
        if (n && outside == n)
            return true;
    }
    return false;
}

static void between(const struct point *a, const struct point *b, double part, struct point *ret)
{
    for (uint32_t i = 0; i < 4; i++)
        ret->p[i] = a->p[i] + (b->p[i] - a->p[i]) * part;
    for (uint32_t i = 0; i < XE_RASTER_INTERPOLATORS * 4; i++) {
        float from = a->out[i / 4][i % 4];

        ret->out[i / 4][i % 4] = from + (b->out[i / 4][i % 4] - from) * (float)part;
    }
}

static uint32_t cut(const struct xe_raster_state *state, uint32_t plane, const struct point *from,
                    uint32_t n, struct point *ret)
{
    uint32_t made = 0;

    for (uint32_t i = 0; i < n; i++) {
        const struct point *a = &from[i], *b = &from[(i + 1) % n];
        double here = distance(state, plane, a->p), there = distance(state, plane, b->p);

        if (here >= 0)
            ret[made++] = *a;
        if ((here >= 0) != (there >= 0) && made < POLYGON)
            between(a, b, here / (here - there), &ret[made++]);
    }
    return made;
}

static bool all_inside(const struct xe_raster_state *state, uint32_t plane,
                       const struct point *point, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!(distance(state, plane, point[i].p) >= 0))
            return false;
    return true;
}

/* In place: how many corners are left. */
static uint32_t clip(const struct xe_raster_state *state, struct point point[POLYGON], uint32_t n)
{
    struct point other[POLYGON];

    if (is_culled(state, point, n))
        return 0;
    for (uint32_t plane = 0; plane < PLANES && n; plane++) {
        if (!is_used(state, plane) || all_inside(state, plane, point, n))
            continue;
        n = cut(state, plane, point, n, other);
        for (uint32_t i = 0; i < n; i++)
            point[i] = other[i];
    }
    return n;
}

/* ---- the window ----------------------------------------------------------------------------- */

static double held(double x, double low, double high)
{
    return x > low ? x < high ? x : high : low; /* no number: low */
}

/* Guess: to cut is to go down, below 0 too, as a number of fixed point whose lowest bits are left
 * out does; to even and to odd is said of those in the middle between two. */
static int32_t rounded(enum xe_raster_round round, double steps)
{
    int32_t whole = (int32_t)steps;
    double part;

    whole -= whole > steps;
    part = steps - whole;
    if (round == XE_RASTER_CUT || part < 0.5)
        return whole;
    if (part > 0.5 || round == XE_RASTER_NEAREST)
        return whole + 1;
    return whole + ((whole & 1) == (round == XE_RASTER_TO_EVEN));
}

static int32_t snap(const struct xe_raster_state *state, enum xe_raster_round round, double x)
{
    double steps = held(x, -2 * FAR_OUT, 2 * FAR_OUT) * state->grid;

    return rounded(round, steps) * (XE__RASTER_STEPS / (int32_t)state->grid);
}

/* Of a vertex, in the window; then pixels' middles come to lie at halves. */
static int32_t place(const struct xe_raster_state *state, double x)
{
    return snap(state, state->round, x) + (int32_t)(state->middle * XE__RASTER_STEPS);
}

static void to_window(const struct xe_raster_state *state, const struct point *from, double ret[2])
{
    for (uint32_t i = 0; i < 2; i++)
        ret[i] = from->p[i] / from->p[3] * state->scale[i] + state->offset[i] + state->window[i];
}

static void make_corner(const struct xe_raster_state *state, const struct point *from,
                        struct xe__corner *ret)
{
    double window[2];

    to_window(state, from, window);
    ret->x = place(state, window[0]);
    ret->y = place(state, window[1]);
    ret->z = from->p[2] / from->p[3] * state->scale[2] + state->offset[2];
    ret->inverse = state->perspective ? 1 / from->p[3] : 1;
    ret->out = from->out;
}

/* Cylindrical: the others are moved by whole turns next to the first.
 * Guess: of triangles alone, and by no more than one turn. */
static void wrap(uint64_t wraps, struct point point[3])
{
    for (; wraps; wraps &= wraps - 1) {
        uint32_t bit = (uint32_t)__builtin_ctzll(wraps);
        float first = point[0].out[bit / 4][bit % 4];

        for (uint32_t i = 1; i < 3; i++) {
            float *at = &point[i].out[bit / 4][bit % 4], by = *at - first;

            if (by > 0.5f)
                *at -= 1;
            else if (by < -0.5f)
                *at += 1;
        }
    }
}

/* As the window sees them, whatever is cut off: 0 is the front, 1 the back. */
static uint32_t face_of(const struct xe_raster_state *state, const struct point point[3])
{
    double at[3][3], area;

    for (uint32_t i = 0; i < 3; i++) {
        const double *p = point[i].p;

        at[i][0] = p[0] * state->scale[0] + p[3] * state->offset[0];
        at[i][1] = p[1] * state->scale[1] + p[3] * state->offset[1];
        at[i][2] = p[3];
    }
    area = at[0][2] * (at[1][0] * at[2][1] - at[2][0] * at[1][1]);
    area = area + at[1][2] * (at[2][0] * at[0][1] - at[0][0] * at[2][1]);
    area = area + at[2][2] * (at[0][0] * at[1][1] - at[1][0] * at[0][1]);
    return (area > 0) == state->front_is_clockwise ? 0 : 1;
}

/* Its edges, or its corners.
 * Guess: each edge of each triangle that a primitive is made of, those inside of quads and fans,
 * too; as lines and points are, but culled as the triangle. */
static void outline(struct xe_raster *raster, const struct xe_raster_vertex *const v[3],
                    const struct xe__origin *origin, uint32_t face)
{
    for (uint32_t i = 0; i < 3 && !raster->state.culls[face]; i++) {
        const struct xe_raster_vertex *const edge[2] = {v[i], v[(i + 1) % 3]};

        if (raster->state.drawn[face] == XE_RASTER_POLYGON_LINES)
            xe__raster_line(raster, edge, origin->provoking);
        else
            xe__raster_point(raster, v[i]);
    }
}

void xe__raster_triangle(struct xe_raster *raster, const struct xe_raster_vertex *const v[3],
                         const struct xe__origin *origin)
{
    const enum xe_raster_polygon *drawn = raster->state.drawn;
    struct point point[POLYGON];
    struct xe__corner corner[POLYGON];
    uint32_t n = 3, face;

    for (uint32_t i = 0; i < 3; i++)
        if (!to_clip_space(&raster->state, v[i], &point[i]))
            return;
    if (drawn[0] != XE_RASTER_POLYGON_FILLS || drawn[1] != XE_RASTER_POLYGON_FILLS) {
        face = face_of(&raster->state, point);
        if (drawn[face] != XE_RASTER_POLYGON_FILLS) {
            outline(raster, v, origin, face);
            return;
        }
    }
    wrap(raster->state.wraps, point);
    n = clip(&raster->state, point, n);
    for (uint32_t i = 0; i < n; i++)
        make_corner(&raster->state, &point[i], &corner[i]);
    for (uint32_t i = 2; i < n; i++)
        xe__raster_fill(raster, (const struct xe__corner[3]){corner[0], corner[i - 1], corner[i]},
                        origin);
}

/* ---- what has no surface of its own --------------------------------------------------------- */

/* Four corners around; each is as far off its point as `by` says. */
static void fill_around(struct xe_raster *raster, const struct xe__corner at[4],
                        const double by[4][2], const struct xe__origin *origin)
{
    struct xe__corner corner[4];

    for (uint32_t i = 0; i < 4; i++) {
        corner[i] = at[i];
        corner[i].x += snap(&raster->state, XE_RASTER_NEAREST, by[i][0]);
        corner[i].y += snap(&raster->state, XE_RASTER_NEAREST, by[i][1]);
    }
    xe__raster_fill(raster, (const struct xe__corner[3]){corner[0], corner[1], corner[2]}, origin);
    xe__raster_fill(raster, (const struct xe__corner[3]){corner[0], corner[2], corner[3]}, origin);
}

/* A size of the vertex's own is for both sides. */
void xe__raster_point(struct xe_raster *raster, const struct xe_raster_vertex *v)
{
    const struct xe_raster_state *state = &raster->state;
    struct xe__origin origin = {.is_point = true, .provoking = v->out};
    struct point point[POLYGON];
    struct xe__corner at;
    double window[2], half[2];

    if (!to_clip_space(state, v, &point[0]) || clip(state, point, 1) != 1)
        return;
    make_corner(state, &point[0], &at);
    to_window(state, &point[0], window);
    for (uint32_t i = 0; i < 2; i++)
        half[i] = v->size >= 0 ? held(v->size, state->point_least, state->point_most) / 2
                               : state->point[i] / 2;
    origin.left = (float)(window[0] + state->middle - half[0]);
    origin.top = (float)(window[1] + state->middle - half[1]);
    origin.width = (float)(2 * half[0]);
    origin.height = (float)(2 * half[1]);
    fill_around(
        raster, (const struct xe__corner[4]){at, at, at, at},
        (const double[4][2]){
            {-half[0], -half[1]}, {half[0], -half[1]}, {half[0], half[1]}, {-half[0], half[1]}},
        &origin);
}

void xe__raster_line(struct xe_raster *raster, const struct xe_raster_vertex *const v[2],
                     const float (*provoking)[4])
{
    const struct xe_raster_state *state = &raster->state;
    const struct xe__origin origin = {.is_line = true, .provoking = provoking};
    struct point point[POLYGON];
    struct xe__corner a, b;
    double half = held(state->line, 1, FAR_OUT) / 2, by_x, by_y;

    if (!to_clip_space(state, v[0], &point[0]) || !to_clip_space(state, v[1], &point[1]) ||
        clip(state, point, 2) < 2)
        return;
    make_corner(state, &point[0], &a);
    make_corner(state, &point[1], &b);
    by_x = (double)b.x - a.x;
    by_y = (double)b.y - a.y;
    if (by_x * by_x > by_y * by_y)
        fill_around(raster, (const struct xe__corner[4]){a, b, b, a},
                    (const double[4][2]){{0, -half}, {0, -half}, {0, half}, {0, half}}, &origin);
    else
        fill_around(raster, (const struct xe__corner[4]){a, b, b, a},
                    (const double[4][2]){{-half, 0}, {-half, 0}, {half, 0}, {half, 0}}, &origin);
}
