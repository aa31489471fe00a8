/* The layers, in the order they must come: namespaces need privileges that later layers take away,
 * seccomp comes last because it forbids making the others.
 *
 * What stays possible: memory (the guest's 4 GiB reservation is one memfd), the socket, the clock,
 * ending. A call outside the list kills the process, which its parent sees and tells as SIGSYS;
 * opening a file and asking a terminal's size merely fail, since libraries try them unasked. */
#include "worker/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <seccomp.h>

/* The guest reservation and its mirrors are address space, not memory. */
#define ADDRESS_SPACE ((rlim_t)64 << 30)
#define OPEN_FILES    64

static bool problem(struct xe_sandbox_layer *layer, const char *what, int error)
{
    snprintf(layer->problem, sizeof(layer->problem), "%s: %s", what, strerror(error));
    return false;
}

static bool no_new_privs(struct xe_sandbox_layer *layer, int keep_fd)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return problem(layer, "PR_SET_NO_NEW_PRIVS", errno);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (syscall(SYS_close_range, (unsigned)keep_fd + 1, ~0u, 0) < 0)
        return problem(layer, "close_range", errno);
    return true;
}

static bool set_limit(int resource, rlim_t value)
{
    struct rlimit limit = {value, value};

    return setrlimit((__rlimit_resource_t)resource, &limit) == 0;
}

static bool rlimits(struct xe_sandbox_layer *layer, int keep_fd)
{
    (void)keep_fd;
#ifndef XE_SANITIZERS /* shadow memory needs terabytes of address space */
    if (!set_limit(RLIMIT_AS, ADDRESS_SPACE))
        return problem(layer, "RLIMIT_AS", errno);
#endif
    if (!set_limit(RLIMIT_NOFILE, OPEN_FILES) || !set_limit(RLIMIT_NPROC, 0) ||
        !set_limit(RLIMIT_CORE, 0) || !set_limit(RLIMIT_MSGQUEUE, 0))
        return problem(layer, "setrlimit", errno);
    return true;
}

static bool namespaces(struct xe_sandbox_layer *layer, int keep_fd)
{
    (void)keep_fd;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWUTS) < 0)
        return problem(layer, "unshare", errno);
    return true;
}

/* Deny every kind of file access that this kernel's Landlock knows about. */
static bool landlock(struct xe_sandbox_layer *layer, int keep_fd)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr all = {.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1};
    int ruleset;
    bool ok;

    (void)keep_fd;
    if (abi < 1)
        return problem(layer, "landlock", errno);
    if (abi >= 3)
        all.handled_access_fs |= 3ull << 13; /* REFER (ABI 2), TRUNCATE (ABI 3) */
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
    if (ruleset < 0)
        return problem(layer, "landlock_create_ruleset", errno);
    ok = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    if (!ok)
        problem(layer, "landlock_restrict_self", errno);
    close(ruleset);
    return ok;
}

#ifdef XE_SANITIZERS
static bool seccomp(struct xe_sandbox_layer *layer, int keep_fd)
{
    (void)keep_fd;
    snprintf(layer->problem, sizeof(layer->problem),
             "left out: a sanitizer build makes calls of its own");
    return false;
}
#else
static const int allowed[] = {
    SCMP_SYS(brk),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(close),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(fcntl),
    SCMP_SYS(fstat),
    SCMP_SYS(ftruncate),
    SCMP_SYS(futex),
    SCMP_SYS(getpid),
    SCMP_SYS(getrandom),
    SCMP_SYS(lseek),
    SCMP_SYS(madvise),
    SCMP_SYS(memfd_create),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(mremap),
    SCMP_SYS(munmap),
    SCMP_SYS(newfstatat),
    SCMP_SYS(poll),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(read),
    SCMP_SYS(recvmsg),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sendmsg),
    SCMP_SYS(tgkill),
    SCMP_SYS(gettid),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(fallocate),
};
static const int refused[] = {
    SCMP_SYS(access),     SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(ioctl),
    SCMP_SYS(open),       SCMP_SYS(openat),
    SCMP_SYS(readlink),   SCMP_SYS(prlimit64),
    SCMP_SYS(sysinfo),    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(uname),      SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
};

static bool seccomp(struct xe_sandbox_layer *layer, int keep_fd)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int error = filter ? 0 : -ENOMEM;

    (void)keep_fd;
    for (size_t i = 0; !error && i < sizeof(allowed) / sizeof(allowed[0]); i++)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; !error && i < sizeof(refused) / sizeof(refused[0]); i++)
        error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    if (!error)
        error = seccomp_load(filter);
    if (filter)
        seccomp_release(filter);
    return error ? problem(layer, "seccomp", -error) : true;
}
#endif

void xe_sandbox_enter(int keep_fd, struct xe_sandbox_layer layers[XE_SANDBOX_LAYERS])
{
    static const struct {
        const char *name;
        bool (*enter)(struct xe_sandbox_layer *layer, int keep_fd);
    } steps[XE_SANDBOX_LAYERS] = {{"no_new_privs", no_new_privs},
                                  {"namespaces", namespaces},
                                  {"rlimits", rlimits},
                                  {"landlock", landlock},
                                  {"seccomp", seccomp}};

    for (int i = 0; i < XE_SANDBOX_LAYERS; i++) {
        memset(&layers[i], 0, sizeof(layers[i]));
        layers[i].name = steps[i].name;
        layers[i].on = steps[i].enter(&layers[i], keep_fd);
    }
}
