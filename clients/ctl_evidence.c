/* What a private run leaves behind beside its reports: what we lack and the title touched, the
 * log's lines that accuse, and the command to type next. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl.h"

#define LINES_KEPT 100u  /* of each kind, the oldest: what came first explains the rest */
#define LINES_MAX  20000 /* looked at */
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
    return kept->total < LINES_MAX;
}

static json_t *lines_of(struct ctl *ctl, const char *level)
{
    struct kept kept = {json_array(), 0};

    if (visit_log(ctl, "level", level, keep, &kept))
        return json_pack("{s:I, s:o}", "total", kept.total, "lines", kept.lines);
    json_decref(kept.lines);
    return NULL;
}

json_t *ctl_evidence_log(struct ctl *ctl)
{
    json_t *stub = lines_of(ctl, "stub"), *guest = stub ? lines_of(ctl, "guest") : NULL;

    if (guest)
        return json_pack("{s:o, s:o}", "stub", stub, "guest", guest);
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
    json_int_t seen;
};

/* What the log says of our own stubs that are no exports, in short: "gpu", ... */
static bool add_stub(void *ctx, json_t *line)
{
    const char *text = text_of(line, "text");

    if (strcmp(text_of(line, "category"), "export"))
        json_array_append_new(ctx, json_pack("{s:s, s:s%, s:i}", "kind", text_of(line, "category"),
                                             "name", text, strcspn(text, ";"), "count", 1));
    return json_array_size(ctx) < LINES_MAX;
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
    if (!item) {
        item = json_pack("{s:s, s:O, s:i}", "kind", "file", "name", name, "count", 0);
        json_array_append_new(files->lacking, item);
    }
    json_object_set_new(item, "count",
                        json_integer(json_integer_value(json_object_get(item, "count")) + 1));
    json_decref(name);
    return ++files->seen < LINES_MAX;
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

/* A word as a shell takes it; returns the bytes that it has. */
static size_t quote(const char *word, char *to, size_t size)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+:,=@%";
    size_t used = 0;

    if (*word && *word != '-' && strspn(word, plain) == strlen(word))
        return (size_t)snprintf(to, size, "%s", word);
    to[used++] = '\'';
    for (; *word && used + 6 < size; word++) {
        if (*word == '\'')
            used += (size_t)snprintf(to + used, size - used, "'\\'");
        to[used++] = *word;
    }
    used += (size_t)snprintf(to + used, size - used, "'");
    return used;
}

static void add_next(json_t *next, const char *command, const char *why)
{
    json_array_append_new(next, json_pack("{s:s, s:s}", "command", command, "why", why));
}

/* The same run again, with one more option. */
static json_t *again(const struct ctl *ctl, const char *option)
{
    const struct ctl_options *o = &ctl->o;
    char program[1024], title[1024], count[32] = "", seed[40] = "", slice[40] = "", engine[40] = "";

    quote(program_invocation_name, program, sizeof(program));
    quote(o->arg[0], title, sizeof(title));
    if (o->has_count)
        snprintf(count, sizeof(count), " -n %llu", (unsigned long long)o->count);
    if (o->has_seed)
        snprintf(seed, sizeof(seed), " --seed=%llu", (unsigned long long)o->seed);
    if (o->has_slice)
        snprintf(slice, sizeof(slice), " --slice=%llu", (unsigned long long)o->slice);
    if (o->engine)
        snprintf(engine, sizeof(engine), " --engine=%s", o->engine);
    return json_sprintf("%s run %s%s%s%s%s %s", program, title, count, seed, slice, engine, option);
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

json_t *ctl_evidence_next(const struct ctl *ctl, const json_t *diagnostic, bool audited)
{
    const json_t *verdict = json_object_get(diagnostic, "verdict"), *root;
    bool waiting = json_array_size(json_object_get(verdict, "roots")) > 0;
    json_t *next = json_array(), *command;
    char program[1024], title[1024], text[2200];
    size_t i;

    if (waiting && !audited) {
        command = again(ctl, "--trace-handles");
        add_next(next, json_string_value(command), "explains what threads wait for");
        json_decref(command);
    }
    json_array_foreach(json_object_get(verdict, "roots"), i, root)
    {
        uint64_t lr = place_of(json_object_get(diagnostic, "threads"), root);

        if (!json_is_true(json_object_get(root, "stuck")) || lr < LEAD_UP)
            continue;
        quote(program_invocation_name, program, sizeof(program));
        quote(ctl->o.arg[0], title, sizeof(title));
        snprintf(text, sizeof(text), "%s dis %s --at 0x%08llx -n 8", program, title,
                 (unsigned long long)(lr - LEAD_UP));
        add_next(next, text, "the code that waits");
        break;
    }
    return next;
}
