/* What a private run leaves behind beside its reports: what we lack and the title touched, the
 * log's lines that accuse, and the command to type next. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

#define LINES_KEPT 100u /* of each kind, the oldest: what came first explains the rest */
#define NAMES_MAX  1000 /* of files told one by one */
#define PAGE       1000
#define LEAD_UP    0x14u /* bytes before a return address: the call, and four words before that */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* ---- the log -------------------------------------------------------------------------------- */

/* Lines whose level (or category) is `value`, oldest first, until fn says no. */
static bool visit_log(struct ctl *ctl, const char *by, const char *value,
                      bool (*fn)(void *ctx, json_t *line), void *ctx)
{
    json_int_t seq = 1;
    size_t count;

    do {
        json_t *page = ctl_call(ctl, "log.tail",
                                json_pack("{s:s, s:I, s:s, s:i}", "instance", "local", "from_seq",
                                          seq, by, value, "limit", PAGE));
        json_t *line;
        size_t i;

        if (!page)
            return false;
        count = json_array_size(json_object_get(page, "items"));
        seq = json_integer_value(json_object_get(page, "next_seq"));
        json_array_foreach(json_object_get(page, "items"), i, line)
        {
            if (!fn(ctx, line))
                count = 0;
        }
        json_decref(page);
    } while (count == PAGE);
    return true;
}

struct kept {
    json_t *lines;
    json_int_t total;
};

static bool keep(void *ctx, json_t *line)
{
    struct kept *kept = ctx;

    if (kept->total++ < LINES_KEPT)
        json_array_append(kept->lines, line);
    return true;
}

static json_t *lines_of(struct ctl *ctl, const char *level)
{
    struct kept kept = {json_array(), 0};

    if (visit_log(ctl, "level", level, keep, &kept))
        return json_pack("{s:I, s:o}", "total", kept.total, "lines", kept.lines);
    json_decref(kept.lines);
    return NULL;
}

/* How many lines the log no longer has: what they said is in no count. */
static json_int_t dropped_lines(struct ctl *ctl)
{
    json_t *page =
        ctl_call(ctl, "log.tail",
                 json_pack("{s:s, s:i, s:i}", "instance", "local", "from_seq", 1, "limit", 1));
    const json_t *first = json_array_get(json_object_get(page, "items"), 0);
    json_int_t seq = json_integer_value(json_object_get(first, "seq"));

    json_decref(page);
    return seq > 1 ? seq - 1 : 0;
}

json_t *ctl_evidence_log(struct ctl *ctl)
{
    json_t *stub = lines_of(ctl, "stub"), *guest = stub ? lines_of(ctl, "guest") : NULL;

    if (guest)
        return json_pack("{s:o, s:o, s:I}", "stub", stub, "guest", guest, "dropped",
                         dropped_lines(ctl));
    json_decref(stub);
    return NULL;
}

/* ---- what is not there ---------------------------------------------------------------------- */

static bool add_missing_exports(struct ctl *ctl, json_t *lacking)
{
    json_t *cursor = NULL, *item;
    size_t i;

    do {
        json_t *page = ctl_call(ctl, "title.exports",
                                json_pack("{s:s, s:s, s:i, s:o*}", "instance", "local", "filter",
                                          "missing", "limit", PAGE, "cursor", cursor));

        if (!page)
            return false;
        json_array_foreach(json_object_get(page, "items"), i, item)
        {
            json_t *calls = json_object_get(item, "calls");

            if (json_integer_value(calls) > 0)
                json_array_append_new(
                    lacking,
                    json_pack("{s:s, s:o, s:O, s:O}", "kind", "export", "name",
                              json_sprintf(
                                  "%s!%s (0x%03llx)", text_of(item, "module"),
                                  text_of(item, "name"),
                                  (long long)json_integer_value(json_object_get(item, "ordinal"))),
                              "count", calls, "first_caller", json_object_get(item, "first_lr")));
        }
        cursor = json_incref(json_object_get(page, "next_cursor"));
        json_decref(page);
    } while (json_is_string(cursor));
    json_decref(cursor);
    return true;
}

struct files {
    json_t *lacking;
    size_t first; /* of the files among them */
};

/* What the log says of our own stubs that are no exports, in short: "gpu", ... */
static bool add_stub(void *ctx, json_t *line)
{
    const char *text = text_of(line, "text");

    if (strcmp(text_of(line, "category"), "export"))
        json_array_append_new(ctx, json_pack("{s:s, s:s%, s:i}", "kind", text_of(line, "category"),
                                             "name", text, strcspn(text, ";"), "count", 1));
    return json_array_size(ctx) < NAMES_MAX;
}

static json_t *find_file(const struct files *files, const json_t *name)
{
    for (size_t i = files->first; i < json_array_size(files->lacking); i++) {
        json_t *item = json_array_get(files->lacking, i);

        if (json_equal(json_object_get(item, "name"), name))
            return item;
    }
    return NULL;
}

