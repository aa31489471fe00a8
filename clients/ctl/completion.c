/* xe360ctl completion: scripts for bash, zsh and fish, made of the rows of commands, options and
 * methods. What they complete is the same: commands, options, words of their values, words of
 * arguments, files, methods with the names of their parameters, and the daemon's instances, which
 * are asked for when they are wanted. */
#include <ctype.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/rows.h"

/* What an argument or a value can be, beside words. */
struct kinds {
    bool file, instance, method, command;
};

static const char no_docs[] = "";

/* ---- values --------------------------------------------------------------------------------- */

static const struct xe_rpc_type *setting_type(const char *name)
{
    struct xe_rpc_slot slot;

    for (size_t i = 0; name && (slot = xe_rpc_slot(&xe_rpc_config, i)).field; i++)
        if (!strcmp(slot.field->name, name))
            return slot.field->type;
    return NULL;
}

/* The words of an option's value, with spaces between; "": none are known. */
static void value_words(const struct ctl_command *command, const struct argp_option *option,
                        char *words, size_t size)
{
    const struct xe_rpc_type *type = setting_type(ctl_setting_of(option->key));
    const char *known = ctl_words_of(option->key);
    bool draws = command && known && !strcmp(option->name, "format") &&
                 strchr(command->options, '5') != NULL;
    size_t used =
        (size_t)snprintf(words, size, "%s%s", draws ? "dot svg " : "", known ? known : "");

    for (const char *const *w = type ? type->values : NULL; w && *w && used < size; w++)
        used += (size_t)snprintf(words + used, size - used, "%s%s", used ? " " : "", *w);
    while (used && used < size && words[used - 1] == ' ')
        words[--used] = '\0';
}

static bool is_file(const struct argp_option *option)
{
    const char *arg = option->arg ? option->arg : "";

    return strstr(arg, "FILE") || strstr(arg, "PATH") || strstr(arg, "SCRIPT");
}

/* Words that an argument may be, out of what help says of them: those in small letters. */
static void argument_words(const char *args, char *words, size_t size)
{
    size_t used = 0;

    *words = '\0';
    while (*args) {
        size_t length = strcspn(args, " |[]."), plain = 0;

        while (plain < length &&
               (islower((unsigned char)args[plain]) || args[plain] == ':' || args[plain] == '-'))
            plain++;
        if (plain > 1 && islower((unsigned char)args[0]) && used < size &&
            (plain == length || args[plain - 1] == ':'))
            used += (size_t)snprintf(words + used, size - used, "%s%.*s", used ? " " : "",
                                     (int)plain, args);
        args += length + strspn(args + length, " |[].");
    }
}

static struct kinds kinds_of(const char *args)
{
    return (struct kinds){
        .file = strstr(args, "FILE") || strstr(args, "TITLE") || strstr(args, "IMAGE") ||
                strstr(args, "GOLDEN") || strstr(args, "BUNDLE") || strstr(args, " A B"),
        .instance = strstr(args, "INSTANCE") != NULL,
        .method = strstr(args, "METHOD") != NULL,
        .command = strstr(args, "COMMAND") != NULL,
    };
}

/* Text inside of single quotes; `also` is escaped with a backslash, as zsh wants it. */
static void put_quoted(const char *text, const char *also, bool fish)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'' && fish)
            fputs("\\'", stdout);
        else if (*c == '\'')
            fputs("'\\''", stdout);
        else if (*c == '\\' || (*also && strchr(also, *c)))
            printf("\\%c", *c);
        else
            putchar(*c);
    }
}

static void put_methods(const char *between)
{
    for (int i = 0; i < XE_RPC_METHODS; i++)
        printf("%s%s", i ? between : "", xe_rpc_methods[i]->name);
}

static void put_commands(void)
{
    for (const struct ctl_command *c = ctl_commands; c->name; c++)
        printf("%s%s", c == ctl_commands ? "" : " ", c->name);
}

/* ---- bash ----------------------------------------------------------------------------------- */

static void bash_options(const struct argp_option *options)
{
    for (const struct argp_option *o = options; o->name || o->doc; o++)
        if (o->name)
            printf(" --%s%s", o->name, o->arg ? "=" : "");
    printf(" --help");
}

