/* xe360-worker: one instance in a process of its own, locked down, speaking link.h on descriptor 3.
 * Started by xe360d or xe360ctl, never by a person. The main loop: work on what is running, looking
 * at the socket between slices; sleep on the socket when nothing runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <gcrypt.h>

#include "rpc/link/link.h"
#include "worker/broker.h"
#include "worker/decoder.h"
#include "worker/sandbox.h"
#include "worker/session/session.h"
#include "worker/title.h"
#include "xe/engine.h"

struct worker {
    struct xe_session *session;
    struct xe_link_files *came; /* with the request being started; the message's      */
    struct xe_link_files leave; /* with the reply being made; borrowed from its maker */
    bool end;                   /* the parent is gone or talks nonsense               */
    struct xe_worker_decoder decoder;
};

/* ---- what the session asks for -------------------------------------------------------------- */

static uint64_t now_ms(void *ctx)
{
    struct timespec now;

    (void)ctx;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* When the parent is busy: the next one says as much. */
static bool may_be_lost(const char *topic)
{
    return !strcmp(topic, "run.progress") || !strcmp(topic, "worker.alive");
}

static void event(void *ctx, const char *topic, json_t *data)
{
    json_t *body = json_pack("{s:s, s:o}", "topic", topic, "data", data);

    (void)ctx;
    xe_link_send(XE_LINK_FD, XE_LINK_EVENT, 0, body, NULL, !may_be_lost(topic));
    json_decref(body);
}

/* One of the files that came, once; the others stay with their message. -1: there is none. */
static int take(struct worker *worker, uint32_t index, struct xe_error *err)
{
    int fd = worker->came && index < worker->came->count ? worker->came->fd[index] : -1;

    if (fd < 0)
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "no image came with the request");
    else
        worker->came->fd[index] = -1;
    return fd;
}

static bool take_title(void *ctx, uint32_t index, const struct xe_breath *breath,
                       struct xe_session_title *title, struct xe_error *err)
{
    int fd = take(ctx, index, err);

    return fd >= 0 && xe_title_take(fd, breath, title, err);
}

static bool take_file(void *ctx, const struct xe_breath *breath, void **ret_bytes, size_t *ret_size,
                      struct xe_error *err)
{
    int fd = take(ctx, 0, err);

    return fd >= 0 && xe_title_take_file(fd, breath, ret_bytes, ret_size, err);
}

static const struct xe_files *take_folders(void *ctx, uint32_t images, uint32_t *ret_count,
                                           struct xe_error *err)
{
    const struct worker *worker = ctx;

    *ret_count = worker->came && worker->came->count > images ? worker->came->count - images : 0;
    if (*ret_count && !xe_broker_begin(worker->came->fd + images, *ret_count, err))
        return NULL;
    return &xe_broker_files;
}

static uint32_t take_files(void *ctx, int *ret_fd, uint32_t max)
{
    struct worker *worker = ctx;
    uint32_t n = worker->came ? worker->came->count : 0;

    if (n > max)
        return n;
    for (uint32_t i = 0; i < n; i++)
        ret_fd[i] = worker->came->fd[i];
    if (n)
        worker->came->count = 0;
    return n;
}

static void give_files(void *ctx, const int *fd, uint32_t count)
{
    struct worker *worker = ctx;

    for (uint32_t i = 0; i < count && i < XE_LINK_FILES; i++)
        worker->leave.fd[i] = fd[i];
    worker->leave.count = count < XE_LINK_FILES ? count : XE_LINK_FILES;
}

/* ---- requests ------------------------------------------------------------------------------- */

static enum xe_link_sent answer(enum xe_link_kind kind, uint32_t id, const json_t *body,
                                const struct xe_link_files *files)
{
    return xe_link_send(XE_LINK_FD, kind, id, body, files, true);
}

static void answer_error(uint32_t id, json_t *error, const struct xe_link_files *files)
{
    answer(XE_LINK_ERROR, id, error, files);
    json_decref(error);
}

/* Nobody reads a result between here and the client. In builds for tests it's held against its row
 * here, where it was made; of methods that the daemon answers, what it asks is another thing. */
static bool fits(const struct xe_rpc_method *method, const json_t *result, struct xe_error *err)
{
#ifdef XE_FAULT_PLAN
    struct xe_rpc_field field = {.name = "result", .type = method->result, .required = true};
    struct xe_rpc_misfit misfit;

    if (method->place == XE_RPC_WORKER && !xe_rpc_check(&field, result, "result", &misfit))
        return xe_error_set(err, XE_ERR_INTERNAL, "%s: %s: expected %s", method->name, misfit.path,
                            misfit.unknown ? "no such member" : misfit.expected);
#else
    (void)method;
    (void)result;
    (void)err;
#endif
    return true;
}

static void answered(struct xe_rpc_call *call, json_t *result, json_t *error)
{
    uint32_t id = (uint32_t)(uintptr_t)call->owner;
    struct worker *worker = xe_session_host_ctx(call->ctx);
    struct xe_error err = XE_ERROR_INIT;

    if (error)
        answer_error(id, error, &worker->leave);
    else if (fits(call->method, result, &err) &&
             answer(XE_LINK_RESULT, id, result, &worker->leave) == XE_LINK_FAILED)
        xe_error_set(&err, XE_ERR_RANGE_TOO_LARGE, "the result is too long to be sent");
    if (err.code)
        answer_error(id, xe_rpc_error(&err, NULL), NULL);
    worker->leave.count = 0;
    json_decref(result);
}

