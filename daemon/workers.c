/* Supervision of worker processes.
 *
 * A worker is trusted with nothing: what it says is checked message by message, and a worker that
 * dies, talks nonsense or owes a word for too long (pulse.h) is ended. Its calls
 * then fail with worker_lost, its instance says why, and everything else goes on. Structs are freed
 * at the end of the loop's turn only, so that a callback may end any worker. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/daemon.h"
#include "daemon/note.h"

#define WARNINGS_MAX 16
#define WARNING_MAX  256
#define TURN_MS      5  /* of listening to one worker before the others have their turn */
#define WORKER_NICE  10 /* a tenth of the weight: what is asked of the daemon goes before titles */

/* ---- ending --------------------------------------------------------------------------------- */

static void call_free(struct xe_worker_call *call)
{
    json_decref(call->body);
    xe_link_files_close(&call->files);
    free(call);
}

static json_t *lost_error(const struct xe_worker *worker)
{
    struct xe_error err = XE_ERROR_INIT;

    xe_error_set(&err, XE_ERR_WORKER_LOST, "%s",
                 worker->reason[0] ? worker->reason : "the worker was ended");
    return xe_rpc_error(&err, NULL);
}

static void call_fail(struct xe_worker_call *call, json_t *error)
{
    if (call->passed)
        call->passed(call->ctx, NULL, error);
    else
        call->done(call->ctx, NULL, error);
}

static void fail_calls(struct xe_worker *worker)
{
    while (worker->calls) {
        struct xe_worker_call *call = worker->calls;

        worker->calls = call->next;
        call_fail(call, lost_error(worker));
        call_free(call);
    }
}

/* By descriptor: the number may be another process's by now. */
static void send_kill(const struct xe_worker *worker)
{
    syscall(SYS_pidfd_send_signal, worker->process.pidfd, SIGKILL, NULL, 0);
}

/* Stop listening to a worker and kill it; the rest happens when its process has ended. */
static void kill_worker(struct xe_worker *worker)
{
    if (worker->ending)
        return;
    worker->ending = true;
    xe_loop_forget(&worker->daemon->loop, &worker->socket_watch);
    close(worker->process.socket);
    worker->process.socket = -1;
    send_kill(worker);
}

/* What health says until a worker starts after all. */
static void cannot_start(struct xe_daemon *daemon, const char *reason)
{
    json_decref(daemon->sandbox_warnings);
    daemon->sandbox_warnings =
        json_pack("[o]", json_sprintf("no worker can be started: %s", reason));
}

static void lose(struct xe_worker *worker, const char *reason)
{
    struct xe_instance_entry *instance = worker->instance;

    if (!worker->reason[0])
        snprintf(worker->reason, sizeof(worker->reason), "%s", reason);
    xe_note(XE_NOTE_WARN, "worker %d (%s): %s", (int)worker->process.pid,
            instance ? instance->id : "no instance", worker->reason);
    if (worker->probe || (worker->ready && !worker->greeted))
        cannot_start(worker->daemon, worker->reason);
    kill_worker(worker);
}

void xe_worker_end(struct xe_worker *worker)
{
    worker->instance = NULL;
    kill_worker(worker);
    fail_calls(worker);
}

static void bury(void *ctx)
{
    struct xe_worker *worker = ctx, **link = &worker->daemon->workers;

    while (*link != worker)
        link = &(*link)->next;
    *link = worker->next;
    xe_loop_unset(&worker->patience);
    free(worker);
}

/* ---- asking --------------------------------------------------------------------------------- */

static void want_writable(struct xe_worker *worker, bool on)
{
    if (worker->full != on)
        xe_loop_want(&worker->daemon->loop, &worker->socket_watch, EPOLLIN | (on ? EPOLLOUT : 0));
    worker->full = on;
}

/* Send what is not sent yet, in order. */
static void send_calls(struct xe_worker *worker)
{
    bool full = false;

    for (struct xe_worker_call *call = worker->calls; call && !full; call = call->next) {
        enum xe_link_sent sent;

        if (call->sent)
            continue;
        sent = xe_link_send(worker->process.socket, XE_LINK_REQUEST, call->id, call->body,
                            &call->files, false);
        full = sent == XE_LINK_FULL;
        if (full)
            break;
        /* A failed send means a dead worker: its process event will tell. */
        call->sent = true;
        json_decref(call->body);
        call->body = NULL;
        xe_link_files_close(&call->files);
    }
    want_writable(worker, full);
}

