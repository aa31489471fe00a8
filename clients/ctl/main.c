/* xe360ctl: the command line. Commands are rows; a command's help is made of the rows of options
 * that it names (options.c). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "clients/ctl/ctl.h"
#include "xe/stop.h"

const char *argp_program_version = "xe360ctl " PACKAGE_VERSION;

/* What run and create say of the instance that they make. */
#define MAKES "SsV8<@&c^ETFfy6+=%!?z0I"

const struct ctl_command ctl_commands[] = {
    {"run", "TITLE", "Run a title in a worker of its own, no daemon needed, and explain its state",
     1, 1, MAKES "nLDKUY$XgQq>GrC1239~WBbj", ctl_cmd_run, true},
    {"inspect", "FILE", "Show what a container says, without running it", 1, 1, "rWB",
     ctl_cmd_inspect, true},
    {"record", "TITLE", "Run a title and write down a golden", 1, 1, "nSs8<@&cE+=%!?z0WBJ",
     ctl_cmd_record, true},
    {"check", "GOLDEN...", "Run goldens again and compare", 1, CTL_ARGS_MAX, "M+=%z0EWB",
     ctl_cmd_check, true},
    {"compare", "FILE FILE", "How two runs differ, that `run -j -o FILE` wrote", 2, 2, "",
     ctl_cmd_compare, true},
    {"bundle", "INSTANCE", "Write all that a bug report needs to be run again, but no image", 1, 1,
     "", ctl_cmd_bundle, false},
    {"reproduce", "BUNDLE TITLE", "Run a bundle again, and say whether the same comes out", 2, 2,
     "E+=%yz0WB", ctl_cmd_reproduce, true},
    {"create", "IMAGE", "Make an instance", 1, 1, MAKES "N4", ctl_cmd_create, false},
    {"ls", "[INSTANCE]", "List instances", 0, 1, "", ctl_cmd_ls, false},
    {"status", "[INSTANCE]", "Is all well, and what is there; or how an instance fares", 0, 1, "",
     ctl_cmd_status, false},
    {"fork", "INSTANCE [COUNT]", "Make more instances that are what this one is now", 1, 2, "N",
     ctl_cmd_fork, false},
    {"reset", "INSTANCE", "Back to where the title was loaded", 1, 1, "", ctl_cmd_reset, false},
    {"rm", "INSTANCE...", "End instances", 1, CTL_ARGS_MAX, "", ctl_cmd_rm, false},
    {"start", "INSTANCE", "Run N instructions; without -n go on to the end of the last N", 1, 1,
     "nwdKUY$Xgjv", ctl_cmd_start, false},
    {"step", "INSTANCE", "Run a few instructions (default 1)", 1, 1, "nH", ctl_cmd_step, false},
    {"wait", "INSTANCE", "Wait for the end of the run", 1, 1, "UXgjv", ctl_cmd_wait, false},
    {"pause", "INSTANCE", "Stop the run at the next safe point", 1, 1, "", ctl_cmd_pause, false},
    {"cancel", "INSTANCE", "End the run at the next safe point", 1, 1, "", ctl_cmd_cancel, false},
    {"explain", "INSTANCE", "Is it stuck, behind what, and who should have acted", 1, 1, "",
     ctl_cmd_explain, false},
    {"livelock", "INSTANCE", "Who runs in a circle or gets no turn, and who could end that", 1, 1,
     "", ctl_cmd_livelock, false},
    {"milestones", "INSTANCE", "How far the title has come, and when", 1, 1, "", ctl_cmd_milestones,
     false},
    {"graph", "INSTANCE", "Who waits for whom, for graphviz or as a picture", 1, 1, "5",
     ctl_cmd_graph, false},
    {"threads", "INSTANCE", "The thread diagnostic", 1, 1, "", ctl_cmd_threads, false},
    {"bt", "INSTANCE [TID]", "Where its threads are, and who called that", 1, 2, "", ctl_cmd_bt,
     false},
    {"registers", "INSTANCE TID [NAME...]", "Registers of a thread: all, or those named", 2,
     CTL_ARGS_MAX, "", ctl_cmd_registers, false},
    {"audit", "INSTANCE", "The handle audit of the focus, or of --focus", 1, 1, "fv", ctl_cmd_audit,
     false},
    {"audio", "INSTANCE [status | hash | capture SECONDS | wav FILE]",
     "What it plays: counts, hashes by second, or the sound itself", 1, 3, "", ctl_cmd_audio,
     false},
    {"gpu", "state|counters|registers|shaders INSTANCE",
     "What the graphics chip does, was told to do, and holds", 2, 2, "um", ctl_cmd_gpu, false},
    {"frame", "INSTANCE | diff A B",
     "The newest picture that it has shown: what it is, or with -o as PNG; or how two differ, of "
     "instances or PNG files",
     1, 3, "#", ctl_cmd_frame, false},
    {"frames", "INSTANCE", "The newest 256 pictures, by their hashes", 1, 1, "", ctl_cmd_frames,
     false},
    {"vfs", "INSTANCE [mounts | ls PATH | stat PATH | extract PATH | diff | reset]",
     "Its drives and files as it finds them, and what it wrote; take that back", 1, 3, "",
     ctl_cmd_vfs, false},
    {"focus", "INSTANCE [get|clear | set|add|remove LIST]", "Show or change the focus", 1, 3, "",
     ctl_cmd_focus, false},
    {"modules", "INSTANCE", "Modules that are loaded: the title, and libraries beside it", 1, 1, "",
     ctl_cmd_modules, false},
    {"objects", "INSTANCE", "Kernel objects", 1, 1, "tmr", ctl_cmd_objects, false},
    {"exports", "INSTANCE", "Exports that the title imports or asked for", 1, 1, "xm",
     ctl_cmd_exports, false},
    {"mem", "INSTANCE ADDRESS [LENGTH]", "Show guest memory", 2, 3, "", ctl_cmd_mem, false},
    {"digest", "INSTANCE", "Digest of the guest-visible state", 1, 1, "k", ctl_cmd_digest, false},
    {"input",
     "record|stop|status INSTANCE | replay IMAGE LOG | pads|polls INSTANCE | press|set INSTANCE PAD "
     "STATE | plug|unplug INSTANCE PAD | key INSTANCE KEY | script INSTANCE [FILE]",
     "Record what comes from outside, or play such a log; look at controllers, and use them", 2, 4,
     "NE+=z0w7", ctl_cmd_input, false},
    {"net",
     "status INSTANCE | listen INSTANCE tcp|udp [ADDRESS:]PORT | connect INSTANCE PORT "
     "[[ADDRESS:]PORT] | send|hex INSTANCE PEER[:PORT] BYTES | recv INSTANCE PEER [FROM] | close "
     "INSTANCE PEER | name INSTANCE NAME [ADDRESS]",
     "Be peers on the network inside of an instance made with --network=virtual", 2, 4, "",
     ctl_cmd_net, false},
    {"logs", "INSTANCE", "Log lines", 1, 1, "lmrv", ctl_cmd_logs, false},
    {"break",
     "INSTANCE [WHERE | export:NAME | handle:HANDLE | handle:any | handle:focused | "
     "exception[:CODE]]",
     "Stop runs before this instruction, or at what is done to an object, or at exceptions; list "
     "what is set",
     1, 2, "Hie", ctl_cmd_break, false},
    {"watch", "INSTANCE WHERE [LENGTH]", "Stop runs after an access to these bytes", 2, 3, "OHi",
     ctl_cmd_watch, false},
    {"unbreak", "INSTANCE ID...", "Take breakpoints and watchpoints away", 2, CTL_ARGS_MAX, "",
     ctl_cmd_unbreak, false},
    {"disable", "INSTANCE ID...", "Keep breakpoints and watchpoints, but go past them", 2,
     CTL_ARGS_MAX, "", ctl_cmd_disable, false},
    {"enable", "INSTANCE ID...", "Stop at them again", 2, CTL_ARGS_MAX, "", ctl_cmd_enable, false},
    {"set", "INSTANCE TID NAME=VALUE...", "Change registers of a thread", 3, CTL_ARGS_MAX, "",
     ctl_cmd_set, false},
    {"poke", "INSTANCE ADDRESS HEX", "Write guest memory", 3, 3, "", ctl_cmd_poke, false},
    {"dis", "FILE|INSTANCE [WHERE [COUNT]]",
     "Show instructions of a title's file or, with a daemon, of an instance", 1, 3, "anHWB",
     ctl_cmd_dis, true},
    {"jit", "INSTANCE [ADDRESS]", "Counters of the engine, or a translation's host code", 1, 2, "",
     ctl_cmd_jit, false},
    {"gdb", "INSTANCE", "Let gdb come, and print how it is started", 1, 1, "PARZ", ctl_cmd_gdb,
     false},
    {"snapshot", "save|load INSTANCE NAME | list | get|remove|export NAME | import FILE NAME",
     "Keep states of instances, load them, or move them as files", 1, 3, "p", ctl_cmd_snapshot,
     false},
    {"ping", "", "Is the daemon there?", 0, 0, "", ctl_cmd_ping, false},
    {"health", "", "Is everything as it should be?", 0, 0, "", ctl_cmd_health, false},
    {"coverage", "[WHAT] [done|partial|missing] [MODULE]",
     "What of the console is there: counts, or each export, packet, register or device", 0, 3, "m",
     ctl_cmd_coverage, true},
    {"methods", "[METHOD]", "The API's methods and parameters", 0, 1, "", ctl_cmd_methods, true},
    {"discover", "", "The daemon's API as an OpenRPC document", 0, 0, "", ctl_cmd_discover, false},
    {"call", "METHOD [NAME=VALUE | NAME:=JSON | NAME=@FILE | @FILE]...",
     "Call any method of the API", 1, CTL_ARGS_MAX, "", ctl_cmd_call, false},
    {"mcp", "", "Offer the daemon's methods as tools of the Model Context Protocol, over stdio", 0,
     0, "", ctl_cmd_mcp, false},
    {"shutdown", "", "End the daemon", 0, 0, "", ctl_cmd_shutdown, false},
    {"version", "", "Version of this program", 0, 0, "", ctl_cmd_version, true},
    {"completion", "bash|zsh|fish", "What makes a shell complete words of xe360ctl", 1, 1, "",
     ctl_cmd_completion, true},
    {"help", "[COMMAND]", "This list, or what a command takes", 0, 1, "", ctl_cmd_help, true},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, false}};

