/* Which line of which file an address comes from: rows as a compiler writes them (a row holds until
 * the next one begins, or its sequence ends), files by number. */
#ifndef XE_LOADER_LINES_H
#define XE_LOADER_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "xe/error.h"
#include "xe/symbols.h"
#include "xe/types.h"

#define XE__LINES_MAX 0x800000u /* rows; ours: bounds memory at 128 MiB */

struct xe__line_row {
    xe_gva address;
    uint32_t order;
    uint32_t file; /* number; meaningless in a row that ends */
    uint32_t line; /* 0: none, or the sequence ends          */
};

struct xe__lines {
    struct xe__line_row *row; /* owned */
    size_t rows, row_room;
    char **file; /* owned, texts too */
    size_t files, file_room;
    struct xe_map numbers; /* of files by the hash of their names: 1 and up, as pointers */
    bool sorted;
};

void xe__loader_lines_fini(struct xe__lines *lines);

/* The number of a file; the same for the same name. Control characters in it become '?'. */
bool xe__loader_lines_file(struct xe__lines *lines, const char *name, uint32_t *ret,
                           struct xe_error *err);

/* Rows of one sequence come in ascending order, and in one go. line 0 ends what was before. */
bool xe__loader_lines_add(struct xe__lines *lines, xe_gva address, uint32_t file, uint32_t line,
                          struct xe_error *err);

/* Once all rows are there; before any look-up. */
void xe__loader_lines_sort(struct xe__lines *lines);

/* File and line of an address; false: no line covers it. */
bool xe__loader_lines_at(const struct xe__lines *lines, xe_gva address, struct xe_line *ret);

#endif