static uint64_t patience_ms(const struct xe_worker *worker)
{
    return (uint64_t)worker->daemon->options.worker_timeout_s * 1000;
}

static void heard(struct xe_worker *worker)
{
    xe_pulse_heard(&worker->pulse, xe_loop_now_ms(), patience_ms(worker));
    if (!worker->patience.link)
        xe_loop_set(&worker->daemon->loop, &worker->patience, worker->pulse.look);
}

void xe_worker_ask(struct xe_worker *worker, const char *method, const json_t *params, int fd,
                   const struct xe_rpc_type *reads, xe_worker_done *done, void *ctx)
{
    struct xe_link_files files = {.fd = {fd}, .count = fd >= 0};

    xe_worker_ask_files(worker, method, params, &files, reads, done, ctx);
}

/* Ask; how the answer is told is still to be said in what is returned, and comes later. */
static struct xe_worker_call *ask(struct xe_worker *worker, const char *method,
                                  const json_t *params, const struct xe_link_files *files)
{
    struct xe_worker_call *call = calloc(1, sizeof(*call));
    struct xe_worker_call **last = &worker->calls;

    if (!call)
        abort();
    if (!worker->calls && !worker->running)
        heard(worker);
    while (*last)
        last = &(*last)->next;
    *last = call;
    call->id = ++worker->next_id;
    call->files = *files;
    call->body = json_pack("{s:s, s:O}", "method", method, "params", params);
    if (!worker->ending)
        send_calls(worker);
    return call;
}

void xe_worker_ask_files(struct xe_worker *worker, const char *method, const json_t *params,
                         const struct xe_link_files *files, const struct xe_rpc_type *reads,
                         xe_worker_done *done, void *ctx)
{
    struct xe_worker_call *call = ask(worker, method, params, files);

    call->reads = reads;
    call->done = done;
    call->ctx = ctx;
}

void xe_worker_pass(struct xe_worker *worker, const char *method, const json_t *params,
                    const struct xe_link_files *files, xe_worker_passed *passed, void *ctx)
{
    struct xe_worker_call *call = ask(worker, method, params, files);

    call->passed = passed;
    call->ctx = ctx;
}

int xe_worker_take_file(struct xe_worker *worker)
{
    struct xe_link_files *came = worker->came;

    return came && came->count == 1 ? came->fd[--came->count] : -1;
}

/* ---- listening ------------------------------------------------------------------------------ */

static struct xe_worker_call *take_call(struct xe_worker *worker, uint32_t id)
{
    for (struct xe_worker_call **link = &worker->calls; *link; link = &(*link)->next)
        if ((*link)->id == id && (*link)->sent) {
            struct xe_worker_call *call = *link;

            *link = call->next;
            return call;
        }
    return NULL;
}

/* An error object that may be shown to clients. */
static bool good_error(const json_t *error)
{
    const json_t *data = json_object_get(error, "data");

    return json_is_integer(json_object_get(error, "code")) &&
           json_is_string(json_object_get(error, "message")) && (!data || json_is_object(data));
}

/* Whoever asked hears it, too. */
static bool nonsense(struct xe_worker *worker, struct xe_worker_call *call)
{
    lose(worker, "the worker talks nonsense: an answer without sense");
    call_fail(call, lost_error(worker));
    return false;
}

static bool read_result(struct xe_worker *worker, struct xe_worker_call *call,
                        const struct xe_link_message *message)
{
    json_t *result = xe_link_result(message);

    if (result && (!call->reads || xe_rpc_fits(call->reads, result))) {
        call->done(call->ctx, result, NULL);
        return true;
    }
    json_decref(result);
    return nonsense(worker, call);
}

/* A result, or an error. */
static bool take_answer(struct xe_worker *worker, struct xe_link_message *message)
{
    struct xe_worker_call *call = take_call(worker, message->id);
    bool good = true;

    if (!call)
        return false;
    worker->came = &message->files;
    if (message->kind == XE_LINK_ERROR && good_error(message->body))
        call_fail(call, json_incref(message->body));
    else if (message->kind == XE_LINK_ERROR)
        good = nonsense(worker, call);
    else if (call->passed)
        call->passed(call->ctx, &message->text, NULL);
    else
        good = read_result(worker, call, message);
    worker->came = NULL;
    call_free(call);
    return good;
}

