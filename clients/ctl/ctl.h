/* xe360ctl: shared by its files. A command is a row (name, arguments, options, function); it makes
 * calls through struct ctl, which either talks HTTP to a daemon or holds a private worker. */
#ifndef XE_CLIENTS_CTL_CTL_H
#define XE_CLIENTS_CTL_CTL_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "rpc/api/rpc.h"
#include "xe/picture.h"
#include "xe/settings.h"

/* Exit codes: doc/explain.md. */
enum ctl_exit {
    CTL_OK = 0,
    CTL_CHECK_FAILED = 1,
    CTL_USAGE = 2,
    CTL_CRASHED = 3,
    CTL_HANG = 4,
    CTL_LIMIT = 5,
    CTL_IMAGE = 7,
    CTL_RPC = 8,
    CTL_CANCELLED = 9,
    CTL_UNAVAILABLE = 69,
    CTL_HARNESS = 99
};

#define CTL_ARGS_MAX    256
#define CTL_MODULES_MAX 8

/* How results are printed: for people, or (all others) as any value is. */
enum ctl_form { CTL_TEXT, CTL_TABLE, CTL_JSON, CTL_JSONL, CTL_YAML };

/* What the command line said. Texts are borrowed from argv. */
struct ctl_options {
    const char *socket, *url, *token_file; /* how to reach the daemon */
    const char *worker, *sandbox;          /* private workers         */
    enum ctl_form form;
    bool raw, replace;
    uint64_t count; /* -n; 0: not given */
    bool has_count;
    json_t *mounts;      /* owned: --mount, as instance.create takes them; NULL: none given */
    bool no_game_folder; /* --no-game-folder */
    const char *seeds;   /* --seeds, checked; NULL: one run */
    uint64_t jobs;       /* at a time; 0: one for each core */
    json_t *config;      /* owned: settings, as instance.create takes them; NULL: none given */
    const char *image;
    const char *module[CTL_MODULES_MAX]; /* --module: libraries beside the title */
    uint32_t modules;
    const char *patch_xex;                   /* --patch-xex: a delta patch of it; NULL: none */
    const char *patch_file[CTL_MODULES_MAX]; /* --patch */
    uint32_t patch_files;
    json_t *patches;     /* owned: what they say; NULL: not read yet */
    bool svg;            /* of graph */
    const char *bundle;  /* --bundle: write one there */
    const char *input;   /* --input: a script */
    const char *lasts;   /* --for: how long, of input press and key */
    const char *symbols; /* --symbols: a file, "none", NULL: what is beside the title */
    bool guest_code;     /* --exit-code=guest */
    bool digest, trace, wait, guest_output, follow;
    bool picture;      /* --picture: in a golden */
    bool writers;      /* --writers: run it twice, to tell who wrote what is spun on */
    const char *focus; /* --trace-handles-focus or --focus */
    const char *until, *exit_on, *name, *type, *filter, *level, *encoding, *output, *dump_jit;
    const char *bind, *registers; /* of gdb */
    const char *on;               /* of watch */
    const char *at;               /* of dis */
    uint64_t tid;                 /* of step, dis, break and watch; 0: not given */
    uint64_t ignore;              /* of break and watch */
    const char *event;            /* of break */
    uint64_t limit, length, wait_ms, port;
    uint64_t wall_limit_ms;                    /* 0: none */
    uint64_t digest_every;                     /* cycles; 0: not given */
    const char *snapshot_load, *snapshot_save; /* files; NULL: not given */
    uint64_t at_cycle;
    bool has_at_cycle;
    const char *wav;
    const char *frame;
    uint64_t frames; /* --frames; 0: not given */
    struct xe_picture_mask mask[XE_PICTURE_MASKS];
    uint32_t masks;
    const char *snapshot; /* of create, a name */
    uint64_t share;       /* percent; 0: not given */
    bool trail;
    bool has_limit, has_length, has_port, stop;
    bool dis; /* of gpu shaders */
    const char *arg[CTL_ARGS_MAX];
    int args;
};

/* Somebody who has to look at a descriptor while a call waits for its answer. */
struct ctl_attention {
    int fd;                                        /* -1: nothing to look at */
    bool (*look)(struct ctl_attention *attention); /* it can be read; true: the call is cancelled */
};

