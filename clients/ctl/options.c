/* Options of all commands, as rows; options_parse.c reads them. */
#include <stdio.h>
#include <string.h>

#include "clients/ctl/options_internal.h"
#include "xe/stop.h"

/* What a title may be run until, each with a space behind it. */
#define UNTIL_YES(word)                      word " "
#define UNTIL_NO(word)                       ""
#define STOP(name, word, until, signal, doc) UNTIL_##until(word)
static const char until_doc[] = "5 instead of 0 unless it ends so; one of "
#include "xe/stops.def"
    ;

/* Every option of every command; `letter` is how command rows name them. */
static const struct option_row {
    char letter;
    struct argp_option argp;
} option_rows[] = {
    {'n', {"instructions", 'n', "N", 0, "how many guest instructions; suffixes K, M, G", 0}},
    {'L', {"lockstep", LOCKSTEP, NULL, 0, "run in lockstep (the only mode there is)", 0}},
    {'D', {"stable-digest", DIGEST, NULL, 0, "print the digest of the final state", 0}},
    {'T', {"trace-handles", TRACE, NULL, 0, "explain the handles that threads wait for", 0}},
    {'F',
     {"trace-handles-focus", FOCUS, "LIST", 0,
      "explain these handles: 0x1004,4108,... or @FILE; implies --trace-handles", 0}},
    {'f', {"focus", FOCUS, "LIST", 0, "handles: 0x1004,4108,... or @FILE", 0}},
    {'S', {"seed", SEED, "N", 0, NULL, 0}}, /* a setting's row says what it is */
    {'Q',
     {"seeds", SEEDS, "LIST", 0,
      "run it under each of these seeds, like 1..200 or 3,7..9, and tell how many end how", 0}},
    {'q', {"jobs", JOBS, "N", 0, "runs at a time with --seeds; default one for each core", 0}},
    {'s', {"slice", SLICE, "N", 0, NULL, 0}},
    {'E', {"engine", ENGINE, "NAME", 0, NULL, 0}},
    {'C',
     {"dump-jit", DUMP_JIT, "FILE", 0,
      "write there what was translated to host code in the end, side by side", 0}},
    {'I', {"inject-lost-wake", INJECT, "N", 0, NULL, 0}},
    {'U', {"until", UNTIL, "REASON", 0, until_doc, 0}},
    {'Y',
     {"share", SHARE, "PERCENT", 0,
      "with --until=hang: threads that a deadlock must have to stop the run; default one", 0}},
    {'V', {"livelock-after", LIVELOCK_AFTER, "N", 0, NULL, 0}},
    {'X',
     {"exit-on", EXIT_ON, "LIST", 0,
      "verdicts that give another status than 0: crash, hang (of all or a part), ...; default "
      "crash,stuck",
      0}},
    {'g',
     {"exit-code", EXIT_CODE, "WHOSE", 0,
      "guest: a title that ends by itself hands its exit code on; verdict (default): that is 0",
      0}},
    {'G', {"guest-output", GUEST_OUTPUT, NULL, 0, "show the title's debug output on stderr", 0}},
    {'W', {"worker", WORKER, "PATH", 0, "worker program", 0}},
    {'B', {"sandbox", SANDBOX, "MODE", 0, "require, warn (default) or off", 0}},
    {'N', {"name", NAME, "NAME", 0, "name of the instance, usable in place of its id", 0}},
    {'w', {"wait", WAIT, NULL, 0, "wait for the end; the exit code tells how it stopped", 0}},
    {'d', {"digest", DIGEST, NULL, 0, "take the digest when it stops", 0}},
    {'t', {"type", TYPE, "TYPE", 0, "only objects of this type", 0}},
    {'x', {"filter", FILTER, "WHICH", 0, "all, implemented, partial or missing", 0}},
    {'l', {"level", LEVEL, "LEVEL", 0, "error, warn, info, debug, stub, guest or print", 0}},
    {'m', {"limit", LIMIT, "N", 0, "at most so many", 0}},
    {'P', {"port", PORT, "N", 0, "TCP port; any that is free unless given", 0}},
    {'A', {"bind", BIND, "ADDRESS", 0, "loopback address, default 127.0.0.1", 0}},
    {'R',
     {"registers", REGISTERS, "WIDTH", 0,
      "32-bit (default), as a title's ELF needs them, or 64-bit", 0}},
    {'O', {"on", ON, "ACCESS", 0, "read, write (default) or access, which is either", 0}},
    {'H', {"thread", THREAD, "TID", 0, "only that thread's instructions", 0}},
    {'i', {"ignore", IGNORE, "N", 0, "count so many hits before one stops a run", 0}},
    {'e',
     {"event", EVENT, "LIST", 0,
      "with handle:...: create, signal, pulse, wait, wake, reset, close; default all", 0}},
    {'a',
     {"at", AT, "WHERE", 0,
      "an address, entry, an export, import or function, or one and an offset: main+0x10", 0}},
    {'r', {"raw", RAW, NULL, 0, "print control characters of the title's text as they are", 0}},
    {'y',
     {"symbols", SYMBOLS, "FILE", 0,
      "the title's ELF file or a map, for names and lines; default TITLE.elf or TITLE.map beside "
      "it; none",
      0}},
    {'M', {"image", IMAGE, "FILE", 0, "the title, wherever the golden says that it was", 0}},
    {'K', {"digest-every", DIGEST_EVERY, "N", 0, "take the digest every N cycles, too", 0}},
    {'k', {"trail", TRAIL, NULL, 0, "those taken on the way instead (--digest-every)", 0}},
    {'1', {"snapshot-load", SNAPSHOT_LOAD, "FILE", 0, "begin from this snapshot's state", 0}},
    {'2',
     {"snapshot-save", SNAPSHOT_SAVE, "FILE", 0,
      "keep the state as a snapshot there, in the end or --at-cycle", 0}},
    {'3', {"at-cycle", AT_CYCLE, "N", 0, "save it at this cycle, and go on", 0}},
    {'4', {"snapshot", SNAPSHOT, "NAME", 0, "begin from a snapshot that the daemon keeps", 0}},
    {'5', {"format", FORMAT, "FORMAT", 0, "dot (default), svg, json, jsonl, yaml or table", 0}},
    {'~', {"wav", WAV, "FILE", 0, "write what was heard there, the newest ten minutes of it", 0}},
    {'+',
     {"module", MODULE, "FILE", 0,
      "a library that the title may import or load, by its file's name; may be repeated", 0}},
    {'=',
     {"patch", PATCH, "FILE", 0,
      "change words before the title begins: lines of ADDRESS VALUE; may be repeated", 0}},
    {'%',
     {"patch-xex", PATCH_XEX, "FILE", 0,
      "apply a delta patch (XEXP), as title updates have, to the title before it begins", 0}},
    {'!', {"allow-modified", ALLOW_MODIFIED, NULL, 0, NULL, 0}},
    {'?', {"writable-code", WRITABLE_CODE, NULL, 0, NULL, 0}},
    {'z',
     {"mount", MOUNT, "DRIVE=PATH", 0,
      "the title finds a folder, or what a disc image or package holds, as usb0:, update: ...", 0}},
    {'0',
     {"no-game-folder", NO_GAME_FOLDER, NULL, 0,
      "the title does not find its own folder as game:", 0}},
    {'b', {"bundle", BUNDLE, "FILE", 0, "write a bundle of the run there, for a bug report", 0}},
    {'6', {"input", INPUT, "SCRIPT", 0, "have this happen to controllers (xe360-input(5))", 0}},
    {'8', {"pads", PADS, "N", 0, NULL, 0}},
    {'<', {"users", USERS, "N", 0, NULL, 0}},
    {'@', {"network", NETWORK, "WHAT", 0, NULL, 0}},
    {'&', {"renderer", RENDERER, "WHAT", 0, NULL, 0}},
    {'c', {"readback", READBACK, "WHETHER", 0, NULL, 0}},
    {'^', {"video", VIDEO, "MODE", 0, NULL, 0}},
    {'>',
     {"frame", FRAME, "FILE", 0,
      "write the newest picture there as PNG; makes them exactly, and slowly", 0}},
    {'#', {"mask", MASK, "X,Y,W,H", 0, "leave these pixels out of frame diff; may be repeated", 0}},
    {'$', {"frames", FRAMES, "N", 0, "stop when so many more frames were shown", 0}},
    {'7', {"for", LASTS, "LENGTH", 0, "how long: 2polls, 3frames, 1000cycles", 0}},
    {'9',
     {"writers", WRITERS, NULL, 0,
      "tell who wrote what is spun on, by running it once more with that watched", 0}},
    {'J',
     {"picture", PICTURE, NULL, 0,
      "with the newest picture instead of hashes of all; makes them exactly", 0}},
    {'u', {"dis", DIS, NULL, 0, "with their microcode as assembly", 0}},
    {'p', {"replace", REPLACE, NULL, 0, "take the place of one of that name", 0}},
    {'j',
     {"wall-limit", WALL_LIMIT, "TIME", 0,
      "end the run after so much time of this machine: 90, 90s, 5m, 1h, 500ms", 0}},
    {'v', {"follow", 'f', NULL, 0, "show log lines as they come", 0}},
    {'Z', {"stop", STOP, NULL, 0, "close the port instead", 0}},
};

