/* Which command a word means: commands, what people say for them elsewhere, and for anything else
 * the nearest, or what does that here. */
#include <string.h>

#include "clients/ctl/ctl.h"
#include "xe/nearest.h"

/* Other words for a command, which do what it does. */
static const struct {
    const char *word, *command;
} synonyms[] = {
    {"add", "create"},
    {"api", "methods"},
    {"b", "break"},
    {"backtrace", "bt"},
    {"breakpoint", "break"},
    {"c", "start"},
    {"clone", "fork"},
    {"cont", "start"},
    {"continue", "start"},
    {"delete", "rm"},
    {"destroy", "rm"},
    {"diagnose", "explain"},
    {"disas", "dis"},
    {"disasm", "dis"},
    {"disassemble", "dis"},
    {"drives", "vfs"},
    {"files", "vfs"},
    {"go", "start"},
    {"halt", "pause"},
    {"handles", "objects"},
    {"imports", "exports"},
    {"instances", "ls"},
    {"interrupt", "pause"},
    {"journal", "logs"},
    {"kill", "rm"},
    {"libs", "modules"},
    {"list", "ls"},
    {"log", "logs"},
    {"memory", "mem"},
    {"new", "create"},
    {"ps", "ls"},
    {"regs", "registers"},
    {"remove", "rm"},
    {"restart", "reset"},
    {"resume", "start"},
    {"rpc", "call"},
    {"screenshot", "frame"},
    {"stack", "bt"},
    {"stacks", "bt"},
    {"stepi", "step"},
    {"stop", "pause"},
    {"suspend", "pause"},
    {"thread", "threads"},
    {"top", "status"},
    {"unwatch", "unbreak"},
    {"where", "bt"},
    {"why", "explain"},
    {"write", "poke"},
    {"x", "mem"},
};

/* Words that no one command does. */
static const struct {
    const char *word, *says;
} hints[] = {
    {"attach", "`xe360ctl gdb INSTANCE` lets gdb come"},
    {"diff",
     "`xe360ctl compare` is about runs, `xe360ctl frame diff` about pictures, `xe360ctl vfs "
     "INSTANCE diff` about files"},
    {"debug", "`xe360ctl gdb INSTANCE` lets gdb come; `xe360ctl break` and `step` do without"},
    {"exit", "`xe360ctl shutdown` ends the daemon, `xe360ctl rm` an instance"},
    {"info", "`xe360ctl status` is about the daemon and instances, `xe360ctl inspect` about files"},
    {"load", "`xe360ctl create` loads a title, `xe360ctl snapshot load` a snapshot"},
    {"man", "`man xe360ctl` is the manual page; `xe360ctl help COMMAND` is shorter"},
    {"open", "`xe360ctl create` loads a title, `xe360ctl inspect` looks at a file"},
    {"quit", "`xe360ctl shutdown` ends the daemon, `xe360ctl rm` an instance"},
    {"replay", "`xe360ctl input replay IMAGE LOG` plays an input log"},
    {"restore", "`xe360ctl snapshot load INSTANCE NAME` does that"},
    {"save", "`xe360ctl snapshot save INSTANCE NAME` keeps a state, `xe360ctl bundle` a report"},
    {"serve", "the daemon is a program of its own: xe360d --root DIR"},
    {"test", "`xe360ctl record` makes a golden, `xe360ctl check` compares with it"},
    {"trace", "`xe360ctl run --trace-handles`, or `xe360ctl focus INSTANCE` and `xe360ctl audit`"},
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct ctl_command *command_of(const char *name)
{
    for (const struct ctl_command *c = ctl_commands; c->name; c++)
        if (!strcmp(c->name, name))
            return c;
    return NULL;
}

const struct ctl_command *ctl_command_find(const char *name)
{
    const struct ctl_command *command = command_of(name);

    for (size_t i = 0; !command && i < COUNT(synonyms); i++)
        if (!strcmp(synonyms[i].word, name))
            command = command_of(synonyms[i].command);
    return command;
}

int ctl_no_command(const char *name)
{
    struct xe_nearest near;
    char text[XE_NEAREST_TEXT];

    for (size_t i = 0; i < COUNT(hints); i++)
        if (!strcmp(hints[i].word, name)) {
            ctl_fail("there is no command '%s': %s", name, hints[i].says);
            return CTL_USAGE;
        }
    xe_nearest_init(&near, name);
    for (const struct ctl_command *c = ctl_commands; c->name; c++)
        xe_nearest_offer(&near, c->name);
    ctl_fail("there is no command '%s'%s%s", name, xe_nearest_text(near.name, near.count, text),
             near.count ? "" : "; `xe360ctl help` lists them");
    return CTL_USAGE;
}

/* ---- options -------------------------------------------------------------------------------- */

static const char *const argps_own[] = {"help", "usage", "version"};

/* The option that a long name means, or the only one that begins so, as getopt has it; NULL: there
 * is none, unless *ret_several begin so. */
static const struct argp_option *option_of(const struct argp_option *options, const char *name,
                                           size_t size, bool *ret_several)
{
    const struct argp_option *found = NULL;

    *ret_several = false;
    for (const struct argp_option *o = options; o->name || o->doc; o++) {
        if (!o->name || strncmp(o->name, name, size) != 0)
            continue;
        if (strlen(o->name) == size)
            return o;
        *ret_several = found != NULL;
        found = o;
    }
    return found;
}

static bool is_argps_own(const char *name, size_t size)
{
    for (size_t i = 0; i < COUNT(argps_own); i++)
        if (size > 0 && !strncmp(argps_own[i], name, size))
            return true;
    return false;
}

/* Does a group of letters end with one whose value is the next word? */
static bool wants_next(const struct argp_option *options, const char *letters)
{
    for (; *letters; letters++)
        for (const struct argp_option *o = options; o->name || o->doc; o++)
            if (o->key == *letters && o->arg)
                return letters[1] == '\0';
    return false;
}

static void no_option(const char *command, const struct argp_option *options, const char *name)
{
    struct xe_nearest near;
    char text[XE_NEAREST_TEXT];

    xe_nearest_init(&near, name);
    for (const struct argp_option *o = options; o->name || o->doc; o++)
        if (o->name)
            xe_nearest_offer(&near, o->name);
    ctl_fail("%s: there is no option '--%s'%s%s%s%s", command, name,
             xe_nearest_text(near.name, near.count, text), near.count ? "" : "; `xe360ctl help ",
             near.count ? "" : command, near.count ? "" : "` lists them");
}

bool ctl_options_known(const char *command, const struct argp_option *options, int argc,
                       char **argv)
{
    char name[100];
    bool several;

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *text = argv[i] + 2;
        size_t size = strcspn(text, "=");
        const struct argp_option *option;

        if (argv[i][0] != '-')
            continue;
        if (argv[i][1] != '-') {
            i += wants_next(options, argv[i] + 1);
            continue;
        }
        option = option_of(options, text, size, &several);
        if (!option && !is_argps_own(text, size)) {
            snprintf(name, sizeof(name), "%.*s", (int)size, text);
            no_option(command, options, name);
            return false;
        }
        i += option && option->arg && !text[size];
    }
    return true;
}
