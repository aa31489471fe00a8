/* What options say; what is wrong with one says what it wants. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/options_internal.h"
#include "xe/stop.h"

/* What a title may be run until, each with a space behind it. */
#define UNTIL_YES(word)                      word " "
#define UNTIL_NO(word)                       ""
#define STOP(name, word, until, signal, doc) UNTIL_##until(word)
static const char until_words[] =
#include "xe/stops.def"
    ;

/* Options whose value is one of some words; of --exit-on it is a list of them. */
static const struct {
    int key;
    const char *words;
} word_rows[] = {
    {UNTIL, until_words},
    {EXIT_CODE, "guest verdict"},
    {SANDBOX, "require warn off"},
    {FILTER, "all implemented partial missing"},
    {LEVEL, "error warn info debug stub guest print"},
    {ON, "read write access"},
    {REGISTERS, "32-bit 64-bit"},
    {FORMAT, "text table json jsonl yaml"},
    {EXIT_ON, "crash hang exited running idle"},
};

const char *ctl_words_of(int key)
{
    for (size_t i = 0; i < sizeof(word_rows) / sizeof(word_rows[0]); i++)
        if (word_rows[i].key == key)
            return word_rows[i].words;
    return NULL;
}

static uint64_t number(struct argp_state *state, const char *option, const char *text, uint64_t min)
{
    uint64_t value = 0;

    if (!ctl_count(text, &value) || value < min)
        argp_error(state, "%s '%s': expected a count from %llu, with K, M or G if wanted", option,
                   text, (unsigned long long)min);
    return value;
}

static const char *word(struct argp_state *state, const char *option, const char *text, int key)
{
    const char *words = ctl_words_of(key);
    size_t size = strlen(text);

    for (const char *w = words; *w; w += strcspn(w, " "), w += strspn(w, " "))
        if (strcspn(w, " ") == size && !strncmp(w, text, size))
            return text;
    argp_error(state, "%s '%s': expected one of: %s", option, text, words);
    return text;
}

