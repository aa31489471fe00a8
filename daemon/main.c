/* xe360d: options, and starting the daemon. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/daemon.h"
#include "daemon/keyring.h"
#include "daemon/note.h"
#include "daemon/tokens.h"
#include "rpc/link/place.h"

const char *argp_program_version = "xe360d " PACKAGE_VERSION;

enum {
    OPT_SOCKET = 1,
    OPT_LISTEN,
    OPT_COOKIE,
    OPT_ROOT,
    OPT_WORKER,
    OPT_MAX,
    OPT_READY,
    OPT_SANDBOX,
    OPT_LOG_LEVEL,
    OPT_STATE_DIR,
    OPT_TIMEOUT
};

static const struct argp_option rows[] = {
    {"socket", OPT_SOCKET, "PATH", 0,
     "UNIX socket of the API (default xe360d.sock in $XDG_RUNTIME_DIR, else /run/xe360d or a folder of the user's)",
     0},
    {"listen", OPT_LISTEN, "ADDRESS", 0,
     "also listen on loopback TCP, e.g. 127.0.0.1:3607; callers need the cookie as Bearer token",
     0},
    {"cookie", OPT_COOKIE, "PATH", 0,
     "file for the TCP token, new at each start, mode 0600 (default beside the socket)", 0},
    {"root", OPT_ROOT, "DIR", 0, "directory that images may come from; may be repeated", 0},
    {"state-dir", OPT_STATE_DIR, "DIR", 0,
     "keep snapshots there (default $STATE_DIRECTORY; without one nothing is kept)", 0},
    {"worker", OPT_WORKER, "PATH", 0, "worker program (default: beside xe360d, or as installed)",
     0},
    {"max-instances", OPT_MAX, "N", 0, "most instances at once (default 64)", 0},
    {"ready-workers", OPT_READY, "N", 0,
     "workers that are started before they are needed (default 2; 0: none)", 0},
    {"sandbox", OPT_SANDBOX, "MODE", 0,
     "require: a worker that cannot be locked down completely does not start; warn (default): "
     "missing layers are told by system.health; off: for debugging",
     0},
    {"worker-timeout", OPT_TIMEOUT, "SECONDS", 0,
     "a worker that is silent for so long while asked is ended (default 15)", 0},
    {"log-level", OPT_LOG_LEVEL, "LEVEL", 0, "error, warn (default), info or debug", 0},
    {0}};

struct arguments {
    struct xe_daemon_options options;
    const char *roots[XE_ROOTS_MAX];
    size_t root_count;
    enum xe_note_level level;
};

static uint32_t count(struct argp_state *state, const char *name, const char *text, uint32_t min,
                      uint32_t max)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno || *end || text[0] < '0' || text[0] > '9' || value < min || value > max)
        argp_error(state, "--%s '%s': expected a number from %u to %u", name, text, min, max);
    return (uint32_t)value;
}

static const char *sandbox_mode(struct argp_state *state, const char *text)
{
    if (strcmp(text, "require") && strcmp(text, "warn") && strcmp(text, "off"))
        argp_error(state, "--sandbox '%s': expected require, warn or off", text);
    return text;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *a = state->input;
    int level;

    switch (key) {
    case OPT_SOCKET:
        a->options.socket_path = text;
        return 0;
    case OPT_LISTEN:
        a->options.listen = text;
        return 0;
    case OPT_COOKIE:
        a->options.cookie_path = text;
        return 0;
    case OPT_ROOT:
        if (a->root_count == XE_ROOTS_MAX)
            argp_error(state, "more than %d --root", XE_ROOTS_MAX);
        a->roots[a->root_count++] = text;
        return 0;
    case OPT_WORKER:
        a->options.worker_path = text;
        return 0;
    case OPT_STATE_DIR:
        a->options.state_dir = text;
        return 0;
    case OPT_MAX:
        a->options.instances_max = count(state, "max-instances", text, 1, 10000);
        return 0;
    case OPT_READY:
        a->options.workers_ready = count(state, "ready-workers", text, 0, 100);
        return 0;
    case OPT_TIMEOUT:
        a->options.worker_timeout_s = count(state, "worker-timeout", text, 1, 3600);
        return 0;
    case OPT_SANDBOX:
        a->options.sandbox = sandbox_mode(state, text);
        return 0;
    case OPT_LOG_LEVEL:
        level = xe_note_level_parse(text);
        if (level < 0)
            argp_error(state, "--log-level '%s': expected error, warn, info or debug", text);
        a->level = (enum xe_note_level)level;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s': xe360d takes options only", text);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .doc =
        "Headless Xbox 360 emulator daemon: runs titles in lockstep, one locked-down worker "
        "process each, and answers JSON-RPC 2.0 over HTTP (POST /v1/rpc).\v"
        "Example:\n  xe360d --root ~/titles &\n  xe360ctl create ~/titles/default.xex --name one\n"
        "  xe360ctl start one -n 100M --wait\n  xe360ctl threads one\n\n"
        "SIGTERM ends it gracefully. `xe360ctl methods` lists the API."};

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

static bool prepare(struct xe_daemon *daemon, const struct arguments *a, struct xe_error *err)
{
    json_t *openrpc;

    for (size_t i = 0; i < a->root_count; i++)
        if (!xe_roots_add(&daemon->roots, a->roots[i], err))
            return false;
    daemon->worker_path = xe_link_worker_path(a->options.worker_path, err);
    if (!daemon->worker_path || !xe_daemon_init(daemon, err))
        return false;
    openrpc = xe_rpc_discover();
    daemon->openrpc = json_dumps(openrpc, JSON_INDENT(2));
    json_decref(openrpc);
    return daemon->openrpc || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the API document");
}

/* How many connections a listener may have, by the descriptors that workers, debuggers and the
 * daemon itself leave; the limit on those is raised as far as the system lets us. A connection that
 * is served has three (door.h). */
