/* Patches that the chip divides evenly: triangles and quads, into `level` parts along each edge. A
 * vertex's program gets where in its patch a vertex is, and which patch that is: by number, or by
 * the numbers of its corners.
 * Source: what xenia knows of the programs' inputs. Guess: how the inside is divided, into rows of
 * equal parts; so long as a patch is flat that doesn't show. */
#include "base/bits.h"
#include "gpu/render/render_internal.h"

#define PATH_CNTL        0x2284u
#define MAX_LEVEL        0x2286u /* a float: parts but one */
#define PATH_DIVIDES     1u
#define EXPLICIT         1u
#define TRIANGLES        4u
#define QUADS            13u
#define TRIANGLE_PATCHES 0x11u
#define QUAD_PATCHES     0x12u
#define LEVEL_MOST       16u

static bool is_quads(uint32_t primitive)
{
    return primitive == QUADS || primitive == QUAD_PATCHES;
}

/* Indices of a patch: those of its corners, or its own. */
static uint32_t indices_of(uint32_t primitive)
{
    return primitive == TRIANGLES ? 3 : primitive == QUADS ? 4 : 1;
}

static uint32_t level_of(float parts_but_one)
{
    if (!(parts_but_one > 0))
        return 1;
    return parts_but_one < LEVEL_MOST - 1 ? (uint32_t)parts_but_one + 1 : LEVEL_MOST;
}

static uint32_t vertices_of(uint32_t primitive, uint32_t level)
{
    return level * level * (is_quads(primitive) ? 6 : 3);
}

bool xe__render_divides(const uint32_t *reg, uint32_t initiator)
{
    uint32_t primitive = initiator & 63;

    if ((initiator >> 8 & 3) != EXPLICIT)
        return false;
    return primitive == TRIANGLE_PATCHES || primitive == QUAD_PATCHES ||
           ((primitive == TRIANGLES || primitive == QUADS) && (reg[PATH_CNTL] & 3) == PATH_DIVIDES);
}

void xe__render_divide(struct xe__draw *d)
{
    uint32_t primitive = d->draw->initiator & 63;

    d->level = level_of(xe_float_of_bits(d->draw->reg[MAX_LEVEL]));
    d->places = d->places / indices_of(primitive) * vertices_of(primitive, d->level);
}

/* ---- a vertex ------------------------------------------------------------------------------- */

/* Parts of the three corners at the k-th corner of a small triangle: they lie in rows away from
 * the first corner, one more apart from the other in each, every second one upside down. */
static void triangle_at(uint32_t level, uint32_t small, uint32_t k, float ret[3])
{
    uint32_t row = 0, column;

    for (; small > 2 * row; row++)
        small -= 2 * row + 1;
    column = small / 2 + (small % 2 ? k > 0 : k > 1);
    row += small % 2 ? k == 1 : k > 0;
    ret[0] = (float)(level - row) / (float)level;
    ret[1] = (float)(row - column) / (float)level;
    ret[2] = (float)column / (float)level;
}

/* Two triangles of each cell; its corners go around, as the patch's do. */
static void quad_at(uint32_t level, uint32_t cell, uint32_t k, float ret[2])
{
    static const uint8_t corner[6] = {0, 1, 2, 0, 2, 3};
    uint32_t right = corner[k] == 1 || corner[k] == 2, down = corner[k] >= 2;

    ret[0] = (float)(cell % level + right) / (float)level;
    ret[1] = (float)(cell / level + down) / (float)level;
}

/* The corners' numbers behind what says where; a patch has one, before it in a quad. */
static void give(uint32_t primitive, const float at[3], const float number[4], float ret[2][4])
{
    switch (primitive) {
    case TRIANGLES:
    case TRIANGLE_PATCHES:
        for (uint32_t i = 0; i < 3; i++) {
            ret[0][i] = at[2 - i];
            ret[1][i] = number[i];
        }
        return;
    case QUADS:
        ret[0][0] = at[0];
        ret[0][1] = at[1];
        ret[0][2] = number[0];
        for (uint32_t i = 0; i < 3; i++)
            ret[1][i] = number[1 + i];
        return;
    default:
        ret[0][0] = number[0];
        ret[0][1] = at[0];
        ret[0][2] = at[1];
        return;
    }
}

void xe__render_patch_vertex(const struct xe__draw *d, uint32_t place, float ret[2][4])
{
    uint32_t primitive = d->draw->initiator & 63, n = indices_of(primitive);
    uint32_t patch = place / vertices_of(primitive, d->level);
    uint32_t within = place % vertices_of(primitive, d->level), index;
    float at[3] = {0}, number[4] = {0};

    if (is_quads(primitive))
        quad_at(d->level, within / 6, within % 6, at);
    else
        triangle_at(d->level, within / 3, within % 3, at);
    for (uint32_t i = 0; i < n; i++)
        number[i] = xe__render_index(d, patch * n + i, &index) ? (float)index : 0;
    give(primitive, at, number, ret);
}