struct ctl {
    struct ctl_options o;
    struct ctl_private *private;     /* owned; NULL: use the daemon */
    void *curl;                      /* owned by http.c: connections */
    struct ctl_attention *attention; /* NULL: nobody but signals interrupts a call */
    int exit;                        /* why the last call failed    */
    const struct ctl_command *command;
    const struct xe_rpc_method *method; /* of the last call; NULL: there was none */
    json_t *watched;                    /* owned: words to watch from a run's beginning, or NULL */
    bool unsaved;                       /* there is no snapshot, though one was asked for */
};

struct ctl_command {
    const char *name, *args, *doc;
    int min_args, max_args;
    const char *options; /* keys of the options it takes, e.g. "nJ" */
    int (*run)(struct ctl *ctl);
    bool no_daemon;
};

extern const struct ctl_command ctl_commands[];

/* ---- options.c ------------------------------------------------------------------------------ */

#define CTL_OPTIONS_MAX 96
#define CTL_SOCKET      0x100 /* key of --socket, which comes before a command */

/* The options that a command takes, ended by an empty one, and their parser (input: struct ctl). */
void ctl_options_of(const struct ctl_command *command, struct argp_option *options);
error_t ctl_parse_option(int key, char *text, struct argp_state *state);
/* The words that an option's value may be, with spaces between; NULL: others. Of a setting: its
 * name. */
const char *ctl_words_of(int key);
const char *ctl_setting_of(int key);
extern const struct argp_option ctl_top_options[];

/* ---- verbs.c ---- */

/* The command that a word means, itself or by another name; NULL: none. */
const struct ctl_command *ctl_command_find(const char *name);
/* Says so, and which one comes near; a usage error. */
int ctl_no_command(const char *name);
/* Are all long options of the command line among these? If not, that is told, with the nearest. */
bool ctl_options_known(const char *command, const struct argp_option *options, int argc,
                       char **argv);

/* ---- calls ---------------------------------------------------------------------------------- */

/* Members of a reply; "" and 0 where there is none of that type. */
const char *ctl_text_of(const json_t *object, const char *name);
/* What is said of a row of coverage: what lacks of it, or why it is missing; NULL: no more. */
const char *ctl_clause_of(const json_t *row);
long long ctl_int_of(const json_t *object, const char *name);
/* The parameters of a call about the instance that is the command's first argument; owned. */
json_t *ctl_instance_param(const struct ctl *ctl);

/* One call; params are given. The result is owned by the caller; NULL after printing the error and
 * setting ctl->exit. Unless it is for JSON or --raw, control characters in its strings are shown.
 */
json_t *ctl_call(struct ctl *ctl, const char *method, json_t *params);
/* audit.report, all pages of it; takes params. */
json_t *ctl_audit_report(struct ctl *ctl, json_t *params);
/* thread.diagnostic, likewise, threads in order of their ids. */
json_t *ctl_thread_diagnostic(struct ctl *ctl, json_t *params);

/* The same without printing: *ret_error (owned) gets the error object, or NULL when there was no
 * answer at all (ctl->exit is set and the reason printed). */
json_t *ctl_try(struct ctl *ctl, const char *method, json_t *params, json_t **ret_error);
int ctl_print_error(struct ctl *ctl, const json_t *error);

/* Over HTTP to the daemon (http.c); the reply object or NULL with ctl->exit set. */
json_t *ctl_http(struct ctl *ctl, const char *method, json_t *params);
void ctl_http_end(struct ctl *ctl);

/* ---- private workers ------------------------------------------------------------------------ */

/* Start a worker of our own; calls go there from now on. Title: the file that the next call brings
 * along. */
bool ctl_private_start(struct ctl *ctl);
bool ctl_private_title(struct ctl *ctl, const char *path);
/* The same, and its folder, for a call that looks into a package that may have its data there. */
bool ctl_private_game(struct ctl *ctl, const char *path);
/* The same for a call that runs it, with the libraries beside it; its folder, unless it is not to
 * have it; and those of --mount. */