/* What a command's help says after its options. */
static const struct {
    const char *name, *text;
} afterwords[] = {
    {"completion",
     "They are installed where bash-completion, zsh and fish look. To have them elsewhere:\n\n"
     "  . <(xe360ctl completion bash)\n"
     "  xe360ctl completion zsh >~/.zfunc/_xe360ctl     # a folder of $fpath\n"
     "  xe360ctl completion fish >~/.config/fish/completions/xe360ctl.fish\n"},
    {"mcp", "For clients that start their servers, as most do:\n\n"
            "  {\"mcpServers\": {\"xe360d\": {\"command\": \"xe360ctl\", \"args\": [\"mcp\"]}}}\n"},
    {"call",
     "VALUE is read as the parameter's type says: text as it is, numbers with K, M or G, lists "
     "with commas; `xe360ctl methods METHOD` lists parameters. A member of an object is "
     "NAME.MEMBER. After := stands JSON; @FILE is the content of a file, alone all parameters "
     "as JSON.\n\n"
     "  xe360ctl call run.start instance=i-1 instructions=5M\n"
     "  xe360ctl call instance.create image=/titles/a.xex config.seed=7\n"
     "  xe360ctl call audit.focus.set instance=i-1 handles=0x1004,0x1008\n"},
    {"dis", "WHERE is an address or a name, as with --at; unless given, it is the entry point of a "
            "file, and where the current thread of an instance is (pc). A FILE has a '/' or is "
            "there; ids like i-1 are instances. \"=>\" marks where threads are, \"*\" breakpoints."
            "\n\n"
            "  xe360ctl dis title.xex --at entry -n 8\n"
            "  xe360ctl dis title.xex NtClose\n"
            "  xe360ctl dis i-1 pc --thread 1\n"
            "  xe360ctl dis i-1 entry+0x10 4\n"},
    {"jit",
     "A translation is found by any of its instructions; debug.jit.list says where they are. "
     "Its host code is shown as assembly where objdump is installed. A run translates what "
     "it comes by often:\n\n"
     "  xe360ctl start i-1 -n 1M --wait\n"
     "  xe360ctl jit i-1\n"
     "  xe360ctl call debug.jit.list instance=i-1 limit=3\n"
     "  xe360ctl jit i-1 0x82000000\n"},
};

