/* Starting a worker program; see link.h. */
#include "worker/link.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int spawn_with_socket(const char *program, const char *sandbox, int socket, pid_t *ret_pid)
{
    char option[32];
    char *argv[] = {(char *)"xe360-worker", option, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int error;

    snprintf(option, sizeof(option), "--sandbox=%s", sandbox);
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket, XE_LINK_FD);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    error = posix_spawn(ret_pid, program, &actions, &attributes, argv, worker_environment());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

bool xe_link_spawn(const char *program, const char *sandbox, struct xe_link_process *ret,
                   struct xe_error *err)
{
    int pair[2], error;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return xe_error_set(err, XE_ERR_INTERNAL, "socketpair: %s", strerror(errno));
    error = spawn_with_socket(program, sandbox, pair[1], &ret->pid);
    close(pair[1]);
    if (error) {
        close(pair[0]);
        return xe_error_set(err, XE_ERR_INTERNAL, "cannot start '%s': %s", program,
                            strerror(error));
    }
    ret->socket = pair[0];
    ret->pidfd = (int)syscall(SYS_pidfd_open, ret->pid, 0);
    if (ret->pidfd >= 0)
        return true;
    error = errno;
    kill(ret->pid, SIGKILL);
    waitpid(ret->pid, NULL, 0);
    close(pair[0]);
    return xe_error_set(err, XE_ERR_INTERNAL, "pidfd_open: %s", strerror(error));
}

void xe_link_describe_end(const siginfo_t *info, char *text, size_t size)
{
    if (info->si_code == CLD_EXITED)
        snprintf(text, size, "the worker exited with status %d%s", info->si_status,
                 info->si_status == XE_LINK_EXIT_OPEN
                     ? ": its lock-down is incomplete (--sandbox=require)"
                     : "");
    else if (info->si_status == SIGSYS)
        snprintf(text, size, "the worker made a forbidden system call and was killed (SIGSYS)");
    else
        snprintf(text, size, "the worker was killed by signal %d (%s)", info->si_status,
                 strsignal(info->si_status));
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
static char *find_worker(void)
{
    static const char *const relative[] = {"xe360-worker", "../libexec/xe360d/xe360-worker"};

    for (size_t i = 0; i < sizeof(relative) / sizeof(relative[0]); i++) {
        char *path = from_this_program(relative[i]);

        if (path && access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return access(XE_WORKER_INSTALLED, X_OK) == 0 ? strdup(XE_WORKER_INSTALLED) : NULL;
}

char *xe_link_worker_path(const char *given, struct xe_error *err)
{
    const char *name = given ? given : secure_getenv("XE360_WORKER");
    char *path = name ? NULL : find_worker();

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
                     XE_WORKER_INSTALLED);
    return NULL;
}
