/* A worker of our own, spoken to directly: the same program, messages and lock-down as under the
 * daemon, without the daemon.
 *
 * Whoever waits for a run may be told to stop (signals.c): the worker is asked to cancel at the
 * next safe point, so that the report is still printed. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"
#include "rpc/link/link.h"
#include "rpc/link/roots.h"

#define TICK_MS 500

struct ctl_private {
    struct xe_link_process process;
    uint32_t id;
    struct xe_link_files files; /* go with the next request; owned            */
    json_t *warnings;           /* owned: what its hello said is missing; NULL: it said none yet */
    int file;                   /* came with the last reply; owned, -1: none */
    bool running;               /* a run was started: a signal cancels it          */
    uint32_t cancel;            /* id of the request that does; 0: none was needed */
};

/* ---- the process ---------------------------------------------------------------------------- */

bool ctl_private_start(struct ctl *ctl)
{
    struct xe_error err = XE_ERROR_INIT;
    struct ctl_private *private = calloc(1, sizeof(*private));
    char *program = xe_link_worker_path(ctl->o.worker, &err);

    if (private && program &&
        xe_link_spawn(program, ctl->o.sandbox ? ctl->o.sandbox : "warn", &private->process, &err)) {
        private->file = -1;
        ctl_signal_worker(private->process.pidfd);
        ctl_progress_begin();
        ctl->private = private;
        free(program);
        return true;
    }
    ctl_fail("%s", err.text);
    ctl->exit = CTL_HARNESS;
    free(program);
    free(private);
    return false;
}

/* err says why there is no descriptor. */
static bool take_fd(struct ctl *ctl, int fd, const struct xe_error *err)
{
    struct xe_link_files *files = &ctl->private->files;

    if (fd >= 0) {
        files->fd[files->count++] = fd;
        return true;
    }
    ctl_fail("%s", err->text);
    ctl->exit = CTL_IMAGE;
    return false;
}

static bool add_file(struct ctl *ctl, const char *path)
{
    struct xe_error err = XE_ERROR_INIT;
    int fd = xe_roots_open_any(path, &err);

    return take_fd(ctl, fd, &err);
}

static bool add_folder_of(struct ctl *ctl, const char *path)
{
    struct xe_error err = XE_ERROR_INIT;

    return take_fd(ctl, xe_roots_open_any_folder_of(path, &err), &err);
}

/* The folders that the title finds: its own, and those of --mount. */
static bool add_folders(struct ctl *ctl, const char *path)
{
    struct xe_error err = XE_ERROR_INIT;
    const json_t *mount;
    size_t i;

    if (!ctl->o.no_game_folder && !add_folder_of(ctl, path))
        return false;
    json_array_foreach(ctl->o.mounts, i, mount)
    {
        int fd = xe_roots_open_any_folder(ctl_text_of(mount, "path"), &err);

        if (!take_fd(ctl, fd, &err))
            return false;
    }
    return true;
}

bool ctl_private_title(struct ctl *ctl, const char *path)
{
    xe_link_files_close(&ctl->private->files);
    return add_file(ctl, path);
}

bool ctl_private_game(struct ctl *ctl, const char *path)
{
    return ctl_private_title(ctl, path) && add_folder_of(ctl, path);
}

bool ctl_private_images(struct ctl *ctl, const char *path)
{
    bool ok = ctl_patches(ctl) && ctl_private_title(ctl, path);

    for (uint32_t i = 0; ok && i < ctl->o.modules; i++)
        ok = add_file(ctl, ctl->o.module[i]);
    if (ctl->o.patch_xex)
        ok = ok && add_file(ctl, ctl->o.patch_xex);
    return ok && add_folders(ctl, path);
}

/* A path of this program's for whoever reads it: a daemon has another working directory. */
static json_t *path_for(const struct ctl *ctl, const char *path)
{
    char *real = ctl->private ? NULL : realpath(path, NULL);
    json_t *string = json_string(real ? real : path);

    free(real);
    return string;
}

json_t *ctl_with_modules(const struct ctl *ctl, json_t *params)
{
    json_t *modules = json_array();

    for (uint32_t i = 0; i < ctl->o.modules; i++)
        json_array_append_new(modules, path_for(ctl, ctl->o.module[i]));
    if (ctl->o.modules)
        json_object_set(params, "modules", modules);
    json_decref(modules);
    if (ctl->o.patch_xex)
        json_object_set_new(params, "patch_xex", path_for(ctl, ctl->o.patch_xex));
    if (json_array_size(ctl->o.patches))
        json_object_set(params, "patches", ctl->o.patches);
    ctl_mount_params(&ctl->o, params);
    return params;
}

void ctl_private_stop(struct ctl *ctl)
{
    struct ctl_private *private = ctl->private;

    ctl_progress_end();
    if (!private)
        return;
    ctl_signal_worker(-1);
    close(private->process.socket);
    kill(private->process.pid, SIGKILL);
    waitpid(private->process.pid, NULL, 0);
    close(private->process.pidfd);
    xe_link_files_close(&private->files);
    if (private->file >= 0)
        close(private->file);
    json_decref(private->warnings);
    free(private);
    ctl->private = NULL;
}

/* How the worker ended, when it did not answer. */
static void explain_end(struct ctl *ctl)
{
    char text[200];
    const json_t *warning;
    size_t i;

    ctl->exit = CTL_HARNESS;
    xe_link_await_end(&ctl->private->process, text, sizeof(text));
    ctl_fail("%s", text);
    json_array_foreach(ctl->private->warnings, i, warning)
        ctl_say("%s", json_string_value(warning));
}

