/* Lines of addresses; see lines.h. */
#include "loader/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define NAME_MAX_SIZE 240u /* of a file: the end says most */

void xe__loader_lines_fini(struct xe__lines *lines)
{
    for (size_t i = 0; i < lines->files; i++)
        xe_free(lines->file[i]);
    xe_free(lines->file);
    xe_free(lines->row);
    xe_map_fini(&lines->numbers);
    *lines = (struct xe__lines){0};
}

static uint64_t hash_of(const char *text)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * 0x100000001B3u;
    return hash;
}

static char *copy_name(const char *name)
{
    size_t size = strlen(name);
    char *copy = xe_strdup(size > NAME_MAX_SIZE ? name + size - NAME_MAX_SIZE : name);

    for (char *c = copy; c && *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = '?';
    return copy;
}

static bool no_memory(struct xe_error *err)
{
    return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for lines");
}

/* Two names of one hash would only be two entries for one of them. */
bool xe__loader_lines_file(struct xe__lines *lines, const char *name, uint32_t *ret,
                           struct xe_error *err)
{
    char *copy = copy_name(name);
    uint64_t hash = copy ? hash_of(copy) : 0;
    uintptr_t known = (uintptr_t)xe_map_get(&lines->numbers, hash);
    bool same = known && copy && strcmp(lines->file[known - 1], copy) == 0;

    if (same) {
        xe_free(copy);
        *ret = (uint32_t)(known - 1);
        return true;
    }
    if (!copy || !xe_grow(&lines->file, &lines->file_room, lines->files, sizeof(*lines->file)) ||
        !xe_map_put(&lines->numbers, hash, (void *)(lines->files + 1))) {
        xe_free(copy);
        return no_memory(err);
    }
    *ret = (uint32_t)lines->files;
    lines->file[lines->files++] = copy;
    return true;
}

bool xe__loader_lines_add(struct xe__lines *lines, xe_gva address, uint32_t file, uint32_t line,
                          struct xe_error *err)
{
    if (lines->rows == XE__LINES_MAX)
        return xe_error_set(err, XE_ERR_RANGE_TOO_LARGE, "more than %u lines", XE__LINES_MAX);
    if (!xe_grow(&lines->row, &lines->row_room, lines->rows, sizeof(*lines->row)))
        return no_memory(err);
    lines->row[lines->rows] = (struct xe__line_row){address, (uint32_t)lines->rows, file, line};
    lines->rows++;
    lines->sorted = false;
    return true;
}

/* Where one sequence ends another may begin: its rows come behind, and count. */
static int compare(const void *a, const void *b)
{
    const struct xe__line_row *left = a, *right = b;

    if (left->address != right->address)
        return left->address < right->address ? -1 : 1;
    if (!left->line != !right->line)
        return left->line ? 1 : -1;
    return left->order < right->order ? -1 : 1;
}

void xe__loader_lines_sort(struct xe__lines *lines)
{
    if (lines->rows)
        qsort(lines->row, lines->rows, sizeof(*lines->row), compare);
    lines->sorted = true;
}

bool xe__loader_lines_at(const struct xe__lines *lines, xe_gva address, struct xe_line *ret)
{
    size_t low = 0, high = lines->sorted ? lines->rows : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lines->row[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || !lines->row[low - 1].line)
        return false;
    *ret = (struct xe_line){lines->file[lines->row[low - 1].file], lines->row[low - 1].line};
    return true;
}