/* What every command takes, unless it has one of that name itself. */
static const struct argp_option common_rows[] = {
    {NULL, 0, NULL, 0, "Output:", 1},
    {"format", FORMAT, "FORMAT", 0, "text (default), table, json, jsonl (a line an item) or yaml",
     1},
    {"json", 'j', NULL, 0, "short for --format=json", 1},
    {"output", 'o', "FILE", 0, "write there instead of standard output", 1},
    {"quiet", 'q', NULL, 0, "no progress", 1},
};

_Static_assert(sizeof(option_rows) / sizeof(option_rows[0]) +
                       sizeof(common_rows) / sizeof(common_rows[0]) <=
                   CTL_OPTIONS_MAX,
               "options");

/* Options that are settings. */
static const struct {
    int key;
    enum xe_setting_group group;
    const char *name;
} setting_rows[] = {
    {SEED, XE_SETTING_CONFIG, "seed"},
    {SLICE, XE_SETTING_CONFIG, "slice"},
    {ENGINE, XE_SETTING_CONFIG, "engine"},
    {PADS, XE_SETTING_CONFIG, "pads"},
    {USERS, XE_SETTING_CONFIG, "users"},
    {NETWORK, XE_SETTING_CONFIG, "network"},
    {READBACK, XE_SETTING_CONFIG, "readback"},
    {RENDERER, XE_SETTING_CONFIG, "renderer"},
    {VIDEO, XE_SETTING_CONFIG, "video"},
    {LIVELOCK_AFTER, XE_SETTING_CONFIG, "livelock_after"},
    {ALLOW_MODIFIED, XE_SETTING_CONFIG, "allow_modified"},
    {WRITABLE_CODE, XE_SETTING_CONFIG, "writable_code"},
    {INJECT, XE_SETTING_FAULTS, "inject_lost_wake"},
};