/* "NtOpenFile '\Device\Cdrom0\x': not there (0xc0000034)": one item a name, with a count. */
static bool add_file(void *ctx, json_t *line)
{
    struct files *files = ctx;
    const char *text = text_of(line, "text"), *begin = strchr(text, '\'');
    const char *end = strrchr(text, '\'');
    json_t *item, *name;

    if (!begin || end == begin || !strstr(end, "not there"))
        return true;
    name = json_stringn(begin + 1, (size_t)(end - begin - 1));
    item = find_file(files, name);
    if (!item && json_array_size(files->lacking) - files->first >= NAMES_MAX) {
        json_decref(name);
        name = json_string("(other names)");
        item = find_file(files, name);
    }
    if (!item) {
        item = json_pack("{s:s, s:O, s:i}", "kind", "file", "name", name, "count", 0);
        json_array_append_new(files->lacking, item);
    }
    json_object_set_new(item, "count",
                        json_integer(json_integer_value(json_object_get(item, "count")) + 1));
    json_decref(name);
    return true;
}

json_t *ctl_evidence_lacking(struct ctl *ctl)
{
    struct files files = {.lacking = json_array()};
    bool ok = visit_log(ctl, "level", "stub", add_stub, files.lacking) &&
              add_missing_exports(ctl, files.lacking);

    files.first = json_array_size(files.lacking);
    if (ok && visit_log(ctl, "category", "file", add_file, &files))
        return files.lacking;
    json_decref(files.lacking);
    return NULL;
}

/* ---- what to type next ---------------------------------------------------------------------- */

/* A word as a shell takes it; a name that begins like an option is given by its place. Bytes that a
 * terminal would obey are written as bash and ksh read them. */
static void put_word(FILE *to, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+:,=@%";
    bool odd = false;

    if (*word == '-')
        fputs("./", to);
    if (*word && strspn(word, plain) == strlen(word)) {
        fputs(word, to);
        return;
    }
    for (const char *c = word; *c; c++)
        odd |= *c < ' ' || *c > '~';
    fputs(odd ? "$'" : "'", to);
    for (; *word; word++) {
        if (*word < ' ' || *word > '~')
            fprintf(to, "\\x%02x", (unsigned char)*word);
        else if (*word == '\'' || (odd && *word == '\\'))
            fputs(odd ? (*word == '\'' ? "\\'" : "\\\\") : "'\\''", to);
        else
            fputc(*word, to);
    }
    fputc('\'', to);
}

static void add_next(json_t *next, const char *command, const char *why)
{
    json_array_append_new(next, json_pack("{s:s, s:s}", "command", command, "why", why));
}

/* A command being written. */
struct command {
    FILE *to;
    char *text; /* owned; there after fclose */
    size_t size;
};

/* The beginning: this program, on the same title. */
static bool begin(struct command *command, const struct ctl *ctl, const char *name)
{
    *command = (struct command){0};
    command->to = open_memstream(&command->text, &command->size);
    if (!command->to)
        return false;
    put_word(command->to, program_invocation_name);
    fprintf(command->to, " %s ", name);
    put_word(command->to, ctl->o.arg[0]);
    if (ctl->o.worker) {
        fputs(" --worker ", command->to);
        put_word(command->to, ctl->o.worker);
    }
    if (ctl->o.sandbox)
        fprintf(command->to, " --sandbox=%s", ctl->o.sandbox);
    return true;
}

static void finish(struct command *command, json_t *next, const char *why)
{
    fclose(command->to);
    add_next(next, command->text, why);
    free(command->text);
}

/* The same run again, with one more option. */
static void add_again(json_t *next, const struct ctl *ctl, const char *option, const char *why)
{
    const struct ctl_options *o = &ctl->o;
    char settings[400];
    struct command c;

    if (!begin(&c, ctl, "run"))
        return;
    if (o->has_count)
        fprintf(c.to, " -n %llu", (unsigned long long)o->count);
    ctl_config_options(o->config, settings, sizeof(settings));
    fputs(settings, c.to);
    if (o->snapshot_load) {
        fputs(" --snapshot-load ", c.to);
        put_word(c.to, o->snapshot_load);
    }
    fprintf(c.to, " %s", option);
    finish(&c, next, why);
}

/* The call in which the first of those who wait for a root stands, and what leads up to it: whether
 * a function of the title's own wraps it can't be told, so it is the call itself. 0: nobody. */
static uint64_t place_of(const json_t *threads, const json_t *root)
{
    const json_t *tid = json_array_get(json_object_get(root, "tids"), 0), *thread;
    size_t i;

    json_array_foreach(threads, i, thread)
    {
        const char *lr = text_of(json_object_get(thread, "wait"), "lr");

        if (json_equal(json_object_get(thread, "tid"), tid))
            return strtoull(lr, NULL, 16);
    }
    return 0;
}

static void add_place(json_t *next, const struct ctl *ctl, uint64_t lr)
{
    struct command c;

    if (!begin(&c, ctl, "dis"))
        return;
    fprintf(c.to, " --at 0x%08llx -n 8", (unsigned long long)(lr - LEAD_UP));
    finish(&c, next, "the code that waits");
}

json_t *ctl_evidence_next(const struct ctl *ctl, const json_t *diagnostic, bool audited)
{
    const json_t *verdict = json_object_get(diagnostic, "verdict"), *root;
    const json_t *roots = json_object_get(verdict, "roots");
    json_t *next = json_array();
    size_t i;

    if (json_array_size(roots) > 0 && !audited)
        add_again(next, ctl, "--trace-handles", "explains what threads wait for");
    json_array_foreach(roots, i, root)
    {
        uint64_t lr = place_of(json_object_get(diagnostic, "threads"), root);

        if (json_is_true(json_object_get(root, "stuck")) && lr >= LEAD_UP) {
            add_place(next, ctl, lr);
            break;
        }
    }
    return next;
}