static const char *afterword(const char *name)
{
    for (size_t i = 0; i < sizeof(afterwords) / sizeof(afterwords[0]); i++)
        if (!strcmp(afterwords[i].name, name))
            return afterwords[i].text;
    return "";
}

static void parse_command(const struct ctl_command *command, int argc, char **argv, struct ctl *ctl)
{
    struct argp_option options[CTL_OPTIONS_MAX + 1];
    struct argp argp = {.options = options, .parser = ctl_parse_option, .args_doc = command->args};
    char name[64], doc[2048];

    snprintf(name, sizeof(name), "xe360ctl %s", command->name);
    snprintf(doc, sizeof(doc), "%s\v%s", command->doc, afterword(command->name));
    argp.doc = doc;
    argv[0] = name;
    ctl->command = command;
    ctl_options_of(command, options);
    if (!ctl_options_known(command->name, options, argc, argv))
        exit(CTL_USAGE);
    argp_parse(&argp, argc, argv, 0, NULL, ctl);
    if (ctl->o.args >= command->min_args && ctl->o.args <= command->max_args)
        return;
    ctl_fail("%s: expected %s", command->name, *command->args ? command->args : "no arguments");
    exit(CTL_USAGE);
}

static json_t *command_row(const struct ctl_command *command)
{
    return json_pack("{s:s, s:s, s:b, s:s}", "name", command->name, "args", command->args, "daemon",
                     !command->no_daemon, "doc", command->doc);
}