bool ctl_private_images(struct ctl *ctl, const char *path);
/* Read what --patch names; false: told, and ctl->exit is set. */
bool ctl_patches(struct ctl *ctl);
/* Name libraries, patches and drives in a call's parameters, which are given and returned. */
json_t *ctl_with_modules(const struct ctl *ctl, json_t *params);
/* DEVICE=PATH, of a folder or a file, as a row of `mounts`. false: told why not. */
bool ctl_mount_add(struct ctl_options *o, const char *text, char *wrong, size_t size);
/* What a call that makes an instance says of files. */
void ctl_mount_params(const struct ctl_options *o, json_t *params);
void ctl_private_stop(struct ctl *ctl);
json_t *ctl_private(struct ctl *ctl, const char *method, json_t *params);
/* The one file that came with the last reply, for the caller to close; -1: none. */
int ctl_private_take_file(struct ctl *ctl);

/* Names and lines for an instance of a title, if there is a file that has them; false: the file
 * that was asked for can't be used, which was told. */
bool ctl_symbols(struct ctl *ctl, const char *instance, const char *title);

/* ---- signals.c, progress.c ---- */

void ctl_catch_signals(void); /* from now on; see signals.c */
/* Does somebody wait who sees that a signal came? Returns whether somebody did. */
bool ctl_listen(bool on);
bool ctl_caught_signal(void);
const char *ctl_signal_text(void); /* its name */
int ctl_signal_fd(void);           /* readable once one came */
/* What ends with the program when a signal ends it: a worker (-1: none), files, by the very text
 * that is given, until they are to be kept. */
void ctl_signal_worker(int pidfd);
void ctl_signal_unlink(const char *path);
void ctl_signal_keep(const char *path);
/* --wall-limit, from the first of these calls on; 0: none. How long to poll, where that would be ms
 * without a limit. */
uint64_t ctl_now_ms(void);
void ctl_wall_begin(uint64_t ms);
bool ctl_wall_over(void);
void ctl_wall_spent(void); /* what it was about is being ended: it is no longer over */
bool ctl_wall_was_spent(void);
int ctl_wall_wait(int ms);

/* Something begins that may take a while; false: something has begun before. */
bool ctl_progress_begin(void);
/* How far it is, which whoever prints anything clears before. target 0: not known. */
void ctl_progress_show(uint64_t cycle, uint64_t target);
void ctl_progress_count(const char *what, size_t done, size_t all);
void ctl_progress_tick(const char *what); /* nobody knows how far it is */
void ctl_progress_clear(void);
void ctl_progress_end(void);
bool ctl_progress_shown(void); /* a bar stands there */
void ctl_progress_quiet(void); /* show none */

/* ---- arguments and output ------------------------------------------------------------------- */

/* "500M": digits and K, M or G. */
bool ctl_count(const char *text, uint64_t *ret);

/* "0x1004,4108" or "@file" as a JSON array; NULL after printing what is wrong (exit code usage). */
json_t *ctl_focus(struct ctl *ctl, const char *list);

/* An address of the instance that is the first argument: "0x...", eight hexadecimal digits,
 * decimal, or the name of a place, as dis takes them. New; NULL: told, and ctl->exit set. */
json_t *ctl_place(struct ctl *ctl, const char *where);

/* A file to another, which it replaces; false after saying why. */
bool ctl_copy(const char *from, const char *to);

/* ---- output.c, table.c, yaml.c ---- */

/* The form of that name; false: there is none. */
bool ctl_form_find(const char *text, enum ctl_form *ret);
/* A result in the form that was asked for, which is not CTL_TEXT. */
void ctl_print(const struct ctl *ctl, const json_t *value);
/* In a form; type may be NULL. */
void ctl_print_as(enum ctl_form form, const struct xe_rpc_type *type, const json_t *value);
void ctl_print_table(FILE *to, const struct xe_rpc_type *type, const json_t *value);
void ctl_print_yaml(FILE *to, const json_t *value);
/* Text for people, given: headings are bold where ctl_colour has it. */
void ctl_print_text(char *text);
/* Is it a terminal that shows colours? NO_COLOR and TERM=dumb say no. */
bool ctl_colour(FILE *to);
/* Was a result printed as one of these? */
bool ctl_has_printed(void);
/* From now on standard output is this file: at the end, when a command that prints nothing has left
 * it as it was; or as it comes. false: told. */