const struct xe_setting *ctl__setting_of(int key)
{
    for (size_t i = 0; i < sizeof(setting_rows) / sizeof(setting_rows[0]); i++)
        if (setting_rows[i].key == key)
            return xe_setting_find(setting_rows[i].group, setting_rows[i].name);
    return NULL;
}

const char *ctl_setting_of(int key)
{
    const struct xe_setting *setting = ctl__setting_of(key);

    return setting ? setting->name : NULL;
}

static bool has(const struct argp_option *options, size_t used, const struct argp_option *option)
{
    for (size_t i = 0; i < used; i++)
        if (option->key && options[i].key == option->key)
            return true;
    return false;
}

void ctl_options_of(const struct ctl_command *command, struct argp_option *options)
{
    size_t used = 0;

    for (const char *letter = command->options; *letter; letter++)
        for (size_t i = 0; i < sizeof(option_rows) / sizeof(option_rows[0]); i++)
            if (option_rows[i].letter == *letter) {
                const struct xe_setting *setting = ctl__setting_of(option_rows[i].argp.key);

                options[used] = option_rows[i].argp;
                if (setting)
                    options[used].doc = setting->doc;
                used++;
            }
    for (size_t i = 0; i < sizeof(common_rows) / sizeof(common_rows[0]); i++)
        if (!has(options, used, &common_rows[i]))
            options[used++] = common_rows[i];
    memset(&options[used], 0, sizeof(options[used]));
}