/* Where the list is parted, before these commands. */
static const struct {
    const char *before, *heading;
} headings[] = {
    {"run", "Titles and goldens"},
    {"create", "Instances"},
    {"start", "Runs"},
    {"explain", "Why it hangs"},
    {"audio", "What it plays, shows, keeps and asks for"},
    {"break", "Debugging"},
    {"snapshot", "States"},
    {"ping", "The daemon and its API"},
    {"version", "This program"},
};

static const char examples[] =
    "\n* needs a daemon, which `xe360d --root DIR` starts. `xe360ctl help COMMAND` tells a command's\n"
    "options, `man xe360ctl` everything (there is a title that hangs, too). To begin with:\n\n"
    "  xe360ctl run title.xex -n 500M                  # why does it hang?\n"
    "  xe360ctl run title.xex -n 500M -j -o one.json   # all of that for programs, and for `compare`\n"
    "  xe360ctl create title.xex --name one            # the same in a daemon\n"
    "  xe360ctl start one -n 500M --wait\n"
    "  xe360ctl explain one";

static void show_commands(const json_t *list)
{
    const json_t *c;
    size_t i;

    puts("usage: xe360ctl [--socket PATH | -s URL --token-file FILE] COMMAND ...");
    json_array_foreach(list, i, c)
    {
        for (size_t h = 0; h < sizeof(headings) / sizeof(headings[0]); h++)
            if (!strcmp(headings[h].before, ctl_text_of(c, "name")))
                printf("\n%s:\n", headings[h].heading);
        printf("  %-10s %s%s\n", ctl_text_of(c, "name"), ctl_text_of(c, "doc"),
               json_is_true(json_object_get(c, "daemon")) ? " *" : "");
    }
    puts(examples);
}

int ctl_cmd_help(struct ctl *ctl)
{
    const struct ctl_command *command = ctl->o.args ? ctl_command_find(ctl->o.arg[0]) : NULL;
    char help[] = "--help", *argv[] = {help, help, NULL};
    json_t *list;

    if (command)
        parse_command(command, 2, argv, ctl); /* prints and exits */
    if (ctl->o.args)
        return ctl_no_command(ctl->o.arg[0]);
    list = json_array();
    for (const struct ctl_command *c = ctl_commands; c->name; c++)
        json_array_append_new(list, command_row(c));
    return ctl_show_result(ctl, list, show_commands);
}

/* ---- the top -------------------------------------------------------------------------------- */

