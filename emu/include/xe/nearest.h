/* Names near a wrong one, for "did you mean": of methods, commands, options, symbols.
 *
 * Near is a name that few edits make of the wanted one (insert, drop, change a letter, swap two
 * neighbours; case counts for nothing), or one that begins or ends as the wanted one does
 * ("thread.diag", "diagnostic"). What was wanted, and the names of a title, may be anything: long
 * ones are near nothing, and the work for one name is bounded. */
#ifndef XE_NEAREST_H
#define XE_NEAREST_H

#include <stddef.h>

#define XE_NEAREST_MAX     3u
#define XE_NEAREST_LONGEST 64u  /* bytes of a name; longer ones are near nothing */
#define XE_NEAREST_TEXT    256u /* room that xe_nearest_text may need */

struct xe_nearest {
    char wanted[XE_NEAREST_LONGEST + 2]; /* what is cut off was too long anyway */
    const char *name[XE_NEAREST_MAX];    /* borrowed, best first */
    unsigned rank[XE_NEAREST_MAX];       /* of name[i]; less is nearer */
    size_t count;
};

/* Offer names one by one; what is near is kept, borrowed. Of equally near ones the first wins. */
void xe_nearest_init(struct xe_nearest *nearest, const char *wanted);
/* A place in a title: without a library before ('!') and an offset behind ("+0x10"). */
void xe_nearest_init_place(struct xe_nearest *nearest, const char *place);
void xe_nearest_offer(struct xe_nearest *nearest, const char *name);

/* The same for a list: how many of ret are set. */
size_t xe_nearest(const char *wanted, const char *const *names, size_t count,
                  const char *ret[XE_NEAREST_MAX]);

/* "; did you mean 'a', 'b' or 'c'?", or "" without names. Returns text. Names that would not do on
 * a terminal are left out. */
const char *xe_nearest_text(const char *const *names, size_t count, char text[XE_NEAREST_TEXT]);

#endif
