/* Any result as people read it: its members in columns, a table for each list of objects in it. The
 * order, and the units, are those of the rows that describe the result (rpc/api/member.h), so no
 * method needs a table of its own; what has no rows comes in the order in which it came. A terminal
 * gets the columns that fit, and is told of the others; anything else gets all. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/printable.h"

/* ---- members in order ----------------------------------------------------------------------- */

typedef void visit(void *ctx, const char *path, const struct xe_rpc_type *type, const char *unit,
                   const json_t *value);

static void walk(const struct xe_rpc_type *type, const json_t *object, const char *prefix,
                 visit *fn, void *ctx);

static bool is_listed(const struct xe_rpc_type *type, const char *name)
{
    struct xe_rpc_slot slot;

    for (size_t i = 0; type && (slot = xe_rpc_slot(type, i)).field; i++)
        if (!strcmp(slot.field->name, name))
            return true;
    return false;
}

/* An object's members stand for it, by their paths: engine.asked. */
static void walk_member(const struct xe_rpc_type *type, const char *unit, const json_t *value,
                        const char *prefix, const char *name, visit *fn, void *ctx)
{
    char path[256];

    snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", name);
    if (json_object_size(value) > 0)
        walk(type, value, path, fn, ctx);
    else
        fn(ctx, path, type, unit, value);
}

static void walk(const struct xe_rpc_type *type, const json_t *object, const char *prefix,
                 visit *fn, void *ctx)
{
    bool map = type && type->kind == XE_RPC_KIND_MAP;
    struct xe_rpc_slot slot;
    const char *name;
    json_t *value;

    for (size_t i = 0; type && !map && (slot = xe_rpc_slot(type, i)).field; i++) {
        value = json_object_get(object, slot.field->name);
        if (value)
            walk_member(slot.field->type, slot.unit, value, prefix, slot.field->name, fn, ctx);
    }
    json_object_foreach((json_t *)object, name, value)
    {
        if (map)
            walk_member(type->items->type, NULL, value, prefix, name, fn, ctx);
        else if (!is_listed(type, name))
            walk_member(NULL, NULL, value, prefix, name, fn, ctx);
    }
}

/* ---- cells ---------------------------------------------------------------------------------- */

static bool is_list_of_objects(const json_t *value)
{
    return json_is_object(json_array_get(value, 0));
}

static void put_cell(FILE *to, const json_t *value)
{
    const json_t *item;
    char *text;
    size_t i;

    if (is_list_of_objects(value)) {
        fprintf(to, "(%zu)", json_array_size(value));
    } else if (json_array_size(value) > 0) {
        json_array_foreach(value, i, item)
        {
            fputs(i ? "," : "", to);
            put_cell(to, item);
        }
    } else if (json_is_string(value)) {
        text = xe_printable(json_string_value(value));
        fputs(text ? text : "", to);
        free(text);
    } else if (json_is_number(value) || json_is_boolean(value)) {
        json_dumpf(value, to, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
    } else {
        fputc('-', to);
    }
}

/* New; "" without memory. */
static json_t *cell(const json_t *value)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    json_t *string;

    if (to) {
        put_cell(to, value);
        fclose(to);
    }
    string = json_string_nocheck(text ? text : "");
    free(text);
    return string;
}

/* Characters, not bytes. */
static int width_of(const char *text)
{
    int width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static void put_padded(FILE *to, const char *text, int width, bool right)
{
    int pad = width - width_of(text);

    fprintf(to, "%*s%s%*s", right && pad > 0 ? pad : 0, "", text, right || pad < 0 ? 0 : pad, "");
}

/* ---- tables --------------------------------------------------------------------------------- */

struct table {
    json_t *columns; /* owned: paths in order                          */
    json_t *rows;    /* owned: objects of cells by path                */
    json_t *row;     /* borrowed: the one that is being filled         */
    size_t at;       /* where a column that is new in it would stand   */
};

static size_t column_of(const json_t *columns, const char *path)
{
    const json_t *column;
    size_t i;

    json_array_foreach(columns, i, column)
    {
        if (!strcmp(json_string_value(column), path))
            break;
    }
    return i;
}

/* A column that the rows before didn't have stands behind its neighbour in this one. */
static void add_to_row(void *ctx, const char *path, const struct xe_rpc_type *type,
                       const char *unit, const json_t *value)
{
    struct table *table = ctx;
    size_t at = column_of(table->columns, path);

    (void)type;
    (void)unit;
    if (at == json_array_size(table->columns)) {
        at = table->at;
        json_array_insert_new(table->columns, at, json_string(path));
    }
    table->at = at + 1;
    json_object_set_new_nocheck(table->row, path, cell(value));
}

static const char *text_at(const json_t *row, const json_t *column)
{
    const char *text = json_string_value(json_object_get(row, json_string_value(column)));

    return text ? text : "";
}

static bool is_number(const char *text)
{
    return strspn(text, "-0123456789.") == strlen(text);
}

struct column {
    const json_t *path;
    int width;
    bool right;
};

static struct column measure(const json_t *rows, const json_t *path)
{
    struct column column = {path, width_of(json_string_value(path)), true};
    const json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const char *text = text_at(row, path);
        int width = width_of(text);

        column.width = width > column.width ? width : column.width;
        column.right &= is_number(text);
    }
    return column;
}