const struct argp_option ctl_top_options[] = {
    {"socket", CTL_SOCKET, "PATH", 0,
     "UNIX socket of the daemon (default $XE360_SOCKET, else xe360d.sock where a daemon of yours "
     "puts it; see xe360ctl(1))",
     0},
    {"server", 's', "URL", 0, "TCP address of the daemon, e.g. http://127.0.0.1:3607", 0},
    {"token-file", 't', "FILE", 0, "file with the token for -s", 0},
    {0}};

struct top {
    struct ctl *ctl;
    int argc; /* of the command, its name included */
    char **argv;
};

static error_t parse_top(int key, char *text, struct argp_state *state)
{
    struct top *top = state->input;

    switch (key) {
    case CTL_SOCKET:
        top->ctl->o.socket = text;
        return 0;
    case 's':
        top->ctl->o.url = text;
        return 0;
    case 't':
        top->ctl->o.token_file = text;
        return 0;
    case ARGP_KEY_ARG:
        top->argv = state->argv + state->next - 1;
        top->argc = state->argc - state->next + 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "expected a command; xe360ctl help lists them");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Before the options are parsed, so that what is wrong with them comes in that form, too. */
static enum ctl_form wanted_form(int argc, char **argv)
{
    enum ctl_form form = CTL_TEXT;

    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
        if (!strcmp(argv[i], "-j") || !strcmp(argv[i], "--json"))
            form = CTL_JSON;
        else if (!strncmp(argv[i], "--format=", 9))
            ctl_form_find(argv[i] + 9, &form);
        else if (!strcmp(argv[i], "--format") && i + 1 < argc)
            ctl_form_find(argv[i + 1], &form);
    }
    return form;
}

/* Commands whose -o is about something else than what they print, perhaps with one word only. */
static const struct {
    const char *command, *word;
} writers[] = {{"bundle", NULL}, {"frame", NULL},    {"graph", NULL},       {"input", "stop"},
               {"record", NULL}, {"vfs", "extract"}, {"snapshot", "export"}};

static bool writes_itself(const struct ctl *ctl)
{
    if (ctl->o.form && !strcmp(ctl->command->name, "graph"))
        return false;
    for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
        if (strcmp(writers[i].command, ctl->command->name) != 0)
            continue;
        for (int k = 0; writers[i].word && k < ctl->o.args; k++)
            if (!strcmp(writers[i].word, ctl->o.arg[k]))
                return true;
        return !writers[i].word;
    }
    return false;
}

/* What was printed must have arrived: a full disk is no success. */
static int written(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return ctl_capture_end() ? code : CTL_HARNESS;
    ctl_fail("standard output cannot be written: %s", strerror(errno));
    return CTL_HARNESS;
}

static int run_command(struct ctl *ctl)
{
    int code;

    if (ctl->o.output && !writes_itself(ctl) && !ctl_capture(ctl->o.output, ctl->o.follow))
        return CTL_HARNESS;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    code = ctl->command->run(ctl);
    ctl_tell_error(code);
    code = written(code);
    ctl_private_stop(ctl);
    ctl_http_end(ctl);
    curl_global_cleanup();
    return code;
}

int main(int argc, char **argv)
{
    const struct argp argp = {.options = ctl_top_options,
                              .parser = parse_top,
                              .args_doc = "COMMAND ...",
                              .doc = "Drive the Xbox 360 emulator: explain why a title hangs, with "
                                     "or without a daemon.\v`xe360ctl help` lists the commands."};
    static char help[] = "--help";
    struct ctl ctl = {.exit = CTL_RPC};
    struct top top = {&ctl, 0, NULL};
    const struct ctl_command *command;
    enum ctl_form form;
    int code;

    argp_err_exit_status = CTL_USAGE;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "-h")) /* argp's own letter is -? */
            argv[i] = help;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &top);
    command = ctl_command_find(top.argv[0]);
    if (!command)
        return ctl_no_command(top.argv[0]);
    form = wanted_form(top.argc, top.argv);
    if (form)
        ctl_errors_as(form);
    parse_command(command, top.argc, top.argv, &ctl);
    ctl_catch_signals();
    code = run_command(&ctl);
    json_decref(ctl.o.config);
    json_decref(ctl.o.mounts);
    json_decref(ctl.o.patches);
    json_decref(ctl.watched);
    return code;
}
