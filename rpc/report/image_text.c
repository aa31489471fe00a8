/* An image as text for a terminal, from its JSON alone: what it is, whether its checksums hold,
 * what it asks of the console, where everything lies. Parts that are absent print nothing. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "rpc/report/report_text.h"

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value ? value : "-";
}

static json_int_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void line(FILE *out, const char *label, const char *value)
{
    fprintf(out, "  %-16s %s\n", label, value);
}

static void number_line(FILE *out, const char *label, json_int_t value)
{
    fprintf(out, "  %-16s 0x%llx\n", label, (unsigned long long)value);
}

/* "0x00000141  no forced reboot, insecure sockets"; the words of a list of names. */
static void names(FILE *out, const json_t *list)
{
    const char *between = "  ";
    const json_t *name;
    size_t i;

    json_array_foreach(list, i, name)
    {
        fprintf(out, "%s%s", between, json_string_value(name));
        between = ", ";
    }
    fputc('\n', out);
}

static void flags(FILE *out, const char *label, const json_t *field)
{
    fprintf(out, "  %-16s %s", label, text(field, "value"));
    names(out, json_object_get(field, "names"));
}

static void add_head(FILE *out, const json_t *image)
{
    fprintf(out, "image\n");
    line(out, "kind", text(image, "kind"));
    line(out, "sha256", text(image, "sha256"));
    number_line(out, "file size", number(image, "file_size"));
    line(out, "base", text(image, "base"));
    line(out, "entry", text(image, "entry"));
    number_line(out, "size", number(image, "size"));
    number_line(out, "page size", number(image, "page_size"));
    if (number(image, "stack_size"))
        number_line(out, "stack size", number(image, "stack_size"));
    if (number(image, "heap_size"))
        number_line(out, "heap size", number(image, "heap_size"));
    if (number(image, "function_count"))
        number_line(out, "functions", number(image, "function_count"));
}

static void add_checks(FILE *out, const json_t *checks)
{
    fprintf(out, "\nchecks\n");
    line(out, "header hash", text(checks, "header_hash"));
    line(out, "import digests", text(checks, "import_digests"));
    line(out, "block hashes", text(checks, "block_hashes"));
    line(out, "page hashes", text(checks, "page_hashes"));
}

static void add_privileges(FILE *out, const json_t *privileges)
{
    const json_t *word;
    size_t i;

    fprintf(out, "  %-16s", "privileges");
    json_array_foreach(json_object_get(privileges, "words"), i, word)
        fprintf(out, " %s", json_string_value(word));
    names(out, json_object_get(privileges, "names"));
}

static void add_xex(FILE *out, const json_t *xex)
{
    const json_t *header;
    size_t i;

    if (!json_is_object(xex))
        return;
    fprintf(out, "\nxex\n");
    line(out, "PE name", text(xex, "pe_name"));
    line(out, "encryption", text(xex, "encryption"));
    line(out, "compression", text(xex, "compression"));
    if (number(xex, "lzx_window"))
        number_line(out, "LZX window", number(xex, "lzx_window"));
    if (json_is_string(json_object_get(xex, "original_base")))
        line(out, "original base", text(xex, "original_base"));
    flags(out, "module flags", json_object_get(xex, "module_flags"));
    flags(out, "image flags", json_object_get(xex, "image_flags"));
    flags(out, "game region", json_object_get(xex, "game_region"));
    flags(out, "allowed media", json_object_get(xex, "allowed_media"));
    add_privileges(out, json_object_get(xex, "privileges"));
    fprintf(out, "\noptional headers\n");
    json_array_foreach(json_object_get(xex, "headers"), i, header) fprintf(
        out, "  %s %s  %s\n", text(header, "key"), text(header, "value"), text(header, "name"));
}

static void add_execution(FILE *out, const json_t *execution)
{
    if (!json_is_object(execution))
        return;
    fprintf(out, "\nexecution info\n");
    line(out, "title id", text(execution, "title_id"));
    line(out, "media id", text(execution, "media_id"));
    line(out, "savegame id", text(execution, "savegame_id"));
    line(out, "version", text(execution, "version"));
    line(out, "base version", text(execution, "base_version"));
    fprintf(out, "  %-16s %lld of %lld, platform %lld, type %lld\n", "disc",
            (long long)number(execution, "disc_number"), (long long)number(execution, "disc_count"),
            (long long)number(execution, "platform"),
            (long long)number(execution, "executable_type"));
}

static void add_tls(FILE *out, const json_t *tls)
{
    if (!json_is_object(tls))
        return;
    fprintf(out, "\nthread-local storage\n");
    number_line(out, "slots", number(tls, "slots"));
    line(out, "data", text(tls, "raw_address"));
    number_line(out, "data size", number(tls, "data_size"));
    number_line(out, "raw size", number(tls, "raw_size"));
}

/* --- lists: a heading with the count, then a line each; an empty list prints nothing --- */

