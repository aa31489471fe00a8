/* Names near a wrong one; see xe/nearest.h. */
#include "xe/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LONGEST   XE_NEAREST_LONGEST
#define EDITS_MAX 6u
#define FAR       (EDITS_MAX + 1)
#define PART_MIN  3u /* letters that begin or end a name, to tell anything; and a quarter of it */
#define RANK      (LONGEST + 1)
#define PART_RANK 3u         /* between one edit and two, which have ranks 2 and 4 */
#define WORSE     (4 * RANK) /* so much farther than the best is not worth a word */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static int lower(char c)
{
    return tolower((unsigned char)c);
}

/* Edits that make b of a, or FAR if that is more than limit. Only a band around the diagonal can
 * matter; rows are those of the letters of a, of which the last two are needed for swaps. */
static unsigned edits(const char *a, size_t size_a, const char *b, size_t size_b, unsigned limit)
{
    unsigned row[3][LONGEST + 1];

    for (size_t j = 0; j <= size_b; j++)
        row[0][j] = least((unsigned)j, FAR);
    for (size_t i = 1; i <= size_a; i++) {
        unsigned *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        size_t from = i > limit ? i - limit : 1;
        size_t to = i + limit < size_b ? i + limit : size_b;
        unsigned best = now[from - 1] = from == 1 ? least((unsigned)i, FAR) : FAR;

        for (size_t j = from; j <= to; j++) {
            unsigned above = j < i + limit ? last[j] : FAR;
            unsigned n = least(last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1])),
                               least(above, now[j - 1]) + 1);

            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                n = least(n, before[j - 2] + 1);
            now[j] = least(n, FAR);
            best = least(best, now[j]);
        }
        if (best > limit)
            return FAR;
    }
    return row[size_a % 3][size_b] <= limit ? row[size_a % 3][size_b] : FAR;
}

/* A third of the letters may be wrong, and at least one of two. */
static unsigned edits_allowed(size_t size)
{
    return size == 2 ? 1 : least((unsigned)size / 3, EDITS_MAX);
}

/* Does the shorter one begin or end the longer one? */
static int is_part(const char *a, size_t size_a, const char *b, size_t size_b)
{
    const char *part = size_a < size_b ? a : b, *whole = size_a < size_b ? b : a;
    size_t size = size_a < size_b ? size_a : size_b, rest = size_a + size_b - 2 * size;

    return size >= PART_MIN && 4 * size >= size_a + size_b - size &&
           (strncasecmp(part, whole, size) == 0 || strncasecmp(part, whole + rest, size) == 0);
}

/* How near; 0: not at all. The difference in length decides between equally good ones. */
static unsigned rank_of(const char *wanted, const char *name)
{
    size_t size_w = strnlen(wanted, LONGEST + 1), size_n = strnlen(name, LONGEST + 1);
    size_t difference = size_w < size_n ? size_n - size_w : size_w - size_n;
    unsigned n = FAR, limit;

    if (size_w > LONGEST || size_n > LONGEST)
        return 0;
    limit = edits_allowed(size_w);
    if (difference <= limit)
        n = edits(wanted, size_w, name, size_n, limit);
    if (2 * n > PART_RANK && is_part(wanted, size_w, name, size_n))
        return PART_RANK * RANK + (unsigned)difference + 1;
    return n == FAR ? 0 : 2 * n * RANK + (unsigned)difference + 1;
}

void xe_nearest_init(struct xe_nearest *nearest, const char *wanted)
{
    *nearest = (struct xe_nearest){0};
    snprintf(nearest->wanted, sizeof(nearest->wanted), "%s", wanted);
}

void xe_nearest_init_place(struct xe_nearest *nearest, const char *place)
{
    const char *mark = strrchr(place, '!'), *name = mark && mark[1] ? mark + 1 : place;
    char *plus;

    xe_nearest_init(nearest, name);
    plus = strrchr(nearest->wanted, '+');
    if (plus && isdigit((unsigned char)plus[1]))
        *plus = '\0';
}

static int is_kept(const struct xe_nearest *nearest, const char *name)
{
    for (size_t i = 0; i < nearest->count; i++)
        if (strcmp(nearest->name[i], name) == 0)
            return 1;
    return 0;
}

void xe_nearest_offer(struct xe_nearest *nearest, const char *name)
{
    unsigned rank = rank_of(nearest->wanted, name);
    size_t at = nearest->count;

    if (rank == 0 || (at > 0 && rank > nearest->rank[0] + WORSE) || is_kept(nearest, name))
        return;
    while (at > 0 && rank < nearest->rank[at - 1])
        at--;
    if (at == XE_NEAREST_MAX)
        return;
    nearest->count += nearest->count < XE_NEAREST_MAX;
    for (size_t i = nearest->count - 1; i > at; i--) {
        nearest->name[i] = nearest->name[i - 1];
        nearest->rank[i] = nearest->rank[i - 1];
    }
    nearest->name[at] = name;
    nearest->rank[at] = rank;
    while (nearest->rank[nearest->count - 1] > nearest->rank[0] + WORSE)
        nearest->count--;
}

size_t xe_nearest(const char *wanted, const char *const *names, size_t count,
                  const char *ret[XE_NEAREST_MAX])
{
    struct xe_nearest nearest;

    xe_nearest_init(&nearest, wanted);
    for (size_t i = 0; i < count; i++)
        xe_nearest_offer(&nearest, names[i]);
    for (size_t i = 0; i < nearest.count; i++)
        ret[i] = nearest.name[i];
    return nearest.count;
}

static int is_plain(const char *name)
{
    for (; *name; name++)
        if (*name <= ' ' || *name > '~' || *name == '\'')
            return 0;
    return 1;
}

const char *xe_nearest_text(const char *const *names, size_t count, char text[XE_NEAREST_TEXT])
{
    const char *plain[XE_NEAREST_MAX];
    size_t used = 0, n = 0;

    for (size_t i = 0; i < count && n < XE_NEAREST_MAX; i++)
        if (strnlen(names[i], LONGEST + 1) <= LONGEST && is_plain(names[i]))
            plain[n++] = names[i];
    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, XE_NEAREST_TEXT - used, "%s'%s'%s",
                                 i == 0       ? "; did you mean "
                                 : i + 1 == n ? " or "
                                              : ", ",
                                 plain[i], i + 1 == n ? "?" : "");
    return text;
}
