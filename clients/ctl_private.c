/* A worker of our own, spoken to directly: the same program, messages and lock-down as under the
 * daemon, without the daemon. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/ctl.h"
#include "worker/link.h"
#include "worker/roots.h"

struct ctl_private {
    struct xe_link_process process;
    uint32_t id;
    int title_fd; /* goes with the next request; owned, -1: none */
};

bool ctl_private_start(struct ctl *ctl)
{
    struct xe_error err = XE_ERROR_INIT;
    struct ctl_private *private = calloc(1, sizeof(*private));
    char *program = xe_link_worker_path(ctl->o.worker, &err);

    if (private && program &&
        xe_link_spawn(program, ctl->o.sandbox ? ctl->o.sandbox : "warn", &private->process, &err)) {
        private->title_fd = -1;
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

bool ctl_private_title(struct ctl *ctl, const char *path)
{
    struct xe_error err = XE_ERROR_INIT;

    if (ctl->private->title_fd >= 0)
        close(ctl->private->title_fd);
    ctl->private->title_fd = xe_roots_open_any(path, &err);
    if (ctl->private->title_fd >= 0)
        return true;
    ctl_fail("%s", err.text);
    ctl->exit = CTL_IMAGE;
    return false;
}

int ctl_private_pid(const struct ctl *ctl)
{
    return ctl->private->process.pid;
}

void ctl_private_stop(struct ctl *ctl)
{
    struct ctl_private *private = ctl->private;

    if (!private)
        return;
    close(private->process.socket);
    kill(private->process.pid, SIGKILL);
    waitpid(private->process.pid, NULL, 0);
    close(private->process.pidfd);
    if (private->title_fd >= 0)
        close(private->title_fd);
    free(private);
    ctl->private = NULL;
}

/* How the worker ended, when it did not answer. */
static void explain_end(struct ctl *ctl)
{
    siginfo_t info = {0};

    ctl->exit = CTL_HARNESS;
    waitid(P_PID, (id_t)ctl->private->process.pid, &info, WEXITED | WNOWAIT);
    if (info.si_code == CLD_EXITED)
        ctl_fail("the worker exited with status %d%s", info.si_status,
                 info.si_status == 3 ? ": its lock-down is incomplete (--sandbox=require)" : "");
    else
        ctl_fail("the worker was killed by signal %d (%s)", info.si_status,
                 strsignal(info.si_status));
}

/* Wait for the reply to a request; what else comes (hello, events) is not ours to show. */
static json_t *await(struct ctl *ctl, uint32_t id)
{
    struct xe_link_message message;
    struct xe_error err = XE_ERROR_INIT;
    enum xe_link_got got;

    while ((got = xe_link_receive(ctl->private->process.socket, true, &message, &err)) ==
           XE_LINK_MESSAGE) {
        json_t *body = NULL;

        if (message.kind == XE_LINK_REPLY && message.id == id)
            body = json_incref(message.body);
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
    json_t *body = json_pack("{s:s, s:o}", "method", method, "params", params);

    xe_link_send(private->process.socket, XE_LINK_REQUEST, ++private->id, body, private->title_fd,
                 true);
    json_decref(body);
    if (private->title_fd >= 0)
        close(private->title_fd);
    private->title_fd = -1;
    return await(ctl, private->id);
}