/* A few lines, as system.health may show them. */
static bool good_warnings(const json_t *warnings)
{
    size_t count = json_array_size(warnings);

    for (size_t i = 0; i < count && i < WARNINGS_MAX; i++) {
        size_t length = json_string_length(json_array_get(warnings, i));

        if (length == 0 || length > WARNING_MAX)
            return false;
    }
    return json_is_array(warnings) && count <= WARNINGS_MAX;
}

/* The engine that a worker names, as a word of ours; false if it is none. */
static bool take_engine(struct xe_daemon *daemon, const json_t *said)
{
    static const char *const words[] = {"jit", "interpreter"};

    for (size_t i = 0; json_is_string(said) && i < sizeof(words) / sizeof(words[0]); i++)
        if (!strcmp(json_string_value(said), words[i])) {
            daemon->engine = words[i];
            return true;
        }
    return !said;
}

/* Said once, and before it has seen a title: what it says of itself later is worth nothing. */
static bool take_hello(struct xe_worker *worker, const json_t *body)
{
    json_t *warnings = json_object_get(body, "warnings");

    if (worker->greeted || !good_warnings(warnings) ||
        !take_engine(worker->daemon, json_object_get(body, "engine")))
        return false;
    worker->greeted = true;
    json_decref(worker->daemon->sandbox_warnings);
    worker->daemon->sandbox_warnings = json_incref(warnings);
    if (worker->probe)
        xe_worker_end(worker);
    else
        setpriority(PRIO_PROCESS, (id_t)xe_link_worker_pid(&worker->process),
                    getpriority(PRIO_PROCESS, 0) + WORKER_NICE);
    if (worker->instance)
        worker->instance->worker_pid = xe_link_worker_pid(&worker->process);
    return true;
}

/* Of an instance that is not there yet there is nothing to tell. */
static bool is_too_early(const struct xe_worker *worker, const char *topic)
{
    return worker->instance && worker->instance->state == XE_INSTANCE_BOOTING &&
           strcmp(topic, "worker.alive") != 0;
}

static bool take_event(struct xe_worker *worker, const json_t *body)
{
    const char *topic = json_string_value(json_object_get(body, "topic"));
    const struct xe_rpc_type *type = topic ? xe_rpc_event_type(topic) : NULL;
    const json_t *data = json_object_get(body, "data");

    if (!type || !xe_rpc_fits(type, data) || is_too_early(worker, topic))
        return false;
    if (!strcmp(topic, "run.started"))
        worker->running = true;
    if (!strcmp(topic, "run.stopped"))
        worker->running = false;
    if (worker->instance)
        xe_daemon_instances_event(worker->instance, topic, data);
    return true;
}

static bool take_message(struct xe_worker *worker, struct xe_link_message *message)
{
    heard(worker);
    if (worker->instance)
        xe_gdb_stub_tend(worker->instance->gdb);
    switch (message->kind) {
    case XE_LINK_HELLO:
        return take_hello(worker, message->body);
    case XE_LINK_RESULT:
    case XE_LINK_ERROR:
        return take_answer(worker, message);
    case XE_LINK_EVENT:
        return take_event(worker, message->body);
    default:
        return false;
    }
}

/* Take what a worker has said, for a turn's time: one that never stops must not keep the loop from
 * the others. True: there may be more. */
static bool hear(struct xe_worker *worker)
{
    struct xe_link_message message;
    enum xe_link_got got = XE_LINK_NOTHING;
    struct xe_error err = XE_ERROR_INIT;
    uint64_t until = xe_loop_now_ms() + TURN_MS;
    bool sense = true;

    do {
        got = xe_link_receive(worker->process.socket, false, &message, &err);
        if (got != XE_LINK_MESSAGE)
            break;
        sense = take_message(worker, &message);
        xe_link_message_fini(&message);
    } while (!worker->ending && sense && worker->pulse.heard < until);
    if (worker->ending)
        return false;
    if (!sense || got == XE_LINK_BROKEN) {
        char reason[256];

        snprintf(reason, sizeof(reason), "the worker talks nonsense: %.200s",
                 err.text[0] ? err.text : "a message without sense");
        lose(worker, reason);
    } else if (got == XE_LINK_END) {
        /* How it ended is told by the process event that follows; its init must not be killed
         * before it can say. */
        xe_loop_forget(&worker->daemon->loop, &worker->socket_watch);
        worker->hung_up = true;
        heard(worker);
    }
    return sense && got == XE_LINK_MESSAGE;
}

static bool owes_a_word(const struct xe_worker *worker)
{
    return !worker->ending && (worker->calls || worker->running || worker->hung_up ||
                               worker->probe || (worker->ready && !worker->greeted));
}

