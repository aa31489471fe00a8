/* --patch FILE: lines of "ADDRESS VALUE", words to be changed before a title begins. What is wrong
 * with one is told with line and column. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

#define LINE_MAX_SIZE 1024

struct place {
    const char *path;
    unsigned line;
};

static bool wrong(const struct place *place, const char *line, const char *at, const char *expected)
{
    ctl_fail("%s:%u:%u: expected %s, found '%.*s'", place->path, place->line,
             (unsigned)(at - line) + 1, expected, (int)strcspn(at, " \t\n#"), at);
    return false;
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r");
}

/* A word of 32 bits in C's notation, or 8 digits without it; behind it a blank or the end. */
static bool word(const char **at, uint32_t *ret)
{
    size_t digits = strspn(*at, "0123456789abcdefABCDEF");
    unsigned long long value;
    char *end;

    if (!isdigit((unsigned char)**at) && digits != 8)
        return false;
    value = strtoull(*at, &end, digits == 8 ? 16 : 0);
    if (value > UINT32_MAX || !strchr(" \t\r\n#", *end))
        return false;
    *ret = (uint32_t)value;
    *at = end;
    return true;
}

static bool take_line(const struct place *place, const char *line, json_t *patches)
{
    const char *at = skip_blanks(line), *begin = at;
    uint32_t address, value;

    if (!*at || strchr("\n#", *at))
        return true;
    if (!word(&at, &address) || address % 4)
        return wrong(place, line, begin, "an address that is a multiple of 4, as 0x82001234");
    at = begin = skip_blanks(at);
    if (!word(&at, &value))
        return wrong(place, line, begin, "a value of 32 bits, as 0x60000000");
    at = skip_blanks(at);
    if (*at && !strchr("\n#", *at))
        return wrong(place, line, at, "the end of the line, or a comment (#)");
    json_array_append_new(patches, json_pack("{s:I, s:I}", "address", (json_int_t)address, "value",
                                             (json_int_t)value));
    return true;
}

static bool take_file(const char *path, json_t *patches)
{
    FILE *file = fopen(path, "re");
    struct place place = {.path = path};
    char line[LINE_MAX_SIZE];
    bool ok = file;

    if (!file)
        ctl_fail("'%s' can't be read", path);
    while (ok && fgets(line, sizeof(line), file)) {
        place.line++;
        if (!strchr(line, '\n') && !feof(file))
            ok = wrong(&place, line, line, "a line of less than 1024 characters");
        else
            ok = take_line(&place, line, patches);
    }
    if (file)
        fclose(file);
    return ok;
}

bool ctl_patches(struct ctl *ctl)
{
    json_t *patches = json_array();
    bool ok = true;

    for (uint32_t i = 0; ok && i < ctl->o.patch_files; i++)
        ok = take_file(ctl->o.patch_file[i], patches);
    json_decref(ctl->o.patches);
    ctl->o.patches = patches;
    if (!ok)
        ctl->exit = CTL_USAGE;
    return ok;
}
