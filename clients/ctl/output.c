/* Results in the form that was asked for (--format), and in the file (-o). What a command prints
 * for people is its own; every other form is made here, of the same value. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

/* In the order of enum ctl_form. */
static const char *const forms[] = {"text", "table", "json", "jsonl", "yaml", NULL};

static bool printed; /* a result, which is then all that is printed for programs */

bool ctl_form_find(const char *text, enum ctl_form *ret)
{
    for (int i = 0; forms[i]; i++)
        if (!strcmp(forms[i], text)) {
            *ret = (enum ctl_form)i;
            return true;
        }
    return false;
}

bool ctl_has_printed(void)
{
    return printed;
}

/* In ASCII: a terminal, perhaps behind a pipe, obeys characters that JSON may have as they are. */
static void print_json(const json_t *value, size_t how)
{
    json_dumpf(value, stdout, how | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    putchar('\n');
    printed = true;
}

void ctl_print_json(const json_t *value)
{
    print_json(value, JSON_INDENT(2));
}

void ctl_print_json_line(const json_t *value)
{
    print_json(value, JSON_COMPACT);
}

/* A list's items are a line each; anything else is one. */
static void print_lines(const json_t *value)
{
    const json_t *items = json_is_array(value) ? value : json_object_get(value, "items");
    const json_t *item;
    size_t i;

    if (!json_is_array(items)) {
        ctl_print_json_line(value);
        return;
    }
    json_array_foreach(items, i, item) ctl_print_json_line(item);
    printed = true;
}

void ctl_print_as(enum ctl_form form, const struct xe_rpc_type *type, const json_t *value)
{
    switch (form) {
    case CTL_TABLE:
        ctl_print_table(stdout, type, value);
        break;
    case CTL_JSONL:
        print_lines(value);
        break;
    case CTL_YAML:
        ctl_print_yaml(stdout, value);
        break;
    default:
        ctl_print_json(value);
    }
    printed = true;
}

/* The last call's row says what the columns are, if the value is what came of it. */
void ctl_print(const struct ctl *ctl, const json_t *value)
{
    const struct xe_rpc_type *type = ctl->method ? ctl->method->result : NULL;

    ctl_print_as(ctl->o.form, type && xe_rpc_fits(type, value) ? type : NULL, value);
}

/* ---- for people ----------------------------------------------------------------------------- */

#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

bool ctl_colour(FILE *to)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(fileno(to)) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

/* The first line says what a report comes to; "=== ... ===" are headings. */
static bool is_heading(const char *line, bool first)
{
    return first || !strncmp(line, "=== ", 4);
}

void ctl_print_text(char *text)
{
    bool colour = ctl_colour(stdout);

    for (char *line = text, *end; line && *line; line = end) {
        bool heading = colour && is_heading(line, line == text);
        int size = (int)strcspn(line, "\n");

        end = line + size + (line[size] == '\n');
        printf("%s%.*s%s%s", heading ? BOLD : "", size, line, heading ? PLAIN : "",
               line[size] ? "\n" : "");
    }
    free(text);
}

/* ---- the output file ------------------------------------------------------------------------ */

/* Of a command that doesn't write one itself. */
static struct {
    struct ctl_output out;
    bool open, at_once;
} capture;

bool ctl_capture(const char *path, bool at_once)
{
    int to;

    if (!ctl_output_open(&capture.out, path))
        return false;
    to = at_once ? dup(fileno(capture.out.file)) : memfd_create("output", MFD_CLOEXEC);
    if (to < 0 || dup2(to, STDOUT_FILENO) < 0 ||
        (at_once && ftruncate(to, 0) < 0 && errno != EINVAL)) {
        ctl_fail("'%s' cannot be written: %s", path, strerror(errno));
        return false;
    }
    close(to);
    capture.open = true;
    capture.at_once = at_once;
    return true;
}

/* What was kept in memory, to the file. */
static bool copy_out(void)
{
    char bytes[65536];
    ssize_t n;

    if (ftruncate(fileno(capture.out.file), 0) < 0 && errno != EINVAL)
        return false;
    lseek(STDOUT_FILENO, 0, SEEK_SET);
    while ((n = read(STDOUT_FILENO, bytes, sizeof(bytes))) > 0)
        if (fwrite(bytes, 1, (size_t)n, capture.out.file) != (size_t)n)
            return false;
    return n == 0;
}

bool ctl_capture_end(void)
{
    bool ok = true, nothing;

    if (!capture.open)
        return true;
    capture.open = false;
    fflush(stdout);
    nothing = lseek(STDOUT_FILENO, 0, SEEK_END) == 0;
    if (nothing && capture.out.made)
        unlink(capture.out.path);
    else if (!nothing && !capture.at_once)
        ok = copy_out();
    ok = fclose(capture.out.file) == 0 && ok;
    ctl_signal_keep(capture.out.path);
    if (!ok)
        ctl_fail("'%s' cannot be written: %s", capture.out.path, strerror(errno));
    return ok;
}