bool ctl_capture(const char *path, bool at_once);
bool ctl_capture_end(void);

void ctl_print_json(const json_t *value);
/* Print a result in the form that was asked for, by `show` for people, and release it; with a call
 * first. NULL results give ctl->exit. */
int ctl_show_result(struct ctl *ctl, json_t *result, void (*show)(const json_t *result));
int ctl_show_call(struct ctl *ctl, const char *method, json_t *params,
                  void (*show)(const json_t *result));
/* A paged method, page after page, until the last or --limit items; takes params. */
int ctl_show_pages(struct ctl *ctl, const char *method, json_t *params,
                   void (*show)(const json_t *item));
/* A page of a list, given (NULL: there is none): printed at once, or kept in *all (NULL before the
 * first) for ctl_end_pages, which takes that and, when complete, prints it. */
void ctl_take_page(const struct ctl *ctl, json_t **all, json_t *page,
                   void (*show)(const json_t *item));
int ctl_end_pages(const struct ctl *ctl, json_t *all, bool complete);
void ctl_print_json_line(const json_t *value); /* without line breaks in it */
/* The log of the instance that is the first argument: where its newest line ends, and all lines
 * from there on, printed. Only with --follow, else both do nothing. false: told. */
bool ctl_last_line(struct ctl *ctl, json_int_t *ret_seq);
bool ctl_new_lines(struct ctl *ctl, json_int_t *seq);
/* Wait so long, or for a signal: false. */
bool ctl_pause(int ms);
/* Text that a title, a file or a worker chose: control characters are shown, not obeyed. */
void ctl_put_text(FILE *to, const char *text);
/* A line on standard error; ctl_fail also keeps it as why the command failed. */
void ctl_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void ctl_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* From now on whatever ends this program with a status other than 0 is told on standard output in
 * this form, {error: {code, message, data, exit_status}}, unless a result was; or at once, if not
 * told yet. */
void ctl_errors_as(enum ctl_form form);
void ctl_tell_error(int status);
/* Keep the first error for ctl_take_error only. */
void ctl_keep_errors(void);
/* The error kept for that, which is then the caller's to tell; NULL: none. */
json_t *ctl_take_error(void);

#define CTL_DEFAULT_RUN 500000000u /* instructions that run and record do without -n */

json_t *ctl_run_config(const struct ctl_options *o); /* new: the config of instance.create */

/* ---- snapshots of a private run ---------------------------------------------------------------
 */

/* Do the options go together? If not, it was told. */
bool ctl_run_snapshot_check(const struct ctl_options *o);
/* Load what is to be loaded, if anything; *ret_cycle is where the run begins. False: told. */
bool ctl_run_load(struct ctl *ctl, uint64_t *ret_cycle);
/* How many instructions there are from here to where it is to be saved; 0: none, or no such place
 * was named. False: it never comes there, which was told. */
bool ctl_run_to_save(struct ctl *ctl, uint64_t from, uint64_t *ret_instructions);
/* Is it there now? If not, that is told, and counts as not saved. */
bool ctl_run_is_there(struct ctl *ctl, const json_t *run);
void ctl_run_save(struct ctl *ctl);
/* Take the frames that a run has shown from those that were asked for: are these all? */
bool ctl_run_has_shown(const json_t *run, uint64_t *frames);
/* Two runs, one after the other, are told as one. */
void ctl_run_join(json_t *run, const json_t *before);

/* ---- many runs ------------------------------------------------------------------------------ */

bool ctl_seeds_check(const char *list); /* is it "1..200,7"? */
int ctl_sweep(struct ctl *ctl);
/* One run in a private worker: what `run` prints, as JSON; NULL: told. And its exit status. */
json_t *ctl_run_once(struct ctl *ctl);
int ctl_run_status(struct ctl *ctl, const json_t *all);

/* ---- options that are settings -------------------------------------------------------------- */

/* Keep what the command line says of a setting; false: *ret_wrong says what is wrong with it. */
bool ctl_setting(struct ctl_options *o, const struct xe_setting *setting, const char *text,
                 char *ret_wrong, size_t size);