static void start(struct worker *worker, struct xe_link_message *message)
{
    const char *method = json_string_value(json_object_get(message->body, "method"));

    worker->came = &message->files;
    xe_rpc_start(xe_session_server(worker->session), method ? method : "",
                 json_object_get(message->body, "params"), &xe_rpc_owner, answered,
                 (void *)(uintptr_t)message->id);
    worker->came = NULL;
}

/* Take what is there (or, with wait, what comes) until nothing is left. */
static bool serve(struct worker *worker, bool wait)
{
    struct xe_link_message message;
    enum xe_link_got got;

    while ((got = xe_link_receive(XE_LINK_FD, wait, &message, NULL)) == XE_LINK_MESSAGE) {
        if (message.kind != XE_LINK_REQUEST)
            got = XE_LINK_BROKEN;
        else
            start(worker, &message);
        xe_link_message_fini(&message);
        if (got == XE_LINK_BROKEN || wait)
            break;
    }
    worker->end |= got == XE_LINK_END || got == XE_LINK_BROKEN;
    return !worker->end;
}

static bool service(void *ctx)
{
    return serve(ctx, false);
}

/* ---- start ---------------------------------------------------------------------------------- */

/* The engine that titles get on this host; what keeps it from a better one goes to the warnings. */
static enum xe_engine host_engine(json_t *warnings)
{
    struct xe_error err = XE_ERROR_INIT;

    if (xe_engine_can_translate(&err))
        return XE_ENGINE_JIT;
    json_array_append_new(warnings,
                          json_sprintf("titles are interpreted, which is slow: %s", err.text));
    return XE_ENGINE_INTERPRETER;
}

/* What the parent is told first: who we are, which layers are missing, what the host lacks. */
static bool hello(const struct xe_sandbox_layer *layers, bool locked)
{
    json_t *on = json_object(), *warnings = json_array(), *body;
    bool complete = locked;

    for (int i = 0; locked && i < XE_SANDBOX_LAYERS; i++) {
        json_object_set_new(on, layers[i].name, json_boolean(layers[i].on));
        complete &= layers[i].on;
        if (!layers[i].on)
            json_array_append_new(warnings, json_sprintf("worker runs without %s (%s)",
                                                         layers[i].name, layers[i].problem));
    }
    if (!locked)
        json_array_append_new(warnings,
                              json_string("worker runs without lock-down (--sandbox=off)"));
    body = json_pack("{s:s, s:o, s:s, s:o}", "version", PACKAGE_VERSION, "layers", on, "engine",
                     xe_engine_name(host_engine(warnings)), "warnings", warnings);
    xe_link_send(XE_LINK_FD, XE_LINK_HELLO, 0, body, NULL, true);
    json_decref(body);
    return complete;
}

/* Libraries look at files and the processor when they start: let them, before the lock-down. */
static void start_libraries(void)
{
    gcry_check_version(NULL);
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    gcry_md_hash_buffer(GCRY_MD_SHA256, (char[32]){0}, "", 0);
    json_object_seed(0);
}

/* The broker and what may become a decoder, with the lock-down or without it. */
static void start_others(const char *mode, const char *refused,
                         struct xe_sandbox_layer layers[XE_SANDBOX_LAYERS])
{
    char *decoder = xe_link_program_path("xe360-xma");

    if (strcmp(mode, "off")) {
        xe_sandbox_enter(atoi(refused), decoder, layers);
    } else {
        xe_decoder_start(decoder);
        xe_broker_start();
    }
    free(decoder);
}

static const char *option(int argc, char **argv, int at, const char *name)
{
    return argc == 3 && !strncmp(argv[at], name, strlen(name)) ? argv[at] + strlen(name) : NULL;
}

int main(int argc, char **argv)
{
    struct worker worker = {0};
    const struct xe_decoder decoder = {&worker.decoder, xe_worker_decode, xe_worker_decoder_info};
    const struct xe_session_host host = {&worker,    service,   event,        now_ms,
                                         take_title, take_file, take_folders, take_files,
                                         give_files, &decoder};
    struct xe_sandbox_layer layers[XE_SANDBOX_LAYERS];
    const char *mode = option(argc, argv, 1, "--sandbox=");
    const char *refused = option(argc, argv, 2, "--refused=");
    struct stat st;

    if (!mode || !refused || fstat(XE_LINK_FD, &st) < 0 || !S_ISSOCK(st.st_mode)) {
        fprintf(stderr, "xe360-worker: is started by xe360d and xe360ctl, not by hand\n");
        return 2;
    }
    xe_sandbox_follow_parent();
    prctl(PR_SET_NAME, "xe360-worker", 0, 0, 0);
    start_libraries();
    start_others(mode, refused, layers);
    if (!hello(layers, strcmp(mode, "off") != 0) && !strcmp(mode, "require"))
        _exit(XE_LINK_EXIT_OPEN);
    worker.session = xe_session_create(&host);
    while (worker.session && !worker.end)
        if (!xe_session_work(worker.session))
            serve(&worker, true);
    /* The parent is gone: nobody is left to tell, and what is held dies with the process. */
    _exit(0);
}