static bool heading(FILE *out, const char *what, const json_t *list, json_int_t count)
{
    size_t shown = json_array_size(list);

    if (shown == 0)
        return false;
    fprintf(out, "\n%s (%lld)\n", what, (long long)count);
    if ((json_int_t)shown < count)
        fprintf(out, "  (the first %zu)\n", shown);
    return true;
}

static void add_places(FILE *out, const char *what, const json_t *list, json_int_t count)
{
    const json_t *entry;
    size_t i;

    if (!heading(out, what, list, count))
        return;
    json_array_foreach(list, i, entry)
    {
        fprintf(out, "  %s 0x%08llx", text(entry, "address"),
                (unsigned long long)number(entry, "size"));
        if (json_is_string(json_object_get(entry, "protect")))
            fprintf(out, " %s %-6s", text(entry, "protect"), text(entry, "kind"));
        fprintf(out, " %s\n", text(entry, "name"));
    }
}

static void add_spa(FILE *out, const json_t *spa)
{
    const json_t *item;
    size_t i;

    if (!json_is_object(spa))
        return;
    fprintf(out, "\ntitle\n");
    line(out, "name", text(spa, "name"));
    line(out, "language", text(spa, "language"));
    json_array_foreach(json_object_get(spa, "names"), i, item)
        line(out, text(item, "language"), text(item, "text"));
    if (json_is_object(json_object_get(spa, "icon")))
        fprintf(out, "  %-16s %s, 0x%llx bytes\n", "icon",
                text(json_object_get(spa, "icon"), "address"),
                (unsigned long long)number(json_object_get(spa, "icon"), "size"));
    if (json_is_string(json_object_get(spa, "damage")))
        line(out, "damage", text(spa, "damage"));
    item = json_object_get(spa, "achievements");
    if (!heading(out, "achievements", item, (json_int_t)json_array_size(item)))
        return;
    json_array_foreach(json_object_get(spa, "achievements"), i, item)
        fprintf(out, "  %5lld %4lld  %s: %s\n", (long long)number(item, "id"),
                (long long)number(item, "score"), text(item, "name"), text(item, "description"));
}

static void add_libraries(FILE *out, const json_t *list)
{
    const json_t *library;
    size_t i;

    if (!heading(out, "libraries", list, (json_int_t)json_array_size(list)))
        return;
    json_array_foreach(list, i, library)
        fprintf(out, "  %-16s version %s, at least %s; %lld imports, digest %s\n",
                text(library, "name"), text(library, "version"), text(library, "min_version"),
                (long long)number(library, "imports"), text(library, "digest"));
}

static void add_imports(FILE *out, const json_t *list)
{
    const json_t *import;
    size_t i;

    if (!heading(out, "imports", list, (json_int_t)json_array_size(list)))
        return;
    fprintf(out, "  %-16s %7s %-8s %-10s %-10s %s\n", "library", "ordinal", "kind", "slot", "thunk",
            "name");
    json_array_foreach(list, i, import)
        fprintf(out, "  %-16s 0x%05llx %-8s %-10s %-10s %s\n", text(import, "library"),
                (unsigned long long)number(import, "ordinal"), text(import, "kind"),
                text(import, "slot"), text(import, "thunk"), text(import, "name"));
}

static void add_exports(FILE *out, const json_t *list, json_int_t count)
{
    const json_t *entry;
    size_t i;

    if (!heading(out, "exports", list, count))
        return;
    json_array_foreach(list, i, entry)
        fprintf(out, "  0x%05llx %s %s\n", (unsigned long long)number(entry, "ordinal"),
                text(entry, "address"), text(entry, "name"));
}

static json_int_t size_of(const json_t *list)
{
    return (json_int_t)json_array_size(list);
}

char *xe_report_image_text(const json_t *image)
{
    const json_t *xex = json_object_get(image, "xex");
    const json_t *sections = json_object_get(image, "sections");
    const json_t *resources = json_object_get(image, "resources");
    char *whole = NULL;
    size_t size;
    FILE *out = open_memstream(&whole, &size);

    if (!out)
        return NULL;
    add_head(out, image);
    add_checks(out, json_object_get(image, "checks"));
    add_xex(out, xex);
    add_execution(out, json_object_get(xex, "execution"));
    add_spa(out, json_object_get(image, "spa"));
    add_tls(out, json_object_get(image, "tls"));
    add_places(out, "sections", sections, size_of(sections));
    add_places(out, "resources", resources, size_of(resources));
    add_libraries(out, json_object_get(image, "libraries"));
    add_imports(out, json_object_get(image, "imports"));
    add_exports(out, json_object_get(image, "exports"), number(image, "export_count"));
    add_places(out, "symbols", json_object_get(image, "symbols"), number(image, "symbol_count"));
    if (fclose(out)) {
        free(whole);
        return NULL;
    }
    return whole;
}
