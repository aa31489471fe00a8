/* From vertices to primitives.
 * Guess: an index that begins strips anew also ends a list's unfinished primitive; quads of a strip
 * are (0, 1, 3, 2) of each step (xenia does not draw these). */
#include "gpu/raster/raster_internal.h"

/* The vertices of the strip at hand that are still of use: the first, and the last three. */
struct strip {
    struct xe_raster *raster;
    struct xe_raster_vertex first, last[3]; /* last: by number modulo 3 */
    uint32_t n;                             /* so far */
};

static const struct xe_raster_vertex *back(const struct strip *s, uint32_t by)
{
    return &s->last[(s->n - 1 - by) % 3];
}

static bool is_killed(const struct xe_raster *raster, const struct xe_raster_vertex *const *v,
                      uint32_t n)
{
    uint32_t kills = 0;

    for (uint32_t i = 0; i < n; i++)
        kills += v[i]->kills;
    return raster->state.kills_by_any ? kills : kills == n;
}

/* The order says how it is seen; `keeps` is the one that flat interpolators go by, of a, b and c in
 * the strip's order. */
static void triangle(struct xe_raster *raster, const struct xe_raster_vertex *a,
                     const struct xe_raster_vertex *b, const struct xe_raster_vertex *c,
                     const struct xe_raster_vertex *keeps)
{
    const struct xe_raster_vertex *const v[3] = {a, b, c};
    const struct xe__origin origin = {.provoking = keeps->out};

    if (!is_killed(raster, v, 3))
        xe__raster_triangle(raster, v, &origin);
}

static void line(struct xe_raster *raster, const struct xe_raster_vertex *a,
                 const struct xe_raster_vertex *b)
{
    const struct xe_raster_vertex *const v[2] = {a, b};

    if (!is_killed(raster, v, 2))
        xe__raster_line(raster, v, raster->state.last_provokes ? b->out : a->out);
}

static const struct xe_raster_vertex *provoking(const struct xe_raster *raster,
                                                const struct xe_raster_vertex *first,
                                                const struct xe_raster_vertex *last)
{
    return raster->state.last_provokes ? last : first;
}

/* ---- rectangles ----------------------------------------------------------------------------- */

/* Of where the viewport brings them, for the longest side is the diagonal there. */
static double side2(const struct xe_raster *raster, const struct xe_raster_vertex *a,
                    const struct xe_raster_vertex *b)
{
    double sum = 0;

    for (uint32_t i = 0; i < 2; i++) {
        double by = ((double)a->position[i] - b->position[i]) * raster->state.scale[i];

        sum += by * by;
    }
    return sum;
}

static void opposite(const struct xe_raster_vertex *a, const struct xe_raster_vertex *b,
                     const struct xe_raster_vertex *corner, struct xe_raster_vertex *ret)
{
    *ret = *corner;
    for (uint32_t i = 0; i < 4; i++)
        ret->position[i] = a->position[i] + b->position[i] - corner->position[i];
    for (uint32_t i = 0; i < XE_RASTER_INTERPOLATORS * 4; i++)
        ret->out[i / 4][i % 4] =
            a->out[i / 4][i % 4] + b->out[i / 4][i % 4] - corner->out[i / 4][i % 4];
}

/* Three corners; the fourth lies across the longest side, and is seen from the same face. */
static void rectangle(struct xe_raster *raster, const struct xe_raster_vertex *v)
{
    double side[3];
    uint32_t corner = 0;
    struct xe_raster_vertex fourth;
    const struct xe_raster_vertex *a, *b;
    const struct xe_raster_vertex *keeps = provoking(raster, &v[0], &v[2]);

    for (uint32_t i = 0; i < 3; i++)
        side[i] = side2(raster, &v[(i + 1) % 3], &v[(i + 2) % 3]); /* opposite of i */
    for (uint32_t i = 1; i < 3; i++)
        if (side[i] > side[corner])
            corner = i;
    a = &v[(corner + 1) % 3];
    b = &v[(corner + 2) % 3];
    opposite(a, b, &v[corner], &fourth);
    triangle(raster, &v[corner], a, b, keeps);
    triangle(raster, &fourth, b, a, keeps);
}

