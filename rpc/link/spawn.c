/* Starting a worker program; see link.h.
 *
 * The namespaces that decide who may be signalled, user and PID, can only be given to a new
 * process, so they are made here, by the clone that starts it: what is started is then PID 1 of its
 * own namespace and becomes its init (sandbox.c), and killing it kills everything in there. A
 * worker that unshared and forked by itself would leave a third process outside, to be killed first
 * and waited for last. The other namespaces are slow to make; the worker does that in its own time.
 */
#include "rpc/link/link.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a sanitizer build the sanitizers' options go along; nothing else of the environment does. */
static char **worker_environment(void)
{
    static char *none[3];
    int used = 0;

    for (char **e = environ; *e && used < 2; e++)
        if (!strncmp(*e, "ASAN_OPTIONS=", 13) || !strncmp(*e, "UBSAN_OPTIONS=", 14))
            none[used++] = *e;
    none[used] = NULL;
    return none;
}

#define END_MS 5000 /* for a worker to end after its socket has */

struct start {
    const char *program;
    char **argv, **environment;
    int socket; /* the worker's end       */
    int error;  /* why it is not running  */
};

/* What a worker needs to make the rest of its namespaces and an empty root, and to give all up. */
static void keep_capabilities(void)
{
    static const int kept[] = {CAP_SETPCAP, CAP_SYS_ADMIN, CAP_SYS_CHROOT};
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

    if (syscall(SYS_capget, &header, data) < 0)
        return;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        data[0].inheritable |= 1u << kept[i];
    if (syscall(SYS_capset, &header, data) < 0)
        return;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept[i], 0, 0);
}

/* In the child, which has the parent's memory until it executes: nothing of it may be changed but
 * start->error. The parent's handlers must be gone before signals are let in. */
__attribute__((no_sanitize_address)) static int child(void *ctx)
{
    struct start *start = ctx;
    struct sigaction fresh = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int signal = 1; signal < NSIG; signal++)
        sigaction(signal, &fresh, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (getpid() == 1)
        keep_capabilities();
    if (setpgid(0, 0) == 0 && (start->socket == XE_LINK_FD ? fcntl(XE_LINK_FD, F_SETFD, 0)
                                                           : dup2(start->socket, XE_LINK_FD)) >= 0)
        execve(start->program, start->argv, start->environment);
    start->error = errno;
    _exit(127);
}

/* As posix_spawn does it, which can make no namespaces: the parent sleeps until the child executes,
 * and no handler runs in between. Returns an errno. */
static int launch(struct start *start, int namespaces, struct xe_link_process *ret)
{
    char stack[32768] __attribute__((aligned(16)));
    sigset_t all, before;
    int error;

    start->error = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    ret->pid =
        clone(child, stack + sizeof(stack),
              CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD | namespaces, start, &ret->pidfd);
    error = ret->pid < 0 ? errno : start->error;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (ret->pid > 0 && error) {
        waitpid(ret->pid, NULL, 0);
        close(ret->pidfd);
    }
    return error;
}

/* Under an init of its own where the host lets us; it is told why not. */
static int start_worker(const char *program, const char *sandbox, int socket,
                        struct xe_link_process *ret)
{
    char mode[32], refused[32];
    char *argv[] = {(char *)"xe360-worker", mode, refused, NULL};
    struct start start = {program, argv, worker_environment(), socket, 0};
    int error = 0;

    snprintf(mode, sizeof(mode), "--sandbox=%s", sandbox);
    if (strcmp(sandbox, "off")) {
        snprintf(refused, sizeof(refused), "--refused=0");
        error = launch(&start, CLONE_NEWUSER | CLONE_NEWPID, ret);
        if (!error || start.error)
            return error;
    }
    snprintf(refused, sizeof(refused), "--refused=%d", error);
    return launch(&start, 0, ret);
}

/* The system's limits, and no fault of ours: it may work later. */
static bool lacks_room(int error)
{
    return error == EMFILE || error == ENFILE || error == EAGAIN || error == ENOMEM;
}