static void bash_values(const struct ctl_command *command, const struct argp_option *options)
{
    char words[300];

    for (const struct argp_option *o = options; o->name || o->doc; o++) {
        if (!o->name || !o->arg)
            continue;
        value_words(command, o, words, sizeof(words));
        printf("    '%s --%s'", command ? command->name : "", o->name);
        if (o->key > ' ' && o->key < 0x7f)
            printf(" | '%s -%c'", command ? command->name : "", o->key);
        printf(") values='%s'%s ;;\n", words, is_file(o) ? " files=1" : "");
    }
}

static const char bash_head[] =
    "# Completion of xe360ctl for bash, made by `xe360ctl completion bash`.\n"
    "_xe360ctl_instances()\n"
    "{\n"
    "    local id name rest\n"
    "    \"${1:-xe360ctl}\" ls -q 2>/dev/null | while read -r id name rest; do\n"
    "        echo \"$id\"; [ \"$name\" = name= ] || echo \"${name#name=}\"\n"
    "    done\n"
    "}\n\n"
    "_xe360ctl()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local i cmd='' first='' values='' files='' instances='' options='' words=''\n"
    "    # bash parts words at '=': --format = ya\n"
    "    if [ \"$cur\" = = ]; then cur=''\n"
    "    elif [ \"$prev\" = = ]; then prev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    elif [ \"${prev#--}\" != \"$prev\" ]; then prev=\"$prev \"; fi\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        --socket | --server | --token-file | -s | -t) ((i++)); [ \"${COMP_WORDS[i]}\" = = ] && ((i++)) ;;\n"
    "        -*) ;;\n"
    "        *) cmd=${COMP_WORDS[i]}; first=${COMP_WORDS[i+1]}; break ;;\n"
    "        esac\n"
    "    done\n"
    "    COMPREPLY=()\n";

/* Values may stand behind "=" or as a word of their own: then prev has a space behind it. */
static void bash(void)
{
    struct argp_option options[CTL_OPTIONS_MAX + 1];
    char words[300];

    printf("%s    case \"$cmd ${prev%% }\" in\n", bash_head);
    bash_values(NULL, ctl_top_options);
    for (const struct ctl_command *c = ctl_commands; c->name; c++) {
        ctl_options_of(c, options);
        bash_values(c, options);
    }
    printf("    *) prev='' ;;\n    esac\n"
           "    if [ -n \"$prev\" ]; then\n"
           "        COMPREPLY=($(compgen -W \"$values\" -- \"$cur\"))\n"
           "        [ -z \"$files\" ] || COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
           "        return\n"
           "    fi\n"
           "    case $cmd in\n    '')\n        words='");
    put_commands();
    printf("'\n        options='");
    bash_options(ctl_top_options);
    printf("' ;;\n");
    for (const struct ctl_command *c = ctl_commands; c->name; c++) {
        struct kinds kinds = kinds_of(c->args);

        ctl_options_of(c, options);
        argument_words(c->args, words, sizeof(words));
        printf("    %s)\n        options='", c->name);
        bash_options(options);
        printf("'\n        words='%s'%s%s\n", words, kinds.file ? " files=1" : "",
               kinds.instance ? " instances=1" : "");
        if (kinds.method)
            printf(
                "        [ -z \"$first\" ] || [ \"$first\" = \"$cur\" ] && words=$_xe360ctl_methods || "
                "words=$(_xe360ctl_params \"$first\")\n");
        if (kinds.command) {
            printf("        words='");
            put_commands();
            printf("'\n");
        }
        printf("        ;;\n");
    }
    printf("    esac\n"
           "    if [ \"${cur#-}\" != \"$cur\" ]; then words=$options; files=''; instances=''; fi\n"
           "    [ -z \"$instances\" ] || words+=\" $(_xe360ctl_instances \"${COMP_WORDS[0]}\")\"\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
           "    [ -z \"$files\" ] || COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
           "    [ \"${COMPREPLY[*]: -1}\" != = ] || compopt -o nospace 2>/dev/null\n"
           "}\n\n_xe360ctl_methods='");
    put_methods(" ");
    printf("'\n_xe360ctl_params()\n{\n    case $1 in\n");
    for (int i = 0; i < XE_RPC_METHODS; i++) {
        printf("    %s) echo '", xe_rpc_methods[i]->name);
        for (const struct xe_rpc_field *p = xe_rpc_methods[i]->params; p->name; p++)
            printf("%s%s=", p == xe_rpc_methods[i]->params ? "" : " ", p->name);
        printf("' ;;\n");
    }
    printf("    esac\n}\n\ncomplete -o filenames -F _xe360ctl xe360ctl\n");
}