/* ---- one vertex more ------------------------------------------------------------------------ */

/* last[0] to last[2] are in order when the third of a list has come. */
static void end_three(struct strip *s, uint32_t primitive)
{
    const struct xe_raster_vertex *v = s->last;

    if (s->n < 3)
        return;
    if (primitive == XE_RASTER_RECTANGLES)
        rectangle(s->raster, v);
    else
        triangle(s->raster, &v[0], &v[1], &v[2], provoking(s->raster, &v[0], &v[2]));
    s->n = 0;
}

/* Every second one is turned around. */
static void go_on_strip(const struct strip *s)
{
    const struct xe_raster_vertex *a = back(s, 2), *b = back(s, 1), *c = back(s, 0);

    if (s->n >= 3 && s->n & 1)
        triangle(s->raster, a, b, c, provoking(s->raster, a, c));
    else if (s->n >= 3)
        triangle(s->raster, a, c, b, provoking(s->raster, a, c));
}

static void go_on_fan(const struct strip *s)
{
    if (s->n >= 3)
        triangle(s->raster, back(s, 1), back(s, 0), &s->first,
                 provoking(s->raster, back(s, 1), back(s, 0)));
}

/* The fourth is the newest. */
static void end_four(struct strip *s)
{
    const struct xe_raster_vertex *keeps = provoking(s->raster, &s->first, back(s, 0));

    if (s->n < 4)
        return;
    triangle(s->raster, &s->first, back(s, 2), back(s, 1), keeps);
    triangle(s->raster, &s->first, back(s, 1), back(s, 0), keeps);
    s->n = 0;
}

/* Two more make a quad with the last two; the older of these is the first then. */
static void go_on_quads(struct strip *s)
{
    const struct xe_raster_vertex *keeps;

    if (s->n < 4 || s->n & 1)
        return;
    keeps = provoking(s->raster, &s->first, back(s, 0));
    triangle(s->raster, &s->first, back(s, 2), back(s, 0), keeps);
    triangle(s->raster, &s->first, back(s, 0), back(s, 1), keeps);
    s->first = *back(s, 1);
}

static void end_loop(const struct strip *s, uint32_t primitive)
{
    if (primitive == XE_RASTER_LINE_LOOP && s->n >= 2)
        line(s->raster, back(s, 0), &s->first);
}

static bool go_on(struct strip *s, uint32_t primitive)
{
    switch (primitive) {
    case XE_RASTER_POINTS:
        if (!back(s, 0)->kills)
            xe__raster_point(s->raster, back(s, 0));
        return true;
    case XE_RASTER_LINES:
        if (s->n % 2 == 0)
            line(s->raster, back(s, 1), back(s, 0));
        return true;
    case XE_RASTER_LINE_STRIP:
    case XE_RASTER_LINE_LOOP:
        if (s->n >= 2)
            line(s->raster, back(s, 1), back(s, 0));
        return true;
    case XE_RASTER_TRIANGLES:
    case XE_RASTER_TRIANGLES_W:
    case XE_RASTER_RECTANGLES:
        end_three(s, primitive);
        return true;
    case XE_RASTER_STRIP:
        go_on_strip(s);
        return true;
    case XE_RASTER_FAN:
    case XE_RASTER_POLYGON:
        go_on_fan(s);
        return true;
    case XE_RASTER_QUADS:
        end_four(s);
        return true;
    case XE_RASTER_QUAD_STRIP:
        go_on_quads(s);
        return true;
    default:
        return false;
    }
}

bool xe_raster_draw(struct xe_raster *raster, uint32_t primitive,
                    const struct xe_raster_vertices *vertices)
{
    struct strip s = {.raster = raster};

    xe__raster_find_masks(raster);
    for (uint32_t place = 0; place < vertices->count && xe__raster_goes_on(raster); place++) {
        struct xe_raster_vertex *v = &s.last[s.n % 3];

        if (!vertices->vertex(vertices->ctx, place, v)) {
            end_loop(&s, primitive);
            s.n = 0;
            continue;
        }
        if (s.n++ == 0)
            s.first = *v;
        if (!go_on(&s, primitive))
            return false;
    }
    end_loop(&s, primitive);
    return true;
}