json_t *ctl_config(const struct ctl_options *o); /* new */
/* The engine that is asked for; NULL: the default. */
const char *ctl_engine(const struct ctl_options *o);
/* A config as options again, each with a space before it. */
void ctl_config_options(const json_t *config, char *text, size_t size);

/* ---- exit status ---------------------------------------------------------------------------- */

/* The exit status of a run that has stopped, with its verdict's code. */
int ctl_run_exit(const struct ctl *ctl, const json_t *run, const char *verdict);
/* Was this run to be checked, and was nothing compared? Then says so: it is no pass. */
bool ctl_checked_nothing(const json_t *run);
/* Is it a list of verdicts? If not, *ret_word is what isn't one. */
bool ctl_exit_on_check(const char *list, const char **ret_word, size_t *ret_size);
/* Frames to be shown until a run stops, as asked for; 0: it isn't about them. */
uint64_t ctl_frames(const struct ctl_options *o);
/* Adds to run.start's parameters what else the run is to stop on; so many frames, unless 0. */
void ctl_stop_on(const struct ctl_options *o, uint64_t frames, json_t *params);
/* Do --exit-on or --until ask for hangs of a part, which only records show? */
bool ctl_exit_wants_hangs(const struct ctl_options *o);

/* ---- what a private run leaves behind; new, or NULL after telling why -------------------------
 */

json_t *ctl_evidence_log(struct ctl *ctl); /* {stub, guest}: {total, lines[]} each */
/* [{command, why}]; each command works as it stands. */
json_t *ctl_evidence_next(const struct ctl *ctl, const json_t *diagnostic, const json_t *explain,
                          bool audited);

/* Words of memory that are spun on, of a diagnose.explain; new. */
json_t *ctl_writers_words(const json_t *explain);
/* Watch ctl->watched in the instance that was made. false: told. */
bool ctl_writers_watch(struct ctl *ctl);
/* As ctl_run_once, but who wrote what is spun on is told, by a second run. */
json_t *ctl_run_writers(struct ctl *ctl);

/* Counters and all translations of an instance into a file; false after saying why. */
bool ctl_dump_jit(struct ctl *ctl, const char *instance, const char *path);
/* Where JSON goes: opened before the work, so that a mistake is told at once, and emptied after it,
 * so that work that fails leaves what was there. */
struct ctl_output {
    const char *path; /* NULL: standard output */
    FILE *file;       /* owned */
    bool made;        /* it was not there */
};
bool ctl_output_open(struct ctl_output *out, const char *path);
/* value NULL: nothing came. */
bool ctl_output_close(struct ctl_output *out, const json_t *value);

/* A bundle (doc/bundle.md): opened before the work, as other output; written, and closed in any
 * case. instance NULL: there is none to write. false: told, and ctl->exit set. */
bool ctl_bundle_open(struct ctl *ctl, struct ctl_output *out, const char *path);
bool ctl_bundle_write(struct ctl *ctl, struct ctl_output *out, const char *instance);

/* Decode base64 into exactly n bytes. false: it is not that. */
bool ctl_base64(const char *text, uint8_t *to, size_t n);

/* Have the private worker's or a daemon's instance keep what it plays; write what it has kept of
 * client 0 as a WAV file. false: told. */
bool ctl_wav_begin(struct ctl *ctl, const char *instance);
bool ctl_wav(struct ctl *ctl, const char *instance, const char *path);
/* frame.c: the newest picture as a PNG file. false: told. */
bool ctl_frame(struct ctl *ctl, const char *instance, const char *path);
/* Its newest picture as a PNG file, owned (free); NULL: told, and ctl->exit set. ret_frame: the
 * answer (owned), unless NULL. */
uint8_t *ctl_frame_png(struct ctl *ctl, const char *instance, size_t *ret_size, json_t **ret_frame);
/* false: told. */
bool ctl_write_picture(const char *path, const uint8_t *bytes, size_t size);
/* picture.c: frame diff A B. */
int ctl_frame_diff(struct ctl *ctl);

/* All of an instance's digest trail, new; NULL: told. A line each. */
json_t *ctl_trail(struct ctl *ctl, const char *instance);
void ctl_print_trail(const json_t *entries);
int ctl_show_trail(struct ctl *ctl);