/* ---- calls ---------------------------------------------------------------------------------- */

static bool send_request(struct ctl_private *private, const char *method, json_t *params)
{
    json_t *body = json_pack("{s:s, s:o}", "method", method, "params", params);
    enum xe_link_sent sent = xe_link_send(private->process.socket, XE_LINK_REQUEST, ++private->id,
                                          body, &private->files, true);

    json_decref(body);
    xe_link_files_close(&private->files);
    return sent == XE_LINK_SENT;
}

/* Why the run is to be cancelled. */
static const char *why_stop(void)
{
    return ctl_caught_signal() ? ctl_signal_text() : "the wall limit is over";
}

/* A signal came for the first time, or the limit is over. Returns false if there is nothing to wait
 * for any more. */
static bool take_stop(struct ctl *ctl)
{
    struct ctl_private *private = ctl->private;

    if (!private->running) {
        ctl_fail("%s: cancelled before it was done", why_stop());
        ctl->exit = ctl_caught_signal() ? CTL_CANCELLED : CTL_LIMIT;
        return false;
    }
    ctl_progress_clear();
    fprintf(stderr, "xe360ctl: %s: stopping at the next safe point%s\n", why_stop(),
            ctl_caught_signal() ? "; once more ends it at once" : "");
    send_request(private, "run.cancel", json_pack("{s:s}", "instance", "local"));
    private->cancel = private->id;
    if (!ctl_caught_signal())
        ctl_wall_spent();
    return true;
}

/* Wait until the worker says something; false: the wait was ended. */
static bool await_message(struct ctl *ctl, const char *method)
{
    struct ctl_private *private = ctl->private;
    struct pollfd at[] = {{.fd = private->process.socket, .events = POLLIN},
                          {.fd = ctl_signal_fd(), .events = POLLIN}};

    while (true) {
        if ((ctl_caught_signal() || ctl_wall_over()) && !private->cancel && !take_stop(ctl))
            return false;
        at[1].fd = ctl_caught_signal() ? -1 : ctl_signal_fd();
        if (poll(at, 2, private->cancel ? TICK_MS : ctl_wall_wait(TICK_MS)) > 0 && at[0].revents)
            return true;
        ctl_progress_tick(method);
    }
}

static void show_progress(const struct ctl *ctl, const json_t *event)
{
    const json_t *cycle = json_object_get(json_object_get(event, "data"), "cycle");

    if (json_integer_value(cycle) > 0)
        ctl_progress_show((uint64_t)json_integer_value(cycle), ctl->o.count);
}

static void keep_warnings(struct ctl_private *private, const json_t *hello)
{
    json_decref(private->warnings);
    private->warnings = json_incref(json_object_get(hello, "warnings"));
}

static bool is_answer(const struct xe_link_message *message, uint32_t id)
{
    return (message->kind == XE_LINK_RESULT || message->kind == XE_LINK_ERROR) && message->id == id;
}

static enum xe_link_got broken(struct xe_error *err)
{
    xe_error_set(err, XE_ERR_WORKER_LOST, "an answer that can't be read");
    return XE_LINK_BROKEN;
}

/* As {result} or {error}; NULL: the result can't be read. */
static json_t *take_answer(struct ctl_private *private, struct xe_link_message *message)
{
    if (message->files.count == 1)
    private->file = message->files.fd[--message->files.count];
    if (message->kind == XE_LINK_ERROR)
        return json_pack("{s:O}", "error", message->body);
    return json_pack("{s:o}", "result", xe_link_result(message));
}

int ctl_private_take_file(struct ctl *ctl)
{
    int fd = ctl->private->file;

    ctl->private->file = -1;
    return fd;
}

/* Wait for the reply to a request; what else comes (hello, events, what a cancellation answers) is
 * not ours to show. */
static json_t *await(struct ctl *ctl, uint32_t id, const char *method)
{
    struct xe_link_message message;
    struct xe_error err = XE_ERROR_INIT;
    enum xe_link_got got = XE_LINK_MESSAGE;

    while (got == XE_LINK_MESSAGE) {
        json_t *body = NULL;

        if (!await_message(ctl, method))
            return NULL;
        got = xe_link_receive(ctl->private->process.socket, true, &message, &err);
        if (got != XE_LINK_MESSAGE)
            break;
        if (is_answer(&message, id) && !(body = take_answer(ctl->private, &message)))
            got = broken(&err);
        else if (message.kind == XE_LINK_EVENT)
            show_progress(ctl, message.body);
        else if (message.kind == XE_LINK_HELLO)
            keep_warnings(ctl->private, message.body);
        xe_link_message_fini(&message);
        if (body)
            return body;
    }
    if (got == XE_LINK_BROKEN) {
        ctl->exit = CTL_HARNESS;
        ctl_fail("the worker talks nonsense: %s", err.text);
    } else {
        explain_end(ctl);
    }
    return NULL;
}

json_t *ctl_private(struct ctl *ctl, const char *method, json_t *params)
{
    struct ctl_private *private = ctl->private;
    uint32_t id = private->id + 1;
    bool listened = ctl_listen(true);
    json_t *reply;

    if (private->file >= 0)
        close(private->file);
    private->file = -1;
    private->running |= !strcmp(method, "run.start");
    send_request(private, method, params);
    reply = await(ctl, id, method);
    ctl_listen(listened);
    return reply;
}
