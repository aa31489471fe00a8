/* What a private run leaves behind beside its reports: the log's lines that accuse, what the title
 * printed last, and the command to type next. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "xe/explain.h"

#define LINES_KEPT 100u /* of each kind, the oldest: what came first explains the rest */
#define PRINTED    20u  /* of what the title printed, the newest: it may say itself why it hangs */
#define PAGE       1000
#define LEAD_UP    0x14u /* bytes before a return address: the call, and four words before that */

/* ---- the log -------------------------------------------------------------------------------- */

static void keep(json_t *lines, json_t *line, size_t oldest, size_t newest)
{
    if (json_array_size(lines) < oldest + newest)
        json_array_append(lines, line);
    else if (newest && json_array_remove(lines, 0) == 0)
        json_array_append(lines, line);
}

/* Lines of a level: how many there are, and so many of the oldest, or of the newest. NULL: told. */
static json_t *lines_of(struct ctl *ctl, const char *level, size_t oldest, size_t newest)
{
    json_t *lines = json_array();
    json_int_t seq = 1, total = 0;
    size_t count;

    do {
        json_t *page = ctl_call(ctl, "log.tail",
                                json_pack("{s:s, s:I, s:s, s:i}", "instance", "local", "from_seq",
                                          seq, "level", level, "limit", PAGE));
        json_t *line;
        size_t i;

        if (!page) {
            json_decref(lines);
            return NULL;
        }
        count = json_array_size(json_object_get(page, "items"));
        seq = json_integer_value(json_object_get(page, "next_seq"));
        total += (json_int_t)count;
        json_array_foreach(json_object_get(page, "items"), i, line)
            keep(lines, line, oldest, newest);
        json_decref(page);
    } while (count == PAGE);
    return json_pack("{s:I, s:o}", "total", total, "lines", lines);
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
    json_t *stub = lines_of(ctl, "stub", LINES_KEPT, 0);
    json_t *guest = stub ? lines_of(ctl, "guest", LINES_KEPT, 0) : NULL;
    json_t *printed = guest ? lines_of(ctl, "print", 0, PRINTED) : NULL;

    if (printed)
        return json_pack("{s:o, s:o, s:o, s:I}", "stub", stub, "guest", guest, "print", printed,
                         "dropped", dropped_lines(ctl));
    json_decref(stub);
    json_decref(guest);
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
    if (o->input) {
        fputs(" --input ", c.to);
        put_word(c.to, o->input);
    }
    fprintf(c.to, " %s", option);
    finish(&c, next, why);
}

/* Does the file hold what lies there? Libraries, and titles that were launched, are other files. */
static bool is_in_file(const json_t *diagnostic, uint64_t at)
{
    const json_t *title = json_object_get(diagnostic, "title");
    uint64_t base = strtoull(ctl_text_of(title, "base"), NULL, 16);

    return !json_object_get(title, "launched") && at >= base &&
           at - base < (uint64_t)json_integer_value(json_object_get(title, "size"));
}

/* The call in which the first of those who wait for a root stands, and what leads up to it: whether
 * a function of the title's own wraps it can't be told, so it is the call itself. 0: nobody. */
static uint64_t place_of(const json_t *threads, const json_t *root)
{
    const json_t *tid = json_array_get(json_object_get(root, "tids"), 0), *thread;
    size_t i;

    json_array_foreach(threads, i, thread)
    {
        const char *lr = ctl_text_of(json_object_get(thread, "wait"), "lr");

        if (json_equal(json_object_get(thread, "tid"), tid))
            return strtoull(lr, NULL, 16);
    }
    return 0;
}

static void add_code(json_t *next, const struct ctl *ctl, uint64_t at, const char *why)
{
    struct command c;

    if (!begin(&c, ctl, "dis"))
        return;
    fprintf(c.to, " --at 0x%08llx -n 8", (unsigned long long)at);
    finish(&c, next, why);
}

/* The loop of the first that spins and is not known to come out of it. */
static void add_loop(json_t *next, const struct ctl *ctl, const json_t *diagnostic,
                     const json_t *explain)
{
    const json_t *spin;
    uint64_t first;
    size_t i;

    json_array_foreach(json_object_get(explain, "spins"), i, spin)
    {
        if (!strcmp(ctl_text_of(spin, "stuck"), xe_certainty_name(XE_CERTAINTY_NONE)))
            continue;
        first = strtoull(ctl_text_of(spin, "first"), NULL, 16);
        if (is_in_file(diagnostic, first))
            add_code(next, ctl, first, "the loop");
        break;
    }
}

/* Its records, which a run has in any case, and prints for what is in the focus. */
static void add_focus(json_t *next, const struct ctl *ctl, const json_t *root)
{
    char option[64];

    snprintf(option, sizeof(option), "--trace-handles-focus=%s", ctl_text_of(root, "key"));
    add_again(next, ctl, option, "all that happened to it");
}

/* The first that keeps somebody for good; else, where a wait may be so, the first. NULL: none. */
static const json_t *telling_root(const json_t *verdict)
{
    const json_t *roots = json_object_get(verdict, "roots"), *root;
    size_t i;

    json_array_foreach(roots, i, root)
    {
        if (json_is_true(json_object_get(root, "stuck")))
            return root;
    }
    return *ctl_text_of(verdict, "certainty") ? json_array_get(roots, 0) : NULL;
}

/* Does somebody spin who may never come out of it, on words that can be watched? */
static bool has_words(const json_t *explain)
{
    json_t *words = ctl_writers_words(explain);
    bool has = json_array_size(words) > 0;
    const json_t *spin;
    size_t i;
    bool stuck = false;

    json_decref(words);
    json_array_foreach(json_object_get(explain, "spins"), i, spin) stuck |=
        strcmp(ctl_text_of(spin, "stuck"), xe_certainty_name(XE_CERTAINTY_NONE)) != 0;
    return has && stuck;
}

json_t *ctl_evidence_next(const struct ctl *ctl, const json_t *diagnostic, const json_t *explain,
                          bool audited)
{
    const json_t *root = telling_root(json_object_get(diagnostic, "verdict"));
    uint64_t lr = root ? place_of(json_object_get(diagnostic, "threads"), root) : 0;
    json_t *next = json_array();

    if (root && !audited)
        add_focus(next, ctl, root);
    add_loop(next, ctl, diagnostic, explain);
    if (!ctl->o.writers && has_words(explain))
        add_again(next, ctl, "--writers", "who wrote last what it reads");
    if (lr >= LEAD_UP && is_in_file(diagnostic, lr - LEAD_UP))
        add_code(next, ctl, lr - LEAD_UP, "the code that waits");
    return next;
}