/* Of the terminal; 0: it is none. */
static int room_on(FILE *to)
{
    struct winsize size;

    return ioctl(fileno(to), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* How many columns fit; one in any case. */
static size_t that_fit(const struct column *columns, size_t count, int room)
{
    int used = 0;

    for (size_t i = 0; i < count; i++) {
        used += columns[i].width + (i ? 2 : 0);
        if (i && room && used > room)
            return i;
    }
    return count;
}

static void put_cells(FILE *to, const struct column *columns, size_t count, const json_t *row)
{
    char head[256];

    for (size_t i = 0; i < count; i++) {
        const char *text = row ? text_at(row, columns[i].path) : head;

        snprintf(head, sizeof(head), "%s", json_string_value(columns[i].path));
        for (char *c = head; *c; c++)
            *c = (char)toupper((unsigned char)*c);
        fputs(i ? "  " : "", to);
        put_padded(to, text, i + 1 < count || columns[i].right ? columns[i].width : 0,
                   columns[i].right);
    }
    fputc('\n', to);
}

static void put_rows(FILE *to, const struct table *table)
{
    size_t all = json_array_size(table->columns), count, i;
    struct column *columns = calloc(all + 1, sizeof(*columns));
    const json_t *row;

    if (!columns)
        return;
    for (size_t c = 0; c < all; c++)
        columns[c] = measure(table->rows, json_array_get(table->columns, c));
    count = that_fit(columns, all, room_on(to));
    fputs(ctl_colour(to) ? "\033[1m" : "", to);
    put_cells(to, columns, count, NULL);
    fputs(ctl_colour(to) ? "\033[0m" : "", to);
    json_array_foreach(table->rows, i, row) put_cells(to, columns, count, row);
    if (count < all)
        fprintf(to, "(%zu more columns; --format=yaml shows all)\n", all - count);
    free(columns);
}

static void put_table(FILE *to, const struct xe_rpc_type *type, const json_t *list)
{
    struct table table = {.columns = json_array(), .rows = json_array()};
    const struct xe_rpc_type *of = type && type->items ? type->items->type : NULL;
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        table.row = json_object();
        table.at = 0;
        json_array_append_new(table.rows, table.row);
        walk(of, item, "", add_to_row, &table);
    }
    put_rows(to, &table);
    json_decref(table.columns);
    json_decref(table.rows);
}

/* ---- an object ------------------------------------------------------------------------------ */

struct page {
    FILE *to;
    int width;  /* of the longest path                 */
    bool first; /* nothing was printed yet             */
    bool bare;  /* a page of items: its list says all  */
};

static void measure_member(void *ctx, const char *path, const struct xe_rpc_type *type,
                           const char *unit, const json_t *value)
{
    struct page *page = ctx;
    int width = width_of(path);

    (void)type;
    (void)unit;
    if (!is_list_of_objects(value) && width > page->width)
        page->width = width;
}

static void put_member(void *ctx, const char *path, const struct xe_rpc_type *type,
                       const char *unit, const json_t *value)
{
    struct page *page = ctx;

    (void)type;
    if (page->bare || is_list_of_objects(value))
        return;
    put_padded(page->to, path, page->width, false);
    fputs("  ", page->to);
    put_cell(page->to, value);
    if (unit && *unit && json_is_number(value))
        fprintf(page->to, " %s", unit);
    fputc('\n', page->to);
    page->first = false;
}

static void put_list(void *ctx, const char *path, const struct xe_rpc_type *type, const char *unit,
                     const json_t *value)
{
    struct page *page = ctx;

    (void)unit;
    if (!is_list_of_objects(value))
        return;
    if (!page->first)
        fputc('\n', page->to);
    if (!page->bare || strcmp(path, "items") != 0)
        fprintf(page->to, "%s:\n", path);
    put_table(page->to, type, value);
    page->first = false;
}

void ctl_print_table(FILE *to, const struct xe_rpc_type *type, const json_t *value)
{
    struct page page = {to, 0, true, json_is_array(json_object_get(value, "items"))};

    if (is_list_of_objects(value)) {
        put_table(to, type, value);
    } else if (json_is_object(value)) {
        walk(type, value, "", measure_member, &page);
        walk(type, value, "", put_member, &page);
        walk(type, value, "", put_list, &page);
    } else {
        put_cell(to, value);
        fputc('\n', to);
    }
}
