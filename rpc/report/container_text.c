/* A container as text for a terminal, from its JSON alone: what it says of itself, what is in it,
 * whether its hashes hold. Parts that are absent print nothing. */
#include <stdio.h>
#include <stdlib.h>

#include "rpc/report/report_text.h"

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value && *value ? value : "-";
}

static long long number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void line(FILE *out, const char *label, const char *value)
{
    fprintf(out, "  %-16s %s\n", label, value);
}

static void add_package(FILE *out, const json_t *package)
{
    if (!json_is_object(package))
        return;
    fprintf(out, "\npackage\n");
    line(out, "signed as", text(package, "magic"));
    fprintf(out, "  %-16s %s  %s\n", "content type", text(package, "content_type"),
            text(package, "content"));
    line(out, "display name", text(package, "display_name"));
    line(out, "title", text(package, "title_name"));
    line(out, "publisher", text(package, "publisher"));
    line(out, "description", text(package, "description"));
    line(out, "title id", text(package, "title_id"));
    line(out, "media id", text(package, "media_id"));
    line(out, "version", text(package, "version"));
    if (number(package, "disc_number"))
        fprintf(out, "  %-16s %lld of %lld\n", "disc", number(package, "disc_number"),
                number(package, "disc_count"));
}

static void add_checks(FILE *out, const json_t *container)
{
    const json_t *package = json_object_get(container, "package");
    const json_t *hashes = json_object_get(container, "hashes");

    fprintf(out, "\nchecks\n");
    if (json_is_object(package))
        line(out, "content id", text(package, "content_id"));
    if (json_is_object(hashes))
        fprintf(out, "  %-16s %lld good, %lld bad\n", "block hashes", number(hashes, "good"),
                number(hashes, "bad"));
    else
        line(out, "block hashes", "absent");
    if (json_is_string(json_object_get(hashes, "first")))
        line(out, "first bad", text(hashes, "first"));
    if (number(container, "damaged"))
        fprintf(out, "  %-16s %lld damaged\n", "folders", number(container, "damaged"));
    if (number(container, "cut"))
        fprintf(out, "  %-16s %lld cut off\n", "files", number(container, "cut"));
    if (json_is_string(json_object_get(container, "damage")))
        line(out, "first damaged", text(container, "damage"));
    line(out, "signature", "not checked");
}

char *xe_report_container_text(const json_t *container)
{
    char *result = NULL;
    size_t size;
    FILE *out = open_memstream(&result, &size);

    if (!out)
        return NULL;
    fprintf(out, "container\n");
    line(out, "kind", text(container, "kind"));
    fprintf(out, "  %-16s 0x%llx\n", "file size", number(container, "file_size"));
    fprintf(out, "  %-16s %lld file%s, %lld folder%s, %lld bytes\n", "volume",
            number(container, "files"), number(container, "files") == 1 ? "" : "s",
            number(container, "folders"), number(container, "folders") == 1 ? "" : "s",
            number(container, "bytes"));
    line(out, "executable", text(container, "executable"));
    add_package(out, json_object_get(container, "package"));
    add_checks(out, container);
    if (fclose(out) == 0)
        return result;
    free(result);
    return NULL;
}