/* ---- zsh ------------------------------------------------------------------------------------ */

static void zsh_option(const struct ctl_command *command, const struct argp_option *o)
{
    char words[300], letter[8] = "";

    value_words(command, o, words, sizeof(words));
    if (o->key > ' ' && o->key < 0x7f)
        snprintf(letter, sizeof(letter), "-%c", o->key);
    for (int form = *letter ? 0 : 1; form < 2; form++) {
        printf(" \\\n            '*%s%s%s%s[", form ? "--" : "", form ? o->name : letter,
               o->arg && form ? "=" : "", o->arg && !form ? "+" : "");
        put_quoted(o->doc ? o->doc : no_docs, "]:[", false);
        printf("]");
        if (o->arg && *words)
            printf(":value:(%s)", words);
        else if (o->arg)
            printf(":%s:%s", o->arg[0] ? "value" : "", is_file(o) ? "_files" : " ");
        printf("'");
    }
}

static void zsh_options(const struct ctl_command *command, const struct argp_option *options)
{
    for (const struct argp_option *o = options; o->name || o->doc; o++)
        if (o->name)
            zsh_option(command, o);
}

static const char zsh_head[] =
    "#compdef xe360ctl\n"
    "# Completion of xe360ctl for zsh, made by `xe360ctl completion zsh`.\n"
    "_xe360ctl_instances()\n"
    "{\n"
    "    local id name rest\n"
    "    local -a found\n"
    "    _call_program instances xe360ctl ls -q 2>/dev/null | while read -r id name rest; do\n"
    "        found+=($id ${name#name=})\n"
    "    done\n"
    "    compadd -a found\n"
    "}\n\n"
    "_xe360ctl_any()\n"
    "{\n"
    "    local one\n"
    "    for one; do\n"
    "        case $one in\n"
    "        @files) _files ;;\n"
    "        @instances) _xe360ctl_instances ;;\n"
    "        @commands) compadd -a _xe360ctl_commands ;;\n"
    "        @methods)\n"
    "            if ((CURRENT == 2)); then compadd -a _xe360ctl_methods\n"
    "            else compadd -S '' -- ${=_xe360ctl_params[$words[2]]}; fi ;;\n"
    "        *) compadd -- $one ;;\n"
    "        esac\n"
    "    done\n"
    "}\n\n";

static void zsh(void)
{
    struct argp_option options[CTL_OPTIONS_MAX + 1];
    char words[300];

    printf("%stypeset -ga _xe360ctl_commands _xe360ctl_methods\ntypeset -gA _xe360ctl_params\n"
           "_xe360ctl_commands=(",
           zsh_head);
    put_commands();
    printf(")\n_xe360ctl_methods=(");
    put_methods(" ");
    printf(")\n_xe360ctl_params=(");
    for (int i = 0; i < XE_RPC_METHODS; i++) {
        printf("\n    %s '", xe_rpc_methods[i]->name);
        for (const struct xe_rpc_field *p = xe_rpc_methods[i]->params; p->name; p++)
            printf("%s%s=", p == xe_rpc_methods[i]->params ? "" : " ", p->name);
        printf("'");
    }
    printf(")\n\n_xe360ctl()\n{\n    local curcontext=$curcontext state line\n"
           "    _arguments -C");
    zsh_options(NULL, ctl_top_options);
    printf(" \\\n        '1:command:->command' '*::argument:->argument'\n"
           "    case $state in\n    command)\n        local -a all=(");
    for (const struct ctl_command *c = ctl_commands; c->name; c++) {
        printf("\n            '%s:", c->name);
        put_quoted(c->doc, no_docs, false);
        printf("'");
    }
    printf(")\n        _describe command all ;;\n    argument)\n        case $words[1] in\n");
    for (const struct ctl_command *c = ctl_commands; c->name; c++) {
        struct kinds kinds = kinds_of(c->args);

        ctl_options_of(c, options);
        argument_words(c->args, words, sizeof(words));
        printf("        %s) _arguments -s", c->name);
        zsh_options(c, options);
        printf(" \\\n            '*--help[what it takes]' '*: :{_xe360ctl_any %s%s%s%s%s}' ;;\n",
               words, kinds.method ? " @methods" : "", kinds.command ? " @commands" : "",
               kinds.instance ? " @instances" : "", kinds.file ? " @files" : "");
    }
    printf("        esac ;;\n    esac\n}\n\n"
           "if [ \"$funcstack[1]\" = _xe360ctl ]; then _xe360ctl \"$@\"; else compdef _xe360ctl "
           "xe360ctl; fi\n");
}