static uint64_t duration_ms(struct argp_state *state, const char *text)
{
    static const struct {
        const char *unit;
        uint64_t ms;
    } units[] = {{"ms", 1}, {"", 1000}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    size_t digits = strspn(text, "0123456789");
    uint64_t value = digits && digits < 10 ? strtoull(text, NULL, 10) : 0;

    for (size_t i = 0; value && i < sizeof(units) / sizeof(units[0]); i++)
        if (!strcmp(text + digits, units[i].unit))
            return value * units[i].ms;
    argp_error(state, "--wall-limit '%s': expected a time like 90s, 5m, 1h or 500ms", text);
    return 0;
}

static void form(struct argp_state *state, const char *text)
{
    struct ctl *ctl = state->input;
    bool draws = strchr(ctl->command->options, '5') != NULL; /* a command with forms of its own */

    ctl->o.svg = draws && !strcmp(text, "svg");
    if (ctl_form_find(text, &ctl->o.form) || (draws && (ctl->o.svg || !strcmp(text, "dot"))))
        return;
    argp_error(state, "--format '%s': expected %stext, table, json, jsonl or yaml", text,
               draws ? "dot, svg, " : "");
}

static const char *verdicts(struct argp_state *state, const char *text)
{
    const char *bad;
    size_t size;

    if (!ctl_exit_on_check(text, &bad, &size))
        argp_error(
            state,
            "--exit-on '%.*s': expected verdicts: crash (crashed), hang or diagnosis (stuck, "
            "partly_stuck, livelock, starved), exited, running, idle",
            (int)size, bad);
    return text;
}

static const char *seeds(struct argp_state *state, const char *text)
{
    if (!ctl_seeds_check(text))
        argp_error(state,
                   "--seeds '%s': expected seeds and ranges of them, at most a million in all, "
                   "like 1..200 or 3,7..9",
                   text);
    return text;
}

static error_t parse_setting(int key, const char *text, struct argp_state *state)
{
    struct ctl_options *o = &((struct ctl *)state->input)->o;
    const struct xe_setting *setting = ctl__setting_of(key);
    char wrong[300];

    if (!setting)
        return ARGP_ERR_UNKNOWN;
    if (!ctl_setting(o, setting, text, wrong, sizeof(wrong)))
        argp_error(state, "%s", wrong);
    return 0;
}

static error_t parse_count(int key, const char *text, struct argp_state *state)
{
    struct ctl_options *o = &((struct ctl *)state->input)->o;

    switch (key) {
    case 'n':
        o->count = number(state, "-n", text, 1);
        o->has_count = true;
        return 0;
    case LIMIT:
        o->limit = number(state, "--limit", text, 1);
        o->has_limit = true;
        return 0;
    case DIGEST_EVERY:
        o->digest_every = number(state, "--digest-every", text, 1);
        return 0;
    case AT_CYCLE:
        o->at_cycle = number(state, "--at-cycle", text, 0);
        o->has_at_cycle = true;
        return 0;
    case FRAMES:
        o->frames = number(state, "--frames", text, 1);
        return 0;
    case SHARE:
        o->share = number(state, "--share", text, 1);
        if (o->share > 100)
            argp_error(state, "--share '%s': there are at most 100", text);
        return 0;
    case IGNORE:
        o->ignore = number(state, "--ignore", text, 1);
        return 0;
    case THREAD:
        o->tid = number(state, "--thread", text, 1);
        return 0;
    case WALL_LIMIT:
        o->wall_limit_ms = duration_ms(state, text);
        return 0;
    case NO_GAME_FOLDER:
        o->no_game_folder = true;
        return 0;
    case JOBS:
        o->jobs = number(state, "--jobs", text, 1);
        return 0;
    case PORT:
        o->port = number(state, "--port", text, 0);
        o->has_port = true;
        return 0;
    default:
        return parse_setting(key, text, state);
    }
}

static void add_module(struct ctl_options *o, const char *text, struct argp_state *state)
{
    if (o->modules == CTL_MODULES_MAX)
        argp_error(state, "--module '%s': there may be %d", text, CTL_MODULES_MAX);
    o->module[o->modules++] = text;
}

static void add_patch(struct ctl_options *o, const char *text, struct argp_state *state)
{
    if (o->patch_files == CTL_MODULES_MAX)
        argp_error(state, "--patch '%s': there may be %d", text, CTL_MODULES_MAX);
    o->patch_file[o->patch_files++] = text;
}

static void add_mask(struct ctl_options *o, const char *text, struct argp_state *state)
{
    if (o->masks == XE_PICTURE_MASKS)
        argp_error(state, "--mask '%s': there may be %u", text, XE_PICTURE_MASKS);
    if (!xe_picture_mask_parse(text, &o->mask[o->masks++]))
        argp_error(state, "--mask '%s': expected X,Y,WIDTH,HEIGHT in pixels", text);
}

static error_t parse_file(int key, const char *text, struct argp_state *state)
{
    struct ctl_options *o = &((struct ctl *)state->input)->o;
    char wrong[300];

    switch (key) {
    case MOUNT:
        if (!ctl_mount_add(o, text, wrong, sizeof(wrong)))
            argp_error(state, "%s", wrong);
        return 0;
    case DUMP_JIT:
        o->dump_jit = text;
        return 0;
    case SYMBOLS:
        o->symbols = text;
        return 0;
    case INPUT:
        o->input = text;
        return 0;
    case IMAGE:
        o->image = text;
        return 0;
    case MODULE:
        add_module(o, text, state);
        return 0;
    case PATCH:
        add_patch(o, text, state);
        return 0;
    case PATCH_XEX:
        o->patch_xex = text;
        return 0;
    case WAV:
        o->wav = text;
        return 0;
    case FRAME:
        o->frame = text;
        return 0;
    case MASK:
        add_mask(o, text, state);
        return 0;
    case SNAPSHOT_LOAD:
        o->snapshot_load = text;
        return 0;
    case SNAPSHOT_SAVE:
        o->snapshot_save = text;
        return 0;
    case SNAPSHOT:
        o->snapshot = text;
        return 0;
    case 'o':
        o->output = text;
        return 0;
    default:
        return parse_count(key, text, state);
    }
}

static error_t parse_word(int key, const char *text, struct argp_state *state)
{
    struct ctl_options *o = &((struct ctl *)state->input)->o;

    switch (key) {
    case FOCUS:
        o->focus = text;
        return 0;
    case UNTIL:
        o->until = word(state, "--until", text, UNTIL);
        return 0;
    case SEEDS:
        o->seeds = seeds(state, text);
        return 0;
    case EXIT_ON:
        o->exit_on = verdicts(state, text);
        return 0;
    case EXIT_CODE:
        o->guest_code = *word(state, "--exit-code", text, EXIT_CODE) == 'g';
        return 0;
    case WORKER:
        o->worker = text;
        return 0;
    case SANDBOX:
        o->sandbox = word(state, "--sandbox", text, SANDBOX);
        return 0;
    case NAME:
        o->name = text;
        return 0;
    case TYPE:
        o->type = text;
        return 0;
    case FILTER:
        o->filter = word(state, "--filter", text, FILTER);
        return 0;
    case LEVEL:
        o->level = word(state, "--level", text, LEVEL);
        return 0;
    case AT:
        o->at = text;
        return 0;
    case FORMAT:
        form(state, text);
        return 0;
    case BUNDLE:
        o->bundle = text;
        return 0;
    case LASTS:
        o->lasts = text;
        return 0;
    case EVENT:
        o->event = text;
        return 0;
    case ON:
        o->on = word(state, "--on", text, ON);
        return 0;
    case BIND:
        o->bind = text;
        return 0;
    case REGISTERS:
        o->registers = word(state, "--registers", text, REGISTERS);
        return 0;
    default:
        return parse_file(key, text, state);
    }
}

error_t ctl_parse_option(int key, char *text, struct argp_state *state)
{
    struct ctl_options *o = &((struct ctl *)state->input)->o;

    switch (key) {
    case 'j':
        o->form = CTL_JSON;
        return 0;
    case LOCKSTEP:
        return 0;
    case DIGEST:
        o->digest = true;
        return 0;
    case TRACE:
        o->trace = true;
        return 0;
    case REPLACE:
        o->replace = true;
        return 0;
    case WAIT:
        o->wait = true;
        return 0;
    case WRITERS:
        o->writers = true;
        return 0;
    case PICTURE:
        o->picture = true;
        return 0;
    case 'f':
        o->follow = true;
        return 0;
    case 'q':
        ctl_progress_quiet();
        return 0;
    case RAW:
        o->raw = true;
        return 0;
    case TRAIL:
        o->trail = true;
        return 0;
    case STOP:
        o->stop = true;
        return 0;
    case DIS:
        o->dis = true;
        return 0;
    case GUEST_OUTPUT:
        o->guest_output = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->args == CTL_ARGS_MAX)
            argp_error(state, "too many arguments");
        o->arg[o->args++] = text;
        return 0;
    default:
        return parse_word(key, text, state);
    }
}
