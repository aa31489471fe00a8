/* Patterns of listings. Source: names with * and ? as Windows documents them; a pattern without any
 * is a name. Nothing here goes back further than to the newest star, so a hostile pattern takes the
 * product of the lengths at most. */
#include <string.h>

#include "vfs/vfs.h"

static bool same(char a, char b)
{
    return xe_vfs_upcase((uint8_t)a) == xe_vfs_upcase((uint8_t)b);
}

bool xe_vfs_pattern_fits(const char *pattern, const char *name)
{
    const char *star = NULL, *retry = NULL;

    if (!*pattern || strcmp(pattern, "*.*") == 0)
        return true;
    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            retry = name;
        } else if (*pattern && (*pattern == '?' || same(*pattern, *name))) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}