bool xe_link_spawn(const char *program, const char *sandbox, struct xe_link_process *ret,
                   struct xe_error *err)
{
    int pair[2], error;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return xe_error_set(err, lacks_room(errno) ? XE_ERR_OVERLOADED : XE_ERR_INTERNAL,
                            "no worker can be started: socketpair: %s", strerror(errno));
    error = start_worker(program, sandbox, pair[1], ret);
    close(pair[1]);
    ret->socket = pair[0];
    if (!error)
        return true;
    close(pair[0]);
    return xe_error_set(err, lacks_room(error) ? XE_ERR_OVERLOADED : XE_ERR_INTERNAL,
                        "cannot start '%s': %s", program, strerror(error));
}

/* An init has the worker as its last child, behind what may become a decoder, and is not waited for
 * before the parent says so: the numbers stay theirs. */
pid_t xe_link_worker_pid(const struct xe_link_process *process)
{
    char path[64];
    int pid = 0, one;
    FILE *children;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)process->pid, (int)process->pid);
    children = fopen(path, "re");
    while (children && fscanf(children, "%d", &one) == 1)
        pid = one;
    if (children)
        fclose(children);
    return pid > 0 ? pid : process->pid;
}

void xe_link_describe_end(const siginfo_t *info, char *text, size_t size)
{
    bool exited = info->si_code == CLD_EXITED && info->si_status <= XE_LINK_EXIT_SIGNAL;
    int signal = info->si_status - (info->si_code == CLD_EXITED ? XE_LINK_EXIT_SIGNAL : 0);

    if (exited)
        snprintf(text, size, "the worker exited with status %d%s", info->si_status,
                 info->si_status == XE_LINK_EXIT_OPEN
                     ? ": its lock-down is incomplete (--sandbox=require)"
                     : "");
    else if (signal == SIGSYS)
        snprintf(text, size, "the worker made a forbidden system call and was killed (SIGSYS)");
    else
        snprintf(text, size, "the worker was killed by signal %d (%s)", signal, strsignal(signal));
}

void xe_link_await_end(const struct xe_link_process *process, char *text, size_t size)
{
    struct pollfd end = {.fd = process->pidfd, .events = POLLIN};
    siginfo_t info = {0};

    if (poll(&end, 1, END_MS) == 0)
        syscall(SYS_pidfd_send_signal, process->pidfd, SIGKILL, NULL, 0);
    waitid(P_PIDFD, (id_t)process->pidfd, &info, WEXITED | WNOWAIT);
    xe_link_describe_end(&info, text, size);
}

/* A path as seen from the folder of this program; owned by the caller. */
static char *from_this_program(const char *relative)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash, *path = NULL;

    if (n <= 0)
        return NULL;
    self[n] = '\0';
    slash = strrchr(self, '/');
    if (!slash || asprintf(&path, "%.*s/%s", (int)(slash - self), self, relative) < 0)
        return NULL;
    return path;
}

/* Beside this program, as in a build folder; where an installation has it that was put, or moved,
 * anywhere; where this one was configured to be. */
char *xe_link_program_path(const char *name)
{
    static const char *const folder[] = {"", "../libexec/xe360d/"};
    char relative[64], *path;

    for (size_t i = 0; i < sizeof(folder) / sizeof(folder[0]); i++) {
        snprintf(relative, sizeof(relative), "%s%s", folder[i], name);
        path = from_this_program(relative);
        if (path && access(path, X_OK) == 0)
            return path;
        free(path);
    }
    if (asprintf(&path, XE_LIBEXEC "/%s", name) < 0)
        return NULL;
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    return NULL;
}

char *xe_link_worker_path(const char *given, struct xe_error *err)
{
    const char *env = secure_getenv("XE360_WORKER");
    const char *name = given ? given : env && *env ? env : NULL;
    char *path = name ? NULL : xe_link_program_path("xe360-worker");

    if (name && access(name, X_OK) == 0)
        path = strdup(name);
    if (path)
        return path;
    if (name)
        xe_error_set(err, XE_ERR_INTERNAL, "worker program '%s' cannot be run: %s", name,
                     strerror(errno));
    else
        xe_error_set(err, XE_ERR_INTERNAL,
                     "the worker program is neither beside this one, nor in ../libexec/xe360d, nor "
                     "at %s; name it with --worker or $XE360_WORKER",
                     XE_LIBEXEC "/xe360-worker");
    return NULL;
}