/* Load --input's script, if there is one; false: told. */
bool ctl_script(struct ctl *ctl, const char *instance);
/* `input` when it is about controllers: *ret is the exit status; false: it isn't. */
bool ctl_cmd_pads(struct ctl *ctl, int *ret);

/* params.c: parameters of a method from the command's arguments, NAME=VALUE and so on; new, or NULL
 * after a usage error. */
json_t *ctl_typed_params(struct ctl *ctl, const struct xe_rpc_method *method, int first);

json_t *ctl_load(const char *path); /* JSON file; NULL after saying why */

/* ---- commands ------------------------------------------------------------------------------- */

/* `vfs INSTANCE extract PATH`. */
int ctl_extract(struct ctl *ctl);
int ctl_cmd_frame(struct ctl *ctl);
int ctl_cmd_frames(struct ctl *ctl);
int ctl_cmd_compare(struct ctl *ctl);
int ctl_cmd_status(struct ctl *ctl), ctl_cmd_bt(struct ctl *ctl), ctl_cmd_mcp(struct ctl *ctl),
    ctl_cmd_completion(struct ctl *ctl);
int ctl_cmd_audio(struct ctl *ctl), ctl_cmd_vfs(struct ctl *ctl), ctl_cmd_audit(struct ctl *ctl),
    ctl_cmd_break(struct ctl *ctl), ctl_cmd_bundle(struct ctl *ctl),
    ctl_cmd_reproduce(struct ctl *ctl), ctl_cmd_dis(struct ctl *ctl),
    ctl_cmd_unbreak(struct ctl *ctl), ctl_cmd_enable(struct ctl *ctl),
    ctl_cmd_disable(struct ctl *ctl), ctl_cmd_set(struct ctl *ctl), ctl_cmd_poke(struct ctl *ctl),
    ctl_cmd_watch(struct ctl *ctl), ctl_cmd_call(struct ctl *ctl), ctl_cmd_cancel(struct ctl *ctl),
    ctl_cmd_check(struct ctl *ctl), ctl_cmd_create(struct ctl *ctl),
    ctl_cmd_digest(struct ctl *ctl), ctl_cmd_discover(struct ctl *ctl),
    ctl_cmd_explain(struct ctl *ctl), ctl_cmd_graph(struct ctl *ctl),
    ctl_cmd_livelock(struct ctl *ctl), ctl_cmd_milestones(struct ctl *ctl),
    ctl_cmd_modules(struct ctl *ctl), ctl_cmd_exports(struct ctl *ctl),
    ctl_cmd_coverage(struct ctl *ctl), ctl_cmd_focus(struct ctl *ctl), ctl_cmd_gdb(struct ctl *ctl),
    ctl_cmd_gpu(struct ctl *ctl), ctl_cmd_health(struct ctl *ctl), ctl_cmd_help(struct ctl *ctl),
    ctl_cmd_input(struct ctl *ctl), ctl_cmd_inspect(struct ctl *ctl), ctl_cmd_jit(struct ctl *ctl),
    ctl_cmd_logs(struct ctl *ctl), ctl_cmd_ls(struct ctl *ctl), ctl_cmd_mem(struct ctl *ctl),
    ctl_cmd_methods(struct ctl *ctl), ctl_cmd_net(struct ctl *ctl),
    ctl_cmd_objects(struct ctl *ctl), ctl_cmd_pause(struct ctl *ctl), ctl_cmd_ping(struct ctl *ctl),
    ctl_cmd_record(struct ctl *ctl), ctl_cmd_registers(struct ctl *ctl),
    ctl_cmd_rm(struct ctl *ctl), ctl_cmd_fork(struct ctl *ctl), ctl_cmd_reset(struct ctl *ctl),
    ctl_cmd_run(struct ctl *ctl), ctl_cmd_shutdown(struct ctl *ctl),
    ctl_cmd_snapshot(struct ctl *ctl), ctl_cmd_start(struct ctl *ctl),
    ctl_cmd_step(struct ctl *ctl), ctl_cmd_threads(struct ctl *ctl),
    ctl_cmd_version(struct ctl *ctl), ctl_cmd_wait(struct ctl *ctl);

#endif