static uint32_t connections_max(uint32_t instances_max)
{
    const rlim_t reserve = 128 + 5 * (rlim_t)instances_max, most = 512, least = 16;
    struct rlimit limit;
    rlim_t each;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return (uint32_t)least;
    if (limit.rlim_cur < reserve + 6 * most) {
        limit.rlim_cur = reserve + 6 * most;
        if (limit.rlim_cur > limit.rlim_max)
            limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    each = limit.rlim_cur > reserve ? (limit.rlim_cur - reserve) / 6 : 0;
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

static bool start(struct xe_daemon *daemon, const struct arguments *a, struct xe_error *err)
{
    const struct xe_premises_options wanted = {a->options.socket_path, a->options.listen,
                                               a->options.cookie_path};
    struct xe_premises *premises = &daemon->premises;
    struct xe_http_options http = {.requests_max = 256};

    if (!prepare(daemon, a, err) || !xe_premises_take(premises, &wanted, err))
        return false;
    if (a->options.state_dir && !(daemon->store = xe_store_create(a->options.state_dir, err)))
        return false;
    if (!make_keyring(daemon, err))
        return false;
    http.keyring = daemon->keyring;
    http.openrpc = daemon->openrpc;
    http.connections_max = connections_max(a->options.instances_max + a->options.workers_ready);
    daemon->http = xe_http_start(&http, &premises->unix_fd, &premises->tcp_fd, err);
    if (!daemon->http)
        return false;
    xe_note(XE_NOTE_INFO, "listening on %s%s%s", a->options.socket_path,
            premises->listening[0] ? " and " : "", premises->listening);
    return xe_daemon_run(daemon, err);
}

int main(int argc, char **argv)
{
    struct arguments a = {.options = {.sandbox = "warn",
                                      .instances_max = 64,
                                      .workers_ready = 2,
                                      .worker_timeout_s = 15},
                          .level = XE_NOTE_WARN};
    struct xe_daemon daemon = {.premises = XE_PREMISES_INIT, .loop.epoll = -1, .signals = -1};
    struct xe_error err = XE_ERROR_INIT;
    char *socket = NULL, *cookie = NULL;
    bool ok;

    argp_parse(&argp, argc, argv, 0, NULL, &a);
    xe_note_set_level(a.level);
    ok = a.options.socket_path || xe_link_place(true, &socket, &err);
    if (!a.options.socket_path)
        a.options.socket_path = socket;
    if (ok && !a.options.cookie_path)
        a.options.cookie_path = cookie = default_cookie(a.options.socket_path);
    if (!a.options.state_dir)
        a.options.state_dir = getenv("STATE_DIRECTORY");
    daemon.options = a.options;
    json_object_seed(0);
    ok = ok && start(&daemon, &a, &err);
    if (!ok)
        xe_note(XE_NOTE_ERROR, "%s", err.text);
    xe_daemon_fini(&daemon);
    free(socket);
    free(cookie);
    return ok ? 0 : 1;
}
