/* xe360d: options, and starting the daemon. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/daemon.h"
#include "daemon/depot.h"
#include "daemon/keyring.h"
#include "daemon/note.h"
#include "daemon/once.h"
#include "daemon/reload.h"
#include "daemon/tokens.h"
#include "rpc/link/place.h"

const char *argp_program_version = "xe360d " PACKAGE_VERSION;

enum { OPT_KEY = 0x100, OPT_CONFIG = OPT_KEY + XE_CONFIG_KEYS, OPT_CHECK_CONFIG };

struct arguments {
    struct xe_config given;
    const char *config_file; /* NULL: none */
    bool check;
};

/* A flag is given by its name alone. */
static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *a = state->input;
    struct xe_error err = XE_ERROR_INIT;

    if (key == OPT_CONFIG)
        a->config_file = text;
    else if (key == OPT_CHECK_CONFIG)
        a->check = true;
    else if (key == ARGP_KEY_ARG)
        argp_error(state, "'%s': xe360d takes options only", text);
    else if (key < OPT_KEY || key >= OPT_CONFIG)
        return ARGP_ERR_UNKNOWN;
    else if (!xe_config_set(&a->given, (enum xe_config_key)(key - OPT_KEY), text ? text : "true",
                            (struct xe_config_mark){0}, &err))
        argp_error(state, "--%s %s", xe_config_rows[key - OPT_KEY].name, err.text);
    return 0;
}

static const char doc[] =
    "Headless Xbox 360 emulator daemon: runs titles in lockstep, one locked-down worker "
    "process each, and answers JSON-RPC 2.0 over HTTP (POST /v1/rpc).\v"
    "Example:\n  xe360d --root ~/titles &\n  xe360ctl create ~/titles/default.xex --name one\n"
    "  xe360ctl start one -n 100M --wait\n  xe360ctl threads one\n\n"
    "SIGTERM ends it gracefully, SIGHUP lets it read its configuration again. "
    "`xe360ctl methods` lists the API.";

/* The options are the rows of the configuration, and two about its file. */
static void parse_arguments(int argc, char **argv, struct arguments *a)
{
    struct argp_option option[XE_CONFIG_KEYS + 3] = {
        {"config", OPT_CONFIG, "FILE", 0,
         "configuration, xe360d.conf(5); options given here go before it", 0},
        {"check-config", OPT_CHECK_CONFIG, NULL, 0, "only say whether the configuration is good",
         0}};
    struct argp argp = {.options = option, .parser = parse, .doc = doc};

    for (int i = 0; i < XE_CONFIG_KEYS; i++)
        option[2 + i] = (struct argp_option){xe_config_rows[i].name, OPT_KEY + i,
                                             xe_config_rows[i].what, 0,
                                             xe_config_rows[i].doc,  0};
    argp_parse(&argp, argc, argv, 0, NULL, a);
}

/* ---- paths ---------------------------------------------------------------------------------- */

static char *default_cookie(const char *socket)
{
    const char *slash = strrchr(socket, '/');
    char *path = NULL;

    if (asprintf(&path, "%.*sxe360d.cookie", slash ? (int)(slash - socket + 1) : 0, socket) < 0)
        return NULL;
    return path;
}

/* ---- start ---------------------------------------------------------------------------------- */

static bool prepare(struct xe_daemon *daemon, const struct xe_config *config, struct xe_error *err)
{
    json_t *openrpc;

    if (!xe_config_roots(config, &daemon->roots, err))
        return false;
    daemon->worker_path = xe_link_worker_path(daemon->options.worker_path, err);
    if (!daemon->worker_path || !xe_daemon_init(daemon, err))
        return false;
    openrpc = xe_rpc_discover();
    daemon->openrpc = json_dumps(openrpc, JSON_INDENT(2));
    json_decref(openrpc);
    return daemon->openrpc || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the API document");
}

/* How many connections a listener may have, by the descriptors that workers, debuggers and the
 * daemon itself leave; the limit on those is raised as far as the system lets us. A connection that
 * is served has two (door.h). */