static void socket_ready(void *ctx, uint32_t events)
{
    struct xe_worker *worker = ctx;

    if (events & EPOLLOUT)
        send_calls(worker);
    hear(worker);
    if (!owes_a_word(worker))
        xe_loop_unset(&worker->patience); /* nobody wakes for those who owe nothing */
}

static void process_ended(void *ctx, uint32_t events)
{
    struct xe_worker *worker = ctx;
    struct xe_instance_entry *instance = worker->instance;
    siginfo_t info = {0};
    char text[200];

    (void)events;
    if (!worker->ending && hear(worker)) /* what it said before it died still counts */
        return;
    if (waitid(P_PIDFD, (id_t)worker->process.pidfd, &info, WEXITED | WNOHANG) < 0 ||
        info.si_pid == 0)
        return;
    xe_link_describe_end(&info, text, sizeof(text));
    if (!worker->ending)
        lose(worker, text);
    xe_loop_forget(&worker->daemon->loop, &worker->process_watch);
    close(worker->process.pidfd);
    xe_loop_post(&worker->daemon->loop, &worker->burial);
    if (instance && worker->instance)
        xe_daemon_instances_lost(instance, worker->reason[0] ? worker->reason : text);
    worker->instance = NULL;
    fail_calls(worker);
}

/* ---- patience ------------------------------------------------------------------------------- */

static void overdue(struct xe_worker *worker, enum xe_pulse_verdict verdict)
{
    char reason[128];

    snprintf(reason, sizeof(reason), "the worker %s for %u s%s",
             worker->hung_up ? "closed its socket and went on" : "did not answer",
             worker->daemon->options.worker_timeout_s,
             verdict == XE_PULSE_MUTE ? " of its processor time" : "");
    lose(worker, reason);
}

/* It is time to look at a silent worker. What it said may still lie in the socket: then it is the
 * daemon that was kept from running. One that has hung up can't say any more, whatever it does. */
static void look_at(struct xe_worker *worker)
{
    enum xe_pulse_verdict verdict;
    struct xe_effort effort;
    bool told = false;
    uint64_t now;

    if (!worker->hung_up)
        hear(worker);
    now = xe_loop_now_ms();
    if (!owes_a_word(worker) || now < worker->pulse.look)
        return;
    if (!worker->hung_up)
        told = xe_effort_of(xe_link_worker_pid(&worker->process), &effort);
    verdict = xe_pulse_look(&worker->pulse, now, patience_ms(worker), told ? &effort : NULL);
    if (verdict != XE_PULSE_FINE)
        overdue(worker, verdict);
}

/* Who owes nothing now is heard, and by that looked at again, when that changes. */
static void patience_is_over(void *ctx)
{
    struct xe_worker *worker = ctx;

    if (owes_a_word(worker) && worker->pulse.look <= xe_loop_now_ms())
        look_at(worker);
    if (owes_a_word(worker))
        xe_loop_set(&worker->daemon->loop, &worker->patience, worker->pulse.look);
}

/* ---- starting ------------------------------------------------------------------------------- */

struct xe_worker *xe_worker_start(struct xe_daemon *daemon, struct xe_error *err)
{
    struct xe_worker *worker = calloc(1, sizeof(*worker));

    if (!worker) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a worker");
        return NULL;
    }
    if (!xe_link_spawn(daemon->worker_path, daemon->options.sandbox, &worker->process, err)) {
        free(worker);
        return NULL;
    }
    worker->daemon = daemon;
    worker->socket_watch = (struct xe_watch){.ready = socket_ready, .ctx = worker};
    worker->process_watch = (struct xe_watch){.ready = process_ended, .ctx = worker};
    worker->patience = (struct xe_timer){.due = patience_is_over, .ctx = worker};
    worker->burial = (struct xe_work){.run = bury, .ctx = worker};
    worker->next = daemon->workers;
    daemon->workers = worker;
    heard(worker);
    xe_loop_watch(&daemon->loop, &worker->socket_watch, worker->process.socket, EPOLLIN);
    xe_loop_watch(&daemon->loop, &worker->process_watch, worker->process.pidfd, EPOLLIN);
    return worker;
}

void xe_worker_probe(struct xe_daemon *daemon)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_worker *worker = xe_worker_start(daemon, &err);

    if (worker)
        worker->probe = true;
    else
        cannot_start(daemon, err.text);
}
