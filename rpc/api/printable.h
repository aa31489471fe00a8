/* Text that somebody else chose, made fit for a terminal or a log: a title, a file or a worker may
 * write control characters into names and lines, which a terminal would obey. */
#ifndef XE_RPC_API_PRINTABLE_H
#define XE_RPC_API_PRINTABLE_H

#include <jansson.h>

/* A copy in which each control character (C0 but tab, DEL, C1, and those that turn the direction of
 * writing) is shown as \n, \r, \xNN or \uNNNN, and each byte that is no UTF-8 as \xNN. Owned by the
 * caller (free); NULL without memory. Doing it twice changes nothing more. */
char *xe_printable(const char *text);

/* The same for every string below a value, in place; keys are left. */
void xe_printable_json(json_t *value);

#endif