static uint32_t connections_max(uint32_t instances_max)
{
    const rlim_t reserve = 128 + 5 * (rlim_t)instances_max, most = 512, least = 16;
    struct rlimit limit;
    rlim_t each;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return (uint32_t)least;
    if (limit.rlim_cur < reserve + 4 * most) {
        limit.rlim_cur = reserve + 4 * most;
        if (limit.rlim_cur > limit.rlim_max)
            limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    each = limit.rlim_cur > reserve ? (limit.rlim_cur - reserve) / 4 : 0;
    if (each >= least)
        return (uint32_t)(each < most ? each : most);
    xe_note(XE_NOTE_WARN, "%u files may be open (ulimit -n): too few for %u instances",
            (unsigned)limit.rlim_cur, instances_max);
    return (uint32_t)least;
}

/* The token of this start, and those that are kept. */
static bool make_keyring(struct xe_daemon *daemon, struct xe_error *err)
{
    struct xe_token cookie = {.scopes = XE_RPC_SCOPES};
    struct xe_premises *premises = &daemon->premises;

    daemon->keyring = xe_keyring_create();
    if (!daemon->keyring)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for tokens");
    xe_keyring_hash(premises->token, cookie.sha256);
    if (premises->token[0] && !xe_keyring_add(daemon->keyring, &cookie, err))
        return false;
    explicit_bzero(premises->token, sizeof(premises->token));
    return xe_tokens_begin(daemon, err);
}

static bool open_depot(struct xe_daemon *daemon, struct xe_error *err)
{
    const struct xe_shelf *shelf = daemon->store ? xe_store_shelf(daemon->store) : NULL;

    if (shelf)
        daemon->depot = xe_depot_create(shelf->top, shelf->tmp,
                                        (uint64_t)daemon->options.artifacts_mib << 20, err);
    return !shelf || daemon->depot;
}

static bool start(struct xe_daemon *daemon, const struct xe_config *config, struct xe_error *err)
{
    const struct xe_daemon_options *options = &daemon->options;
    const struct xe_premises_options wanted = {options->socket_path, options->listen,
                                               options->cookie_path};
    struct xe_premises *premises = &daemon->premises;
    struct xe_http_options http = {.requests_max = 256};

    if (!prepare(daemon, config, err) || !xe_premises_take(premises, &wanted, err))
        return false;
    if (options->state_dir && !(daemon->store = xe_store_create(options->state_dir, err)))
        return false;
    if (!make_keyring(daemon, err) || !open_depot(daemon, err) ||
        !(daemon->once = xe_once_create(daemon, err)))
        return false;
    http.depot = daemon->depot;
    http.keyring = daemon->keyring;
    http.openrpc = daemon->openrpc;
    http.connections_max = connections_max(options->instances_max + options->workers_ready);
    daemon->http = xe_http_start(&http, &premises->unix_fd, &premises->tcp_fd, err);
    if (!daemon->http || !xe_config_http(config, daemon->http, err))
        return false;
    xe_note(XE_NOTE_INFO, "listening on %s%s%s", options->socket_path,
            premises->listening[0] ? " and " : "", premises->listening);
    return xe_daemon_run(daemon, err);
}

/* Paths that nobody has given. false: there is no place for the socket. */
static bool find_places(struct xe_daemon_options *options, char **ret_socket, char **ret_cookie,
                        struct xe_error *err)
{
    if (!options->socket_path) {
        if (!xe_link_place(true, ret_socket, err))
            return false;
        options->socket_path = *ret_socket;
    }
    if (!options->cookie_path)
        options->cookie_path = *ret_cookie = default_cookie(options->socket_path);
    if (!options->state_dir)
        options->state_dir = getenv("STATE_DIRECTORY");
    return true;
}

static int check_config(const struct arguments *a)
{
    struct xe_config config = {.file = NULL};
    struct xe_roots roots = {.count = 0};
    struct xe_error err = XE_ERROR_INIT;
    bool ok = xe_config_make(&config, a->config_file, &a->given, &err) &&
              xe_config_roots(&config, &roots, &err);

    if (ok)
        printf("%s: good\n", a->config_file ? a->config_file : "the command line");
    else
        fprintf(stderr, "%s\n", err.text);
    xe_roots_fini(&roots);
    xe_config_fini(&config);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct arguments a = {.config_file = NULL};
    struct xe_daemon daemon = {.premises = XE_PREMISES_INIT, .loop.epoll = -1, .signals = -1};
    struct xe_config config = {.file = NULL};
    struct xe_error err = XE_ERROR_INIT;
    char *socket = NULL, *cookie = NULL;
    bool ok;

    parse_arguments(argc, argv, &a);
    if (a.check)
        return check_config(&a);
    daemon.given = &a.given;
    daemon.config_file = a.config_file;
    json_object_seed(0);
    ok = xe_config_make(&config, a.config_file, &a.given, &err);
    daemon.options = config.value;
    if (ok)
        xe_note_set_level((enum xe_note_level)xe_note_level_parse(daemon.options.log_level));
    ok =
        ok && find_places(&daemon.options, &socket, &cookie, &err) && start(&daemon, &config, &err);
    if (!ok)
        xe_note(XE_NOTE_ERROR, "%s", err.text);
    xe_daemon_fini(&daemon);
    xe_config_fini(&config);
    xe_config_fini(&a.given);
    free(socket);
    free(cookie);
    return ok ? 0 : 1;
}