/* ---- fish ----------------------------------------------------------------------------------- */

static void fish_option(const struct ctl_command *command, const struct argp_option *o)
{
    char words[300];

    value_words(command, o, words, sizeof(words));
    printf("complete -c xe360ctl -n '%s%s' -l %s",
           command ? "__fish_seen_subcommand_from " : "__xe360ctl_no_command",
           command ? command->name : "", o->name);
    if (o->key > ' ' && o->key < 0x7f)
        printf(" -s %c", o->key);
    if (o->arg)
        printf(is_file(o) ? " -r -F" : " -x");
    if (o->arg && *words)
        printf(" -a '%s'", words);
    printf(" -d '");
    put_quoted(o->doc ? o->doc : no_docs, no_docs, true);
    printf("'\n");
}

static const char fish_head[] =
    "# Completion of xe360ctl for fish, made by `xe360ctl completion fish`.\n"
    "function __xe360ctl_instances\n"
    "    xe360ctl ls -q 2>/dev/null | string replace -r '^(\\S+) name=(\\S*).*' '$1\\n$2' | string split "
    "'\\n' | string match -r '.+'\n"
    "end\n"
    "function __xe360ctl_no_command\n"
    "    not __fish_seen_subcommand_from $__xe360ctl_commands\n"
    "end\n"
    "function __xe360ctl_has_method\n"
    "    __fish_seen_subcommand_from call methods; and __fish_seen_subcommand_from $__xe360ctl_methods\n"
    "end\n";

static void fish_arguments(const struct ctl_command *c)
{
    struct kinds kinds = kinds_of(c->args);
    char words[300];

    argument_words(c->args, words, sizeof(words));
    if (*words)
        printf("complete -c xe360ctl -n '__fish_seen_subcommand_from %s' -a '%s'\n", c->name,
               words);
    if (kinds.instance)
        printf("complete -c xe360ctl -n '__fish_seen_subcommand_from %s' -a "
               "'(__xe360ctl_instances)'\n",
               c->name);
    if (kinds.file)
        printf("complete -c xe360ctl -n '__fish_seen_subcommand_from %s' -F\n", c->name);
    if (kinds.command)
        printf("complete -c xe360ctl -n '__fish_seen_subcommand_from %s' -a "
               "'$__xe360ctl_commands'\n",
               c->name);
    if (kinds.method)
        printf("complete -c xe360ctl -n '__fish_seen_subcommand_from %s; and not "
               "__xe360ctl_has_method' -a '$__xe360ctl_methods'\n",
               c->name);
}

static void fish(void)
{
    struct argp_option options[CTL_OPTIONS_MAX + 1];

    printf("%sset -g __xe360ctl_commands ", fish_head);
    put_commands();
    printf("\nset -g __xe360ctl_methods ");
    put_methods(" ");
    printf("\ncomplete -c xe360ctl -f\n");
    for (const struct argp_option *o = ctl_top_options; o->name; o++)
        fish_option(NULL, o);
    for (const struct ctl_command *c = ctl_commands; c->name; c++) {
        printf("complete -c xe360ctl -n __xe360ctl_no_command -a %s -d '", c->name);
        put_quoted(c->doc, no_docs, true);
        printf("'\n");
        ctl_options_of(c, options);
        for (const struct argp_option *o = options; o->name || o->doc; o++)
            if (o->name)
                fish_option(c, o);
        fish_arguments(c);
    }
    for (int i = 0; i < XE_RPC_METHODS; i++) {
        printf("complete -c xe360ctl -n '__fish_seen_subcommand_from call; and "
               "__fish_seen_subcommand_from %s' -a '",
               xe_rpc_methods[i]->name);
        for (const struct xe_rpc_field *p = xe_rpc_methods[i]->params; p->name; p++)
            printf("%s%s=", p == xe_rpc_methods[i]->params ? "" : " ", p->name);
        printf("'\n");
    }
}

int ctl_cmd_completion(struct ctl *ctl)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
        if (!strcmp(shells[i].name, ctl->o.arg[0])) {
            shells[i].print();
            return CTL_OK;
        }
    ctl_fail("completion '%s': expected bash, zsh or fish", ctl->o.arg[0]);
    return CTL_USAGE;
}
